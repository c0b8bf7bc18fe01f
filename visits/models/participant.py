from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from visits.models.private_link import PrivateLinkModel, PrivateLinkQuerySet
from visits.models.visit import Visit


class ParticipantQuerySet(PrivateLinkQuerySet):
    def present(self):
        """Those who were checked in."""
        return self.filter(attended_at__isnull=False)

    def presence(self) -> dict[str, int]:
        """How many are `listed`, came (`present`), and have `left` again, in one query."""
        return self.aggregate(
            listed=models.Count("pk"),
            present=models.Count("attended_at"),
            left=models.Count("left_at"),
        )


class Pass(PrivateLinkModel):
    """What is scanned at the entrance: its private link is there from the start."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if self._state.adding and not self.link_hash:
            self.make_link()
        super().save(*args, **kwargs)

    def ensure_token(self) -> str:
        """The token of the link; where its key is gone, that of a new one."""
        if self.private_token is None:
            with transaction.atomic():
                self.refresh_from_db(from_queryset=type(self).objects.select_for_update())
                if self.private_token is None:
                    self.make_link()
                    self.save(update_fields=["link_nonce", "link_hash"])
        return self.private_token


class Participant(Pass):
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

    @transaction.atomic
    def check_in(self, *, by):
        """Record that this participant is here; once more changes nothing."""
        self._mark({"attended_at": None}, {"attended_at": timezone.now(), "checked_in_by": by}, 1)

    @transaction.atomic
    def undo_check_in(self, *, by):
        """Take back a check-in made by mistake."""
        nobody = {"attended_at": None, "left_at": None, "checked_in_by": None}
        self._mark({"attended_at__isnull": False}, nobody, -1)

    @transaction.atomic
    def check_out(self, *, by):
        """Record that this participant has left."""
        here = {"attended_at__isnull": False, "left_at": None}
        self._mark(here, {"left_at": timezone.now()})

    @transaction.atomic
    def undo_check_out(self, *, by):
        """Take back a check-out made by mistake."""
        self._mark({"left_at__isnull": False}, {"left_at": None})

    def _mark(self, now, then, change=0):
        """Set `then` where `now` is so; two phones that tap at once count one person once."""
        self.visit.lock_row()
        self.visit.check_presence_open()
        if type(self).objects.filter(pk=self.pk, **now).update(**then) and change:
            self.visit.shift_presence(change)
        self.refresh_from_db(fields=["attended_at", "left_at", "checked_in_by"])


class GroupPass(Pass):
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

    @classmethod
    def of(cls, visit) -> "GroupPass":
        """The pass of this visit, made where there is none."""
        group_pass, _created = cls.objects.get_or_create(visit=visit)
        return group_pass
