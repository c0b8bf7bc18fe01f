from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

# What a decision on seats rests on; read afresh once the rows are locked.
LOCKED_FIELDS = (
    "status",
    "slot_id",
    "seats",
    "waiting_since",
    "offered_until",
    "expected_participants",
    "held_on",
    "held_until",
    "reported_on",
    "wished_on",
    "venue",
    "participants",
    "calendar_sequence",
    "link_hash",
    "erased_at",
)


class VisitSeats:
    """How a `Visit` takes, keeps and gives back seats in a `TimeSlot`.

    A request holds its seats from the moment it is sent; one on the waiting list holds none until
    freed ones are offered to it, and keeps those for as long as the offer stands.
    """

    def lock(self, *slots) -> None:
        """Lock the slots concerned, then this visit, and read afresh what decisions rest on.

        Always slots first and in one order: two visits of one slot that change at once wait for
        each other instead of blocking each other for good. Within a transaction.
        """
        from visits.models.slot import TimeSlot

        own = type(self).objects.values_list("slot_id", flat=True).get(pk=self.pk)
        pks = {slot.pk for slot in slots if slot is not None} | ({own} if own else set())
        locked = {
            slot.pk: slot
            for slot in TimeSlot.objects.select_for_update().filter(pk__in=pks).order_by("pk")
        }
        now = type(self).objects.select_for_update().get(pk=self.pk)
        if now.slot_id != own:
            raise ValidationError(
                _("%(visit)s was changed by someone else just now. Look at it, and try again."),
                code="changed",
                params={"visit": self},
            )
        for name in LOCKED_FIELDS:
            setattr(self, name, getattr(now, name))
        self.slot = locked.get(now.slot_id)

    def take_place(self, slot) -> None:
        """Take seats in `slot`, or a place on its waiting list, unsaved; None leaves it without.

        For a request that is stored in the same transaction.
        """
        if slot is None:
            return
        self.slot = slot
        if slot.take(self.expected_participants):
            self.seats = self.expected_participants
        else:
            self.status, self.waiting_since = self.Status.WAITING_LIST, timezone.now()

    def _leave_seats(self) -> int:
        """Give the seats back, unsaved; the number that became free."""
        freed, self.seats, self.offered_until = self.seats, 0, None
        if freed:
            self.slot.give_back(freed)
        return freed

    def _settle(self, *, slot, on):
        """Decide day, slot and seats, unsaved: `slot`, or the day `on`, or what was wished."""
        old, freed = self.slot, 0
        if slot is None and self.slot and on in {None, self.slot.date}:
            slot = self.slot
        if old and slot != old and self.venue == old.venue:
            self.venue = ""
        if slot is not None:
            if slot != old or not self.seats:
                freed = self._leave_seats()
                self._sit_in(slot)
            self.venue = self.venue or slot.venue
            self._hold_on(slot.date)
        else:
            freed = self._leave_seats()
            self.slot = None
            self._hold_on(on or self.held_on or self.wished_on)
        self.offered_until = self.waiting_since = None
        self._check_day()
        if freed and old != self.slot:
            # This visit waits no longer, and must not be offered what it has just left.
            self.save_changes()
            old.offer_freed_seats()

    def _hold_on(self, day):
        """Put the visit on `day`; one of several days keeps its length."""
        length = self.held_until - self.held_on if self.held_until and self.held_on else None
        self.held_until = day + length if day and length else None
        self.held_on = day

    def _sit_in(self, slot):
        number = self.expected_participants
        if not number:
            raise ValidationError(
                _("%(visit)s does not say how many persons come: change the number first."),
                code="no_number",
                params={"visit": self},
            )
        if not slot.take(number):
            raise ValidationError(
                _("%(slot)s has %(free)s seats left, and %(visit)s needs %(number)s."),
                code="full",
                params={"slot": slot, "free": slot.free, "visit": self, "number": number},
            )
        self.slot, self.seats = slot, number

    def _check_day(self):
        if self.held_on is None and self.reported_on is None:
            raise ValidationError(
                _("%(visit)s names no date: enter the day of the visit first."),
                code="no_day",
                params={"visit": self},
            )
        if self.link_hash and self.held_on and self.held_on < timezone.localdate():
            raise ValidationError(
                _("%(day)s is past: agree on another day with the delegation."),
                code="past",
                params={"day": date_format(self.held_on)},
            )

    def offer_seats(self) -> None:
        """Keep freed seats of its slot for this visit on the waiting list, until a deadline.

        Within a transaction in which slot and visit are locked (`TimeSlot.offer_freed_seats`).
        """
        from visits import messages
        from visits.models.settings import VisitSettings

        self._sit_in(self.slot)
        deadline = timezone.now() + timedelta(hours=VisitSettings.load().offer_hours)
        self.offered_until = min(deadline, self.slot.starts)
        self.save(update_fields=["seats", "offered_until", "updated_at"])
        self.record("offered", by=None)
        messages.seats_offered(self)

    @transaction.atomic
    def accept_offer(self) -> None:
        """The delegation takes the seats kept for it; the request is submitted like any other."""
        from visits import messages

        self.lock()
        self._check_offer()
        if self.status == self.Status.WAITING_LIST:
            # A question that is open stays so: the delegation has yet to answer it.
            self.status = self.Status.SUBMITTED
        self.offered_until = self.waiting_since = None
        self.save(update_fields=["status", "offered_until", "waiting_since", "updated_at"])
        event = self.record("offer_accepted", by=None, actor="delegation")
        messages.office_told(self, event)

    @transaction.atomic
    def decline_offer(self) -> None:
        """The delegation lets the seats go; it waits on, behind everyone else."""
        self.lock()
        self._check_offer()
        self._pass_on("offer_declined", actor="delegation")

    @transaction.atomic
    def expire_offer(self) -> None:
        """The deadline has passed: the seats go to the next, this visit to the list's end."""
        from visits import messages

        self.lock()
        if not self.offered_until or self.offered_until > timezone.now():
            raise ValidationError(_("This offer has not expired."), code="transition")
        self._pass_on("offer_expired", actor="system")
        messages.offer_expired(self)

    def _check_offer(self):
        if not self.offered_until or self.offered_until <= timezone.now():
            raise ValidationError(
                _("No seats are kept for this request any longer."), code="no_offer"
            )

    def _pass_on(self, what, *, actor):
        self._leave_seats()
        self.waiting_since = timezone.now()
        self.save(update_fields=["seats", "offered_until", "waiting_since", "updated_at"])
        self.record(what, by=None, actor=actor)
        self.slot.offer_freed_seats(passing_over_refusers=True)

    @property
    def waiting_position(self) -> int | None:
        """The place in the waiting list of its slot, from 1; None where it waits for none."""
        if self.slot_id is None or self.waiting_since is None or self.seats:
            return None
        waiting = type(self).objects.waiting_for_seats().filter(slot=self.slot_id)
        earlier = models.Q(waiting_since__lt=self.waiting_since)
        same = models.Q(waiting_since=self.waiting_since, pk__lt=self.pk)
        return waiting.filter(earlier | same).count() + 1

    @property
    def takes_changes(self) -> bool:
        """Whether the delegation itself may still change its request."""
        last_day = self.held_until or self.held_on
        return self.is_open or (
            self.status == self.Status.CONFIRMED
            and (last_day is None or last_day >= timezone.localdate())
        )

    @property
    def most_participants(self) -> int:
        """How many persons can come: as many as have a seat, or are still free."""
        most = self._meta.get_field("expected_participants").validators[-1].limit_value
        if self.slot is None:
            return most
        room = self.slot.free + self.seats if self.seats else self.slot.capacity
        return min(most, room)

    @transaction.atomic
    def change_numbers(self, number: int, *, by=None) -> None:
        """Say anew how many persons come; more only as far as seats are free.

        Whoever else is concerned is told: delegation or office, and hosts who have said yes.
        The same number once more changes nothing. Raises ValidationError where seats are missing
        (`full`), or where more participants are listed by name (`listed`).
        """
        from visits import messages

        self.lock()
        may_change = (
            self.takes_changes if by is None else "change_numbers" in self.open_transitions
        )
        if not may_change:
            raise ValidationError(
                _("The number of %(visit)s can no longer be changed."),
                code="transition",
                params={"visit": self},
            )
        if number == self.expected_participants:
            return
        self._meta.get_field("expected_participants").run_validators(number)
        self._check_listed(number)
        before, self.expected_participants = self.expected_participants, number
        self._change_seats(number)
        self.save(update_fields=["expected_participants", "seats", "updated_at"])
        event = self.record(
            "numbers",
            by=by,
            actor="staff" if by else "delegation",
            details={"from": before, "to": number},
        )
        if self.slot and number < (before or 0):
            self.slot.offer_freed_seats()
        if by is None:
            messages.office_told(self, event)
        else:
            messages.numbers_changed(self, event)
        accepted = self.stops.filter(answer="accepted").select_related("innovation__agency")
        messages.hosts_told(self, event, accepted)

    def _check_listed(self, number):
        listed = self.attendees.count()
        if number < listed:
            raise ValidationError(
                ngettext_lazy(
                    "%(listed)s participant is listed by name: take one off the list first.",
                    "%(listed)s participants are listed by name: take some off the list first.",
                    listed,
                ),
                code="listed",
                params={"listed": listed},
            )

    def _change_seats(self, number):
        """Have as many seats as persons come, unsaved; whoever waits, must fit into the slot."""
        if self.slot is None:
            return
        if number > self.most_participants or (
            number > self.seats > 0 and not self.slot.take(number - self.seats)
        ):
            raise ValidationError(
                _("There is room for %(most)s persons at that time, and no more."),
                code="full",
                params={"most": self.most_participants},
            )
        if number < self.seats:
            self.slot.give_back(self.seats - number)
        self.seats = number if self.seats else 0
