"""Uploaded pictures: checked by what they contain, re-encoded, and offered in several widths."""

import io
import threading
import warnings
from contextlib import contextmanager
from pathlib import PurePosixPath

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.template.defaultfilters import filesizeformat
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

ACCEPTED_FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
LONGEST_SIDE = 2560
RENDITION_WIDTHS = (320, 640, 960, 1280, 1920)
RENDITION_OPTIONS = {
    "avif": {"format": "AVIF", "quality": 55, "speed": 8},
    "webp": {"format": "WEBP", "quality": 78, "method": 4},
}


# A picture takes hundreds of megabytes while it is decoded: one at a time in each process.
_decoding = threading.RLock()


@contextmanager
def open_picture(file: File, *, max_bytes: int):
    """Yield the decoded picture in `file`, a PIL image.

    Raises ValidationError where `file` is over `max_bytes`, has more than
    `settings.MAX_PICTURE_PIXELS` pixels (seen in its header, before anything is decoded), or is
    not a whole JPEG, PNG, WebP or AVIF.
    """
    if file.size > max_bytes:
        raise ValidationError(
            _("The picture has %(size)s; at most %(limit)s. Save it smaller and try again."),
            code="too_large",
            params={"size": filesizeformat(file.size), "limit": filesizeformat(max_bytes)},
        )
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=ACCEPTED_FORMATS) as picture:
                pixels = picture.width * picture.height
                if pixels > settings.MAX_PICTURE_PIXELS:
                    raise _too_many_pixels()
                with _decoding:
                    picture.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
                    picture.load()
                    yield picture
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise _too_many_pixels() from error
    except (OSError, RuntimeError, SyntaxError, ValueError) as error:
        raise ValidationError(
            _("This is no picture that we can open. Send a whole JPEG, PNG, WebP or AVIF file."),
            code="not_a_picture",
        ) from error
    finally:
        file.seek(0)


def _too_many_pixels() -> ValidationError:
    return ValidationError(
        _("The picture has too many pixels; at most %(limit)s million. Scale it down first."),
        code="too_many_pixels",
        params={"limit": number_format(settings.MAX_PICTURE_PIXELS // 1_000_000)},
    )


def reencode(file: File, *, max_bytes: int | None = None) -> ContentFile:
    """Return the picture in `file` as a fresh WebP of at most 2560 px, without any metadata.

    Raises ValidationError as `open_picture` does.
    """
    with open_picture(file, max_bytes=max_bytes or settings.MAX_PICTURE_BYTES) as picture:
        upright = _upright(picture)
        if upright.mode.startswith("I;16"):
            upright = upright.point(lambda value: value * (1 / 256), "L")
        mode = "RGBA" if upright.has_transparency_data else "RGB"
        # What has no shades of its own is given them before it is made smaller.
        fresh = upright if upright.mode in {"L", "LA", "RGB", "RGBA"} else upright.convert(mode)
        fresh.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
        fresh = fresh.convert(mode)
        return _encoded(fresh, format="WEBP", quality=88, method=4)


def _upright(picture: Image.Image) -> Image.Image:
    """The picture turned as its EXIF data say; as it lies where they are damaged."""
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # Pillow raises whatever damaged data lead to
        return picture


def _encoded(picture: Image.Image, **options) -> ContentFile:
    buffer = io.BytesIO()
    picture.info.clear()
    picture.save(buffer, **options)
    return ContentFile(buffer.getvalue(), name=f"picture.{options['format'].lower()}")


def _rendition_widths(width: int) -> list[int]:
    return [each for each in RENDITION_WIDTHS if each < width] + [min(width, RENDITION_WIDTHS[-1])]


def _rendition_name(name: str, width: int, format_name: str) -> str:
    path = PurePosixPath(name)
    return str(path.with_name(f"{path.stem}-{width}.{format_name}"))


def rendition_names(name: str, width: int) -> list[str]:
    """Names in storage of all renditions of the picture `name`, whose own width is `width`."""
    return [
        _rendition_name(name, each, format_name)
        for format_name in RENDITION_OPTIONS
        for each in dict.fromkeys(_rendition_widths(width))
    ]


def write_renditions(stored) -> None:
    """Write the AVIF and WebP renditions of `stored` (an ImageFieldFile) beside it."""
    with stored.open(), Image.open(stored) as picture:
        picture.load()
        for width in dict.fromkeys(_rendition_widths(picture.width)):
            smaller = picture.resize(
                (width, max(1, round(picture.height * width / picture.width))),
                Image.Resampling.LANCZOS,
            )
            for format_name, options in RENDITION_OPTIONS.items():
                name = _rendition_name(stored.name, width, format_name)
                stored.storage.save(name, _encoded(smaller, **options))


def rendition_urls(stored, width: int, format_name: str) -> list[tuple[str, int]]:
    """(URL, width in pixels) of the renditions of `stored`, whose own width is `width`."""
    return [
        (stored.storage.url(_rendition_name(stored.name, each, format_name)), each)
        for each in dict.fromkeys(_rendition_widths(width))
    ]


def delete_renditions(stored, width: int) -> None:
    """Delete `stored` and its renditions from storage."""
    for name in (*rendition_names(stored.name, width), stored.name):
        stored.storage.delete(name)
