from django.contrib import admin
from django.db.models import Value
from django.http import Http404
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from magelang_portal.long_lists import LongListAdmin, innovation_filter
from magelang_portal.transitions import Transition, TransitionAdmin
from visits.admin.names import full_name
from visits.admin.read_only import ReadOnly
from visits.admin.when import when
from visits.forms.answers import AcceptForm, DeclineStopForm, PlanForm
from visits.forms.decisions import asked_for, day_of
from visits.host_load import load_of
from visits.models import Stop


class WaitingFilter(admin.SimpleListFilter):
    """What waits for an answer, unless asked otherwise."""

    title = _("answer of the host")
    parameter_name = "answer"

    def lookups(self, request, model_admin):
        return [
            ("accepted", _("Accepted, still to come")),
            ("declined", _("Declined, still to come")),
            ("all", _("All")),
        ]

    def choices(self, changelist):
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": _("Waiting for an answer"),
        }
        yield from list(super().choices(changelist))[1:]

    def queryset(self, request, queryset):
        match self.value():
            case "all":
                return queryset
            case "accepted" | "declined" as answer:
                return queryset.to_come().filter(answer=answer)
        return queryset.unanswered()


@admin.register(Stop)
class StopAdmin(ReadOnly, LongListAdmin, TransitionAdmin):
    """Where hosts answer: the stops of their own agency, with what they need of the visit.

    Officers change the itinerary on the visit's own form.
    """

    list_display = ["organisation", "day", "people", "innovation", "answer", "visit_status"]
    list_filter = [WaitingFilter, innovation_filter("innovation")]
    list_select_related = ["innovation__agency", "visit__slot"]
    reference_path = "visit__reference"
    search_fields = ["innovation__name", "visit__reference", "visit__organisation"]
    search_help_text = _("Innovation, organisation or reference.")
    transitions = (
        Transition("accept", _("Accept"), "answer_stop", AcceptForm),
        Transition("decline", _("Decline"), "answer_stop", DeclineStopForm),
        Transition(
            "plan", _("Set time, place and speaker"), "answer_stop", PlanForm, one_by_one=True
        ),
    )
    fieldsets = [
        (
            _("Who wants to come"),
            {
                "fields": [
                    ("reference", "visit_status"),
                    "organisation",
                    "kind",
                    "agreed",
                    "purpose",
                    "language",
                ]
            },
        ),
        (
            _("What it wants to see here"),
            {"fields": ["innovation", ("starts_at", "ends_at"), "venue", "speaker"]},
        ),
        (
            _("Answer"),
            {"fields": ["answer", "answer_reason", ("answered_at", "who_answered"), "load"]},
        ),
    ]

    def has_delete_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        """Hosts see the stops of their own agency, officers all."""
        stops = Stop.objects.hosted_by(request.user).with_day()
        may = request.user.has_perm("visits.view_visit")
        return stops.annotate(may_view_visit=Value(may))

    def get_ordering(self, request):
        """What waits for an answer by its day; of all stops those of the newest requests first.

        All of them by day would be sorted anew for every page.
        """
        if request.GET.get("answer") == "all":
            return ["-visit_id", "position", "pk"]
        return ["is_answered", "day", "visit", "position", "pk"]

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        """Another agency's stop is not there, rather than somewhere else."""
        raise Http404

    @admin.display(description=_("visit"))
    def reference(self, stop):
        """With the way back to the visit's own form, for those who may see it."""
        if not stop.may_view_visit:
            return stop.visit.reference
        url = reverse("admin:visits_visit_change", args=[stop.visit_id])
        return format_html('<a href="{}">{}</a>', url, stop.visit.reference)

    @admin.display(description=_("answered by"))
    def who_answered(self, stop):
        return full_name(stop.answered_by)

    @admin.display(description=_("status of the visit"), ordering="visit__status")
    def visit_status(self, stop):
        return stop.visit.get_status_display()

    @admin.display(description=_("organisation"), ordering="visit__organisation")
    def organisation(self, stop):
        visit = stop.visit
        return f"{visit.organisation}, {visit.unit}" if visit.unit else visit.organisation

    @admin.display(description=_("kind of organisation"))
    def kind(self, stop):
        return stop.visit.get_organisation_kind_display()

    @admin.display(description=_("day"), ordering="day")
    def day(self, stop):
        return when(stop.visit, stop.day)

    @admin.display(description=_("day and number of people"))
    def agreed(self, stop):
        return asked_for(stop.visit).text

    @admin.display(description=_("people"), ordering="visit__expected_participants")
    def people(self, stop):
        return stop.visit.expected_participants or "–"

    @admin.display(description=_("purpose"))
    def purpose(self, stop):
        return stop.visit.purpose or "–"

    @admin.display(description=_("language"))
    def language(self, stop):
        return stop.visit.get_language_display()

    @admin.display(description=_("visits of the agency in that month"))
    def load(self, stop):
        day = day_of(stop.visit)
        return str(load_of(stop.innovation.agency, day)) if day else "–"
