"""What a word is to the search: the same for texts that are indexed and for what people type."""

import itertools
import re
import threading
import unicodedata
from functools import lru_cache

from snowballstemmer import stemmer

LONGEST_WORD = 40
LONGEST_JOINED = 30
SHORTEST_STEMMED = 4

_HYPHENS = "-\u2010\u2011\u2013'’"
# A word, or several without a space between them: e-KTP, A.P.B.D.
_COMPOUND = re.compile(rf"[^\W_]+(?:[{_HYPHENS}.][^\W_]+)*")
# Where one word of a compound ends: DataGO, IGA2024.
_SEAM = re.compile(rf"[{_HYPHENS}.]+|(?<=[a-z])(?=[A-Z])|(?<=[^\W\d_][^\W\d_])(?=\d\d)", re.ASCII)
_stemmers = {"id": stemmer("indonesian"), "en": stemmer("english")}
_one_at_a_time = threading.Lock()  # a stemmer keeps the word it works on


def compounds(text: str) -> list[tuple[tuple[str, ...], str]]:
    """The words of `text` in order, without case and accents: (parts, joined form).

    `e-KTP` gives `(("e", "ktp"), "ektp")`; a plain word has one part and no joined form.
    """
    found = []
    letters = unicodedata.normalize("NFKD", text)
    letters = "".join(each for each in letters if unicodedata.category(each) != "Mn")
    for match in _COMPOUND.finditer(letters):
        pieces = [piece for piece in _SEAM.split(match[0]) if piece]
        parts = tuple(piece.casefold()[:LONGEST_WORD] for piece in pieces)
        joined = "".join(parts)
        is_one = (
            len(set(parts)) > 1
            and len(joined) <= LONGEST_JOINED
            and ("." not in match[0] or all(len(part) == 1 for part in parts))
        )
        found.append((parts, joined if is_one else ""))
    return found


def words_of(text: str, *, pairs: bool = False) -> list[str]:
    """The words to index for `text`, joined forms among them.

    With `pairs`, for names, also each two neighbours as one word: `Data Go` is found as `datago`.
    """
    words, plain = [], []
    for parts, joined in compounds(text):
        words.extend(parts)
        plain.extend(parts)
        if joined:
            words.append(joined)
    if pairs:
        neighbours = itertools.pairwise(plain)
        words.extend(
            first + second
            for first, second in neighbours
            if first != second and len(first + second) <= LONGEST_JOINED
        )
    return words


def key_of(text: str) -> str:
    """`text` as one run of letters and digits, so that spaces and hyphens make no difference."""
    return "".join(part for parts, _joined in compounds(text) for part in parts)


def initials_of(text: str) -> str:
    """The acronym that the words of `text` make, small ones left out; empty for a single word."""
    from magelang_portal.search.lexicon import STOP_WORDS

    words = [part for parts, _joined in compounds(text) for part in parts]
    letters = [word[0] for word in words if word not in STOP_WORDS]
    return "".join(letters) if len(letters) > 1 else ""


@lru_cache(maxsize=20_000)
def stem(word: str, language: str) -> str:
    """The Snowball stem of `word` in `language` (`id` or `en`); what has digits stays as it is."""
    if not word.isalpha():
        return word
    with _one_at_a_time:
        return _stemmers[language].stemWord(word)
