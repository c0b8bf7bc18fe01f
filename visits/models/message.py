import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from visits.models.visit import Visit

# The worker looks every few seconds: what is due for longer, it does not take.
OVERDUE = datetime.timedelta(minutes=15)


class MessageQuerySet(models.QuerySet):
    def due(self):
        """Messages to send now, the oldest first."""
        return self.filter(
            status=self.model.Status.WAITING, next_attempt_at__lte=timezone.now()
        ).order_by("next_attempt_at", "pk")

    def failed(self):
        """Messages that staff should look at: refused for good, tried in vain several times, or
        not even tried because no worker runs."""
        waiting = self.model.Status.WAITING
        return self.filter(
            models.Q(status=self.model.Status.FAILED)
            | models.Q(status=waiting, attempts__gte=3)
            | models.Q(status=waiting, next_attempt_at__lt=timezone.now() - OVERDUE)
        )


class Message(models.Model):
    """An e-mail in the outbox: written with the change that causes it, sent by the worker.

    Texts carry marks in place of private links (`visits.messages.PRIVATE_LINK`); the links are
    put in when the message is sent, and stand nowhere in the database.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting to be sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Refused")
        STOPPED = "stopped", _("Stopped by staff")

    # Each transition and the statuses from which it is open.
    transitions = {
        "send_now": {Status.WAITING, Status.FAILED, Status.STOPPED},
        "resend": {Status.SENT},
        "stop": {Status.WAITING},
    }

    visit = models.ForeignKey(
        Visit,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name=_("visit"),
    )
    kind = models.CharField(_("kind"), max_length=40)
    # What may go out only once, such as a reminder; empty (NULL) where it may repeat.
    key = models.CharField(max_length=100, unique=True, null=True, editable=False)
    to = models.EmailField(_("to"))
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"), blank=True)
    status = models.CharField(
        _("status"), max_length=20, choices=Status, default=Status.WAITING, editable=False
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, editable=False)
    next_attempt_at = models.DateTimeField(
        _("next attempt at"), default=timezone.now, editable=False
    )
    last_error = models.CharField(_("last error"), max_length=500, blank=True, editable=False)
    created_at = models.DateTimeField(_("written at"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, editable=False)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-created_at", "-pk"]
        permissions = [("send_message", _("Can send messages again and stop them"))]
        indexes = [
            models.Index(fields=["status", "next_attempt_at"], name="message_due"),
            models.Index(fields=["-created_at", "-id"], name="message_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status="sent", sent_at__isnull=False)
                | (~models.Q(status="sent") & models.Q(sent_at__isnull=True)),
                name="message_sent_has_time",
            ),
        ]

    def __str__(self):
        return self.subject

    @property
    def age(self) -> datetime.timedelta:
        return timezone.now() - self.created_at

    @property
    def open_transitions(self) -> list[str]:
        """Names of the methods that may be called in the present status."""
        names = [name for name, statuses in self.transitions.items() if self.status in statuses]
        if self.status == self.Status.WAITING and not self.last_error:
            # Its first attempt is due soon anyway, or under way at this moment.
            names.remove("send_now")
        return names

    @transaction.atomic
    def send_now(self, *, by):
        """Have it sent at once: what was refused, stopped or waits for another attempt.

        The admin's log tells who did.
        """
        self._lock_for("send_now")
        self.status, self.attempts, self.last_error = self.Status.WAITING, 0, ""
        self.next_attempt_at = timezone.now()
        self.save(update_fields=["status", "attempts", "last_error", "next_attempt_at"])

    @transaction.atomic
    def stop(self, *, by):
        """Keep it from going out until `send_now`; the admin's log tells who did."""
        self._lock_for("stop")
        self.status = self.Status.STOPPED
        self.save(update_fields=["status"])

    @transaction.atomic
    def resend(self, *, by) -> "Message":
        """Send a copy of what was sent, with its files: a message of its own, which is returned.

        What was sent stays as it is, with its time; the admin's log tells who asked for the copy.
        """
        self._lock_for("resend")
        copied = ("visit_id", "kind", "to", "language", "subject", "text", "html")
        copy = type(self).objects.create(**{name: getattr(self, name) for name in copied})
        Attachment.objects.bulk_create(
            Attachment(
                message=copy,
                name=each.name,
                content_type=each.content_type,
                content=each.content,
            )
            for each in self.attachments.order_by("pk")
        )
        return copy

    def _lock_for(self, transition):
        self.refresh_from_db(from_queryset=type(self).objects.select_for_update())
        if transition not in self.open_transitions:
            raise ValidationError(
                _("“%(message)s” is %(now)s by now: look at it, and try again."),
                code="transition",
                params={"message": self, "now": self.get_status_display()},
            )


class Attachment(models.Model):
    """A file that goes along with a message, such as the calendar invitation."""

    message = models.ForeignKey(
        Message, models.CASCADE, related_name="attachments", verbose_name=_("message")
    )
    name = models.CharField(_("name"), max_length=150)
    content_type = models.CharField(_("type"), max_length=100)
    content = models.BinaryField()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self):
        return self.name
