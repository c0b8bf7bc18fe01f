from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from innovations.admin.pictures import AbstractPictureInline
from innovations.models import Award, Citation, Document, Innovation, Outcome, Picture
from magelang_portal.long_lists import LongListAdmin
from magelang_portal.meanwhile import LockedWhileSavedMixin, MeanwhileForm
from magelang_portal.transitions import Note, ReasonForm, SeenForm, Transition, TransitionAdmin

PUBLISH = "innovations.publish_innovation"
PUBLIC_STATUSES = {Innovation.Status.PUBLISHED, Innovation.Status.ARCHIVED}


def may_edit(request, innovation) -> bool:
    """Whether a change to `innovation` may become public by this user's hand.

    What is published changes on the public site at once, so an editor who may not publish may not
    change it either.
    """
    if innovation is None or innovation.status not in PUBLIC_STATUSES:
        return True
    return request.user.has_perm(PUBLISH)


def may_confirm(user, innovation=None) -> bool:
    """Whether `user` may say that `innovation` (or any) is right: a publisher, its own host."""
    if user.has_perm(PUBLISH):
        return True
    if not (user.agency_id and user.has_perm("visits.answer_stop")):
        return False
    return innovation is None or innovation.agency_id == user.agency_id


class InnovationForm(MeanwhileForm):
    """An entry, with the rows below it."""

    def rows(self):
        rows = ("citations", "outcomes", "awards", "pictures", "documents")
        return [list(getattr(self.instance, name).order_by("pk").values()) for name in rows]


class PublishForm(SeenForm):
    """Tells who changed an entry last, so that what is published is what was read."""

    def notes(self):
        return [
            Note(
                _("%(name)s was last changed on %(when)s by %(who)s.")
                % {
                    "name": innovation,
                    "when": date_format(
                        timezone.localtime(change.history_date), "DATETIME_FORMAT"
                    ),
                    "who": change.history_user or _("a command"),
                }
            )
            for innovation in self.objects
            if (change := innovation.history.select_related("history_user").first())
        ]


class CitationFormSet(forms.BaseInlineFormSet):
    def clean(self):
        """A published entry keeps at least one source."""
        super().clean()
        if not self.instance.is_published:
            return
        added = any(form.cleaned_data for form in self.extra_forms if form.is_valid())
        deleted = [form.instance.pk for form in self.deleted_forms]
        kept = added or self.instance.citations.exclude(pk__in=deleted).exists()
        if not kept:
            raise forms.ValidationError(
                _("A published entry names at least one source. Add one, or return it to draft."),
                code="unsourced",
            )


