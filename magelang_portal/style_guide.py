"""The page on which staff see every component of the public site together.

Its samples are made up on the spot and never stored.
"""

import datetime
from decimal import Decimal

from django import forms
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from innovations.life import Milestone
from innovations.models import Award, Innovation, Outcome, Source
from innovations.notes import Notes
from visits.models import Visit

CARDS = 3
COLOURS = ("paper", "surface", "ink", "forest", "link", "accent", "gold", "error")


class SampleForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"), help_text=gettext_lazy("As on your letterhead.")
    )
    kind = forms.ChoiceField(label=gettext_lazy("Type"), choices=Innovation.Type)
    stages = forms.MultipleChoiceField(
        label=gettext_lazy("Stage"),
        choices=Innovation.Stage,
        widget=forms.CheckboxSelectMultiple,
    )
    day = forms.DateField(
        label=gettext_lazy("Date"), widget=forms.DateInput(attrs={"type": "date"})
    )
    text = forms.CharField(label=gettext_lazy("Text"), required=False, widget=forms.Textarea)
    consent = forms.BooleanField(label=gettext_lazy("I agree"))


@require_safe
def style_guide(request):
    source = Source(slug="sample", title=_("Sample"))
    award = Award(name=_("Sample award"), awarded_on="2026-03", source=source)
    visit = Visit(
        organisation=_("Sample organisation"),
        slug="sample",
        held_on=datetime.date(2026, 4, 7),
        participants=40,
    )
    context = {
        "colours": COLOURS,
        "innovations": Innovation.objects.published().for_cards()[:CARDS],
        "notes": Notes([source]),
        "outcomes": [
            Outcome(
                indicator=_("Waiting time"),
                unit=_("minutes"),
                before=Decimal(120),
                after=Decimal(30),
                as_of="2026",
                source=source,
            ),
            Outcome(indicator=_("Places"), after=Decimal(17), as_of="2026", source=source),
        ],
        "milestones": [
            Milestone("2024", "seed", label=_("The initiative began"), sources=(source,)),
            Milestone("2025-02", "bud", label=_("The trial began"), sources=(source,)),
            Milestone("2026-01-05", "bloom", label=_("Taken into use"), sources=(source,)),
            Milestone("2026-03", "award", item=award),
            Milestone("2026-04-07", "visit", item=visit),
        ],
        "people": 1234,
        "visits": Visit.objects.published().for_cards()[:CARDS],
        "form": SampleForm({"name": _("Sample")}),
    }
    return render(request, "style_guide.html", context)
