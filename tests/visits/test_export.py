"""All that is held about a visit, handed out whole: to its delegation, and to staff."""

import csv
import datetime
import io
import json
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone, translation
from pypdf import PdfReader

from tests.factories import (
    AdoptionFactory,
    AskedQuestionFactory,
    FeedbackFactory,
    InnovationFactory,
    MessageFactory,
    ParticipantFactory,
    StopFactory,
    VisitFactory,
)
from tests.staff import logged_in
from tests.visits.conftest import pdf_bytes
from visits.export import write_archive
from visits.messages import KINDS, TO_STAFF
from visits.models import Paper, Visit
from visits.querysets import hash_of_link

pytestmark = pytest.mark.django_db

TOKEN = "t" * 43
EXPORT = "visits:export"


@pytest.fixture
def visit(visit_officer):
    """A visit at the end of its life, everything held that can be."""
    visit = VisitFactory(
        organisation="Pemkab Banjar",
        status="completed",
        held_on=datetime.date(2026, 3, 4),
        participants=2,
        link_hash=hash_of_link(TOKEN),
        letter=ContentFile(pdf_bytes(), name="surat.pdf"),
    )
    innovation = InnovationFactory(published=True, name="Data Go")
    StopFactory(visit=visit, innovation=innovation, speaker="Analis data")
    visit.record("submitted", by=None)
    visit.record("confirmed", by=visit_officer, reason="Kami tunggu.")
    came = ParticipantFactory(visit=visit, name="=Budi()", present=True)
    ParticipantFactory(visit=visit, name="Siti", institution="Bappeda")
    FeedbackFactory(visit=visit, participant=came, good="Pimpinan saya bosan.", rating=3)
    AskedQuestionFactory(visit=visit, question__text="Berapa biayanya?")
    AdoptionFactory(visit=visit, innovation=innovation, evidence="SK Bupati 12/2026")
    MessageFactory(visit=visit, sent=True).attachments.create(
        name="../undangan.ics", content_type="text/calendar", content=b"BEGIN:VCALENDAR"
    )
    MessageFactory(
        visit=visit, kind="office_told", to="kantor@magelang.example", text="Untuk kantor"
    )
    Paper.issue(visit, Paper.Kind.CERTIFICATE, by=visit_officer)
    Paper.issue(visit, Paper.Kind.PROGRAMME, by=visit_officer)
    return visit


def opened(response):
    return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))


@pytest.fixture
def archive(client, visit):
    return opened(client.get(reverse(EXPORT, args=[TOKEN])))


def data_of(archive):
    return json.loads(archive.read("data.json"))


def test_archive_holds_each_kind_of_thing_as_a_file(archive, visit):
    today = timezone.localdate()
    programme = visit.papers.get(kind="programme")
    assert archive.namelist() == [
        "BACA-SAYA.txt",
        "data.json",
        "surat.pdf",
        "peserta.csv",
        f"surel/001-{today}-link_sent.txt",
        f"surel/001-{today}-link_sent-undangan.ics",
        f"surel/002-{today}-papers_issued.txt",
        f"dokumen/{programme.file_name}",
        "dokumen/sertifikat.pdf",
    ]
    assert archive.testzip() is None


def test_data_tell_request_itinerary_history_questions_and_adoptions(archive):
    data = data_of(archive)
    assert data["request"]["contact_email"] == "sekretaris@contoh.example"
    assert data["labels"]["contact_phone"] == "telepon"
    assert data["visit"]["held_on"] == "2026-03-04"
    assert [(stop["name"], stop["speaker"]) for stop in data["itinerary"]] == [
        ("Data Go", "Analis data")
    ]
    assert [(event["what"], event["text"]) for event in data["history"]] == [
        ("Permohonan diterima", ""),
        ("Kunjungan disetujui", "Kami tunggu."),
    ]
    assert [question["text"] for question in data["questions"]] == ["Berapa biayanya?"]
    assert [adoption["evidence"] for adoption in data["adoptions"]] == ["SK Bupati 12/2026"]


def test_letter_comes_byte_for_byte(archive):
    assert archive.read("surat.pdf") == pdf_bytes()


def test_participants_come_as_a_table_in_which_no_name_is_a_formula(archive):
    text = archive.read("peserta.csv").decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert [row[0] for row in rows[1:]] == ["'=Budi()", "Siti"]
    assert [bool(row[3]) for row in rows[1:]] == [True, False]


def test_messages_show_marks_in_place_of_the_private_link(archive):
    name = next(name for name in archive.namelist() if name.endswith("link_sent.txt"))
    text = archive.read(name).decode()
    assert "Kepada: sekretaris@contoh.example" in text
    assert "Buka (tautan pribadi Anda)." in text


def test_no_private_link_stands_anywhere_in_the_archive(client, visit):
    visit.make_link()
    visit.save()
    archive = opened(client.get(reverse(EXPORT, args=[visit.private_token])))
    secrets = [visit.private_token, visit.link_nonce, visit.link_hash]
    found = [
        name
        for name in archive.namelist()
        for secret in secrets
        if secret.encode() in archive.read(name)
    ]
    assert found == []


