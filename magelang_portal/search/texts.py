"""What each kind of public thing says to the search, by the weight of its words."""

import re
from dataclasses import dataclass, field

from django.db.models import Prefetch
from django.utils.translation import override

from innovations.models import Agency, Award, Innovation, Question
from innovations.notes import plain_text
from magelang_portal.search.entries import Kind, SearchEntry
from magelang_portal.search.words import compounds, initials_of, key_of, words_of
from visits.models import Stop, Visit

LANGUAGES = ("id", "en")
# Said of every entry of a kind, so that “kunjungan kemensos” finds the visit of Kemensos.
WORDS_OF_KIND = {
    Kind.INNOVATION: ("inovasi", "innovation"),
    Kind.AGENCY: ("perangkat daerah", "agency"),
    Kind.AWARD: ("penghargaan", "award"),
    Kind.VISIT: ("kunjungan", "visit"),
    Kind.QUESTION: ("pertanyaan", "question"),
}
_IN_BRACKETS = re.compile(r"^(?P<before>.*)\((?P<acronym>[^()]+)\)(?P<after>.*)$", re.DOTALL)


@dataclass
class Said:
    """The texts of one thing: by weight, each as a pair of Indonesian and English."""

    title: str
    names: list[tuple[str, str]]
    keys: list[str] = field(default_factory=list)
    leads: list[tuple[str, str]] = field(default_factory=list)
    body: list[tuple[str, str]] = field(default_factory=list)
    shown: list[tuple[str, str]] = field(default_factory=list)  # what a result quotes

    def entry(self, kind: Kind, object_id: int) -> SearchEntry:
        """The entry that these texts make."""
        columns = {"names": self.names, "leads": self.leads}
        columns["body"] = [*self.body, *self.shown, WORDS_OF_KIND[kind]]
        words = {
            f"{name}{suffix}": _words(texts, language, pairs=name == "names")
            for name, texts in columns.items()
            for language, suffix in enumerate(("", "_en"))
        }
        keys = dict.fromkeys(filter(None, map(key_of, self.keys)))
        return SearchEntry(
            id=kind.id_of(object_id),
            kind=kind,
            **{f"{kind}_id": object_id},
            title=_order(self.title),
            keys=f"|{'|'.join(keys)}|",
            shown="\n".join(filter(None, (text[0] for text in self.shown))),
            shown_en="\n".join(filter(None, (text[1] for text in self.shown))),
            **words,
        )


def _words(texts, language: int, *, pairs: bool) -> str:
    words = (word for text in texts for word in words_of(text[language], pairs=pairs))
    return " ".join(words)


def _order(title: str) -> str:
    return " ".join(part for parts, _joined in compounds(title) for part in parts)[:200]


def _both(item, name: str) -> tuple[str, str]:
    return getattr(item, name), getattr(item, f"{name}_en")


def _prose(item, name: str) -> tuple[str, str]:
    return tuple(plain_text(text) if text else "" for text in _both(item, name))


def _label(item, name: str) -> tuple[str, str]:
    """How the choice of a field reads in both languages."""
    labels = []
    for language in LANGUAGES:
        with override(language):
            labels.append(str(getattr(item, f"get_{name}_display")()))
    return tuple(labels)


def _alike(text: str) -> tuple[str, str]:
    """A name that is the same in both languages; its words are kept once."""
    return text, ""


def _names_with_acronym(name: str) -> list[str]:
    """`Innovative Government Award (IGA) 2019` as a whole, without its acronym, and by it."""
    match = _IN_BRACKETS.match(name)
    if not match:
        return [name]
    before, acronym, after = match["before"], match["acronym"], match["after"]
    return [name, f"{before} {after}", f"{acronym} {after}"]


