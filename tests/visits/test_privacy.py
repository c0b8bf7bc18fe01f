"""What a delegation may do about its data at its private link, and where no file is found."""

import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.urls import reverse
from lxml import html

from tests.factories import MessageFactory, ParticipantFactory, VisitFactory, picture_file
from tests.visits.conftest import pdf_bytes
from visits.models import Visit, VisitSettings
from visits.querysets import hash_of_link
from visits.storage import private_storage

pytestmark = pytest.mark.django_db

TOKEN = "t" * 43


def address(name):
    return reverse(f"visits:{name}", args=[TOKEN])


def text_of(response):
    return " ".join(html.document_fromstring(response.content).text_content().split())


@pytest.fixture
def visit():
    return VisitFactory(
        status="completed",
        held_on=datetime.date(2026, 3, 4),
        participants=78,
        link_hash=hash_of_link(TOKEN),
        letter=ContentFile(pdf_bytes(), name="surat.pdf"),
    )


def test_private_page_says_until_when_data_are_kept_and_offers_them(client, visit):
    text = client.get(address("request")).text
    assert "4 Maret 2027" in text
    assert [f'href="{address(name)}"' in text for name in ("export", "erase")] == [True, True]


def test_private_page_of_an_open_request_says_how_many_days_after_the_visit(client, visit):
    VisitSettings(pk=1, keep_days=90).save()
    Visit.objects.update(status="submitted")
    assert "90 hari setelah kunjungan" in text_of(client.get(address("request")))


def test_delegation_has_its_data_erased_after_confirming_it(client, visit):
    ParticipantFactory.create_batch(3, visit=visit)
    page = text_of(client.get(address("erase")))
    assert "Nama peserta (3)" in page
    response = client.post(address("erase"), {"confirmed": "on"})
    assert response.url == address("receipt")
    visit.refresh_from_db()
    assert (visit.contact_name, visit.attendees.count()) == ("", 0)
    assert visit.events.get().actor == "delegation"


def test_nothing_is_erased_without_the_tick(client, visit):
    response = client.post(address("erase"), {"csrfmiddlewaretoken": "x"})
    assert response.context["form"].errors == {
        "confirmed": ["Centang kotak ini agar data dihapus."]
    }
    assert Visit.objects.get().contact_name == "Sekretaris"


@pytest.mark.parametrize("status", ["submitted", "needs_information", "waiting_list", "confirmed"])
def test_delegation_whose_visit_is_still_to_come_is_told_to_cancel_first(client, visit, status):
    Visit.objects.update(status=status)
    page = html.document_fromstring(client.get(address("erase")).content)
    assert page.xpath("//main//form") == []
    assert "Batalkan kunjungan terlebih dahulu" in " ".join(page.text_content().split())
    client.post(address("erase"), {"confirmed": "on"})
    assert Visit.objects.get().contact_name == "Sekretaris"


def test_receipt_says_what_was_erased_when_why_and_what_stays(client, visit):
    ParticipantFactory.create_batch(2, visit=visit)
    MessageFactory(visit=visit, sent=True)
    visit.erase(actor="delegation")
    response = client.get(address("receipt"))
    page = html.document_fromstring(response.content)
    rows = [tuple(cell.text for cell in row.xpath("th|td")) for row in page.xpath("//tbody/tr")]
    assert rows == [
        ("Nama, telepon, surel, dan maksud kunjungan dalam permohonan", "1"),
        ("Surat permohonan", "1"),
        ("Nama peserta", "2"),
        ("Surel yang dikirim tentang kunjungan", "1"),
    ]
    text = text_of(response)
    assert visit.reference in text
    assert "Rombongan memintanya melalui tautan pribadi." in text
    assert f'href="{address("receipt")}"' in client.get(address("request")).text


@pytest.mark.parametrize(
    ("actor", "reason"),
    [
        ("staff", "Pegawai kota menghapus datanya."),
        ("system", "Batas waktu penyimpanan data sudah lewat."),
    ],
)
def test_receipt_tells_staff_from_the_schedule(client, visit, visit_officer, actor, reason):
    visit.erase(by=visit_officer if actor == "staff" else None)
    assert reason in text_of(client.get(address("receipt")))


def test_receipt_of_an_erasure_from_before_counts_were_kept_still_stands(client, visit):
    visit.erase()
    visit.events.update(details={})
    assert "Nama, telepon, surel" in text_of(client.get(address("receipt")))


def test_there_is_no_receipt_before_anything_is_erased(client, visit):
    assert client.get(address("receipt")).status_code == 404


def test_whoever_asks_again_after_the_erasure_gets_the_receipt(client, visit):
    visit.erase()
    assert client.get(address("erase")).url == address("receipt")


@pytest.mark.parametrize("name", ["export", "erase", "receipt"])
def test_pages_about_data_are_kept_and_listed_by_nobody(client, visit, name):
    if name == "receipt":
        visit.erase()
    response = client.get(address(name))
    assert b"".join(response)  # read to its end, a download is closed
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert client.get(reverse(f"visits:{name}", args=["x" * 43])).status_code == 404


def test_privacy_page_says_how_long_from_the_setting_and_names_the_office_that_staff_filled(
    client, db
):
    plain = text_of(client.get(reverse("privacy")))
    assert "365 hari setelah kunjungan" in plain
    assert "Datang atau tulislah ke kantor pemerintah kota" in plain
    VisitSettings(pk=1, keep_days=120, email="kunjungan@kota.example", phone="0293 000000").save()
    filled = text_of(client.get(reverse("privacy")))
    assert "120 hari setelah kunjungan" in filled
    assert "kunjungan@kota.example" in filled
    assert "Datang atau tulislah ke kantor pemerintah kota" not in filled


@pytest.mark.parametrize("page", ["home", "about", "visits:register"])
def test_every_form_and_page_leads_to_the_privacy_page(client, db, page):
    assert f'href="{reverse("privacy")}"' in client.get(reverse(page)).text


def test_no_private_file_is_found_at_a_public_address(client, visit):
    VisitSettings(pk=1, emblem=picture_file()).save()
    private_storage().save("drafts/surat.pdf", ContentFile(b"rahasia"))
    root = Path(private_storage().location)
    names = [str(path.relative_to(root)) for path in root.rglob("*.*")]
    assert {name.partition("/")[0] for name in names} == {"letters", "office", "drafts"}
    tried = [
        f"{prefix}{way}{name}"
        for name in names
        for prefix in ("/media/", f"/{settings.STATIC_URL.strip('/')}/", "/private/", "/")
        for way in ("", "private/", "../private/", "..%2Fprivate%2F", "%2e%2e/private/")
    ]
    answers = {url: client.get(url).status_code for url in tried}
    assert {url for url, status in answers.items() if status not in {400, 404}} == set()


def test_private_files_lie_outside_of_what_the_web_server_may_serve():
    private = Path(settings.STORAGES["private"]["OPTIONS"]["location"]).resolve()
    served = [settings.DATA_DIR / "media", settings.STATIC_ROOT, *settings.STATICFILES_DIRS]
    assert [private.is_relative_to(Path(folder).resolve()) for folder in served] == [False] * 3
