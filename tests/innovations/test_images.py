"""What becomes of an uploaded picture, and which uploads are no pictures."""

import base64
import io
import struct
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageFile

from innovations import images
from innovations.models import Picture
from tests.factories import PictureFactory, picture_file

RED, BLUE = (200, 30, 30), (30, 30, 200)
# A WebP of 40 to 30 points with a wrong byte in its EXIF data, on which Pillow raises TypeError.
DAMAGED_EXIF = (
    "UklGRsYAAABXRUJQVlA4WAoAAAAIAAAAJwAAHQAAVlA4IEIAAACQAwCdASooAB4APm02l0ikIyIhJWgAgA2JZwDPkoB+"
    "AAAr98NwAP7wm0P/5BcsLrka//yA/5Af8gP/498Ql180AABFWElGXgAAAE1NACoAAAAIAAMBVQACAAAABgAAADIBEgAD"
    "AAAAAQAGAACHaQAEAAAAAQAAADgAAAAAQ2Fub24AAAGQAwACAAAAFAAAAEoAAADJADIwMjA6MDE6MDEgMDA6MDA6MDAA"
)
ORIENTATION, MAKE, GPS = 0x0112, 0x010F, 0x8825


def file_of(content, name="gambar.jpg"):
    return ContentFile(content, name=name)


def encoded(picture, kind, **options):
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def code_of(content, **limits):
    """The code with which an upload is refused."""
    with pytest.raises(ValidationError) as refused:
        images.reencode(file_of(content), **limits)
    return refused.value.code


def result_of(content, name="gambar.jpg"):
    return Image.open(images.reencode(file_of(content, name)))


