"""The index: entries, and the words in them, kept in step with the public texts."""

from collections import Counter

from django.db import connection, transaction
from django.db.models import Q

from magelang_portal.public_state import note_public_change, public_state
from magelang_portal.search.backend import backend
from magelang_portal.search.entries import WORD_COLUMNS, Kind, SearchEntry, SearchWord
from magelang_portal.search.spelling import LONGEST, SHORTEST
from magelang_portal.search.texts import PUBLIC, entries_of

BATCH = 200
COUNTS_WITHOUT_LOCK = 2
WRITTEN = ("title", "keys", *WORD_COLUMNS, "shown", "shown_en")
# Words of other entries change with these.
NAMED_ELSEWHERE = {Kind.INNOVATION, Kind.AGENCY}


def refresh(kind: Kind, object_ids) -> None:
    """Bring the entries of these objects in step with their texts, in the caller's transaction.

    What is not public has no entry. Things that name an innovation or agency follow it when it
    comes, goes, or takes another name. Where nothing is public and nothing was, only looks.
    """
    object_ids = list(object_ids)
    for start in range(0, len(object_ids), BATCH):
        _refresh(kind, object_ids[start : start + BATCH])


def _refresh(kind: Kind, object_ids, *, rewrite=False) -> int:
    """Refresh up to a batch; `rewrite` what has not changed too. Returns how many are public."""
    ids = [kind.id_of(object_id) for object_id in object_ids]
    is_there = SearchEntry.objects.filter(pk__in=ids).exists()
    if not is_there and not PUBLIC[kind]().filter(pk__in=object_ids).exists():
        return 0
    with transaction.atomic():
        backend().lock()
        before = SearchEntry.objects.in_bulk(ids)
        now = {entry.id: entry for entry in entries_of(kind, object_ids)}
        gone = [entry_id for entry_id in before if entry_id not in now]
        if gone:
            SearchEntry.objects.filter(pk__in=gone).delete()
        changed = [entry for entry in now.values() if _differs(entry, before.get(entry.id))]
        written = list(now.values()) if rewrite else changed
        if written:
            SearchEntry.objects.bulk_create(
                written, update_conflicts=True, unique_fields=["id"], update_fields=WRITTEN
            )
            backend().write(written)
        words = Counter()
        for entry in changed:
            words.update(known_words(entry))
            if entry.id in before:
                words.subtract(known_words(before[entry.id]))
        count_words(words)
        if kind in NAMED_ELSEWHERE:
            renamed = [
                entry
                for entry in (*now.values(), *before.values())
                if _name(now.get(entry.id)) != _name(before.get(entry.id))
            ]
            _refresh_namers(kind, {entry.object_id for entry in renamed})
    return len(now)


def _differs(entry, before) -> bool:
    return before is None or any(getattr(entry, name) != getattr(before, name) for name in WRITTEN)


def _name(entry):
    return entry and (entry.names, entry.names_en, entry.keys)


def _refresh_namers(kind: Kind, object_ids) -> None:
    """Refresh what names these innovations or agencies."""
    from innovations.models import Award, Innovation, Question
    from visits.models import Stop

    if not object_ids:
        return
    if kind is Kind.AGENCY:
        theirs = Q(agency__in=object_ids) | Q(partner_agencies__in=object_ids)
        innovations = Innovation.objects.published().filter(theirs)
        refresh(Kind.INNOVATION, sorted(set(innovations.order_by().values_list("pk", flat=True))))
        return
    seen = Stop.objects.filter(visit__published_at__isnull=False)
    for namers, named in (
        (Kind.AWARD, Award.objects.values_list("pk", flat=True)),
        (Kind.VISIT, seen.values_list("visit", flat=True)),
        (Kind.QUESTION, Question.objects.values_list("pk", flat=True)),
    ):
        theirs = named.filter(innovation__in=object_ids)
        refresh(namers, sorted(set(theirs.order_by())))


def known_words(entry: SearchEntry) -> set[str]:
    """The words of an entry that may be what somebody meant."""
    return {word for word in entry.words() if SHORTEST <= len(word) <= LONGEST and word.isalpha()}


def count_words(changes: Counter) -> None:
    """Add to the number of entries in which words stand; a word that stands in none goes."""
    changes = sorted((word, change) for word, change in changes.items() if change)
    table = SearchWord._meta.db_table  # noqa: SLF001 (documented API)
    with connection.cursor() as cursor:
        for start in range(0, len(changes), BATCH):
            batch = changes[start : start + BATCH]
            rows = ", ".join(["(%s, %s)"] * len(batch))
            cursor.execute(
                f"INSERT INTO {table} (word, documents) VALUES {rows}"  # noqa: S608 (ours)
                " ON CONFLICT (word)"
                f" DO UPDATE SET documents = {table}.documents + excluded.documents",
                [value for change in batch for value in change],
            )
    fewer = [word for word, change in changes if change < 0]
    for start in range(0, len(fewer), BATCH):
        words = fewer[start : start + BATCH]
        SearchWord.objects.filter(word__in=words, documents__lte=0).delete()


def rebuild():
    """Make every entry anew while the old ones answer; yields (kind, done, of so many).

    Each batch is a transaction of its own. What is no longer public goes, and the words are
    counted again at the end.
    """
    for kind in Kind:
        total, done = PUBLIC[kind]().count(), 0
        last = 0
        yield kind, 0, total
        while batch := list(_ids_after(kind, last)):
            last = batch[-1]
            done += _refresh(kind, batch, rewrite=True)
            yield kind, done, max(done, total)
        _remove_stale(kind)
    _recount_words()
    # The entries are no public table of their own: pages that show the old ones are to go.
    note_public_change()


def _ids_after(kind: Kind, last: int):
    items = PUBLIC[kind]().filter(pk__gt=last).order_by("pk")
    return items.values_list("pk", flat=True)[:BATCH]


def _remove_stale(kind: Kind) -> None:
    last = kind.first_id - 1
    entries = SearchEntry.objects.filter(kind=kind).order_by("pk")
    while batch := list(entries.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        last = batch[-1]
        objects = {entry_id - kind.first_id for entry_id in batch}
        public = set(PUBLIC[kind]().filter(pk__in=objects).order_by().values_list("pk", flat=True))
        if stale := objects - public:
            refresh(kind, sorted(stale))


def _recount_words() -> None:
    """Count all words anew; nobody waits for it but where texts change each time meanwhile."""
    for _attempt in range(COUNTS_WITHOUT_LOCK):
        state, counted = public_state(), _counted_words()
        with transaction.atomic():
            backend().lock()
            if public_state() == state:
                _store_words(counted)
                return
    with transaction.atomic():
        backend().lock()
        _store_words(_counted_words())


def _counted_words() -> Counter:
    counted = Counter()
    for entry in SearchEntry.objects.only(*WORD_COLUMNS).iterator(chunk_size=BATCH):
        counted.update(known_words(entry))
    return counted


def _store_words(counted: Counter) -> None:
    counted.subtract(dict(SearchWord.objects.values_list("word", "documents")))
    count_words(counted)
