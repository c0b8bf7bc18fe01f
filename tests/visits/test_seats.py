"""Seats: taken, kept, given back, and offered to whoever waits, in order."""

import random
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Sum
from django.utils import timezone

from tests.factories import SlotFactory, VisitFactory
from tests.staff import changelist, logged_in
from tests.visits.conftest import working_day
from visits.models import ClosedDate, Message, TimeSlot, Visit, VisitSettings

pytestmark = pytest.mark.django_db

S = Visit.Status


@pytest.fixture
def slot():
    return SlotFactory(capacity=100)


def ask(slot, people):
    """A request for the slot, as registration sends it."""
    visit = VisitFactory.build(expected_participants=people)
    visit.submit(innovations=[], slot=TimeSlot.objects.get(pk=slot.pk))
    return visit


def fresh(visit):
    return Visit.objects.get(pk=visit.pk)


def booked(slot):
    return TimeSlot.objects.get(pk=slot.pk).booked


def offered(slot):
    """To whom seats are offered, in the order in which they asked."""
    return list(slot.visits.filter(offered_until__isnull=False).order_by("pk"))


def waiting(slot):
    return list(slot.visits.waiting_for_seats())


def told(kind):
    return [message.visit for message in Message.objects.filter(kind=kind).order_by("pk")]


def let_expire(visit):
    Visit.objects.filter(pk=visit.pk).update(offered_until=timezone.now())
    fresh(visit).expire_offer()


# Taking


def test_request_is_seated_as_long_as_there_is_room_and_waits_after_that(slot):
    seated, waits, small = ask(slot, 90), ask(slot, 11), ask(slot, 10)
    assert [(visit.status, visit.seats) for visit in (seated, waits, small)] == [
        (S.SUBMITTED, 90),
        (S.WAITING_LIST, 0),
        (S.SUBMITTED, 10),
    ]
    assert booked(slot) == 100


def test_place_in_the_waiting_list_is_counted_from_one(slot):
    seated = ask(slot, 100)
    first, second = ask(slot, 5), ask(slot, 5)
    assert [visit.waiting_position for visit in (seated, first, second)] == [None, 1, 2]


# Offering


def test_freed_seats_are_offered_in_order_to_each_whom_they_suffice(slot):
    seated = ask(slot, 100)
    first, too_large, third = ask(slot, 60), ask(slot, 50), ask(slot, 40)
    seated.cancel()
    assert (offered(slot), told("seats_offered")) == ([first, third], [first, third])
    assert (booked(slot), waiting(slot)) == (100, [too_large])


def test_offer_stands_for_the_time_that_staff_have_set(slot):
    VisitSettings.objects.create(pk=1, offer_hours=5)
    seated, waits = ask(slot, 100), ask(slot, 10)
    before = timezone.now()
    seated.cancel()
    assert (
        timedelta(hours=5) <= fresh(waits).offered_until - before < timedelta(hours=5, minutes=1)
    )


def test_offer_ends_when_the_slot_begins_at_the_latest():
    tomorrow = SlotFactory(date=timezone.localdate() + timedelta(days=1), capacity=10)
    seated, waits = ask(tomorrow, 10), ask(tomorrow, 10)
    seated.cancel()
    assert fresh(waits).offered_until <= tomorrow.starts


def test_seats_of_a_slot_that_has_begun_are_offered_to_nobody(visit_officer):
    past = SlotFactory(date=timezone.localdate() - timedelta(days=1), capacity=10)
    seated, _waits = ask(past, 10), ask(past, 10)
    seated.cancel(by=visit_officer)
    assert (offered(past), booked(past)) == ([], 0)


def test_seats_of_a_closed_slot_are_offered_to_nobody_until_it_is_open_again(slot, visit_officer):
    seated, waits = ask(slot, 100), ask(slot, 10)
    ClosedDate.objects.close([slot.date], reason="Cuti")
    seated.move(by=visit_officer, on=slot.date + timedelta(days=1))
    assert (offered(slot), booked(slot)) == ([], 0)
    ClosedDate.objects.all().delete()
    make = {"action": "open_for_requests", "_selected_action": [slot.pk]}
    logged_in(visit_officer).post(changelist(TimeSlot), make)
    assert (offered(slot), booked(slot)) == ([waits], 10)


