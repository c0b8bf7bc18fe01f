import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from innovations.models import Document, Picture
from tests.factories import InnovationFactory, picture_file
from tests.innovations.conftest import entry
from tests.staff import change_page, logged_in
from tests.visits.conftest import pdf_bytes, upload

pytestmark = pytest.mark.django_db

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def send(editor):
    """Post the form of a draft with one upload in one of its inlines."""
    draft = InnovationFactory()

    def post(prefix, **fields):
        data = entry(**{f"{prefix}-TOTAL_FORMS": 1})
        return logged_in(editor).post(
            change_page(draft),
            data | {f"{prefix}-0-{name}": value for name, value in fields.items()},
        )

    return post


@pytest.fixture
def send_picture(send):
    def post(content, name="foto.png", content_type="image/png"):
        file = SimpleUploadedFile(name, content, content_type)
        fields = {"alt": "Loket", "credit": "Dishub", "focal_x": 50, "focal_y": 50, "position": 0}
        return send("pictures", image=file, **fields)

    return post


def error_codes(response, prefix, field):
    for inline in response.context["inline_admin_formsets"]:
        if inline.formset.prefix == prefix:
            errors = inline.formset.forms[0].errors.as_data()
            assert set(errors) == {field}
            return [error.code for error in errors[field]]
    raise LookupError(prefix)


def photograph():
    """A picture that tells where it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "Telepon Rahasia"
    return picture_file(800, 500, kind="JPEG", exif=exif).read()


def test_uploaded_picture_is_reencoded_and_loses_what_the_camera_wrote(send_picture):
    assert send_picture(photograph(), "liburan.jpg", "image/jpeg").status_code == 302
    picture = Picture.objects.get()
    assert (picture.alt, picture.width, picture.height) == ("Loket", 800, 500)
    assert picture.image.name.endswith(".webp")
    assert "liburan" not in picture.image.name
    with picture.image.open() as file:
        content = file.read()
    assert b"Telepon Rahasia" not in content
    with Image.open(io.BytesIO(content)) as opened:
        assert (opened.format, opened.size) == ("WEBP", (800, 500))


@pytest.mark.parametrize(
    ("content", "name", "content_type"),
    [
        (SVG, "foto.svg", "image/svg+xml"),
        (SVG, "foto.png", "image/png"),
        (b"Hanya tulisan.", "foto.png", "image/png"),
        (b"GIF89a" + b"\0" * 20, "foto.png", "image/png"),
        (photograph()[:2000], "foto.jpg", "image/jpeg"),
    ],
    ids=["svg", "svg-as-png", "text-as-png", "gif-as-png", "half-a-picture"],
)
def test_what_is_no_picture_comes_back_and_nothing_is_saved(
    send_picture, settings, content, name, content_type
):
    response = send_picture(content, name, content_type)
    assert error_codes(response, "pictures", "image") == ["not_a_picture"]
    assert 'value="Loket"' in response.text
    assert not Picture.objects.exists()
    assert not settings.MEDIA_ROOT.exists()


def test_picture_without_alternative_text_comes_back(send):
    file = SimpleUploadedFile("foto.png", picture_file().read(), "image/png")
    fields = {"alt": "", "credit": "Dishub", "focal_x": 50, "focal_y": 50, "position": 0}
    response = send("pictures", image=file, **fields)
    assert error_codes(response, "pictures", "alt") == ["required"]
    assert not Picture.objects.exists()


def test_pdf_is_kept_under_a_name_of_ours(send):
    content = pdf_bytes()
    send("documents", title="Peraturan", position=0, file=upload(content, "../../perwal.html"))
    document = Document.objects.get()
    assert document.file.name.startswith("documents/")
    assert document.file.name.endswith(".pdf")
    with document.file.open() as file:
        assert file.read() == content


@pytest.mark.parametrize("content", [SVG, b"%PDF-1.7 tidak ada isinya"], ids=["svg", "broken"])
def test_what_is_no_pdf_comes_back_and_nothing_is_saved(send, content):
    response = send("documents", title="Peraturan", position=0, file=upload(content))
    assert error_codes(response, "documents", "file") == ["not_a_pdf"]
    assert not Document.objects.exists()
