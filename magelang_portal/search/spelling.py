"""Mistyped words: which word of the public texts was meant."""

from dataclasses import replace

from rapidfuzz.distance import OSA

from magelang_portal.search.backend import backend
from magelang_portal.search.query import Query
from magelang_portal.search.ranking import finds_anything

CANDIDATES = 200
SHORTEST, LONGEST = 3, 40


def most_typos(word: str) -> int:
    """How many letters of `word` may be wrong, missing, too many or swapped."""
    if len(word) < SHORTEST or not word.isalpha():
        return 0
    return 1 if len(word) <= 5 else 2  # noqa: PLR2004 (a short word has many neighbours)


def correct_word(word: str) -> str:
    """The known word that is nearest to `word`, the most common of equals; empty if none is."""
    most = most_typos(word)
    if not most or len(word) > LONGEST:
        return ""
    lengths = (max(SHORTEST, len(word) - most), len(word) + most)
    near = []
    for known, documents in backend().similar_words(word, lengths, CANDIDATES):
        typos = OSA.distance(word, known, score_cutoff=most)
        if typos <= most:
            near.append((typos, known[0] != word[0], -documents, known))
    return min(near)[-1] if near else ""


def correct(query: Query) -> Query:
    """`query` with those words corrected that stand nowhere; the same query if none is near."""
    words = {}
    for term in query.terms:
        if term.word and not finds_anything(Query(query.text, (term,))):
            words[term] = correct_word(term.word)
    if not any(words.values()):
        return query
    text = " ".join(words.get(term) or " ".join(term.typed[0]) for term in query.terms)
    return replace(Query.parse(text), corrected_from=query.text)


def known_part(query: Query) -> Query:
    """`query` content with any of its terms, those left out that stand nowhere."""
    known = tuple(term for term in query.terms if finds_anything(Query(query.text, (term,))))
    return replace(query, terms=known, needs_all=False)
