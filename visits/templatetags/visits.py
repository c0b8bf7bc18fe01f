"""What other pages show of visits; `innovations` itself knows nothing of them."""

from django import template

from visits.models import Visit

register = template.Library()

SHOWN = 5


@register.inclusion_tag("visits/_cards.html")
def latest_visits(number: int):
    """Cards of the `number` latest public visits."""
    return {"visits": Visit.objects.published().for_cards()[:number]}


@register.inclusion_tag("visits/_of_innovation.html")
def visits_of(innovation):
    """The public visits in which `innovation` was shown, the latest first, and their totals."""
    visits = Visit.objects.published().filter(innovations=innovation)
    return {"innovation": innovation, "visits": visits[:SHOWN], "totals": visits.totals()}
