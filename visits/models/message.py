import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from visits.models.visit import Visit


class MessageQuerySet(models.QuerySet):
    def due(self):
        """Messages to send now, the oldest first."""
        return self.filter(
            status=self.model.Status.WAITING, next_attempt_at__lte=timezone.now()
        ).order_by("next_attempt_at", "pk")

    def failed(self):
        """Messages that staff should look at: refused for good, or tried in vain several times."""
        return self.filter(
            models.Q(status=self.model.Status.FAILED)
            | models.Q(status=self.model.Status.WAITING, attempts__gte=3)
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
            models.Index(fields=["-created_at"], name="message_newest"),
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
