"""Which release of the portal runs: nothing that one has kept is given out by another."""

import functools
import hashlib

from django.conf import settings

FOLDERS = ("innovations", "magelang_portal", "static", "templates", "visits")
KINDS = {".css", ".html", ".js", ".mo", ".py", ".svg"}


@functools.cache
def release() -> str:
    """A digest of the code and templates, in hexadecimal."""
    digest = hashlib.sha256()
    for folder in FOLDERS:
        for path in sorted((settings.BASE_DIR / folder).rglob("*")):
            if path.suffix in KINDS:
                digest.update(path.read_bytes())
    return digest.hexdigest()