def red_left_blue_right(width=80, height=40):
    picture = Image.new("RGB", (width, height), RED)
    picture.paste(BLUE, (width // 2, 0, width, height))
    return picture


def photo(*, orientation=1):
    """A JPEG, red at the left and blue at the right, that tells camera, place and owner."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[MAKE] = "Kamera"
    exif.get_ifd(GPS).update({1: "S", 2: (7.0, 28.0, 0.0), 3: "E", 4: (110.0, 13.0, 0.0)})
    return encoded(
        red_left_blue_right(),
        "JPEG",
        quality=95,
        exif=exif,
        comment=b"milik Ibu Ani",
        icc_profile=b"profil warna",
    )


def is_near(pixel, colour):
    return all(abs(one - other) < 40 for one, other in zip(pixel, colour, strict=True))


@pytest.mark.parametrize("kind", images.ACCEPTED_FORMATS)
def test_every_accepted_format_becomes_webp(kind):
    result = result_of(encoded(red_left_blue_right(), kind), "apa-saja.exe")
    assert (result.format, result.mode, result.size) == ("WEBP", "RGB", (80, 40))
    assert is_near(result.getpixel((10, 20)), RED)
    assert is_near(result.getpixel((70, 20)), BLUE)


def test_place_camera_comment_and_profile_are_gone():
    original = photo()
    opened = Image.open(io.BytesIO(original))
    assert opened.getexif()[MAKE] == "Kamera"
    assert opened.getexif().get_ifd(GPS)[1] == "S"
    content = images.reencode(file_of(original)).read()
    result = Image.open(io.BytesIO(content))
    assert dict(result.getexif()) == {}
    assert {"exif", "icc_profile", "comment", "xmp"} & result.info.keys() == set()
    for trace in (b"Kamera", b"Ibu Ani", b"profil warna", b"EXIF", b"ICCP", b"XMP "):
        assert trace not in content


def test_text_chunks_of_a_png_are_gone():
    from PIL.PngImagePlugin import PngInfo

    notes = PngInfo()
    notes.add_text("Author", "Ibu Ani")
    original = encoded(red_left_blue_right(), "PNG", pnginfo=notes)
    assert b"Ibu Ani" in original
    assert b"Ibu Ani" not in images.reencode(file_of(original)).read()


@pytest.mark.parametrize(
    ("orientation", "size", "red_at"),
    [
        (1, (80, 40), (10, 20)),
        (3, (80, 40), (70, 20)),
        (6, (40, 80), (20, 10)),
        (8, (40, 80), (20, 70)),
    ],
)
def test_picture_stands_upright(orientation, size, red_at):
    result = result_of(photo(orientation=orientation))
    assert result.size == size
    assert is_near(result.getpixel(red_at), RED)
    assert is_near(result.getpixel((size[0] - 1 - red_at[0], size[1] - 1 - red_at[1])), BLUE)


def test_damaged_exif_does_not_turn_a_picture_away():
    assert result_of(base64.b64decode(DAMAGED_EXIF), "foto.webp").size == (40, 30)


def test_transparency_stays():
    clear = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    result = result_of(encoded(clear, "PNG"))
    assert result.mode == "RGBA"
    assert result.getpixel((5, 5))[3] == 0


@pytest.mark.parametrize(
    ("mode", "kind", "becomes"),
    [
        ("1", "PNG", "RGB"),
        ("L", "PNG", "RGB"),
        ("P", "PNG", "RGB"),
        ("LA", "PNG", "RGBA"),
        ("CMYK", "JPEG", "RGB"),
    ],
)
def test_colours_of_any_kind_become_red_green_blue(mode, kind, becomes):
    assert result_of(encoded(Image.new(mode, (20, 20)), kind)).mode == becomes


@pytest.mark.parametrize(
    ("size", "stored"),
    [((3000, 1500), (2560, 1280)), ((500, 2700), (474, 2560)), ((2560, 10), (2560, 10))],
)
def test_longest_side_is_2560(size, stored):
    assert result_of(encoded(Image.new("L", size), "PNG")).size == stored


@pytest.mark.parametrize("kind", ["WEBP", "PNG", "AVIF"])
def test_animation_becomes_a_still_picture(kind):
    frames = [Image.new("RGB", (20, 20), colour) for colour in (RED, BLUE)]
    content = encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
    assert Image.open(io.BytesIO(content)).n_frames == 2
    result = result_of(content)
    assert getattr(result, "n_frames", 1) == 1
    assert is_near(result.getpixel((5, 5)), RED)


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "ICO", "PPM"])
def test_other_formats_are_refused(kind):
    assert code_of(encoded(red_left_blue_right(), kind)) == "not_a_picture"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"bukan gambar",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<!doctype html><script>alert(1)</script>",
        b"MZ\x90\x00" + b"\0" * 500,
        b"%PDF-1.7\n%%EOF",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0",
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    ],
)
def test_what_is_no_picture_is_refused_whatever_its_name(content):
    assert code_of(content) == "not_a_picture"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("part", [0.3, 0.9])
def test_truncated_picture_is_refused(kind, part):
    whole = encoded(Image.effect_noise((200, 200), 90).convert("RGB"), kind)
    assert code_of(whole[: int(len(whole) * part)]) == "not_a_picture"


def test_script_hidden_behind_a_picture_does_not_survive():
    content = encoded(red_left_blue_right(), "PNG") + b"<script>alert(1)</script>"
    assert b"<script>" not in images.reencode(file_of(content)).read()


def png_that_claims(width, height):
    """The header of a PNG of that size, and nothing behind it."""

    def chunk(name, data):
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("width", "height"),
    [(40_000_001, 1), (8000, 5001), (12_000, 9000), (50_000, 50_000), (2**31 - 1, 2**31 - 1)],
)
def test_bomb_is_refused_by_its_header_before_anything_is_decoded(width, height, monkeypatch):
    def decoded(picture):
        raise AssertionError

    monkeypatch.setattr(ImageFile.ImageFile, "load", decoded)
    assert code_of(png_that_claims(width, height)) == "too_many_pixels"


def test_picture_of_just_the_limit_is_taken(settings):
    settings.MAX_PICTURE_PIXELS = 80 * 40
    assert result_of(encoded(red_left_blue_right(), "PNG")).size == (80, 40)
    assert code_of(encoded(red_left_blue_right(81), "PNG")) == "too_many_pixels"


def test_file_over_the_limit_is_refused_and_one_of_just_the_limit_taken(settings):
    content = encoded(red_left_blue_right(), "PNG")
    settings.MAX_PICTURE_BYTES = len(content)
    assert result_of(content).size == (80, 40)
    assert code_of(content + b"\0") == "too_large"
    assert code_of(content, max_bytes=len(content) - 1) == "too_large"


def test_file_can_be_read_again_after_it_was_looked_at():
    file = picture_file()
    with images.open_picture(file, max_bytes=10_000_000) as picture:
        assert picture.size == (640, 400)
    assert file.tell() == 0
    with pytest.raises(ValidationError), images.open_picture(file, max_bytes=1):
        pass
    assert file.tell() == 0


WIDTHS = [
    (100, [100]),
    (320, [320]),
    (321, [320, 321]),
    (1000, [320, 640, 960, 1000]),
    (1920, [320, 640, 960, 1280, 1920]),
    (2560, [320, 640, 960, 1280, 1920]),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("width", "widths"), WIDTHS)
def test_picture_is_offered_in_both_formats_in_each_width_it_has(width, widths):
    picture = PictureFactory(image=picture_file(width, 64))
    assert (picture.width, picture.height) == (width, 64)
    for kind in ("avif", "webp"):
        offered = picture.renditions(kind)
        assert [each for _url, each in offered] == widths
        assert picture.srcset(kind) == ", ".join(f"{url} {each}w" for url, each in offered)
        for url, each in offered:
            with default_storage.open(url.removeprefix("/media/")) as file:
                rendition = Image.open(file)
                assert (rendition.format, rendition.width) == (kind.upper(), each)
                assert rendition.height == max(1, round(picture.height * each / picture.width))
    assert len(files()) == 1 + 2 * len(widths)


def files():
    """The names of all files beside each other in the pictures' folder."""
    return set(default_storage.listdir("pictures")[1])


@pytest.mark.django_db
def test_names_tell_nothing_of_the_upload():
    first, second = (
        PictureFactory(image=ContentFile(picture_file().read(), name="../../Ibu Ani.php"))
        for _upload in range(2)
    )
    assert first.image.name != second.image.name
    for picture in (first, second):
        assert picture.image.name.startswith("pictures/")
        assert len(picture.image.name) == len("pictures/.webp") + 32
        assert picture.image.name.endswith(".webp")


@pytest.mark.django_db
def test_changing_a_caption_leaves_the_files_alone():
    picture = PictureFactory()
    before = files()
    picture = Picture.objects.get()
    picture.caption = "Petak hijau"
    picture.save()
    assert files() == before


@pytest.mark.django_db
def test_bad_picture_is_not_stored():
    with pytest.raises(ValidationError):
        PictureFactory(image=file_of(b"bukan gambar"))
    assert not Picture.objects.exists()
    assert not default_storage.exists("pictures")


@pytest.mark.django_db
def test_deleted_picture_takes_its_files_along_once_that_is_certain(
    django_capture_on_commit_callbacks,
):
    kept = PictureFactory()
    files_kept = files()
    picture = PictureFactory()
    everything = files()
    with django_capture_on_commit_callbacks() as callbacks:
        picture.delete()
    assert files() == everything
    for callback in callbacks:
        callback()
    assert files() == files_kept
    assert list(Picture.objects.all()) == [kept]


def test_damaged_avif_is_refused_and_breaks_nothing():
    noise = Image.effect_noise((64, 48), 80).convert("RGB")
    whole = encoded(noise, "AVIF")
    codes = set()
    for place in range(200, len(whole), 3):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF
        try:
            images.reencode(file_of(bytes(damaged)))
        except ValidationError as error:
            codes.add(error.code)
    assert codes == {"not_a_picture"}


def test_scan_in_16_bits_of_grey_keeps_its_greys():
    scan = file_of(encoded(Image.new("I;16", (20, 20), 30_000), "PNG"))
    with Image.open(images.reencode(scan)) as picture:
        assert abs(picture.getpixel((5, 5))[0] - 30_000 // 256) < 5
