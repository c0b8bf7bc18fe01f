"""A search as a page shows it: what was understood, how much of each kind, and one page of it."""

from dataclasses import dataclass
from functools import cached_property, partial

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from innovations.bilingual import page_language
from magelang_portal.public_state import kept
from magelang_portal.search.entries import Kind, SearchEntry
from magelang_portal.search.highlight import Highlighter
from magelang_portal.search.query import Query
from magelang_portal.search.ranking import (
    MOST_OF_MASS,
    count_of_kinds,
    finds_anything,
    first_ids,
    ranked,
)
from magelang_portal.search.spelling import correct, known_part, without_needless_prefix

# So many of a search are found at once: its first ten pages.
FIRST = 200
# What a line of the results says of its object.
SHOWN = (
    *(f"innovation__{name}" for name in ("name", "slug", "agency__name", "agency__name_en")),
    *(f"agency__{name}" for name in ("name", "name_en", "slug", "abbreviation")),
    *(f"award__{name}" for name in ("name", "name_en", "awarded_on", "slug", "innovation__name")),
    *(f"visit__{name}" for name in ("organisation", "language", "slug")),
    *(f"visit__{name}" for name in ("held_on", "held_until", "reported_on")),
    *(f"question__{name}" for name in ("text", "language")),
    *(f"question__innovation__{name}" for name in ("name", "slug")),
)


def understand(text: str, kinds=tuple(Kind), *, as_typed=False, request=None) -> Query:
    """The query for `text` that finds something among `kinds`, the nearest to it first.

    As typed, then with mistyped words corrected (unless `as_typed`), then content with any of
    the words. Where even that finds nothing, the query as typed. Found once for all readers.
    """
    name = f"understood {text!r} {','.join(kinds)} {as_typed}"
    return kept(name, lambda: _understand(text, kinds, as_typed=as_typed), request=request)


def _understand(text: str, kinds, *, as_typed: bool) -> Query:
    query = without_needless_prefix(Query.parse(text))
    if not query or finds_anything(query, kinds):
        return query
    corrected = query if as_typed else correct(query)
    if corrected is not query and finds_anything(corrected, kinds):
        return corrected
    if len(query.terms) > 1:
        anyhow = known_part(corrected)
        if finds_anything(anyhow, kinds):
            return anyhow
    return query


@dataclass(frozen=True)
class Result:
    """One line of the results."""

    kind: Kind
    title: SafeString
    title_language: str
    url: str
    context: SafeString  # whose it is, or when it was; may be empty
    text: SafeString
    text_language: str


@dataclass(frozen=True)
class KindCount:
    """How many results there are of a kind; of `more` than that, only these were looked at."""

    kind: Kind
    count: int
    more: bool


def _count_of(kind: Kind, count: int) -> KindCount:
    if kind.is_mass and count > MOST_OF_MASS:
        return KindCount(kind, MOST_OF_MASS, more=True)
    return KindCount(kind, count, more=False)


class Results:
    """Everything that `query` finds, to be counted and sliced by a paginator.

    How much there is, and the first pages of it, are found once for all readers of what is public.
    """

    def __init__(self, query: Query, kind: Kind | None = None, *, request=None):
        self.query, self.kind, self.request = query, kind, request

    @cached_property
    def counts(self) -> list[KindCount]:
        """How many there are of each kind that there is, whatever kind is chosen."""
        if not self.query:
            return []
        # One more than are shown, so that more can be told from as many.
        counts = self._kept("counts", lambda: count_of_kinds(self.query, MOST_OF_MASS + 1))
        return [
            _count_of(kind, counts.get(kind, 0))
            for kind in Kind
            if kind in counts or kind is self.kind
        ]

    @property
    def has_more(self) -> bool:
        """Whether there are more than `total`, in all kinds together."""
        return any(each.more for each in self.counts)

    @property
    def total(self) -> int:
        return sum(each.count for each in self.counts)

    def count(self) -> int:
        """How many there are of the kind chosen."""
        return sum(each.count for each in self.counts if self.kind in {None, each.kind})

    def __len__(self):
        return self.count()

    def __getitem__(self, part: slice) -> list[Result]:
        if not isinstance(part, slice):
            raise TypeError("Results are taken in slices.")  # templates try names first
        if not self.count():
            return []
        ids = self._ids(part)
        entries = (
            SearchEntry.objects.select_related(
                "innovation__agency",
                "agency",
                "award__innovation",
                "visit",
                "question__innovation",
            )
            .only("kind", "shown", "shown_en", *SHOWN)
            .in_bulk(ids)
        )
        highlighter = Highlighter(self.query)
        return [_result(entries[entry_id], highlighter) for entry_id in ids if entry_id in entries]

    def _ids(self, part: slice) -> list[int]:
        kinds = (self.kind,) if self.kind else tuple(Kind)
        if part.stop is None or part.stop > FIRST:
            found = ranked(SearchEntry.objects.all(), self.query, kinds)
            return list(found.values_list("pk", flat=True)[part])
        find = partial(first_ids, self.query, kinds, FIRST)
        return self._kept(f"first {self.kind}", find)[part]

    def _kept(self, what: str, find):
        return kept(f"search {what} {self.query!r}", find, request=self.request)


def _result(entry: SearchEntry, highlighter: Highlighter) -> Result:
    kind = Kind(entry.kind)
    title, title_language, url, context = _HEADS[kind](getattr(entry, kind.value))
    language = page_language()
    if language == "en" and entry.shown_en:
        text = entry.shown_en
    elif entry.shown:
        text, language = entry.shown, "id"
    else:
        text, language = entry.shown_en, "en"
    return Result(
        kind=kind,
        title=highlighter.whole(title, title_language),
        title_language=title_language,
        url=url,
        context=highlighter.whole(context, page_language()),
        text=highlighter.snippet(text, language),
        text_language=language,
    )


def _of_innovation(innovation):
    agency = innovation.agency.text("name").value
    return innovation.name, page_language(), innovation.get_absolute_url(), agency


def _of_agency(agency):
    name = agency.text("name")
    return name.value, name.language, agency.get_absolute_url(), agency.abbreviation


def _of_award(award):
    name = award.text("name")
    title = name.value if award.year in name.value else f"{name.value} {award.year}"
    url = f"{reverse('innovations:award_list')}?award={award.slug}#award-{award.slug}"
    return title, name.language, url, award.innovation.name if award.innovation else ""


def _of_visit(visit):
    from visits.structured_data import when

    return visit.organisation, visit.language, visit.get_absolute_url(), when(visit)


def _of_question(question):
    page = question.innovation.get_absolute_url()
    url = f"{page}?question={question.pk}#question-{question.pk}"
    asked = _("About %(innovation)s") % {"innovation": question.innovation.name}
    return question.text, question.language, url, asked


_HEADS = {
    Kind.INNOVATION: _of_innovation,
    Kind.AGENCY: _of_agency,
    Kind.AWARD: _of_award,
    Kind.VISIT: _of_visit,
    Kind.QUESTION: _of_question,
}
