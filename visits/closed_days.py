"""On which days the city receives nobody, and how far ahead a delegation must ask."""

import datetime
from functools import lru_cache

import holidays
from django.utils import timezone
from django.utils.translation import gettext as _

from innovations.bilingual import page_language

WEEKEND = {6, 7}
# The library's names of languages; it knows Indonesia's holidays in both.
HOLIDAY_LANGUAGES = {"id": "id", "en": "en_US"}


# Offices are closed on both: public holidays, and the joint leave (cuti bersama) around them.
HOLIDAY_KINDS = (holidays.PUBLIC, holidays.GOVERNMENT)
# How far ahead closed days are looked up: longer than any closure that the admin takes at once.
HORIZON = datetime.timedelta(days=366)


@lru_cache(maxsize=32)
def public_holidays(year: int, language: str = "id") -> dict[datetime.date, str]:
    """Indonesia's holidays and joint leave of `year`, by name in `language` (`id` or `en`).

    A day that the government has yet to fix says so in its name: “(perkiraan)”, “(estimated)”.
    """
    return dict(
        holidays.country_holidays(
            "ID", years=year, language=HOLIDAY_LANGUAGES[language], categories=HOLIDAY_KINDS
        )
    )


def is_estimated(name: str) -> bool:
    """Whether the holiday of this name falls on the day by calculation alone."""
    return "(perkiraan)" in name or "(estimated)" in name


def closed_dates(first: datetime.date, last: datetime.date) -> dict[datetime.date, str]:
    """What closes each day from `first` to `last`: a holiday, staff's own word, or both.

    Weekends are left out unless something else closes them; one query.
    """
    from visits.models import ClosedDate

    closed = {}
    for year in range(first.year, last.year + 1):
        closed |= {
            day: name
            for day, name in public_holidays(year, page_language()).items()
            if first <= day <= last
        }
    for own in ClosedDate.objects.filter(date__range=(first, last)):
        reasons = [closed.get(own.date), own.reason]
        closed[own.date] = "; ".join(filter(None, reasons)) or _("Closed")
    return closed


def is_weekend(day: datetime.date) -> bool:
    return day.isoweekday() in WEEKEND


def earliest_day(lead_days: int | None = None) -> datetime.date:
    """The first day for which a delegation may ask today.

    It is `lead_days` working days away; None takes the setting. Two queries at most.
    """
    from visits.models import VisitSettings

    left = VisitSettings.load().lead_days if lead_days is None else lead_days
    day = timezone.localdate()
    closed = closed_dates(day, day + HORIZON)
    while left:
        day += datetime.timedelta(days=1)
        left -= not (is_weekend(day) or day in closed)
    return max(day, timezone.localdate() + datetime.timedelta(days=1))
