"""What anyone sees who checks a paper, and what nobody sees."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from magelang_portal.models import Attempt
from tests.factories import (
    AdoptionFactory,
    InnovationFactory,
    ParticipantFactory,
    StopFactory,
    VisitFactory,
)
from visits.models import Paper, Visit

pytestmark = pytest.mark.django_db

DAY = datetime.date(2026, 9, 9)


@pytest.fixture
def visit():
    visit = VisitFactory(
        status=Visit.Status.COMPLETED,
        held_on=DAY,
        participants=2,
        organisation="Pusdiklat <Contoh>",
        purpose="Maksud rahasia",
        contact_name="Narahubung Rahasia",
        contact_email="rahasia@contoh.example",
        head_name="Kepala Rombongan",
    )
    StopFactory(visit=visit, innovation=InnovationFactory(name="Data Go", published=True))
    ParticipantFactory(visit=visit, name="Siti Aminah", present=True)
    ParticipantFactory(visit=visit, name="Bayu Aji", present=True)
    return visit


@pytest.fixture
def certificate(visit):
    return next(
        paper
        for paper in Paper.issue(visit, "certificate", by=None)
        if paper.data["name"] == "Siti Aminah"
    )


def check(client, paper, **changes):
    return client.get(reverse("visits:verify", args=[changes.get("code", paper.code)]))


def rows(response):
    return dict(response.context["shown"]["facts"])


def test_address_is_short_and_in_the_language_of_the_reader(certificate):
    assert certificate.get_absolute_url() == f"/periksa/{certificate.code}/"
    with translation.override("en"):
        assert certificate.get_absolute_url() == f"/en/verify/{certificate.code}/"


def test_certificate_is_shown_as_it_is_printed(client, certificate):
    response = check(client, certificate)
    assert rows(response) == {
        "Diberikan kepada": "Siti Aminah",
        "Inovasi yang dipelajari": "Data Go",
        "Rombongan": "Pusdiklat <Contoh>",
        "Hari dan tanggal": "Rabu, 9 September 2026",
        "Diterbitkan pada": rows(response)["Diterbitkan pada"],
    }
    assert "Dokumen ini asli." in response.text
    assert "Pusdiklat &lt;Contoh&gt;" in response.text
    assert certificate.number in response.text


def test_english_reader_reads_english(client, certificate):
    response = client.get(f"/en/verify/{certificate.code}/")
    assert rows(response)["Presented to"] == "Siti Aminah"
    assert "This paper is genuine." in response.text


@pytest.mark.parametrize("kind", ["programme", "reply", "attendance", "certificate", "report"])
def test_nothing_is_shown_that_is_not_printed(client, visit, kind):
    (paper, *_others) = Paper.issue(visit, kind, by=None)
    response = check(client, paper)
    assert response.status_code == 200
    secrets = ("Maksud rahasia", "Narahubung Rahasia", "rahasia@contoh.example", "0812 3456 7890")
    assert [secret for secret in secrets if secret in response.text] == []


def test_attendance_list_tells_how_many_names_it_has_and_not_which(client, visit):
    (paper,) = Paper.issue(visit, "attendance", by=None)
    response = check(client, paper)
    assert rows(response)["Jumlah nama dalam daftar"] == "2"
    assert "Siti Aminah" not in response.text


def test_letter_shows_its_answer_and_itinerary(client, visit):
    (paper,) = Paper.issue(visit, "reply", by=None)
    response = check(client, paper)
    assert rows(response)["Jawaban"] == "Kunjungan disetujui"
    assert rows(response)["Yth."] == "Kepala Rombongan"
    (table,) = response.context["shown"]["tables"]
    assert [row[1][:2] for row in table["rows"]] == [("Inovasi", "Data Go")]


def test_report_of_a_laxer_time_shows_what_may_be_public_now(client, visit):
    data_go = visit.stops.get().innovation
    kept = AdoptionFactory(visit=visit, innovation=data_go, organisation="Kota A", confirmed=True)
    (paper,) = Paper.issue(visit, "report", by=None)
    assert "tidak ditampilkan di sini" not in check(client, paper).text
    rating = {"innovation": "Data Go", "usefulness": 4.0, "count": 3}
    (adoption,) = paper.data["adoptions"]
    paper.data["ratings"] = [rating, rating | {"innovation": "Si Bahenol", "count": 2}]
    paper.data["adoptions"] = [adoption, adoption | {"organisation": "Kota B"}]
    paper.save()
    response = check(client, paper)
    tables = response.context["shown"]["tables"]
    assert [[row[0][1] for row in table["rows"]] for table in tables[1:]] == [
        ["Data Go"],
        ["Data Go"],
    ]
    assert "Kota A" in response.text
    assert "Kota B" not in response.text
    assert "tidak ditampilkan di sini" in response.text
    kept.take_off(by=None)
    assert "Kota A" not in check(client, paper).text


def test_withdrawn_paper_says_so_and_nothing_more(client, certificate):
    certificate.withdraw(by=None)
    text = check(client, certificate).text
    assert "Dokumen ini tidak berlaku lagi." in text
    assert "Dokumen yang lebih baru telah menggantikannya." not in text
    assert "Siti Aminah" not in text
    assert "Pusdiklat" not in text
    assert certificate.number in text


def test_replaced_paper_says_that_there_is_a_newer_one(client, visit):
    (old,) = Paper.issue(visit, "programme", by=None)
    Visit.objects.update(venue="Aula Baru")
    (new,) = Paper.issue(visit, "programme", by=None)
    text = check(client, old).text
    assert "Dokumen yang lebih baru telah menggantikannya." in text
    assert new.code not in text


def test_erased_paper_is_still_genuine_and_names_nobody(client, visit, certificate):
    visit.erase(by=None)
    response = check(client, certificate)
    assert response.context["shown"] is None
    assert "Dokumen ini asli." in response.text
    assert "data pribadinya dihapus" in response.text
    assert "Siti Aminah" not in response.text


def test_unknown_code_is_said_to_be_unknown(client, certificate):
    response = check(client, certificate, code="AAAAA-AAAAA")
    assert response.status_code == 404
    assert "Tidak ada dokumen dengan kode AAAAA-AAAAA." in response.text
    assert "Siti Aminah" not in response.text


@pytest.mark.parametrize("code", ["<script>", "x" * 300, "0O1I0-0O1I0", "ꦱꦱ"])
def test_what_is_no_code_is_unknown_too_and_never_becomes_markup(client, certificate, code):
    response = check(client, certificate, code=code)
    assert response.status_code == 404
    assert "<script>" not in response.text


def test_code_may_be_typed_as_it_comes(client, certificate):
    plain = certificate.code.replace("-", "")
    for typed in (certificate.code.lower(), plain, f" {plain[:3]} {plain[3:]} ", plain.lower()):
        response = client.get(reverse("visits:verify_any"), {"code": typed})
        assert response.url == certificate.get_absolute_url()
    assert (
        rows(check(client, certificate, code=plain.lower()))["Diberikan kepada"] == "Siti Aminah"
    )


@pytest.mark.parametrize(
    ("typed", "code"), [("", "required"), ("salah", "no_code"), ("0" * 10, "no_code")]
)
def test_what_cannot_be_a_code_comes_back_with_what_was_typed(client, typed, code):
    response = client.get(reverse("visits:verify_any"), {"code": typed})
    errors = response.context["form"].errors.as_data()
    assert [error.code for error in errors["code"]] == [code]
    assert f'value="{typed}"' in response.text or not typed


def test_page_to_type_a_code_asks_before_it_complains(client):
    response = client.get(reverse("visits:verify_any"))
    assert not response.context["form"].is_bound
    assert "X-Robots-Tag" not in response


def test_answers_are_kept_and_indexed_by_nobody(client, certificate):
    for code in (certificate.code, "AAAAA-AAAAA"):
        response = check(client, certificate, code=code)
        assert response["Cache-Control"] == "private, no-store"
        assert response["X-Robots-Tag"] == "noindex"
        assert '<meta name="robots" content="noindex">' in response.text


def test_whoever_tries_many_codes_is_held_back_and_genuine_ones_still_open(client, certificate):
    for _try in range(60):
        assert check(client, certificate, code="AAAAA-AAAAA").status_code == 404
    assert check(client, certificate, code="AAAAA-AAAAB").status_code == 429
    assert check(client, certificate).status_code == 200
    Attempt.objects.update(at=timezone.now() - datetime.timedelta(hours=2))
    assert check(client, certificate, code="AAAAA-AAAAA").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_checking_changes_nothing(client, certificate, method):
    response = getattr(client, method)(certificate.get_absolute_url())
    assert response.status_code == 405
