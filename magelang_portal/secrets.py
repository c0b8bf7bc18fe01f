"""Secrets: the key that a first run makes for itself, and what no log may show."""

import logging
import os
import re
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

# The token, and what somebody who copied it may have left on its end; digests are longer.
PRIVATE_LINK = re.compile(r"(?<![\w-])[\w-]{43,60}(?![\w-])")
ADDRESS = re.compile(r"[\w.!#$%&*+/=?^`{|}~-]+@[\w-]+(\.[\w-]+)+")


def read_or_make_secret(path: Path) -> str:
    """Return the secret kept at `path`, made there by whoever comes first.

    The file is readable by its owner alone. Raises ImproperlyConfigured where `path` cannot be
    written.
    """
    try:
        return _read_or_make(path)
    except OSError as error:
        raise ImproperlyConfigured(
            f"DATA_DIR is {path.parent}, where nothing can be written ({error.strerror}): name a "
            "folder of the portal's own."
        ) from error


def _read_or_make(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    own = path.with_name(f"{path.name}.{os.getpid()}")
    if not path.exists():
        own.touch(mode=0o600)
        own.write_text(get_random_secret_key(), encoding="utf-8")
        try:
            # Two workers may start at once: a link never replaces what the other one has made.
            path.hardlink_to(own)
        except FileExistsError:
            pass
        finally:
            own.unlink()
    return path.read_text(encoding="utf-8").strip()


class HidePersonalData(logging.Formatter):
    """Blanks private tokens (43 characters of URL-safe base64) and e-mail addresses in log lines.

    What is erased in the database would live on there.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line with its traceback, both blanked."""
        return ADDRESS.sub("[address]", PRIVATE_LINK.sub("[private]", super().format(record)))
