"""The list of a visit's participants: replaced as a whole, or changed one by one."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from tests.factories import ParticipantFactory, UserFactory, VisitFactory
from visits.models import GroupPass, Message, Participant, Visit, VisitSettings
from visits.participant_files import ParticipantRow, read_participants

pytestmark = pytest.mark.django_db

S = Visit.Status


@pytest.fixture
def visit():
    return VisitFactory(expected_participants=3)


def rows(*people):
    """ParticipantRows of names, or of tuples of name, institution, position."""
    texts = ((person,) if isinstance(person, str) else person for person in people)
    return [ParticipantRow(number, *each) for number, each in enumerate(texts, start=2)]


def replace(visit, *people, by=None, mark=None):
    return visit.replace_list(rows(*people), by=by, mark=mark or visit.list_mark)


def listed(visit):
    return list(visit.attendees.values_list("name", "institution", "job_title"))


def history(visit):
    events = visit.events.filter(what="participants").order_by("pk")
    return [(event.actor, event.by, event.details) for event in events]


def refused(call, *args, **kwargs):
    with pytest.raises(ValidationError) as refusal:
        call(*args, **kwargs)
    return refusal.value.code


def test_list_is_saved_in_its_order_with_a_pass_for_each(visit):
    replace(visit, ("Siti", "Bappeda", "Analis"), "Budi")
    assert listed(visit) == [("Siti", "Bappeda", "Analis"), ("Budi", "", "")]
    tokens = {each.private_token for each in visit.attendees.all()}
    assert len(tokens - {None}) == 2


def test_comparison_tells_new_changed_unchanged_and_removed(visit):
    same = ParticipantFactory(visit=visit, name="Siti", institution="Bappeda")
    moved = ParticipantFactory(visit=visit, name="Budi", institution="Dinas Sosial")
    gone = ParticipantFactory(visit=visit, name="Joko")
    comparison = visit.compare_list(
        rows(("BUDI", "Bappeda", "Analis"), ("Siti", "Bappeda"), "Ani")
    )
    assert [row.name for row in comparison.new] == ["Ani"]
    assert [(who, row.name) for who, row in comparison.changed] == [(moved, "BUDI")]
    assert [who for who, _row in comparison.unchanged] == [same]
    assert comparison.removed == [gone]
    assert comparison.present == []


def test_two_of_one_name_are_told_apart_by_institution(visit):
    first = ParticipantFactory(visit=visit, name="Siti", institution="Bappeda")
    second = ParticipantFactory(visit=visit, name="Siti", institution="Dinas Sosial")
    comparison = visit.compare_list(
        rows(("Siti", "Dinas Sosial"), ("Siti", "Dinas Baru"), ("Siti", "Dinas Lain"))
    )
    assert [who for who, _row in comparison.unchanged] == [second]
    assert [(who, row.institution) for who, row in comparison.changed] == [(first, "Dinas Baru")]
    assert [row.institution for row in comparison.new] == ["Dinas Lain"]


def test_who_stays_keeps_the_pass(visit):
    stays = ParticipantFactory(visit=visit, name="Siti")
    token = stays.private_token
    ParticipantFactory(visit=visit, name="Joko")
    replace(visit, "Ani", ("Siti", "Bappeda", "Analis"))
    assert listed(visit) == [("Ani", "", ""), ("Siti", "Bappeda", "Analis")]
    assert Participant.objects.at_private_link(token).get().pk == stays.pk


def test_78_names_are_saved_in_few_queries(django_assert_max_num_queries):
    visit = VisitFactory(expected_participants=78)
    with django_assert_max_num_queries(20):
        replace(visit, *(f"Orang {number}" for number in range(78)))
    assert visit.attendees.count() == 78


def test_more_names_than_announced_persons_are_refused_and_nothing_is_saved(visit):
    ParticipantFactory(visit=visit, name="Siti")
    assert refused(replace, visit, "A", "B", "C", "D") == "too_many"
    assert listed(visit) == [("Siti", "", "")]
    replace(visit, "A", "B", "C")
    assert refused(visit.add_participant, by=None, name="D") == "too_many"
    assert len(listed(visit)) == 3


def test_list_changed_meanwhile_is_not_overwritten(visit):
    mark = visit.list_mark
    visit.add_participant(by=None, name="Siti")
    assert refused(replace, visit, "Budi", mark=mark) == "changed"
    assert listed(visit) == [("Siti", "", "")]


def test_change_of_one_entry_counts_as_a_change_of_the_list(visit):
    siti = visit.add_participant(by=None, name="Siti")
    mark = visit.list_mark
    visit.change_participant(siti, by=None, name="Siti", institution="Bappeda", job_title="")
    assert visit.list_mark != mark


def test_who_was_checked_in_cannot_leave_the_list(visit):
    present = ParticipantFactory(visit=visit, name="Siti", present=True)
    assert refused(replace, visit, "Budi") == "present"
    assert refused(visit.remove_participant, present, by=None) == "present"
    assert listed(visit) == [("Siti", "", "")]
    replace(visit, "Budi", "Siti")
    assert visit.attendees.get(name="Siti").attended_at == present.attended_at


def test_empty_list_is_a_list_too(visit):
    replace(visit, "Siti", "Budi")
    replace(visit)
    assert listed(visit) == []


def test_one_by_one_puts_names_at_the_end_and_takes_them_off(visit):
    siti = visit.add_participant(by=None, name="Siti", institution="Bappeda")
    visit.add_participant(by=None, name="Ani")
    visit.change_participant(siti, by=None, name="Siti A.", institution="", job_title="Analis")
    assert listed(visit) == [("Siti A.", "", "Analis"), ("Ani", "", "")]
    token = siti.private_token
    visit.remove_participant(siti, by=None)
    assert listed(visit) == [("Ani", "", "")]
    assert not Participant.objects.at_private_link(token).exists()


def test_same_person_cannot_stand_on_the_list_twice(visit):
    visit.add_participant(by=None, name="Siti", institution="Bappeda")
    ani = visit.add_participant(by=None, name="Ani", institution="Bappeda")
    again = {"name": "SITI", "institution": "bappeda", "job_title": ""}
    assert refused(visit.add_participant, by=None, **again) == "duplicate"
    assert refused(visit.change_participant, ani, by=None, **again) == "duplicate"
    visit.add_participant(by=None, name="Siti", institution="Dinas Sosial")
    assert len(listed(visit)) == 3


@pytest.mark.parametrize(
    "again", ["SITI AMINAH", " siti  aminah ", "Siti\u00a0Aminah", "Siti Ａminah"]
)
def test_case_and_spacing_make_no_second_person_typed_or_uploaded(visit, again):
    visit.add_participant(by=None, name="Siti Aminah", institution="Dinas Sosial")
    assert refused(visit.add_participant, by=None, name=again, institution="Dinas  sosial") == (
        "duplicate"
    )
    content = f"Nama;Instansi\nSiti Aminah;Dinas Sosial\n{again};Dinas  sosial\n"
    problems = read_participants(content.encode()).problems
    assert [problem.code for problem in problems] == ["duplicate"]


@pytest.mark.parametrize(
    ("status", "delegation", "staff"),
    [
        (S.SUBMITTED, None, None),
        (S.NEEDS_INFORMATION, None, None),
        (S.WAITING_LIST, None, None),
        (S.CONFIRMED, None, None),
        (S.COMPLETED, "closed", None),
        (S.CANCELLED, "closed", None),
        (S.DECLINED, "closed", None),
    ],
)
def test_list_is_open_to_the_delegation_until_the_visit_and_to_staff_after_it(
    status, delegation, staff, visit_officer
):
    visit = VisitFactory(status=status, held_on=timezone.localdate())
    for by, expected in ((None, delegation), (visit_officer, staff)):
        calls = (
            lambda by=by: visit.add_participant(by=by, name=f"Orang {by}"),
            lambda by=by: replace(visit, "Siti", by=by),
        )
        for call in calls:
            assert (refused(call) if expected else call() and None) == expected


def test_erased_visit_takes_no_names(visit_officer):
    visit = VisitFactory(completed=True, erased_at=timezone.now())
    assert refused(visit.add_participant, by=visit_officer, name="Siti") == "erased"


def test_history_tells_of_one_sitting_in_one_line(visit, visit_officer):
    visit.add_participant(by=None, name="Siti")
    visit.add_participant(by=None, name="Ani")
    replace(visit, "Siti", "Ani", "Budi")
    assert history(visit) == [("delegation", None, {"from": 0, "to": 3})]
    replace(visit, "Siti", by=visit_officer)
    visit.add_participant(by=None, name="Joko")
    assert history(visit)[1:] == [
        ("staff", visit_officer, {"from": 3, "to": 1}),
        ("delegation", None, {"from": 1, "to": 2}),
    ]


def test_change_after_an_hour_is_another_line(visit):
    visit.add_participant(by=None, name="Siti")
    visit.events.update(at=timezone.now() - timedelta(minutes=61))
    visit.add_participant(by=None, name="Ani")
    assert [details for _actor, _by, details in history(visit)] == [
        {"from": 0, "to": 1},
        {"from": 1, "to": 2},
    ]


def test_list_that_changes_nothing_leaves_no_trace(visit):
    replace(visit, "Siti")
    visit.events.all().delete()
    assert replace(visit, "Siti").changes_nothing
    assert history(visit) == []


def test_office_is_told_once_a_sitting_and_not_of_its_own_changes(visit, visit_officer):
    VisitSettings(pk=1, notification_email="protokol@contoh.example").save()
    visit.add_participant(by=visit_officer, name="Joko")
    assert not Message.objects.exists()
    visit.add_participant(by=None, name="Siti")
    visit.add_participant(by=None, name="Ani")
    assert [message.to for message in Message.objects.all()] == ["protokol@contoh.example"]


def test_pass_of_the_group_is_made_once(visit):
    first = GroupPass.of(visit)
    assert GroupPass.of(visit).private_token == first.private_token
    assert GroupPass.objects.at_private_link(first.private_token).get() == first


def test_passes_whose_key_is_gone_are_made_anew(visit, settings):
    passes = [visit.add_participant(by=None, name="Siti"), GroupPass.of(visit)]
    before = {each.ensure_token() for each in passes}
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "x" * 60, []
    after = {each.ensure_token() for each in passes}
    assert not before & after
    for each in passes:
        assert type(each).objects.at_private_link(each.private_token).get() == each


def test_numbers_cannot_shrink_below_the_list(visit):
    replace(visit, "Siti", "Ani")
    assert refused(visit.change_numbers, 1, by=UserFactory()) == "listed"