def of_innovation(innovation: Innovation) -> Said:
    expanded = innovation.expanded_name
    agency = innovation.agency
    fields = ("form", "type", "stage", "government_affair")
    return Said(
        title=innovation.name,
        keys=[innovation.name, expanded, initials_of(expanded)],
        names=[_alike(innovation.name), _alike(initials_of(expanded))],
        leads=[
            _alike(expanded),
            _both(innovation, "summary"),
            _both(agency, "name"),
            _alike(agency.abbreviation),
        ],
        body=[
            *(_both(partner, "name") for partner in innovation.partner_agencies.all()),
            *(_alike(partner.abbreviation) for partner in innovation.partner_agencies.all()),
            *(_both(award, "name") for award in innovation.awards.all()),
            *(_both(outcome, "indicator") for outcome in innovation.outcomes.all()),
            *(_label(innovation, name) for name in fields if getattr(innovation, name)),
            _alike(innovation.year),
        ],
        shown=[
            _both(innovation, "summary"),
            *(
                _prose(innovation, name)
                for name in ("solution", "how_to_use", "problem", "how_to_replicate")
            ),
            _both(innovation, "beneficiaries"),
            _both(innovation, "stopped_reason"),
            _both(innovation, "visit_note"),
        ],
    )


def of_agency(agency: Agency) -> Said:
    return Said(
        title=agency.name,
        keys=[agency.name, agency.name_en, agency.abbreviation],
        names=[_both(agency, "name"), _alike(agency.abbreviation)],
        body=[_alike(agency.address)],
        shown=[_prose(agency, "about")],
    )


def of_award(award: Award) -> Said:
    names = [*_names_with_acronym(award.name), award.name_en]
    with_year = [f"{name} {award.year}" for name in names if name and award.year not in name]
    return Said(
        title=f"{award.name} {award.awarded_on}",
        keys=[*names, *with_year],
        names=[_both(award, "name"), _alike(award.year)],
        leads=[
            _alike(award.innovation.name if award.innovation else ""),
            _alike(award.awarding_body),
            _both(award, "rank"),
        ],
        body=[_label(award, "level") if award.level else ("", "")],
        shown=[_both(award, "rank"), _alike(award.awarding_body), _both(award, "note")],
    )


def of_visit(visit: Visit) -> Said:
    """The public record alone: no purpose, no names of people but who led it in public."""
    in_english = visit.language == "en"
    organisation = ("", visit.organisation) if in_english else (visit.organisation, "")
    unit = ("", visit.unit) if in_english else (visit.unit, "")
    day = str(visit.held_on or visit.reported_on)
    return Said(
        title=f"{visit.organisation} {day}",
        keys=[visit.organisation, visit.unit],
        names=[organisation, unit],
        leads=[
            _both(visit, "summary"),
            *(_alike(stop.innovation.name) for stop in visit.public_stops),
            _label(visit, "province") if visit.province else ("", ""),
        ],
        body=[
            _alike(visit.venue),
            _alike(visit.host),
            _alike(visit.host_position),
            _alike(visit.led_by),
            _label(visit, "organisation_kind"),
            _alike(day[:4]),
        ],
        shown=[_both(visit, "summary"), _prose(visit, "report")],
    )


def of_question(question: Question) -> Said:
    def said(text):
        return ("", text) if question.language == "en" else (text, "")

    return Said(
        title=question.text[:200],
        names=[],
        leads=[said(question.text), _alike(question.innovation.name)],
        shown=[said(question.answer)],
    )


def _public_visits():
    stops = Stop.objects.shown().filter(innovation__status=Innovation.Status.PUBLISHED)
    return Visit.objects.published().prefetch_related(
        Prefetch("stops", stops.select_related("innovation"), to_attr="public_stops")
    )


# What of each kind the public may see, and what it says.
PUBLIC = {
    Kind.INNOVATION: lambda: (
        Innovation.objects.published()
        .select_related("agency")
        .prefetch_related("partner_agencies", "awards", "outcomes")
    ),
    Kind.AGENCY: Agency.objects.all,
    Kind.AWARD: lambda: Award.objects.published().select_related("innovation"),
    Kind.VISIT: _public_visits,
    Kind.QUESTION: lambda: (
        Question.objects.published().exclude(answer="").select_related("innovation")
    ),
}
SAID = {
    Kind.INNOVATION: of_innovation,
    Kind.AGENCY: of_agency,
    Kind.AWARD: of_award,
    Kind.VISIT: of_visit,
    Kind.QUESTION: of_question,
}


def entries_of(kind: Kind, object_ids) -> list[SearchEntry]:
    """The entries, not yet stored, of those of `object_ids` that are public."""
    public = PUBLIC[kind]().filter(pk__in=object_ids).order_by("pk")
    return [SAID[kind](item).entry(kind, item.pk) for item in public]