def test_whoever_says_no_number_is_offered_nothing(slot):
    seated, waits = ask(slot, 100), ask(slot, 10)
    Visit.objects.filter(pk=waits.pk).update(expected_participants=None)
    seated.cancel()
    assert offered(slot) == []


def test_accepting_an_offer_makes_the_request_like_any_other(slot):
    seated, waits = ask(slot, 100), ask(slot, 10)
    seated.cancel()
    fresh(waits).accept_offer()
    visit = fresh(waits)
    assert (visit.status, visit.seats, visit.offered_until, visit.waiting_since) == (
        S.SUBMITTED,
        10,
        None,
        None,
    )
    assert booked(slot) == 10


def test_accepting_an_offer_leaves_a_question_open(slot, visit_officer):
    seated, waits = ask(slot, 100), ask(slot, 10)
    waits.ask(by=visit_officer, reason="Siapa?")
    seated.cancel()
    visit = fresh(waits)
    visit.accept_offer()
    assert (visit.status, visit.seats) == (S.NEEDS_INFORMATION, 10)
    visit.answer(text="Kami.")
    assert (fresh(visit).status, fresh(visit).seats) == (S.SUBMITTED, 10)


@pytest.mark.parametrize("act", ["accept_offer", "decline_offer"])
def test_offer_is_answered_once_and_in_time(slot, act):
    seated, waits = ask(slot, 100), ask(slot, 10)
    for moment in ("before", "after", "late"):
        if moment == "after":
            seated.cancel()
            getattr(fresh(waits), act)()
        if moment == "late":
            late = ask(slot, 90 if act == "accept_offer" else 100)
            Visit.objects.filter(pk=late.pk).update(
                status=S.WAITING_LIST, waiting_since=timezone.now(), offered_until=timezone.now()
            )
            waits = late
        with pytest.raises(ValidationError) as refused:
            getattr(fresh(waits), act)()
        assert refused.value.code == "no_offer"


def test_declined_offer_goes_to_the_next_and_its_owner_waits_behind_all(slot):
    seated = ask(slot, 100)
    first, second, third = ask(slot, 80), ask(slot, 90), ask(slot, 100)
    seated.cancel()
    assert offered(slot) == [first]
    fresh(first).decline_offer()
    assert (offered(slot), waiting(slot)) == ([second], [third, first])
    assert booked(slot) == 90


def test_expired_offer_goes_to_the_next_and_its_owner_is_told(slot):
    seated, first, second = ask(slot, 100), ask(slot, 80), ask(slot, 90)
    seated.cancel()
    with pytest.raises(ValidationError):
        fresh(first).expire_offer()
    let_expire(first)
    assert (offered(slot), told("offer_expired")) == ([second], [first])


def test_seats_that_were_let_go_do_not_go_round_among_those_who_let_them_go(slot):
    seated, first, second = ask(slot, 100), ask(slot, 80), ask(slot, 90)
    seated.cancel()
    let_expire(first)
    let_expire(second)
    assert (offered(slot), booked(slot)) == ([], 0)
    assert waiting(slot) == [first, second]


def test_whoever_let_an_offer_go_is_offered_the_next_seats_that_become_free(slot):
    seated, waits = ask(slot, 90), ask(slot, 20)
    seated.change_numbers(80)
    let_expire(waits)
    assert offered(slot) == []
    fresh(seated).change_numbers(70)
    assert offered(slot) == [waits]


# Changing numbers


def test_growing_takes_what_is_free_and_no_more(slot):
    visit, _other = ask(slot, 20), ask(slot, 50)
    visit.change_numbers(50)
    with pytest.raises(ValidationError) as refused:
        fresh(visit).change_numbers(51)
    assert (refused.value.code, refused.value.params) == ("full", {"most": 50})
    assert (fresh(visit).expected_participants, fresh(visit).seats, booked(slot)) == (50, 50, 100)


def test_shrinking_offers_what_it_frees(slot):
    visit, waits = ask(slot, 100), ask(slot, 30)
    visit.change_numbers(71)
    assert offered(slot) == []
    fresh(visit).change_numbers(70)
    assert (offered(slot), booked(slot)) == ([waits], 100)


