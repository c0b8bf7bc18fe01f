"""How many visits an agency receives in a month, and how many it can.

Counted are visits that are confirmed or took place, and in whose itinerary the agency has a stop
that it has not declined. Delegations that join another's visit count once with it.
"""

import datetime
from dataclasses import dataclass

from django.db.models import Count
from django.db.models.functions import Coalesce
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from innovations.models import Agency
from visits.models import Stop, Visit

COUNTED = (Visit.Status.CONFIRMED, Visit.Status.COMPLETED)


@dataclass(frozen=True)
class HostLoad:
    """The visits of one agency in the month of `day`; `ceiling` is None where it has none."""

    agency: Agency
    day: datetime.date
    visits: int
    ceiling: int | None

    @property
    def is_full(self) -> bool:
        """Whether one visit more would be over the ceiling."""
        return self.ceiling is not None and self.visits >= self.ceiling

    @property
    def month(self) -> str:
        return f"{MONTHS[self.day.month]} {self.day.year}"

    def __str__(self):
        what = {"agency": self.agency.abbreviation, "visits": self.visits, "month": self.month}
        if self.ceiling is None:
            return (
                ngettext(
                    "%(agency)s: %(visits)d visit in %(month)s.",
                    "%(agency)s: %(visits)d visits in %(month)s.",
                    self.visits,
                )
                % what
            )
        return _("%(agency)s: %(visits)d of %(ceiling)d visits in %(month)s.") % (
            what | {"ceiling": self.ceiling}
        )

    @property
    def with_one_more(self) -> str:
        """What one visit more would mean."""
        if not self.is_full:
            return _("%(load)s This would be number %(next)d.") % {
                "load": self,
                "next": self.visits + 1,
            }
        return _("%(load)s This would be number %(next)d: over the ceiling.") % {
            "load": self,
            "next": self.visits + 1,
        }


def load_of(agency: Agency, day: datetime.date, *, without: Visit | None = None) -> HostLoad:
    """The load of one agency in the month of `day`, the visit `without` left out; one query."""
    return _loads([agency], day, without)[0]


def loads_of(visit: Visit, day: datetime.date) -> list[HostLoad]:
    """The loads that `visit` would add to on `day`, by agency: without it; two queries.

    An agency that receives the visit which this one joins has counted it already.
    """
    agencies = Agency.objects.filter(
        innovations__stops__in=visit.stops.exclude(answer=Stop.Answer.DECLINED)
    )
    if visit.joins_id:
        agencies = agencies.exclude(pk__in=_counted(day).filter(group=visit.joins_id))
    return _loads(list(agencies.distinct().order_by("abbreviation")), day, visit)


def _counted(day):
    """(agency, group) of every stop that counts in the month of `day`."""
    return (
        Stop.objects.filter(
            visit__status__in=COUNTED,
            visit__held_on__year=day.year,
            visit__held_on__month=day.month,
        )
        .exclude(answer=Stop.Answer.DECLINED)
        .annotate(group=Coalesce("visit__joins", "visit"))
        .order_by()
        .values("innovation__agency")
    )


def _loads(agencies, day, without):
    counted = _counted(day).filter(innovation__agency__in=agencies)
    if without is not None:
        counted = counted.exclude(visit=without.pk)
    visits = dict(
        counted.annotate(visits=Count("group", distinct=True)).values_list(
            "innovation__agency", "visits"
        )
    )
    return [
        HostLoad(agency, day, visits.get(agency.pk, 0), agency.visit_ceiling)
        for agency in agencies
    ]
