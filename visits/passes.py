"""Passes: the address in each QR code, and the code as a drawing."""

from urllib.parse import urljoin

import segno
from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override


def pass_url(token: str, *, language: str) -> str:
    """The absolute address behind a pass, in the delegation's language."""
    with override(language):
        return urljoin(settings.SITE_URL, reverse("visits:pass", args=[token]))


def qr_drawing(address: str) -> SafeString:
    """The address as SVG: black on white in light and dark, as wide as its box."""
    code = segno.make(address, error="m", micro=False)
    drawing = code.svg_inline(border=3, light="#fff", dark="#000", omitsize=True)
    return mark_safe(drawing)  # noqa: S308 (drawn by segno, nothing of it typed in)