def test_smaller_group_on_the_waiting_list_is_offered_what_it_now_fits_into(slot):
    ask(slot, 90)
    waits = ask(slot, 20)
    waits.change_numbers(10)
    assert (offered(slot), fresh(waits).seats) == ([waits], 10)


def test_group_that_waits_grows_up_to_what_the_slot_holds(slot):
    ask(slot, 100)
    waits = ask(slot, 20)
    waits.change_numbers(100)
    assert (fresh(waits).expected_participants, fresh(waits).seats) == (100, 0)
    with pytest.raises(ValidationError) as refused:
        waits.change_numbers(101)
    assert refused.value.code == "full"


def test_offer_grows_and_shrinks_with_its_group(slot):
    seated, waits = ask(slot, 100), ask(slot, 30)
    seated.cancel()
    fresh(waits).change_numbers(45)
    assert booked(slot) == 45
    fresh(waits).change_numbers(25)
    assert (booked(slot), offered(slot)) == (25, [waits])


@pytest.mark.parametrize("number", [0, 501])
def test_number_out_of_range_is_refused(number):
    with pytest.raises(ValidationError):
        VisitFactory().change_numbers(number)
    assert Visit.objects.get().expected_participants == 20


def test_nobody_who_is_listed_by_name_loses_the_place():
    visit = VisitFactory()
    for name in ("Siti", "Budi"):
        visit.attendees.create(name=name)
    with pytest.raises(ValidationError) as refused:
        visit.change_numbers(1)
    assert refused.value.code == "listed"
    visit.change_numbers(2)
    assert fresh(visit).expected_participants == 2


def test_same_number_once_more_changes_nothing(slot):
    visit = ask(slot, 20)
    visit.change_numbers(30)
    visit.change_numbers(30)
    assert visit.events.filter(what="numbers").count() == 1


# Moving, waiting, ending


def test_moving_offers_what_it_leaves_and_not_to_itself(slot, visit_officer):
    other = SlotFactory(capacity=50, date=working_day(50))
    seated, waits = ask(slot, 100), ask(slot, 40)
    moved = ask(slot, 30)
    moved.move(by=visit_officer, slot=other)
    assert (fresh(moved).status, fresh(moved).seats, booked(other)) == (S.SUBMITTED, 30, 30)
    seated.change_numbers(50)
    seated = fresh(seated)
    seated.move(by=visit_officer, on=working_day(60))
    assert (seated.slot, seated.seats, offered(slot), booked(slot)) == (None, 0, [waits], 40)


@pytest.mark.parametrize("act", ["cancel", "decline"])
def test_what_is_called_off_gives_its_seats_back(slot, visit_officer, act):
    visit, waits = ask(slot, 100), ask(slot, 40)
    getattr(visit, act)(by=visit_officer, reason="Berhalangan.")
    assert (fresh(visit).seats, offered(slot), booked(slot)) == (0, [waits], 40)


def test_calling_an_offer_off_hands_it_on(slot):
    seated, first, second = ask(slot, 100), ask(slot, 80), ask(slot, 90)
    seated.cancel()
    fresh(first).cancel()
    assert (offered(slot), booked(slot)) == ([second], 90)


def test_visit_that_staff_have_wait_is_not_offered_its_own_seats_again(slot, visit_officer):
    visit = ask(slot, 40)
    visit.put_on_waiting_list(by=visit_officer)
    assert (offered(slot), booked(slot), fresh(visit).waiting_position) == ([], 0, 1)


def test_visit_that_waits_already_keeps_its_place(slot, visit_officer):
    ask(slot, 100)
    first, second = ask(slot, 10), ask(slot, 10)
    first.ask(by=visit_officer, reason="Siapa?")
    first.put_on_waiting_list(by=visit_officer)
    assert waiting(slot) == [first, second]


