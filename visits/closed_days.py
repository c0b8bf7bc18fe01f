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


@lru_cache(maxsize=32)
def public_holidays(year: int, language: str = "id") -> dict[datetime.date, str]:
    """Indonesia's public holidays of `year` with their names in `language` (`id` or `en`)."""
    return dict(holidays.country_holidays("ID", years=year, language=HOLIDAY_LANGUAGES[language]))


def closed_dates(first: datetime.date, last: datetime.date) -> dict[datetime.date, str]:
    """What closes each closed working day from `first` to `last`: a holiday, or staff's own word.

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
        closed[own.date] = own.reason or _("Closed")
    return closed


def is_weekend(day: datetime.date) -> bool:
    return day.isoweekday() in WEEKEND


def earliest_day(lead_days: int | None = None) -> datetime.date:
    """The first day for which a delegation may ask today.

    `lead_days` working days lie between; None takes the setting. Two queries at most.
    """
    from visits.models import VisitSettings

    left = VisitSettings.load().lead_days if lead_days is None else lead_days
    day = timezone.localdate()
    closed = closed_dates(day, day + datetime.timedelta(days=3 * left + 60))
    while left:
        day += datetime.timedelta(days=1)
        left -= not (is_weekend(day) or day in closed)
    return max(day, timezone.localdate() + datetime.timedelta(days=1))
