from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from innovations.models import Agency


@admin.register(Agency)
class AgencyAdmin(admin.ModelAdmin):
    list_display = ["abbreviation", "name", "succeeded_by", "visit_ceiling", "innovation_count"]
    list_display_links = ["abbreviation", "name"]
    list_filter = [("succeeded_by", admin.EmptyFieldListFilter)]
    list_select_related = ["succeeded_by"]
    search_fields = ["name", "name_en", "abbreviation"]
    autocomplete_fields = ["succeeded_by", "sources"]
    prepopulated_fields = {"slug": ["abbreviation"]}
    fieldsets = [
        (None, {"fields": ["name", "name_en", "abbreviation", "slug"]}),
        (_("About"), {"fields": ["about", "about_en", "sources"]}),
        (_("Where it is"), {"fields": ["address", "website"]}),
        (_("Visits"), {"fields": ["visit_ceiling"]}),
        (_("Merged or renamed"), {"fields": ["succeeded_by"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).with_innovation_count()

    @admin.display(description=_("published innovations"), ordering="innovation_count")
    def innovation_count(self, agency):
        return agency.innovation_count
