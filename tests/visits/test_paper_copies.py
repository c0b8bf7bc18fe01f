"""Who issues papers and who has copies of them: staff in the admin, the delegation at its link."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import ParticipantFactory, StopFactory, VisitFactory, picture_file
from tests.staff import NO_ANSWERS, change_page, changelist, message_levels, outcome
from tests.visits.papers import issue, pages, structure, text, visit_held, visit_in
from visits.models import Paper, Visit, VisitSettings

pytestmark = pytest.mark.django_db

S = Visit.Status
YEAR = timezone.localdate().year
KINDS = ["programme", "reply", "attendance", "certificate", "report"]


@pytest.fixture
def visit():
    return visit_held(organisation="Pusdiklat Contoh")


# The admin


def issue_page(visit, kind):
    return reverse("admin:visits_paper_issue", args=[visit.reference, kind])


def test_form_of_a_visit_offers_what_can_be_issued(officer, visit):
    page = officer.get(change_page(visit)).text
    assert [kind for kind in KINDS if issue_page(visit, kind) in page] == KINDS
    open_request = VisitFactory()
    assert issue_page(open_request, "programme") not in officer.get(change_page(open_request)).text


def test_form_of_a_visit_leads_to_copies(officer, visit):
    (programme,) = issue(visit, "programme")
    issue(visit, "certificate")
    page = officer.get(change_page(visit)).text
    assert reverse("admin:visits_paper_pdf", args=[programme.pk]) in page
    assert reverse("admin:visits_paper_certificates", args=[visit.reference]) in page
    assert page.count("/pdf/") == 1


def test_issuing_asks_first_and_tells_who_did(officer, visit_officer, visit):
    url = issue_page(visit, "programme")
    assert officer.get(url).status_code == 200
    assert Paper.objects.count() == 0
    response = officer.post(url, NO_ANSWERS)
    assert (response.url, message_levels(response)) == (change_page(visit), ["success"])
    assert Paper.objects.get().issued_by == visit_officer
    officer.get(change_page(visit))
    again = officer.post(url, NO_ANSWERS)
    assert message_levels(again) == ["warning"]


def warnings_of(response):
    return [note.text for note in response.context["form"].notes() if note.is_warning]


@pytest.fixture
def complete_office():
    names = ["city_line", "office_line", "address", "signatory_name", "signatory_position"]
    settings = VisitSettings(pk=1, **dict.fromkeys(names, "Contoh"))
    settings.emblem.name = "office/ada.webp"
    VisitSettings.objects.bulk_create([settings])


@pytest.mark.usefixtures("complete_office")
def test_issuing_a_complete_programme_warns_of_nothing(officer):
    visit = visit_in(S.CONFIRMED, venue="Aula", host="Wali Kota Contoh")
    times = {"starts_at": datetime.time(9), "ends_at": datetime.time(10)}
    StopFactory(visit=visit, answer="accepted", venue="Aula", speaker="Pembicara", **times)
    page = officer.get(issue_page(visit, "programme"))
    assert warnings_of(page) == []
    assert [note.text for note in page.context["form"].notes()] == [
        "Semua tuan rumah sudah menyanggupi."
    ]


@pytest.mark.usefixtures("complete_office")
@pytest.mark.parametrize("kind", ["programme", "reply"])
def test_issuing_says_which_hosts_are_silent_and_what_is_empty(officer, kind):
    visit = visit_in(S.CONFIRMED)
    stop = StopFactory(visit=visit, innovation__name="Data Go", venue="Aula")
    StopFactory(visit=visit, innovation__name="Kampung Organik", answer="accepted")
    empty = {"programme": "Waktu, Tempat, Diterima oleh", "reply": "Waktu, Tempat"}[kind]
    assert warnings_of(officer.get(issue_page(visit, kind))) == [
        f"Kosong pada formulir kunjungan: {empty}. Isi dahulu di sana, atau biarkan demikian.",
        f"Belum dijawab: {stop}.",
        "Waktunya belum ditentukan: Data Go, Kampung Organik.",
        "Tempatnya belum ditentukan: Kampung Organik.",
        "Narasumbernya belum disebut: Data Go, Kampung Organik.",
    ]
    officer.post(issue_page(visit, kind), NO_ANSWERS)
    assert Paper.objects.get().kind == kind


def test_issuing_says_what_is_empty_in_the_settings(officer):
    visit = visit_in(S.DECLINED)
    (warning,) = warnings_of(officer.get(issue_page(visit, "reply")))
    assert warning == (
        "Kosong di pengaturan kunjungan: lambang, kop surat, unit kerja, alamat, penanda tangan, "
        "jabatan penanda tangan. Isi dahulu di sana, atau biarkan demikian."
    )


@pytest.mark.usefixtures("complete_office")
def test_issuing_says_whose_name_our_fonts_cannot_print(officer, visit):
    ParticipantFactory(visit=visit, name="김철수", present=True)
    ParticipantFactory(visit=visit, name="山田太郎", present=True)
    (warning,) = warnings_of(officer.get(issue_page(visit, "certificate")))
    assert warning == (
        "Huruf tertentu tidak ada dalam fon kami: 김철수. Huruf itu tercetak sebagai kotak; "
        "mintalah ejaan Latinnya."
    )


def test_letter_is_issued_with_what_staff_add(officer, visit):
    officer.post(issue_page(visit, "reply"), {"message": "Bawalah <tanda> pengenal."})
    assert Paper.objects.get().data["message"] == "Bawalah <tanda> pengenal."


def test_paper_that_is_not_open_comes_back_with_the_reason(officer):
    visit = visit_in(S.CANCELLED)
    response = officer.post(issue_page(visit, "programme"), NO_ANSWERS)
    assert outcome(response) == ["error"]
    assert Paper.objects.count() == 0


@pytest.mark.parametrize("address", ["KM-2026-AAAAA/programme", "{}/khayalan"])
def test_unknown_visit_or_kind_is_not_found(officer, visit, address):
    url = issue_page(visit, "programme").replace(
        f"{visit.reference}/programme", address.format(visit.reference)
    )
    assert officer.get(url).status_code == 404


def test_staff_read_copies_withdrawn_ones_too(officer, visit):
    (paper,) = issue(visit, "programme")
    Paper.objects.update(withdrawn_at=timezone.now())
    response = officer.get(reverse("admin:visits_paper_pdf", args=[paper.pk]))
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == (f'attachment; filename="KM-ACARA-{YEAR}-0001.pdf"')
    assert response["Cache-Control"].startswith("private, no-store")
    assert response["X-Robots-Tag"] == "noindex"
    assert text(response.content) == text(paper.pdf())


def test_copy_of_an_erased_paper_is_not_found(officer, visit, visit_officer):
    (paper,) = issue(visit, "programme")
    issue(visit, "certificate")
    visit.erase(by=visit_officer)
    assert officer.get(reverse("admin:visits_paper_pdf", args=[paper.pk])).status_code == 404
    url = reverse("admin:visits_paper_certificates", args=[visit.reference])
    assert officer.get(url).status_code == 404
    assert officer.get(change_page(paper)).status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_list_of_papers_takes_the_same_queries_for_1_and_for_3(
    officer, django_assert_num_queries, number
):
    for _each in range(number):
        visit = visit_in(S.COMPLETED)
        ParticipantFactory(visit=visit, present=True)
        issue(visit, "certificate")
    officer.get(changelist(Paper))
    with django_assert_num_queries(10):
        response = officer.get(changelist(Paper))
    assert len(response.context["cl"].result_list) == number


def test_settings_are_one_form_reached_from_the_list(officer):
    response = officer.get(changelist(VisitSettings))
    assert response.url == reverse("admin:visits_visitsettings_change", args=[1])
    page = officer.get(response.url)
    assert page.context["adminform"].form.initial["city_line"] == "Pemerintah Kota Magelang"
    assert VisitSettings.objects.count() == 0


def test_settings_are_saved_the_first_time_and_changed_the_second(officer):
    url = reverse("admin:visits_visitsettings_change", args=[1])
    form = {"lead_days": 7, "offer_hours": 48, "keep_days": 365, "number_prefix": "KM"}
    for office in ("Bagian Satu", "Bagian Dua"):
        response = officer.post(url, form | {"office_line": office})
        assert response.status_code == 302
        assert VisitSettings.objects.get().office_line == office


def test_settings_can_be_neither_added_nor_deleted(officer):
    VisitSettings.objects.create(pk=1)
    assert officer.get(reverse("admin:visits_visitsettings_add")).status_code == 403
    assert officer.get(reverse("admin:visits_visitsettings_delete", args=[1])).status_code == 403


def test_emblem_of_the_settings_stands_on_papers(visit, monkeypatch):
    emblem = picture_file(kind="WEBP").read()
    monkeypatch.setattr(VisitSettings, "emblem_bytes", lambda settings: emblem)
    (paper,) = issue(visit, "programme")
    figures = [alt for tag, alt in structure(paper.pdf()) if tag == "/Figure"]
    assert figures[0] == "Lambang Pemerintah Kota Magelang"


def test_missing_emblem_file_does_not_stop_a_paper():
    settings = VisitSettings(pk=1)
    settings.emblem.name = "office/hilang.webp"
    assert settings.emblem_bytes() == b""


# The delegation


@pytest.fixture
def linked(visit):
    visit.make_link()
    visit.save()
    return visit


def of(visit, paper):
    return reverse("visits:request_paper", args=[visit.private_token, paper.code])


def test_delegation_finds_its_papers_at_the_private_link(client, linked):
    (programme,) = issue(linked, "programme")
    issue(linked, "certificate")
    page = client.get(reverse("visits:request", args=[linked.private_token])).text
    certificates = reverse("visits:request_certificates", args=[linked.private_token])
    assert of(linked, programme) in page
    assert certificates in page
    assert text(client.get(of(linked, programme)).content) == text(programme.pdf())
    assert len(pages(client.get(certificates).content)) == 2


@pytest.mark.parametrize(
    ("language", "name"), [("id", "sertifikat.pdf"), ("en", "certificates.pdf")]
)
def test_file_of_certificates_is_named_in_the_language_of_the_visit(
    client, linked, language, name
):
    linked.language = language
    linked.save()
    issue(linked, "certificate")
    response = client.get(reverse("visits:request_certificates", args=[linked.private_token]))
    named = f'attachment; filename="{linked.reference}-{name}"'
    assert response["Content-Disposition"] == named


def test_delegation_has_neither_report_nor_withdrawn_papers(client, linked):
    (report,) = issue(linked, "report")
    (old,) = issue(linked, "programme")
    old.withdraw(by=None)
    page = client.get(reverse("visits:request", args=[linked.private_token])).text
    for paper in (report, old):
        assert paper.code not in page
        assert client.get(of(linked, paper)).status_code == 404


def test_papers_of_another_visit_are_not_found(client, linked):
    other = visit_in(S.CONFIRMED)
    (paper,) = issue(other, "programme")
    assert client.get(of(linked, paper)).status_code == 404


def test_guessed_link_opens_no_paper(client, linked):
    (paper,) = issue(linked, "programme")
    url = reverse("visits:request_paper", args=["x" * 43, paper.code])
    assert client.get(url).status_code == 404
    assert client.get(reverse("visits:request_certificates", args=["x" * 43])).status_code == 404
    assert client.get(reverse("visits:my_certificate", args=["x" * 43])).status_code == 404


def test_visit_without_certificates_has_no_file_of_them(client, linked):
    url = reverse("visits:request_certificates", args=[linked.private_token])
    assert client.get(url).status_code == 404


def test_participant_has_the_own_certificate_at_the_own_link(client, visit):
    issue(visit, "certificate")
    pages = {}
    for participant in visit.attendees.all():
        participant.make_link()
        participant.save()
        response = client.get(reverse("visits:my_certificate", args=[participant.private_token]))
        pages[participant.name] = response.status_code
        if response.status_code == 200:
            assert participant.name in text(response.content)
            assert response["Cache-Control"] == "private, no-store"
    assert pages == {"Siti Aminah": 200, "Tidak Datang": 404, "Bayu Aji": 200}
