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


def _rowids(match: str, spans) -> tuple[str, list]:
    """SQL of what `match` finds within each of `spans`."""
    parts, params = [], []
    for span in spans:
        sql = f"SELECT rowid AS id FROM {INDEX} WHERE {INDEX} MATCH %s AND rowid BETWEEN %s AND %s"  # noqa: S608
        params += [match, span.first, span.last]
        if span.most:
            # FTS5 walks backwards and stops: what a common word costs does not grow.
            sql = f"SELECT * FROM ({sql} ORDER BY rowid DESC LIMIT %s)"  # noqa: S608
            params.append(span.most)
        parts.append(sql)
    return " UNION ALL ".join(parts), params


def _query(query, *, in_heads=False) -> str:
    terms = [_term(term) for term in query.terms]
    wanted = (" AND " if query.needs_all else " OR ").join(terms)
    return f"({SCOPES['heads']}({' OR '.join(terms)})) AND ({wanted})" if in_heads else wanted


def narrowed(query, spans) -> list[Span]:
    """The same, with those of which only the newest count cut off at the oldest of these.

    What stands there can then be asked for without counting: one query, if there are such.
    """
    oldest = []
    for span in spans:
        if span.most:
            sql, params = _rowids(_query(query), [span])
            oldest.append((f"(SELECT MIN(id) FROM ({sql}))", params))  # noqa: S608 (words of ours)
    if not oldest:
        return spans
    with connection.cursor() as cursor:
        columns = ", ".join(sql for sql, _params in oldest)
        cursor.execute(
            f"SELECT {columns}",
            [param for _sql, params in oldest for param in params],
        )
        first = iter(cursor.fetchone())
    return [
        span._replace(first=next(first) or span.last, most=None) if span.most else span
        for span in spans
    ]


def found_ids(query, spans, *, in_heads=False) -> tuple[str, list]:
    """SQL and parameters of the ids of what `query` finds within `spans`.

    Of kinds with few things, with `in_heads`, only what has one of its terms in the heads.
    """
    parts = [_rowids(_query(query, in_heads=in_heads and not span.kind), [span]) for span in spans]
    sql = " UNION ALL ".join(part for part, _params in parts)
    return sql, [param for _part, values in parts for param in values]


def stands_in(place: Place, query, spans, path: str) -> Q:
    """The condition that a term stands in a place of what `query` finds."""
    sql, params = _rowids(f"{SCOPES[place.scope]}{_term(place.term, place.ways)}", spans)
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
