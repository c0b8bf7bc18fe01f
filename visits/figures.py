"""The year's figures: who asked, who came from where, to see what, and what was adopted.

A request counts in the year in which it was received, whatever became of it since; a visit counts
in the year of its day, once it is completed. Every figure is counted, none is estimated.
"""

import datetime
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from statistics import median

from django.db.models import Avg, Count, Min, Q, Sum
from django.db.models.functions import Coalesce, ExtractMonth
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from visits.models import Adoption, Feedback, InnovationFeedback, Stop, Visit, VisitEvent
from visits.provinces import Province

# What counts as the city's first answer to a request.
ANSWERS = ("asked", "confirmed", "declined")
# What happens to seats that are freed, and all that belongs to the waiting list.
OFFERS = ("offered", "offer_accepted", "offer_declined", "offer_expired")
WAITING = ("submitted", "waiting_list", *OFFERS)
TAKES_PLACE = (Visit.Status.CONFIRMED, Visit.Status.COMPLETED)
SECONDS_IN_A_DAY = 24 * 60 * 60


@dataclass(frozen=True)
class Headline:
    """A number of the year beside that of the year before; None where nothing is known."""

    label: str
    now: float | None
    before: float | None

    @property
    def change(self) -> float | None:
        """How much more than the year before, negative for less."""
        if self.now is None or self.before is None:
            return None
        return round(self.now - self.before, 1)


@dataclass(frozen=True)
class Month:
    name: str
    requests: int
    visits: int
    people: int


@dataclass(frozen=True)
class Origin:
    """Visits and people from one province, or of one kind of organisation."""

    name: str
    visits: int
    people: int


@dataclass
class InnovationLine:
    """An innovation in the year; `usefulness` is the mean of `ratings` answers from 1 to 5."""

    name: str
    requests: int = 0
    visits: int = 0
    people: int = 0
    adoptions: int = 0
    usefulness: float | None = None
    ratings: int = 0


@dataclass(frozen=True)
class HostLoad:
    """An agency's visits, confirmed ones too, and its busiest month (1 to 12)."""

    agency: str
    visits: int
    busiest: int
    busiest_visits: int
    ceiling: int | None

    @property
    def busiest_name(self) -> str:
        return str(MONTHS[self.busiest])

    @property
    def is_over(self) -> bool:
        """Whether more came in the busiest month than the agency's ceiling says."""
        return self.ceiling is not None and self.busiest_visits > self.ceiling


@dataclass(frozen=True)
class AdoptionLine:
    """Adoptions reported in the year, in one state: confirmed by staff, and yet to confirm."""

    name: str
    confirmed: int
    to_confirm: int


@dataclass(frozen=True)
class Figures:
    """All figures of one year, in the order in which they are shown."""

    year: int
    headlines: list[Headline] = field(default_factory=list)
    statuses: list[Headline] = field(default_factory=list)
    months: list[Month] = field(default_factory=list)
    provinces: list[Origin] = field(default_factory=list)
    kinds: list[Origin] = field(default_factory=list)
    innovations: list[InnovationLine] = field(default_factory=list)
    adoptions: list[AdoptionLine] = field(default_factory=list)
    waiting: list[Headline] = field(default_factory=list)
    hosts: list[HostLoad] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all happened in the year."""
        counted = [*self.statuses, *self.months, *self.innovations, *self.hosts, *self.adoptions]
        return not any(
            getattr(line, name, 0)
            for line in counted
            for name in ("now", "requests", "visits", "adoptions", "confirmed", "to_confirm")
        )

    @property
    def most_wanted(self) -> list[InnovationLine]:
        """The innovations that most requests asked to see."""
        return _top(self.innovations, "requests")

    @property
    def most_visited(self) -> list[InnovationLine]:
        return _top(self.innovations, "visits")


TOP = 10


def _top(lines, name):
    asked = [line for line in lines if getattr(line, name)]
    return sorted(asked, key=lambda line: (-getattr(line, name), line.name))[:TOP]


def years() -> list[int]:
    """The years that have figures, the latest first; this year always. Two queries."""
    first = [
        *Visit.objects.aggregate(Min("held_on"), Min("reported_on")).values(),
        VisitEvent.objects.filter(what="submitted").aggregate(first=Min("at"))["first"],
    ]
    found = [moment.year for moment in first if moment]
    this_year = timezone.localdate().year
    return list(range(this_year, min([this_year, *found]) - 1, -1))


def figures_of(year: int) -> Figures:
    """The figures of `year`, names in the page's language; 15 queries."""
    now, before = _Year(year), _Year(year - 1)
    return Figures(
        year=year,
        headlines=[
            Headline(_("Requests"), len(now.requests), len(before.requests)),
            Headline(_("Visits that took place"), len(now.held), len(before.held)),
            Headline(_("People who came"), now.people, before.people),
            Headline(_("Adoptions reported"), now.adopted, before.adopted),
            Headline(_("Days to the first answer, median"), now.days, before.days),
            Headline(_("Rating of visits, 1 to 5"), now.rating, before.rating),
        ],
        statuses=[
            Headline(status.label, now.statuses[status], before.statuses[status])
            for status in Visit.Status
        ],
        months=now.months(),
        provinces=now.origins("province", Province),
        kinds=now.origins("organisation_kind", Visit.OrganisationKind),
        innovations=now.innovations(),
        adoptions=now.adoption_lines(),
        waiting=now.waiting(),
        hosts=now.hosts(),
    )


