import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from tests.factories import SlotFactory, VisitFactory
from visits.models import TimeSlot, Visit

pytestmark = pytest.mark.django_db
S = Visit.Status


def waiting(slot, number=10, **fields):
    since = fields.pop("waiting_since", "2026-01-05T08:00+07:00")
    return VisitFactory(
        slot=slot,
        status=S.WAITING_LIST,
        waiting_since=since,
        expected_participants=number,
        **fields,
    )


def test_slot_that_has_begun_is_no_longer_upcoming(at):
    at("2026-10-06", hour=9)
    past = SlotFactory(date="2026-10-05")
    begun = SlotFactory(date="2026-10-06", starts_at="09:00")
    soon = SlotFactory(date="2026-10-06", starts_at="09:01")
    later = SlotFactory(date="2026-10-07", starts_at="07:00", ends_at="08:00")
    assert list(TimeSlot.objects.upcoming()) == [soon, later]
    assert set(TimeSlot.objects.past()) == {past, begun}


def test_open_for_requests_are_open_slots_no_nearer_than_the_lead_time(at):
    at("2027-03-01")
    SlotFactory(date="2027-03-17")
    wanted = SlotFactory(date="2027-03-18")
    SlotFactory(date="2027-03-18", is_open=False)
    full = SlotFactory(date="2027-03-19", booked=100)
    assert list(TimeSlot.objects.open_for_requests()) == [wanted, full]
    assert list(TimeSlot.objects.open_for_requests().with_free_seats()) == [wanted]
    assert list(TimeSlot.objects.without_free_seats()) == [full]


def test_public_are_open_slots_from_today_on(at):
    at("2026-10-06")
    SlotFactory(date="2026-10-05")
    SlotFactory(date="2026-10-07", is_open=False)
    later = SlotFactory(date="2026-10-07")
    today = SlotFactory(date="2026-10-06", starts_at="08:00")
    assert list(TimeSlot.objects.public()) == [today, later]


def test_waiting_counts_who_has_no_seats_yet(django_assert_num_queries):
    slot, empty = SlotFactory(booked=20), SlotFactory()
    for _visit in range(2):
        waiting(slot)
    waiting(slot, seats=10, offered_until="2030-01-01T08:00+07:00")
    VisitFactory(slot=slot, seats=10)
    with django_assert_num_queries(1):
        numbers = {each.pk: each.waiting for each in TimeSlot.objects.with_waiting()}
    assert numbers == {slot.pk: 2, empty.pk: 0}


def test_overlapping_are_slots_of_the_same_venue_at_some_of_the_hours():
    slot = SlotFactory(venue="Aula", starts_at="09:00", ends_at="11:00")
    SlotFactory(venue="Balai", starts_at="09:00", ends_at="11:00")

    def found(starts_at, ends_at):
        return list(
            TimeSlot.objects.overlapping(starts_at=starts_at, ends_at=ends_at, venue="Aula")
        )

    assert found("10:59", "12:00") == found("08:00", "09:01") == found("08:00", "12:00") == [slot]
    assert found("11:00", "12:00") == found("08:00", "09:00") == []


def test_standing_visits_leave_out_who_does_not_come():
    slot = SlotFactory()
    standing = [
        VisitFactory(slot=slot),
        waiting(slot),
        VisitFactory(slot=slot, status=S.CONFIRMED, held_on=slot.date),
    ]
    VisitFactory(slot=slot, status=S.DECLINED)
    VisitFactory(slot=slot, status=S.CANCELLED)
    VisitFactory(slot=SlotFactory())
    assert list(slot.standing_visits()) == standing


def test_hours_and_seats_are_written_as_the_language_writes_them():
    slot = SlotFactory(capacity=1500, booked=300)
    assert (slot.hours, slot.seats_left) == ("09.00–11.30", "sisa 1.200 dari 1.500 tempat")
    with translation.override("en"):
        assert (slot.hours, slot.seats_left) == ("09:00–11:30", "1,200 of 1,500 seats free")
        assert SlotFactory(capacity=1).seats_left == "1 of 1 seat free"


def test_beginning_and_end_are_times_of_the_city():
    slot = SlotFactory(date=datetime.date(2027, 3, 4))
    assert slot.starts.isoformat() == "2027-03-04T09:00:00+07:00"
    assert slot.ends.isoformat() == "2027-03-04T11:30:00+07:00"


def test_taking_and_giving_back_seats_changes_the_slot(at):
    slot = SlotFactory()
    at("2026-10-06")
    assert slot.take(40)
    taken_at = TimeSlot.objects.get().updated_at
    at("2026-10-07")
    slot.give_back(40)
    given_at = TimeSlot.objects.get().updated_at
    assert (taken_at.day, given_at.day) == (6, 7)
    assert slot.updated_at == given_at


def test_offer_tells_to_how_many_it_went():
    slot = SlotFactory(capacity=50, booked=20)
    second = waiting(slot, 10, waiting_since="2026-01-06T08:00+07:00")
    first = waiting(slot, 15)
    too_many = waiting(slot, 20, waiting_since="2026-01-07T08:00+07:00")
    assert slot.offer_freed_seats() == 2
    for visit in (first, second, too_many):
        visit.refresh_from_db()
    assert [bool(visit.offered_until) for visit in (first, second, too_many)] == [
        True,
        True,
        False,
    ]
    assert slot.offer_freed_seats() == 0


def test_past_slot_offers_nothing():
    slot = SlotFactory(date=datetime.date(2026, 1, 5))
    waiting(slot)
    assert slot.offer_freed_seats() == 0


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"capacity": 0}, "Slot memuat sedikitnya satu orang."),
        ({"ends_at": datetime.time(9)}, "Slot berakhir setelah dimulai."),
        (
            {"booked": 101},
            "Tempat yang terisi lebih banyak dari ini; pindahkan satu kunjungan dahulu.",
        ),
    ],
)
def test_slot_that_cannot_be_says_why(fields, message):
    slot = SlotFactory.build(**fields)
    with pytest.raises(ValidationError) as raised:
        slot.full_clean()
    assert message in raised.value.messages


def test_slot_is_there_once_per_venue():
    slot = SlotFactory()
    with pytest.raises(ValidationError) as raised:
        SlotFactory.build(venue=slot.venue, date=slot.date).full_clean()
    assert raised.value.messages == ["Sudah ada slot pada waktu dan tempat ini."]
