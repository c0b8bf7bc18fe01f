from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _

from innovations.models import Innovation
from visits.models.visit import Visit

# What a host decides besides yes or no, and what of it people's calendars say.
PLAN = ("speaker", "venue", "starts_at", "ends_at")
IN_CALENDARS = ("venue", "starts_at", "ends_at")


class StopQuerySet(models.QuerySet):
    def hosted_by(self, user):
        """The stops that `user` may see: all for visit officers, else those of the own agency."""
        if user.has_perm("visits.view_visit"):
            return self
        return self.filter(innovation__agency=user.agency_id) if user.agency_id else self.none()

    def shown(self):
        """Stops that the delegation sees, or saw: all but those that their host declined."""
        return self.exclude(answer=self.model.Answer.DECLINED)

    def with_day(self):
        """Each with `day`, on which its visit stands or is wished, and `is_answered`, 0 or 1."""
        return self.annotate(
            day=Coalesce("visit__held_on", "visit__slot__date", "visit__wished_on"),
            is_answered=models.Case(
                models.When(answer=self.model.Answer.PENDING, then=0), default=1
            ),
        )

    def to_come(self):
        """Stops of visits that are still to come, or to be decided on."""
        return self.filter(visit__status__in=[*Visit.open_statuses, Visit.Status.CONFIRMED])

    def unanswered(self):
        """Stops of requests still open, on which their host has not said yes or no."""
        return self.to_come().filter(answer=self.model.Answer.PENDING)


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
        "plan": {Answer.ACCEPTED},
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
    def summary(self) -> str:
        """What, of whom, when and where, as far as it is planned, in the language in force."""
        hours = "–".join(time_format(each) for each in (self.starts_at, self.ends_at) if each)
        parts = [
            f"{self.innovation.name} ({self.innovation.agency.text('name').value})",
            hours if self.starts_at else "",
            self.venue,
        ]
        return ", ".join(part for part in parts if part)

    @property
    def open_transitions(self) -> list[str]:
        """Names of the methods that may be called while the visit is still to come."""
        if self.visit.status not in {*Visit.open_statuses, Visit.Status.CONFIRMED}:
            return []
        return [name for name, answers in self.transitions.items() if self.answer in answers]

    def clean(self):
        """A stop lies within the time slot of its visit."""
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError(
                {"ends_at": ValidationError(_("A stop ends after it starts."), code="order")}
            )
        slot = self.visit.slot if self.visit_id else None
        if slot is None:
            return
        for name in ("starts_at", "ends_at"):
            time = getattr(self, name)
            if time and not slot.starts_at <= time <= slot.ends_at:
                raise ValidationError(
                    {
                        name: ValidationError(
                            _("The visit is from %(hours)s: choose a time within."),
                            code="outside",
                            params={"hours": slot.hours},
                        )
                    }
                )

    def accept(self, *, by, reason="", **plan):
        """The host receives the delegation.

        Of `plan` (`speaker`, `venue`, `starts_at`, `ends_at`), what is not empty replaces what
        stood there.
        """
        self._answer("accept", self.Answer.ACCEPTED, by=by, reason=reason, plan=plan)

    def decline(self, *, by, reason):
        """The host cannot receive it; the delegation reads `reason`, so it may not be empty."""
        if not reason.strip():
            raise ValidationError(_("Give the delegation a reason."), code="no_reason")
        self._answer("decline", self.Answer.DECLINED, by=by, reason=reason, plan={})

    @transaction.atomic
    def plan(self, *, by, speaker="", venue="", starts_at=None, ends_at=None):
        """Set time, place and speaker of a stop that was accepted; empty takes them away."""
        plan = {"speaker": speaker, "venue": venue, "starts_at": starts_at, "ends_at": ends_at}
        visit, now = self._lock("plan")
        if all(getattr(now, name) == value for name, value in plan.items()):
            return
        self._set(plan)
        self.save(update_fields=PLAN)
        visit.change_programme(by=by, changed=[self])

    def _lock(self, transition):
        """Lock the visit and this stop, and return both as they are now."""
        visit = Visit.objects.select_for_update().get(pk=self.visit_id)
        now = type(self).objects.select_for_update().get(pk=self.pk)
        self.visit, self.answer = visit, now.answer
        if transition not in self.open_transitions:
            raise ValidationError(
                _("%(stop)s of %(visit)s is answered already, or the visit is over."),
                code="transition",
                params={"stop": self, "visit": visit},
            )
        return visit, now

    def _set(self, plan):
        for name, value in plan.items():
            setattr(self, name, value)
        self.clean()

    @transaction.atomic
    def _answer(self, transition, answer, *, by, reason, plan):
        visit, now = self._lock(transition)
        self._set({name: value or getattr(now, name) for name, value in plan.items()})
        self.answer, self.answer_reason = answer, reason
        self.answered_at, self.answered_by = timezone.now(), by
        self.save(
            update_fields=["answer", "answer_reason", "answered_at", "answered_by", *plan.keys()]
        )
        event = visit.record(
            f"stop_{answer}", by=by, reason=reason, details={"innovation": self.innovation.name}
        )
        self._tell(visit, event, before=now)

    def _tell(self, visit, event, *, before):
        """Tell whom an answer concerns; `before` is the stop as it was.

        The office hears a host's no, and when all have answered; a guest, when a yes falls, or
        when the calendar says another hour or place.
        """
        from visits import messages

        is_answer_of_host = event.by is not None and event.by.agency_id is not None
        declined = self.answer == self.Answer.DECLINED
        all_answered = not visit.stops.filter(answer=self.Answer.PENDING).exists()
        if is_answer_of_host and (declined or all_answered):
            messages.office_told(visit, event)
        changed_programme = self.Answer.DECLINED in {self.answer, before.answer} or any(
            getattr(self, name) != getattr(before, name) for name in IN_CALENDARS
        )
        if visit.status == Visit.Status.CONFIRMED and changed_programme:
            visit.count_invitation()
            messages.programme_changed(visit, event)
