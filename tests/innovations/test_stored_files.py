"""Files leave storage with what they belonged to: nothing removed stays public."""

import pytest
from django.core.files.storage import default_storage

from innovations.models import Document, Picture
from tests.factories import InnovationFactory, PictureFactory, picture_file
from tests.visits.conftest import pdf_bytes, upload


def stored(folder):
    return set(default_storage.listdir(folder)[1])


@pytest.fixture
def picture(db):
    return PictureFactory()


@pytest.fixture
def document(db):
    return Document.objects.create(
        innovation=InnovationFactory(), title="Keputusan", file=upload(pdf_bytes())
    )


@pytest.mark.parametrize(
    "delete",
    [
        lambda picture: picture.delete(),
        lambda picture: Picture.objects.all().delete(),
        lambda picture: picture.innovation.delete(),
    ],
    ids=["itself", "with a query", "with its innovation"],
)
def test_deleted_picture_takes_its_files_along(
    picture, delete, django_capture_on_commit_callbacks
):
    assert stored("pictures")
    with django_capture_on_commit_callbacks(execute=True):
        delete(picture)
    assert stored("pictures") == set()


def test_replaced_picture_takes_its_old_files_along(picture, django_capture_on_commit_callbacks):
    before = stored("pictures")
    with django_capture_on_commit_callbacks(execute=True):
        picture.image = picture_file(colour="#ff0000")
        picture.save()
    after = stored("pictures")
    assert after
    assert after & before == set()


def test_picture_saved_again_keeps_its_files(picture, django_capture_on_commit_callbacks):
    before = stored("pictures")
    with django_capture_on_commit_callbacks(execute=True):
        picture.caption = "Petak"
        picture.save()
    assert stored("pictures") == before


def test_deleted_document_takes_its_file_along(document, django_capture_on_commit_callbacks):
    assert len(stored("documents")) == 1
    with django_capture_on_commit_callbacks(execute=True):
        document.delete()
    assert stored("documents") == set()


def test_replaced_document_takes_its_old_file_along(document, django_capture_on_commit_callbacks):
    before = stored("documents")
    with django_capture_on_commit_callbacks(execute=True):
        document.file = upload(pdf_bytes())
        document.save()
    assert len(stored("documents")) == 1
    assert stored("documents") != before
