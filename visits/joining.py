"""Which other delegation's visit one could join, instead of having one of its own."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.db.models.functions import Coalesce

from visits.forms.date import SlotChoice
from visits.itinerary import Itinerary
from visits.models import Visit

NEARBY = timedelta(days=14)
MOST_OFFERS = 3


@dataclass(frozen=True)
class JoinOffer:
    """A visit that allows others to join, with room for them, and what both want to see."""

    visit: Visit
    day: date
    choice: SlotChoice | None
    shared: list[str]


def offers_to_join(
    *, itinerary: Itinerary, choices: dict[str, SlotChoice], day: date
) -> list[JoinOffer]:
    """Up to three offers, the nearest to `day` first; two queries.

    A visit in a slot is offered within two weeks of `day`, where the slot (one of `choices`, by
    its primary key) suits and has seats enough; one without a slot on that very day.
    """
    with_room = [key for key, choice in choices.items() if not (choice.problems or choice.waits)]
    visits = (
        Visit.objects.filter(
            open_to_joining=True,
            status__in=[*Visit.open_statuses, Visit.Status.CONFIRMED],
            stops__innovation__in=itinerary.innovations,
        )
        .annotate(planned_on=Coalesce("held_on", "wished_on"))
        .filter(
            Q(slot__in=with_room, seats__gt=0, offered_until__isnull=True)
            & Q(slot__date__range=(day - NEARBY, day + NEARBY))
            | Q(slot__isnull=True, planned_on=day)
        )
        .distinct()
        .prefetch_related("stops__innovation")
    )
    offers = [_offer(visit, itinerary, choices) for visit in visits]
    # A host that has declined receives nobody, whoever asks to come along.
    offers = [offer for offer in offers if offer.shared]
    return sorted(offers, key=lambda each: (abs(each.day - day), each.visit.pk))[:MOST_OFFERS]


def _offer(visit, itinerary, choices) -> JoinOffer:
    wanted = set(itinerary)
    choice = choices[str(visit.slot_id)] if visit.slot_id else None
    return JoinOffer(
        visit=visit,
        day=choice.slot.date if choice else visit.planned_on,
        choice=choice,
        shared=[
            stop.innovation.name
            for stop in visit.stops.all()
            if stop.innovation in wanted and stop.answer != stop.Answer.DECLINED
        ],
    )
