from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovations.admin.innovation import PUBLISH
from innovations.models import Question, Suggestion
from magelang_portal.long_lists import LongListAdmin


class ToDoFilter(admin.SimpleListFilter):
    title = _("what is to do")
    parameter_name = "todo"

    def lookups(self, request, model_admin):
        return [("answer", _("To answer")), ("publish", _("Answered, to publish"))]

    def queryset(self, request, queryset):
        match self.value():
            case "answer":
                return queryset.answerable_by(request.user).unanswered()
            case "publish":
                return queryset.answered_unseen()
        return queryset


class VoiceAdmin(LongListAdmin):
    """What people from outside wrote: read, answered, and by publishers let through or not."""

    list_display = ["__str__", "innovation", "moderation", "is_answered", "created_at"]
    list_filter = [ToDoFilter, "moderation", ("answer", admin.EmptyFieldListFilter), "language"]
    list_select_related = ["innovation"]
    search_fields = ["text", "answer", "innovation__name"]
    autocomplete_fields = ["innovation"]
    date_hierarchy = "created_at"
    readonly_fields = ["created_at"]
    actions = ["publish", "hide"]
    fieldsets = [
        (None, {"fields": ["innovation", "text", "language", "created_at"]}),
        (_("What becomes of it"), {"fields": ["moderation", "answer", "answered_on"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).visible_to(request.user)

    def has_change_permission(self, request, obj=None):
        """What was let through others read already: publishers alone change it."""
        if not super().has_change_permission(request, obj):
            return False
        answerable = self.model.objects.answerable_by(request.user)
        return obj is None or answerable.filter(pk=obj.pk).exists()

    def has_publish_permission(self, request):
        return super().has_change_permission(request) and request.user.has_perm(PUBLISH)

    def get_readonly_fields(self, request, obj=None):
        """What someone wrote stays as it was written."""
        fields = super().get_readonly_fields(request, obj)
        if not self.has_publish_permission(request):
            fields = [*fields, "moderation"]
        return [*fields, "innovation", "text", "language"] if obj else fields

    @admin.display(description=_("answered"), boolean=True)
    def is_answered(self, voice):
        return bool(voice.answer)

    @admin.action(description=_("Publish what is chosen"), permissions=["publish"])
    def publish(self, request, queryset):
        self._moderate(request, queryset, queryset.model.Moderation.PUBLISHED)

    @admin.action(description=_("Hide what is chosen"), permissions=["publish"])
    def hide(self, request, queryset):
        self._moderate(request, queryset, queryset.model.Moderation.HIDDEN)

    def _moderate(self, request, queryset, moderation):
        for voice in queryset:
            voice.moderation = moderation
            voice.save(update_fields=["moderation"])
            self.log_change(request, voice, str(moderation.label))
        self.message_user(request, _("Done: %(label)s.") % {"label": moderation.label})

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)

        class AnswerForm(form):
            def clean(self):
                """An answer without a date was given today; a date without an answer, never."""
                data = super().clean()
                if "answer" in data:
                    data["answered_on"] = (
                        data.get("answered_on") or timezone.localdate() if data["answer"] else None
                    )
                return data

        return AnswerForm


class SuggestionAdmin(VoiceAdmin):
    def has_add_permission(self, request):
        """Suggestions come from residents alone."""
        return False


admin.site.register(Suggestion, SuggestionAdmin)
admin.site.register(Question, VoiceAdmin)
