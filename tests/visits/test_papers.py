"""Papers as they are issued: their numbers, what is frozen, who may have a copy."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from tests.factories import (
    AdoptionFactory,
    AskedQuestionFactory,
    FeedbackFactory,
    InnovationFeedbackFactory,
    ParticipantFactory,
    QuestionFactory,
    SlotFactory,
    StopFactory,
    VisitFactory,
)
from tests.staff import (
    make_transition,
    message_levels,
    outcome,
)
from tests.visits.papers import issue, pages, text, visit_held, visit_in
from visits.models import Paper, Visit, VisitSettings

pytestmark = pytest.mark.django_db

S = Visit.Status
DAY = datetime.date(2026, 9, 9)
YEAR = timezone.localdate().year
KINDS = ["programme", "reply", "attendance", "certificate", "report"]


@pytest.fixture
def office():
    return VisitSettings.objects.create(
        pk=1,
        office_line="Bagian Contoh",
        phone="(0293) 000000",
        website="https://contoh.example/",
        signatory_name="Penanda Tangan",
        signatory_position="Kepala Bagian",
        seal_text="Sah tanpa cap basah.",
    )


@pytest.fixture
def visit():
    return visit_held(organisation="Pusdiklat Contoh")


# Issuing


@pytest.mark.parametrize("kind", KINDS)
def test_paper_is_issued_with_number_and_code_and_can_be_drawn(visit, office, kind):
    paper = issue(visit, kind)[0]
    words = text(paper.pdf())
    assert paper.number == f"KM/{Paper.number_codes[kind]}/{YEAR}/0001"
    assert [
        each for each in (paper.number, paper.code, "Pusdiklat Contoh") if each not in words
    ] == []
    assert f"http://localhost:8000/periksa/ Kode: {paper.code}" in words
    assert "Penanda Tangan" in words


@pytest.mark.parametrize(
    ("status", "kinds"),
    [
        (S.SUBMITTED, []),
        (S.NEEDS_INFORMATION, []),
        (S.WAITING_LIST, []),
        (S.CONFIRMED, ["programme", "reply", "attendance"]),
        (S.DECLINED, ["reply"]),
        (S.CANCELLED, []),
        (S.COMPLETED, KINDS),
    ],
)
def test_each_kind_has_its_time(status, kinds):
    visit = visit_in(status)
    assert Paper.kinds_open_for(visit) == kinds
    for kind in set(KINDS) - set(kinds):
        with pytest.raises(ValidationError) as refused:
            issue(visit, kind)
        assert refused.value.code == "paper_not_open"
    assert Paper.objects.count() == 0


def test_visit_of_which_no_source_tells_the_day_has_no_papers():
    visit = VisitFactory(status=S.COMPLETED, reported_on=DAY)
    assert Paper.kinds_open_for(visit) == []


def test_what_was_issued_does_not_change_with_the_record(visit, office):
    (paper,) = issue(visit, "programme")
    before = paper.pdf()
    Visit.objects.update(organisation="Instansi Lain")
    VisitSettings.objects.update(signatory_name="Pejabat Baru", phone="1")
    assert Paper.objects.get().pdf() == before


def test_same_again_is_not_issued_twice(visit):
    for kind in KINDS:
        first = issue(visit, kind)
        assert (len(first) > 0, issue(visit, kind)) == (True, [])
    assert Paper.objects.valid().count() == Paper.objects.count() == 6


def test_correction_is_a_new_paper_and_the_old_one_is_withdrawn(visit, officer):
    (old,) = issue(visit, "programme")
    Visit.objects.update(venue="Aula Baru")
    (new,) = issue(visit, "programme")
    old.refresh_from_db()
    assert (old.withdrawn_at is None, new.withdrawn_at) == (False, None)
    assert old.is_replaced
    assert new.number == f"KM/ACARA/{YEAR}/0002"


def test_paper_follows_the_language_of_the_visit(visit):
    visit.language = "en"
    visit.save()
    with translation.override("id"):
        (paper,) = issue(visit, "programme")
    words = text(paper.pdf())
    assert "Visit programme" in words
    assert f"http://localhost:8000/en/verify/ Code: {paper.code}" in words


def test_numbers_carry_the_prefix_of_the_settings(visit, office):
    VisitSettings.objects.update(number_prefix="PEM")
    assert issue(visit, "reply")[0].number == f"PEM/BALASAN/{YEAR}/0001"


# What they say


def test_programme_takes_times_from_the_slot_and_leaves_declined_stops_out():
    slot = SlotFactory(
        date=DAY, starts_at=datetime.time(9), ends_at=datetime.time(11, 30), venue="Aula"
    )
    visit = visit_in(S.CONFIRMED, slot=slot, expected_participants=78)
    StopFactory(visit=visit, innovation__name="Data Go", answer="accepted")
    StopFactory(visit=visit, innovation__name="PSC 119", answer="declined")
    (paper,) = issue(visit, "programme")
    assert [stop["innovation"] for stop in paper.data["stops"]] == ["Data Go"]
    occasion = paper.data["visit"]
    assert {
        name: occasion[name]
        for name in ("held_on", "starts_at", "ends_at", "venue", "participants")
    } == {
        "held_on": "2026-09-09",
        "starts_at": "09:00",
        "ends_at": "11:30",
        "venue": "Aula",
        "participants": 78,
    }


def test_programme_of_a_visit_without_a_slot_lasts_from_the_first_stop_to_the_last():
    visit = visit_in(S.CONFIRMED)
    times = [(datetime.time(10), datetime.time(11)), (datetime.time(9), datetime.time(9, 45))]
    for starts_at, ends_at in times:
        StopFactory(visit=visit, starts_at=starts_at, ends_at=ends_at)
    occasion = issue(visit, "programme")[0].data["visit"]
    assert (occasion["starts_at"], occasion["ends_at"]) == ("09:00", "11:00")


def test_programme_names_the_venue_that_all_stops_share_where_the_visit_has_none():
    visit = visit_in(S.CONFIRMED)
    for venue in ("Aula", "Aula", "Balai Kota"):
        StopFactory(visit=visit, venue=venue)
    assert issue(visit, "programme")[0].data["visit"]["venue"] == ""
    visit.stops.filter(venue="Balai Kota").delete()
    assert issue(visit, "programme")[0].data["visit"]["venue"] == "Aula"


def test_programme_says_who_receives_the_delegation():
    visit = visit_in(S.CONFIRMED, host="Sekretaris Contoh", host_position="Sekretaris Daerah")
    (paper,) = issue(visit, "programme")
    assert "Diterima oleh Sekretaris Contoh, Sekretaris Daerah" in text(paper.pdf())


def test_letter_says_what_staff_wrote_when_they_answered(visit_officer):
    visit = VisitFactory()
    visit.decline(by=visit_officer, reason="Aula sedang diperbaiki.")
    (paper,) = issue(visit, "reply")
    assert (paper.data["answer"], paper.data["message"]) == ("declined", "Aula sedang diperbaiki.")
    assert "belum dapat menerima rombongan Saudara. Aula sedang diperbaiki." in text(paper.pdf())


def test_letter_may_say_something_else_than_the_message_did(visit):
    assert issue(visit, "reply", message="Selamat datang.")[0].data["message"] == "Selamat datang."


def test_attendance_list_names_all_and_counts_who_came(visit):
    data = issue(visit, "attendance")[0].data
    assert [(each["name"], bool(each["attended_at"])) for each in data["attendees"]] == [
        ("Siti Aminah", True),
        ("Tidak Datang", False),
        ("Bayu Aji", True),
    ]
    assert data["present"] == 2


def test_report_gathers_what_came_of_the_visit(visit):
    innovation = visit.innovations.get()
    AskedQuestionFactory(
        visit=visit,
        question=QuestionFactory(innovation=innovation, text="Berapa biayanya?", answer="Rendah."),
    )
    for rating, usefulness in ((5, 4), (4, 5), (3, 3)):
        feedback = FeedbackFactory(visit=visit, rating=rating)
        InnovationFeedbackFactory(feedback=feedback, innovation=innovation, usefulness=usefulness)
    AdoptionFactory(
        visit=visit,
        innovation=innovation,
        organisation="Kabupaten Contoh",
        since="2026-12",
        confirmed_at=timezone.now(),
    )
    AdoptionFactory(visit=visit)
    AdoptionFactory(visit=visit, dismissed_at=timezone.now())
    data = issue(visit, "report")[0].data
    assert data["opinion"] == {"mean": 4, "count": 3}
    assert data["ratings"] == [{"innovation": "Data Go", "usefulness": 4, "count": 3}]
    assert [each["text"] for each in data["questions"]] == ["Berapa biayanya?"]
    assert [(each["organisation"], each["since"]) for each in data["adoptions"]] == [
        ("Kabupaten Contoh", "Desember 2026")
    ]


def test_report_tells_no_average_of_so_few_that_one_could_be_known(visit):
    feedback = FeedbackFactory(visit=visit, rating=1)
    InnovationFeedbackFactory(feedback=feedback, innovation=visit.innovations.get(), usefulness=1)
    data = issue(visit, "report")[0].data
    assert (data["opinion"], data["ratings"]) == (None, [])


def test_report_prints_the_text_of_the_report_without_markup_and_who_came_only(visit):
    visit.report = "## Hasil\n\nSemua **puas**[@sumber] dengan\n[Data Go](https://x.example)."
    visit.expected_participants, visit.participants = 15, 14
    visit.save()
    paper = issue(visit, "report")[0]
    assert paper.data["report"] == "Hasil\nSemua puas dengan Data Go."
    words = text(paper.pdf())
    assert "Laporan Hasil Semua puas dengan Data Go." in words
    assert ("14 peserta" in words, "15 peserta" in words) == (True, False)
    assert 15 not in paper.data.values()


# Certificates


def test_everybody_who_came_has_a_certificate_from_the_day_the_visit_is_completed(visit_officer):
    visit = visit_in(S.CONFIRMED, held_on=timezone.localdate())
    StopFactory(visit=visit)
    came = [ParticipantFactory(visit=visit, position=n, present=True) for n in range(3)]
    ParticipantFactory(visit=visit)
    visit.complete(by=visit_officer)
    papers = Paper.objects.order_by("number")
    assert [(paper.participant, paper.issued_by) for paper in papers] == [
        (each, visit_officer) for each in came
    ]
    assert [paper.number for paper in papers] == [
        f"KM/SERTIFIKAT/{YEAR}/{number:04}" for number in (1, 2, 3)
    ]
    assert len({paper.code for paper in papers}) == 3


def test_who_is_checked_in_later_has_one_too_and_the_others_keep_theirs(visit):
    first = issue(visit, "certificate")
    visit.attendees.update(attended_at=timezone.now())
    (late,) = issue(visit, "certificate")
    assert late.data["name"] == "Tidak Datang"
    assert set(visit.papers.certificates()) == {*first, late}


def test_certificate_of_somebody_who_did_not_come_after_all_is_withdrawn(visit):
    issue(visit, "certificate")
    visit.attendees.filter(name="Bayu Aji").update(attended_at=None)
    assert issue(visit, "certificate") == []
    assert [paper.data["name"] for paper in visit.papers.certificates()] == ["Siti Aminah"]


def test_group_counted_at_the_door_and_complete_has_certificates_by_name():
    visit = visit_in(S.COMPLETED, participants=2)
    ParticipantFactory.create_batch(2, visit=visit)
    assert len(issue(visit, "certificate")) == 2


def test_group_counted_at_the_door_that_lacked_somebody_names_nobody():
    visit = visit_in(S.COMPLETED, participants=1)
    ParticipantFactory.create_batch(2, visit=visit)
    assert issue(visit, "certificate") == []


def test_delegation_that_gave_no_names_has_one_certificate_as_a_whole():
    visit = visit_in(S.COMPLETED, participants=40, organisation="Pusdiklat Contoh")
    (paper,) = issue(visit, "certificate")
    assert (paper.data["name"], paper.participant) == ("Pusdiklat Contoh", None)


def test_all_certificates_come_in_one_file_in_the_order_of_the_list(visit):
    issue(visit, "certificate")
    found = pages(Paper.certificates_pdf(list(visit.papers.certificates())))
    assert [name for page in found for name in ("Siti Aminah", "Bayu Aji") if name in page] == [
        "Siti Aminah",
        "Bayu Aji",
    ]


@pytest.mark.parametrize("number", [1, 60])
def test_certificates_take_the_same_queries_for_1_and_for_60(django_assert_num_queries, number):
    visit = visit_in(S.COMPLETED)
    StopFactory(visit=visit)
    ParticipantFactory.create_batch(number, visit=visit, present=True)
    with django_assert_num_queries(19):
        assert len(issue(visit, "certificate")) == number


# Erasing and withdrawing


def test_erasing_the_visit_erases_what_its_papers_say(visit, visit_officer):
    (paper,) = issue(visit, "programme")
    visit.erase(by=visit_officer)
    paper.refresh_from_db()
    assert (paper.data, paper.erased_at is None) == ({}, False)
    assert Paper.kinds_open_for(visit) == []
    with pytest.raises(ValueError, match="nothing is left"):
        paper.pdf()


def test_officer_withdraws_a_paper_once(visit, officer):
    (paper,) = issue(visit, "programme")
    response = make_transition(officer, "withdraw", paper)
    assert message_levels(response) == ["success"]
    paper.refresh_from_db()
    assert paper.withdrawn_at is not None
    assert outcome(make_transition(officer, "withdraw", paper)) == ["error"]


# Telling


def test_delegation_does_not_hear_of_a_paper_withdrawn_before_its_message_went_out(visit):
    (programme,) = issue(visit, "programme")
    (reply,) = issue(visit, "reply")
    programme.withdraw(by=None)
    text = visit.messages.get().text
    assert (programme.number in text, reply.number in text) == (False, True)
    reply.withdraw(by=None)
    assert not visit.messages.exists()


def test_withdrawing_a_paper_that_was_told_of_writes_nothing(visit):
    (programme,) = issue(visit, "programme")
    visit.messages.update(attempts=1)
    programme.withdraw(by=None)
    assert visit.messages.count() == 1


@pytest.mark.parametrize("kind", KINDS)
def test_delegation_hears_once_of_each_issue_of_programme_and_reply(visit, kind):
    issue(visit, kind)
    issue(visit, kind)
    told = list(visit.messages.values_list("kind", "to"))
    wanted = [("papers_issued", visit.contact_email)] if kind in {"programme", "reply"} else []
    assert told == wanted
