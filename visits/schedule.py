"""What the worker does by itself, again and again; each job may run twice or late without harm."""

import datetime
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import Error as DatabaseError
from django.db.models import Max, Q
from django.utils import timezone

from magelang_portal import planner
from visits import messages, registration, retention
from visits.models import AskedQuestion, FollowUp, Message, Visit

MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)
# What writes to people unasked does so at these hours (the last one excluded).
BY_DAY = range(7, 20)
# Days before the visit, each with the fewest days left at which that reminder still makes sense.
REMINDERS = {7: 2, 1: 0}

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """A function without arguments, and how often it is called; also right after a start."""

    run: Callable[[], object]
    every: datetime.timedelta
    by_day: bool = False


def expire_offers():
    """Pass freed seats on that nobody has taken in time."""
    for visit in list(Visit.objects.with_expired_offer()):
        _for_itself(visit, visit.expire_offer)


def end_forgotten():
    """End visits and requests that nobody has ended, so that their personal data go in time."""
    for visit in list(Visit.objects.forgotten()):
        _for_itself(visit, visit.end_forgotten)


def _for_itself(visit, do, *args):
    """Do something with one of several visits; a failure is logged and holds up no other."""
    try:
        do(*args)
    except ValidationError:
        logger.info("%s was changed meanwhile", visit.reference)
    except DatabaseError:
        raise
    except Exception:
        logger.exception("%s was passed over", visit.reference)


def remind():
    """Remind delegations seven days and one day before; after a standstill a little later.

    Whoever was given a day within that time has just heard of it and is not reminded.
    """
    now = timezone.localtime()
    today = now.date()
    visits = (
        Visit.objects.filter(
            status=Visit.Status.CONFIRMED,
            held_on__range=(today, today + max(REMINDERS) * DAY),
        )
        .exclude(contact_email="")
        .select_related("slot")
        .annotate(settled_at=Max("events__at", filter=Q(events__what__in=["confirmed", "moved"])))
        .order_by("held_on", "pk")
    )
    wanted = {
        messages.reminder_key(visit, days): (visit, days)
        for visit in visits
        for days in REMINDERS
        if _is_time_to_remind(visit, days, now)
    }
    written = Message.objects.filter(key__in=wanted).values_list("key", flat=True)
    for key in wanted.keys() - set(written):
        visit, days = wanted[key]
        _for_itself(visit, messages.reminder, visit, days)


def _is_time_to_remind(visit, days, now):
    left = (visit.held_on - now.date()).days
    if not REMINDERS[days] <= left <= days:
        return False
    if left == 0 and (visit.slot is None or visit.slot.starts <= now):
        return False
    settled_on = visit.settled_at and timezone.localdate(visit.settled_at)
    return settled_on is None or settled_on < visit.held_on - days * DAY


JOBS = (
    Job(expire_offers, MINUTE),
    Job(end_forgotten, DAY, by_day=True),
    Job(remind, MINUTE, by_day=True),
    Job(FollowUp.ask, HOUR, by_day=True),
    Job(AskedQuestion.tell, HOUR, by_day=True),
    Job(retention.clear, DAY),
    Job(registration.remove_old_drafts, HOUR),
    Job(planner.learn, DAY),
)


class Schedule:
    """Calls each job when its time has come; one that fails is logged and holds up no other."""

    def __init__(self, jobs=JOBS):
        self._due_at = dict.fromkeys(jobs, 0.0)

    def run_due(self, *, stopping=lambda: False) -> None:
        """Call what is due. Raises django.db.Error where the database fails."""
        for job, due_at in self._due_at.items():
            if due_at > time.monotonic() or stopping():
                continue
            if job.by_day and timezone.localtime().hour not in BY_DAY:
                continue
            self._due_at[job] = time.monotonic() + job.every.total_seconds()
            try:
                job.run()
            except DatabaseError:
                # Once the database is back it is tried again, not only at its next time.
                self._due_at[job] = 0.0
                raise
            except Exception:
                logger.exception("The job %s failed", job.run.__qualname__)
