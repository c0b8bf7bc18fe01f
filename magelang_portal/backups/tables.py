"""Which tables a backup holds, and their rows in a form that every database understands."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.core.files.storage import storages
from django.db import connections, models

from innovations import images
from innovations.models.media import AbstractPicture

BATCH = 2_000

LEFT_OUT = {
    # Made anew from the rest, or kept by the database's own triggers.
    "magelang_portal.publicchange",
    "magelang_portal.searchentry",
    "magelang_portal.searchword",
    # Of hours: a login must not come back to life with an old backup, nor a lock-out.
    "axes.accessattempt",
    "axes.accessattemptexpiration",
    "magelang_portal.attempt",
    "sessions.session",
    # Who tried to log in, from which address: of this machine, and no part of the content.
    "axes.accessfailurelog",
    "axes.accesslog",
}
# Triggers write it while a restore empties and fills the others.
NEVER_EMPTIED = {"magelang_portal.publicchange"}
# What a database holds once it is migrated; a restore writes it anew with its old ids.
MADE_BY_MIGRATIONS = {
    "auth.group",
    "auth.group_permissions",
    "auth.permission",
    "contenttypes.contenttype",
}


def stored_models() -> list[type[models.Model]]:
    """Every model with a table of its own, those between two others included."""
    return sorted(
        (
            model
            for model in apps.get_models(include_auto_created=True)
            if model._meta.managed and not model._meta.proxy  # noqa: SLF001 (documented API)
        ),
        key=lambda model: model._meta.label_lower,  # noqa: SLF001
    )


def tables() -> list["Table"]:
    """The tables that a backup holds, by name."""
    return [table for table in map(Table, stored_models()) if table.label not in LEFT_OUT]


class Table:
    """A model's table: its columns and rows, from and for a backup."""

    def __init__(self, model):
        self.model = model
        self.label = model._meta.label_lower  # noqa: SLF001 (documented API)
        self.name = model._meta.db_table  # noqa: SLF001
        self.key = model._meta.pk  # noqa: SLF001
        self.fields = [
            field
            for field in model._meta.concrete_fields  # noqa: SLF001
            if not field.generated
        ]
        self.columns = [field.attname for field in self.fields]
        self.key_index = self.columns.index(self.key.attname)

    def __str__(self):
        return self.label

    @property
    def member(self) -> str:
        """Its name in the archive."""
        return f"rows/{self.label}.jsonl.gz"

    def _all(self, using):
        return self.model._base_manager.using(using)  # noqa: SLF001 (documented API)

    def count(self, using: str) -> int:
        return self._all(using).count()

    def rows(self, using: str) -> Iterator[tuple]:
        """The values of all rows in the order of `columns`, by primary key, a batch in memory."""
        rows = self._all(using).order_by("pk").values_list(*self.columns)
        return rows.iterator(chunk_size=BATCH)

    def files(self, row: tuple) -> Iterator["StoredFile"]:
        """The uploads that a row names, the renditions of its pictures included."""
        for field, name in zip(self.fields, row, strict=True):
            if isinstance(field, models.FileField) and name:
                private = field.storage is storages["private"]
                storage = "private" if private else "default"
                names = [name]
                if issubclass(self.model, AbstractPicture):
                    width = row[self.columns.index("width")]
                    names += images.rendition_names(name, width)
                for each in names:
                    yield StoredFile(storage, each, self.label, field.name, name)

    # Numbers that were given out are not given out again, though their rows are gone: histories
    # name them.

    @property
    def is_numbered(self) -> bool:
        return isinstance(self.key, models.AutoField)

    def last_number(self, using: str) -> int:
        """The highest number that a row has or, as far as the database knows, has ever had."""
        connection = connections[using]
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(
                    "SELECT pg_sequence_last_value(pg_get_serial_sequence(%s, %s)::regclass)",
                    [connection.ops.quote_name(self.name), self.key.column],
                )
            else:
                cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [self.name])
            found = cursor.fetchone()
        highest = self._all(using).aggregate(last=models.Max("pk"))["last"]
        return max((found and found[0]) or 0, highest or 0)

    def go_on_after(self, using: str, number: int) -> None:
        """Let the next row have a number beyond this one."""
        if not number:
            return
        connection = connections[using]
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(
                    "SELECT setval(pg_get_serial_sequence(%s, %s), %s)",
                    [connection.ops.quote_name(self.name), self.key.column, number],
                )
            else:
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [self.name])
                cursor.execute(
                    "INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [self.name, number]
                )


@dataclass(frozen=True)
class StoredFile:
    """An upload in one of the two storages, and the column that names it."""

    storage: str
    name: str
    label: str  # of the table
    column: str
    named: str  # as it stands in the column: renditions of a picture are named after it

    @property
    def member(self) -> str:
        """Its name in the archive."""
        return f"files/{self.storage}/{self.name}"

    def is_named_now(self, using: str) -> bool:
        """Whether any row names it at this moment."""
        model = apps.get_model(self.label)
        rows = model._base_manager.using(using)  # noqa: SLF001 (documented API)
        return rows.filter(**{self.column: self.named}).exists()
