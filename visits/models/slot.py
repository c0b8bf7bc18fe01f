import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import date_format, number_format, time_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from innovations.models import Innovation
from visits.closed_days import earliest_day


class TimeSlotQuerySet(models.QuerySet):
    def upcoming(self):
        """Slots that have not begun, the earliest first."""
        now = timezone.localtime()
        return self.filter(
            models.Q(date__gt=now.date()) | models.Q(date=now.date(), starts_at__gt=now.time())
        ).order_by("date", "starts_at", "pk")

    def past(self):
        """Slots that have begun or are over."""
        now = timezone.localtime()
        return self.filter(
            models.Q(date__lt=now.date()) | models.Q(date=now.date(), starts_at__lte=now.time())
        )

    def public(self):
        """What the public calendar shows: open slots from today on, the earliest first."""
        return self.filter(is_open=True, date__gte=timezone.localdate()).order_by(
            "date", "starts_at", "pk"
        )

    def open_for_requests(self):
        """Slots that a delegation may ask for today: open, and no nearer than the lead time."""
        return self.upcoming().filter(is_open=True, date__gte=earliest_day())

    def with_free_seats(self):
        """Slots in which someone could still be seated."""
        return self.filter(booked__lt=models.F("capacity"))

    def with_room_for(self, number):
        """Slots in which `number` more persons could be seated."""
        return self.filter(booked__lte=models.F("capacity") - number)

    def without_free_seats(self):
        """Full slots."""
        return self.filter(booked__gte=models.F("capacity"))

    def with_waiting(self):
        """Each with `waiting`, the number of visits on its waiting list; no further query."""
        visits = self.model.visits.rel.related_model.objects.waiting_for_seats()
        counted = (
            visits.filter(slot=models.OuterRef("pk"))
            .order_by()
            .values("slot")
            .annotate(number=models.Count("pk"))
        )
        return self.annotate(waiting=Coalesce(models.Subquery(counted.values("number")), 0))

    def overlapping(self, *, starts_at, ends_at, venue):
        """Slots that take the same venue at some time of these hours, whatever the day."""
        return self.filter(starts_at__lt=ends_at, ends_at__gt=starts_at, venue=venue)


