from django import forms
from django.contrib import admin
from django.db import models
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from visits.admin.names import full_name
from visits.admin.read_only import ReadOnly
from visits.models import Stop, VisitEvent

ANSWERS = (("accept", _("Accept")), ("decline", _("Decline")))


def links_to_answer(stop):
    """Where a yes or a no to `stop` is given, as far as it is open."""
    page = reverse("admin:visits_stop_transition", args=["NAME"])
    return [
        (f"{page.replace('NAME', name)}?ids={stop.pk}", label)
        for name, label in ANSWERS
        if name in stop.open_transitions
    ]


class StopForm(forms.ModelForm):
    """What a host was asked stays; for something else, it is deleted and the other one added."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            asked = (self.instance.innovation_id, self.instance.innovation)
            self.fields["innovation"].disabled = True
            self.fields["innovation"].widget = forms.Select(choices=[asked])

    def save(self, commit=True):  # noqa: FBT002 (as Django calls it)
        """Of a stop that stands already only what was typed: its host's answer is not ours."""
        if self.instance.pk is None or not commit:
            return super().save(commit=commit)
        stop = super().save(commit=False)
        stop.save(update_fields=[name for name in self.changed_data if name in self.Meta.fields])
        return stop


class StopInline(admin.TabularInline):
    """The itinerary: staff set what, when and where; hosts answer, or staff in their name."""

    model = Stop
    form = StopForm
    extra = 0
    autocomplete_fields = ["innovation"]
    fields = ["position", "innovation", "said", "starts_at", "ends_at", "venue", "speaker"]
    readonly_fields = ["said"]
    formfield_overrides = {
        models.TimeField: {"widget": forms.TimeInput(format="%H:%M", attrs={"type": "time"})},
        models.CharField: {"widget": forms.TextInput(attrs={"size": 20})},
        models.PositiveSmallIntegerField: {"widget": forms.NumberInput(attrs={"size": 3})},
    }

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("innovation__agency", "visit__slot")

    @admin.display(description=_("host"))
    def said(self, stop):
        if stop.pk is None:
            return "–"
        links = format_html_join(" ", '<a href="{}">{}</a>', links_to_answer(stop))
        answer = format_html(
            '<strong class="answer--{}">{}</strong>', stop.answer, stop.get_answer_display()
        )
        parts = [stop.innovation.agency.abbreviation, answer, stop.answer_reason, links]
        return format_html_join(mark_safe("<br>"), "{}", ((part,) for part in parts if part))


class EventInline(ReadOnly, admin.TabularInline):
    model = VisitEvent
    extra = 0
    can_delete = False
    fields = readonly_fields = ["at", "title", "status", "who", "reason"]

    @admin.display(description=_("what"))
    def title(self, event):
        return event.title

    @admin.display(description=_("by"))
    def who(self, event):
        """The member of staff, or who else did it."""
        return full_name(event.by) if event.by else event.get_actor_display()

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("by")
