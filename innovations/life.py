"""An innovation's life as a timeline: begun, tried, in use, awarded, and what others add."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from innovations.models import Source

STEPS = {
    "started_on": ("seed", _("The initiative began")),
    "trialled_on": ("bud", _("The trial began")),
    "implemented_on": ("bloom", _("Taken into use")),
}


@dataclass(frozen=True)
class Milestone:
    """One point of a life.

    `when` is an ISO 8601 date as exact as it is known, by which milestones sort; `kind` names the
    drawing beside it (seed, bud, bloom, award, visit); `sources` carry it, or else `item` is the
    award or visit that it tells of.
    """

    when: str
    kind: str
    label: str = ""
    sources: tuple[Source, ...] = ()
    item: Any = None


def milestones_of(innovation, *others: Milestone) -> list[Milestone]:
    """The milestones that the innovation itself records, and `others`, the earliest first."""
    own = [
        Milestone(date, kind, label=label, sources=_sources_of(innovation, field))
        for field, (kind, label) in STEPS.items()
        if (date := getattr(innovation, field))
    ]
    awards = [
        Milestone(award.awarded_on, "award", item=award) for award in innovation.awards.all()
    ]
    return sorted([*own, *awards, *others], key=lambda milestone: milestone.when)


def _sources_of(innovation, fact) -> tuple[Source, ...]:
    citations = innovation.citations.all()
    return tuple(citation.source for citation in citations if citation.fact == fact)
