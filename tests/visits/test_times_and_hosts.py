"""When a visit takes place, and who of its hosts says yes to what."""

import datetime
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from tests.factories import (
    AgencyFactory,
    InnovationFactory,
    SlotFactory,
    StopFactory,
    UserFactory,
    VisitFactory,
)
from tests.visits.conftest import visit_in, working_day, written
from visits.models import Message, Stop, Visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]

S = Visit.Status
TO_COME = {S.SUBMITTED, S.NEEDS_INFORMATION, S.WAITING_LIST, S.CONFIRMED}


def test_confirming_in_a_slot_takes_its_seats_day_and_venue(visit_officer):
    slot, visit = SlotFactory(capacity=20, venue="Aula"), VisitFactory()
    visit.confirm(by=visit_officer, slot=slot)
    visit.refresh_from_db()
    slot.refresh_from_db()
    assert (visit.slot, visit.seats, slot.booked) == (slot, 20, 20)
    assert (visit.held_on, visit.venue) == (slot.date, "Aula")


def test_confirming_in_a_slot_too_small_changes_nothing(visit_officer):
    slot, visit = SlotFactory(capacity=19), VisitFactory()
    with pytest.raises(ValidationError) as refused:
        visit.confirm(by=visit_officer, slot=slot)
    slot.refresh_from_db()
    assert refused.value.code == "full"
    assert (Visit.objects.get().status, slot.booked, written()) == (S.SUBMITTED, 0, [])


def test_seats_are_taken_for_a_number_of_people_that_is_known(visit_officer):
    visit = VisitFactory(expected_participants=None)
    with pytest.raises(ValidationError) as refused:
        visit.confirm(by=visit_officer, slot=SlotFactory())
    assert refused.value.code == "no_number"


def test_confirming_on_a_past_day_is_refused(visit_officer):
    visit = VisitFactory()
    visit.make_link()
    visit.save()
    with pytest.raises(ValidationError) as refused:
        visit.confirm(by=visit_officer, on=timezone.localdate() - timedelta(days=1))
    assert refused.value.code == "past"


def test_visit_that_every_host_declined_is_not_confirmed(visit_officer):
    visit = StopFactory(answer="declined").visit
    with pytest.raises(ValidationError) as refused:
        visit.confirm(by=visit_officer)
    assert refused.value.code == "no_stop"
    StopFactory(visit=visit)
    visit.confirm(by=visit_officer)
    assert visit.status == S.CONFIRMED


def test_moving_takes_the_new_slot_and_its_venue_and_counts_the_invitation(visit_officer):
    old, new = SlotFactory(venue="Aula"), SlotFactory(venue="Pendopo", date=working_day(50))
    visit = visit_in(S.CONFIRMED, slot=old, venue="Aula")
    visit.move(by=visit_officer, slot=new, reason="Aula diperbaiki.")
    visit.refresh_from_db()
    old.refresh_from_db()
    new.refresh_from_db()
    assert (visit.slot, visit.held_on, visit.venue) == (new, new.date, "Pendopo")
    assert (old.booked, new.booked, visit.calendar_sequence) == (0, 20, 1)
    assert visit.events.get().reason == "Aula diperbaiki."
    assert written() == ["visit_moved"]


def test_moving_keeps_a_venue_that_staff_chose(visit_officer):
    visit = visit_in(S.CONFIRMED, venue="Balai Kota")
    visit.move(by=visit_officer, slot=SlotFactory(date=working_day(50)))
    assert visit.venue == "Balai Kota"


def test_visit_of_several_days_moves_whole(visit_officer):
    first = working_day(40)
    visit = VisitFactory(status=S.CONFIRMED, held_on=first, held_until=first + timedelta(days=2))
    visit.move(by=visit_officer, on=first + timedelta(days=30))
    visit.refresh_from_db()
    assert visit.held_until == first + timedelta(days=32)


def test_moving_to_where_it_stands_is_refused(visit_officer):
    visit = visit_in(S.CONFIRMED)
    with pytest.raises(ValidationError) as refused:
        visit.move(by=visit_officer, slot=visit.slot)
    assert refused.value.code == "same"
    assert (Visit.objects.get().calendar_sequence, written()) == (0, [])


def test_history_tells_a_move_in_the_language_of_the_page(visit_officer):
    day = datetime.date(2030, 5, 7)
    visit = VisitFactory(status=S.CONFIRMED, held_on=day)
    slot = SlotFactory(date=datetime.date(2030, 5, 14))
    visit.move(by=visit_officer, slot=slot)
    event = visit.events.get()
    assert event.details == {"from": "2030-05-07", "to": "2030-05-14 09:00-11:30"}
    assert "Selasa, 7 Mei 2030 → Selasa, 14 Mei 2030, 09.00–11.30" in event.title
    with translation.override("en"):
        assert "Tuesday, 7 May 2030 → Tuesday, 14 May 2030, 09:00–11:30" in event.title


