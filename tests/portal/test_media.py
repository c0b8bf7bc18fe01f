import pytest
from django.urls import reverse

from innovations.models import Document
from tests.factories import InnovationFactory, PictureFactory, VisitFactory
from tests.visits.conftest import pdf_bytes, upload

FOREVER = "public, max-age=31536000, immutable"
SECRET = b"only for staff"


def content_of(response):
    return b"".join(response.streaming_content)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["avif", "webp"])
def test_picture_is_served_by_its_type_and_kept_for_good(client, kind):
    picture = PictureFactory()
    for url, _width in picture.renditions(kind):
        response = client.get(url)
        assert response["Content-Type"] == f"image/{kind}"
        assert response["Cache-Control"] == FOREVER
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Disposition"].startswith("inline")
        stored = picture.image.storage.path(url.removeprefix("/media/"))
        with picture.image.storage.open(stored) as file:
            assert content_of(response) == file.read()


@pytest.mark.django_db
def test_document_is_a_download_that_is_kept_for_good(client):
    content = pdf_bytes()
    document = Document.objects.create(
        innovation=InnovationFactory(published=True), title="Panduan", file=upload(content)
    )
    response = client.get(document.file.url)
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == "attachment"
    assert response["Cache-Control"] == FOREVER
    assert content_of(response) == content


def test_missing_upload_is_not_found_and_not_remembered(client):
    response = client.get(reverse("media", args=["pictures/tidak-ada.webp"]))
    assert response.status_code == 404
    assert "immutable" not in response.get("Cache-Control", "")


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_uploads_are_only_ever_read(client, settings, method):
    settings.MEDIA_ROOT.mkdir()
    (settings.MEDIA_ROOT / "ada.webp").write_bytes(b"RIFF")
    response = getattr(client, method)(reverse("media", args=["ada.webp"]))
    assert response.status_code == 405
    assert (settings.MEDIA_ROOT / "ada.webp").read_bytes() == b"RIFF"


@pytest.mark.parametrize(
    "path",
    [
        "../private/letters/surat.pdf",
        "pictures/../../private/letters/surat.pdf",
        "%2e%2e/private/letters/surat.pdf",
        "..%2fprivate%2fletters%2fsurat.pdf",
        "%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/../private/letters/surat.pdf",
        "..\\private\\letters\\surat.pdf",
        "private/letters/surat.pdf",
        "pictures/",
        "",
        "ada.webp%00.pdf",
        "{root}/../private/letters/surat.pdf",
    ],
)
def test_no_path_leads_out_of_the_uploads(client, settings, path):
    letter = settings.MEDIA_ROOT.parent / "private" / "letters" / "surat.pdf"
    letter.parent.mkdir(parents=True)
    letter.write_bytes(SECRET)
    (settings.MEDIA_ROOT / "pictures").mkdir(parents=True)
    (settings.MEDIA_ROOT / "ada.webp").write_bytes(b"RIFF")
    base = reverse("media", args=["-"]).removesuffix("-")
    response = client.get(base + path.format(root=settings.MEDIA_ROOT))
    assert response.status_code in {400, 404}
    assert response.streaming is False
    assert SECRET not in response.content


def test_what_lies_among_the_uploads_is_served_whatever_it_is(client, settings):
    """So it was the path, not the file, that was refused above."""
    settings.MEDIA_ROOT.mkdir()
    (settings.MEDIA_ROOT / "surat.pdf").write_bytes(SECRET)
    assert content_of(client.get(reverse("media", args=["surat.pdf"]))) == SECRET


@pytest.mark.django_db
def test_letter_of_a_visit_has_no_public_address(client):
    letter = VisitFactory(letter=upload(pdf_bytes())).letter
    with letter.open() as file:
        assert file.read() == pdf_bytes()
    assert client.get(reverse("media", args=[letter.name])).status_code == 404