class _Year:
    """What was counted in one year; each query is made once."""

    def __init__(self, year):
        self.first, self.last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
        midnight = datetime.time()
        self.begins = timezone.make_aware(datetime.datetime.combine(self.first, midnight))
        self.ends = timezone.make_aware(
            datetime.datetime.combine(datetime.date(year + 1, 1, 1), midnight)
        )

    def _moments(self, name):
        return Q(**{f"{name}__gte": self.begins, f"{name}__lt": self.ends})

    @property
    def _submitted(self):
        return VisitEvent.objects.filter(self._moments("at"), what="submitted")

    @property
    def _held(self):
        return Visit.objects.annotate(day=Coalesce("held_on", "reported_on")).filter(
            status=Visit.Status.COMPLETED, day__range=(self.first, self.last)
        )

    @cached_property
    def requests(self) -> dict:
        """When each request was received, and what it is now, by the visit's key."""
        rows = self._submitted.order_by("-at").values_list("visit", "at", "visit__status")
        return {visit: (at, status) for visit, at, status in rows}

    @cached_property
    def statuses(self) -> Counter:
        return Counter(status for _at, status in self.requests.values())

    @cached_property
    def held(self) -> list[dict]:
        return list(self._held.values("day", "participants", "province", "organisation_kind"))

    @cached_property
    def people(self) -> int:
        return sum(visit["participants"] or 0 for visit in self.held)

    @cached_property
    def days(self) -> float | None:
        """Half of the requests got their first answer within so many days."""
        answers = VisitEvent.objects.filter(
            what__in=ANSWERS, visit__in=self._submitted.values("visit")
        ).order_by("-at")
        first = dict(answers.values_list("visit", "at"))
        waits = [
            (at - self.requests[visit][0]).total_seconds() / SECONDS_IN_A_DAY
            for visit, at in first.items()
        ]
        return round(median(waits), 1) if waits else None

    @cached_property
    def rating(self) -> float | None:
        mean = Feedback.objects.filter(visit__in=self._held.values("pk")).aggregate(
            mean=Avg("rating")
        )["mean"]
        return None if mean is None else round(float(mean), 1)

    @cached_property
    def adoptions(self) -> list[dict]:
        reported = Adoption.objects.filter(
            self._moments("reported_at"), dismissed_at__isnull=True
        ).order_by()
        return list(
            reported.values("innovation", "innovation__name", "state").annotate(
                confirmed=Count("confirmed_at"), total=Count("pk")
            )
        )

    @cached_property
    def adopted(self) -> int:
        return sum(row["total"] for row in self.adoptions)

    def months(self) -> list[Month]:
        requests = Counter(timezone.localtime(at).month for at, _s in self.requests.values())
        visits = Counter(visit["day"].month for visit in self.held)
        people = Counter()
        for visit in self.held:
            people[visit["day"].month] += visit["participants"] or 0
        return [
            Month(str(name), requests[number], visits[number], people[number])
            for number, name in MONTHS.items()
        ]

    def origins(self, name, choices) -> list[Origin]:
        """Those from whom most visits came first; what nobody told stands last."""
        visits, people = Counter(), Counter()
        for visit in self.held:
            visits[visit[name]] += 1
            people[visit[name]] += visit["participants"] or 0
        labels = dict(choices.choices)
        order = sorted(visits, key=lambda key: (not key, -visits[key], str(labels.get(key))))
        return [
            Origin(str(labels.get(key) or _("Not known")), visits[key], people[key])
            for key in order
        ]

    def innovations(self) -> list[InnovationLine]:
        lines = {}

        def line(row):
            return lines.setdefault(row["innovation"], InnovationLine(row["innovation__name"]))

        stops = Stop.objects.order_by().values("innovation", "innovation__name")
        wanted = stops.filter(visit__in=self._submitted.values("visit"))
        for row in wanted.annotate(requests=Count("visit")):
            line(row).requests = row["requests"]
        seen = stops.filter(visit__in=self._held.values("pk")).exclude(answer="declined")
        for row in seen.annotate(visits=Count("visit"), people=Sum("visit__participants")):
            line(row).visits, line(row).people = row["visits"], row["people"] or 0
        rated = InnovationFeedback.objects.filter(feedback__visit__in=self._held.values("pk"))
        for row in (
            rated.order_by()
            .values("innovation", "innovation__name")
            .annotate(mean=Avg("usefulness"), ratings=Count("pk"))
        ):
            line(row).usefulness = round(float(row["mean"]), 1)
            line(row).ratings = row["ratings"]
        for row in self.adoptions:
            line(row).adoptions += row["total"]
        return sorted(lines.values(), key=lambda each: (-each.requests, -each.visits, each.name))

    def adoption_lines(self) -> list[AdoptionLine]:
        confirmed, total = Counter(), Counter()
        for row in self.adoptions:
            confirmed[row["state"]] += row["confirmed"]
            total[row["state"]] += row["total"]
        return [
            AdoptionLine(str(state.label), confirmed[state], total[state] - confirmed[state])
            for state in Adoption.State
        ]

    def waiting(self) -> list[Headline]:
        """How the waiting list went in this year; compared with nothing."""
        waited = Q(what__in=("submitted", "waiting_list"), status="waiting_list")
        events = VisitEvent.objects.filter(self._moments("at"), what__in=WAITING)
        counted = events.aggregate(
            waited=Count("visit", distinct=True, filter=waited),
            seated=Count("visit", distinct=True, filter=waited & Q(visit__status__in=TAKES_PLACE)),
            **{what: Count("pk", filter=Q(what=what)) for what in OFFERS},
        )
        labels = {
            "waited": _("Requests that waited"),
            "seated": _("of these confirmed in the end"),
            "offered": _("Freed seats offered"),
            "offer_accepted": _("Offer accepted"),
            "offer_declined": _("Offer declined"),
            "offer_expired": _("Offer expired"),
        }
        return [Headline(label, counted[name], None) for name, label in labels.items()]

    def hosts(self) -> list[HostLoad]:
        """The agencies that received most first."""
        rows = (
            Stop.objects.filter(
                visit__status__in=TAKES_PLACE, visit__held_on__range=(self.first, self.last)
            )
            .exclude(answer="declined")
            .order_by()
            .values(
                "innovation__agency",
                "innovation__agency__name",
                "innovation__agency__visit_ceiling",
                month=ExtractMonth("visit__held_on"),
            )
            .annotate(visits=Count("visit", distinct=True))
        )
        of_agency = {}
        for row in rows:
            of_agency.setdefault(row["innovation__agency"], []).append(row)
        loads = []
        for months in of_agency.values():
            busiest = max(months, key=lambda row: (row["visits"], -row["month"]))
            loads.append(
                HostLoad(
                    agency=busiest["innovation__agency__name"],
                    visits=sum(row["visits"] for row in months),
                    busiest=busiest["month"],
                    busiest_visits=busiest["visits"],
                    ceiling=busiest["innovation__agency__visit_ceiling"],
                )
            )
        return sorted(loads, key=lambda load: (-load.visits, load.agency))
