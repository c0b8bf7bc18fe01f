"""What staff fill in to make time slots, singly or in series, and to close days."""

import datetime
import hashlib
from dataclasses import dataclass

from django import forms
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.admin.widgets import AdminDateWidget
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext_lazy as _

from magelang_portal.meanwhile import MeanwhileForm
from visits.closed_days import closed_dates, is_estimated
from visits.models import ClosedDate, TimeSlot

MOST_SLOTS = 400
LONGEST_SERIES = datetime.timedelta(days=731)
LONGEST_CLOSURE = datetime.timedelta(days=92)
NAMED = 5


def visits_in_words(visits) -> str:
    """The visits by reference and organisation; of many, the first and how many more."""
    visits = list(visits)
    words = "; ".join(f"{visit.reference} ({visit.organisation})" for visit in visits[:NAMED])
    more = len(visits) - NAMED
    return f"{words}; +{number_format(more)}" if more > 0 else words


class SlotForm(MeanwhileForm):
    """One slot. Where visits stand in it, its time and venue are theirs too."""

    # What a delegation was told; changing it under a visit would move people without a word.
    agreed_fields = ("date", "starts_at", "ends_at", "venue")

    def clean_capacity(self):
        capacity, booked = self.cleaned_data["capacity"], self.instance.booked
        if capacity < booked:
            raise forms.ValidationError(
                _(
                    "%(booked)s seats are taken: enter at least that many, or move visits to "
                    "another slot first."
                ),
                code="booked",
                params={"booked": number_format(booked)},
            )
        return capacity

    def clean(self):
        super().clean()
        self._keep_what_was_agreed()
        date, starts = self.cleaned_data.get("date"), self.cleaned_data.get("starts_at")
        ends = self.cleaned_data.get("ends_at")
        if starts and ends and ends <= starts:
            self.add_error("ends_at", _("A slot ends after it starts."))
        if not date or "date" in self.errors:
            return
        if date < timezone.localdate() and (
            self.instance.pk is None or "date" in self.changed_data
        ):
            self.add_error("date", _("This day is past. Choose today or a later day."))
        elif self.cleaned_data.get("is_open") and {"date", "is_open"} & {*self.changed_data}:
            closed = ClosedDate.objects.filter(date=date).first()
            if closed:
                self.add_error(
                    "date",
                    forms.ValidationError(
                        _(
                            "%(day)s is a closed date (%(reason)s). Choose another day, or delete "
                            "the closed date first."
                        ),
                        code="closed",
                        params={"day": closed, "reason": closed.reason or _("without a reason")},
                    ),
                )

    def _keep_what_was_agreed(self):
        changed = [name for name in self.agreed_fields if name in self.changed_data]
        if self.instance.pk is None or not changed:
            return
        if visits := list(self.instance.standing_visits()):
            error = forms.ValidationError(
                _(
                    "Visits stand in this slot: %(visits)s. Move each to another slot, so that "
                    "its delegation is told; then this can be changed."
                ),
                code="agreed",
                params={"visits": visits_in_words(visits)},
            )
            for name in changed:
                self.add_error(name, error)


@dataclass(frozen=True)
class PlannedDay:
    """A day of a series: it gets a slot, or none for the `reason`."""

    day: datetime.date
    reason: str = ""

    @property
    def is_estimated(self) -> bool:
        return is_estimated(self.reason)


def planned_slots(plan) -> list[datetime.date]:
    """The days of `plan` that get a slot."""
    return [planned.day for planned in plan if not planned.reason]


def digest_of(plan) -> str:
    """By which a plan that has changed since it was shown is known (64 characters)."""
    days = " ".join(day.isoformat() for day in planned_slots(plan))
    return hashlib.sha256(days.encode()).hexdigest()


