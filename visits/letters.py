"""A delegation's letter: a PDF or a picture of one, believed for its content alone."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.http import FileResponse, Http404, HttpResponseRedirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _

from innovations import images, pdf

PICTURE_STARTS = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF")
CONTENT_TYPES = {".pdf": "application/pdf", ".webp": "image/webp"}


def clean_letter(file: File) -> File:
    """Return the letter to store: a PDF byte for byte, a picture re-encoded as WebP.

    The name it carries ends as its content asks, whatever the sender called it. Raises
    ValidationError where it is neither, is over `settings.MAX_LETTER_BYTES`, or cannot be opened.
    """
    file.seek(0)
    start = file.read(16)
    file.seek(0)
    if start.startswith(b"%PDF-"):
        pdf.check_pdf(file, max_bytes=settings.MAX_LETTER_BYTES)
        file.name = "letter.pdf"
        return file
    if start.startswith(PICTURE_STARTS) or start[4:8] == b"ftyp":
        return images.reencode(file, max_bytes=settings.MAX_LETTER_BYTES)
    raise ValidationError(
        _(
            "This is neither a PDF nor a picture, whatever its name says. Send the letter as PDF, "
            "JPEG, PNG or WebP."
        ),
        code="not_a_letter",
    )


def letter_response(visit) -> FileResponse | HttpResponseRedirect:
    """The letter as a download that no browser runs, frames or keeps.

    Where uploads lie in an S3-compatible store, the way to it there, signed and good for a
    minute. Raises Http404 where there is no letter, or its file is missing, and what the store's
    client raises while the store is away: nobody is sent there in vain.
    """
    if not visit.letter or not visit.letter.storage.exists(visit.letter.name):
        raise Http404
    suffix = f".{visit.letter.name.rpartition('.')[2]}"
    filename = f"{visit.reference}{suffix}"
    if settings.MEDIA_STORE:
        as_download = {
            "ResponseCacheControl": "private, no-store",
            "ResponseContentDisposition": content_disposition_header(
                as_attachment=True, filename=filename
            ),
            "ResponseContentType": CONTENT_TYPES[suffix],
        }
        response = HttpResponseRedirect(
            visit.letter.storage.url(visit.letter.name, parameters=as_download)
        )
    else:
        response = FileResponse(
            visit.letter.open(),
            as_attachment=True,
            filename=filename,
            content_type=CONTENT_TYPES[suffix],
        )
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
