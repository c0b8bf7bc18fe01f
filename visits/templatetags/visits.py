"""What other pages show of visits; `innovations` itself knows nothing of them."""

from django import template
from django.db.models import Count, Sum, Window

from innovations.life import Milestone, milestones_of
from visits.itinerary import kept_slugs
from visits.models import Visit, VisitSettings

register = template.Library()

SHOWN = 5


@register.inclusion_tag("visits/_cards.html")
def latest_visits(number: int):
    """Cards of the `number` latest public visits."""
    return {"visits": Visit.objects.published().for_cards()[:number]}


@register.simple_tag
def visits_of(innovation) -> dict:
    """The latest public visits in which `innovation` was shown (`visits`), and `totals` of all."""
    visits = list(
        Visit.objects.published()
        .filter(innovations=innovation)
        .annotate(all_visits=Window(Count("pk")), all_people=Window(Sum("participants")))[:SHOWN]
    )
    return {
        "visits": visits,
        "totals": {
            "visits": visits[0].all_visits if visits else 0,
            "people": visits[0].all_people or 0 if visits else 0,
        },
    }


@register.simple_tag
def life_of(innovation, visits) -> list[Milestone]:
    """The milestones of `innovation`, these visits among them, the earliest first."""
    return milestones_of(
        innovation, *(Milestone(visit.day.isoformat(), "visit", item=visit) for visit in visits)
    )


@register.simple_tag(takes_context=True)
def stops_kept(context) -> int:
    """How many innovations stand in the itinerary that this browser keeps."""
    return len(kept_slugs(context["request"])) if "request" in context else 0


@register.inclusion_tag("visits/_add_to_visit.html", takes_context=True)
def add_to_visit(context, innovation):
    """The button that puts `innovation` into the reader's itinerary, or the way to it."""
    return {
        "innovation": innovation,
        "is_kept": innovation.slug in kept_slugs(context["request"]),
    }


@register.simple_tag
def days_kept() -> int:
    """For how many days personal data are kept after a visit; one query."""
    return VisitSettings.load().keep_days


@register.filter
def kept_until(visit, days: int):
    """The last day on which the visit's personal data may be kept; None while it is open."""
    return visit.kept_until(days)
