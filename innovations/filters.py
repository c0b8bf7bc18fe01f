"""The catalogue's filters, and how many innovations each further choice would leave."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_

import django_filters
from django.utils.translation import gettext_lazy as _

from innovations.facets import EVERYTHING, YES, bitmap, holders_of, keys_in
from innovations.models import Agency, Innovation
from magelang_portal.public_state import kept
from magelang_portal.search.entries import Kind
from magelang_portal.search.results import understand


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


class BestMatches(Sequence):
    """The innovations of `queryset` in the order of `keys`, fetched a slice at a time."""

    def __init__(self, queryset, keys: list[int]):
        self.queryset, self.keys = queryset, keys

    def __len__(self):
        return len(self.keys)

    def __getitem__(self, part: slice) -> list[Innovation]:
        if not isinstance(part, slice):
            raise TypeError("Innovations are taken in slices.")  # templates try names first
        found = self.queryset.in_bulk(self.keys[part])
        return [found[key] for key in self.keys[part] if key in found]


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
        return queryset.matching(self.understood)

    @property
    def qs(self):
        """What is left, in the order asked for: a queryset, or the best matches."""
        if self.query and not self.sorting:
            return BestMatches(self.queryset, keys_in(self._found[0], self._left()))
        return super().qs

    @cached_property
    def understood(self):
        """The search query: as typed, or corrected where nothing was found."""
        return understand(
            self.query,
            (Kind.INNOVATION,),
            as_typed="as_typed" in self.data,
            request=self.request,
        )

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
            Facet(name, filter_.label, choices)
            for name, filter_ in self.facet_filters.items()
            if (choices := self._choices(name))
        ]

    @cached_property
    def total(self) -> int:
        """How many innovations the filters in force leave."""
        everything = reduce(or_, self._holders["stage"].values(), 0)
        return (everything & self._left()).bit_count()

    def _choices(self, name) -> list[Choice]:
        """The choices of a facet: each counts what fits it, and the other facets' selections."""
        holders, selection, left = self._holders[name], self._selections[name], self._left(name)
        counted = (
            (value, label, (holders.get(value, 0) & left).bit_count())
            for value, label in self.form.fields[name].choices
        )
        return [
            Choice(value, label, count, value in selection)
            for value, label, count in counted
            if count or value in selection
        ]

    def _left(self, without="") -> int:
        """The bitmap of what the search and all facets leave, apart from the one named."""
        left = self._found[1]
        for name, selection in self._selections.items():
            if selection and name != without:
                holders = self._holders[name]
                left &= reduce(or_, (holders.get(value, 0) for value in selection))
        return left

    @cached_property
    def state(self) -> str:
        """What the counts of all choices depend on: the words, and the filters in force."""
        chosen = {name: sorted(values) for name, values in self._selections.items() if values}
        return json.dumps([self._words, chosen])

    @property
    def _words(self) -> list:
        return [self.query, "as_typed" in self.data]

    @cached_property
    def _selections(self) -> dict[str, set[str]]:
        return {name: set(self.cleaned_data.get(name, [])) for name in self.facet_filters}

    @cached_property
    def _holders(self) -> dict[str, dict[str, int]]:
        columns = {name: filter_.field_name for name, filter_ in self.facet_filters.items()}
        return kept("catalogue", lambda: holders_of(self.queryset, columns), request=self.request)

    @cached_property
    def _found(self) -> tuple[list[int], int]:
        """What is searched for: the keys, the best match first, and their bitmap."""
        if not self.query:
            return [], EVERYTHING
        name = f"catalogue {json.dumps(self._words)}"
        return kept(name, self._search, request=self.request)

    def _search(self):
        found = self.queryset.search(self.understood).values_list("pk", flat=True)
        keys = list(found)
        return keys, bitmap(keys)

    @cached_property
    def active(self) -> list[ActiveFilter]:
        """The filters in force, each with the query string that takes it away."""
        filters = []
        if self.query:
            filters.append(ActiveFilter(self.filters["q"].label, self.query, self._without("q")))
        in_force = self.facets if any(self._selections.values()) else []
        for facet in in_force:
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
