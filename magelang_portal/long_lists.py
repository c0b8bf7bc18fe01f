"""Lists of the admin that stay quick with hundreds of thousands of rows."""

import re

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext

from innovations.models import Innovation
from magelang_portal.transitions import PRIMARY_KEY

MOST_MATCHES = 10
# Of a search with more results each page is found anew.
MOST_FOUND = 1000
REFERENCE = re.compile(r"KM-[0-9]{4}-[A-Z0-9]{5}", re.ASCII | re.IGNORECASE)


class LongList(ChangeList):
    def get_results(self, request):
        """Where nothing narrows the list, what it shows are all."""
        super().get_results(request)
        if not (self.query or self.get_filters_params()):
            self.full_result_count = self.result_count


class LongListAdmin(admin.ModelAdmin):
    """Counts once what a list shows, and never beside it how many rows there are in all."""

    show_full_result_count = False
    # The counts beside each choice of a filter take a look at all rows, choice by choice.
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    # Where rows name the reference of a visit: a whole one is found by its index.
    reference_path = ""

    def get_changelist(self, request, **kwargs):
        return LongList

    def get_search_results(self, request, queryset, search_term):
        """Look through all rows once, not for the number of results and again for the page."""
        term = search_term.strip()
        if self.reference_path and REFERENCE.fullmatch(term):
            return queryset.filter(**{self.reference_path: term.upper()}), False
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if not term:
            return found, may_repeat
        keys = list(found.order_by().values_list("pk", flat=True)[: MOST_FOUND + 1])
        if len(keys) > MOST_FOUND:
            return found, may_repeat
        return queryset.filter(pk__in=keys), False


class InnovationFilter(admin.SimpleListFilter):
    """Innovations to choose from by a part of their name: there are too many to list them.

    What was typed narrows the list by itself (`?path=text`), and offers the innovations so called
    that have rows here, each for itself (`?path__id__exact=1`). Made by `innovation_filter`.
    """

    title = Innovation._meta.verbose_name  # noqa: SLF001 (documented API)
    template = "admin/typed_filter.html"
    parameter_name: str

    def __init__(self, request, params, model, model_admin):
        self._exact = f"{self.parameter_name}__id__exact"
        chosen = params.pop(self._exact, [""])[-1]
        super().__init__(request, params, model, model_admin)
        self._pk = chosen if PRIMARY_KEY.fullmatch(chosen) else None
        self._model_admin, self._request = model_admin, request

    def lookups(self, request, model_admin):
        return []

    def has_output(self):
        return True

    def expected_parameters(self):
        return [self.parameter_name, self._exact]

    @property
    def typed(self) -> str:
        return (self.value() or "").strip()

    def queryset(self, request, queryset):
        if not (self._pk or self.typed):
            return queryset
        rows = queryset.model._base_manager  # noqa: SLF001 (documented API)
        if self._pk:
            found = rows.filter(**{self.parameter_name: self._pk})
        else:
            named = Innovation.objects.filter(name__icontains=self.typed).order_by()
            found = rows.filter(**{f"{self.parameter_name}__in": named.values("pk")})
        return queryset.filter(pk__in=found.order_by().values("pk"))

    def choices(self, changelist):
        """All, and what was typed or chosen; one query where something was."""
        own = self.expected_parameters()
        self.others = [
            (name, value)
            for name, values in changelist.filter_params.items()
            if name not in own
            for value in values
        ]
        yield {
            "selected": not (self._pk or self.typed),
            "query_string": changelist.get_query_string(remove=own),
            "display": gettext("All"),
        }
        for pk, name in self._matches():
            yield {
                "selected": str(pk) == self._pk,
                "query_string": changelist.get_query_string(
                    {self._exact: pk}, remove=[self.parameter_name]
                ),
                "display": name,
            }

    def _matches(self):
        if self._pk:
            found = Innovation.objects.filter(pk=self._pk)
        elif self.typed:
            rows = self._model_admin.get_queryset(self._request).order_by()
            here = Exists(rows.filter(**{self.parameter_name: OuterRef("pk")}))
            found = Innovation.objects.filter(here, name__icontains=self.typed)
        else:
            return []
        return found.order_by("name", "pk").values_list("pk", "name")[:MOST_MATCHES]


def innovation_filter(path: str) -> type[InnovationFilter]:
    """The filter of a list whose rows lead to innovations by `path`."""
    return type("InnovationFilter", (InnovationFilter,), {"parameter_name": path})
