"""The relevance set: made-up entries beside the showcase, and queries with their first result."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command
from django.utils.text import slugify

from innovations.models import Agency, Award, Innovation, Question, Source
from magelang_portal.search.entries import Kind, SearchEntry
from magelang_portal.search.ranking import ranked
from magelang_portal.search.results import understand
from visits.models import Stop, Visit

DEPTH = 10  # what stands further down counts as not found
NAMES = {
    Kind.INNOVATION: "name",
    Kind.AGENCY: "name",
    Kind.AWARD: "name",
    Kind.VISIT: "organisation",
    Kind.QUESTION: "text",
}
FILE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
QUERIES = {language: dict(queries) for language, queries in FILE["queries"].items()}


@dataclass(frozen=True)
class Measured:
    """What came first for a query, and where what was expected stood (0 where it did not)."""

    query: str
    expected: str
    first: str
    place: int

    @property
    def reciprocal_rank(self) -> float:
        return 1 / self.place if self.place else 0


def load() -> None:
    """Load the showcase and the made-up entries, one by one, as staff would."""
    call_command("load_showcase", verbosity=0)
    source = Source.objects.create(slug="karangan", title="Karangan untuk uji pencarian")
    for values in FILE["agencies"]:
        Agency.objects.create(slug=slugify(values["abbreviation"]), **values)
    for values in FILE["innovations"]:
        agency = Agency.objects.get(abbreviation=values["agency"])
        innovation = Innovation.objects.create(
            slug=slugify(values["name"]), **{**values, "agency": agency}
        )
        innovation.citations.create(source=source)
        innovation.publish(by=None)
    for values in FILE["awards"]:
        innovation = Innovation.objects.filter(name=values.get("innovation")).first()
        Award.objects.create(source=source, **{**values, "innovation": innovation})
    for values in FILE["visits"]:
        stops = values["innovations"]
        fields = {name: value for name, value in values.items() if name != "innovations"}
        visit = Visit.objects.create(
            status=Visit.Status.COMPLETED, organisation_kind="other", **fields
        )
        for name in stops:
            Stop.objects.create(visit=visit, innovation=Innovation.objects.get(name=name))
        visit.publish(by=None)
    for values in FILE["questions"]:
        innovation = Innovation.objects.get(name=values["innovation"])
        Question.objects.create(
            answered_on="2026-01-05",
            moderation=Question.Moderation.PUBLISHED,
            **{**values, "innovation": innovation},
        )


def names_found(text: str) -> list[str]:
    """The names of the first results for `text`, the best first."""
    query = understand(text)
    ids = list(ranked(SearchEntry.objects.all(), query).values_list("pk", flat=True)[:DEPTH])
    entries = SearchEntry.objects.in_bulk(ids)
    return [
        getattr(getattr(entries[entry_id], kind.value), NAMES[kind])
        for entry_id in ids
        for kind in [Kind(entries[entry_id].kind)]
    ]


def measure(language: str) -> list[Measured]:
    """Ask every query of a language."""
    measured = []
    for query, expected in QUERIES[language].items():
        names = names_found(query)
        place = names.index(expected) + 1 if expected in names else 0
        measured.append(Measured(query, expected, names[0] if names else "", place))
    return measured


def mean_reciprocal_rank(measured) -> float:
    return sum(each.reciprocal_rank for each in measured) / len(measured)
