"""A row as a line of JSON that every database understands, and back."""

import base64
import datetime
import decimal
import json
from collections.abc import Callable
from functools import partial

from django.db import models

from magelang_portal.backups import BackupError
from magelang_portal.backups.tables import Table

# Kinds of columns whose values are the same in JSON, in Python and for each database.
PLAIN = {
    "AutoField",
    "BigAutoField",
    "BigIntegerField",
    "BooleanField",
    "CharField",
    "FileField",
    "IntegerField",
    "PositiveBigIntegerField",
    "PositiveIntegerField",
    "PositiveSmallIntegerField",
    "SlugField",
    "SmallIntegerField",
    "TextField",
}


def line_of(values) -> bytes:
    """A list of values as a line; the same values give the same line, whichever database."""
    return _encode(values).encode() + b"\n"


def _other_than_json(value):
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return str(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(value).decode()
    raise TypeError(f"A backup does not know values such as {value!r}.")


_encode = json.JSONEncoder(
    default=_other_than_json, ensure_ascii=False, separators=(",", ":"), sort_keys=True
).encode


def insert(table: Table, rows: list[list], connection) -> None:
    """Insert rows, as many in one statement as the database takes: some triggers run for each."""
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in table.fields)
    places = f"({', '.join(['%s'] * len(table.fields))})"
    size = connection.ops.bulk_batch_size(table.fields, rows)
    with connection.cursor() as cursor:
        for start in range(0, len(rows), size):
            batch = rows[start : start + size]
            cursor.execute(
                f"INSERT INTO {quote(table.name)} ({columns}) VALUES "  # noqa: S608 (ours)
                + ", ".join([places] * len(batch)),
                [value for row in batch for value in row],
            )


def reader(table: Table, connection) -> Callable[[bytes], list]:
    """What makes of a line the values that this database is given. Raises BackupError."""
    steps = [
        (index, step)
        for index, field in enumerate(table.fields)
        if (step := _step(field, connection))
    ]

    def read(line):
        values = json.loads(line)
        if len(values) != len(table.fields):
            raise BackupError(f"{table}: a row has not as many values as there are columns.")
        for index, step in steps:
            try:
                values[index] = step(values[index])
            except Exception as error:
                place = f"{table}, row {values[table.key_index]}, column {table.columns[index]}"
                raise BackupError(f"{place}: {error}") from error
        return values

    return read


def _step(field, connection) -> Callable | None:
    """How a value becomes one of the database's; None where it is one already."""
    if isinstance(field, models.JSONField):
        # Without NULL in the column, None is the word `null` of JSON.
        save = field.get_db_prep_save if field.null else field.get_db_prep_value
        return partial(save, connection=connection)
    final = field
    while final.remote_field:
        final = final.target_field
    if final.get_internal_type() not in PLAIN:
        return lambda value: field.get_db_prep_save(field.to_python(value), connection)
    if connection.vendor == "postgresql" and isinstance(final, models.CharField):
        return partial(_check_length, limit=final.max_length)
    return None


def _check_length(value, *, limit):
    """SQLite keeps texts that are too long; PostgreSQL says so without saying where."""
    if value is not None and limit and len(value) > limit:
        raise ValueError(
            f"a text of {len(value)} characters, where {limit} are allowed. Shorten it where "
            "the backup was made, and make another one."
        )
    return value
