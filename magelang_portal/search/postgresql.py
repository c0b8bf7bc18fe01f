"""The search on PostgreSQL: vectors that the database itself derives from the entries."""

from dataclasses import replace

from django.db import connection
from django.db.models import BooleanField, F, Func, Q
from django.db.models.expressions import RawSQL

from magelang_portal.search.query import Place, Ways

ENTRIES = "magelang_portal_searchentry"
LOCK = 5_202_601  # any number that nothing else here locks
SCOPES = {"names": "A", "heads": "AB", "all": ""}


def lock() -> None:
    """Let one transaction at a time change the index, until its end.

    Texts share their words, and a transaction may index several things one after the other, so
    locked rows alone would let two of them wait for each other. Whoever is let in reads what the
    one before has written. Only what is public gets here: no request of a delegation does.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def write(entries) -> None:
    """Nothing is left to do: the vectors are generated columns."""


def _term(term, which: Ways, label: str, *, is_prefix: bool) -> str:
    """A term in the syntax of `to_tsquery`."""
    ways = []
    for way in term.ways(which):
        ends = ["" for _word in way]
        if is_prefix and way in term.typed:
            ends[-1] = "*"
        signs = (f":{end}{label}" if end or label else "" for end in ends)
        words = (f"'{word}'{sign}" for word, sign in zip(way, signs, strict=True))
        ways.append(f"({' & '.join(words)})")
    return " | ".join(ways)


def _tsquery(term, scope: str, ways: Ways = Ways.ANY) -> tuple[str, list]:
    """SQL and parameters of a tsquery: the words of the term, and their stems."""
    label = SCOPES[scope]
    if ways is Ways.EXACT:
        return "to_tsquery('simple', %s)", [_term(term, ways, label, is_prefix=False)]
    words = _term(term, ways, label, is_prefix=term.is_prefix)
    stems = _term(term, ways, label, is_prefix=False)
    return (
        "(to_tsquery('simple', %s) || to_tsquery('indonesian', %s) || to_tsquery('english', %s))",
        [words, stems, stems],
    )


def found_ids(query, ranges) -> tuple[str, list]:
    """SQL and parameters of the ids of what `query` finds within `ranges`, of some the newest."""
    terms = [_tsquery(term, "all") for term in query.terms]
    wanted = (" && " if query.needs_all else " || ").join(sql for sql, _params in terms)
    words = [param for _sql, values in terms for param in values]
    parts, params = [], []
    for (first, last), newest in ranges:
        params += [*words, first, last]
        if newest:
            parts.append(
                f"(SELECT id FROM {ENTRIES} WHERE vector @@ ({wanted})"  # noqa: S608 (a name of ours)
                " AND id BETWEEN %s AND %s ORDER BY id DESC LIMIT %s)"
            )
            params.append(newest)
        else:
            parts.append(f"SELECT id FROM search_found(({wanted}), %s, %s) AS id")  # noqa: S608
    return " UNION ALL ".join(parts), params


class _StandsIn(Func):
    """Whether a tsquery finds the head of the entry that the first expression is the id of."""

    output_field = BooleanField()

    def __init__(self, entry_id, wanted, params):
        super().__init__(entry_id)
        self.wanted, self.params = wanted, params

    def as_sql(self, compiler, connection, **context):
        table = compiler.quote_name_unless_alias(self.source_expressions[0].alias)
        return f"{table}.heads @@ {self.wanted}", self.params


def stands_in(place: Place, query, ranges, path: str):
    """The condition that a term stands in a place of what `query` finds."""
    if place.scope == "all":
        # By the index: the whole vectors are large, and stored apart from their rows.
        sql, params = found_ids(replace(query, terms=(place.term,)), ranges)
        return Q(**{f"{path}pk__in": RawSQL(sql, params)})  # noqa: S611 (words of ours)
    wanted, params = _tsquery(*place)
    return _StandsIn(F(f"{path}id"), wanted, tuple(params))


def similar_words(word: str, lengths: tuple[int, int], limit: int) -> list[tuple[str, int]]:
    """Words of the texts that share most trigrams with `word`: (word, documents)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, documents FROM magelang_portal_searchword"
            " WHERE length(word) BETWEEN %s AND %s ORDER BY word <-> %s, word LIMIT %s",
            [*lengths, word, limit],
        )
        return cursor.fetchall()
