"""What a query finds and in which order: one rule for both databases."""

from django.db import connection
from django.db.models import Case, Count, F, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL

from magelang_portal.search.backend import backend
from magelang_portal.search.entries import FIRST_MASS_ID, STEP, Kind, SearchEntry, Span
from magelang_portal.search.query import Place, Query, Ways

# Of visits and of questions, at most so many are found by a common word: the newest.
MOST_OF_MASS = 1000

# For being a whole name, or only the first letters of one: somebody who types “kir” means the word
# KIR in a name sooner than a name that begins with “Kirim”.
WHOLE_NAME, FIRST_LETTERS = 1000, 1
# A term counts once for each of these in which it stands: in the heads (names and leads) or the
# names, by any way, by what was typed and its stem, or by just what was typed. What the first does
# not find, none of the others does.
POINTS = (
    ("heads", Ways.ANY, 3),
    ("heads", Ways.TYPED, 2),
    ("names", Ways.ANY, 1),
    ("names", Ways.TYPED, 4),
    ("names", Ways.EXACT, 2),
)
# Where there are many terms, how each is written tells less, and looking costs more.
POINTS_OF_MANY = (("heads", Ways.ANY, 5), ("names", Ways.ANY, 6))
MANY_TERMS = 3
ANYWHERE = 2  # for standing anywhere, where not all terms must be there


def _spans(kinds, most_of_mass: int) -> list[Span]:
    """The ids of `kinds`, as few spans as can be."""
    spans = []
    for kind in kinds:
        first, last = kind.ids
        if kind.is_mass:
            spans.append(Span(first, last, kind, most_of_mass))
        elif spans and spans[-1].last + 1 == first:
            spans[-1] = spans[-1]._replace(last=last)
        else:
            spans.append(Span(first, last))
    return spans


def _fewest(places, term):
    """`places` without those that tell nothing: a term without synonyms has but one way."""
    merged = {}
    for scope, ways, points in places:
        key = (scope, Ways.ANY if ways is Ways.TYPED and not term.synonyms else ways)
        merged[key] = merged.get(key, 0) + points
    return [(scope, ways, points) for (scope, ways), points in merged.items()]


def found(
    queryset: QuerySet,
    query: Query,
    kinds=tuple(Kind),
    path: str = "",
    *,
    spans=None,
    in_heads=False,
) -> QuerySet:
    """Those of `queryset` that `query` finds; `path` leads from it to the entry (`entry__`).

    Of visits and of questions only the newest (`MOST_OF_MASS`). With a path, of one kind.
    """
    if not query:
        return queryset.none()
    if query.is_letter:
        names = Q(**{f"{path}keys__contains": f"|{query.key}", f"{path}id__lt": FIRST_MASS_ID})
        return queryset.filter(names)
    sql, params = backend().found_ids(
        query, spans or _spans(kinds, MOST_OF_MASS), in_heads=in_heads
    )
    if path:
        # Objects of one kind, found by their own ids without a look at their entries.
        [kind] = kinds
        sql = f"SELECT found.id - %s FROM ({sql}) AS found"  # noqa: S608 (words of ours)
        params = [kind.first_id, *params]
    return queryset.filter(pk__in=RawSQL(sql, params))  # noqa: S611 (words of ours)


def count_of_kinds(query: Query, most: int) -> dict[Kind, int]:
    """How much `query` finds of each kind, of those of which there are many up to `most`."""
    if query.is_letter:
        entries = found(SearchEntry.objects.all(), query).order_by()
        counts = dict(entries.values_list("kind").annotate(Count("pk")))
        return {Kind(kind): count for kind, count in counts.items()}
    sql, params = backend().found_ids(query, _spans(Kind, most))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id / {STEP}, COUNT(*) FROM ({sql}) AS found GROUP BY 1",  # noqa: S608 (the same)
            params,
        )
        return {list(Kind)[number - 1]: count for number, count in cursor.fetchall()}


def first_ids(query: Query, kinds, number: int) -> list[int]:
    """The ids of the `number` most relevant entries that `query` finds.

    Where as many have one of its words in their heads, what has it in the body alone is not
    looked at: it has no points.
    """
    spans = [span._replace(most=number) for span in _spans(kinds, number) if not span.kind]
    in_heads = False
    if spans and query.needs_all and not query.is_letter:
        sql, params = backend().found_ids(query, spans, in_heads=True)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT COUNT(*) FROM ({sql}) AS found", params)  # noqa: S608 (the same)
            in_heads = cursor.fetchone()[0] >= number
    best = ranked(SearchEntry.objects.all(), query, kinds, in_heads=in_heads)
    return list(best.values_list("pk", flat=True)[:number])


def ranked(
    queryset: QuerySet, query: Query, kinds=tuple(Kind), path: str = "", *, in_heads=False
) -> QuerySet:
    """What `query` finds, the most relevant first, `relevance` being the sum of its points.

    Whole names come first; then the places count in which the words stand, and a little whether a
    name begins so. Equals stand by kind, name and age, so that the order is the same each time.
    With `in_heads`, of kinds with few things only what has one of the words in its heads.
    """
    key = query.key
    begins = Case(
        When(Q(**{f"{path}keys__contains": f"|{key}|"}), then=Value(float(WHOLE_NAME))),
        default=Value(float(FIRST_LETTERS)),
    )
    relevance = Case(
        When(Q(**{f"{path}keys__contains": f"|{key}"}), then=begins), default=Value(0.0)
    )
    spans = None
    if query and not query.is_letter:
        spans = backend().narrowed(query, _spans(kinds, MOST_OF_MASS))
        for term in query.terms:
            relevance += _points_of(term, query, spans, path)
    return (
        found(queryset, query, kinds, path, spans=spans, in_heads=in_heads)
        .annotate(relevance=relevance)
        .order_by(
            F("relevance").desc(),
            *([] if path else [F("id") / STEP]),  # by kind
            f"{path}title",
            f"{path}id",
        )
    )


def _points_of(term, query: Query, spans, path: str):
    """What a term adds to the relevance, by where it stands."""

    def where(scope, ways, points) -> Case:
        condition = backend().stands_in(Place(term, scope, ways), query, spans, path)
        return Case(When(condition, then=points), default=Value(0.0))

    places = POINTS if len(query.terms) < MANY_TERMS else POINTS_OF_MANY
    (scope, ways, points), *others = _fewest(places, term)
    total = Value(float(points))
    for other in others:
        *place, more = other
        total += where(*place, Value(float(more)))
    total = where(scope, ways, total)
    if not query.needs_all:
        total += where("all", Ways.ANY, Value(float(ANYWHERE)))
    return total


def finds_anything(query: Query, kinds=tuple(Kind)) -> bool:
    """Whether there is anything; at the first that is found, nothing more is looked for."""
    if not query or query.is_letter:
        return bool(query) and found(SearchEntry.objects.all(), query, kinds).exists()
    spans = [span._replace(most=1) for span in _spans(kinds, 1)]
    sql, params = backend().found_ids(query, spans)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM ({sql}) AS found LIMIT 1", params)  # noqa: S608 (the same)
        return cursor.fetchone() is not None
