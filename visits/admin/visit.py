from django.contrib import admin
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from magelang_portal.long_lists import LongListAdmin, innovation_filter
from magelang_portal.meanwhile import LockedWhileSavedMixin
from magelang_portal.transitions import Transition, TransitionAdmin
from visits import messages
from visits.admin.afterwards import VisitPictureInline, afterwards_of
from visits.admin.paper import papers_of
from visits.admin.people import people_of
from visits.admin.personal_data import personal_data_of
from visits.admin.visit_filters import AnswerFilter, DayFilter, SlotFilter
from visits.admin.visit_inlines import EventInline, StopInline
from visits.admin.when import when
from visits.forms.decisions import (
    CompleteForm,
    ConfirmForm,
    EraseForm,
    NoForm,
    NumberForm,
    QuestionForm,
    RevokeLinkForm,
    SendLinkForm,
    TimeForm,
    WaitForm,
)
from visits.forms.visit import NewVisitForm, VisitForm
from visits.models import Stop, Visit

# What says nothing of a visit before it is stored.
NOT_YET = {"people", "consented_at", "personal_data", ("published_at", "published_by")}
DECIDE, PUBLISH = "decide_visit", "publish_visit"


def _to_enter(options):
    """The fields for a new visit: its letter and its time slot are chosen."""
    names = ["letter" if name == "letter_link" else name for name in options["fields"]]
    if "expected_participants" in names:
        names.insert(names.index("expected_participants") + 1, "time_slot")
    return options | {"fields": [name for name in names if name not in NOT_YET]}