@pytest.mark.parametrize("number", [78, 0, None, 501])
def test_history_tells_numbers_as_they_are(number):
    event = VisitFactory().record("numbers", by=None, details={"from": number, "to": 60})
    assert event.title.endswith(f": {number} → 60" if number else ": 60")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (0, 1, ": 1 nama ditambahkan, seluruhnya 1"),
        (5, 78, ": 73 nama ditambahkan, seluruhnya 78"),
        (3, 1, ": 2 nama dihapus, seluruhnya 1"),
        (1, 0, ": 1 nama dihapus, seluruhnya 0"),
        (0, 0, ""),
        (4, 4, ""),
    ],
)
def test_history_tells_how_many_names_a_list_gained_or_lost(before, after, told):
    details = {"from": before, "to": after}
    event = VisitFactory().record("participants", by=None, details=details)
    assert event.title == f"{event.get_what_display()}{told}"


# Hosts


def test_another_time_asks_the_hosts_anew(visit_officer):
    visit = visit_in(S.CONFIRMED)
    early, kept = datetime.time(8), datetime.time(10)
    host = UserFactory(agency=AgencyFactory(), email="tuan@contoh.example")
    outside = StopFactory(
        visit=visit,
        answer="accepted",
        starts_at=early,
        answered_by=host,
        innovation=InnovationFactory(agency=host.agency),
    )
    inside = StopFactory(visit=visit, answer="declined", answer_reason="Rapat.", starts_at=kept)
    visit.move(by=visit_officer, slot=SlotFactory(date=working_day(50)))
    outside.refresh_from_db()
    inside.refresh_from_db()
    assert [stop.answer for stop in (outside, inside)] == ["pending", "pending"]
    assert [stop.answer_reason for stop in (outside, inside)] == ["", ""]
    assert [stop.starts_at for stop in (outside, inside)] == [None, kept]
    assert Message.objects.get(kind="hosts_told").to == host.email


def test_visit_confirmed_at_another_time_than_they_know_asks_the_hosts_anew(visit_officer):
    host = UserFactory(agency=AgencyFactory(), email="tuan@contoh.example")
    innovation = InnovationFactory(agency=host.agency)
    stop = StopFactory(visit=VisitFactory(), answer="accepted", innovation=innovation)
    stop.visit.confirm(by=visit_officer, slot=SlotFactory(date=working_day(50)))
    stop.refresh_from_db()
    assert stop.answer == "pending"
    assert written() == ["hosts_told", "stops_to_answer", "visit_confirmed"]


def test_yes_given_before_any_day_was_known_stands_for_none(visit_officer):
    visit = visit_in(S.SUBMITTED, wished_on=None, slot=None)
    stop = StopFactory(visit=visit, answer="accepted", answered_at=timezone.now())
    visit.confirm(by=visit_officer, on=working_day(9))
    stop.refresh_from_db()
    assert (stop.answer, stop.answered_at) == ("pending", None)


def test_hours_on_the_day_they_know_leave_the_hosts_answers(visit_officer):
    slot = SlotFactory()
    stop = StopFactory(visit=VisitFactory(wished_on=slot.date), answer="accepted")
    stop.visit.confirm(by=visit_officer, slot=slot)
    stop.refresh_from_db()
    assert stop.answer == "accepted"


def test_changed_programme_is_recorded_and_told(visit_officer):
    visit = visit_in(S.CONFIRMED)
    host = UserFactory(agency=AgencyFactory(), email="tuan@contoh.example")
    added = StopFactory(visit=visit, innovation=InnovationFactory(agency=host.agency))
    kept = StopFactory(visit=visit)
    gone = StopFactory(visit=visit, innovation=InnovationFactory(name="Data Go"))
    UserFactory(agency=gone.innovation.agency, email="lama@contoh.example")
    gone.delete()
    visit.change_programme(by=visit_officer, added=[added], removed=[gone], changed=[kept])
    event = visit.events.get()
    assert (event.what, event.by) == ("programme", visit_officer)
    assert event.details == {
        "added": [str(added)],
        "removed": ["Data Go"],
        "changed": [str(kept)],
    }
    assert [name in event.title for name in (str(added), "Data Go", str(kept))] == [True] * 3
    assert written() == ["programme_changed", "stops_to_answer", "stops_withdrawn"]
    assert Message.objects.get(kind="stops_withdrawn").to == "lama@contoh.example"


