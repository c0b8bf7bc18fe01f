"""A letter whose file is gone, such as after a restore without files, is said to be missing."""

import io
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from tests.factories import VisitFactory
from tests.staff import change_page, logged_in
from tests.visits.conftest import pdf_bytes, upload
from visits.models import Visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit():
    visit = VisitFactory.build(letter=ContentFile(pdf_bytes(), name="surat.pdf"))
    visit.make_link()
    visit.save()
    visit.letter.storage.delete(visit.letter.name)
    return visit


def at(visit, name):
    return reverse(f"visits:{name}", args=[visit.private_token])


def test_private_page_says_so_and_takes_the_letter_anew(client, visit, mailoutbox):
    text = client.get(at(visit, "request")).text
    assert "Berkas surat hilang dari server kami." in text
    assert f'"{at(visit, "request_letter")}"' not in text
    letter = upload(pdf_bytes())
    assert client.post(at(visit, "request_new_letter"), {"letter": letter}).status_code == 302
    text = client.get(at(visit, "request")).text
    assert "Berkas surat hilang" not in text
    assert f'"{at(visit, "request_letter")}"' in text


def test_it_cannot_be_downloaded(client, visit, visit_officer):
    assert client.get(at(visit, "request_letter")).status_code == 404
    address = reverse("visits:letter", args=[visit.reference])
    assert logged_in(visit_officer).get(address).status_code == 404


def test_staff_read_so_in_its_place(visit, visit_officer):
    text = logged_in(visit_officer).get(change_page(visit)).text
    assert "Berkas surat hilang dari server kami." in text
    assert reverse("visits:letter", args=[visit.reference]) not in text


def test_archive_names_what_it_lacks(client, visit):
    content = b"".join(client.get(at(visit, "export")).streaming_content)
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert "surat.pdf" not in archive.namelist()
    (readme,) = [name for name in archive.namelist() if name.lower().endswith("baca-saya.txt")]
    assert "Surat permohonan tidak disertakan" in archive.read(readme).decode()


def test_its_data_are_erased_all_the_same(visit, django_capture_on_commit_callbacks):
    Visit.objects.update(status="declined")
    with django_capture_on_commit_callbacks(execute=True):
        Visit.objects.get().erase()
    assert Visit.objects.get().letter.name == ""
