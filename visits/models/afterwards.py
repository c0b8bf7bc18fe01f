from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovations.models import Innovation, Question
from innovations.models.media import AbstractPicture
from visits.models.participant import Participant
from visits.models.visit import Visit

RATING = (MinValueValidator(1), MaxValueValidator(5))
# From fewer people no figure is shown: it would tell what somebody wrote.
FEWEST_PEOPLE = 3


class Feedback(models.Model):
    """What someone who came thought of the visit; one for each participant, or unnamed.

    Staff read it, and see no name; nobody else does. Who sent it is kept only so that nobody
    sends two: the participant, or `sender_hash` of a browser.
    """

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
    sender_hash = models.CharField(max_length=64, unique=True, null=True, editable=False)
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
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="feedback_newest"),
            models.Index(fields=["rating"], name="feedback_rating"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rating__gte=1, rating__lte=5), name="feedback_rating_in_range"
            )
        ]

    def __str__(self):
        return f"{self.visit.reference}: {self.rating}"

    @classmethod
    def most(cls, visit) -> int:
        """How many may give feedback on `visit`: as many as came, as far as that is known."""
        came = visit.participants or visit.attendees.present().count()
        if not came and visit.status == Visit.Status.COMPLETED:
            came = visit.expected_participants
        return came or 0

    @transaction.atomic
    def give(self, *, answers):
        """Store this feedback with its `answers` on innovations, which are unsaved.

        Raises ValidationError where as many unnamed ones were sent as people came, or the visit
        is erased, and IntegrityError where its sender has sent one before.
        """
        visit = Visit.objects.select_for_update().get(pk=self.visit_id)
        if visit.erased_at:
            raise ValidationError(_("The personal data of this visit are erased."), code="erased")
        if self.participant is None and visit.feedback.count() >= self.most(visit):
            raise ValidationError(
                _("As many answers as people who came are here already. Thank you all the same."),
                code="full",
            )
        self.save(force_insert=True)
        for answer in answers:
            answer.feedback = self
        InnovationFeedback.objects.bulk_create(answers)


@dataclass(frozen=True)
class Usefulness:
    """How useful it is at home: the average, from 1 to 5, of what so many people say."""

    average: float
    people: int

    @classmethod
    def of_enough(cls, *, average, people) -> "Usefulness | None":
        """The figure that may be shown; None as long as too few people have answered."""
        return cls(average, people) if people and people >= FEWEST_PEOPLE else None


class InnovationFeedbackQuerySet(models.QuerySet):
    def usefulness(self) -> Usefulness | None:
        """What all these answers say together, if enough people gave them."""
        people = models.Count("feedback", distinct=True)
        found = self.aggregate(average=models.Avg("usefulness"), people=people)
        return Usefulness.of_enough(**found)


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

    objects = InnovationFeedbackQuerySet.as_manager()

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


class AskedQuestionQuerySet(models.QuerySet):
    def answered(self):
        """Questions with an answer that staff have released: for everyone, or for the delegation.

        A hidden question does not stand on the innovation's page, and is answered all the same.
        """
        return self.exclude(question__answer="").exclude(
            question__moderation=Question.Moderation.WAITING
        )


class AskedQuestion(models.Model):
    """Where a question of the catalogue was asked: on this visit, by somebody left unnamed."""

    visit = models.ForeignKey(
        Visit, models.CASCADE, related_name="asked_questions", verbose_name=_("visit")
    )
    question = models.OneToOneField(
        Question, models.CASCADE, related_name="asked_on", verbose_name=_("question")
    )
    told_at = models.DateTimeField(
        _("answer told to the delegation at"), null=True, editable=False
    )

    objects = AskedQuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question asked on a visit")
        verbose_name_plural = _("questions asked on visits")

    def __str__(self):
        return str(self.question)

    @property
    def answer(self) -> str:
        """What the delegation reads; empty as long as staff have not released it."""
        if self.question.moderation == Question.Moderation.WAITING:
            return ""
        return self.question.answer

    @classmethod
    @transaction.atomic
    def record(cls, *, visit, innovation, text, language):
        """Keep a question asked on `visit`, without a name, for staff to answer."""
        question = Question.objects.create(innovation=innovation, text=text, language=language)
        return cls.objects.create(visit=visit, question=question)

    @classmethod
    def tell(cls) -> int:
        """Tell each delegation, in one message, of its questions answered since; their number.

        A visit that was erased, or left no address, reads them at its private link alone.
        """
        from visits import messages

        told = 0
        untold = cls.objects.answered().filter(told_at__isnull=True)
        visits = Visit.objects.filter(asked_questions__in=untold, erased_at__isnull=True)
        for visit in visits.exclude(contact_email="").distinct():
            with transaction.atomic():
                Visit.objects.select_for_update().get(pk=visit.pk)
                asked = untold.filter(visit=visit).select_related("question__innovation")
                if answered := list(asked.order_by("pk")):
                    messages.questions_answered(visit, answered)
                    pks = [each.pk for each in answered]
                    cls.objects.filter(pk__in=pks).update(told_at=timezone.now())
                    told += len(answered)
        return told


class VisitPicture(AbstractPicture):
    """A picture of a visit, for its public page; staff see to the consent of those shown."""

    visit = models.ForeignKey(
        Visit, models.CASCADE, related_name="pictures", verbose_name=_("visit")
    )

    class Meta(AbstractPicture.Meta):
        verbose_name = _("picture of a visit")
        verbose_name_plural = _("pictures of a visit")


@receiver(post_delete, sender=VisitPicture)
def delete_files(instance, **kwargs):
    """Files go with their row; a signal, because a cascade never calls `delete()`."""
    transaction.on_commit(instance.delete_files)
