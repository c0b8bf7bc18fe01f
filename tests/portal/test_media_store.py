"""Uploads in an S3-compatible store: public ones for everyone to keep, private ones signed."""

import io
import urllib.error
import urllib.request
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.urls import reverse
from moto.server import ThreadedMotoServer

from innovations.models import Document
from magelang_portal.backups.progress import Progress
from magelang_portal.backups.restoring import restore_backup
from magelang_portal.media_store import MediaStore
from tests.factories import InnovationFactory, PictureFactory, UserFactory, VisitFactory
from tests.portal.stores import keep_uploads_in
from tests.visits.conftest import pdf_bytes, upload
from visits.models import Visit

BUCKET = "unggahan"


@pytest.fixture(scope="module")
def server():
    """A server that speaks S3, on a port of its own; its address."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(server, settings, monkeypatch):
    """The bucket in which this test keeps its uploads, as boto3 gives it."""
    store = MediaStore.from_url(f"http://kunci:rah%2Fasia@{server}/{BUCKET}?region=ap-southeast-3")
    keep_uploads_in(store, settings, monkeypatch)
    call_command("prepare_media_store", stdout=io.StringIO())
    bucket = storages["default"].bucket
    yield bucket
    bucket.objects.all().delete()
    bucket.delete()


def keys(bucket):
    return sorted(each.key for each in bucket.objects.all())


def read(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read(), answer.headers


@pytest.mark.django_db
def test_picture_and_its_renditions_are_public_and_kept_for_good(bucket, server):
    picture = PictureFactory()
    wide, _width = picture.renditions("avif")[-1]
    assert wide.startswith(f"http://{server}/{BUCKET}/public/pictures/")
    assert urlsplit(wide).query == ""
    content, headers = read(wide)
    assert content[4:12] == b"ftypavif"
    assert headers["Content-Type"] == "image/avif"
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.django_db(transaction=True)
def test_deleted_picture_leaves_nothing_behind(bucket):
    picture = PictureFactory()
    assert len(keys(bucket)) > 1
    picture.delete()
    assert keys(bucket) == []


@pytest.mark.django_db(transaction=True)
def test_replaced_document_goes_with_the_change(bucket):
    document = Document.objects.create(
        innovation=InnovationFactory(published=True), title="Panduan", file=upload(pdf_bytes())
    )
    (old,) = keys(bucket)
    document.file = upload(pdf_bytes())
    document.save()
    (new,) = keys(bucket)
    assert new != old
    assert read(document.file.url)[0] == pdf_bytes()


@pytest.mark.django_db
def test_letter_is_read_by_a_signed_address_alone_and_not_for_long(bucket, client):
    visit = VisitFactory(letter=upload(pdf_bytes()))
    (key,) = keys(bucket)
    assert key.startswith("private/letters/")
    unsigned = f"{settings.MEDIA_STORE.origin}/{BUCKET}/{key}"
    with pytest.raises(urllib.error.HTTPError, match="403"):
        read(unsigned)
    client.force_login(UserFactory(is_superuser=True))
    response = client.get(reverse("visits:letter", args=[visit.reference]))
    assert response.status_code == 302
    assert response["Cache-Control"].startswith("private, no-store")
    content, headers = read(response.url)
    assert content == pdf_bytes()
    assert headers["Content-Disposition"] == f'attachment; filename="{visit.reference}.pdf"'
    assert int(parse_qs(urlsplit(response.url).query)["X-Amz-Expires"][0]) == 60


@pytest.mark.django_db
def test_letter_that_is_gone_from_the_store_is_said_to_be_missing(bucket, client):
    visit = VisitFactory(letter=upload(pdf_bytes()))
    bucket.objects.all().delete()
    client.force_login(UserFactory(is_superuser=True))
    assert client.get(reverse("visits:letter", args=[visit.reference])).status_code == 404


@pytest.mark.django_db
def test_preparing_again_changes_nothing(bucket, capsys):
    call_command("prepare_media_store")
    assert capsys.readouterr().out == f"Everyone may read public/ in {BUCKET}, and only that.\n"


def test_preparing_without_a_store_says_why_not(settings):
    settings.MEDIA_STORE = None
    with pytest.raises(CommandError, match="MEDIA_STORE_URL is empty"):
        call_command("prepare_media_store")


@pytest.mark.parametrize(
    "url",
    [
        "s3.example/bucket",
        "https://s3.example/bucket",
        "https://key@s3.example/bucket",
        "https://key:secret@s3.example",
        "https://key:secret@s3.example/bucket/folder",
        "https://key:secret@s3.example:port/bucket",
        "https://key:secret@s3.example/bucket?regoin=x",
        "ftp://key:secret@s3.example/bucket",
    ],
)
def test_store_that_is_not_understood_is_refused(url):
    with pytest.raises(ImproperlyConfigured, match="MEDIA_STORE_URL is not understood"):
        MediaStore.from_url(url)


@pytest.mark.django_db(transaction=True)
def test_uploads_in_the_store_are_backed_up_and_come_back(bucket, tmp_path):
    visit = VisitFactory()
    visit.letter.save("surat.pdf", upload(pdf_bytes()))
    PictureFactory()
    before = {each.key: each.get()["Body"].read() for each in bucket.objects.all()}
    assert {key.partition("/")[0] for key in before} == {"public", "private"}
    path = tmp_path / "portal.tar"
    call_command("backup", path, stdout=io.StringIO())
    bucket.objects.filter(Prefix="private/").delete()
    VisitFactory()
    restore_backup(path, progress=Progress(io.StringIO()), replace=True)
    assert {each.key: each.get()["Body"].read() for each in bucket.objects.all()} == before
    with Visit.objects.get().letter.open() as letter:
        assert letter.read() == pdf_bytes()
