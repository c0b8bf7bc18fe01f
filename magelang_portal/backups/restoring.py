"""Bringing back what a backup holds, into the database and the storages that the settings name.

Everything is checked before anything is written. Then the uploads, each read again once it is
stored; then all rows in one transaction, counted before it ends. Whatever stops it leaves the
database as it was, and it may be run again: uploads that are there already are kept.
"""

import gzip
import hashlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches
from django.core.files import File
from django.core.files.storage import storages
from django.core.management.color import no_style
from django.db import DatabaseError, IntegrityError, connections, reset_queries, transaction

from magelang_portal.backups import BackupError
from magelang_portal.backups.archive import DAMAGE, Archive
from magelang_portal.backups.making import FORMAT, applied_migrations
from magelang_portal.backups.rows import insert, line_of, reader
from magelang_portal.backups.tables import (
    BATCH,
    MADE_BY_MIGRATIONS,
    NEVER_EMPTIED,
    stored_models,
    tables,
)

# What a manifest says, and a restore asks.
TOLD = {"format", "made_at", "site_url", "database", "migrations", "rows", "last_numbers"}


@dataclass
class Restored:
    """What was restored: rows by table, and uploads; `missing` ones were not in the backup."""

    manifest: dict
    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    missing: list[str] = field(default_factory=list)


def filled_tables(using: str = "default") -> list[str]:
    """The tables that hold what no migration has made, by name; none in a new database."""
    return [
        table.label
        for table in tables()
        if table.label not in MADE_BY_MIGRATIONS and table.count(using)
    ]


def restore_backup(path: Path, *, progress, replace=False, using: str = "default") -> Restored:
    """Bring back what the backup at `path` holds; `replace` whatever the database holds now.

    Raises BackupError, and leaves the database as it was.
    """
    with path.open("rb") as file:
        archive = Archive(file)
        if not replace and (filled := filled_tables(using)):
            raise BackupError(
                f"The database is not empty: {', '.join(filled)}. Name an empty one on which "
                "`migrate` was run, or say --replace."
            )
        uploads = archive.verify(progress)
        manifest = archive.manifest()
        check_fits(manifest, using)
        restored = Restored(manifest, missing=archive.missing())
        with progress.of("Uploads", uploads):
            for storage, name, content in archive.files():
                _restore_file(storages[storage], name, content)
                restored.files += 1
                progress.advance()
        with progress.of("Rows", sum(manifest["rows"].values())):
            _restore_rows(archive, restored, progress, using)
    for cache in caches.all():
        cache.clear()
    ContentType.objects.clear_cache()
    return restored


def check_fits(manifest: dict, using: str) -> None:
    """Raise BackupError unless this portal's tables are those that the backup was made of."""
    if manifest.get("format") != FORMAT:
        raise BackupError(
            f"The backup has the format {manifest.get('format')!r}, this portal reads {FORMAT}: "
            "restore it with the release that made it, then update that."
        )
    if not manifest.keys() >= TOLD:
        raise BackupError(f"The backup does not say {_some(TOLD - manifest.keys())}.")
    there, here = set(manifest["migrations"]), set(applied_migrations(connections[using]))
    if there - here:
        raise BackupError(
            f"The backup knows migrations that this database lacks: {_some(there - here)}. Run "
            "`manage.py migrate`; if they are unknown, install the release that made the backup."
        )
    if here - there:
        raise BackupError(
            f"The backup is older than this database: it lacks {_some(here - there)}. Install "
            "the release that made it, run `manage.py migrate` on an empty database, restore, "
            "then update."
        )
    if manifest["rows"].keys() != {table.label for table in tables()}:
        raise BackupError("The backup has other tables: restore it with the release that made it.")


def _some(names: set[str]) -> str:
    first = ", ".join(sorted(names)[:3])
    return f"{first} and {len(names) - 3} more" if len(names) > 3 else first  # noqa: PLR2004


def _restore_file(storage, name, content) -> None:
    """Store an upload under its own name, and read it again."""
    digest = _digest(content)
    if storage.exists(name):
        with storage.open(name, "rb") as stored:
            if _digest(stored) == digest:
                return
        storage.delete(name)
    content.seek(0)
    saved_as = storage.save(name, File(content, name=name))
    if saved_as != name:
        storage.delete(saved_as)
        raise BackupError(f"{name} cannot be stored under its own name.")
    with storage.open(name, "rb") as stored:
        if _digest(stored) != digest:
            raise BackupError(f"{name} was stored and reads differently.")


def _digest(file) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    for piece in iter(lambda: file.read(1024 * 1024), b""):
        digest.update(piece)
    return digest.hexdigest()


def _restore_rows(archive, restored, progress, using):
    connection = connections[using]
    by_member = {table.member: table for table in tables()}
    with transaction.atomic(using=using):
        _empty(connection)
        for member, content in archive.rows():
            if (table := by_member.get(member)) is None:
                raise BackupError(f"The backup holds a table that is not ours: {member}.")
            restored.rows[table.label] = _fill(table, content, connection, progress)
        # Foreign keys point in circles and are looked at when all rows are there.
        try:
            connection.check_constraints()
        except IntegrityError as error:
            raise BackupError(
                f"A row of the backup names one that is not there: {error}"
            ) from error
        numbers = restored.manifest["last_numbers"]
        for table in by_member.values():
            if table.is_numbered:
                table.go_on_after(using, numbers[table.label])
        for label, count in restored.manifest["rows"].items():
            found = by_member[f"rows/{label}.jsonl.gz"].count(using)
            if found != count:
                raise BackupError(f"{label} has {found} rows and should have {count}.")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _empty(connection) -> None:
    """Delete every row of ours: those that a new database has come back with their old ids."""
    names = [
        model._meta.db_table  # noqa: SLF001 (documented API)
        for model in stored_models()
        if model._meta.label_lower not in NEVER_EMPTIED  # noqa: SLF001
    ]
    with connection.cursor() as cursor:
        for statement in connection.ops.sql_flush(no_style(), names):
            cursor.execute(statement)


def _fill(table, content, connection, progress) -> int:
    """Insert the rows of a table; how many."""
    read, count = reader(table, connection), 0
    for lines in _batches(table, content):
        rows = [read(line) for line in lines]
        try:
            insert(table, rows, connection)
        except DatabaseError as error:
            first, last = (rows[index][table.key_index] for index in (0, -1))
            raise BackupError(f"{table}, rows {first} to {last}: {error}") from error
        reset_queries()  # with DEBUG, Django would keep every statement
        count += len(rows)
        progress.advance(len(rows))
    return count


def _batches(table, content) -> Iterator[list[bytes]]:
    """The lines of a table, so many at a time."""
    try:
        with gzip.GzipFile(fileobj=content) as lines:
            if lines.readline() != line_of(table.columns):
                raise BackupError(f"{table} has other columns in the backup.")
            while batch := list(itertools.islice(lines, BATCH)):
                yield batch
    except DAMAGE as error:
        raise BackupError(f"The backup is damaged: {table}: {error}") from error
