"""The catalogue's filters, and how many innovations each further choice would leave."""

import json
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import django_filters
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from innovations.models import Agency, Innovation
from magelang_portal.public_state import kept
from magelang_portal.search.entries import Kind
from magelang_portal.search.results import understand

YES = "yes"


@dataclass(frozen=True)
class Choice:
    """One choice of a facet, and how many innovations it would leave."""

    value: str
    label: str
    count: int
    is_selected: bool


@dataclass(frozen=True)
class Facet:
    """One group of choices in the filter panel."""

    name: str
    label: str
    choices: list[Choice]

    @property
    def is_active(self) -> bool:
        return any(choice.is_selected for choice in self.choices)


@dataclass(frozen=True)
class ActiveFilter:
    """A filter in force, and the query string of the same page without it."""

    label: str
    value: str
    query_without: str


class FacetFilter(django_filters.MultipleChoiceFilter):
    """Choices of one facet; those within it are alternatives."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, distinct=False, **kwargs)


class YesFilter(FacetFilter):
    """A facet of one choice: only what is so."""

    def __init__(self, *args, label, **kwargs):
        super().__init__(*args, label=label, choices=[(YES, label)], **kwargs)

    def filter(self, queryset, value):
        return queryset.filter(**{self.field_name: True}) if value else queryset


class StableOrderingFilter(django_filters.OrderingFilter):
    """Sorting in which equals keep one order, so that no page repeats what another shows."""

    def filter(self, queryset, value):
        ordered = super().filter(queryset, value)
        return ordered.order_by(*ordered.query.order_by, "name", "pk") if value else ordered


class CatalogueFilter(django_filters.FilterSet):
    """Search, facets and sorting of the catalogue; every state of it is a query string."""

    q = django_filters.CharFilter(label=_("Search"), method="search", max_length=100)
    agency = FacetFilter(
        field_name="agency__slug",
        label=_("Agency"),
        choices=lambda: Agency.objects.with_published_innovations().as_choices(),
    )
    affair = FacetFilter(
        field_name="government_affair",
        label=_("Government affair"),
        choices=Innovation.GovernmentAffair.choices,
    )
    stage = FacetFilter(field_name="stage", label=_("Stage"), choices=Innovation.Stage.choices)
    form = FacetFilter(field_name="form", label=_("Form"), choices=Innovation.Form.choices)
    type = FacetFilter(field_name="type", label=_("Type"), choices=Innovation.Type.choices)
    year = FacetFilter(
        field_name="year", label=_("Year it began"), choices=Innovation.objects.published_years
    )
    awarded = YesFilter(field_name="is_awarded", label=_("Award-winning"))
    visitable = YesFilter(field_name="visitable", label=_("Can be visited"))
    sort = StableOrderingFilter(
        label=_("Sort by"),
        fields=[("name", "name"), ("year", "year"), ("published_at", "published")],
        choices=[
            ("name", _("Name, A to Z")),
            ("-year", _("Newest innovations first")),
            ("year", _("Oldest innovations first")),
            ("-published", _("Latest in the catalogue first")),
        ],
        empty_label=_("Best match"),
    )

    class Meta:
        model = Innovation
        fields: list[str] = []

    def __init__(self, data=None, queryset=None, **kwargs):
        super().__init__(data, queryset.with_awarded_flag(), **kwargs)

    def search(self, queryset, name, value):
        # A sorting of its own needs no best match.
        query = self.understood
        return queryset.matching(query) if self.sorting else queryset.search(query)

    @cached_property
    def understood(self):
        """The search query: as typed, or corrected where nothing was found."""
        return understand(self.query, (Kind.INNOVATION,), as_typed="as_typed" in self.data)

    @property
    def sorting(self) -> str:
        """The value of the sorting in force, one of `sort_choices`."""
        return next(iter(self.cleaned_data.get("sort") or []), "")

    @property
    def sort_choices(self) -> list[tuple[str, str]]:
        """The ways to sort; the best match only where something is searched for."""
        choices = list(self.form.fields["sort"].choices)
        return choices if self.query else [("", choices[1][1]), *choices[2:]]

    @cached_property
    def cleaned_data(self) -> dict:
        """What of the query string was understood; the rest is left out of the filtering."""
        self.form.is_valid()
        return self.form.cleaned_data if self.is_bound else {}

    @property
    def query(self) -> str:
        return self.cleaned_data.get("q", "")

    @property
    def facet_filters(self) -> dict[str, FacetFilter]:
        return {
            name: filter_
            for name, filter_ in self.filters.items()
            if isinstance(filter_, FacetFilter)
        }

    @cached_property
    def facets(self) -> list[Facet]:
        """Every facet with the choices that would leave something."""
        return [
            Facet(name, self.filters[name].label, choices)
            for name, count in self._figures[1].items()
            if (choices := self._choices(name, count))
        ]

    @property
    def total(self) -> int:
        """How many innovations the filters in force leave."""
        return self._figures[0]

    @cached_property
    def _figures(self) -> tuple[int, dict[str, Counter]]:
        """The total, and for each facet how many innovations each choice would leave."""
        state = {name: sorted(values) for name, values in self._selections.items()}
        words = [self.query, "as_typed" in self.data]
        return kept(f"catalogue {json.dumps([words, state])}", self._count)

    @cached_property
    def _selections(self) -> dict[str, set[str]]:
        return {name: set(self.cleaned_data.get(name, [])) for name in self.facet_filters}

    def _count(self):
        """Count all in one query, which groups what the search finds by all facets at once.

        A choice counts the groups that fit it and the selections in the other facets.
        """
        columns = [filter_.field_name for filter_ in self.facet_filters.values()]
        found = self.queryset
        if self.query:
            found = found.matching(self.understood)
        groups = found.order_by().values_list(*columns).annotate(size=Count("pk"))
        selections = list(self._selections.values())
        total = 0
        counts = [Counter() for _name in selections]
        for *values, size in groups:
            keys = [YES if value is True else value for value in values]
            misses = [
                index
                for index, (key, selection) in enumerate(zip(keys, selections, strict=True))
                if selection and key not in selection
            ]
            total += size if not misses else 0
            for index, key in enumerate(keys):
                if not misses or misses == [index]:
                    counts[index][key] += size
        return total, dict(zip(self._selections, counts, strict=True))

    def _choices(self, name, count) -> list[Choice]:
        selection = self._selections[name]
        return [
            Choice(value, label, count[value], value in selection)
            for value, label in self.form.fields[name].choices
            if count[value] or value in selection
        ]

    @cached_property
    def active(self) -> list[ActiveFilter]:
        """The filters in force, each with the query string that takes it away."""
        filters = []
        if self.query:
            filters.append(ActiveFilter(self.filters["q"].label, self.query, self._without("q")))
        for facet in self.facets:
            filters.extend(
                ActiveFilter(facet.label, choice.label, self._without(facet.name, choice.value))
                for choice in facet.choices
                if choice.is_selected
            )
        return filters

    def _without(self, name, value=None) -> str:
        data = self.data.copy()
        for passing in ("page", "as_typed"):
            data.pop(passing, None)
        kept = [each for each in data.getlist(name) if value is not None and each != value]
        data.setlist(name, kept)
        return data.urlencode()
