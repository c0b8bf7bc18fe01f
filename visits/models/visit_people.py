import hashlib
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

LIST_FIELDS = ("name", "institution", "job_title")
# Changes one by one within this time are one line of the history, and one message.
ONE_SITTING = timedelta(hours=1)


def person_key(*texts: str) -> tuple[str, ...]:
    """By which two entries of LIST_FIELDS are the same person, however they are written."""
    return tuple(folded(text) for text in texts)


def folded(text: str) -> str:
    """The text without what nobody tells two people apart by: case, spacing, width of letters."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@dataclass
class ListComparison:
    """What a new list would change.

    `new` are rows, `changed` and `unchanged` pairs of participant and row, `removed` participants;
    `present` are those who would be removed but were there already.
    """

    new: list = field(default_factory=list)
    changed: list = field(default_factory=list)
    unchanged: list = field(default_factory=list)
    removed: list = field(default_factory=list)
    present: list = field(default_factory=list)

    @property
    def changes_nothing(self) -> bool:
        return not (self.new or self.changed or self.removed or self.present)


class VisitPeople:
    """Who comes on a `Visit`, by name or by number, and who is there.

    A list of names may be kept or not; each change of it is one transaction in which the visit is
    locked. `by` is the member of staff; None is the delegation at its private link.
    """

    @property
    def most_listed(self) -> int:
        """How many names the list may hold: as many as were announced, for those have seats."""
        from visits.models.visit import MAX_PARTICIPANTS

        return self.expected_participants or MAX_PARTICIPANTS

    @property
    def list_is_open(self) -> bool:
        """Whether the delegation itself may still change the list."""
        return self.is_open or self.status == self.Status.CONFIRMED

    @property
    def list_mark(self) -> str:
        """A digest of the list as it stands, by which a later change is noticed."""
        digest = hashlib.sha256()
        for row in self.attendees.order_by("pk").values_list("pk", *LIST_FIELDS):
            digest.update(f"{row!r}\0".encode())
        return digest.hexdigest()

    def compare_list(self, rows) -> ListComparison:
        """What `replace_list(rows)` would do; a row has `name`, `institution`, `job_title`.

        The same name in the same institution is the same person, or else the same name; who stays
        keeps the pass.
        """
        comparison = ListComparison()
        known = defaultdict(list)
        for participant in self.attendees.all():
            known[folded(participant.name)].append(participant)
        left = []
        for row in rows:
            alike = known[folded(row.name)]
            same = _of_institution(alike, row.institution)
            if same is None:
                left.append(row)
            else:
                alike.remove(same)
                _sort_in(comparison, same, row)
        for row in left:
            alike = known[folded(row.name)]
            if alike:
                comparison.changed.append((alike.pop(0), row))
            else:
                comparison.new.append(row)
        for participant in (each for alike in known.values() for each in alike):
            group = comparison.present if participant.attended_at else comparison.removed
            group.append(participant)
        return comparison

    def check_list(self, comparison, number, *, by) -> None:
        """Raise ValidationError where a list of `number` names that compares so may not be saved.

        There are more names than seats, or someone would be removed who was there already.
        """
        self._check_open(by)
        self._check_number(number)
        if comparison.present:
            raise _is_present(comparison.present)

    @transaction.atomic
    def replace_list(self, rows, *, by, mark) -> ListComparison:
        """Let `rows`, in their order, be the whole list; `mark` is the `list_mark` it rests on.

        Raises ValidationError as `check_list` does, or where the list was changed meanwhile.
        """
        self.lock_row()
        if mark != self.list_mark:
            raise ValidationError(
                _("The list was changed meanwhile. See below what your file would change now."),
                code="changed",
            )
        comparison = self.compare_list(rows)
        self.check_list(comparison, len(rows), by=by)
        if comparison.changes_nothing:
            return comparison
        before = self.attendees.count()
        self._write_list(rows, comparison)
        self._record_list(by, before, len(rows))
        return comparison

    def _write_list(self, rows, comparison):
        model = self.attendees.model
        place_of = {id(row): place for place, row in enumerate(rows, start=1)}
        self.attendees.filter(pk__in=[each.pk for each in comparison.removed]).delete()
        kept = []
        for participant, row in (*comparison.changed, *comparison.unchanged):
            for name in LIST_FIELDS:
                setattr(participant, name, getattr(row, name))
            participant.position = place_of[id(row)]
            kept.append(participant)
        model.objects.bulk_update(kept, [*LIST_FIELDS, "position"], batch_size=100)
        added = []
        for row in comparison.new:
            participant = model(
                visit=self,
                position=place_of[id(row)],
                **{name: getattr(row, name) for name in LIST_FIELDS},
            )
            participant.make_link()
            added.append(participant)
        model.objects.bulk_create(added)

    @transaction.atomic
    def add_participant(self, *, by, name, institution="", job_title=""):
        """Put one more name at the end of the list, and return the participant."""
        self._lock_list(by)
        before = self.attendees.count()
        self._check_number(before + 1)
        fields = {"name": name, "institution": institution, "job_title": job_title}
        self._check_twice(fields)
        last = self.attendees.order_by("-position").values_list("position", flat=True).first()
        participant = self.attendees.create(position=(last or 0) + 1, **fields)
        self._record_list(by, before, before + 1)
        return participant

    @transaction.atomic
    def change_participant(self, participant, *, by, **fields):
        """Correct the entry of one of its participants, who keeps the pass."""
        self._lock_list(by)
        self._check_twice(fields, but=participant)
        for name in LIST_FIELDS:
            setattr(participant, name, fields[name])
        participant.save(update_fields=LIST_FIELDS)
        number = self.attendees.count()
        self._record_list(by, number, number)

    @transaction.atomic
    def remove_participant(self, participant, *, by):
        """Take a name off the list; the pass no longer opens anything."""
        self._lock_list(by)
        participant.refresh_from_db(fields=["attended_at"])
        if participant.attended_at:
            raise _is_present([participant])
        before = self.attendees.count()
        participant.delete()
        self._record_list(by, before, before - 1)

    def _lock_list(self, by):
        self.lock_row()
        self._check_open(by)

    def _check_open(self, by):
        """See that the list may be changed: by staff until it is erased, by the others before."""
        if self.erased_at:
            raise ValidationError(_("The personal data of this visit are erased."), code="erased")
        if by is None and not self.list_is_open:
            raise ValidationError(
                _("The list can no longer be changed here. Write to us what is to be corrected."),
                code="closed",
            )

    def lock_row(self) -> None:
        """Lock this visit, and read afresh what lists and check-in rest on."""
        now = type(self).objects.select_for_update().get(pk=self.pk)
        for name in ("status", "expected_participants", "participants", "held_on", "erased_at"):
            setattr(self, name, getattr(now, name))

    def _check_number(self, number):
        if number > self.most_listed:
            raise ValidationError(
                _(
                    "The list would have %(number)s names, and %(most)s persons are announced. "
                    "Raise the number of persons on the page of the visit first; it is raised as "
                    "far as seats are free."
                ),
                code="too_many",
                params={"number": number, "most": self.most_listed},
            )

    def _check_twice(self, fields, *, but=None):
        wanted = person_key(*(fields[name] for name in LIST_FIELDS))
        others = self.attendees.exclude(pk=but.pk) if but else self.attendees.all()
        for row in others.values_list(*LIST_FIELDS):
            if person_key(*row) == wanted:
                raise ValidationError(
                    _(
                        "This person is on the list already. Where two have the same name, tell "
                        "them apart by institution or position."
                    ),
                    code="duplicate",
                )

    def _record_list(self, by, before, after):
        """Write the change into the history; those of one sitting are one line, told once."""
        from visits import messages

        actor = "staff" if by else "delegation"
        last = self.events.order_by("-pk").first()
        if (
            last
            and (last.what, last.actor, last.by) == ("participants", actor, by)
            and last.at > timezone.now() - ONE_SITTING
        ):
            last.details["to"] = after
            last.save(update_fields=["details"])
            return
        told = self.events.filter(
            what="participants", actor="delegation", at__gt=timezone.now() - ONE_SITTING
        ).exists()
        details = {"from": before, "to": after}
        event = self.record("participants", by=by, actor=actor, details=details)
        if by is None and not told:
            messages.office_told(self, event)

    def came_by_name(self):
        """Those on the list who came, as a queryset.

        They are the checked in; or all, where the group was counted at the door, and complete.
        """
        present = self.attendees.present()
        if self.participants and not present.exists():
            everyone = self.attendees.all()
            if self.participants >= everyone.count():
                return everyone
        return present

    def check_presence_open(self) -> None:
        """Raise ValidationError unless people can be checked in: a confirmed visit, on its day."""
        if self.erased_at:
            raise ValidationError(_("The personal data of this visit are erased."), code="erased")
        if self.status not in {self.Status.CONFIRMED, self.Status.COMPLETED}:
            raise ValidationError(
                _("%(visit)s is not confirmed yet: confirm it first."),
                code="not_confirmed",
                params={"visit": self},
            )
        if self.held_on and self.held_on > timezone.localdate():
            raise ValidationError(
                _("This visit is on %(day)s; check-in opens on that day."),
                code="too_early",
                params={"day": date_format(self.held_on)},
            )

    @transaction.atomic
    def check_in_group(self, number, *, by, everyone=False):
        """Say how many are there, counted as a group; `everyone` checks in the whole list too.

        Once more corrects it. None takes the number back.
        """
        self.lock_row()
        self.check_presence_open()
        before, self.participants = self.participants, number
        self.save(update_fields=["participants", "updated_at"])
        if everyone:
            self.attendees.filter(attended_at__isnull=True).update(
                attended_at=timezone.now(), checked_in_by=by
            )
        self.record("checked_in", by=by, details={"from": before, "to": number})

    def shift_presence(self, change: int) -> None:
        """Keep the number of those who came in step with a correction after the visit."""
        counted = type(self).objects.filter(
            pk=self.pk, status=self.Status.COMPLETED, participants__gte=max(0, -change)
        )
        counted.update(participants=F("participants") + change)


def _is_present(participants) -> ValidationError:
    return ValidationError(
        _("%(names)s: checked in already, and therefore cannot leave the list."),
        code="present",
        params={"names": ", ".join(each.name for each in participants)},
    )


def _of_institution(participants, institution):
    wanted = folded(institution)
    return next((each for each in participants if folded(each.institution) == wanted), None)


def _sort_in(comparison, participant, row):
    same = all(getattr(participant, name) == getattr(row, name) for name in LIST_FIELDS)
    group = comparison.unchanged if same else comparison.changed
    group.append((participant, row))
