"""What other pages show of visits; `innovations` itself knows nothing of them."""

from django import template

from innovations.life import Milestone, milestones_of
from visits.models import Visit

register = template.Library()

SHOWN = 5


@register.inclusion_tag("visits/_cards.html")
def latest_visits(number: int):
    """Cards of the `number` latest public visits."""
    return {"visits": Visit.objects.published().for_cards()[:number]}


@register.simple_tag
def visits_of(innovation) -> dict:
    """The latest public visits in which `innovation` was shown (`visits`), and `totals` of all."""
    visits = Visit.objects.published().filter(innovations=innovation)
    return {"visits": list(visits[:SHOWN]), "totals": visits.totals()}


@register.simple_tag
def life_of(innovation, visits) -> list[Milestone]:
    """The milestones of `innovation`, these visits among them, the earliest first."""
    return milestones_of(
        innovation, *(Milestone(visit.day.isoformat(), "visit", item=visit) for visit in visits)
    )
