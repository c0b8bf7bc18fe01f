"""Making a backup of a portal that goes on serving."""

import gzip
import json
import os
import shutil
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile, SpooledTemporaryFile

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import storages
from django.db import connections, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from magelang_portal.backups import BackupError
from magelang_portal.backups.archive import (
    IN_MEMORY,
    MANIFEST,
    MISSING,
    PIECE,
    ArchiveWriter,
    is_fit_name,
)
from magelang_portal.backups.rows import line_of
from magelang_portal.backups.tables import StoredFile, tables

FORMAT = 1
# Rows of text shrink to a fifth at this level, and hardly more at slower ones.
LEVEL = 4
STEP = 1_000  # rows between two looks at the progress


@dataclass
class Made:
    """A backup that was made: where, of how much, and which uploads could not be found."""

    path: Path
    rows: int = 0
    files: int = 0
    missing: list[StoredFile] = field(default_factory=list)

    deleted: list[StoredFile] = field(default_factory=list)  # meanwhile, with their rows


def make_backup(path: Path, *, progress, using: str = "default") -> Made:
    """Write a backup to `path`, which appears once it is whole and only its owner may read.

    The rows are those of one instant, and nobody waits for them; uploads are read after that.
    Raises BackupError before anything is written.
    """
    if path.exists():
        raise BackupError(f"{path} is there already: name another file.")
    if not path.parent.is_dir():
        raise BackupError(f"There is no folder {path.parent}: make it first.")
    made = Made(path)
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            _write(file, made, progress, using)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).rename(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    return made


def _write(file, made, progress, using):
    folder = made.path.parent
    with (
        ArchiveWriter(file, folder=folder) as archive,
        SpooledTemporaryFile(IN_MEMORY, dir=folder) as names,
    ):
        with snapshot(using):
            manifest = describe(using)
            archive.add_json(MANIFEST, manifest)
            made.rows = sum(manifest["rows"].values())
            with progress.of("Rows", made.rows):
                found = _write_rows(archive, names, manifest, progress, using)
        with progress.of("Uploads", found):
            names.seek(0)
            for line in names:
                stored = StoredFile(*json.loads(line))
                if _write_file(archive, stored):
                    made.files += 1
                elif stored.is_named_now(using):
                    made.missing.append(stored)
                else:
                    made.deleted.append(stored)
                progress.advance()
        archive.add_json(MISSING, [each.member for each in made.missing + made.deleted])


@contextmanager
def snapshot(using: str):
    """Read the database as it is at one instant, without keeping anybody from writing."""
    connection = connections[using]
    usual_mode = getattr(connection, "transaction_mode", None)
    if connection.vendor == "sqlite":
        # The usual one would lock out every writer; this one sees what the first query sees.
        connection.transaction_mode = "DEFERRED"
    try:
        with transaction.atomic(using=using, durable=True):
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
    finally:
        if connection.vendor == "sqlite":
            connection.transaction_mode = usual_mode


def describe(using: str) -> dict:
    """What a backup says of itself, before its rows."""
    connection = connections[using]
    return {
        "format": FORMAT,
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "site_url": settings.SITE_URL,
        "database": connection.vendor,
        "migrations": applied_migrations(connection),
        "rows": {table.label: table.count(using) for table in tables()},
        "last_numbers": {
            table.label: table.last_number(using) for table in tables() if table.is_numbered
        },
    }


def applied_migrations(connection) -> list[str]:
    """What has been migrated, as `app.0001_name`."""
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)


def _write_rows(archive, names, manifest, progress, using) -> int:
    """Write every table, and the uploads that it names to `names`; returns how many those are."""
    found = 0
    for table in tables():
        count = 0
        with (
            archive.member(table.member) as member,
            gzip.GzipFile("", "wb", LEVEL, member, mtime=0) as lines,
        ):
            lines.write(line_of(table.columns))
            for row in table.rows(using):
                lines.write(line_of(row))
                for stored in table.files(row):
                    names.write(line_of(astuple(stored)))
                    found += 1
                count += 1
                if not count % STEP:
                    progress.advance(STEP)
        progress.advance(count % STEP)
        if count != manifest["rows"][table.label]:
            raise BackupError(f"{table}: the database does not give one state of its rows.")
    return found


def _write_file(archive, stored) -> bool:
    """Write an upload; False where it is missing from its storage."""
    if not is_fit_name(stored.member):
        return False
    try:
        content = storages[stored.storage].open(stored.name, "rb")
    except (FileNotFoundError, SuspiciousFileOperation):
        return False
    with content, archive.member(stored.member) as member:
        shutil.copyfileobj(content, member, PIECE)
    return True
