"""What other pages show of visits; `innovations` itself knows nothing of them."""

from django import template
from django.db.models import Avg, Count, Subquery, Sum, Window

from innovations.life import Milestone, milestones_of
from visits.family_tree import grow
from visits.itinerary import kept_slugs
from visits.models import Visit, VisitSettings
from visits.models.afterwards import Usefulness
from visits.province_map import draw_map

register = template.Library()

SHOWN = 5


@register.simple_tag
def visits_of(innovation) -> dict:
    """The latest public visits in which `innovation` was shown (`visits`), and `totals` of all.

    `usefulness` is what those who came think of it, once enough of them have said so. One query:
    what is true of all stands in each row.
    """
    answers = innovation.feedback.order_by().values("innovation")
    visits = list(
        Visit.objects.published()
        .that_saw(innovation)
        .only(*Visit.public_fields)
        .annotate(
            all_visits=Window(Count("pk")),
            all_people=Window(Sum("participants")),
            average=Subquery(answers.annotate(value=Avg("usefulness")).values("value")),
            answered=Subquery(answers.annotate(value=Count("pk")).values("value")),
        )[:SHOWN]
    )
    if not visits:
        return {"visits": [], "totals": {"visits": 0, "people": 0}, "usefulness": None}
    first = visits[0]
    return {
        "visits": visits,
        "totals": {"visits": first.all_visits, "people": first.all_people or 0},
        "usefulness": Usefulness.of_enough(average=first.average, people=first.answered),
    }


@register.simple_tag
def adoptions_of(innovation) -> dict:
    """The family `tree` of `innovation` and the `map` of its provinces, in one query."""
    tree = grow(innovation.adoptions.confirmed().for_tree())
    return {"tree": tree, "map": draw_map(tree.adoptions) if tree else None}


@register.simple_tag
def afterwards_of(visit) -> dict:
    """What a delegation asked and adopted, for its private page; empty before the visit."""
    if not visit.has_begun:
        return {}
    return {
        "has_begun": True,
        "questions": visit.asked_questions.select_related("question__innovation").order_by("pk"),
        "adoptions": visit.adoptions.select_related("innovation").order_by("pk"),
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


@register.simple_tag(takes_context=True)
def is_kept(context, slug: str) -> bool:
    """Whether this innovation stands in the itinerary that this browser keeps."""
    return slug in kept_slugs(context["request"])


@register.simple_tag
def days_kept() -> int:
    """For how many days personal data are kept after a visit; one query."""
    return VisitSettings.load().keep_days


@register.filter
def kept_until(visit, days: int):
    """The last day on which the visit's personal data may be kept; None while it is open."""
    return visit.kept_until(days)
