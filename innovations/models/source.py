from django.db import models
from django.utils.translation import gettext_lazy as _

from innovations.fields import PartialDateField


class SourceQuerySet(models.QuerySet):
    def cited_in_public(self):
        """Sources of what the public can see in the catalogue."""
        from innovations.models import Agency, Award, Innovation, Outcome

        of_public = {
            "source": models.OuterRef("pk"),
            "innovation__status": Innovation.Status.PUBLISHED,
        }
        here = models.OuterRef("pk")
        return self.filter(
            models.Exists(Citation.objects.filter(**of_public))
            | models.Exists(Outcome.objects.filter(**of_public))
            | models.Exists(Award.objects.published().filter(source=here))
            | models.Exists(Agency.sources.through.objects.filter(source=here))
        )


class Source(models.Model):
    """A public page, report or letter in which a fact can be looked up."""

    slug = models.SlugField(
        _("key"),
        unique=True,
        help_text=_("Write [@key] in a text to put this source's number there."),
    )
    title = models.CharField(_("title"), max_length=300)
    publisher = models.CharField(_("publisher"), max_length=150, blank=True)
    url = models.URLField(_("web address"), max_length=500, blank=True)
    published_on = PartialDateField(_("date of publication"))
    read_on = models.DateField(_("read on"), null=True, blank=True)

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["title"]
        indexes = [models.Index(fields=["title", "id"], name="source_by_title")]
        constraints = [
            models.UniqueConstraint(
                fields=["url"],
                condition=~models.Q(url=""),
                name="source_url_once",
                violation_error_message=_("A source with this web address exists already."),
            )
        ]

    def __str__(self):
        return f"{self.title} ({self.publisher})" if self.publisher else self.title


class Citation(models.Model):
    """The source of one fact about an innovation: which field, or the entry as a whole."""

    class Fact(models.TextChoices):
        ENTRY = "entry", _("the entry as a whole")
        NAME = "name", _("name")
        EXPANDED_NAME = "expanded_name", _("what the acronym stands for")
        SUMMARY = "summary", _("summary")
        AGENCY = "agency", _("agency")
        PARTNERS = "partner_agencies", _("partner agencies")
        BENEFICIARIES = "beneficiaries", _("beneficiaries")
        CLASSIFICATION = "classification", _("classification")
        STARTED_ON = "started_on", _("started")
        TRIALLED_ON = "trialled_on", _("trial from")
        IMPLEMENTED_ON = "implemented_on", _("in use from")
        SERVICE_URL = "service_url", _("address of the service")
        RUNNING = "running", _("whether it still runs")
        VISITING = "visiting", _("how it can be visited")

    innovation = models.ForeignKey(
        "innovations.Innovation",
        models.CASCADE,
        related_name="citations",
        verbose_name=_("innovation"),
    )
    fact = models.CharField(_("fact"), max_length=20, choices=Fact, default=Fact.ENTRY)
    source = models.ForeignKey(
        Source, models.PROTECT, related_name="citations", verbose_name=_("source")
    )

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["innovation", "fact", "source"],
                name="citation_once",
                violation_error_message=_("This source already stands beside this fact."),
            )
        ]

    def __str__(self):
        return f"{self.get_fact_display()}: {self.source}"
