from django.db import models
from django.utils.translation import gettext_lazy as _

from innovations.models import Innovation
from visits.models.visit import Visit


class Stop(models.Model):
    """One innovation in a visit's itinerary: wished for, and then answered by its host."""

    class Answer(models.TextChoices):
        PENDING = "pending", _("Waiting for the host")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="stops", verbose_name=_("visit"))
    innovation = models.ForeignKey(
        Innovation, models.PROTECT, related_name="stops", verbose_name=_("innovation")
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    starts_at = models.TimeField(_("from"), null=True, blank=True)
    ends_at = models.TimeField(_("until"), null=True, blank=True)
    venue = models.CharField(_("venue"), max_length=200, blank=True)
    speaker = models.CharField(_("speaker"), max_length=200, blank=True)
    answer = models.CharField(
        _("answer of the host"), max_length=20, choices=Answer, default=Answer.PENDING
    )

    class Meta:
        verbose_name = _("stop")
        verbose_name_plural = _("stops")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["visit", "innovation"],
                name="stop_once_per_visit",
                violation_error_message=_("This innovation stands in the itinerary already."),
            ),
            models.CheckConstraint(
                condition=models.Q(starts_at__isnull=True)
                | models.Q(ends_at__isnull=True)
                | models.Q(ends_at__gt=models.F("starts_at")),
                name="stop_ends_after_it_starts",
                violation_error_message=_("A stop ends after it starts."),
            ),
        ]

    def __str__(self):
        return str(self.innovation)
