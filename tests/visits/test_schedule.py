"""What the worker does by itself: in time, a little late after a standstill, and only once."""

import datetime
import logging

import pytest
from django.core.management import call_command
from django.db import DatabaseError
from django.utils import timezone

from tests.factories import SlotFactory, VisitFactory
from visits import schedule
from visits.management.commands import work
from visits.models import Message, Visit
from visits.schedule import Job, Schedule

pytestmark = pytest.mark.django_db

VISIT_DAY = datetime.date(2031, 3, 20)
DAY = datetime.timedelta(days=1)
A_MONTH_BEFORE = datetime.datetime(2031, 2, 20, 10, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def clock(monkeypatch):
    """Sets the time: `days` before the day of the visit, at `hour` in the city."""

    def at(days, hour=9, minute=0):
        moment = datetime.datetime.combine(
            VISIT_DAY - days * DAY,
            datetime.time(hour, minute),
            tzinfo=timezone.get_default_timezone(),
        )
        monkeypatch.setattr(timezone, "now", lambda: moment)

    at(28)
    return at


@pytest.fixture
def visit(clock, visit_officer):
    """Confirmed four weeks ahead, in a slot from nine to half past eleven."""
    visit = VisitFactory(slot=SlotFactory(date=VISIT_DAY, booked=20), seats=20)
    visit.confirm(by=visit_officer)
    return visit


def reminders():
    """Which reminders were written so far, by what makes each unique."""
    keys = Message.objects.filter(kind="reminder").order_by("pk").values_list("key", flat=True)
    return [key.split(":")[0] for key in keys]


@pytest.mark.parametrize(
    ("days", "hour", "expected"),
    [
        (8, 9, []),
        (7, 9, ["reminder-7"]),
        (2, 9, ["reminder-7"]),
        (1, 9, ["reminder-1"]),
        (0, 7, ["reminder-1"]),
        (0, 9, []),
        (-1, 9, []),
    ],
)
def test_reminder_is_due_on_its_day_and_for_as_long_as_it_makes_sense(
    visit, clock, days, hour, expected
):
    clock(days, hour)
    schedule.remind()
    assert reminders() == expected


def test_both_reminders_go_out_once_however_often_the_worker_looks(visit, clock):
    for days in (8, 7, 7, 6, 3, 2, 1, 1, 0):
        clock(days, 8)
        schedule.remind()
    assert reminders() == ["reminder-7", "reminder-1"]


def test_whole_day_without_hours_is_not_reminded_of_on_the_day_itself(visit, clock):
    Visit.objects.update(slot=None, seats=0)
    clock(0, 7)
    schedule.remind()
    assert reminders() == []


def test_whoever_was_given_the_day_just_now_is_not_reminded_of_it(visit, clock, visit_officer):
    clock(9)
    visit.move(by=visit_officer, slot=SlotFactory(date=VISIT_DAY - 4 * DAY))
    clock(9 - 1)
    schedule.remind()
    assert reminders() == []
    clock(4 + 1)
    schedule.remind()
    assert reminders() == ["reminder-1"]


def test_visit_that_is_moved_is_reminded_of_anew(visit, clock, visit_officer):
    clock(7)
    schedule.remind()
    visit.move(by=visit_officer, slot=SlotFactory(date=VISIT_DAY + 14 * DAY))
    clock(-7)
    schedule.remind()
    assert reminders() == ["reminder-7", "reminder-7"]


@pytest.mark.parametrize(
    "changes",
    [{"status": "cancelled", "seats": 0}, {"status": "submitted"}, {"contact_email": ""}],
)
def test_nobody_is_reminded_of_what_is_off_or_without_an_address(visit, clock, changes):
    Visit.objects.update(**changes)
    clock(7)
    schedule.remind()
    assert reminders() == []


def test_reminding_looks_once_however_many_visits_there_are(
    visit, clock, django_assert_num_queries
):
    clock(7)
    schedule.remind()
    VisitFactory.create_batch(2, status="confirmed", held_on=VISIT_DAY)
    schedule.remind()
    with django_assert_num_queries(2):
        schedule.remind()


@pytest.fixture
def offer(clock, visit_officer):
    """Seats that are kept for a visit on the waiting list."""
    slot = SlotFactory(date=VISIT_DAY, capacity=20, booked=20)
    first = VisitFactory(slot=slot, seats=20)
    waiting = VisitFactory(slot=slot, status="waiting_list", waiting_since=timezone.now())
    first.cancel(by=visit_officer)
    return waiting


def test_offer_expires_after_its_deadline_and_not_before(offer, clock):
    schedule.expire_offers()
    offer.refresh_from_db()
    assert offer.seats == 20
    clock(28 - 2, 9, 1)
    schedule.expire_offers()
    schedule.expire_offers()
    offer.refresh_from_db()
    assert (offer.seats, offer.offered_until) == (0, None)
    assert list(offer.messages.values_list("kind", flat=True).order_by("pk")) == [
        "seats_offered",
        "offer_expired",
    ]


def test_offer_that_cannot_be_passed_on_holds_up_no_other(offer, clock, monkeypatch, caplog):
    clock(28 - 2, 9, 1)
    other = VisitFactory(
        slot=SlotFactory(date=VISIT_DAY, booked=20),
        status="waiting_list",
        seats=20,
        waiting_since=timezone.now(),
        offered_until=timezone.now(),
    )
    expire = Visit.expire_offer

    def fail_for_one(visit):
        if visit == offer:
            raise RuntimeError("unforeseen")
        expire(visit)

    monkeypatch.setattr(Visit, "expire_offer", fail_for_one)
    schedule.expire_offers()
    other.refresh_from_db()
    assert other.seats == 0
    assert f"{offer.reference} was passed over" in caplog.text


class Calls:
    """Jobs that count their calls, and a clock that the test turns."""

    def __init__(self, monkeypatch):
        self.made, self.seconds = [], 1000.0
        monkeypatch.setattr(schedule.time, "monotonic", lambda: self.seconds)

    def job(self, name, minutes, *, error=None, **options):
        def run():
            self.made.append(name)
            if error:
                raise error

        run.__qualname__ = name
        return Job(run, datetime.timedelta(minutes=minutes), **options)


@pytest.fixture
def calls(monkeypatch):
    return Calls(monkeypatch)


def test_each_job_runs_at_the_start_and_then_at_its_own_pace(calls):
    jobs = Schedule([calls.job("minute", 1), calls.job("hour", 60)])
    for _minute in range(3):
        jobs.run_due()
        jobs.run_due()
        calls.seconds += 60
    assert calls.made == ["minute", "hour", "minute", "minute"]
    calls.seconds += 57 * 60
    jobs.run_due()
    assert calls.made[-2:] == ["minute", "hour"]


def test_job_that_fails_is_logged_and_holds_up_no_other(calls, caplog):
    jobs = Schedule([calls.job("broken", 1, error=RuntimeError("x")), calls.job("whole", 1)])
    jobs.run_due()
    assert calls.made == ["broken", "whole"]
    assert "The job broken failed" in caplog.text


def test_database_in_trouble_ends_the_round_and_the_job_is_tried_again(calls):
    jobs = Schedule([calls.job("first", 60, error=DatabaseError()), calls.job("second", 60)])
    for _round in range(2):
        with pytest.raises(DatabaseError):
            jobs.run_due()
    assert calls.made == ["first", "first"]


@pytest.mark.parametrize(("hour", "runs"), [(6, 0), (7, 1), (19, 1), (20, 0)])
def test_nobody_is_written_to_at_night(calls, clock, hour, runs):
    clock(3, hour)
    Schedule([calls.job("letters", 1, by_day=True)]).run_due()
    assert len(calls.made) == runs


def test_job_that_the_night_held_back_runs_in_the_morning(calls, clock):
    jobs = Schedule([calls.job("letters", 60, by_day=True)])
    clock(3, 6)
    jobs.run_due()
    clock(3, 7)
    jobs.run_due()
    assert calls.made == ["letters"]


def test_jobs_are_not_begun_once_the_worker_is_to_stop(calls):
    Schedule([calls.job("minute", 1)]).run_due(stopping=lambda: True)
    assert calls.made == []


def test_every_job_runs_on_a_database_without_anything_to_do(clock):
    for job in schedule.JOBS:
        job.run()
    assert Message.objects.count() == 0


def test_once_does_what_is_due_sends_all_and_ends(visit, clock, mailoutbox, capsys):
    clock(7)
    call_command("work", "--once")
    assert {each.subject.partition(": ")[2] for each in mailoutbox} == {
        "Kunjungan Anda disetujui",
        "Kunjungan Anda pada Kamis, 20 Maret 2031",
    }
    assert capsys.readouterr().out.startswith("E-mails go to ")


def test_worker_says_where_emails_go(settings):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = settings.MAIL_FOLDER, "/srv/mail"
    assert work.destination() == "the folder /srv/mail"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "mail.magelang.example"
    assert work.destination() == "the mail server mail.magelang.example"


@pytest.fixture
def worker(monkeypatch):
    """A worker whose rounds end by themselves: the one numbered `stops_after` is the last."""
    command = work.Command()
    command.pauses = []

    def pause(seconds):
        command.pauses.append(seconds)
        command.stopping = len(command.pauses) >= command.stops_after

    monkeypatch.setattr(command, "_pause", pause)
    monkeypatch.setattr(work.signal, "signal", lambda *args: None)
    # The test's own transaction would go with its connection.
    monkeypatch.setattr(work, "close_old_connections", lambda: command.closed.append(True))
    command.closed = []
    return command


def test_worker_goes_on_at_once_while_there_is_mail_and_rests_otherwise(worker, visit):
    worker.stops_after = 3
    call_command(worker)
    assert worker.pauses == [0, work.PAUSE, work.PAUSE]


def test_worker_outlives_a_database_that_is_away(worker, visit, monkeypatch, caplog):
    answers = iter([DatabaseError("gone"), None])
    send_due = work.send_due

    def send_or_fail(**options):
        if error := next(answers):
            raise error
        return send_due(**options)

    monkeypatch.setattr(work, "send_due", send_or_fail)
    worker.stops_after = 2
    with caplog.at_level(logging.ERROR):
        call_command(worker)
    assert worker.pauses == [work.PAUSE_AFTER_TROUBLE, 0]
    assert len(worker.closed) == 2
    assert "The database does not answer" in caplog.text
    assert Message.objects.get(kind="visit_confirmed").status == "sent"


def test_signal_ends_the_worker_after_the_message_at_hand(worker):
    worker._stop(15, None)
    worker.stops_after = 5
    call_command(worker)
    assert worker.pauses == []
