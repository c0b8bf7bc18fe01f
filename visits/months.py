"""Months as calendars show them: week by week, Monday first, as Indonesia counts."""

import calendar
import datetime
import re
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format

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