class CitationInline(admin.TabularInline):
    model = Citation
    formset = CitationFormSet
    extra = 0
    autocomplete_fields = ["source"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("source")


class OutcomeInline(admin.StackedInline):
    model = Outcome
    extra = 0
    autocomplete_fields = ["source"]
    fields = [
        ("indicator", "indicator_en"),
        ("before", "after", "unit", "unit_en"),
        ("as_of", "note", "note_en"),
        ("source", "position"),
    ]


class AwardInline(admin.StackedInline):
    model = Award
    extra = 0
    autocomplete_fields = ["source"]
    prepopulated_fields = {"slug": ["name", "awarded_on"]}
    fields = [
        ("name", "name_en", "slug"),
        ("awarding_body", "level", "awarded_on"),
        ("rank", "rank_en", "is_nomination"),
        ("note", "note_en", "source"),
    ]


class PictureInline(AbstractPictureInline):
    model = Picture


class DocumentInline(admin.TabularInline):
    model = Document
    extra = 0


class WaitingFilter(admin.SimpleListFilter):
    title = _("waiting for its owner")
    parameter_name = "waiting"

    def lookups(self, request, model_admin):
        return [("yes", _("Something is empty")), ("no", _("Complete"))]

    def queryset(self, request, queryset):
        waiting = Innovation.objects.waiting_for_owner().values("pk")
        match self.value():
            case "yes":
                return queryset.filter(pk__in=waiting)
            case "no":
                return queryset.exclude(pk__in=waiting)
        return queryset


class ConfirmationFilter(admin.SimpleListFilter):
    title = _("confirmation by the owner")
    parameter_name = "confirmation"

    def lookups(self, request, model_admin):
        return [("due", _("Due: long ago, or never"))]

    def queryset(self, request, queryset):
        if self.value() == "due":
            return queryset.filter(pk__in=Innovation.objects.to_confirm().values("pk"))
        return queryset


@admin.register(Innovation)
class InnovationAdmin(LockedWhileSavedMixin, LongListAdmin, TransitionAdmin, SimpleHistoryAdmin):
    form = InnovationForm
    list_display = [
        "name",
        "agency_abbreviation",
        "status",
        "stage",
        "waiting_count",
        "confirmed_on",
        "featured",
        "public_page",
    ]
    list_filter = [
        "status",
        WaitingFilter,
        ConfirmationFilter,
        "stage",
        "form",
        "type",
        "visitable",
        "running",
        "featured",
        ("agency", admin.RelatedOnlyFieldListFilter),
        "government_affair",
    ]
    list_select_related = ["agency"]
    search_fields = ["name", "expanded_name", "summary", "agency__name", "agency__abbreviation"]
    search_help_text = _("Name, what it stands for, summary or agency.")
    autocomplete_fields = ["agency", "partner_agencies"]
    prepopulated_fields = {"slug": ["name"]}
    readonly_fields = ["status", "published_at", "published_by", "waiting_for"]
    inlines = [CitationInline, OutcomeInline, AwardInline, PictureInline, DocumentInline]
    save_on_top = True
    locked_note = _(
        "You may look at this, but not change it: what you write here would be public at once. "
        "Ask a colleague of the group “publisher” to change it or to return it to draft."
    )
    object_history_form_template = "admin/innovations/innovation/history_form.html"
    object_history_list_template = "admin/innovations/innovation/history_list.html"
    transitions = (
        Transition("confirm", _("Confirm as right today"), "view_innovation"),
        Transition("submit_for_review", _("Submit for review"), "change_innovation"),
        Transition("publish", _("Publish"), "publish_innovation", PublishForm),
        Transition("return_to_draft", _("Return to draft"), "change_innovation", ReasonForm),
        Transition("archive", _("Archive"), "publish_innovation", ReasonForm),
    )
    fieldsets = [
        (_("State"), {"fields": ["status", "published_at", "published_by", "waiting_for"]}),
        (
            _("What it is"),
            {
                "fields": [
                    "name",
                    "slug",
                    "expanded_name",
                    ("summary", "summary_en"),
                    "agency",
                    "partner_agencies",
                ]
            },
        ),
        (
            _("Classification"),
            {"fields": [("form", "type", "stage"), ("initiator", "government_affair")]},
        ),
        (
            _("What it does"),
            {
                "fields": [
                    ("beneficiaries", "beneficiaries_en"),
                    ("problem", "problem_en"),
                    ("solution", "solution_en"),
                    ("how_to_use", "how_to_use_en"),
                    ("how_to_replicate", "how_to_replicate_en"),
                ]
            },
        ),
        (_("When"), {"fields": [("started_on", "trialled_on", "implemented_on")]}),
        (
            _("Is it still so?"),
            {
                "fields": [
                    "running",
                    ("stopped_reason", "stopped_reason_en"),
                    "confirmed_on",
                    "service_url",
                    "contact",
                ]
            },
        ),
        (
            _("Visits"),
            {
                "fields": [
                    "visitable",
                    "visit_host",
                    ("visit_max_group", "visit_lead_days", "visit_closed_days"),
                    "visit_languages",
                    ("visit_note", "visit_note_en"),
                ]
            },
        ),
        (_("Home page"), {"fields": ["featured"]}),
    ]

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if keys := form.instance.unknown_keys():
            self.message_user(
                request,
                _("No source of this entry has the key %(keys)s: add it under “Citations”.")
                % {"keys": ", ".join(f"[@{key}]" for key in keys)},
                messages.WARNING,
            )

    def history_form_view(self, request, *args, **kwargs):
        """An old version is for reading: saving it would bring back its status too."""
        if request.method not in {"GET", "HEAD"}:
            raise PermissionDenied
        return super().history_form_view(request, *args, **kwargs)

    def may(self, request, transition, obj=None):
        if not super().may(request, transition, obj):
            return False
        if transition.name == "confirm":
            return may_confirm(request.user, obj)
        return transition.name != "return_to_draft" or may_edit(request, obj)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and may_edit(request, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and may_edit(request, obj)

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.has_perm(PUBLISH) else [*fields, "featured"]

    @admin.display(description=_("agency"), ordering="agency__abbreviation")
    def agency_abbreviation(self, innovation):
        return innovation.agency.abbreviation

    @admin.display(description=_("waiting for its owner"))
    def waiting_count(self, innovation):
        return len(innovation.missing_fields) or "–"

    @admin.display(description=_("waiting for its owner"))
    def waiting_for(self, innovation):
        if not innovation.pk:
            return "–"
        return ", ".join(map(str, innovation.missing_fields)) or _("nothing")

    @admin.display(description=_("public page"))
    def public_page(self, innovation):
        if not innovation.is_published:
            return "–"
        return format_html('<a href="{}">{}</a>', innovation.get_absolute_url(), _("See the page"))
