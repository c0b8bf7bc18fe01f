import hashlib
from datetime import timedelta

from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone

from innovations.models import Innovation

KEPT = timedelta(days=365)


def hash_of_link(token: str) -> str:
    """What is stored of a private link: its SHA-256, from which nobody gets the link back."""
    return hashlib.sha256(token.encode()).hexdigest()


class VisitQuerySet(models.QuerySet):
    def published(self):
        """Past visits that staff have made public, the newest first."""
        return (
            self.filter(status=self.model.Status.COMPLETED, published_at__isnull=False)
            .annotate(day=Coalesce("held_on", "reported_on"))
            .order_by("-day", "pk")
        )

    def open(self):
        """Requests to which the city owes an answer."""
        return self.filter(status__in=self.model.open_statuses)

    def past(self):
        """Confirmed visits whose last day has passed: did they take place?"""
        return self.filter(status=self.model.Status.CONFIRMED).filter(
            models.Q(held_until__lt=timezone.localdate())
            | models.Q(held_until__isnull=True, held_on__lt=timezone.localdate())
        )

    def due_for_erasure(self):
        """Visits whose personal data have been kept for as long as was promised: one year."""
        limit = timezone.localdate() - KEPT
        over = models.Q(held_on__lt=limit) | models.Q(
            held_on__isnull=True, updated_at__date__lt=limit
        )
        return self.filter(
            over,
            status__in=self.model.transitions["erase"],
            erased_at__isnull=True,
            link_hash__isnull=False,
        )

    def totals(self) -> dict[str, int]:
        """How many visits there were (`visits`) and how many people came (`people`)."""
        totals = self.aggregate(visits=models.Count("pk"), people=models.Sum("participants"))
        return {"visits": totals["visits"], "people": totals["people"] or 0}

    def for_cards(self):
        """All that a card of a visit shows, in two queries: `shown_stops` leaves drafts out."""
        return self._with_stops("shown_stops", innovation__status=Innovation.Status.PUBLISHED)

    def for_request_page(self):
        """All that the page behind a private link shows, in three queries."""
        return self._with_stops("wished_stops").prefetch_related("events")

    def _with_stops(self, attribute, **conditions):
        stops = self.model.stops.rel.related_model.objects.filter(**conditions)
        return self.prefetch_related(
            models.Prefetch("stops", stops.select_related("innovation__agency"), to_attr=attribute)
        )

    def at_private_link(self, token: str):
        """The visits (one or none) whose private link ends in `token`."""
        return self.filter(link_hash=hash_of_link(token))
