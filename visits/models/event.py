from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from visits.models.visit import Visit


class VisitEvent(models.Model):
    """One line of a visit's history: what it became, when, by whom, and why."""

    visit = models.ForeignKey(
        Visit, models.CASCADE, related_name="events", verbose_name=_("visit")
    )
    status = models.CharField(_("became"), max_length=20, choices=Visit.Status)
    at = models.DateTimeField(_("at"), auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )
    reason = models.TextField(
        _("reason"), blank=True, help_text=_("The delegation reads it at its private link.")
    )

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("history")
        ordering = ["at", "pk"]

    def __str__(self):
        return f"{self.get_status_display()} {timezone.localtime(self.at):%Y-%m-%d %H:%M}"
