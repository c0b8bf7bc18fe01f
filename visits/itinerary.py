"""What a delegation wants to see, before it asks for anything: its itinerary in the making.

It is a list of slugs in the order of the visit, kept in the session of a browser or carried by the
address of a page that somebody shares.
"""

import re
from collections import Counter
from collections.abc import Iterable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from innovations.models import Innovation

MOST_STOPS = 12
SESSION_KEY = "itinerary"
WORKING_WEEK = range(1, 6)
# What may be kept of an address or a form: as much as the longest slug, and far more than fit.
SLUG = re.compile(r"[\w-]{1,80}")
MOST_KEPT = 50


def as_slugs(values: Iterable[str]) -> list[str]:
    """`values` without what can be no slug, and each only once."""
    return [slug for slug in dict.fromkeys(values) if SLUG.fullmatch(slug)][:MOST_KEPT]


def kept_slugs(request) -> list[str]:
    """The itinerary that this browser keeps.

    A reader without a session is not looked up: the answer then depends on no cookie.
    """
    session = getattr(request, "session", None)
    if session is None:
        return []
    if not (request.COOKIES.get(settings.SESSION_COOKIE_NAME) or session.modified):
        return []
    return session.get(SESSION_KEY, [])


def keep_slugs(request, slugs: Iterable[str]) -> None:
    """Have this browser keep `slugs` as its itinerary; without any, nothing is kept."""
    if slugs := as_slugs(slugs):
        request.session[SESSION_KEY] = slugs
    else:
        request.session.pop(SESSION_KEY, None)


class Itinerary:
    """Innovations to be seen on one visit, in order, and what each of them asks for.

    `left_out` counts those that somebody chose and that cannot be visited, or no longer.
    """

    def __init__(self, innovations: Iterable[Innovation], left_out: int = 0):
        self.innovations = list(innovations)
        self.left_out = left_out

    @classmethod
    def of_slugs(cls, slugs: Iterable[str]) -> "Itinerary":
        """What can be visited of `slugs`, in their order; one query."""
        slugs = as_slugs(slugs)
        found = Innovation.objects.open_to_visitors().filter(slug__in=slugs)
        by_slug = {innovation.slug: innovation for innovation in found}
        innovations = [by_slug[slug] for slug in slugs if slug in by_slug]
        return cls(innovations, left_out=len(slugs) - len(innovations))

    def __iter__(self):
        return iter(self.innovations)

    def __len__(self):
        return len(self.innovations)

    @property
    def slugs(self) -> list[str]:
        return [innovation.slug for innovation in self]

    @property
    def query(self) -> str:
        """The query of an address at which this itinerary opens again, such as `i=data-go,kir`."""
        return f"i={','.join(self.slugs)}"

    @property
    def largest_group(self) -> int | None:
        """How many persons all of them can receive, as far as they have said."""
        return min(filter(None, (each.visit_max_group for each in self)), default=None)

    @property
    def lead_days(self) -> int:
        """How many working days ahead the slowest of them must be asked."""
        return max((each.visit_lead_days or 0 for each in self), default=0)

    @property
    def closed_weekdays(self) -> list[str]:
        """The names of the working days on which at least one of them receives nobody."""
        closed = {number for each in self for number in each.closed_weekdays}
        return [str(WEEKDAYS[number - 1]) for number in WORKING_WEEK if number in closed]

    def clashes(self) -> list[ValidationError]:
        """Why these cannot be seen on one visit at all, whatever the day and the delegation."""
        clashes = []
        closed = Counter(number for each in self for number in set(each.closed_weekdays))
        if all(closed[number] for number in WORKING_WEEK):
            clashes.append(
                ValidationError(
                    _(
                        "There is no day from Monday to Friday on which all of them receive "
                        "visitors: %(closed)s. Take one out, and ask for it in a visit of its own."
                    ),
                    code="no_common_day",
                    params={"closed": "; ".join(map(_closed_days, filter(_is_closed, self)))},
                )
            )
        spoken = [set(each.visit_languages.split(",")) for each in self if each.visit_languages]
        if spoken and not set.intersection(*spoken):
            clashes.append(
                ValidationError(
                    _(
                        "They are shown in different languages: %(languages)s. Take one out, and "
                        "ask for it in a visit of its own."
                    ),
                    code="no_common_language",
                    params={
                        "languages": "; ".join(
                            f"{each} ({each.get_visit_languages_display()})"
                            for each in self
                            if each.visit_languages
                        )
                    },
                )
            )
        return clashes

    def too_many(self, people: int | None) -> list[ValidationError]:
        """One error for each innovation that cannot receive `people` persons at once."""
        return [
            ValidationError(
                _(
                    "%(innovation)s receives at most %(most)s persons at a time. Come with fewer, "
                    "or take it out of the itinerary."
                ),
                code="group_too_large",
                params={"innovation": each.name, "most": each.visit_max_group},
            )
            for each in self
            if people and each.visit_max_group and each.visit_max_group < people
        ]

    def not_spoken(self, language: str | None) -> list[ValidationError]:
        """One error for each innovation that is not shown in `language` (`id` or `en`)."""
        return [
            ValidationError(
                _(
                    "%(innovation)s is shown in this language alone: %(languages)s. Choose it for "
                    "the visit, or take the innovation out of the itinerary."
                ),
                code="language",
                params={
                    "innovation": each.name,
                    "languages": each.get_visit_languages_display(),
                },
            )
            for each in self
            if language and each.visit_languages and language not in each.visit_languages
        ]

    def closed_on(self, day) -> list[ValidationError]:
        """One error for each innovation that receives nobody on the weekday of `day`."""
        return [
            ValidationError(
                _(
                    "%(innovation)s receives no visitors on a %(weekday)s. Choose another day, or "
                    "take it out of the itinerary."
                ),
                code="closed_weekday",
                params={"innovation": each.name, "weekday": date_format(day, "l")},
            )
            for each in self
            if day.isoweekday() in each.closed_weekdays
        ]


def _is_closed(innovation) -> bool:
    return bool(innovation.closed_weekdays)


def _closed_days(innovation) -> str:
    days = ", ".join(map(str, innovation.closed_day_names))
    return _("%(innovation)s is closed on %(days)s") % {"innovation": innovation, "days": days}
