import datetime
from functools import partial

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# The kinds of personal data that a visit holds, as the receipt and the dry run name them.
# `VisitQuerySet.with_held_data` counts each as `held_<kind>`.
KINDS_OF_DATA = {
    "contact": _("Names, telephone, e-mail and purpose in the request"),
    "letter": _("Letter of request"),
    "participants": _("Participants by name"),
    "messages": _("E-mails sent about the visit"),
    "papers": _("Papers with what was printed on them"),
    "texts": _("Texts that the delegation wrote into the history"),
    "feedback": _("Remarks of participants"),
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
        itself, None without is the schedule. Names, contact, purpose and letter go, so do
        participants and passes, messages, what the delegation wrote in the history, remarks that
        belong to a participant, and the names on papers. The organisation, the counts, ratings
        and adoptions stay. The history keeps how many pieces of each kind were erased, for the
        receipt behind the private link.
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
            transaction.on_commit(partial(now.letter.storage.delete, now.letter.name))
        self._erase_around()
        self.record("erased", by=by, actor=actor, details={"erased": erased})

    def _erase_around(self):
        """Erase what other rows hold about the people of this visit."""
        from django.contrib.admin.models import LogEntry
        from django.contrib.contenttypes.models import ContentType

        from visits.models import GroupPass, InnovationFeedback, Participant

        # Whoever writes without a name may still name somebody.
        InnovationFeedback.objects.filter(feedback__visit=self).update(better="")
        self.feedback.update(good="", better="")
        # The admin's log repeats names: of participants as its entries, of inlines in its words.
        types = ContentType.objects.get_for_models(Participant, type(self))
        people = [str(pk) for pk in self.attendees.values_list("pk", flat=True)]
        LogEntry.objects.filter(content_type=types[Participant], object_id__in=people).delete()
        LogEntry.objects.filter(content_type=types[type(self)], object_id=str(self.pk)).update(
            change_message=""
        )
        self.papers.update(data={}, erased_at=self.erased_at)
        self.attendees.all().delete()
        GroupPass.objects.filter(visit=self).delete()
        self.messages.all().delete()
        self.events.update(reason="")
