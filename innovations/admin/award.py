from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from innovations.admin.innovation import PUBLISH
from innovations.models import Award
from magelang_portal.long_lists import LongListAdmin


@admin.register(Award)
class AwardAdmin(LongListAdmin):
    """Awards of the whole city and all others at a glance.

    An award of the city is public at once, so only those who may publish write here; editors
    write an innovation's awards on its own form, while it is a draft.
    """

    list_display = ["name", "awarded_on", "innovation", "rank", "is_nomination", "awarding_body"]
    list_filter = ["is_nomination", "level", ("innovation", admin.EmptyFieldListFilter)]
    list_select_related = ["innovation"]
    search_fields = ["name", "name_en", "awarding_body", "innovation__name"]
    autocomplete_fields = ["innovation", "source"]
    prepopulated_fields = {"slug": ["name", "awarded_on"]}
    fieldsets = [
        (None, {"fields": ["name", "name_en", "slug", "innovation"]}),
        (_("What was awarded"), {"fields": ["awarding_body", "level", "awarded_on"]}),
        (_("Rank"), {"fields": ["rank", "rank_en", "is_nomination", "note", "note_en"]}),
        (_("Source"), {"fields": ["source"]}),
    ]

    def has_add_permission(self, request):
        return super().has_add_permission(request) and request.user.has_perm(PUBLISH)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and request.user.has_perm(PUBLISH)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and request.user.has_perm(PUBLISH)