class SeriesForm(forms.ModelForm):
    """Slots at the same hours on some days of the week, from a first to a last day."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days of the week"),
        choices=[(number + 1, label) for number, label in WEEKDAYS.items()],
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one day of the week.")},
    )
    first = forms.DateField(
        label=_("First day"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    last = forms.DateField(
        label=_("Last day"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    # The digest of the plan that was shown before “create” was pressed.
    seen = forms.CharField(required=False, widget=forms.HiddenInput, max_length=64)

    class Meta:
        model = TimeSlot
        fields = ["starts_at", "ends_at", "venue", "capacity", "language", "note"]
        widgets = {
            "starts_at": forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
            "ends_at": forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        }

    field_order = ["weekdays", "starts_at", "ends_at", "first", "last"]

    def clean_first(self):
        first = self.cleaned_data["first"]
        if first < timezone.localdate():
            raise forms.ValidationError(_("This day is past. Choose today or a later day."))
        return first

    def clean(self):
        super().clean()
        data = self.cleaned_data
        starts, ends = data.get("starts_at"), data.get("ends_at")
        first, last = data.get("first"), data.get("last")
        if starts and ends and ends <= starts:
            self.add_error("ends_at", _("A slot ends after it starts."))
        if first and last and last < first:
            self.add_error("last", _("The last day comes after the first."))
        elif first and last and last - first > LONGEST_SERIES:
            self.add_error("last", _("A series spans at most two years. Choose an earlier day."))
        if not self.errors and (number := len(planned_slots(self.plan()))) > MOST_SLOTS:
            self.add_error(
                "last",
                forms.ValidationError(
                    _(
                        "This would make %(number)s slots, and at most %(most)s are made at "
                        "once. Choose an earlier last day, or fewer days of the week."
                    ),
                    code="too_many",
                    params={
                        "number": number_format(number),
                        "most": number_format(MOST_SLOTS),
                    },
                ),
            )

    def plan(self) -> list[PlannedDay]:
        """Every day of the series in order, with what stands against a slot on it; two queries."""
        data = self.cleaned_data
        first, last = data["first"], data["last"]
        closed = closed_dates(first, last)
        taken = {
            slot.date: slot
            for slot in TimeSlot.objects.filter(date__range=(first, last)).overlapping(
                starts_at=data["starts_at"], ends_at=data["ends_at"], venue=data["venue"]
            )
        }
        days = (first + datetime.timedelta(days=ahead) for ahead in range((last - first).days + 1))
        return [
            PlannedDay(day, self._reason(day, closed, taken))
            for day in days
            if day.isoweekday() in data["weekdays"]
        ]

    def _reason(self, day, closed, taken) -> str:
        if day in closed:
            return closed[day]
        if day in taken:
            return _("There is a slot here already, %(hours)s.") % {"hours": taken[day].hours}
        return ""

    def show(self, plan) -> None:
        """Remember which plan the page shows, so that `create` makes that one and no other."""
        self.data = self.data.copy()
        self.data["seen"] = digest_of(plan)

    def create(self, *, by) -> list[TimeSlot] | None:
        """Make the slots of the plan, all or none; None where it is no longer the one shown."""
        fields = {name: self.cleaned_data[name] for name in self._meta.fields}
        try:
            with transaction.atomic():
                plan = self.plan()
                if self.cleaned_data["seen"] != digest_of(plan):
                    return None
                slots = TimeSlot.objects.bulk_create(
                    TimeSlot(date=day, **fields) for day in planned_slots(plan)
                )
                LogEntry.objects.log_actions(by.pk, slots, ADDITION, [{"added": {}}])
        except IntegrityError:  # somebody else made one of them this very moment
            return None
        return slots


class ClosedDateForm(forms.ModelForm):
    class Meta:
        model = ClosedDate
        fields = ["date", "reason"]
        error_messages = {"date": {"unique": _("This day is closed already.")}}


class ClosedDaysForm(ClosedDateForm):
    """A day to close, or each day from one to another, such as joint leave."""

    until = forms.DateField(
        label=_("Until"),
        required=False,
        widget=AdminDateWidget,
        help_text=_("Only to close several days at once: the last of them."),
    )

    days: list[datetime.date]

    def clean(self):
        super().clean()
        first, last = self.cleaned_data.get("date"), self.cleaned_data.get("until")
        if first is None:
            return
        last = last or first
        if last < first:
            self.add_error("until", _("The last day comes after the first."))
        elif last - first > LONGEST_CLOSURE:
            self.add_error("until", _("At most three months are closed at once."))
        else:
            days = [first + datetime.timedelta(days=n) for n in range((last - first).days + 1)]
            closed = set(ClosedDate.objects.filter(date__in=days).values_list("date", flat=True))
            self.days = [day for day in days if day not in closed]
            if self.days:
                self.cleaned_data["date"] = self.days[0]
            elif len(days) > 1:
                self.add_error(
                    "date",
                    forms.ValidationError(
                        _("All days from %(first)s to %(last)s are closed already."),
                        code="closed",
                        params={"first": date_format(first), "last": date_format(last)},
                    ),
                )