@pytest.mark.parametrize("answer", ["pending", "accepted", "declined"])
def test_host_that_declined_is_not_told_that_its_stop_was_taken_out(visit_officer, answer):
    stop = StopFactory(visit=visit_in(S.SUBMITTED), answer=answer)
    UserFactory(agency=stop.innovation.agency, email="lama@contoh.example")
    stop.delete()
    stop.visit.change_programme(by=visit_officer, removed=[stop])
    assert written() == ([] if answer == "declined" else ["stops_withdrawn"])


def test_delegation_hears_of_no_programme_that_it_does_not_hold_yet(visit_officer):
    visit = visit_in(S.SUBMITTED)
    visit.change_programme(by=visit_officer, changed=[StopFactory(visit=visit)])
    assert (visit.events.count(), visit.calendar_sequence, written()) == (1, 0, [])


def test_programme_that_did_not_change_leaves_no_trace(visit_officer):
    visit = visit_in(S.CONFIRMED)
    visit.change_programme(by=visit_officer)
    assert (visit.events.count(), written()) == (0, [])


@pytest.mark.parametrize("status", S)
@pytest.mark.parametrize(
    ("act", "answers"),
    [
        (lambda stop, by: stop.accept(by=by, speaker="Kepala Bidang"), {"pending", "declined"}),
        (lambda stop, by: stop.decline(by=by, reason="Rapat."), {"pending", "accepted"}),
        (lambda stop, by: stop.plan(by=by, venue="Aula"), {"accepted"}),
    ],
    ids=["accept", "decline", "plan"],
)
def test_host_answers_while_the_visit_is_to_come(visit_officer, act, answers, status):
    for answer in Stop.Answer:
        stop = StopFactory(visit=visit_in(status), answer=answer)
        if status in TO_COME and answer in answers:
            act(stop, visit_officer)
            assert stop.visit.events.count() == 1
        else:
            with pytest.raises(ValidationError) as refused:
                act(stop, visit_officer)
            assert refused.value.code == "transition"
            stop.refresh_from_db()
            assert (stop.answer, stop.speaker, stop.venue) == (answer, "", "")
            assert not stop.visit.events.exists()


def test_accepting_fills_the_programme_and_leaves_what_is_not_said(visit_officer):
    stop = StopFactory(visit=visit_in(S.SUBMITTED), venue="Aula")
    stop.accept(by=visit_officer, speaker="Kepala Bidang", venue="", starts_at=datetime.time(10))
    stop.refresh_from_db()
    assert (stop.speaker, stop.venue, stop.starts_at) == (
        "Kepala Bidang",
        "Aula",
        datetime.time(10),
    )
    assert (stop.answered_by, stop.answered_at is None) == (visit_officer, False)


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        ({"starts_at": datetime.time(8, 59)}, "outside"),
        ({"ends_at": datetime.time(11, 31)}, "outside"),
        ({"starts_at": datetime.time(10), "ends_at": datetime.time(10)}, "order"),
    ],
)
def test_stop_lies_within_the_slot_of_its_visit(visit_officer, plan, code):
    stop = StopFactory(visit=visit_in(S.SUBMITTED))
    with pytest.raises(ValidationError) as refused:
        stop.accept(by=visit_officer, **plan)
    [errors] = refused.value.error_dict.values()
    assert [error.code for error in errors] == [code]
    stop.refresh_from_db()
    assert (stop.answer, stop.visit.events.count()) == ("pending", 0)


def test_planning_what_stands_already_leaves_no_trace(visit_officer):
    stop = StopFactory(visit=visit_in(S.CONFIRMED), answer="accepted", speaker="Camat")
    stop.plan(by=visit_officer, speaker="Camat")
    assert (stop.visit.events.count(), written()) == (0, [])
    stop.plan(by=visit_officer, speaker="Lurah")
    assert (stop.visit.events.get().what, written()) == ("programme", ["programme_changed"])


def test_office_hears_a_hosts_no_and_when_all_have_answered():
    host = UserFactory(agency=AgencyFactory())
    visit = visit_in(S.SUBMITTED)
    first, second, third = StopFactory.create_batch(3, visit=visit)
    first.accept(by=host)
    assert written() == []
    second.decline(by=host, reason="Rapat.")
    assert written() == ["office_told"]
    third.accept(by=host)
    assert written() == ["office_told"] * 2


def test_guest_hears_when_a_stop_of_the_confirmed_visit_falls(visit_officer):
    stop = StopFactory(visit=visit_in(S.CONFIRMED), answer="accepted")
    stop.decline(by=visit_officer, reason="Kebakaran.")
    stop.accept(by=visit_officer)
    assert written() == ["programme_changed"] * 2
