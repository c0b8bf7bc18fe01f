from django.contrib import admin
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from innovations.models import Source
from magelang_portal.long_lists import LongListAdmin


@admin.register(Source)
class SourceAdmin(LongListAdmin):
    list_display = ["title", "publisher", "published_on", "slug", "cited"]
    list_filter = ["publisher"]
    ordering = ["title"]  # a query that groups forgets the order of Meta
    search_fields = ["title", "publisher", "url", "slug"]
    prepopulated_fields = {"slug": ["title"]}

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(cited=Count("citations"))

    @admin.display(description=_("cited"), ordering="cited")
    def cited(self, source):
        return source.cited