@admin.register(Visit)
class VisitAdmin(LockedWhileSavedMixin, LongListAdmin, TransitionAdmin):
    form = VisitForm
    list_display = [
        "reference",
        "status",
        "organisation",
        "day",
        "persons",
        "hosts",
        "is_public",
    ]
    list_display_links = ["reference", "organisation"]
    list_filter = [
        AnswerFilter,
        DayFilter,
        SlotFilter,
        "status",
        "organisation_kind",
        ("published_at", admin.EmptyFieldListFilter),
        innovation_filter("stops__innovation"),
        "language",
    ]
    reference_path = "reference"
    search_fields = ["reference", "organisation", "unit", "contact_name", "contact_email"]
    search_help_text = _("Reference, organisation, unit or contact person.")
    date_hierarchy = "created_at"
    autocomplete_fields = ["sources"]
    readonly_fields = [
        "reference",
        "status",
        "place",
        "together",
        "letter_link",
        "people",
        "consented_at",
        "personal_data",
        "created_at",
        "published_at",
        "published_by",
        "papers",
        "afterwards",
    ]
    inlines = [StopInline, VisitPictureInline, EventInline]
    save_on_top = True
    change_form_template = "admin/visits/visit/change_form.html"
    transitions = (
        Transition("confirm", _("Confirm"), DECIDE, ConfirmForm),
        Transition("ask", _("Ask the delegation"), DECIDE, QuestionForm, one_by_one=True),
        Transition("put_on_waiting_list", _("Put on the waiting list"), DECIDE, WaitForm),
        Transition("move", _("Move to another time"), DECIDE, TimeForm, one_by_one=True),
        Transition(
            "change_numbers", _("Change the number"), "change_visit", NumberForm, one_by_one=True
        ),
        Transition("decline", _("Decline"), DECIDE, NoForm),
        Transition("cancel", _("Cancel for the delegation"), DECIDE, NoForm, one_by_one=True),
        Transition("complete", _("Mark as completed"), DECIDE, CompleteForm),
        Transition("publish", _("Publish"), PUBLISH),
        Transition("unpublish", _("Take off the public site"), PUBLISH),
        Transition("send_link", _("Send the private link again"), "change_visit", SendLinkForm),
        Transition(
            "renew_link",
            _("Revoke the private link"),
            "change_visit",
            RevokeLinkForm,
            one_by_one=True,
        ),
        Transition("erase", _("Erase the personal data"), DECIDE, EraseForm),
    )
    fieldsets = [
        (_("State"), {"fields": [("reference", "status"), "place", "together", "created_at"]}),
        (
            _("The request"),
            {
                "fields": [
                    "organisation",
                    "organisation_kind",
                    ("unit", "province"),
                    "purpose",
                    ("head_name", "head_position"),
                    "expected_participants",
                    ("wished_on", "alternative_on"),
                    "open_to_joining",
                    "letter_link",
                    "language",
                ]
            },
        ),
        (
            _("Contact person"),
            {
                "fields": [
                    "contact_name",
                    "contact_phone",
                    "contact_email",
                    "consented_at",
                    "personal_data",
                ]
            },
        ),
        (
            _("The visit itself"),
            {
                "fields": [
                    ("held_on", "held_until", "reported_on"),
                    "venue",
                    ("host", "host_position"),
                    "people",
                    "participants",
                ]
            },
        ),
        (_("Papers"), {"fields": ["papers"]}),
        (_("Afterwards"), {"fields": ["afterwards"]}),
        (
            _("Public page"),
            {
                "fields": [
                    "slug",
                    "led_by",
                    ("summary", "summary_en"),
                    ("report", "report_en"),
                    "sources",
                    ("published_at", "published_by"),
                ]
            },
        ),
    ]

    def get_form(self, request, obj=None, **kwargs):
        if obj is None:
            kwargs["form"] = NewVisitForm
        return super().get_form(request, obj, **kwargs)

    def get_fieldsets(self, request, obj=None):
        """A new visit has no state or papers yet; its public page waits until it is over."""
        if obj is None:
            _state, asked, contact, itself, _papers, _afterwards, public = self.fieldsets
            public = (public[0], public[1] | {"classes": ["collapse"]})
            shown = (asked, contact, itself, public)
            return [(title, _to_enter(options)) for title, options in shown]
        *above, (title, options) = self.fieldsets
        if obj.status != Visit.Status.COMPLETED:
            options = options | {"classes": ["collapse"]}
        return [*above, (title, options)]

    def get_inline_instances(self, request, obj=None):
        inlines = super().get_inline_instances(request, obj)
        if obj is None:
            inlines = [each for each in inlines if not isinstance(each, EventInline)]
        for inline in inlines:
            if isinstance(inline, VisitPictureInline) and (
                obj is None or obj.status != Visit.Status.COMPLETED
            ):
                inline.classes = ["collapse"]
        return inlines

    def get_queryset(self, request):
        return super().get_queryset(request).with_plan().select_related("slot", "joins")

    def has_delete_permission(self, request, obj=None):
        """A visit with seats is cancelled first, so that they go to whoever waits for them."""
        return super().has_delete_permission(request, obj) and not (obj and obj.seats)

    def get_deleted_objects(self, objs, request):
        """Of several, those with seats stand in the way, as what is protected does.

        Whoever may delete a visit deletes what belongs to it: papers too, which nobody deletes
        alone.
        """
        to_delete, counts, lacking, protected = super().get_deleted_objects(objs, request)
        held = [str(visit) for visit in objs if visit.seats]
        if self.has_delete_permission(request):
            lacking = set()
        return to_delete, counts, lacking, [*protected, *held]

    @transaction.atomic
    def delete_queryset(self, request, queryset):
        """Of the chosen visits those without seats, even if one has got some just now."""
        chosen = list(queryset.order_by().values_list("pk", flat=True))
        free = Visit.objects.select_for_update().filter(pk__in=chosen, seats=0)
        Visit.objects.filter(pk__in=[visit.pk for visit in free]).delete()

    def get_readonly_fields(self, request, obj=None):
        """What has seats, messages and a history behind it is changed by a transition alone."""
        fields = list(super().get_readonly_fields(request, obj))
        if obj and obj.erased_at:
            fields += [name for name in Visit.personal_fields if name != "letter"]
        if obj and (obj.slot_id or "change_numbers" in obj.open_transitions):
            fields.append("expected_participants")
        if obj and (obj.slot_id or obj.status == Visit.Status.CONFIRMED):
            fields += ["held_on", "held_until"]
        return fields

    def save_model(self, request, obj, form, change):
        """A request that staff enter begins its history like any other.

        Of a changed one only what was typed is saved: the rest may change meanwhile.
        """
        if not change:
            obj.take_place(form.cleaned_data["time_slot"])
            obj.save()
            obj.record("submitted", by=request.user)
            if obj.slot:
                self.message_user(request, self._taken(obj))
            return
        own = {field.name for field in self.opts.concrete_fields}
        if changed := own.intersection(form.changed_data):
            obj.save(update_fields=[*changed, "updated_at"])

    def _taken(self, visit):
        """What a new request has got in its slot."""
        params = {"slot": visit.slot, "seats": visit.seats}
        if not visit.seats:
            text = _("%(slot)s has too few free seats: the request is on its waiting list.")
            return text % params
        return _("It holds %(seats)s seats in %(slot)s.") % params

    def save_related(self, request, form, formsets, change):
        """Record what changes the programme of a visit to come, and tell whom it concerns."""
        super().save_related(request, form, formsets, change)
        visit = form.instance
        if not change and (visit.held_on is None or visit.held_on >= timezone.localdate()):
            messages.stops_to_answer(visit)
        if not change or visit.status not in {*Visit.open_statuses, Visit.Status.CONFIRMED}:
            return
        stops = next((formset for formset in formsets if formset.model is Stop), None)
        if stops is None:
            return
        visit.change_programme(
            by=request.user,
            added=stops.new_objects,
            removed=stops.deleted_objects,
            changed=[stop for stop, _fields in stops.changed_objects],
            venue=visit.venue if "venue" in form.changed_data else None,
        )

    def view_on_site(self, visit):
        return visit.get_absolute_url() if visit.is_published else None

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (
            obj is None or not obj.is_published or request.user.has_perm("visits.publish_visit")
        )

    @admin.display(description=_("day"), ordering="planned_on")
    def day(self, visit):
        return when(visit, visit.planned_on)

    @admin.display(description=_("people"), ordering="expected_participants")
    def persons(self, visit):
        return visit.expected_participants or "–"

    @admin.display(description=_("answers of hosts"))
    def hosts(self, visit):
        if not visit.stops_asked:
            return "–"
        return f"{visit.stops_asked - visit.stops_silent}/{visit.stops_asked}"

    @admin.display(description=_("slot and seats"))
    def place(self, visit):
        """The slot, what it holds there, and its place in the waiting list or its offer."""
        if visit.slot is None:
            return _("No time slot: the wished day, or the one that is agreed.")
        parts = [_("%(seats)s seats held") % {"seats": visit.seats}]
        if visit.offered_until:
            until = date_format(timezone.localtime(visit.offered_until), "DATETIME_FORMAT")
            parts.append(_("offered until %(until)s") % {"until": until})
        elif position := visit.waiting_position:
            parts.append(_("number %(position)s on the waiting list") % {"position": position})
        parts.append(visit.slot.seats_left)
        url = reverse("admin:visits_timeslot_change", args=[visit.slot_id])
        return format_html('<a href="{}">{}</a> · {}', url, visit.slot, " · ".join(parts))

    @admin.display(description=_("together with"))
    def together(self, visit):
        """The visit that it joins, and those that join it."""
        if visit.pk is None:
            return "–"
        others = [*([visit.joins] if visit.joins else []), *visit.joined_by.all()]
        page = "admin:visits_visit_change"
        links = ((reverse(page, args=[o.pk]), o, o.get_status_display()) for o in others)
        return format_html_join("; ", '<a href="{}">{}</a> ({})', links) or "–"

    @admin.display(description=_("public"), boolean=True)
    def is_public(self, visit):
        return visit.is_published

    @admin.display(description=_("afterwards"))
    def afterwards(self, visit):
        return afterwards_of(visit)

    @admin.display(description=_("papers"))
    def papers(self, visit):
        return papers_of(visit) if visit.pk else "–"

    @admin.display(description=_("participants"))
    def people(self, visit):
        return people_of(visit)

    @admin.display(description=_("personal data"))
    def personal_data(self, visit):
        return personal_data_of(visit)

    @admin.display(description=_("letter"))
    def letter_link(self, visit):
        if not visit.letter:
            return "–"
        if visit.letter_is_missing:
            return _("The file of the letter is missing on our server.")
        return format_html(
            '<a href="{}">{}</a>',
            reverse("visits:letter", args=[visit.reference]),
            _("Download the letter"),
        )
