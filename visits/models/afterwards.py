from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from innovations.fields import PartialDateField
from innovations.models import Innovation, Question
from innovations.models.media import AbstractPicture
from visits.models.participant import Participant
from visits.models.visit import Visit
from visits.provinces import Province

RATING = (MinValueValidator(1), MaxValueValidator(5))


class Feedback(models.Model):
    """What someone who came thought of the visit; one for each participant, or unnamed."""

    visit = models.ForeignKey(
        Visit, models.CASCADE, related_name="feedback", verbose_name=_("visit")
    )
    participant = models.OneToOneField(
        Participant,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="feedback",
        verbose_name=_("participant"),
    )
    rating = models.PositiveSmallIntegerField(
        _("the visit as a whole"), validators=RATING, help_text=_("1 is poor, 5 is excellent.")
    )
    good = models.TextField(_("what was good"), max_length=2000, blank=True)
    better = models.TextField(_("what could be better"), max_length=2000, blank=True)
    language = models.CharField(
        _("language"), max_length=2, choices=settings.LANGUAGES, default="id"
    )
    created_at = models.DateTimeField(_("received at"), auto_now_add=True)

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rating__gte=1, rating__lte=5), name="feedback_rating_in_range"
            )
        ]

    def __str__(self):
        return f"{self.visit.reference}: {self.rating}"


class InnovationFeedback(models.Model):
    """What someone who came thought of one innovation."""

    feedback = models.ForeignKey(
        Feedback, models.CASCADE, related_name="innovations", verbose_name=_("feedback")
    )
    innovation = models.ForeignKey(
        Innovation, models.CASCADE, related_name="feedback", verbose_name=_("innovation")
    )
    usefulness = models.PositiveSmallIntegerField(
        _("how useful at home"), validators=RATING, help_text=_("1 is not at all, 5 is very.")
    )
    better = models.TextField(_("what could be better"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("feedback on an innovation")
        verbose_name_plural = _("feedback on innovations")
        constraints = [
            models.UniqueConstraint(
                fields=["feedback", "innovation"], name="feedback_once_per_innovation"
            ),
            models.CheckConstraint(
                condition=models.Q(usefulness__gte=1, usefulness__lte=5),
                name="feedback_usefulness_in_range",
            ),
        ]

    def __str__(self):
        return f"{self.innovation}: {self.usefulness}"


class AskedQuestion(models.Model):
    """Where a question of the catalogue was asked: on this visit, by somebody left unnamed."""

    visit = models.ForeignKey(
        Visit, models.CASCADE, related_name="asked_questions", verbose_name=_("visit")
    )
    question = models.OneToOneField(
        Question, models.CASCADE, related_name="asked_on", verbose_name=_("question")
    )

    class Meta:
        verbose_name = _("question asked on a visit")
        verbose_name_plural = _("questions asked on visits")

    def __str__(self):
        return str(self.question)


class AdoptionQuerySet(models.QuerySet):
    def confirmed(self):
        """What staff have confirmed, on innovations that are public: the public chain."""
        return self.filter(
            confirmed_at__isnull=False, innovation__status=Innovation.Status.PUBLISHED
        )

    def to_confirm(self):
        """Pledges and reports on which staff have yet to say whether they are so."""
        return self.filter(confirmed_at__isnull=True, dismissed_at__isnull=True)


class Adoption(models.Model):
    """An innovation taken up elsewhere: from the first pledge to what became of it."""

    class State(models.TextChoices):
        INTERESTED = "interested", _("Interested")
        PLANNED = "planned", _("Planned")
        RUNNING = "running", _("Running")
        DROPPED = "dropped", _("Dropped")

    innovation = models.ForeignKey(
        Innovation, models.PROTECT, related_name="adoptions", verbose_name=_("innovation")
    )
    visit = models.ForeignKey(
        Visit,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="adoptions",
        verbose_name=_("visit it came from"),
    )
    learned_from = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="passed_on",
        verbose_name=_("learned from"),
        help_text=_("If it was learned from another adopter instead of from Magelang itself."),
    )
    organisation = models.CharField(_("organisation"), max_length=200)
    province = models.CharField(_("province"), max_length=10, choices=Province, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=State)
    since = PartialDateField(_("since"))
    name_there = models.CharField(
        _("its name there"), max_length=150, blank=True, help_text=_("If it is called otherwise.")
    )
    evidence = models.TextField(_("evidence"), max_length=2000, blank=True)
    evidence_url = models.URLField(_("address of the evidence"), max_length=300, blank=True)
    reported_at = models.DateTimeField(_("reported at"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    dismissed_at = models.DateTimeField(_("dismissed at"), null=True, editable=False)

    objects = AdoptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("adoption")
        verbose_name_plural = _("adoptions")
        ordering = ["-reported_at", "-pk"]
        permissions = [("confirm_adoption", _("Can confirm adoptions"))]
        constraints = [
            models.UniqueConstraint(
                fields=["visit", "innovation"],
                name="adoption_once_per_visit",
                violation_error_message=_("This visit has told of this innovation already."),
            ),
            models.CheckConstraint(
                condition=models.Q(learned_from__isnull=True)
                | ~models.Q(learned_from=models.F("id")),
                name="adoption_not_from_itself",
                violation_error_message=_("Nobody learns from oneself."),
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_at__isnull=True)
                | models.Q(dismissed_at__isnull=True),
                name="adoption_confirmed_or_dismissed",
            ),
        ]

    def __str__(self):
        return f"{self.organisation}: {self.innovation}"


class FollowUp(models.Model):
    """That a delegation was asked, 3, 6 or 12 months after its visit, what it has adopted."""

    MONTHS = (3, 6, 12)

    visit = models.ForeignKey(
        Visit, models.CASCADE, related_name="follow_ups", verbose_name=_("visit")
    )
    months = models.PositiveSmallIntegerField(_("months after the visit"))
    asked_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    class Meta:
        verbose_name = _("question on adoption")
        verbose_name_plural = _("questions on adoption")
        constraints = [
            models.UniqueConstraint(fields=["visit", "months"], name="follow_up_once"),
            models.CheckConstraint(
                condition=models.Q(months__in=(3, 6, 12)), name="follow_up_months_known"
            ),
        ]

    def __str__(self):
        return f"{self.visit.reference} +{self.months}"


class VisitPicture(AbstractPicture):
    """A picture of a visit, for its public page; staff see to the consent of those shown."""

    visit = models.ForeignKey(
        Visit, models.CASCADE, related_name="pictures", verbose_name=_("visit")
    )

    class Meta(AbstractPicture.Meta):
        verbose_name = _("picture of a visit")
        verbose_name_plural = _("pictures of a visit")
