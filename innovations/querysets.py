from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, Value, When
from django.utils import timezone

LOOKED_AT = 50
# A third of the time of a list goes into reading fields, of which an innovation has sixty.
SHOWN_ON_CARDS = (
    "name",
    "slug",
    "summary",
    "summary_en",
    "stage",
    "type",
    "running",
    "agency__abbreviation",
)


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
        """All that a card shows and no more, in two queries however many cards there are."""
        innovations = self.with_awarded_flag().select_related("agency").only(*SHOWN_ON_CARDS)
        return innovations.prefetch_related("pictures")

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

    def search(self, query):
        """What `query` finds, the best match first; see `magelang_portal.search`.

        It is a text or what was understood of one; an empty text finds everything.
        """
        from magelang_portal.search.ranking import ranked

        return self._found_by(query, ranked)

    def matching(self, query):
        """What `search` finds, in the order in which it stands."""
        from magelang_portal.search.ranking import found

        return self._found_by(query, found)

    def _found_by(self, query, ways):
        from magelang_portal.search.entries import Kind
        from magelang_portal.search.results import understand

        kinds = (Kind.INNOVATION,)
        if isinstance(query, str):
            if not query.strip():
                return self
            query = understand(query, kinds)
        return ways(self, query, kinds, "search_entry__")

    def related_to(self, innovation):
        """Other innovations, those of the same affair, agency or form first.

        They are chosen among the first `LOOKED_AT` of the same affair, of the same agency, and of
        all, by name, which three queries find by index: it does not grow with the catalogue.
        """
        likeness = Value(0)
        near = set()
        for field in ("government_affair", "agency_id", None):
            alike = self.filter(**{field: getattr(innovation, field)}) if field else self
            near.update(alike.order_by("name").values_list("pk", flat=True)[:LOOKED_AT])
        for field, weight in (("government_affair", 4), ("agency_id", 2), ("form", 1)):
            if value := getattr(innovation, field):
                likeness = likeness + Case(
                    When(**{field: value}, then=Value(weight)), default=Value(0)
                )
        return (
            self.filter(pk__in=near)
            .exclude(pk=innovation.pk)
            .annotate(likeness=likeness)
            .order_by(F("likeness").desc(), "name", "pk")
        )
