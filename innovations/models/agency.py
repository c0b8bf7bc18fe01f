from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from innovations.bilingual import BilingualModel
from innovations.models.source import Source


class AgencyQuerySet(models.QuerySet):
    def with_published_innovations(self):
        """Agencies that own something in the public catalogue."""
        from innovations.models.innovation import Innovation

        return self.filter(
            models.Exists(Innovation.objects.published().filter(agency=models.OuterRef("pk")))
        )

    def as_choices(self) -> list[tuple[str, str]]:
        """(slug, name in the page's language) of each, by name."""
        agencies = self.only("slug", "name", "name_en")
        return sorted(
            ((agency.slug, agency.text("name").value) for agency in agencies),
            key=lambda choice: choice[1],
        )

    def with_innovation_count(self):
        """Add `innovation_count`: how many published innovations each owns; ordered by name."""
        from innovations.models.innovation import Innovation

        # Counted by what the index holds, so that no innovation itself is read.
        published = Innovation.objects.published().filter(agency=models.OuterRef("pk"))
        counted = published.order_by().values("agency").annotate(number=models.Count("agency"))
        return self.annotate(
            innovation_count=Coalesce(models.Subquery(counted.values("number")), 0)
        ).order_by("name")


class Agency(BilingualModel):
    """A perangkat daerah (OPD) of the city, today's or one that has since been merged."""

    bilingual_fields = ("name", "about")

    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    abbreviation = models.CharField(_("abbreviation"), max_length=40, unique=True)
    slug = models.SlugField(_("address on this site"), unique=True)
    about = models.TextField(_("about"), blank=True, help_text=_("Markdown."))
    about_en = models.TextField(_("about, in English"), blank=True, help_text=_("Markdown."))
    address = models.CharField(
        _("postal address"),
        max_length=300,
        blank=True,
        help_text=_("Leave it empty until someone has checked it."),
    )
    website = models.URLField(_("website"), max_length=300, blank=True)
    visit_ceiling = models.PositiveSmallIntegerField(
        _("visits a month, at most"),
        null=True,
        blank=True,
        help_text=_("How many delegations the agency can host in a month. Empty: no ceiling."),
    )
    succeeded_by = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name=_("succeeded by"),
        help_text=_("The agency that took over after a merger or a new name."),
    )
    sources = models.ManyToManyField(
        Source, blank=True, related_name="agencies", verbose_name=_("sources")
    )

    objects = AgencyQuerySet.as_manager()

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(succeeded_by__isnull=True)
                | ~models.Q(succeeded_by=models.F("id")),
                name="agency_not_its_own_successor",
                violation_error_message=_("An agency cannot succeed itself."),
            ),
            models.CheckConstraint(
                condition=models.Q(visit_ceiling__isnull=True) | models.Q(visit_ceiling__gte=1),
                name="agency_visit_ceiling_positive",
                violation_error_message=_("The ceiling is at least 1; leave it empty for none."),
            ),
        ]

    def __str__(self):
        return f"{self.name} ({self.abbreviation})"

    def get_absolute_url(self):
        return reverse("innovations:agency", args=[self.slug])
