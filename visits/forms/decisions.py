"""What staff are asked and told before they decide on a visit."""

from django import forms
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from magelang_portal.transitions import Note, ReasonForm, TransitionForm
from visits.closed_days import closed_dates
from visits.host_load import loads_of
from visits.models import TimeSlot, Visit
from visits.models.visit_erasure import KINDS_OF_DATA

MESSAGE = {"rows": 4, "class": "vLargeTextField"}


def message_field(label, help_text, **options):
    """A text that the delegation reads by e-mail and at its private link."""
    options = {"max_length": 1000, "widget": forms.Textarea(attrs=MESSAGE)} | options
    return forms.CharField(label=label, help_text=help_text, **options)


def day_of(visit):
    """The day on which it stands, or is wished; None where neither is known."""
    return visit.slot.date if visit.slot else visit.held_on or visit.wished_on


def asked_for(visit) -> Note:
    """When and with how many a delegation wants to come."""
    day = day_of(visit)
    when = str(visit.slot) if visit.slot else date_format(day, "l, j F Y") if day else "–"
    if visit.alternative_on and not visit.slot:
        other = date_format(visit.alternative_on, "l, j F Y")
        when = _("%(day)s, or %(other)s") % {"day": when, "other": other}
    people = visit.expected_participants or 0
    text = ngettext("%(when)s, %(people)d person.", "%(when)s, %(people)d persons.", people)
    return Note(text % {"when": when, "people": people})


def seats(visit) -> list[Note]:
    """What is left in the slot of the visit, and how many seats are its own."""
    if visit.slot is None:
        return []
    free = visit.slot.free
    if visit.seats:
        text = _("It holds %(seats)s seats in its slot; %(free)s are left besides.")
        return [Note(text % {"seats": visit.seats, "free": free})]
    enough = (visit.expected_participants or 0) <= free
    text = _("It holds no seats: %(free)s are left in its slot, %(waiting)s requests wait.")
    waiting = visit.slot.visits.waiting_for_seats().count()
    return [Note(text % {"free": free, "waiting": waiting}, is_warning=not enough)]


def hosts(visit) -> list[Note]:
    """Which hosts have not answered, and which have declined."""
    stops = list(visit.stops.select_related("innovation"))
    silent = [stop for stop in stops if stop.answer == stop.Answer.PENDING]
    declined = [stop for stop in stops if stop.answer == stop.Answer.DECLINED]
    if not stops:
        return [Note(_("The itinerary is empty: no host is asked."), is_warning=True)]
    if not silent and not declined:
        return [Note(_("Every host has accepted."))]
    notes = []
    for text, some in (
        (_("Not answered yet: %(stops)s."), silent),
        (_("Declined: %(stops)s."), declined),
    ):
        if some:
            names = ", ".join(str(stop) for stop in some)
            notes.append(Note(text % {"stops": names}, is_warning=True))
    return notes


def closed(day) -> list[Note]:
    """What closes the offices on `day`, if anything."""
    reason = closed_dates(day, day).get(day)
    if reason is None:
        return []
    text = _("Offices are closed on %(day)s: %(reason)s.")
    return [Note(text % {"day": date_format(day), "reason": reason}, is_warning=True)]


def named(visit, objects, text) -> str:
    """The text, with the visit's name where it is about several."""
    return f"{visit}: {text}" if len(objects) > 1 else str(text)


class QuestionForm(TransitionForm):
    reason = message_field(
        gettext_lazy("Question"),
        gettext_lazy("The delegation reads it by e-mail and answers at its private link."),
        error_messages={"required": gettext_lazy("Write what you want to know.")},
    )


class WaitForm(TransitionForm):
    reason = message_field(
        gettext_lazy("Message to the delegation"),
        gettext_lazy("Why it waits; it goes by e-mail and stands at the private link."),
        required=False,
    )

    def notes(self):
        return [note for visit in self.objects for note in (asked_for(visit), *seats(visit))]


