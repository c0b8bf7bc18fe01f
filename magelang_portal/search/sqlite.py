"""The search on SQLite: a full-text table (FTS5) of words and stems beside the entries."""

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from magelang_portal.search.entries import Span
from magelang_portal.search.query import Place, Ways
from magelang_portal.search.words import stem

INDEX = "magelang_portal_searchindex"
TRIGRAMS = "magelang_portal_searchtrigrams"
SCOPES = {"names": "{names} : ", "heads": "{names leads} : ", "all": ""}
LANGUAGE_SUFFIXES = {"id": "", "en": "_en"}


def lock() -> None:
    """SQLite lets one transaction write at a time, and ours say so when they begin."""


def write(entries) -> None:
    """Put the words and stems of stored entries into the full-text table."""
    with connection.cursor() as cursor:
        cursor.executemany(
            f"DELETE FROM {INDEX} WHERE rowid = %s",  # noqa: S608 (a name of ours)
            [(entry.id,) for entry in entries],
        )
        cursor.executemany(
            f"INSERT INTO {INDEX} (rowid, names, leads, body) VALUES (%s, %s, %s, %s)",  # noqa: S608
            [
                (entry.id, *(_with_stems(entry, name) for name in ("names", "leads", "body")))
                for entry in entries
            ],
        )


def _with_stems(entry, name: str) -> str:
    """Each word of a column in both languages once, and its stem."""
    words = {}
    for language, suffix in LANGUAGE_SUFFIXES.items():
        for word in getattr(entry, f"{name}{suffix}").split():
            words[word] = words[stem(word, language)] = None
    return " ".join(words)


def _word(word: str, *, is_prefix: bool, with_stems: bool) -> str:
    found = [f'"{word}"*' if is_prefix else f'"{word}"']
    if with_stems:
        stems = {stem(word, language) for language in LANGUAGE_SUFFIXES} - {word}
        if is_prefix:
            stems = {each for each in stems if not each.startswith(word)}
        found.extend(f'"{each}"' for each in sorted(stems))
    return f"({' OR '.join(found)})"


def _term(term, which: Ways = Ways.ANY) -> str:
    ways, is_loose = [], which is not Ways.EXACT
    for way in term.ways(which):
        is_prefix = term.is_prefix and is_loose and way in term.typed
        words = [
            _word(word, is_prefix=is_prefix and word is way[-1], with_stems=is_loose)
            for word in way
        ]
        ways.append(f"({' AND '.join(words)})")
    return f"({' OR '.join(ways)})"


def _rowids(match: str, span: Span) -> tuple[str, list]:
    """SQL and parameters of what `match` finds within a span."""
    sql = f"SELECT rowid AS id FROM {INDEX} WHERE {INDEX} MATCH %s AND rowid BETWEEN %s AND %s"  # noqa: S608
    params = [match, span.first, span.last]
    if not span.most:
        return sql, params
    # FTS5 walks backwards and stops: what a common word costs does not grow.
    return f"SELECT * FROM ({sql} ORDER BY rowid DESC LIMIT %s)", [*params, span.most]  # noqa: S608


def _joined(parts, sign: str) -> tuple[str, list]:
    """SQL of several parts with `sign` between them, and the parameters of all."""
    parts = list(parts)
    return sign.join(sql for sql, _params in parts), [
        param for _sql, params in parts for param in params
    ]


def _query(query, *, in_heads=False) -> str:
    terms = [_term(term) for term in query.terms]
    wanted = (" AND " if query.needs_all else " OR ").join(terms)
    return f"({SCOPES['heads']}({' OR '.join(terms)})) AND ({wanted})" if in_heads else wanted


def narrowed(query, spans) -> list[Span]:
    """The same, with those of which only the newest count cut off at the oldest of these.

    What stands there can then be asked for without counting: one query, if there are such.
    """
    newest = [_rowids(_query(query), span) for span in spans if span.most]
    if not newest:
        return spans
    oldest = ((f"(SELECT MIN(id) FROM ({sql}))", params) for sql, params in newest)  # noqa: S608 (words of ours)
    columns, params = _joined(oldest, ", ")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}", params)
        first = iter(cursor.fetchone())
    return [
        span._replace(first=next(first) or span.last, most=None) if span.most else span
        for span in spans
    ]


def found_ids(query, spans, *, in_heads=False) -> tuple[str, list]:
    """SQL and parameters of the ids of what `query` finds within `spans`.

    Of kinds with few things, with `in_heads`, only what has one of its terms in the heads.
    """
    return _joined(
        (_rowids(_query(query, in_heads=in_heads and not span.kind), span) for span in spans),
        " UNION ALL ",
    )


def stands_in(place: Place, query, spans, path: str) -> Q:
    """The condition that a term stands in a place of what `query` finds."""
    match = f"{SCOPES[place.scope]}{_term(place.term, place.ways)}"
    sql, params = _joined((_rowids(match, span) for span in spans), " UNION ALL ")
    return Q(**{f"{path}pk__in": RawSQL(sql, params)})  # noqa: S611 (words of ours)


def similar_words(word: str, lengths: tuple[int, int], limit: int) -> list[tuple[str, int]]:
    """Words of the texts that share most trigrams with `word`: (word, documents)."""
    padded = f"  {word} "
    trigrams = {padded[place : place + 3] for place in range(len(padded) - 2)}
    match = " OR ".join(f'"{trigram}"' for trigram in sorted(trigrams))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT words.word, words.documents FROM {TRIGRAMS} AS trigrams"  # noqa: S608
            " JOIN magelang_portal_searchword AS words ON words.id = trigrams.rowid"
            f" WHERE {TRIGRAMS} MATCH %s AND length(words.word) BETWEEN %s AND %s"
            " ORDER BY trigrams.rank, words.word LIMIT %s",
            [match, *lengths, limit],
        )
        return cursor.fetchall()
