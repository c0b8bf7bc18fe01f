"""The part of a text in which what was searched for stands, marked, and safe to show."""

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from magelang_portal.search.query import Query
from magelang_portal.search.words import compounds

LENGTH = 220  # letters of a quoted part
REACH = LENGTH * 3 // 4  # letters within which matches stand close together
SEARCHED = 6000  # letters of a text in which the part is looked for
_WORD = re.compile(r"[^\W_]+(?:[-\u2010\u2011'’][^\W_]+)*")


class _Match(NamedTuple):
    start: int
    end: int
    term: int


class _Word(NamedTuple):
    """What is known of a word of a text: the term that finds it, its first and its last piece."""

    term: int | None
    first: str
    last: str


class Highlighter:
    """Shows texts with what `query` finds in them marked; one for all that stands on a page.

    Texts say the same words again and again, and each is looked at once.
    """

    def __init__(self, query: Query):
        self.query = query
        self._known: dict[str, dict[str, _Word]] = {}
        # Two neighbours may be one word of the query: Data Go, where somebody has typed datago.
        self._joined = {
            word: number
            for number, term in reversed(list(enumerate(query.terms)))
            for way in term.typed
            for word in way
        }

    def whole(self, text: str, language: str) -> SafeString:
        """The whole of `text`."""
        marked = _mark(text, self._matches(text, language), 0, len(text))
        return mark_safe(marked)  # noqa: S308 (escaped piece by piece)

    def snippet(self, text: str, language: str) -> SafeString:
        """The first part of `text` in which all stands that was searched for, or most of it.

        Without a match it is the beginning. Cut between words, with … where something is left out.
        """
        text = " ".join(text[:SEARCHED].split())
        matches = self._first_matches(text, language)
        start, end = _best_part(text, matches)
        before, after = "… " if start else "", " …" if end < len(text) else ""
        return mark_safe(f"{before}{_mark(text, matches, start, end)}{after}")  # noqa: S308

    def _first_matches(self, text: str, language: str) -> list[_Match]:
        """What is found up to the end of the first part that says it all."""
        found, near, end = [], deque(), len(text)
        for match in self._matches(text, language):
            if match.start > end:
                break
            found.append(match)
            near.append(match)
            while near[0].start <= match.end - REACH and len(near) > 1:
                near.popleft()
            if end == len(text) and len({each.term for each in near}) == len(self.query.terms):
                end = near[0].start + LENGTH
        return found

    def _matches(self, text: str, language: str) -> Iterator[_Match]:
        known = self._known.setdefault(language, {})
        before, start = "", 0
        for match in _WORD.finditer(text):
            word = known.get(match[0])
            if word is None:
                word = known[match[0]] = self._look_at(match[0], language)
            if word.term is not None:
                yield _Match(*match.span(), word.term)
            elif before and (term := self._joined.get(before + word.first)) is not None:
                yield _Match(start, match.end(), term)
            before, start = word.last, match.start()

    def _look_at(self, word: str, language: str) -> _Word:
        pieces = _pieces(word)
        finds = (
            number
            for number, term in enumerate(self.query.terms)
            if any(term.finds(piece, language) for piece in pieces)
        )
        return _Word(next(finds, None), pieces[0], pieces[-1])


@lru_cache(maxsize=10_000)
def _pieces(word: str) -> tuple[str, ...]:
    """What the index holds of one word of a text."""
    return tuple(
        piece for parts, joined in compounds(word) for piece in (*parts, joined) if piece
    ) or ("",)


def _mark(text: str, matches: Iterable[_Match], start: int, end: int) -> str:
    """`text` from `start` to `end` as HTML, with what was found in <mark>."""
    parts, place = [], start
    for match in matches:
        if match.start >= place and match.end <= end:
            parts.append(escape(text[place : match.start]))
            parts.append(f"<mark>{escape(text[match.start : match.end])}</mark>")
            place = match.end
    parts.append(escape(text[place:end]))
    return "".join(parts)


def _best_part(text: str, matches: list[_Match]) -> tuple[int, int]:
    best, first = (0, 0), 0
    ends = [match.end for match in matches]
    for number, match in enumerate(matches):
        inside = matches[number : bisect_right(ends, match.start + REACH)]
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
