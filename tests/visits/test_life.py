"""Each transition: from where it is open, what it records, and whom it writes to."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from tests.factories import (
    SlotFactory,
    VisitFactory,
)
from tests.visits.conftest import pdf_bytes, upload, visit_in, written
from visits.models import Visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]

S = Visit.Status
OPEN = {S.SUBMITTED, S.NEEDS_INFORMATION, S.WAITING_LIST}
TO_COME = {*OPEN, S.CONFIRMED}


def took_place(status):
    return VisitFactory(status=status, held_on=timezone.localdate() - timedelta(days=1))


@dataclass
class Row:
    """A transition: the statuses from which it is open, and what comes of it."""

    name: str
    act: Callable
    open_in: set
    becomes: str | None  # None: the status stays
    recorded: str
    actor: str
    written: list[str]
    make: Callable = visit_in


TRANSITIONS = [
    Row(
        "ask",
        lambda visit, by: visit.ask(by=by, reason="Siapa?"),
        {S.SUBMITTED, S.WAITING_LIST},
        S.NEEDS_INFORMATION,
        "asked",
        "staff",
        ["information_needed"],
    ),
    Row(
        "answer",
        lambda visit, by: visit.answer(text="Kami."),
        {S.NEEDS_INFORMATION},
        S.SUBMITTED,
        "answered",
        "delegation",
        ["office_told"],
    ),
    Row(
        "put on the waiting list",
        lambda visit, by: visit.put_on_waiting_list(by=by),
        {S.SUBMITTED, S.NEEDS_INFORMATION},
        S.WAITING_LIST,
        "waiting_list",
        "staff",
        ["placed_on_waiting_list"],
    ),
    Row(
        "confirm",
        lambda visit, by: visit.confirm(by=by),
        OPEN,
        S.CONFIRMED,
        "confirmed",
        "staff",
        ["visit_confirmed"],
        lambda status: visit_in(status, slot=SlotFactory()),
    ),
    Row(
        "decline",
        lambda visit, by: visit.decline(by=by, reason="Penuh."),
        TO_COME,
        S.DECLINED,
        "declined",
        "staff",
        ["visit_declined"],
    ),
    Row(
        "cancel by staff",
        lambda visit, by: visit.cancel(by=by),
        TO_COME,
        S.CANCELLED,
        "cancelled",
        "staff",
        ["visit_cancelled"],
    ),
    Row(
        "cancel at the link",
        lambda visit, by: visit.cancel(),
        TO_COME,
        S.CANCELLED,
        "cancelled",
        "delegation",
        ["office_told", "visit_cancelled"],
    ),
    Row(
        "numbers by staff",
        lambda visit, by: visit.change_numbers(12, by=by),
        TO_COME,
        None,
        "numbers",
        "staff",
        ["numbers_changed"],
    ),
    Row(
        "numbers at the link",
        lambda visit, by: visit.change_numbers(12),
        TO_COME,
        None,
        "numbers",
        "delegation",
        ["office_told"],
    ),
    Row(
        "letter",
        lambda visit, by: visit.replace_letter(letter=upload(pdf_bytes())),
        TO_COME,
        None,
        "letter",
        "delegation",
        ["office_told"],
    ),
    Row(
        "joining",
        lambda visit, by: visit.allow_joining(allowed=True),
        TO_COME,
        None,
        "joining_allowed",
        "delegation",
        [],
    ),
    Row(
        "complete",
        lambda visit, by: visit.complete(by=by),
        {S.CONFIRMED},
        S.COMPLETED,
        "completed",
        "staff",
        ["feedback_wanted"],
        took_place,
    ),
    Row(
        "publish",
        lambda visit, by: visit.publish(by=by),
        {S.COMPLETED},
        None,
        "published",
        "staff",
        [],
        took_place,
    ),
    Row(
        "send the link",
        lambda visit, by: visit.send_link(by=by),
        set(S),
        None,
        "link_sent",
        "staff",
        ["link_sent"],
    ),
    Row(
        "renew the link",
        lambda visit, by: visit.renew_link(),
        set(S),
        None,
        "link_revoked",
        "delegation",
        ["link_sent"],
    ),
]


@pytest.mark.parametrize("status", S)
@pytest.mark.parametrize("row", TRANSITIONS, ids=lambda row: row.name)
def test_transition_is_open_from_its_statuses_alone(visit_officer, row, status):
    visit = row.make(status)
    before = Visit.objects.filter(pk=visit.pk).values().get()
    if status in row.open_in:
        row.act(visit, visit_officer)
        visit.refresh_from_db()
        event = visit.events.get()
        assert visit.status == (row.becomes or status)
        assert (event.what, event.status, event.actor) == (row.recorded, visit.status, row.actor)
        assert event.by == (visit_officer if row.actor == "staff" else None)
        assert written() == row.written
    else:
        with pytest.raises(ValidationError) as refused:
            row.act(visit, visit_officer)
        assert refused.value.code == "transition"
        assert Visit.objects.filter(pk=visit.pk).values().get() == before
        assert (visit.events.count(), written()) == (0, [])


@pytest.mark.parametrize("row", TRANSITIONS, ids=lambda row: row.name)
def test_rollback_takes_change_history_and_messages_back_together(visit_officer, row):
    visit = row.make(min(row.open_in))
    before = Visit.objects.filter(pk=visit.pk).values().get()
    with transaction.atomic():
        row.act(visit, visit_officer)
        transaction.set_rollback(True)
    assert Visit.objects.filter(pk=visit.pk).values().get() == before
    assert (visit.events.count(), written()) == (0, [])


# Questions and answers


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda visit, by: visit.ask(by=by, reason="  "), "no_reason"),
        (lambda visit, by: visit.decline(by=by, reason="\n"), "no_reason"),
        (lambda visit, by: visit.answer(text=" "), "no_answer"),
        (lambda visit, by: visit.move(by=by), "no_day"),
    ],
)
def test_what_needs_words_is_refused_without(visit_officer, act, code):
    with pytest.raises(ValidationError) as refused:
        act(visit_in(S.SUBMITTED), visit_officer)
    assert refused.value.code == code
    assert Visit.objects.get().events.count() == 0


def test_question_and_answer_stand_in_the_history(visit_officer):
    visit = visit_in(S.SUBMITTED)
    visit.ask(by=visit_officer, reason="Berapa pejabat?")
    visit.answer(text="Tiga.")
    assert [(event.what, event.reason) for event in visit.events.all()] == [
        ("asked", "Berapa pejabat?"),
        ("answered", "Tiga."),
    ]


def test_answer_from_the_waiting_list_goes_on_waiting_in_its_place(visit_officer):
    visit = visit_in(S.WAITING_LIST)
    since = visit.waiting_since
    visit.ask(by=visit_officer, reason="Siapa?")
    visit.answer(text="Kami.")
    assert (visit.status, visit.waiting_since) == (S.WAITING_LIST, since)


# The end


def test_visit_of_several_days_is_completed_once_its_last_day_has_come(visit_officer):
    today = timezone.localdate()
    visit = VisitFactory(status=S.CONFIRMED, held_on=today, held_until=today + timedelta(days=1))
    with pytest.raises(ValidationError) as refused:
        visit.complete(by=visit_officer)
    assert refused.value.code == "too_early"


def test_completing_keeps_how_many_came_if_somebody_counted(visit_officer):
    counted, listed = took_place(S.CONFIRMED), took_place(S.CONFIRMED)
    listed.attendees.create(name="Siti", attended_at=timezone.now())
    listed.attendees.create(name="Budi")
    counted.complete(by=visit_officer, participants=37)
    listed.complete(by=visit_officer)
    assert (counted.participants, listed.participants) == (37, 1)


def test_delegation_changes_nothing_once_the_day_is_over():
    visit = took_place(S.CONFIRMED)
    for act in (
        visit.cancel,
        lambda: visit.change_numbers(5),
        lambda: visit.replace_letter(letter=upload(pdf_bytes())),
        lambda: visit.allow_joining(allowed=True),
    ):
        with pytest.raises(ValidationError) as refused:
            act()
        assert refused.value.code == "transition"
    assert (Visit.objects.get().status, visit.events.count()) == (S.CONFIRMED, 0)


# Letter, joining, link


def test_letter_replaces_the_one_before_on_commit(django_capture_on_commit_callbacks):
    visit = visit_in(S.SUBMITTED, letter=upload(b"%PDF-1.4 lama"))
    before, storage = visit.letter.name, visit.letter.storage
    with django_capture_on_commit_callbacks(execute=True):
        visit.replace_letter(letter=upload(b"%PDF-1.4 baru"))
    with Visit.objects.get().letter.open() as letter:
        assert letter.read() == b"%PDF-1.4 baru"
    assert not storage.exists(before)


def test_same_letter_twice_is_one(django_capture_on_commit_callbacks):
    visit = visit_in(S.SUBMITTED)
    names = []
    for _click in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            Visit.objects.get().replace_letter(letter=upload(b"%PDF-1.4 baru"))
        names.append(Visit.objects.get().letter.name)
    assert names[0] == names[1]
    assert visit.events.count() == 1


def test_joining_is_allowed_and_taken_back_each_once():
    visit = visit_in(S.CONFIRMED)
    for allowed in (True, True, False, False):
        visit.allow_joining(allowed=allowed)
        assert Visit.objects.get().open_to_joining is allowed
    assert [event.what for event in visit.events.all()] == ["joining_allowed", "joining_stopped"]


def test_new_link_closes_the_old_one(visit_officer):
    visit = visit_in(S.SUBMITTED)
    visit.send_link(by=visit_officer)
    old = visit.private_token
    assert Visit.objects.at_private_link(old).get() == visit
    visit.renew_link(by=visit_officer)
    assert not Visit.objects.at_private_link(old).exists()
    assert Visit.objects.at_private_link(visit.private_token).get() == visit


def test_link_sent_again_is_the_same_link(visit_officer):
    visit = visit_in(S.SUBMITTED)
    visit.send_link(by=visit_officer)
    first = visit.private_token
    visit.send_link(by=visit_officer)
    assert visit.private_token == first


def test_staff_revoke_a_link_that_can_go_nowhere_and_the_delegation_does_not(visit_officer):
    visit = visit_in(S.SUBMITTED, contact_email="")
    with pytest.raises(ValidationError) as refused:
        visit.renew_link()
    assert refused.value.code == "no_address"
    assert Visit.objects.get().link_hash is None
    visit.renew_link(by=visit_officer)
    assert (Visit.objects.get().link_hash is None, written()) == (False, [])


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({}, {"unpublish", "renew_link"}),
        ({"contact_email": ""}, {"unpublish", "renew_link", "send_link"}),
        ({"slot": None, "seats": 0}, {"unpublish", "renew_link", "put_on_waiting_list"}),
    ],
)
def test_what_cannot_be_done_is_not_offered(fields, missing):
    visit = VisitFactory(**{"slot": SlotFactory(), "seats": 0} | fields)
    open_here = {name for name, statuses in Visit.transitions.items() if S.SUBMITTED in statuses}
    assert set(visit.open_transitions) == open_here - missing
