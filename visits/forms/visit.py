"""What staff fill in of a visit in the admin, when they enter it and later."""

from django import forms
from django.utils.translation import gettext_lazy as _

from magelang_portal.meanwhile import MeanwhileForm
from visits.forms.decisions import SlotField
from visits.forms.letter import LetterField
from visits.models import TimeSlot


class NewVisitForm(forms.ModelForm):
    """A request that staff enter for a delegation, with the letter that it sent."""

    # Not `slot`: a slot is taken by the model, never written by a form.
    time_slot = SlotField(
        label=_("Time slot"),
        queryset=TimeSlot.objects.none(),
        required=False,
        empty_label=_("None of these; see the wished date"),
        help_text=_("Where too few seats are free, the request goes on the waiting list."),
    )
    letter = LetterField(required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["time_slot"].queryset = TimeSlot.objects.upcoming()

    def clean(self):
        data = super().clean()
        slot, number = data.get("time_slot"), data.get("expected_participants")
        if slot is None:
            return data
        if number is None and "expected_participants" not in self.errors:
            self.add_error(
                "expected_participants",
                _("Enter how many persons come: so many seats are taken in the time slot."),
            )
        if data.get("held_on") and data["held_on"] != slot.date:
            self.add_error(
                "held_on", _("This is not the day of the slot: choose either a slot or a day.")
            )
        return data


class VisitForm(MeanwhileForm):
    """A visit that stands already, with its itinerary and its pictures."""

    def rows(self):
        stops = self.instance.stops.order_by("pk").values_list(
            "pk", "position", "innovation", "starts_at", "ends_at", "venue", "speaker"
        )
        return [list(stops), list(self.instance.pictures.order_by("pk").values())]
