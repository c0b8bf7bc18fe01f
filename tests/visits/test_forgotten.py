"""What nobody ends is ended a month after the last day that it names, so that its data go."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from tests.factories import (
    AgencyFactory,
    InnovationFactory,
    ParticipantFactory,
    SlotFactory,
    UserFactory,
    VisitFactory,
)
from visits import schedule
from visits.models import Message, Visit

pytestmark = pytest.mark.django_db

LAST_DAY = datetime.date(2031, 3, 20)
STILL, OVER = "2031-04-19", "2031-04-20"
S = Visit.Status


@pytest.fixture(autouse=True)
def in_winter(at):
    at("2031-01-10")


def request_for(wished_on=None, **fields):
    return VisitFactory(wished_on=wished_on, **fields)


def status_of(visit):
    return Visit.objects.get(pk=visit.pk).status


def told(visit):
    return list(visit.messages.order_by("pk").values_list("kind", "to"))


@pytest.mark.parametrize("status", [S.SUBMITTED, S.NEEDS_INFORMATION, S.WAITING_LIST])
def test_request_without_an_answer_is_declined_a_month_after_its_day(at, status):
    visit = request_for(LAST_DAY, status=status, language="en")
    at(STILL)
    schedule.end_forgotten()
    assert (status_of(visit), told(visit)) == (status, [])
    at(OVER)
    schedule.end_forgotten()
    assert status_of(visit) == S.DECLINED
    reason = "The request was closed by itself: no visit was agreed in time."
    event = visit.events.get()
    assert (event.what, event.actor, event.reason) == ("declined", "system", reason)
    message = visit.messages.get()
    assert (message.kind, message.to) == ("visit_declined", visit.contact_email)
    assert reason in message.text


@pytest.mark.parametrize(
    "days",
    [
        {"held_on": LAST_DAY, "held_until": LAST_DAY + datetime.timedelta(days=1)},
        {"held_on": LAST_DAY + datetime.timedelta(days=1)},
        {"wished_on": LAST_DAY + datetime.timedelta(days=1)},
        {"alternative_on": LAST_DAY + datetime.timedelta(days=1)},
        {"reported_on": LAST_DAY + datetime.timedelta(days=1)},
        {"slot": LAST_DAY + datetime.timedelta(days=1)},
    ],
    ids="-".join,
)
@pytest.mark.parametrize("status", [S.SUBMITTED, S.CONFIRMED])
def test_latest_of_all_its_days_counts(at, status, days):
    if "slot" in days:
        days = {"slot": SlotFactory(date=days["slot"])}
    fields = {"wished_on": LAST_DAY, "alternative_on": LAST_DAY, "held_on": LAST_DAY}
    visit = VisitFactory(status=status, **fields | days)
    at(OVER)
    schedule.end_forgotten()
    assert status_of(visit) == status
    at("2031-04-21")
    schedule.end_forgotten()
    assert status_of(visit) in {S.DECLINED, S.COMPLETED}


def test_earlier_alternative_does_not_end_a_request_whose_day_is_to_come(at):
    visit = request_for(LAST_DAY + datetime.timedelta(days=40), alternative_on=LAST_DAY)
    at("2031-04-25")
    schedule.end_forgotten()
    assert status_of(visit) == S.SUBMITTED


def test_confirmed_visit_counts_as_held_and_nobody_is_asked_how_it_was(at, visit_officer):
    visit = VisitFactory(slot=SlotFactory(date=LAST_DAY, booked=20), seats=20)
    visit.confirm(by=visit_officer)
    ParticipantFactory(visit=visit, present=True)
    visit.messages.all().delete()
    at(OVER)
    schedule.end_forgotten()
    visit = Visit.objects.get()
    assert (visit.status, visit.participants) == (S.COMPLETED, 1)
    assert visit.papers.certificates().count() == 1
    assert [(event.what, event.actor) for event in visit.events.all()] == [
        ("confirmed", "staff"),
        ("completed", "system"),
    ]
    assert told(visit) == []
    assert visit.kept_until(365) == LAST_DAY + datetime.timedelta(days=365)


def test_hosts_are_not_told_of_a_day_long_past(at):
    agency = AgencyFactory()
    UserFactory(agency=agency, email="tuan.rumah@magelang.example")
    visit = VisitFactory.build(wished_on=LAST_DAY)
    visit.submit(innovations=[InnovationFactory(published=True, agency=agency)])
    assert ("stops_to_answer", "tuan.rumah@magelang.example") in told(visit)
    Message.objects.all().delete()
    at(OVER)
    schedule.end_forgotten()
    assert told(visit) == [("visit_declined", visit.contact_email)]


def test_what_somebody_has_touched_within_the_month_is_still_in_hand(at):
    visit = request_for(LAST_DAY)
    at("2031-04-10")
    visit.ask(by=None, reason="Boleh bulan Juni?")
    at("2031-05-10")
    schedule.end_forgotten()
    assert status_of(visit) == S.NEEDS_INFORMATION
    at("2031-05-11")
    schedule.end_forgotten()
    assert status_of(visit) == S.DECLINED


def test_request_that_names_no_day_is_left_open_for_a_year(at):
    visit = request_for(None)
    at("2032-01-10")
    schedule.end_forgotten()
    assert status_of(visit) == S.SUBMITTED
    at("2032-01-11")
    schedule.end_forgotten()
    assert status_of(visit) == S.DECLINED


def test_record_from_public_sources_holds_nobody_and_is_left_alone(at):
    nobody = dict.fromkeys(Visit.personal_fields, "")
    visit = request_for(LAST_DAY, **nobody)
    at("2031-12-01")
    schedule.end_forgotten()
    assert status_of(visit) == S.SUBMITTED


def test_visit_that_was_moved_at_the_last_moment_is_not_ended(at):
    visit = request_for(LAST_DAY)
    at(OVER)
    (found,) = Visit.objects.forgotten()
    Visit.objects.update(held_on="2031-05-05")
    with pytest.raises(ValidationError) as refused:
        found.end_forgotten()
    assert refused.value.code == "changed"
    assert status_of(visit) == S.SUBMITTED


def test_seats_that_nobody_used_are_given_back(at):
    slot = SlotFactory(date=LAST_DAY, capacity=20, booked=20)
    request_for(LAST_DAY, slot=slot, seats=20)
    waiting = request_for(LAST_DAY, slot=slot, status=S.WAITING_LIST)
    at(OVER)
    schedule.end_forgotten()
    slot.refresh_from_db()
    assert slot.booked == 0
    assert told(waiting) == [("visit_declined", waiting.contact_email)]
