from datetime import datetime, time, timedelta

from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone

from innovations.models import Innovation
from visits.models.private_link import PrivateLinkQuerySet, hash_of_link

__all__ = ["VisitQuerySet", "hash_of_link"]

# So many days after its last day, and after anybody has touched it, a visit is forgotten.
FORGOTTEN_AFTER = 30
# The same for one that names no day at all: somebody may have asked for the year to come.
DAYLESS_FORGOTTEN_AFTER = 365
# Every day that a visit may name, as a lookup.
DAYS = ("held_on", "held_until", "slot__date", "wished_on", "alternative_on", "reported_on")


def _one_if(condition):
    return models.Case(models.When(condition, then=1), default=0)


def _count_of(queryset, visit="visit"):
    """How many of `queryset` belong to each visit, 0 where none does."""
    counted = queryset.filter(**{visit: models.OuterRef("pk")}).order_by().values(visit)
    return Coalesce(models.Subquery(counted.annotate(n=models.Count("pk")).values("n")), 0)


class VisitQuerySet(PrivateLinkQuerySet):
    def published(self):
        """Past visits that staff have made public, the newest first."""
        # That such a visit is completed, the database makes sure of.
        return (
            self.filter(published_at__isnull=False)
            .annotate(day=Coalesce("held_on", "reported_on"))
            .order_by("-day", "pk")
        )

    def held_between(self, first, last):
        """Visits of which some day lies from `first` to `last`."""
        # Each half has an index of its own to go by.
        return self.filter(
            models.Q(held_on__range=(first, last))
            | models.Q(held_on__lt=first, held_until__gte=first)
        )

    def that_saw(self, innovation):
        """Visits on whose itinerary `innovation` stands, unless its host declined."""
        stops = self._stops.shown()
        return self.filter(pk__in=stops.filter(innovation=innovation).values("visit"))

    def visible_to(self, user):
        """What `user` may see: all for visit officers, else what the own agency still hosts."""
        if user.has_perm("visits.view_visit"):
            return self
        own = self._stops.hosted_by(user).exclude(answer="declined")
        return self.filter(pk__in=own.values("visit"))

    def open(self):
        """Requests to which the city owes an answer."""
        return self.filter(status__in=self.model.open_statuses)

    def past(self):
        """Confirmed visits whose last day has passed: did they take place?"""
        return self.filter(status=self.model.Status.CONFIRMED).filter(
            models.Q(held_until__lt=timezone.localdate())
            | models.Q(held_until__isnull=True, held_on__lt=timezone.localdate())
        )

    def forgotten(self):
        """Visits of people that nobody has ended a month after the last day that they name.

        Confirmed ones and open requests; whatever was changed within that month is still in hand.
        """
        today = timezone.localdate()
        limit = today - timedelta(days=FORGOTTEN_AFTER)
        dayless = models.Q(**{f"{day}__isnull": True for day in DAYS})
        over = models.Q(updated_at__date__lt=limit)
        for day in DAYS:
            over &= models.Q(**{f"{day}__isnull": True}) | models.Q(**{f"{day}__lt": limit})
        long_ago = today - timedelta(days=DAYLESS_FORGOTTEN_AFTER)
        return self.filter(
            over,
            ~dayless | models.Q(updated_at__date__lt=long_ago),
            self._of_people(),
            status__in=[*self.model.open_statuses, self.model.Status.CONFIRMED],
        )

    def waiting_for_seats(self):
        """The waiting list: requests to which no seats are offered, the longest waiting first."""
        waiting = [self.model.Status.WAITING_LIST, self.model.Status.NEEDS_INFORMATION]
        return self.filter(status__in=waiting, seats=0, waiting_since__isnull=False).order_by(
            "waiting_since", "pk"
        )

    def with_plan(self):
        """Each with `planned_on`, its agreed, slot's or wished day.

        And with `stops_asked` and `stops_silent`: its stops, and those still unanswered.
        """
        stops = self.model.stops.rel.related_model.objects.filter(visit=models.OuterRef("pk"))

        def count(stops):
            counted = stops.order_by().values("visit").annotate(number=models.Count("pk"))
            return Coalesce(models.Subquery(counted.values("number")), 0)

        return self.annotate(
            planned_on=Coalesce("held_on", "slot__date", "wished_on"),
            stops_asked=count(stops),
            stops_silent=count(stops.filter(answer="pending")),
        )

    def planned_between(self, first, last):
        """Visits whose `planned_on` (`with_plan`) lies from `first` to `last`.

        Each kind of day finds its candidates by an index of its own. That a day is none that
        counts is looked up only of those: asked for visits without a day, SQLite reads them all.
        """
        days = (first, last)
        slots = self.model.slot.field.related_model.objects.filter(date__range=days).order_by()
        visits = self.model._default_manager.order_by()  # noqa: SLF001 (documented API)
        planned = visits.alias(day_planned=Coalesce("held_on", "slot__date", "wished_on")).filter(
            day_planned__range=days
        )
        found = (
            visits.filter(held_on__range=days)
            .values("pk")
            .union(
                planned.filter(slot__in=slots.values("pk")).values("pk"),
                planned.filter(wished_on__range=days).values("pk"),
            )
        )
        return self.filter(pk__in=found)

    def with_silent_hosts(self):
        """Visits to come on which a host has yet to say yes or no."""
        return self.filter(
            models.Exists(
                self.model.stops.rel.related_model.objects.unanswered().filter(
                    visit=models.OuterRef("pk")
                )
            )
        )

    def with_offer(self):
        """Requests that may take freed seats now."""
        return self.filter(offered_until__gt=timezone.now())

    def without_refused_offer(self):
        """Those who have never declined an offer of seats, nor let one expire."""
        refused = self.model.events.rel.related_model.objects.filter(
            visit=models.OuterRef("pk"), what__in=["offer_declined", "offer_expired"]
        )
        return self.filter(~models.Exists(refused))

    def with_expired_offer(self):
        """Requests whose time to take freed seats is over."""
        return self.filter(offered_until__lte=timezone.now())

    def with_offer_running_out(self):
        """Requests that have a day or less left to take the seats kept for them."""
        return self.filter(offered_until__lte=timezone.now() + timedelta(days=1))

    def due_for_erasure(self, within_days: int = 0):
        """Visits whose personal data have been kept for as long as was promised (a setting).

        With `within_days`, also those of which that is so in so many days. Counted from the
        last day of a visit that took place, else from the last change.
        """
        from visits.models.settings import VisitSettings

        limit = timezone.localdate() - timedelta(days=VisitSettings.load().keep_days - within_days)
        completed = models.Q(status=self.model.Status.COMPLETED)
        dayless = models.Q(held_on__isnull=True)
        over = completed & models.Q(last_day__lt=limit)
        # A moment, not a date: an index serves it, and SQLite need not ask Python for each row.
        midnight = timezone.make_aware(datetime.combine(limit, time.min))
        over |= (~completed | dayless) & models.Q(updated_at__lt=midnight)
        return self.alias(last_day=Coalesce("held_until", "held_on")).filter(
            over,
            self._of_people(),
            status__in=self.model.transitions["erase"],
            erased_at__isnull=True,
        )

    def _of_people(self):
        """That it tells of people: what is written from public sources alone does not."""
        from visits.models import Participant

        named = models.Exists(Participant.objects.filter(visit=models.OuterRef("pk")))
        asked = ~models.Q(**dict.fromkeys(self.model.personal_fields, ""))
        return models.Q(link_hash__isnull=False) | asked | named

    def with_held_data(self):
        """Add `held_<kind>`: how many pieces of each kind of personal data a visit holds."""
        from visits.models.visit_erasure import personal_rows

        texts = [name for name in self.model.personal_fields if name != "letter"]
        around = {
            f"held_{kind}": sum(_count_of(held.rows, held.visit) for held in places)
            for kind, places in personal_rows().items()
        }
        return self.annotate(
            held_contact=_one_if(~models.Q(**dict.fromkeys(texts, ""))),
            held_letter=_one_if(~models.Q(letter="")),
            **around,
        )

    def totals(self) -> dict[str, int]:
        """How many visits there were (`visits`) and how many people came (`people`)."""
        totals = self.aggregate(visits=models.Count("pk"), people=models.Sum("participants"))
        return {"visits": totals["visits"], "people": totals["people"] or 0}

    def for_cards(self):
        """All that is public of a visit, in two queries.

        `shown_stops` leaves out drafts, and what a host declined to show.
        """
        stops = (
            self._stops.shown()
            .filter(innovation__status=Innovation.Status.PUBLISHED)
            .select_related("innovation")
            .only("visit", *(f"innovation__{name}" for name in ("name", "slug", "type", "form")))
        )
        visits = self.only(*self.model.public_fields)
        return visits.prefetch_related(models.Prefetch("stops", stops, to_attr="shown_stops"))

    def for_request_page(self):
        """All that the page behind a private link shows, in three queries."""
        visits = self._with_stops("wished_stops", self._stops.all()).select_related(
            "slot", "joins"
        )
        return visits.prefetch_related("events")

    def of_contact(self, email, reference=""):
        """The visits whose link may go to `email`: those that came to something, or this one."""
        visits = self.filter(contact_email__iexact=email, erased_at__isnull=True)
        if reference:
            return visits.filter(reference__iexact=reference)
        return visits.filter(status__in=self.model.linked_statuses)

    def without_link_sent_since(self, moment):
        """Those to whose contact no link was sent after `moment`."""
        sent = self.model.events.rel.related_model.objects.filter(
            visit=models.OuterRef("pk"), what__in=["link_sent", "link_revoked"], at__gt=moment
        )
        return self.filter(~models.Exists(sent))

    @property
    def _stops(self):
        return self.model.stops.rel.related_model.objects

    def _with_stops(self, attribute, stops):
        return self.prefetch_related(
            models.Prefetch("stops", stops.select_related("innovation__agency"), to_attr=attribute)
        )
