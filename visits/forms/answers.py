"""What a host is asked and told before it answers a stop."""

from django import forms
from django.utils.translation import gettext_lazy

from magelang_portal.transitions import Note, TransitionForm
from visits.forms.decisions import asked_for, day_of, message_field
from visits.host_load import load_of
from visits.models import Stop

LONGEST = Stop._meta.get_field("answer_reason").max_length  # noqa: SLF001 (documented API)


def time_field(label):
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    return forms.TimeField(label=label, required=False, widget=widget)


def about(stops) -> list[Note]:
    """Who wants to come, when, and what the agency receives in that month already."""
    notes, loads = [], {}
    for stop in stops:
        visit = stop.visit
        asked = asked_for(visit)
        notes.append(Note(f"{visit.organisation}: {asked.text}"))
        if day := day_of(visit):
            load = load_of(stop.innovation.agency, day, without=visit)
            loads[(load.agency, load.month)] = load
    notes += [Note(load.with_one_more, is_warning=load.is_full) for load in loads.values()]
    return notes


class PlanForm(TransitionForm):
    """Time, place and speaker; of several stops at once, none of it."""

    speaker = forms.CharField(
        label=gettext_lazy("Speaker"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Who receives the delegation; it stands in the programme."),
    )
    venue = forms.CharField(label=gettext_lazy("Venue"), required=False, max_length=200)
    starts_at = time_field(gettext_lazy("From"))
    ends_at = time_field(gettext_lazy("Until"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        names = ("speaker", "venue", "starts_at", "ends_at")
        if len(self.objects) == 1:
            self.initial |= {name: getattr(self.objects[0], name) for name in names}
        else:
            for name in names:
                del self.fields[name]

    def notes(self):
        return about(self.objects)


class AcceptForm(PlanForm):
    reason = message_field(
        gettext_lazy("Message to the delegation"),
        gettext_lazy("What it should bring or know. It stands at the private link."),
        required=False,
        max_length=LONGEST,
    )


class DeclineStopForm(TransitionForm):
    reason = message_field(
        gettext_lazy("Reason"),
        gettext_lazy("The delegation reads it at its private link."),
        max_length=LONGEST,
        error_messages={"required": gettext_lazy("Give the delegation a reason.")},
    )

    def notes(self):
        return about(self.objects)
