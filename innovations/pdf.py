"""Uploaded PDFs: believed only once a PDF library has opened them."""

from functools import cache

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

# A few hundred kilobytes can unpack to gigabytes; no letter or decree comes near this.
UNPACKED_BYTES = 64 * 1024 * 1024


@cache
def _pikepdf():
    """The library with its limits; not before the first upload, for it takes much memory."""
    import pikepdf
    import pikepdf.settings

    pikepdf.settings.set_qpdf_limits(
        flate_max_memory=UNPACKED_BYTES,
        png_max_memory=UNPACKED_BYTES,
        run_length_max_memory=UNPACKED_BYTES,
        tiff_max_memory=UNPACKED_BYTES,
    )
    return pikepdf


def check_pdf(file: File, *, max_bytes: int) -> None:
    """Raise ValidationError unless `file` is a readable PDF of at most `max_bytes`.

    The bytes are kept as they are: re-encoding would break a letter's electronic signature.
    """
    if file.size > max_bytes:
        raise ValidationError(
            _("The file has %(size)s; at most %(limit)s. Scan it at a lower resolution."),
            code="too_large",
            params={"size": filesizeformat(file.size), "limit": filesizeformat(max_bytes)},
        )
    pikepdf = _pikepdf()
    file.seek(0)
    try:
        if file.read(5) != b"%PDF-":
            raise ValueError
        file.seek(0)
        with pikepdf.open(file) as document:
            if not document.pages:
                raise ValueError
    except pikepdf.PasswordError as error:
        raise ValidationError(
            _("The PDF asks for a password. Save it without one and send it again."),
            code="encrypted",
        ) from error
    except (pikepdf.PikepdfError, ValueError) as error:
        raise ValidationError(
            _("This is no PDF that we can open. Save the file as PDF once more and send that."),
            code="not_a_pdf",
        ) from error
    finally:
        file.seek(0)
