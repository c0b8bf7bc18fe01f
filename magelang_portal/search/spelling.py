"""Mistyped words: which word of the public texts was meant."""

from dataclasses import replace

from rapidfuzz.distance import OSA, Indel

from magelang_portal.search.backend import backend
from magelang_portal.search.entries import SearchWord
from magelang_portal.search.lexicon import EVERYDAY
from magelang_portal.search.query import Query
from magelang_portal.search.ranking import finds_anything

CANDIDATES = 200
TRIED = 4  # near words that are tried together with the other words
SHORTEST, LONGEST = 3, 40
COMMON = 1000  # texts in which a word stands that is taken as whole


def most_typos(word: str) -> int:
    """How many letters of `word` may be wrong, missing, too many or swapped."""
    if len(word) < SHORTEST or not word.isalpha():
        return 0
    return 1 if len(word) <= 5 else 2  # noqa: PLR2004 (a short word has many neighbours)


def near_words(word: str) -> list[str]:
    """The known words that are nearest to `word`, the most common of equals first."""
    most = most_typos(word)
    if not most or len(word) > LONGEST:
        return []
    lengths = (max(SHORTEST, len(word) - most), len(word) + most)
    near = []
    for known, documents in backend().similar_words(word, lengths, CANDIDATES):
        typos = OSA.distance(word, known, score_cutoff=most)
        if typos <= most:
            # A letter is sooner left out or doubled than taken for another.
            letters = Indel.distance(word, known)
            near.append((typos, known[0] != word[0], letters, -documents, known))
    return [known for *_order, known in sorted(near)[:TRIED]]


def correct(query: Query) -> Query:
    """`query` with those words corrected that stand nowhere; the same query if none is near.

    What is a word as it stands is not corrected: who asks for floods wants no place called so.
    Of words that are near, the first that is found together with the others.
    """
    near = {}
    for term in query.terms:
        if not term.word or term.word in EVERYDAY:
            continue
        if not finds_anything(Query(query.text, (term,))):
            near[term] = near_words(term.word)
    if not any(near.values()):
        return query
    attempts = []
    for attempt in range(TRIED):
        words = {
            term: found[min(attempt, len(found) - 1)] for term, found in near.items() if found
        }
        text = " ".join(words.get(term) or " ".join(term.typed[0]) for term in query.terms)
        corrected = replace(Query.parse(text), corrected_from=query.text)
        if corrected in attempts:
            continue
        if finds_anything(corrected):
            return corrected
        attempts.append(corrected)
    return attempts[0]


def without_needless_prefix(query: Query) -> Query:
    """`query` with its last word taken as whole, where that stands in so many texts as it is.

    Words that begin with it would add little, and looking through all of them costs most there.
    """
    if not query:
        return query
    last = query.terms[-1]
    if not SearchWord.objects.filter(word=last.typed[0][-1], documents__gte=COMMON).exists():
        return query
    return replace(query, terms=(*query.terms[:-1], replace(last, is_prefix=False)))


def known_part(query: Query) -> Query:
    """`query` content with any of its terms, those left out that stand nowhere."""
    known = tuple(term for term in query.terms if finds_anything(Query(query.text, (term,))))
    return replace(query, terms=known, needs_all=False)
