"""The part of a text in which what was searched for stands, marked, and safe to show."""

import re
from dataclasses import dataclass
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from magelang_portal.search.query import Query
from magelang_portal.search.words import compounds

LENGTH = 220  # letters of a quoted part
SEARCHED = 6000  # letters of a text in which the part is looked for
_WORD = re.compile(r"[^\W_]+(?:[-\u2010\u2011'’][^\W_]+)*")


@dataclass(frozen=True)
class _Match:
    start: int
    end: int
    term: int


def _matches(text: str, query: Query, language: str) -> list[_Match]:
    found, before, start, terms = [], "", 0, {}
    for word in _WORD.finditer(text):
        pieces = _pieces(word[0])
        # A long text says most of its words several times.
        if word[0] not in terms:
            terms[word[0]] = _term_of(pieces, query, language)
        if (number := terms[word[0]]) is not None:
            found.append(_Match(*word.span(), number))
        elif before and (number := _term_of_both(before + pieces[0], query)) is not None:
            found.append(_Match(start, word.end(), number))
        before, start = pieces[-1], word.start()
    return found


def _term_of(pieces: tuple[str, ...], query: Query, language: str) -> int | None:
    """The number of the first term that finds one of the pieces of a word."""
    for number, term in enumerate(query.terms):
        if any(term.finds(piece, language) for piece in pieces):
            return number
    return None


def _term_of_both(joined: str, query: Query) -> int | None:
    """The number of the term that two neighbours are: Data Go, where somebody has typed datago."""
    for number, term in enumerate(query.terms):
        if any(joined in way for way in term.typed):
            return number
    return None


@lru_cache(maxsize=10_000)
def _pieces(word: str) -> tuple[str, ...]:
    """What the index holds of one word of a text."""
    return tuple(
        piece for parts, joined in compounds(word) for piece in (*parts, joined) if piece
    ) or ("",)


def _mark(text: str, matches: list[_Match], start: int, end: int) -> str:
    """`text` from `start` to `end` as HTML, with what was found in <mark>."""
    parts, place = [], start
    for match in matches:
        if match.start >= place and match.end <= end:
            parts.append(escape(text[place : match.start]))
            parts.append(f"<mark>{escape(text[match.start : match.end])}</mark>")
            place = match.end
    parts.append(escape(text[place:end]))
    return "".join(parts)


def highlighted(text: str, query: Query, language: str) -> SafeString:
    """The whole of `text`, with what `query` finds in it marked."""
    marked = _mark(text, _matches(text, query, language), 0, len(text))
    return mark_safe(marked)  # noqa: S308 (escaped piece by piece)


def snippet(text: str, query: Query, language: str) -> SafeString:
    """The part of `text` in which most of what `query` finds stands closest together, marked.

    Without a match it is the beginning. Cut between words, with … where something is left out.
    """
    text = " ".join(text[:SEARCHED].split())
    matches = _matches(text, query, language)
    start, end = _best_part(text, matches)
    before, after = "… " if start else "", " …" if end < len(text) else ""
    return mark_safe(f"{before}{_mark(text, matches, start, end)}{after}")  # noqa: S308


def _best_part(text: str, matches: list[_Match]) -> tuple[int, int]:
    best, first = (0, 0), 0
    for number, match in enumerate(matches):
        inside = [each for each in matches[number:] if each.end <= match.start + LENGTH * 3 // 4]
        value = (len({each.term for each in inside}), len(inside))
        if value > best:
            best, first = value, match.start
    start = 0
    if first > LENGTH // 2:
        # Begin at a sentence if one begins shortly before, else at a word.
        lead = text[first - LENGTH // 4 : first]
        sentence = max(lead.rfind(sign) for sign in (". ", "! ", "? "))
        cut = sentence + 2 if sentence >= 0 else lead.find(" ") + 1
        start = first - LENGTH // 4 + cut
    if len(text) - start <= LENGTH:
        return start, len(text)
    end = text.rfind(" ", start, start + LENGTH)
    return start, end if end > start else start + LENGTH
