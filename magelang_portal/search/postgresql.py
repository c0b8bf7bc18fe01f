"""The search on PostgreSQL: vectors that the database itself derives from the entries."""

from dataclasses import replace

from django.db import connection
from django.db.models import BooleanField, F, Func, Q
from django.db.models.expressions import RawSQL

from magelang_portal.search.entries import Span
from magelang_portal.search.query import Place, Ways

ENTRIES = "magelang_portal_searchentry"
LOCK = 5_202_601  # any number that nothing else here locks
VECTORS = {"names": "names_vector", "heads": "heads_vector"}


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


def _term(term, which: Ways, *, is_prefix: bool) -> str:
    """A term in the syntax of `to_tsquery`."""
    ways = []
    for way in term.ways(which):
        signs = ["" for _word in way]
        if is_prefix and way in term.typed:
            signs[-1] = ":*"
        words = (f"'{word}'{sign}" for word, sign in zip(way, signs, strict=True))
        ways.append(f"({' & '.join(words)})")
    return " | ".join(ways)


def _tsquery(term, ways: Ways = Ways.ANY) -> tuple[str, list]:
    """SQL and parameters of a tsquery: the words of the term, and their stems."""
    if ways is Ways.EXACT:
        return "to_tsquery('simple', %s)", [_term(term, ways, is_prefix=False)]
    words = _term(term, ways, is_prefix=term.is_prefix)
    stems = _term(term, ways, is_prefix=False)
    return (
        "(to_tsquery('simple', %s) || to_tsquery('indonesian', %s) || to_tsquery('english', %s))",
        [words, stems, stems],
    )


def narrowed(query, spans) -> list[Span]:
    """The same: of the newest, rows are read."""
    return spans


def found_ids(query, spans, *, in_heads=False) -> tuple[str, list]:
    """SQL and parameters of the ids of what `query` finds within `spans`.

    Of kinds with few things, with `in_heads`, only what has one of its terms in the heads.
    """
    wanted, words = _query(query, needs_all=query.needs_all)
    any_wanted, any_words = _query(query, needs_all=False)
    parts, params = [], []
    for span in spans:
        ends = [span.first, span.last, span.most]
        if span.kind:
            parts.append(f"SELECT * FROM search_newest_{span.kind}({wanted}, %s) AS id")  # noqa: S608 (words of ours)
            params += [*words, span.most]
        elif not in_heads:
            parts.append(f"SELECT * FROM search_all({wanted}, %s, %s, %s) AS id")  # noqa: S608
            params += [*words, *ends]
        elif len(query.terms) == 1:
            parts.append(f"SELECT * FROM search_heads({wanted}, %s, %s, %s) AS id")  # noqa: S608
            params += [*words, *ends]
        else:
            heads = f"SELECT * FROM search_heads({any_wanted}, %s, %s, NULL) AS id"  # noqa: S608
            everything = f"SELECT * FROM search_all({wanted}, %s, %s, NULL) AS id"  # noqa: S608
            parts.append(f"({heads} INTERSECT {everything} LIMIT %s)")
            params += [*any_words, *ends[:2], *words, *ends[:2], span.most]
    return " UNION ALL ".join(parts), params


def _query(query, *, needs_all: bool) -> tuple[str, list]:
    """SQL and parameters of the tsquery of all terms, or of any of them."""
    terms = [_tsquery(term) for term in query.terms]
    wanted = (" && " if needs_all else " || ").join(sql for sql, _params in terms)
    return f"({wanted})", [param for _sql, values in terms for param in values]


class _StandsIn(Func):
    """Whether a tsquery finds a vector of the entry that the first expression is the id of."""

    output_field = BooleanField()

    def __init__(self, entry_id, vector, wanted, params):
        super().__init__(entry_id)
        self.vector, self.wanted, self.params = vector, wanted, params

    def as_sql(self, compiler, connection, **context):
        table = compiler.quote_name_unless_alias(self.source_expressions[0].alias)
        return f"{table}.{self.vector} @@ {self.wanted}", self.params


def stands_in(place: Place, query, spans, path: str) -> Q:
    """The condition that a term stands in a place of what `query` finds."""
    if place.scope == "all":
        sql, params = found_ids(replace(query, terms=(place.term,)), spans)
        return Q(**{f"{path}pk__in": RawSQL(sql, params)})  # noqa: S611 (words of ours)
    wanted, words = _tsquery(place.term, place.ways)
    condition = Q()
    for span in spans:
        if span.kind:
            # So few that their own rows are read sooner than the index.
            stands = _StandsIn(F(f"{path}id"), VECTORS[place.scope], wanted, tuple(words))
            condition |= Q(**{f"{path}id__range": (span.first, span.last)}) & Q(stands)
        else:
            sql = f"SELECT search_{place.scope}({wanted}, %s, %s, NULL)"
            ids = RawSQL(sql, [*words, span.first, span.last])  # noqa: S611 (words of ours)
            condition |= Q(**{f"{path}pk__in": ids})
    return condition


def similar_words(word: str, lengths: tuple[int, int], limit: int) -> list[tuple[str, int]]:
    """Words of the texts that share most trigrams with `word`: (word, documents)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, documents FROM magelang_portal_searchword"
            " WHERE length(word) BETWEEN %s AND %s ORDER BY word <-> %s, word LIMIT %s",
            [*lengths, word, limit],
        )
        return cursor.fetchall()