class TimeSlot(models.Model):
    """A time at which the city receives delegations, with room for `capacity` persons.

    `booked` counts the seats that visits hold (`Visit.seats`); the database refuses more than
    there are. Seats are taken and given back by `Visit` alone, within its transactions.
    """

    date = models.DateField(_("day"))
    starts_at = models.TimeField(_("from"))
    ends_at = models.TimeField(_("until"))
    venue = models.CharField(_("venue"), max_length=200, blank=True)
    capacity = models.PositiveSmallIntegerField(
        _("capacity, in persons"),
        validators=[
            MinValueValidator(1, _("A slot has room for at least one person.")),
            MaxValueValidator(2000),
        ],
    )
    booked = models.PositiveSmallIntegerField(_("seats taken"), default=0, editable=False)
    language = models.CharField(
        _("language"),
        max_length=10,
        choices=Innovation.VisitLanguages,
        default=Innovation.VisitLanguages.INDONESIAN,
    )
    note = models.CharField(
        _("note"), max_length=300, blank=True, help_text=_("Shown in the public calendar.")
    )
    is_open = models.BooleanField(
        _("open for requests"),
        default=True,
        help_text=_("A closed slot keeps its visits and takes no new ones."),
    )

    # When anything that the calendar shows was last changed, seats taken among it.
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)

    objects = TimeSlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("time slot")
        verbose_name_plural = _("time slots")
        ordering = ["date", "starts_at", "pk"]
        indexes = [models.Index(fields=["date", "starts_at"], name="slot_day")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(capacity__gte=1),
                name="slot_capacity_positive",
                violation_error_message=_("A slot has room for at least one person."),
            ),
            models.CheckConstraint(
                condition=models.Q(booked__lte=models.F("capacity")),
                name="slot_never_overbooked",
                violation_error_message=_("More seats are taken than this; move a visit first."),
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="slot_ends_after_it_starts",
                violation_error_message=_("A slot ends after it starts."),
            ),
            models.UniqueConstraint(
                fields=["date", "starts_at", "venue"],
                name="slot_once_per_venue",
                violation_error_message=_("There is a slot at this time and venue already."),
            ),
        ]

    def __str__(self):
        return f"{date_format(self.date, 'l, j F Y')}, {self.hours}"

    @property
    def hours(self) -> str:
        """From when to when, as people of the page's language write it."""
        return f"{time_format(self.starts_at)}–{time_format(self.ends_at)}"

    @property
    def free(self) -> int:
        """Seats left, in persons."""
        return max(0, self.capacity - self.booked)

    @property
    def seats_left(self) -> str:
        """How many seats are free, in words: “40 of 100 seats free”."""
        text = ngettext(
            "%(free)s of %(capacity)s seat free",
            "%(free)s of %(capacity)s seats free",
            self.capacity,
        )
        return text % {
            "free": number_format(self.free),
            "capacity": number_format(self.capacity),
        }

    @property
    def starts(self) -> datetime.datetime:
        """When it begins, as an aware datetime in the city's time zone."""
        return timezone.make_aware(datetime.datetime.combine(self.date, self.starts_at))

    @property
    def ends(self) -> datetime.datetime:
        return timezone.make_aware(datetime.datetime.combine(self.date, self.ends_at))

    def take(self, seats: int) -> bool:
        """Take `seats` of it if so many are free; one statement decides, whoever else asks."""
        taken = (
            type(self)
            .objects.filter(pk=self.pk, booked__lte=models.F("capacity") - seats)
            .update(booked=models.F("booked") + seats, updated_at=timezone.now())
        )
        self.refresh_from_db(fields=["booked", "capacity", "updated_at"])
        return bool(taken)

    def give_back(self, seats: int) -> None:
        """Give `seats` back; the caller then offers them with `offer_freed_seats`."""
        type(self).objects.filter(pk=self.pk).update(
            booked=models.F("booked") - seats, updated_at=timezone.now()
        )
        self.refresh_from_db(fields=["booked", "updated_at"])

    def standing_visits(self):
        """The visits that count on this time: all but those declined or cancelled."""
        status = self.visits.model.Status
        return self.visits.exclude(status__in=[status.DECLINED, status.CANCELLED]).order_by(
            "created_at", "pk"
        )

    def offer_freed_seats(self, *, passing_over=None, passing_over_refusers=False) -> int:
        """Offer what is free to the waiting list, in its order; how many visits were offered it.

        Each whom it suffices gets one; whoever needs more than is free keeps the place in the
        list. `passing_over` is a visit that was just asked to wait. With `passing_over_refusers`,
        those who have let an offer go before are left out: seats that one of them lets go would
        otherwise go round among them without end. A closed slot offers nothing: it takes no new
        visits. Within a transaction in which the slot is locked.
        """
        self.refresh_from_db(fields=["booked", "capacity", "is_open"])
        if not self.is_open or self.starts <= timezone.now():
            return 0
        offers = 0
        waiting = self.visits.waiting_for_seats()
        if passing_over_refusers:
            waiting = waiting.without_refused_offer()
        for visit in waiting.select_for_update():
            if self.free == 0:
                break
            visit.slot = self
            if visit != passing_over and 0 < (visit.expected_participants or 0) <= self.free:
                visit.offer_seats()
                offers += 1
        return offers


class ClosedDateQuerySet(models.QuerySet):
    @transaction.atomic
    def close(self, days, *, reason):
        """Close `days`, and their slots for requests; the days closed and the slots, as lists.

        A day that is closed already keeps its reason. Visits stay: each is for staff to move.
        """
        closed = set(self.filter(date__in=days).values_list("date", flat=True))
        new = [self.model(date=day, reason=reason) for day in days if day not in closed]
        self.bulk_create(new)
        return new, self.close_slots(days)

    def close_slots(self, days):
        """Close the open slots of `days` for requests; which they were."""
        slots = list(TimeSlot.objects.filter(date__in=days, is_open=True))
        TimeSlot.objects.filter(pk__in=[slot.pk for slot in slots]).update(
            is_open=False, updated_at=timezone.now()
        )
        return slots


class ClosedDate(models.Model):
    """A day on which the city receives nobody, besides weekends and public holidays."""

    date = models.DateField(_("day"), unique=True)
    reason = models.CharField(
        _("reason"), max_length=200, blank=True, help_text=_("Shown in the public calendar.")
    )

    objects = ClosedDateQuerySet.as_manager()

    class Meta:
        verbose_name = _("closed date")
        verbose_name_plural = _("closed dates")
        ordering = ["date"]

    def __str__(self):
        return date_format(self.date)
