"""What somebody searches for: terms that must be found, each in one of several ways."""

import enum
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from magelang_portal.search.lexicon import STOP_WORDS, SYNONYMS
from magelang_portal.search.words import compounds, key_of, stem

LONGEST_TEXT = 100
MOST_TERMS = 12
LONGEST_PHRASE = 4

Way = tuple[str, ...]  # words that must all be there


class Ways(enum.Enum):
    """In which of its ways a term is looked for."""

    ANY = enum.auto()  # as typed, by stem, begun, or by a synonym
    TYPED = enum.auto()  # the same without synonyms
    EXACT = enum.auto()  # just the words that were typed


@dataclass(frozen=True)
class Term:
    """One thing that is searched for; it is found where one of its ways is found."""

    typed: tuple[Way, ...]
    synonyms: tuple[Way, ...] = ()
    is_prefix: bool = False  # somebody may still be typing it

    def ways(self, which: Ways = Ways.ANY) -> tuple[Way, ...]:
        return self.typed + self.synonyms if which is Ways.ANY else self.typed

    @property
    def word(self) -> str:
        """The typed word, or an empty text where it is several."""
        return self.typed[0][0] if len(self.typed[0]) == 1 else ""

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(word for way in self.ways() for word in way)

    @cached_property
    def _stems(self) -> dict[str, frozenset[str]]:
        return {
            language: frozenset(stem(word, language) for word in self._words)
            for language in ("id", "en")
        }

    def finds(self, word: str, language: str) -> bool:
        """Whether `word` of a text in `language` is one of those that this term looks for."""
        if word in self._words or stem(word, language) in self._stems[language]:
            return True
        return self.is_prefix and any(word.startswith(way[-1]) for way in self.typed)


class Place(NamedTuple):
    """Where a term may stand: in `names`, in `heads` (names and leads) or in `all` of an entry."""

    term: Term
    scope: str
    ways: Ways


@dataclass(frozen=True)
class Query:
    """What is searched for. `corrected_from` is what was typed, where that was found nowhere."""

    text: str
    terms: tuple[Term, ...] = ()
    needs_all: bool = True
    corrected_from: str = ""

    def __bool__(self):
        return bool(self.terms)

    @cached_property
    def key(self) -> str:
        """What is compared with the names of things."""
        return key_of(self.text)

    @property
    def is_letter(self) -> bool:
        """Whether somebody has typed one letter so far: then only names are looked at."""
        return len(self.terms) == 1 and len(self.key) == 1

    @classmethod
    def parse(cls, text: str) -> "Query":
        """Make a query of whatever somebody typed; without a letter or digit it has no terms."""
        text = " ".join(text.replace("\0", " ").split())[:LONGEST_TEXT]
        found = compounds(text)[:MOST_TERMS]
        terms = _without_stop_words(_terms(found))
        if len(terms) > 1 and len(terms[-1].word) == 1:
            terms.pop()  # a word has been begun, of which nothing can be said yet
        elif terms:
            terms[-1] = replace(terms[-1], is_prefix=True)
        return cls(text, tuple(dict.fromkeys(terms)))

    def any_term(self) -> "Query":
        """The same query, content with one of its terms."""
        return replace(self, needs_all=False)


def _terms(found) -> list[Term]:
    """The terms of a text's compounds: known phrases as one, other words one by one."""
    terms, plain, place = [], [], 0
    while place < len(found):
        for length in range(min(LONGEST_PHRASE, len(found) - place), 0, -1):
            pieces = found[place : place + length]
            phrase = tuple(part for parts, _joined in pieces for part in parts)
            joined = pieces[0][1] if length == 1 else ""
            synonyms = _synonyms_of((joined,) if joined else phrase)
            if length == 1 or synonyms:
                break
        terms.append(Term(((joined,), phrase) if joined else (phrase,), synonyms))
        is_plain = len(phrase) == 1 and phrase[0] not in STOP_WORDS
        plain.append(phrase[0] if is_plain else "")
        place += length
    # Somebody may have put a space into a name: data go, DataGO.
    for left in range(len(terms) - 1):
        if plain[left] and plain[left + 1]:
            way = ((plain[left] + plain[left + 1],),)
            for place in (left, left + 1):
                terms[place] = replace(terms[place], typed=terms[place].typed + way)
    return terms


def _without_stop_words(terms: list[Term]) -> list[Term]:
    return [term for term in terms if term.word not in STOP_WORDS] or terms


def _stemmed(phrase: Way) -> Way:
    return tuple(stem(word, "id") for word in phrase)


def _phrase(text: str) -> Way:
    return tuple(
        word for parts, joined in compounds(text) for word in ((joined,) if joined else parts)
    )


def _index_synonyms() -> dict[Way, tuple[Way, ...]]:
    index: dict[Way, dict[Way, None]] = {}
    for group in SYNONYMS:
        ways = [_phrase(text) for text in group]
        for way in ways:
            for key in {way, _stemmed(way)}:
                index.setdefault(key, {}).update(dict.fromkeys(ways))
    return {key: tuple(ways) for key, ways in index.items()}


_SYNONYMS = _index_synonyms()


def _synonyms_of(phrase: Way) -> tuple[Way, ...]:
    ways = _SYNONYMS.get(phrase) or _SYNONYMS.get(_stemmed(phrase), ())
    return tuple(way for way in ways if way != phrase)
