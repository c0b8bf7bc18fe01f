"""A slot is never overbooked, whoever comes at once."""

import datetime
import random

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from tests.factories import UserFactory, VisitFactory
from tests.staff import change_page, logged_in
from visits.models import Message, TimeSlot, Visit

S = Visit.Status


@pytest.fixture
def slot(transactional_db):
    return TimeSlot.objects.create(
        date=timezone.localdate() + datetime.timedelta(days=40),
        starts_at=datetime.time(9),
        ends_at=datetime.time(11, 30),
        venue="Adipura Kencana",
        capacity=100,
    )


def ask(slot, people):
    """A request for the slot, as registration sends it."""
    visit = VisitFactory.build(expected_participants=people)
    visit.submit(innovations=[], slot=TimeSlot.objects.get(pk=slot.pk))
    return visit


def assert_seats_add_up(slot):
    slot.refresh_from_db()
    held = Visit.objects.filter(slot=slot).aggregate(sum=Sum("seats", default=0))["sum"]
    assert (slot.booked, slot.booked <= slot.capacity) == (held, True)


def test_200_requests_for_the_last_40_seats_never_book_41(at_once, slot):
    ask(slot, 60)
    visits = at_once(lambda _index: ask(slot, 1), range(200))
    assert_seats_add_up(slot)
    assert slot.booked == 100
    assert sum(visit.seats for visit in visits) == 40
    assert Visit.objects.filter(status=S.SUBMITTED).count() == 41
    assert Visit.objects.filter(status=S.WAITING_LIST, seats=0).count() == 160


def test_groups_of_every_size_fill_the_slot_as_far_as_they_fit(at_once, slot):
    sizes = [random.Random(4).randint(1, 30) for _group in range(120)]
    at_once(lambda size: ask(slot, size), sizes)
    assert_seats_add_up(slot)
    refused = Visit.objects.filter(status=S.WAITING_LIST)
    assert min(visit.expected_participants for visit in refused) > slot.free


def test_cancellations_at_once_offer_the_seats_in_the_order_of_the_waiting_list(at_once, slot):
    seated = [ask(slot, 25) for _group in range(4)]
    waiting = [ask(slot, 10) for _group in range(12)]
    at_once(lambda visit: Visit.objects.get(pk=visit.pk).cancel(), seated)
    assert_seats_add_up(slot)
    offered = list(Visit.objects.filter(offered_until__isnull=False).order_by("pk"))
    assert offered == waiting[:10]
    messages = Message.objects.filter(kind="seats_offered")
    assert {message.visit for message in messages} == set(waiting[:10])


def test_everything_at_once_leaves_no_seat_unaccounted_for(at_once, slot):
    dice = random.Random(7)
    other = TimeSlot.objects.create(
        date=slot.date + datetime.timedelta(days=1),
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        capacity=50,
    )
    for _group in range(12):
        ask(slot, dice.randint(5, 15))
    acts = [
        lambda visit: visit.cancel(),
        lambda visit: visit.change_numbers(3),
        lambda visit: visit.change_numbers(visit.expected_participants + 5),
        lambda visit: visit.accept_offer(),
        lambda visit: visit.decline_offer(),
        lambda visit: visit.confirm(by=None),
        lambda visit: visit.move(by=None, slot=other),
        lambda visit: visit.move(by=None, slot=slot),
        lambda visit: visit.put_on_waiting_list(by=None),
    ]

    def act(step):
        number, chosen = step
        if number % 4 == 0:
            ask(slot, 1 + number % 20)
        visit = Visit.objects.order_by("pk")[number % 12]
        try:
            acts[chosen](visit)
        except ValidationError:
            return False
        return True

    steps = [(number, dice.randrange(len(acts))) for number in range(150)]
    assert any(at_once(act, steps))
    assert_seats_add_up(slot)
    assert_seats_add_up(other)


def test_database_itself_refuses_the_41st_seat(slot):
    with pytest.raises(IntegrityError), transaction.atomic():
        TimeSlot.objects.filter(pk=slot.pk).update(booked=101)


def test_capacity_shrinks_to_what_is_taken_and_never_below(at_once, slot):
    officer = UserFactory(is_superuser=True)

    def act(number):
        if number % 4:
            return ask(slot, 1).seats
        form = {
            "date": slot.date.isoformat(),
            "starts_at": "09:00",
            "ends_at": "11:30",
            "venue": slot.venue,
            "capacity": number,
            "language": slot.language,
            "is_open": "on",
        }
        return logged_in(officer).post(change_page(slot), form).status_code

    answers = at_once(act, range(4, 44))
    assert {answer for answer in answers if answer > 1} <= {200, 302}
    assert_seats_add_up(slot)