class NoForm(ReasonForm):
    """To decline or to cancel: the delegation is told why."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = True
        self.fields["reason"].help_text = _(
            "The delegation reads it by e-mail and at its private link."
        )
        self.fields["reason"].error_messages["required"] = _(
            "Give the delegation a reason; it reads it at its private link."
        )

    def notes(self):
        notes = []
        for visit in self.objects:
            if visit.seats:
                text = ngettext(
                    "%(count)d seat becomes free, and is offered to the waiting list.",
                    "%(count)d seats become free, and are offered to the waiting list.",
                    visit.seats,
                )
                notes.append(Note(named(visit, self.objects, text % {"count": visit.seats})))
            for joining in visit.joined_by.filter(status__in=Visit.linked_statuses):
                text = _("%(joining)s comes along with it, and stays: settle how it comes.")
                text = named(visit, self.objects, text % {"joining": joining})
                notes.append(Note(text, is_warning=True))
        return notes


class SlotField(forms.ModelChoiceField):
    def label_from_instance(self, slot):
        text = _("%(slot)s · %(venue)s · %(free)s seats free")
        label = text % {"slot": slot, "venue": slot.venue or "–", "free": slot.free}
        return label if slot.is_open else _("%(slot)s · closed for requests") % {"slot": label}


class TimeForm(TransitionForm):
    """In which slot or on which day; with many visits at once, each at its own time."""

    slot = SlotField(
        label=gettext_lazy("Time slot"),
        queryset=TimeSlot.objects.none(),
        required=False,
        empty_label=gettext_lazy("None of these; see the day below"),
        help_text=gettext_lazy("Only slots with room for all of them are listed."),
    )
    on = forms.DateField(
        label=gettext_lazy("Day of the visit"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=gettext_lazy("For a visit outside the slots."),
    )
    reason = message_field(
        gettext_lazy("Message to the delegation"),
        gettext_lazy("It goes by e-mail and stands at the private link."),
        required=False,
    )
    over_ceiling = forms.BooleanField(
        label=gettext_lazy("I know that this is over the ceiling of a host"),
        required=False,
        widget=forms.HiddenInput,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if len(self.objects) != 1:
            for name in ("slot", "on", "over_ceiling"):
                del self.fields[name]
            return
        [visit] = self.objects
        self.fields["slot"].queryset = self._slots(visit)
        if visit.slot and self.fields["slot"].queryset.filter(pk=visit.slot_id).exists():
            self.initial["slot"] = visit.slot
        if any(load.is_full for load in self._loads):
            self._ask_about_ceiling()

    def _slots(self, visit):
        fitting = TimeSlot.objects.upcoming().with_room_for(visit.expected_participants or 1)
        if visit.slot_id and visit.seats:
            fitting |= TimeSlot.objects.upcoming().filter(pk=visit.slot_id)
        return fitting

    @cached_property
    def _loads(self):
        """The loads of the hosts in each month in question."""
        loads = {}
        for visit in self.objects:
            for day in (day_of(visit), None if visit.slot else visit.alternative_on):
                if day:
                    loads |= {(load.agency, load.month): load for load in loads_of(visit, day)}
        return list(loads.values())

    def notes(self):
        notes = []
        for visit in self.objects:
            day = day_of(visit)
            notes += [asked_for(visit), *(closed(day) if day else []), *seats(visit)]
            notes += hosts(visit)
        notes += [Note(load.with_one_more, is_warning=load.is_full) for load in self._loads]
        if len(self.objects) == 1:
            notes.append(Note(_("Hosts who answered for another time are asked anew.")))
        return notes

    def clean(self):
        data = super().clean()
        if "slot" not in self.fields or self.errors:
            return data
        slot, on = data["slot"], data["on"]
        if slot and on and slot.date != on:
            self.add_error(
                "on",
                forms.ValidationError(
                    _("This is not the day of the slot: choose either a slot or a day."),
                    code="slot_or_day",
                ),
            )
            return data
        [visit] = self.objects
        day = slot.date if slot else on or day_of(visit)
        over = [load for load in loads_of(visit, day) if load.is_full] if day else []
        if over and not data["over_ceiling"]:
            self._ask_about_ceiling()
            text = " ".join(load.with_one_more for load in over)
            self.add_error("over_ceiling", forms.ValidationError(text, code="over_ceiling"))
        return data

    def _ask_about_ceiling(self):
        self.fields["over_ceiling"].widget = forms.CheckboxInput()

    @property
    def arguments(self):
        return {name: value for name, value in self.cleaned_data.items() if name != "over_ceiling"}


class ConfirmForm(TimeForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "on" in self.fields:
            self.fields["on"].help_text = _("Empty: the date that the delegation wished.")


class CompleteForm(TransitionForm):
    participants = forms.IntegerField(
        label=gettext_lazy("Participants who came"),
        required=False,
        min_value=1,
        max_value=2000,
        help_text=gettext_lazy("Empty: as many as were checked in."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if len(self.objects) == 1:
            self.initial["participants"] = self.objects[0].participants
        else:
            del self.fields["participants"]

    def notes(self):
        notes = []
        for visit in self.objects:
            present, expected = visit.attendees.present().count(), visit.expected_participants
            text = _("%(present)s checked in by name, %(expected)s expected.")
            text %= {"present": present, "expected": expected or "–"}
            notes.append(Note(named(visit, self.objects, text)))
        return notes


class NumberForm(TransitionForm):
    number = forms.IntegerField(label=gettext_lazy("How many people will come"), min_value=1)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if len(self.objects) == 1:
            self.initial["number"] = self.objects[0].expected_participants

    def notes(self):
        notes = []
        for visit in self.objects:
            text = _("There is room for %(most)s persons; more need another slot.")
            notes += [*seats(visit), Note(text % {"most": visit.most_participants})]
        return notes


class SendLinkForm(TransitionForm):
    def notes(self):
        text = _("The link goes to %(email)s, as it stands in the request.")
        return [Note(text % {"email": visit.contact_email}) for visit in self.objects]


class RevokeLinkForm(TransitionForm):
    def notes(self):
        notes = []
        for visit in self.objects:
            text = _("The present link opens nothing any more; a new one goes to %(email)s.")
            if not visit.contact_email:
                text = _("The present link opens nothing any more; there is no e-mail address.")
            notes.append(Note(text % {"email": visit.contact_email}, is_warning=True))
        return notes


class EraseForm(TransitionForm):
    def notes(self):
        kinds = {}
        for visit in self.objects:
            for kind, count in visit.held_data().items():
                kinds[kind] = kinds.get(kind, 0) + count
        notes = [
            Note(
                _("%(kind)s: %(count)s") % {"kind": KINDS_OF_DATA[kind], "count": count},
                is_warning=False,
            )
            for kind, count in kinds.items()
        ]
        return [*notes, Note(_("This cannot be undone."), is_warning=True)]