def test_papers_come_as_pdf_the_certificates_in_one(archive):
    pages = PdfReader(io.BytesIO(archive.read("dokumen/sertifikat.pdf"))).pages
    assert ["=Budi()" in page.extract_text() for page in pages] == [True]


def test_delegation_gets_neither_messages_to_the_office_nor_remarks_of_its_people(archive):
    content = b"".join(archive.read(name) for name in archive.namelist())
    hidden = [b"kantor@magelang.example", b"Untuk kantor", b"bosan", b"visit_officer"]
    assert [text in content for text in hidden] == [False] * 4
    assert data_of(archive)["feedback"] == {"answers": 1}


def test_delegation_gets_the_mean_of_so_many_that_it_tells_of_nobody(client, visit):
    for rating in (5, 4):
        FeedbackFactory(visit=visit, rating=rating)
    archive = opened(client.get(reverse(EXPORT, args=[TOKEN])))
    assert data_of(archive)["feedback"] == {"answers": 3, "mean_rating": 4.0}


@pytest.mark.parametrize("published", [False, True])
def test_delegation_gets_what_is_written_of_its_visit_once_that_is_public(
    client, visit, published
):
    told = {"summary": "Konsep rahasia.", "report": "Konsep laporan."}
    at = timezone.now() if published else None
    Visit.objects.update(**told, published_at=at, slug="pemkab-banjar-2026")
    found = data_of(opened(client.get(reverse(EXPORT, args=[TOKEN]))))["visit"]
    assert {name: found.get(name) for name in told} == (told if published else dict.fromkeys(told))


def test_no_message_to_office_or_hosts_is_taken_for_one_to_the_delegation():
    with translation.override("en"):
        assert {
            kind for kind, label in KINDS.items() if str(label).startswith("To the ")
        } == TO_STAFF


def test_staff_get_the_office_s_messages_remarks_and_who_did_what(visit, visit_officer):
    url = reverse("visits:staff_export", args=[visit.reference])
    archive = opened(logged_in(visit_officer).get(url))
    data = data_of(archive)
    assert [event["staff"] for event in data["history"]] == ["", "visit_officer"]
    assert [each["good"] for each in data["feedback"]] == ["Pimpinan saya bosan."]
    assert "Budi" not in json.dumps(data["feedback"])
    assert [name.rpartition("-")[2] for name in archive.namelist() if "surel/" in name] == [
        "link_sent.txt",
        "undangan.ics",
        "office_told.txt",
        "papers_issued.txt",
    ]


def test_archive_in_english_names_its_files_in_english(client, visit):
    with translation.override("en"):
        archive = opened(client.get(reverse(EXPORT, args=[TOKEN])))
    assert "participants.csv" in archive.namelist()


def test_archive_is_a_download_that_nobody_keeps(client, visit):
    response = client.get(reverse(EXPORT, args=[TOKEN]))
    assert b"".join(response).startswith(b"PK")
    assert response["Content-Type"] == "application/zip"
    assert response["Content-Disposition"] == f'attachment; filename="{visit.reference}.zip"'
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex"


def test_archive_of_an_erased_visit_holds_no_name(client, visit):
    visit.erase()
    archive = opened(client.get(reverse(EXPORT, args=[TOKEN])))
    content = b"".join(archive.read(name) for name in archive.namelist())
    assert b"Pemkab Banjar" in content
    names = [b"Budi", b"Siti", b"sekretaris@contoh.example", b"Kepala Rombongan"]
    assert [name in content for name in names] == [False] * 4


def test_guessed_link_gives_no_archive(client, visit):
    assert client.get(reverse(EXPORT, args=["x" * 43])).status_code == 404


def test_large_archive_lies_on_the_disk_and_not_in_memory(visit, monkeypatch):
    monkeypatch.setattr("visits.export.MOST_IN_MEMORY", 100)
    with write_archive(visit, for_staff=False) as file:
        assert file._rolled
        assert zipfile.ZipFile(file).testzip() is None


@pytest.mark.parametrize("times", [1, 3])
def test_archive_takes_the_same_queries_however_much_is_held(times, django_assert_num_queries):
    visit = VisitFactory(status="completed", held_on=datetime.date(2026, 3, 4))
    for _time in range(times):
        StopFactory(visit=visit)
        visit.record("confirmed", by=None)
        feedback = FeedbackFactory(visit=visit, participant=ParticipantFactory(visit=visit))
        feedback.innovations.create(innovation=InnovationFactory(), usefulness=3)
        MessageFactory(visit=visit).attachments.create(name="a.ics", content=b"")
        AdoptionFactory(visit=visit)
    with django_assert_num_queries(14), write_archive(visit, for_staff=True):
        pass


def test_delegation_gets_no_answer_before_it_is_released_nor_the_city_s_report(client, visit):
    asked = visit.asked_questions.get()
    asked.question.answer, asked.question.answered_on = "DRAF jawaban", timezone.localdate()
    asked.question.save()
    Paper.issue(visit, Paper.Kind.REPORT, by=None)
    archive = opened(client.get(reverse(EXPORT, args=[TOKEN])))
    data = data_of(archive)
    assert [each["answer"] for each in data["questions"]] == [""]
    assert {each["kind"] for each in data["papers"]} == {"certificate", "programme"}
    assert not [name for name in archive.namelist() if "LAPORAN" in name]
