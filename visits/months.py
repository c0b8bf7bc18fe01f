"""Months as calendars show them: week by week, Monday first, as Indonesia counts; with days."""

import calendar
import datetime
import re
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.formats import date_format

from visits.closed_days import closed_dates, is_weekend

ONE_DAY = datetime.timedelta(days=1)
KEY = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, order=True)
class Month:
    """A month of a year; months are in order, and known by keys such as `2027-03`."""

    year: int
    number: int

    @classmethod
    def of(cls, day: datetime.date) -> "Month":
        return cls(day.year, day.month)

    @classmethod
    def current(cls) -> "Month":
        return cls.of(timezone.localdate())

    @classmethod
    def from_key(cls, key: str) -> "Month | None":
        """The month of this century that `key` names, or None."""
        match = KEY.fullmatch(key)
        return match and cls(int(match[1]), int(match[2]))

    def __str__(self):
        return date_format(self.first, "F Y")

    @property
    def key(self) -> str:
        return f"{self.year}-{self.number:02}"

    @property
    def first(self) -> datetime.date:
        return datetime.date(self.year, self.number, 1)

    @property
    def last(self) -> datetime.date:
        return self.first.replace(day=calendar.monthrange(self.year, self.number)[1])

    @property
    def weeks(self) -> list[list[datetime.date]]:
        """Its weeks of seven days each; the first and last may reach into other months."""
        return calendar.Calendar().monthdatescalendar(self.year, self.number)

    def nearest(self, months) -> "Month":
        """This month, or the first or last of `months` (in order) where it lies beyond them."""
        return min(max(self, months[0]), months[-1])

    def neighbours(self, months) -> "tuple[Month | None, Month | None]":
        """The months of `months` (in order, none twice) before and after this one."""
        before = [month for month in months if month < self]
        after = [month for month in months if month > self]
        return (before[-1] if before else None), (after[0] if after else None)


@dataclass
class Day:
    """A day of a calendar; `closed` says why nobody is received, and is empty otherwise."""

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
        return self.in_month and bool(self.closed or self.slots or self.visits)


class CalendarOfDays:
    """The days of the weeks of `month`, those closed marked so; what else they hold is added."""

    day_class = Day

    def __init__(self, month: Month):
        self.month = month
        self._days = {
            date: self.day_class(date, in_month=Month.of(date) == month)
            for week in month.weeks
            for date in week
        }
        for date, reason in closed_dates(month.first, month.last).items():
            self._days[date].closed = reason

    @property
    def weeks(self) -> list[list[Day]]:
        return [[self._days[date] for date in week] for week in self.month.weeks]

    def _put(self, visit, begins: datetime.date, ends: datetime.date):
        """Show `visit` on each day of the month from `begins` to `ends`."""
        date = max(begins, self.month.first)
        while date <= min(ends, self.month.last):
            self._days[date].visits.append(visit)
            date += ONE_DAY
