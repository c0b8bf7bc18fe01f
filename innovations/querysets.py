from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, Value, When
from django.utils import timezone

SEARCHED_TEXTS = ("problem", "solution", "how_to_use", "how_to_replicate", "beneficiaries")


def _contains(word: str, *fields: str) -> Q:
    condition = Q()
    for field in fields:
        condition |= Q(**{f"{field}__icontains": word})
    return condition


class InnovationQuerySet(models.QuerySet):
    def published(self):
        """What the public may see; every page, feed and figure starts here."""
        return self.filter(status=self.model.Status.PUBLISHED)

    def award_winning(self):
        """Innovations with an award that was won, nominations apart."""
        return self.with_awarded_flag().filter(is_awarded=True)

    def waiting_for_owner(self):
        """Entries in which something is empty that a complete one tells."""
        empty = Q()
        for name in self.model.expected_fields:
            field = self.model._meta.get_field(name)  # noqa: SLF001 (documented API)
            unsaid = Q(**{f"{name}__isnull": True} if field.null else {name: ""})
            if name in self.model.expected_until_confirmed:
                unsaid &= Q(confirmed_on__isnull=True)
            empty |= unsaid
        return self.filter(empty)

    def to_confirm(self):
        """Public entries of which the owner has said long ago, or never, that they are right.

        What has stopped stays as it is, with its reason: nobody is asked about it.
        """
        limit = timezone.localdate() - timedelta(days=settings.CONFIRM_EVERY_DAYS)
        due = Q(confirmed_on__isnull=True) | Q(confirmed_on__lt=limit)
        return self.published().exclude(running=False).filter(due)

    def published_years(self) -> list[tuple[str, str]]:
        """The years in which published innovations began, latest first, as form choices."""
        years = self.published().exclude(year="").order_by("-year")
        return [(year, year) for year in years.values_list("year", flat=True).distinct()]

    def open_to_visitors(self):
        """What a delegation may ask to see: public, and neither stopped nor closed to visits."""
        return (
            self.published()
            .exclude(running=False)
            .exclude(visitable=False)
            .select_related("agency")
        )

    def for_cards(self):
        """All that a card shows, in two queries however many cards there are."""
        return self.with_awarded_flag().select_related("agency").prefetch_related("pictures")

    def with_awarded_flag(self):
        """Add `is_awarded`: whether an award was won, nominations apart."""
        from innovations.models.proof import Award

        won = Award.objects.won().filter(innovation=OuterRef("pk"))
        return self.annotate(is_awarded=Exists(won))

    def for_page(self):
        """The innovation and its proof for its own page, pictures apart, in six queries."""
        from innovations.models import Award, Citation, Outcome

        return self.select_related("agency__succeeded_by").prefetch_related(
            "partner_agencies",
            Prefetch("citations", Citation.objects.select_related("source")),
            Prefetch("outcomes", Outcome.objects.select_related("source")),
            Prefetch("awards", Award.objects.select_related("source")),
            "documents",
        )

    def search(self, query: str):
        """Innovations in which every word of `query` stands, the most relevant first.

        A word in the name outweighs one in the expanded name, that one in the summary, the
        agency, and any other text; `relevance` is the sum.
        """
        words = query.split()[:8]
        found, relevance = self, Value(0)
        for word in words:
            weights = (
                (Q(name__istartswith=word), 40),
                (Q(name__icontains=f" {word}"), 36),
                (Q(name__icontains=word), 20),
                (_contains(word, "expanded_name"), 12),
                (_contains(word, "summary", "summary_en"), 6),
                (_contains(word, "agency__name", "agency__name_en", "agency__abbreviation"), 3),
            )
            anywhere = _contains(
                word, *SEARCHED_TEXTS, *(f"{field}_en" for field in SEARCHED_TEXTS)
            )
            for condition, _weight in weights:
                anywhere |= condition
            found = found.filter(anywhere)
            relevance = relevance + Case(
                *(When(condition, then=Value(weight)) for condition, weight in weights),
                default=Value(1),
            )
        return found.annotate(
            relevance=Case(When(name__iexact=query.strip(), then=Value(1000)), default=Value(0))
            + relevance
        ).order_by(F("relevance").desc(), "name", "pk")

    def related_to(self, innovation):
        """Other innovations, those of the same affair, agency or form first."""
        likeness = Value(0)
        for field, weight in (("government_affair", 4), ("agency_id", 2), ("form", 1)):
            if value := getattr(innovation, field):
                likeness = likeness + Case(
                    When(**{field: value}, then=Value(weight)), default=Value(0)
                )
        return (
            self.exclude(pk=innovation.pk)
            .annotate(likeness=likeness)
            .order_by(F("likeness").desc(), "name", "pk")
        )
