from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminDateWidget
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from magelang_portal.transitions import ReasonForm, Transition, TransitionAdmin
from visits.admin.paper import papers_of
from visits.admin.people import people_of
from visits.models import Stop, Visit, VisitEvent


class ConfirmForm(forms.Form):
    on = forms.DateField(
        label=_("Day of the visit"),
        required=False,
        widget=AdminDateWidget,
        help_text=_("Empty: the date that the delegation wished."),
    )
    reason = forms.CharField(
        label=_("Message to the delegation"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
        help_text=_("It stands at the private link."),
    )


class DeclineForm(ReasonForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = True
        self.fields["reason"].help_text = _("The delegation reads it at its private link.")
        self.fields["reason"].error_messages["required"] = _(
            "Give the delegation a reason; it reads it at its private link."
        )


class StopInline(admin.TabularInline):
    model = Stop
    extra = 0
    autocomplete_fields = ["innovation"]
    fields = ["position", "innovation", "starts_at", "ends_at", "venue", "speaker", "answer"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("innovation")


class EventInline(admin.TabularInline):
    model = VisitEvent
    extra = 0
    can_delete = False
    fields = readonly_fields = ["at", "title", "status", "by", "reason"]

    @admin.display(description=_("what"))
    def title(self, event):
        return event.title

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("by")


class AnswerFilter(admin.SimpleListFilter):
    title = _("what is to do")
    parameter_name = "answer"

    def lookups(self, request, model_admin):
        return [
            ("open", _("To answer")),
            ("past", _("To mark as completed")),
            ("erase", _("Personal data to erase")),
        ]

    def queryset(self, request, queryset):
        match self.value():
            case "open":
                return queryset.open()
            case "past":
                return queryset.past()
            case "erase":
                return queryset.due_for_erasure()
        return queryset


@admin.register(Visit)
class VisitAdmin(TransitionAdmin):
    list_display = [
        "reference",
        "status",
        "organisation",
        "wished_on",
        "held_on",
        "expected_participants",
        "is_public",
    ]
    list_display_links = ["reference", "organisation"]
    list_filter = [
        AnswerFilter,
        "status",
        "organisation_kind",
        "wished_on",
        "held_on",
        ("published_at", admin.EmptyFieldListFilter),
        ("stops__innovation", admin.RelatedOnlyFieldListFilter),
        "language",
    ]
    search_fields = ["reference", "organisation", "unit", "contact_name", "contact_email"]
    search_help_text = _("Reference, organisation, unit or contact person.")
    date_hierarchy = "created_at"
    autocomplete_fields = ["sources"]
    readonly_fields = [
        "reference",
        "status",
        "letter_link",
        "people",
        "consented_at",
        "erased_at",
        "created_at",
        "published_at",
        "published_by",
        "papers",
    ]
    inlines = [StopInline, EventInline]
    save_on_top = True
    transitions = (
        Transition("confirm", _("Confirm"), "decide_visit", ConfirmForm),
        Transition("decline", _("Decline"), "decide_visit", DeclineForm),
        Transition("complete", _("Mark as completed"), "decide_visit"),
        Transition("publish", _("Publish"), "publish_visit"),
        Transition("unpublish", _("Take off the public site"), "publish_visit"),
        Transition("erase", _("Erase the personal data"), "decide_visit"),
    )
    fieldsets = [
        (_("State"), {"fields": [("reference", "status"), "created_at"]}),
        (
            _("The request"),
            {
                "fields": [
                    "organisation",
                    "organisation_kind",
                    "unit",
                    "purpose",
                    ("head_name", "head_position"),
                    "expected_participants",
                    ("wished_on", "alternative_on"),
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
                    "erased_at",
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

    def save_model(self, request, obj, form, change):
        """A request that staff enter begins its history like any other."""
        super().save_model(request, obj, form, change)
        if not change:
            obj.record("submitted", by=request.user)

    def view_on_site(self, visit):
        return visit.get_absolute_url() if visit.is_published else None

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (
            obj is None or not obj.is_published or request.user.has_perm("visits.publish_visit")
        )

    @admin.display(description=_("public"), boolean=True)
    def is_public(self, visit):
        return visit.is_published

    @admin.display(description=_("papers"))
    def papers(self, visit):
        return papers_of(visit) if visit.pk else "–"

    @admin.display(description=_("participants"))
    def people(self, visit):
        return people_of(visit)

    @admin.display(description=_("letter"))
    def letter_link(self, visit):
        if not visit.letter:
            return "–"
        return format_html(
            '<a href="{}">{}</a>',
            reverse("visits:letter", args=[visit.reference]),
            _("Download the letter"),
        )
