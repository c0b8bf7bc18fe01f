"""What the public calendar shows of a month: free slots, closed days, visits that are public."""

import datetime
from dataclasses import dataclass, field

from django.utils import timezone

from visits.closed_days import closed_dates, earliest_day, is_estimated, is_weekend
from visits.models import TimeSlot, Visit, VisitSettings
from visits.months import Month


@dataclass
class Day:
    """A day of the calendar; `closed` says why nobody is received, and is empty otherwise."""

    date: datetime.date
    in_month: bool
    is_over: bool  # past, or too near to be asked for
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
        return self.in_month and bool(self.closed or self.slots or self.visits)


class PublicCalendar:
    """The calendar of one month, in five queries, however much the month holds."""

    def __init__(self, month: Month):
        self.month = month
        self.lead_days = VisitSettings.load().lead_days
        self.earliest_day = earliest_day(self.lead_days)
        self._days = self._filled_days()

    @staticmethod
    def first_month() -> Month:
        """The month of the first slot that can still be asked for, or else the present one."""
        slot = TimeSlot.objects.open_for_requests().with_free_seats().first()
        return Month.of(slot.date) if slot else Month.current()

    @staticmethod
    def months() -> list[Month]:
        """The months worth looking at: the current one, and whichever holds anything."""
        slots = TimeSlot.objects.public().dates("date", "month")
        visits = Visit.objects.published().dates("held_on", "month")
        return sorted({Month.current(), *map(Month.of, slots), *map(Month.of, visits)})

    @property
    def weeks(self) -> list[list[Day]]:
        return [[self._days[date] for date in week] for week in self.month.weeks]

    @property
    def days(self) -> list[Day]:
        """The days of the month on which there is anything to tell."""
        return [day for day in self._days.values() if day.has_something]

    @property
    def has_slots(self) -> bool:
        return any(day.slots for day in self._days.values())

    @property
    def has_estimates(self) -> bool:
        """Whether a holiday of the month is calculated and not fixed yet."""
        return any(is_estimated(day.closed) for day in self._days.values())

    @property
    def is_past(self) -> bool:
        return self.month < Month.current()

    @property
    def is_partly_too_soon(self) -> bool:
        """Whether days of the month that are still to come are too near to ask for."""
        return self.month.first < self.earliest_day and self.month.last >= timezone.localdate()

    def _filled_days(self) -> dict[datetime.date, Day]:
        first, last = self.month.first, self.month.last
        days = {
            date: Day(
                date, in_month=Month.of(date) == self.month, is_over=date < self.earliest_day
            )
            for week in self.month.weeks
            for date in week
        }
        for date, reason in closed_dates(first, last).items():
            days[date].closed = reason
        now = timezone.now()
        for slot in TimeSlot.objects.public().filter(date__range=(first, last)):
            slot.has_begun = slot.starts <= now
            slot.is_too_soon = slot.date < self.earliest_day
            days[slot.date].slots.append(slot)
        for visit in Visit.objects.published().held_between(first, last):
            for day in days.values():
                if day.in_month and visit.held_on <= day.date <= (
                    visit.held_until or visit.held_on
                ):
                    day.visits.append(visit)
        return days
