import datetime
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from magelang_portal.store_away import delete_on_commit

# The kinds of personal data that a visit holds, as the receipt and the dry run name them: what
# stands in its own row (`Visit.personal_fields`), then what `personal_rows` hold.
# `VisitQuerySet.with_held_data` counts each as `held_<kind>`.
KINDS_OF_DATA = {
    "contact": _("Names, telephone, e-mail and purpose in the request"),
    "letter": _("Letter of request"),
    "participants": _("Participants by name"),
    "messages": _("E-mails sent about the visit"),
    "papers": _("Papers with what was printed on them"),
    "texts": _("Texts in the history"),
    "feedback": _("Remarks in feedback"),
}


@dataclass(frozen=True)
class PersonalRows:
    """Rows that hold personal data of visits, each found by `visit`, the lookup of its visit.

    Erasing empties the fields of `emptied`; without any the rows themselves go.
    """

    rows: models.QuerySet
    visit: str = "visit"
    emptied: dict = field(default_factory=dict)

    def erase(self, visit) -> None:
        rows = self.rows.filter(**{self.visit: visit})
        if self.emptied:
            rows.update(**self.emptied)
        else:
            rows.delete()


def personal_rows() -> dict[str, list[PersonalRows]]:
    """Where each of `KINDS_OF_DATA` is held besides the visit's own row.

    The one list by which it is counted, and by which it is erased.
    """
    from visits.models import (
        Feedback,
        InnovationFeedback,
        Message,
        Paper,
        Participant,
        Stop,
        VisitEvent,
    )

    # Whoever writes without a name may still name somebody: every text goes.
    return {
        "papers": [
            PersonalRows(Paper.objects.filter(erased_at__isnull=True), emptied={"data": {}})
        ],
        "participants": [PersonalRows(Participant.objects.all())],
        "messages": [PersonalRows(Message.objects.all())],
        "texts": [
            PersonalRows(VisitEvent.objects.exclude(reason=""), emptied={"reason": ""}),
            PersonalRows(Stop.objects.exclude(answer_reason=""), emptied={"answer_reason": ""}),
        ],
        "feedback": [
            PersonalRows(
                Feedback.objects.exclude(good="", better=""), emptied={"good": "", "better": ""}
            ),
            PersonalRows(
                InnovationFeedback.objects.exclude(better=""),
                visit="feedback__visit",
                emptied={"better": ""},
            ),
        ],
    }


class VisitErasure:
    """How a `Visit` loses its personal data: on schedule, by staff, or as the delegation asks."""

    def kept_until(self, keep_days: int) -> datetime.date | None:
        """The last day on which the personal data may still be kept; None while it is open.

        Counted from the visit's last day, or from the last change of a request that came to
        nothing, as `VisitQuerySet.due_for_erasure` does.
        """
        if self.status not in self.transitions["erase"]:
            return None
        day = None
        if self.status == self.Status.COMPLETED:
            day = self.held_until or self.held_on
        day = day or timezone.localdate(self.updated_at)
        return day + datetime.timedelta(days=keep_days)

    def held_data(self) -> dict[str, int]:
        """How many pieces of each of `KINDS_OF_DATA` are held, those with none left out.

        One query, or none on a visit of `with_held_data`.
        """
        counted = self
        if not hasattr(self, "held_contact"):
            counted = type(self).objects.with_held_data().get(pk=self.pk)
        counts = {kind: getattr(counted, f"held_{kind}") for kind in KINDS_OF_DATA}
        return {kind: count for kind, count in counts.items() if count}

    @transaction.atomic
    def erase(self, *, by=None, actor=None):
        """Erase the personal data of a visit that is over, was declined or cancelled.

        `by` is the member of staff who does it; None with `actor` "delegation" is the delegation
        itself, None without is the schedule. Names, contact, purpose and letter go, so does all
        that `personal_rows` list, whoever wrote it; with it passes, and what the admin's log says
        of it. The organisation, the counts, ratings, adoptions and what was done when stay. The
        history keeps how many pieces of each kind were erased, for the receipt behind the
        private link.
        """
        now = type(self).objects.select_for_update().get(pk=self.pk)
        if now.status not in self.transitions["erase"] or now.erased_at:
            raise ValidationError(
                _("%(visit)s is still open, or its personal data are erased already."),
                code="transition",
                params={"visit": self},
            )
        erased = now.held_data()
        for name in self.personal_fields:
            setattr(self, name, "")
        self.erased_at = timezone.now()
        self.participants = now.participants
        if self.participants is None:
            self.participants = self.attendees.present().count() or None
        self.save(update_fields=[*self.personal_fields, "participants", "erased_at", "updated_at"])
        if now.letter:
            name = now.letter.name
            delete_on_commit(partial(now.letter.storage.delete, name), name)
        self._erase_around()
        self.record("erased", by=by, actor=actor, details={"erased": erased})

    def _erase_around(self):
        """Erase what other rows hold about the people of this visit."""
        from django.contrib.admin.models import LogEntry
        from django.contrib.contenttypes.models import ContentType

        from visits.models import GroupPass, Participant

        # The admin's log repeats names: of participants as its entries, of inlines in its words.
        types = ContentType.objects.get_for_models(Participant, type(self))
        people = [str(pk) for pk in self.attendees.values_list("pk", flat=True)]
        LogEntry.objects.filter(content_type=types[Participant], object_id__in=people).delete()
        LogEntry.objects.filter(content_type=types[type(self)], object_id=str(self.pk)).update(
            change_message=""
        )
        for held in chain.from_iterable(personal_rows().values()):
            held.erase(self)
        self.papers.filter(erased_at__isnull=True).update(erased_at=self.erased_at)
        GroupPass.objects.filter(visit=self).delete()
