from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovations.models import Innovation
from visits.models.visit import Visit


class StopQuerySet(models.QuerySet):
    def hosted_by(self, user):
        """The stops that `user` may see: all for visit officers, else those of the own agency."""
        if user.has_perm("visits.view_visit"):
            return self
        return self.filter(innovation__agency=user.agency_id) if user.agency_id else self.none()

    def unanswered(self):
        """Stops of requests still open, on which their host has not said yes or no."""
        return self.filter(
            answer=self.model.Answer.PENDING,
            visit__status__in=[*Visit.open_statuses, Visit.Status.CONFIRMED],
        )


class Stop(models.Model):
    """One innovation in a visit's itinerary: wished for, and then answered by its host."""

    class Answer(models.TextChoices):
        PENDING = "pending", _("Waiting for the host")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")

    # Each transition and the answers from which it is open: a host may think better of it.
    transitions = {
        "accept": {Answer.PENDING, Answer.DECLINED},
        "decline": {Answer.PENDING, Answer.ACCEPTED},
    }

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
    answer_reason = models.CharField(_("reason of the host"), max_length=500, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("answered by"),
    )

    objects = StopQuerySet.as_manager()

    class Meta:
        verbose_name = _("stop")
        verbose_name_plural = _("stops")
        ordering = ["position", "pk"]
        permissions = [("answer_stop", _("Can answer stops"))]
        indexes = [models.Index(fields=["answer"], name="stop_answer")]
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

    @property
    def open_transitions(self) -> list[str]:
        """Names of the methods that may be called while the visit is still to come."""
        if self.visit.status not in {*Visit.open_statuses, Visit.Status.CONFIRMED}:
            return []
        return [name for name, answers in self.transitions.items() if self.answer in answers]

    def accept(self, *, by, speaker="", venue="", reason=""):
        """The host receives the delegation; `speaker` and `venue` replace what stood there."""
        self.speaker, self.venue = speaker or self.speaker, venue or self.venue
        self._answer("accept", self.Answer.ACCEPTED, by=by, reason=reason)

    def decline(self, *, by, reason):
        """The host cannot receive it; the delegation reads `reason`, so it may not be empty."""
        if not reason.strip():
            raise ValidationError(_("Give the delegation a reason."), code="no_reason")
        self._answer("decline", self.Answer.DECLINED, by=by, reason=reason)

    @transaction.atomic
    def _answer(self, transition, answer, *, by, reason):
        visit = Visit.objects.select_for_update().get(pk=self.visit_id)
        now = type(self).objects.select_for_update().get(pk=self.pk)
        if transition not in Stop(visit=visit, answer=now.answer).open_transitions:
            raise ValidationError(
                _("%(stop)s of %(visit)s is answered already, or the visit is over."),
                code="transition",
                params={"stop": self, "visit": visit},
            )
        self.answer, self.answer_reason = answer, reason
        self.answered_at, self.answered_by = timezone.now(), by
        self.save(
            update_fields=[
                "answer",
                "answer_reason",
                "answered_at",
                "answered_by",
                "speaker",
                "venue",
            ]
        )
        visit.record(
            f"stop_{answer}", by=by, reason=reason, details={"innovation": self.innovation.name}
        )
