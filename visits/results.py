"""What a visit led to, as far as the public may know it."""

from dataclasses import dataclass

from django.db.models import Count, Q

from innovations.models import Question
from visits.models import Adoption, InnovationFeedback, Visit
from visits.models.afterwards import Usefulness


@dataclass(frozen=True)
class Results:
    """Questions `asked` and `answered`, how useful people found it, what was adopted."""

    asked: int
    answered: int
    usefulness: Usefulness | None
    adoptions: list[Adoption]

    def __bool__(self):
        return bool(self.asked or self.usefulness or self.adoptions)


def results_of(visit: Visit) -> Results:
    """The results of `visit`, in three queries; questions that staff hide are left out."""
    questions = Question.objects.filter(asked_on__visit=visit).exclude(
        moderation=Question.Moderation.HIDDEN
    )
    released = Q(moderation=Question.Moderation.PUBLISHED) & ~Q(answer="")
    return Results(
        **questions.aggregate(asked=Count("pk"), answered=Count("pk", filter=released)),
        usefulness=InnovationFeedback.objects.filter(feedback__visit=visit).usefulness(),
        adoptions=list(visit.adoptions.confirmed().for_tree()),
    )