def test_confirming_a_visit_that_waits_takes_what_is_free(slot, visit_officer):
    seated, waits = ask(slot, 95), ask(slot, 10)
    with pytest.raises(ValidationError) as refused:
        fresh(waits).confirm(by=visit_officer)
    assert refused.value.code == "full"
    seated.change_numbers(90)
    fresh(waits).confirm(by=visit_officer)
    assert (fresh(waits).status, fresh(waits).offered_until, booked(slot)) == (
        S.CONFIRMED,
        None,
        100,
    )


def test_lock_notices_that_someone_else_has_moved_the_visit(slot, visit_officer, monkeypatch):
    visit, other = ask(slot, 10), SlotFactory(date=working_day(50))
    objects = type(visit).objects
    real = type(objects.all()).select_for_update

    def after_someone_else(queryset, *args, **kwargs):
        if queryset.model is TimeSlot:
            Visit.objects.filter(pk=visit.pk).update(slot=other)
        return real(queryset, *args, **kwargs)

    monkeypatch.setattr("django.db.models.query.QuerySet.select_for_update", after_someone_else)
    with pytest.raises(ValidationError) as refused:
        visit.confirm(by=visit_officer)
    assert refused.value.code == "changed"


# Whatever happens


def check_invariants():
    for slot in TimeSlot.objects.annotate(held=Sum("visits__seats", default=0)):
        assert slot.booked == slot.held <= slot.capacity
    for visit in Visit.objects.select_related("slot"):
        number = visit.expected_participants
        holds = visit.seats or visit.offered_until
        expected = {
            S.SUBMITTED: number if visit.slot else 0,
            S.CONFIRMED: number if visit.slot else 0,
            S.DECLINED: 0,
            S.CANCELLED: 0,
        }.get(visit.status, number if holds else 0)
        assert (visit.status, visit.seats) == (visit.status, expected)
        if visit.status == S.WAITING_LIST:
            assert visit.waiting_since is not None
            assert bool(visit.seats) == bool(visit.offered_until)
        if visit.status == S.CONFIRMED:
            assert visit.slot is None or visit.held_on == visit.slot.date
            assert (visit.waiting_since, visit.offered_until) == (None, None)


@pytest.mark.parametrize("seed", range(4))
def test_seats_add_up_after_any_sequence_of_actions(visit_officer, seed):
    dice = random.Random(seed)
    slots = [SlotFactory(capacity=dice.randint(20, 40), date=working_day(40)) for _slot in "ab"]
    slots.append(SlotFactory(capacity=30, date=working_day(50)))
    by = visit_officer
    acts = [
        lambda visit: visit.ask(by=by, reason="Siapa?"),
        lambda visit: visit.answer(text="Kami."),
        lambda visit: visit.confirm(by=by),
        lambda visit: visit.confirm(by=by, slot=dice.choice(slots)),
        lambda visit: visit.confirm(by=by, on=working_day(dice.randint(41, 70))),
        lambda visit: visit.move(by=by, slot=dice.choice(slots)),
        lambda visit: visit.move(by=by, on=working_day(dice.randint(41, 70))),
        lambda visit: visit.put_on_waiting_list(by=by),
        lambda visit: visit.decline(by=by, reason="Penuh."),
        lambda visit: visit.cancel(),
        lambda visit: visit.change_numbers(dice.randint(1, 40)),
        lambda visit: visit.change_numbers(dice.randint(1, 40), by=by),
        lambda visit: visit.accept_offer(),
        lambda visit: visit.decline_offer(),
        let_expire_if_offered,
    ]
    done = set()
    for _step in range(200):
        if dice.random() < 0.4 or not Visit.objects.exists():
            ask(dice.choice(slots), dice.randint(1, 30))
        number = dice.randrange(len(acts))
        still_there = Visit.objects.exclude(status__in=[S.DECLINED, S.CANCELLED]).order_by("pk")
        offered_to = still_there.filter(offered_until__isnull=False)
        chosen = list(offered_to if dice.random() < 0.3 else still_there) or list(still_there)
        if not chosen:
            continue
        try:
            acts[number](dice.choice(chosen))
        except ValidationError:
            continue
        finally:
            check_invariants()
        done.add(number)
    assert len(done) >= len(acts) - 2, "the walk reaches nearly every action"


def let_expire_if_offered(visit):
    if not visit.offered_until:
        raise ValidationError("")
    let_expire(visit)
