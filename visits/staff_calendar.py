"""The month as staff see it: visits agreed on, requests for a day, slots, closed days."""

import datetime
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone

from visits.closed_days import closed_dates, is_weekend
from visits.models import TimeSlot, Visit
from visits.months import Month

AGREED = (Visit.Status.CONFIRMED, Visit.Status.COMPLETED)
ONE_DAY = datetime.timedelta(days=1)


@dataclass
class Day:
    """A day of the calendar; `closed` says why nobody is received, and is empty otherwise."""

    date: datetime.date
    in_month: bool
    closed: str = ""
    slots: list = field(default_factory=list)
    visits: list = field(default_factory=list)

    @property
    def is_today(self) -> bool:
        return self.date == timezone.localdate()

    @property
    def is_weekend(self) -> bool:
        return is_weekend(self.date)

    @property
    def has_something(self) -> bool:
        return self.in_month and bool(self.closed or self.slots or self.visits or self.is_today)


def may_see(user) -> bool:
    """Whether `user` has any business here: with visits, or with the stops of an agency."""
    return user.has_perm("visits.view_visit") or user.has_perm("visits.view_stop")


class StaffCalendar:
    """The calendar of `month` for `user`, in three queries, however much the month holds.

    Visit officers see every visit and slot; hosts see the visits with a stop of their agency
    that they have not declined.
    """

    def __init__(self, month: Month, user):
        self.month, self.user = month, user
        self.is_whole = user.has_perm("visits.view_visit")
        self._days = {
            date: Day(date, in_month=Month.of(date) == month)
            for week in month.weeks
            for date in week
        }
        self._fill()

    @property
    def weeks(self) -> list[list[Day]]:
        return [[self._days[date] for date in week] for week in self.month.weeks]

    @property
    def previous(self) -> Month:
        return Month.of(self.month.first - ONE_DAY)

    @property
    def next(self) -> Month:
        return Month.of(self.month.last + ONE_DAY)

    @property
    def totals(self) -> dict[str, int]:
        """How many visits are agreed on (`visits`) for how many people, and how many ask."""
        visits = {visit.pk: visit for day in self._days.values() for visit in day.visits}
        agreed = [visit for visit in visits.values() if visit.status in AGREED]
        return {
            "visits": len(agreed),
            "people": sum(visit.people for visit in agreed),
            "requests": len(visits) - len(agreed),
        }

    def _fill(self):
        first, last = self.month.first, self.month.last
        for date, reason in closed_dates(first, last).items():
            self._days[date].closed = reason
        if self.is_whole:
            for slot in TimeSlot.objects.filter(date__range=(first, last)):
                self._days[slot.date].slots.append(slot)
        for visit in self._visits():
            visit.people = visit.participants or visit.expected_participants or 0
            visit.is_agreed = visit.status in AGREED
            begins = visit.held_on if visit.is_agreed else _asked_for(visit)
            ends = (visit.is_agreed and visit.held_until) or begins
            for day in self._days.values():
                if day.in_month and begins <= day.date <= ends:
                    day.visits.append(visit)
        for day in self._days.values():
            day.visits.sort(key=_by_hour)

    def _visits(self):
        month = (self.month.first, self.month.last)
        agreed = Visit.objects.held_between(*month).filter(status__in=AGREED)
        asked = Visit.objects.open().filter(
            Q(slot__date__range=month) | Q(slot__isnull=True, wished_on__range=month)
        )
        return (agreed | asked).visible_to(self.user).select_related("slot").order_by("pk")


def _asked_for(visit) -> datetime.date:
    return visit.slot.date if visit.slot else visit.wished_on


def _by_hour(visit):
    """Those agreed on first, the earliest hour first, those without an hour last."""
    hour = visit.slot.starts_at if visit.slot else datetime.time.max
    return (not visit.is_agreed, hour, visit.pk)
