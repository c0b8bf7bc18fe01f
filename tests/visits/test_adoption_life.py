"""What becomes of an adoption: told, confirmed, changed, dismissed; and who is asked when."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.factories import AdoptionFactory, InnovationFactory, UserFactory, VisitFactory
from visits.models import Adoption, FollowUp, Message, VisitSettings
from visits.models.adoption import months_before

pytestmark = pytest.mark.django_db


def told(state="planned", **fields):
    empty = dict.fromkeys(Adoption.told_fields, "")
    return empty | {"state": state, "province": "ID-KS"} | fields


@pytest.fixture
def visit():
    return VisitFactory(completed=True, organisation="Pemerintah Kabupaten Banjar")


@pytest.fixture
def innovation():
    return InnovationFactory(published=True, name="Data Go")


def shown():
    """State and name of what the public sees."""
    return list(Adoption.objects.confirmed().values_list("state", "name_there"))


def to_confirm():
    return Adoption.objects.to_confirm().count()


def test_pledge_waits_for_staff_and_names_the_organisation_alone(visit, innovation):
    Adoption.record_answers(visit=visit, answers={innovation: told(name_there="Satu Data")})
    adoption = Adoption.objects.get()
    assert (adoption.organisation, adoption.province) == ("Pemerintah Kabupaten Banjar", "ID-KS")
    assert (shown(), to_confirm()) == ([], 1)


def test_confirmed_pledge_is_public_and_says_who_confirmed_it(visit, innovation):
    by = UserFactory()
    Adoption.record_answers(visit=visit, answers={innovation: told()})
    Adoption.objects.get().confirm(by=by)
    assert (shown(), to_confirm()) == ([("planned", "")], 0)
    assert Adoption.objects.get().confirmed_by == by


def test_adoption_of_a_draft_is_not_public(innovation):
    AdoptionFactory(innovation=innovation, confirmed=True)
    innovation.return_to_draft(by=None)
    assert shown() == []


def test_change_of_what_was_confirmed_is_public_only_once_confirmed_too(visit, innovation):
    AdoptionFactory(visit=visit, innovation=innovation, confirmed=True)
    Adoption.record_answers(visit=visit, answers={innovation: told("running", since="2027-02")})
    assert (shown(), to_confirm()) == ([("planned", "")], 1)
    Adoption.objects.get().confirm(by=UserFactory())
    adoption = Adoption.objects.get()
    assert (shown(), to_confirm()) == ([("running", "")], 0)
    assert (adoption.since, adoption.reported) == ("2027-02", None)


def test_change_taken_back_leaves_nothing_to_confirm(visit, innovation):
    AdoptionFactory(visit=visit, innovation=innovation, confirmed=True)
    Adoption.record_answers(visit=visit, answers={innovation: told("running")})
    Adoption.record_answers(visit=visit, answers={innovation: told("planned")})
    assert (shown(), to_confirm()) == ([("planned", "")], 0)


def test_dismissed_change_leaves_what_was_confirmed(visit, innovation):
    AdoptionFactory(visit=visit, innovation=innovation, confirmed=True)
    Adoption.record_answers(visit=visit, answers={innovation: told("dropped")})
    Adoption.objects.get().dismiss(by=UserFactory())
    assert (shown(), to_confirm()) == ([("planned", "")], 0)


def test_dismissed_pledge_stays_away_until_something_new_is_told(visit, innovation):
    Adoption.record_answers(visit=visit, answers={innovation: told()})
    Adoption.objects.get().dismiss(by=UserFactory())
    Adoption.record_answers(visit=visit, answers={innovation: told()})
    assert (shown(), to_confirm()) == ([], 0)
    Adoption.record_answers(visit=visit, answers={innovation: told("running")})
    assert (shown(), to_confirm()) == ([], 1)


def test_what_was_confirmed_by_mistake_is_taken_off(innovation):
    adoption = AdoptionFactory(innovation=innovation, confirmed=True)
    adoption.take_off(by=UserFactory())
    assert (shown(), to_confirm()) == ([], 0)


@pytest.mark.parametrize(
    ("fields", "transitions"),
    [
        ({}, ["confirm", "dismiss"]),
        ({"confirmed": True}, ["take_off"]),
        ({"confirmed": True, "reported": told("running")}, ["confirm", "dismiss"]),
        ({"dismissed_at": datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC)}, ["confirm"]),
    ],
)
def test_only_open_transitions_are_made(fields, transitions):
    for name in ("confirm", "dismiss", "take_off"):
        adoption = AdoptionFactory(**fields)
        assert adoption.open_transitions == transitions
        if name in transitions:
            getattr(adoption, name)(by=None)
        else:
            with pytest.raises(ValidationError):
                getattr(adoption, name)(by=None)


def test_two_who_decide_at_once_do_not_undo_each_other():
    adoption = AdoptionFactory()
    other = Adoption.objects.get()
    other.dismiss(by=None)
    adoption.confirm(by=None)
    assert Adoption.objects.get().dismissed_at is None
    with pytest.raises(ValidationError):
        other.dismiss(by=None)


def test_office_hears_of_what_is_new_alone(visit, innovation):
    VisitSettings.objects.create(pk=1, notification_email="kantor@magelang.example")
    other = InnovationFactory(published=True, name="Si Bahenol")
    Adoption.record_answers(visit=visit, answers={innovation: told(), other: told("running")})
    Adoption.record_answers(visit=visit, answers={innovation: told(), other: told("running")})
    Adoption.record_answers(visit=visit, answers={})
    assert Message.objects.filter(to="kantor@magelang.example").count() == 1
    event = visit.events.get()
    assert (event.actor, event.details) == ("delegation", {"innovation": "Data Go, Si Bahenol"})


def test_adoption_outlives_the_visits_personal_data(visit, innovation):
    Adoption.record_answers(visit=visit, answers={innovation: told()})
    visit.erase(by=None)
    assert Adoption.objects.get().organisation == "Pemerintah Kabupaten Banjar"
    visit.delete()
    assert Adoption.objects.get().visit is None


def test_chain_leads_through_one_innovation_and_in_no_circle(innovation):
    first = AdoptionFactory(innovation=innovation)
    second = AdoptionFactory(innovation=innovation, learned_from=first)
    second.full_clean()
    first.learned_from = second
    with pytest.raises(ValidationError, match="learned_from"):
        first.full_clean()
    with pytest.raises(ValidationError, match="learned_from"):
        AdoptionFactory.build(innovation=InnovationFactory(), learned_from=second).full_clean()


def test_database_keeps_one_adoption_for_each_innovation_of_a_visit(visit, innovation):
    AdoptionFactory(visit=visit, innovation=innovation)
    with pytest.raises(IntegrityError), transaction.atomic():
        AdoptionFactory(visit=visit, innovation=innovation)


# Asked after 3, 6 and 12 months


def ago(months, *, days=0):
    return months_before(timezone.localdate(), months) - datetime.timedelta(days=days)


def asked():
    return sorted(FollowUp.objects.values_list("visit__organisation", "months"))


def messages():
    return Message.objects.filter(kind="adoption_asked").count()


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        ((2027, 5, 31), 3, (2027, 2, 28)),
        ((2027, 1, 15), 3, (2026, 10, 15)),
        ((2028, 2, 29), 12, (2027, 2, 28)),
        ((2027, 12, 31), 12, (2026, 12, 31)),
    ],
)
def test_months_are_counted_by_the_calendar(day, months, before):
    assert months_before(datetime.date(*day), months) == datetime.date(*before)


def test_delegation_is_asked_once_when_the_months_are_over():
    VisitFactory(completed=True, held_on=ago(3))
    VisitFactory(completed=True, held_on=ago(3, days=-1))
    assert [FollowUp.ask(), FollowUp.ask()] == [1, 0]
    assert (FollowUp.objects.get().months, messages()) == (3, 1)


@pytest.mark.parametrize(("months", "early"), [(3, 0), (6, 0), (12, 14)])
def test_each_question_has_its_day(months, early):
    VisitFactory(completed=True, organisation="Tepat", held_on=ago(months, days=-early))
    FollowUp.ask()
    assert asked() == [("Tepat", months)]


def test_months_count_from_the_last_day():
    VisitFactory(completed=True, held_on=ago(3, days=2), held_until=ago(3, days=-1))
    assert FollowUp.ask() == 0


def test_questions_follow_each_other():
    visit = VisitFactory(completed=True, held_on=ago(6))
    FollowUp.objects.create(visit=visit, months=3)
    assert FollowUp.ask() == 1
    assert sorted(FollowUp.objects.values_list("months", flat=True)) == [3, 6]


def test_after_a_standstill_only_the_latest_question_goes_out():
    VisitFactory(completed=True, held_on=ago(12))
    assert [FollowUp.ask(), FollowUp.ask()] == [1, 0]
    assert FollowUp.objects.get().months == 12


def test_nobody_is_asked_who_cannot_answer():
    held_on = ago(4)
    VisitFactory(completed=True, held_on=held_on, contact_email="")
    VisitFactory(completed=True, held_on=held_on).erase(by=None)
    VisitFactory(status="cancelled", held_on=held_on)
    VisitFactory(status="confirmed", held_on=held_on)
    assert (FollowUp.ask(), messages()) == (0, 0)


def test_answer_of_any_kind_marks_the_questions_as_answered(visit):
    FollowUp.objects.create(visit=visit, months=3)
    Adoption.record_answers(visit=visit, answers={})
    assert FollowUp.objects.get().answered_at is not None


def test_asking_takes_the_same_queries_however_many_wait_for_later(django_assert_num_queries):
    for rows in (1, 2):
        VisitFactory.create_batch(rows, completed=True, held_on=ago(2))
        with django_assert_num_queries(3):
            FollowUp.ask()
