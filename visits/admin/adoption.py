from django import forms
from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from innovations.fields import format_partial_date
from magelang_portal.long_lists import LongListAdmin, innovation_filter
from magelang_portal.transitions import Note, SeenForm, Transition, TransitionAdmin
from visits.models import Adoption
from visits.provinces import Province


class AdoptionForm(forms.ModelForm):
    def clean(self):
        """What a delegation tells is its own word; what staff enter themselves needs proof."""
        super().clean()
        data = self.cleaned_data
        if not (data.get("visit") or data.get("evidence") or data.get("evidence_url")):
            self.add_error(
                "evidence_url",
                forms.ValidationError(
                    _("Name what shows it, as text or address: no visit vouches for it."),
                    code="no_evidence",
                ),
            )


class ConfirmForm(SeenForm):
    """Shows what was told, so that nothing else is confirmed."""

    def notes(self):
        return [Note(f"{adoption}: {'; '.join(_told(adoption))}.") for adoption in self.objects]


def _told(adoption):
    """What the delegation told last, field by field, as it would be public."""
    labels = dict(Adoption.State.choices) | dict(Province.choices)
    for name, value in adoption.told.items():
        if value:
            label = Adoption._meta.get_field(name).verbose_name  # noqa: SLF001 (documented API)
            shown = format_partial_date(value) if name == "since" else labels.get(value, value)
            yield f"{label}: {shown}"


class StandingFilter(admin.SimpleListFilter):
    title = _("what is to do")
    parameter_name = "answer"

    def lookups(self, request, model_admin):
        return [
            ("waiting", _("To confirm")),
            ("confirmed", _("Confirmed, public")),
            ("dismissed", _("Dismissed")),
        ]

    def queryset(self, request, queryset):
        match self.value():
            case "waiting":
                return queryset.to_confirm()
            case "confirmed":
                return queryset.filter(confirmed_at__isnull=False)
            case "dismissed":
                return queryset.filter(dismissed_at__isnull=False)
        return queryset


@admin.register(Adoption)
class AdoptionAdmin(LongListAdmin, TransitionAdmin):
    """Who took up what: pledges and changes to confirm, and what staff found themselves."""

    form = AdoptionForm
    list_display = [
        "organisation",
        "innovation",
        "province",
        "state_told",
        "since",
        "is_confirmed",
    ]
    list_select_related = ["innovation"]
    list_filter = [
        StandingFilter,
        "state",
        innovation_filter("innovation"),
    ]
    search_fields = ["organisation", "name_there", "innovation__name"]
    search_help_text = _("Organisation, innovation, or its name there.")
    date_hierarchy = "reported_at"
    autocomplete_fields = ["innovation", "visit", "learned_from"]
    readonly_fields = [
        "change",
        "reported_at",
        "changed_at",
        "confirmed_at",
        "confirmed_by",
        "dismissed_at",
    ]
    locked_note = _(
        "You may look at this, but not change it: it is public. Ask a colleague who may confirm "
        "adoptions."
    )
    transitions = (
        Transition("confirm", _("Confirm"), "confirm_adoption", ConfirmForm),
        Transition("dismiss", _("Dismiss"), "confirm_adoption"),
        Transition("take_off", _("Take off the public site"), "confirm_adoption"),
    )
    fieldsets = [
        (
            _("State"),
            {
                "fields": [
                    "change",
                    ("reported_at", "changed_at"),
                    ("confirmed_at", "confirmed_by"),
                    "dismissed_at",
                ]
            },
        ),
        (
            _("Who adopted what"),
            {"fields": ["innovation", "organisation", "province", "visit", "learned_from"]},
        ),
        (
            _("What became of it"),
            {"fields": [("state", "since"), "name_there", "evidence", "evidence_url"]},
        ),
    ]

    def get_queryset(self, request):
        queryset = super().get_queryset(request)
        return queryset.select_related("innovation", "visit", "learned_from__innovation")

    def has_change_permission(self, request, obj=None):
        """What is public changes by the hand of those alone who may confirm it."""
        return super().has_change_permission(request, obj) and (
            obj is None
            or obj.confirmed_at is None
            or request.user.has_perm("visits.confirm_adoption")
        )

    def view_on_site(self, adoption):
        if adoption.confirmed_at is None or not adoption.innovation.is_published:
            return None
        return f"{adoption.innovation.get_absolute_url()}#family-tree"

    @admin.display(description=_("confirmed"), boolean=True)
    def is_confirmed(self, adoption):
        return None if adoption.waits else adoption.confirmed_at is not None

    @admin.display(description=_("state"), ordering="state")
    def state_told(self, adoption):
        """The state that is public or was pledged, and the one told since."""
        state = adoption.get_state_display()
        return f"{state} → {adoption.told_state}" if adoption.reported else state

    @admin.display(description=_("change to confirm"))
    def change(self, adoption):
        """Field by field, what the delegation tells and what stands on the public site."""
        if not adoption.reported:
            return "–"
        changes = [
            (self.opts.get_field(name).verbose_name, getattr(adoption, name), value)
            for name, value in adoption.reported.items()
            if value != getattr(adoption, name)
        ]
        return format_html_join("", "<p><strong>{}</strong>: {} → {}</p>", _in_words(changes))


def _in_words(changes):
    labels = dict(Adoption.State.choices)
    for label, before, after in changes:
        yield label, labels.get(before, before) or "–", labels.get(after, after) or "–"
