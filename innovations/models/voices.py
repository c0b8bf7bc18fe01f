from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from innovations.models.innovation import Innovation


class VoiceQuerySet(models.QuerySet):
    def published(self):
        """What a moderator has let through, on innovations that are public."""
        return self.filter(
            moderation=self.model.Moderation.PUBLISHED,
            innovation__status=Innovation.Status.PUBLISHED,
        )

    def visible_to(self, user):
        """What staff may read: all who write the catalogue or receive visits, hosts their own."""
        if user.has_perm("innovations.change_innovation") or user.has_perm("visits.view_visit"):
            return self
        return self.filter(innovation__agency__isnull=False, innovation__agency=user.agency_id)

    def answerable_by(self, user):
        """Who may not publish answers what waits: what was let through would be public at once."""
        visible = self.visible_to(user)
        if user.has_perm("innovations.publish_innovation"):
            return visible
        return visible.filter(moderation=self.model.Moderation.WAITING)

    def unanswered(self):
        """What waits for an answer, read by a moderator or not; what is hidden wants none."""
        return self.filter(answer="").exclude(moderation=self.model.Moderation.HIDDEN)

    def answered_unseen(self):
        """What has its answer and still waits for somebody to let it through."""
        return self.exclude(answer="").filter(moderation=self.model.Moderation.WAITING)


class Voice(models.Model):
    """What someone from outside wrote about an innovation; read by staff before anyone else."""

    class Moderation(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        PUBLISHED = "published", _("Published")
        HIDDEN = "hidden", _("Hidden")

    innovation = models.ForeignKey(
        Innovation,
        models.CASCADE,
        related_name="%(class)ss",
        verbose_name=_("innovation"),
    )
    text = models.TextField(_("text"), max_length=2000)
    language = models.CharField(
        _("language"), max_length=2, choices=settings.LANGUAGES, default="id"
    )
    moderation = models.CharField(
        _("moderation"), max_length=20, choices=Moderation, default=Moderation.WAITING
    )
    answer = models.TextField(
        _("answer"), blank=True, help_text=_("Shown to everyone below the text.")
    )
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    created_at = models.DateTimeField(_("received at"), auto_now_add=True)

    objects = VoiceQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answer="", answered_on__isnull=True)
                | (~models.Q(answer="") & models.Q(answered_on__isnull=False)),
                name="%(class)s_answer_has_date",
                violation_error_message=_("An answer and its date go together."),
            ),
        ]
        indexes = [
            models.Index(fields=["moderation", "-created_at"]),
            models.Index(fields=["-created_at", "-id"], name="%(class)s_newest"),
        ]

    def __str__(self):
        return self.text[:60]


class Suggestion(Voice):
    """Masukan: what a resident would like to see changed. No name is asked for."""

    class Meta(Voice.Meta):
        verbose_name = _("suggestion")
        verbose_name_plural = _("suggestions")


class Question(Voice):
    """A question of a resident or delegation; once answered it stands on the page, unnamed."""

    class Meta(Voice.Meta):
        verbose_name = _("question")
        verbose_name_plural = _("questions")
