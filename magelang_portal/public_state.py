"""Whether anything that the public may see has changed: a number that the database itself keeps.

Triggers stand on every table that a public page may be made of, so that no way of writing is
missed: a form, a bulk update, a cascade, a command, a hand in the database shell. A change counts
for other readers in the instant in which its transaction does, and for all of them at once.
"""

import hashlib
import secrets
import threading
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.core.cache import cache
from django.db import connections, transaction
from django.utils import timezone
from simple_history.models import HistoricalChanges

from magelang_portal.release import release

CATALOGUE_AND_VISITS = ("innovations", "visits")
# What no public page shows; some of it is written with every request for a visit, or by everybody
# who comes to one.
NEVER_PUBLIC = {
    "visits.attachment",
    "visits.followup",
    "visits.grouppass",
    "visits.message",
    "visits.paper",
    "visits.papercounter",
    "visits.participant",
    "visits.visitevent",
}

KEPT_SECONDS = 24 * 60 * 60
# Who counts which figure, and how many wait for it, in this process.
_count_of_locks = threading.Lock()
_locks: dict[str, tuple[threading.Lock, int]] = {}

STATE = "SELECT COUNT(*), SUM(mark) FROM magelang_portal_publicchange"

SQLITE_TRIGGER = """
CREATE TRIGGER IF NOT EXISTS "public_{table}_{event}" AFTER {event} ON "{table}" BEGIN
    DELETE FROM magelang_portal_publicchange;
    INSERT INTO magelang_portal_publicchange (mark) VALUES (random());
END
"""
SQLITE_NO_TRIGGER = 'DROP TRIGGER IF EXISTS "public_{table}_{event}"'
# A row for each change instead of one row for all: writers never wait for one another here. Only
# what nobody else is about to delete is deleted, for the same reason.
POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION note_public_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE newest bigint;
BEGIN
    INSERT INTO magelang_portal_publicchange (mark)
    VALUES (((random() - 0.5) * 9223372036854775807)::bigint) RETURNING id INTO newest;
    DELETE FROM magelang_portal_publicchange WHERE id IN (
        SELECT id FROM magelang_portal_publicchange WHERE id < newest - 50
        FOR UPDATE SKIP LOCKED
    );
    RETURN NULL;
END $$
"""
POSTGRESQL_TRIGGER = """
CREATE OR REPLACE TRIGGER public_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE
ON "{table}" FOR EACH STATEMENT EXECUTE FUNCTION note_public_change()
"""
POSTGRESQL_NO_TRIGGER = 'DROP TRIGGER IF EXISTS public_change ON "{table}"'


def public_state(using: str = "default") -> str:
    """What stands for the present state of all that is public: another text after every change."""
    connection = connections[using]
    if connection.vendor == "postgresql":
        row = connection.fetch_row(STATE)
    else:
        with connection.cursor() as cursor:
            row = cursor.execute(STATE).fetchone()
    return "{}:{}".format(*row)


@transaction.atomic
def note_public_change() -> None:
    """Say that what the public sees has changed, where no trigger says so."""
    changes = apps.get_model("magelang_portal", "PublicChange").objects
    changes.all().delete()
    changes.create(mark=secrets.randbits(62))


def state_of(request) -> str:
    """The `public_state` in which a request found the portal; one query, however often asked."""
    if not hasattr(request, "public_state"):
        request.public_state = public_state()
    return request.public_state


def kept(name: str, count: Callable[[], Any], *, request=None) -> Any:
    """What `count` gives, counted again once something public, the day or the code has changed.

    For figures over everything, which take longer the more there is. One query, or none where the
    `request` knows the state already; `count` must not give None.
    """
    state = state_of(request) if request else public_state()
    parts = f"{name} {release()} {timezone.localdate()} {state}"
    key = f"figure:{hashlib.sha256(parts.encode()).hexdigest()}"
    if (figure := cache.get(key)) is not None:
        return figure
    with _alone(key):
        if (figure := cache.get(key)) is None:
            figure = count()
            cache.set(key, figure, KEPT_SECONDS)
    return figure


@contextmanager
def _alone(key: str):
    """Let one thread at a time count a figure, so that others find it when their turn comes."""
    with _count_of_locks:
        lock, waiting = _locks.get(key, (threading.Lock(), 0))
        _locks[key] = lock, waiting + 1
    try:
        with lock:
            yield
    finally:
        with _count_of_locks:
            lock, waiting = _locks.pop(key)
            if waiting > 1:
                _locks[key] = lock, waiting - 1


def watched_tables() -> list[str]:
    """The tables that a public page may be made of."""
    return [
        model._meta.db_table  # noqa: SLF001 (documented API)
        for model in _models()
        if model._meta.label_lower not in NEVER_PUBLIC  # noqa: SLF001
        and not issubclass(model, HistoricalChanges)
    ]


def _models():
    for name in CATALOGUE_AND_VISITS:
        yield from apps.get_app_config(name).get_models(include_auto_created=True)


def watch_tables(sender, using, **kwargs):
    """Put the triggers where they are missing, and take away old ones; after each `migrate`.

    Where SQLite changes a table, Django makes it anew, and its triggers go with the old one.
    """
    connection = connections[using]
    there = connection.introspection.table_names()
    if "magelang_portal_publicchange" not in there:
        return
    watched = set(watched_tables())
    ours = {model._meta.db_table for model in _models()}.intersection(there)  # noqa: SLF001
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL_FUNCTION)
        for table in sorted(ours):
            if connection.vendor == "postgresql":
                way = POSTGRESQL_TRIGGER if table in watched else POSTGRESQL_NO_TRIGGER
                cursor.execute(way.format(table=table))
                continue
            way = SQLITE_TRIGGER if table in watched else SQLITE_NO_TRIGGER
            for event in ("INSERT", "UPDATE", "DELETE"):
                cursor.execute(way.format(table=table, event=event))
