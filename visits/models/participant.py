from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from visits.models.private_link import PrivateLinkModel, PrivateLinkQuerySet
from visits.models.visit import Visit


class ParticipantQuerySet(PrivateLinkQuerySet):
    def present(self):
        """Those who were checked in."""
        return self.filter(attended_at__isnull=False)


class Participant(PrivateLinkModel):
    """A member of a delegation, by name, for pass, attendance and certificate.

    Its private link is the QR code of the pass: staff check in with it, the participant reaches
    feedback and certificate with it.
    """

    visit = models.ForeignKey(
        Visit, models.CASCADE, related_name="attendees", verbose_name=_("visit")
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    name = models.CharField(_("name"), max_length=150)
    institution = models.CharField(_("institution"), max_length=200, blank=True)
    job_title = models.CharField(_("position"), max_length=150, blank=True)
    attended_at = models.DateTimeField(_("checked in at"), null=True, editable=False)
    left_at = models.DateTimeField(_("checked out at"), null=True, editable=False)
    checked_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("checked in by"),
    )

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        ordering = ["position", "name", "pk"]
        permissions = [("check_in", _("Can check participants in"))]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(left_at__isnull=True) | models.Q(attended_at__isnull=False),
                name="participant_leaves_after_coming",
                violation_error_message=_("Nobody leaves who has not come."),
            ),
        ]

    def __str__(self):
        return self.name


class GroupPass(PrivateLinkModel):
    """The pass of a whole delegation: one QR code to check everybody in, and for the feedback
    of those who gave no name."""

    visit = models.OneToOneField(
        Visit, models.CASCADE, related_name="group_pass", verbose_name=_("visit")
    )

    objects = PrivateLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("group pass")
        verbose_name_plural = _("group passes")

    def __str__(self):
        return str(self.visit)
