"""What waits for staff: the list on which the admin opens."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from innovations.models import Innovation, Question, Suggestion
from visits.models import Visit


@dataclass(frozen=True)
class Task:
    """A heap of work: how many, what, and the list that shows exactly these."""

    label: str
    count: int
    url: str


def _task(label, queryset, query) -> Task:
    options = queryset.model._meta  # noqa: SLF001 (documented API)
    url = reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
    return Task(label, queryset.count(), f"{url}?{query}")


def tasks_for(user) -> list[Task]:
    """The heaps that `user` may work on, in the order of urgency; one query each."""
    tasks = []
    if user.has_perm("visits.decide_visit"):
        tasks += [
            _task(_("Requests to answer"), Visit.objects.open(), "answer=open"),
            _task(_("Visits to mark as completed"), Visit.objects.past(), "answer=past"),
            _task(_("Personal data to erase"), Visit.objects.due_for_erasure(), "answer=erase"),
        ]
    if user.has_perm("innovations.publish_innovation"):
        tasks.append(
            _task(
                _("Innovations in review"),
                Innovation.objects.filter(status=Innovation.Status.IN_REVIEW),
                "status__exact=in_review",
            )
        )
    for model, label in (
        (Question, _("Questions to moderate")),
        (Suggestion, _("Suggestions to moderate")),
    ):
        if user.has_perm(f"innovations.change_{model._meta.model_name}"):  # noqa: SLF001
            waiting = model.objects.filter(moderation=model.Moderation.WAITING)
            tasks.append(_task(label, waiting, "moderation__exact=waiting"))
    if user.has_perm("innovations.change_innovation"):
        tasks += [
            _task(
                _("Drafts to finish"),
                Innovation.objects.filter(status=Innovation.Status.DRAFT),
                "status__exact=draft",
            ),
            _task(
                _("Entries waiting for their owner"),
                Innovation.objects.published().waiting_for_owner(),
                "status__exact=published&waiting=yes",
            ),
        ]
    return tasks
