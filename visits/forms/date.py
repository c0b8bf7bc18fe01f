"""The step in which a delegation chooses a time slot or writes the date it wishes."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from visits.closed_days import closed_dates, earliest_day, is_weekend
from visits.forms.step import StepForm
from visits.itinerary import Itinerary
from visits.models import TimeSlot, VisitSettings

MOST_AHEAD = datetime.timedelta(days=548)
MOST_SLOTS = 200
# So many are shown at once; a delegation seldom looks further than a month or two.
MOST_SHOWN = 8


@dataclass(frozen=True)
class SlotChoice:
    """A time slot as one delegation sees it: what stands against it, and whether it would wait.

    `said_once` are the codes of problems that all slots have, and that stand above the list.
    """

    slot: TimeSlot
    people: int | None
    problems: list[ValidationError] = field(default_factory=list)
    said_once: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """What a form sends for it."""
        return str(self.slot.pk)

    @property
    def waits(self) -> bool:
        """Whether this delegation would come onto the waiting list."""
        return bool(self.people) and self.slot.free < self.people

    @property
    def place(self) -> int:
        """Its place on the waiting list if it came onto it now, from 1."""
        return self.slot.waiting + 1

    @property
    def seen(self) -> str:
        """What a summary says of its seats, for `SendForm.seen`."""
        return "waiting" if self.waits else "seated"

    @property
    def reasons(self) -> list[str]:
        return [
            message
            for problem in self.problems
            if problem.code not in self.said_once
            for message in problem.messages
        ]


@dataclass(frozen=True)
class Month:
    """The slots of a month, from its `first` day on: some shown, the others folded away."""

    first: datetime.date
    shown: list[SlotChoice]
    folded: list[SlotChoice]


class DateForm(StepForm):
    """A time slot from the list, or a date of one's own where none suits."""

    slot = forms.TypedChoiceField(
        label=_("Time slot"),
        required=False,
        widget=forms.RadioSelect,
        empty_value=None,
        error_messages={
            "invalid_choice": _(
                "This time slot can no longer be chosen: it was closed, or it is too near. Choose "
                "another one."
            )
        },
    )
    field_order = ["slot", "wished_on", "alternative_on"]

    class Meta(StepForm.Meta):
        fields = ["wished_on", "alternative_on"]
        labels = {
            "wished_on": _("Date you wish"),
            "alternative_on": _("Another date that would do"),
        }
        widgets = {
            "wished_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            "alternative_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        }
        error_messages = {
            name: {"invalid": _("Write the date as day/month/year, such as 24/08/2027.")}
            for name in ("wished_on", "alternative_on")
        }

    def __init__(self, *args, itinerary: Itinerary, people=None, language=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.itinerary, self.people, self.language = itinerary, people, language
        self.lead_days = max(VisitSettings.load().lead_days, itinerary.lead_days)
        self.earliest = earliest_day(self.lead_days)
        problems = {slot: list(self._problems(slot)) for slot in self._open_slots()}
        self.said_once = _against_all(problems.values())
        self.slots = {
            str(slot.pk): SlotChoice(slot, people, against, self.said_once)
            for slot, against in problems.items()
        }
        choices = self.fields["slot"]
        choices.choices = [("", _("Another date")), *((pk, pk) for pk in self.slots)]
        choices.coerce = self.slots.get
        for name in ("wished_on", "alternative_on"):
            self.fields[name].widget.attrs["min"] = self.earliest.isoformat()
            self.fields[name].widget.attrs["max"] = self.last_day.isoformat()
        self.fields["wished_on"].is_needed_of_some = True
        self.fields["wished_on"].help_text = _(
            "Monday to Friday, from %(day)s on: we need %(number)s working days to prepare."
        ) % {"day": date_format(self.earliest), "number": self.lead_days}

    @property
    def last_day(self) -> datetime.date:
        """The last day that can be wished for."""
        return timezone.localdate() + MOST_AHEAD

    @property
    def largest(self) -> int:
        """How many persons the largest slot has room for."""
        return max(choice.slot.capacity for choice in self.slots.values())

    @property
    def spoken(self) -> str:
        """The language of the first slot: that of all, where none is held in the one asked for."""
        return next(iter(self.slots.values())).slot.get_language_display()

    @cached_property
    def months(self) -> list[Month]:
        """The slots by month; all are shown where they are few, else the next that suit.

        One that was chosen is always shown, whatever stands against it.
        """
        shown = list(self.slots)
        if len(shown) > MOST_SHOWN:
            suit = [key for key, choice in self.slots.items() if not choice.problems]
            shown = [*suit[:MOST_SHOWN], str(self["slot"].value())]
        by_month = groupby(self.slots.values(), key=lambda each: each.slot.date.replace(day=1))
        return [
            Month(
                first=first,
                shown=[choice for choice in choices if choice.key in shown],
                folded=[choice for choice in choices if choice.key not in shown],
            )
            for first, choices in ((first, list(each)) for first, each in by_month)
        ]

    def _open_slots(self) -> list[TimeSlot]:
        """The next slots, and one that was chosen or led here though it is further ahead."""
        slots = TimeSlot.objects.open_for_requests().with_waiting()
        found = list(slots[:MOST_SLOTS])
        if len(found) == MOST_SLOTS:
            wanted = (self.data.get("slot"), self.initial.get("slot"))
            keys = {int(key[:18]) for key in wanted if key and key.isdecimal()}
            if keys := keys - {slot.pk for slot in found}:
                found.extend(slots.filter(pk__in=keys))
        return found

    def _problems(self, slot: TimeSlot):
        """Why this delegation cannot come in `slot`."""
        if self.people and slot.capacity < self.people:
            yield ValidationError(
                _(
                    "It has room for %(capacity)s persons, and your delegation has %(people)s. "
                    "Choose a larger one, or write a date of your own."
                ),
                code="too_small",
                params={"capacity": slot.capacity, "people": self.people},
            )
        if self.language and self.language not in slot.language.split(","):
            yield ValidationError(
                _(
                    "It is held in this language alone: %(language)s. Choose another one, or "
                    "change the language of the visit in the first step."
                ),
                code="language",
                params={"language": slot.get_language_display()},
            )
        if slot.date < self.earliest:
            yield self._too_near(slot.date)
        yield from self.itinerary.closed_on(slot.date)

    def _too_near(self, day):
        slowest = [each for each in self.itinerary if each.visit_lead_days == self.lead_days]
        if slowest:
            message = _(
                "%(innovation)s asks for %(number)s working days to prepare. Choose %(earliest)s "
                "or a later day, or take it out of the itinerary."
            )
        else:
            message = _(
                "We need %(number)s working days to prepare. Choose %(earliest)s or a later day."
            )
        return ValidationError(
            message,
            code="too_near",
            params={
                "innovation": ", ".join(each.name for each in slowest),
                "number": self.lead_days,
                "earliest": date_format(self.earliest),
            },
        )

    def clean_slot(self):
        choice = self.cleaned_data["slot"]
        if choice and choice.problems:
            raise ValidationError(choice.problems)
        return choice

    def clean_wished_on(self):
        return self._own_date("wished_on")

    def clean_alternative_on(self):
        return self._own_date("alternative_on")

    def _own_date(self, name):
        day = self.cleaned_data[name]
        # What stands beside a chosen slot is not asked for; it stays for whoever comes back.
        if day is None or self.data.get("slot"):
            return day
        if day <= timezone.localdate():
            raise ValidationError(
                _("This date is past, or today. Choose %(earliest)s or a later day."),
                code="past",
                params={"earliest": date_format(self.earliest)},
            )
        if day > self.last_day:
            raise ValidationError(
                _("This is too far ahead. Choose a day up to %(day)s."),
                code="too_far",
                params={"day": date_format(self.last_day)},
            )
        if is_weekend(day):
            raise ValidationError(
                _("Offices are closed at the weekend. Choose a day from Monday to Friday."),
                code="weekend",
            )
        if closed := closed_dates(day, day):
            raise ValidationError(
                _("The city receives nobody on %(day)s: %(reason)s. Choose another day."),
                code="closed",
                params={"day": date_format(day), "reason": closed[day]},
            )
        if day < self.earliest:
            raise self._too_near(day)
        if errors := self.itinerary.closed_on(day):
            raise ValidationError(errors)
        return day

    def clean(self):
        super().clean()
        if self.cleaned_data.get("slot"):
            for name in ("wished_on", "alternative_on"):
                self.errors.pop(name, None)
                self.cleaned_data[name] = None
        elif "slot" not in self.errors:
            self._clean_own_dates()

    def _clean_own_dates(self):
        wished = self.cleaned_data.get("wished_on")
        if wished is None and "wished_on" not in self.errors:
            # Where nothing at all was chosen, the list comes first, if any of it suits.
            nothing = self.data.get("slot") is None and any(
                not choice.problems for choice in self.slots.values()
            )
            self.add_error(
                "slot" if nothing else "wished_on",
                ValidationError(
                    _("Choose a time slot, or “another date” and the date you wish.")
                    if nothing
                    else _("Choose the date you wish."),
                    code="required",
                ),
            )
        if wished and wished == self.cleaned_data.get("alternative_on"):
            self.add_error(
                "alternative_on",
                ValidationError(
                    _("This is the date you wish already. Choose another one, or leave it empty."),
                    code="same_date",
                ),
            )

    def visit_values(self) -> dict:
        """The dates as `Visit` keeps them: with a slot, its day is the one wished for."""
        if choice := self.cleaned_data["slot"]:
            return {"wished_on": choice.slot.date, "alternative_on": None}
        return super().visit_values()


def _against_all(problems: Iterable[list[ValidationError]]) -> frozenset[str]:
    """What stands against every slot, of what can be said in one sentence."""
    found = [{problem.code for problem in each} for each in problems]
    return frozenset({"language", "too_small"}.intersection(*found) if len(found) > 1 else ())
