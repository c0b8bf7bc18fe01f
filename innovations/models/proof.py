from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from innovations.bilingual import BilingualModel
from innovations.fields import PartialDateField
from innovations.models.innovation import Innovation
from innovations.models.source import Source


class Outcome(BilingualModel):
    """What an innovation changed: one indicator, before and after, as a source gives it."""

    bilingual_fields = ("indicator", "unit", "note")

    innovation = models.ForeignKey(
        Innovation, models.CASCADE, related_name="outcomes", verbose_name=_("innovation")
    )
    indicator = models.CharField(_("indicator"), max_length=200)
    indicator_en = models.CharField(_("indicator in English"), max_length=200, blank=True)
    unit = models.CharField(pgettext_lazy("of measure", "unit"), max_length=60, blank=True)
    unit_en = models.CharField(_("unit in English"), max_length=60, blank=True)
    before = models.DecimalField(
        _("before"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    after = models.DecimalField(_("after"), max_digits=14, decimal_places=2)
    as_of = PartialDateField(_("as of"))
    note = models.CharField(
        _("note"),
        max_length=200,
        blank=True,
        help_text=_("How the number is meant: “at most”, “as the city says”."),
    )
    note_en = models.CharField(_("note in English"), max_length=200, blank=True)
    source = models.ForeignKey(
        Source, models.PROTECT, related_name="outcomes", verbose_name=_("source")
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")
        ordering = ["position", "pk"]

    def __str__(self):
        return self.indicator


class AwardQuerySet(models.QuerySet):
    def published(self):
        """Awards of the whole city and of published innovations."""
        return self.filter(
            models.Q(innovation__isnull=True)
            | models.Q(innovation__status=Innovation.Status.PUBLISHED)
        )

    def won(self):
        """Awards that were handed over, nominations apart."""
        return self.filter(is_nomination=False)


class Award(BilingualModel):
    """An award or nomination, of an innovation or of the whole city."""

    class Level(models.TextChoices):
        PROVINCIAL = "provincial", _("Provincial")
        NATIONAL = "national", _("National")
        INTERNATIONAL = "international", _("International")

    bilingual_fields = ("name", "rank", "note")

    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    slug = models.SlugField(_("key"), max_length=80, unique=True)
    innovation = models.ForeignKey(
        Innovation,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="awards",
        verbose_name=_("innovation"),
        help_text=_("Empty: an award of the whole city."),
    )
    awarding_body = models.CharField(_("awarding body"), max_length=200, blank=True)
    level = models.CharField(_("level"), max_length=20, choices=Level, blank=True)
    awarded_on = PartialDateField(_("awarded on"), blank=False)
    rank = models.CharField(_("rank"), max_length=150, blank=True)
    rank_en = models.CharField(_("rank in English"), max_length=150, blank=True)
    is_nomination = models.BooleanField(
        _("nomination only"),
        default=False,
        help_text=_("Nominated or shortlisted; that it was won is not known."),
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    note_en = models.CharField(_("note in English"), max_length=300, blank=True)
    source = models.ForeignKey(
        Source, models.PROTECT, related_name="awards", verbose_name=_("source")
    )

    objects = AwardQuerySet.as_manager()

    class Meta:
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        ordering = ["-awarded_on", "name", "pk"]
        indexes = [models.Index(fields=["-awarded_on", "name", "id"], name="award_newest")]

    def __str__(self):
        return self.name if self.year in self.name else f"{self.name} {self.year}"

    @property
    def year(self) -> str:
        return self.awarded_on[:4]
