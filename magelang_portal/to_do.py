"""What waits for staff: the lists on which the admin opens."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovations.models import Innovation, Question, Suggestion
from visits.models import Adoption, Message, Stop, Visit
from visits.staff_calendar import may_see

ERASED_SOON = 14
# More than so many say nothing more, and would take long to count.
MOST = 999
WEEK = datetime.timedelta(days=6)


@dataclass(frozen=True)
class Task:
    """A heap of work: how many, what, and the list that shows exactly these.

    `is_more` where there are more than `count`, which is never above `MOST`.
    """

    label: str
    count: int
    url: str
    is_more: bool = False


@dataclass(frozen=True)
class Heap:
    """Where a task comes from: the rows that `permission` lets someone work on.

    `query` filters the changelist of the rows' model down to just them; empty where it shows
    them by itself.
    """

    permission: str
    label: str
    rows: Callable[..., QuerySet]
    query: str

    def task_for(self, user) -> Task:
        """The task of `user`; one query."""
        rows = self.rows(user).order_by()
        options = rows.model._meta  # noqa: SLF001 (documented API)
        url = reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
        query = self.query.format(user=user)
        count = rows[: MOST + 1].count()
        return Task(self.label, min(count, MOST), f"{url}?{query}" if query else url, count > MOST)


def _visits_that_are(status):
    return lambda user: Visit.objects.filter(status=status)


def _innovations_that_are(status):
    return lambda user: Innovation.objects.filter(status=status)


def _own_entries(user):
    return Innovation.objects.to_confirm().filter(agency=user.agency_id)


DECIDE = "visits.decide_visit"
PUBLISH = "innovations.publish_innovation"
# The most urgent first: what somebody outside waits for, then what can wait itself.
HEAPS = (
    Heap(
        "visits.view_message",
        _("E-mails that did not go out"),
        lambda user: Message.objects.failed(),
        "attention=yes",
    ),
    Heap(
        DECIDE,
        _("Offers running out"),
        lambda user: Visit.objects.with_offer_running_out(),
        "answer=offers_ending",
    ),
    Heap(
        DECIDE,
        _("New requests"),
        _visits_that_are(Visit.Status.SUBMITTED),
        "status__exact=submitted",
    ),
    Heap(
        "visits.answer_stop",
        _("Stops that wait for their host"),
        lambda user: Stop.objects.hosted_by(user).unanswered(),
        "",
    ),
    Heap(
        DECIDE, _("Visits to mark as completed"), lambda user: Visit.objects.past(), "answer=past"
    ),
    Heap(
        "visits.confirm_adoption",
        _("Adoptions to confirm"),
        lambda user: Adoption.objects.to_confirm(),
        "answer=waiting",
    ),
    Heap(
        "innovations.change_question",
        _("Questions to answer"),
        lambda user: Question.objects.answerable_by(user).unanswered(),
        "todo=answer",
    ),
    Heap(
        "innovations.publish_innovation",
        _("Answers to publish"),
        lambda user: Question.objects.answered_unseen(),
        "todo=publish",
    ),
    Heap(
        "innovations.change_suggestion",
        _("Suggestions to moderate"),
        lambda user: Suggestion.objects.filter(moderation=Suggestion.Moderation.WAITING),
        "moderation__exact=waiting",
    ),
    Heap(
        PUBLISH,
        _("Innovations in review"),
        _innovations_that_are(Innovation.Status.IN_REVIEW),
        "status__exact=in_review",
    ),
    Heap(
        PUBLISH,
        _("Entries to have confirmed by their owner"),
        lambda user: Innovation.objects.to_confirm(),
        "confirmation=due",
    ),
    Heap(
        "innovations.change_innovation",
        _("Drafts to finish"),
        _innovations_that_are(Innovation.Status.DRAFT),
        "status__exact=draft",
    ),
    Heap(
        "innovations.change_innovation",
        _("Entries waiting for their owner"),
        lambda user: Innovation.objects.published().waiting_for_owner(),
        "status__exact=published&waiting=yes",
    ),
    Heap(
        DECIDE,
        _("Questions that delegations have yet to answer"),
        _visits_that_are(Visit.Status.NEEDS_INFORMATION),
        "status__exact=needs_information",
    ),
    Heap(
        DECIDE,
        _("On the waiting list"),
        _visits_that_are(Visit.Status.WAITING_LIST),
        "status__exact=waiting_list",
    ),
    Heap(
        DECIDE,
        _("Personal data that go within 14 days"),
        lambda user: Visit.objects.due_for_erasure(within_days=ERASED_SOON),
        "answer=erase_soon",
    ),
)
# For those who receive visitors of their own agency and do no more.
OWN_ENTRIES = Heap(
    "visits.answer_stop",
    _("Entries of your agency to confirm"),
    _own_entries,
    "confirmation=due&agency__id__exact={user.agency_id}",
)


def tasks_for(user) -> list[Task]:
    """The heaps that `user` may work on, in the order of urgency; one query each."""
    heaps = [heap for heap in HEAPS if user.has_perm(heap.permission)]
    if user.agency_id and user.has_perm(OWN_ENTRIES.permission) and not user.has_perm(PUBLISH):
        heaps.append(OWN_ENTRIES)
    return [heap.task_for(user) for heap in heaps]


def visits_of_the_week(user) -> list[Visit]:
    """Confirmed visits of today and the six days after it, for hosts those of their agency.

    Each with its `slot`; one query, or none for someone who has no business with visits.
    """
    if not may_see(user):
        return []
    today = timezone.localdate()
    return list(
        Visit.objects.visible_to(user)
        .filter(status=Visit.Status.CONFIRMED)
        .held_between(today, today + WEEK)
        .select_related("slot")
        .order_by("held_on", F("slot__starts_at").asc(nulls_last=True), "pk")
    )
