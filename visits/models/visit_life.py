from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

# What a transition may change; the rest of the row belongs to whoever edits it meanwhile.
CHANGED_FIELDS = (
    "status",
    "slot",
    "seats",
    "waiting_since",
    "offered_until",
    "held_on",
    "held_until",
    "venue",
    "participants",
    "calendar_sequence",
    "updated_at",
)


class VisitLife:
    """The transitions of a `Visit`, each guarded by `Visit.transitions`.

    Each is one transaction: the change, its line in the history, its messages. `by` is the member
    of staff who does it; None is the delegation at its private link, or the portal itself.
    """

    @transaction.atomic
    def submit(self, *, innovations, slot=None):
        """Store this request with its wished itinerary, seated in `slot` or on its waiting list.

        Raises IntegrityError where the same form was stored before (`submission_hash`).
        """
        from visits import messages

        self.take_place(slot)
        if not self.link_hash:
            self.make_link()
        self.save(force_insert=True)
        self.stops.bulk_create(
            self.stops.model(visit=self, innovation=innovation, position=position)
            for position, innovation in enumerate(innovations, start=1)
        )
        self.record("submitted", by=None, actor="delegation")
        messages.request_received(self)
        messages.stops_to_answer(self)

    @transaction.atomic
    def ask(self, *, by, reason):
        """Ask the delegation for what is missing; it reads `reason` as the question."""
        from visits import messages

        if not reason.strip():
            raise ValidationError(_("Write what you want to know."), code="no_reason")
        self.lock()
        self._become("ask", self.Status.NEEDS_INFORMATION)
        self.save_changes()
        self.record("asked", by=by, reason=reason)
        messages.information_needed(self, reason)

    @transaction.atomic
    def answer(self, *, text):
        """The delegation's answer to `ask`; the request waits for the city again."""
        from visits import messages

        if not text.strip():
            raise ValidationError(_("Write your answer."), code="no_answer")
        self.lock()
        if self.status != self.Status.NEEDS_INFORMATION:
            raise ValidationError(_("No question is open on this request."), code="transition")
        waits = self.slot and (not self.seats or self.offered_until)
        self.status = self.Status.WAITING_LIST if waits else self.Status.SUBMITTED
        self.save(update_fields=["status", "updated_at"])
        event = self.record("answered", by=None, actor="delegation", reason=text)
        messages.office_told(self, event)

    @transaction.atomic
    def confirm(self, *, by, on=None, slot=None, reason=""):
        """Agree to the visit in `slot`, or on the day `on`, or else as it was wished.

        Raises ValidationError where no day is known, the day is past, the slot has too few
        seats, or every host has declined. On another time than they know, hosts are asked anew.
        """
        from visits import messages

        self.lock(slot)
        before = self.when
        self._become("confirm", self.Status.CONFIRMED)
        answers = set(self.stops.values_list("answer", flat=True))
        if answers == {"declined"}:
            raise ValidationError(
                _("Every host of %(visit)s has declined: agree on another stop first."),
                code="no_stop",
                params={"visit": self},
            )
        self._settle(slot=slot, on=on)
        self.save_changes()
        self.record("confirmed", by=by, reason=reason)
        asked_again = self._ask_hosts_again(before)
        messages.visit_confirmed(self, reason)
        if asked_again:
            messages.stops_to_answer(self)

    @transaction.atomic
    def move(self, *, by, on=None, slot=None, reason=""):
        """Put the visit into another slot, or on another day; seats left behind are offered.

        Hosts said yes or no to another time, and are asked anew.
        """
        from visits import messages

        self.lock(slot)
        before = self.when
        self._become("move", self.status)
        if slot is None and on is None:
            raise ValidationError(_("Choose a slot or a day."), code="no_day")
        if self.status == self.Status.WAITING_LIST:
            self.status = self.Status.SUBMITTED
        self._settle(slot=slot, on=on)
        if self.when == before:
            raise ValidationError(
                _("%(visit)s stands at that time already."), code="same", params={"visit": self}
            )
        self.calendar_sequence += 1
        self.save_changes()
        details = {"from": before, "to": self.when}
        event = self.record("moved", by=by, reason=reason, details=details)
        self._ask_hosts_again(before)
        messages.visit_moved(self, event)

    def _ask_hosts_again(self, before) -> bool:
        """Take back what hosts answered to the time `before`, where it is another one now."""
        if before and self.when.startswith(before):
            # Hours that are new on a day that they know do not change what they said.
            return False
        self.stops.update(answer="pending", answer_reason="", answered_at=None, answered_by=None)
        if self.slot:
            outside = models.Q(starts_at__lt=self.slot.starts_at) | models.Q(
                ends_at__gt=self.slot.ends_at
            )
            self.stops.filter(outside).update(starts_at=None, ends_at=None)
        return True

    @transaction.atomic
    def put_on_waiting_list(self, *, by, reason=""):
        """Take the seats back and let the request wait for others in its slot."""
        from visits import messages

        self.lock()
        if self.slot is None:
            raise ValidationError(
                _("%(visit)s asks for no slot: there is no list to wait on."),
                code="no_slot",
                params={"visit": self},
            )
        self._become("put_on_waiting_list", self.Status.WAITING_LIST)
        # Whoever waits already keeps the place.
        self.waiting_since = self.waiting_since or timezone.now()
        freed = self._leave_seats()
        self.save_changes()
        self.record("waiting_list", by=by, reason=reason)
        messages.placed_on_waiting_list(self, reason)
        if freed:
            self.slot.offer_freed_seats(passing_over=self)

    @transaction.atomic
    def decline(self, *, by, reason):
        """Answer the request with no; the delegation reads `reason`, so it may not be empty.

        Hosts hear of it unless the portal itself ends what is long past (`by` None).
        """
        from visits import messages

        if not reason.strip():
            raise ValidationError(_("Give the delegation a reason."), code="no_reason")
        self._end("decline", self.Status.DECLINED)
        self.record("declined", by=by, reason=reason)
        messages.visit_declined(self, reason, hosts=by is not None)

    @transaction.atomic
    def cancel(self, *, by=None, reason=""):
        """Call the visit off: the delegation at its private link (`by` None), or staff for it."""
        from visits import messages

        if by is None:
            self.lock()
            if not self.takes_changes:
                raise ValidationError(
                    _("This visit can no longer be cancelled."), code="transition"
                )
        self._end("cancel", self.Status.CANCELLED)
        event = self.record(
            "cancelled", by=by, actor="staff" if by else "delegation", reason=reason
        )
        messages.visit_cancelled(self, event)
        if by is None:
            messages.office_told(self, event)

    def _end(self, transition, status):
        """Become declined or cancelled, and give the seats to whoever waits for them."""
        self.lock()
        if self.held_on and self.status == self.Status.CONFIRMED:
            self.calendar_sequence += 1
        self._become(transition, status)
        freed = self._leave_seats()
        self.waiting_since = None
        self.save_changes()
        if freed:
            self.slot.offer_freed_seats()

    @transaction.atomic
    def complete(self, *, by, participants=None):
        """Record that the visit took place, not before its last day; who was checked in, came.

        `participants` is how many came, where somebody counted. Whoever came has a certificate
        from then on, and is asked how it was, unless the portal itself ends what is long past
        (`by` None).
        """
        from visits import messages
        from visits.models.paper import Paper

        self.lock()
        if self.is_to_come:
            raise ValidationError(
                _("%(visit)s is still to come."), code="too_early", params={"visit": self}
            )
        self._become("complete", self.Status.COMPLETED)
        if participants is not None:
            self.participants = participants
        elif self.participants is None:
            self.participants = self.attendees.present().count() or None
        self.save_changes()
        self.record("completed", by=by)
        if Paper.Kind.CERTIFICATE in Paper.kinds_open_for(self):
            Paper.issue(self, Paper.Kind.CERTIFICATE, by=by)
        if by is not None:
            messages.feedback_wanted(self)

    @transaction.atomic
    def end_forgotten(self):
        """End what nobody has ended (`VisitQuerySet.forgotten`), so that its data go in time.

        A confirmed visit counts as held, a request that never got its answer as declined.
        """
        self.lock()
        if not type(self).objects.forgotten().filter(pk=self.pk).exists():
            raise ValidationError(
                _("%(visit)s was changed by someone else just now. Look at it, and try again."),
                code="changed",
                params={"visit": self},
            )
        if self.status == self.Status.CONFIRMED:
            self.complete(by=None)
            return
        with override(self.language):
            reason = gettext("The request was closed by itself: no visit was agreed in time.")
        self.decline(by=None, reason=reason)

    @transaction.atomic
    def change_programme(self, *, by, added=(), removed=(), changed=(), venue=None):
        """Record which stops staff have just added, removed or changed, and tell whom it concerns.

        `venue` is that of the visit, where it has another one or (empty) none any longer. Hosts of
        what was added are asked, those of what was removed need not prepare, and those of what
        was changed are told; the delegation hears of it once it holds a programme.
        """
        from visits import messages

        moved = [] if venue is None else [venue]
        changes = {"added": added, "removed": removed, "changed": [*changed, *moved]}
        details = {what: [str(stop) for stop in stops] for what, stops in changes.items() if stops}
        if not details:
            return
        event = self.record("programme", by=by, details=details)
        if self.status in {*self.open_statuses, self.Status.CONFIRMED}:
            self.count_invitation()
            messages.stops_to_answer(self, added=added)
            messages.stops_withdrawn(self, removed)
            concerned = self.stops.select_related("innovation__agency") if moved else changed
            messages.hosts_told(self, event, [stop for stop in concerned if stop not in added])
        if self.status == self.Status.CONFIRMED:
            messages.programme_changed(self, event)

    def count_invitation(self):
        """Let the next invitation replace the one in people's calendars, if there is one."""
        if self.status == self.Status.CONFIRMED:
            self.calendar_sequence += 1
            self.save(update_fields=["calendar_sequence", "updated_at"])

    @transaction.atomic
    def publish(self, *, by):
        """Show a completed visit to the public, at an address made from day and organisation."""
        stored = type(self).objects.select_for_update().get(pk=self.pk)
        if stored.status != self.Status.COMPLETED:
            raise ValidationError(
                _("%(visit)s is not completed: only then can it be public."),
                code="transition",
                params={"visit": self},
            )
        if stored.is_published:
            raise ValidationError(
                _("%(visit)s is public already."), code="transition", params={"visit": self}
            )
        self.slug = self.slug or self._free_slug()
        self.published_at, self.published_by = timezone.now(), by
        self.save(update_fields=["slug", "published_at", "published_by", "updated_at"])
        self.record("published", by=by)

    @transaction.atomic
    def unpublish(self, *, by):
        """Take the visit off the public site."""
        if not type(self).objects.select_for_update().get(pk=self.pk).is_published:
            raise ValidationError(
                _("%(visit)s is not public."), code="transition", params={"visit": self}
            )
        self.published_at = self.published_by = None
        self.save(update_fields=["published_at", "published_by", "updated_at"])
        self.record("unpublished", by=by)

    def _free_slug(self) -> str:
        base = slugify(f"{self.held_on or self.reported_on} {self.organisation}")[:90]
        taken = set(
            type(self).objects.filter(slug__startswith=base).values_list("slug", flat=True)
        )
        return next(
            slug
            for slug in (base, *(f"{base}-{number}" for number in range(2, len(taken) + 3)))
            if slug not in taken
        )

    @property
    def when(self) -> str:
        """The agreed or wished time as the history keeps it.

        `2027-05-04 09:00-11:30` in a slot, `2027-05-04` without, empty where no day is known.
        """
        if self.slot:
            return f"{self.slot.date} {self.slot.starts_at:%H:%M}-{self.slot.ends_at:%H:%M}"
        return str(self.held_on or self.wished_on or "")

    def save_changes(self):
        """Save what a transition may have changed, and nothing else."""
        self.save(update_fields=CHANGED_FIELDS)

    def _become(self, transition, status):
        """Change the status of the locked visit, where `transition` is open."""
        if self.status not in self.transitions[transition]:
            raise ValidationError(
                _("%(visit)s is %(now)s: it cannot become %(then)s."),
                code="transition",
                params={
                    "visit": self,
                    "now": self.Status(self.status).label,
                    "then": self.Status(status).label,
                },
            )
        self.status = status

    def record(self, what, *, by, actor=None, reason="", details=None):
        """Write a line into the history (`VisitEvent`) and return it.

        `actor` is `staff` where `by` is somebody, else `system` unless said otherwise.
        """
        return self.events.create(
            what=what,
            status=self.status,
            by=by,
            actor=actor or ("staff" if by else "system"),
            reason=reason,
            details=details or {},
        )
