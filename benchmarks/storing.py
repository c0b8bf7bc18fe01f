"""Storing very many rows: in batches, with the times that the data name, and with progress."""

import sys
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import contextmanager

from django.db import connection, models

BATCH = 2_000
BAR = 24


class Progress:
    """How far it is: one line in place on a terminal, a line for each step elsewhere."""

    def __init__(self):
        self.rows, self.seconds = Counter(), Counter()
        self.step, self.shown_at = "", 0.0

    @contextmanager
    def of(self, step: str, total: int):
        """While `step` lasts, `advance` moves its bar towards `total`."""
        self.step, self.total, self.done = step, total, 0
        self.began = time.monotonic()
        yield
        seconds = time.monotonic() - self.began
        self._write(f"{step}: {self.done:,} in {seconds:.1f} s", end="\n")

    def advance(self, count: int) -> None:
        self.done += count
        now = time.monotonic()
        if sys.stderr.isatty() and now - self.shown_at > 0.1:
            self.shown_at = now
            part = min(1.0, self.done / self.total)
            bar = ("█" * round(BAR * part)).ljust(BAR, "·")
            left = (now - self.began) * (1 - part) / part
            self._write(f"{self.step} {bar} {part:4.0%}, {left:.0f} s left", end="")

    @staticmethod
    def _write(text, end):
        start = "\r" if sys.stderr.isatty() else ""
        sys.stderr.write(f"{start}{text:78}{end}" if start else f"{text}{end}")
        sys.stderr.flush()

    def rates(self) -> Iterable[str]:
        """Of each model: how many rows were stored, and how fast; the slowest first."""
        for name, seconds in self.seconds.most_common():
            rows = self.rows[name]
            yield f"{name:24}{rows:>12,} rows {seconds:>8.1f} s {rows / seconds:>10,.0f} rows/s"


class Store:
    """Writes rows of any model, and counts them."""

    def __init__(self, progress: Progress):
        self.progress = progress

    def rows(self, model: type[models.Model], objects: Iterable[models.Model]) -> list:
        """Store `objects`, give them their primary keys, and return them."""
        began = time.monotonic()
        stored = model.objects.bulk_create(objects, batch_size=BATCH)
        self.progress.seconds[model.__name__] += time.monotonic() - began
        self.progress.rows[model.__name__] += len(stored)
        return stored


@contextmanager
def own_times(*apps):
    """Let rows keep the times that they are given, where a model would write that of now."""
    fields = [
        (field, name)
        for app in apps
        for model in app.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields  # noqa: SLF001 (documented API)
        for name in ("auto_now", "auto_now_add")
        if getattr(field, name, False)
    ]
    for field, name in fields:
        setattr(field, name, False)
    try:
        yield
    finally:
        for field, name in fields:
            setattr(field, name, True)


# What each database is told before and after, so that it waits for the disk less: a crash while
# data are made up costs nothing, and indexes of random keys want room in memory.
QUICKENED = {
    "sqlite": (
        ["PRAGMA synchronous = OFF", "PRAGMA cache_size = -300000"],
        ["PRAGMA synchronous = NORMAL", "PRAGMA cache_size = -2000", "ANALYZE"],
    ),
    # Autovacuum would do the last within a minute of so many rows.
    "postgresql": (["SET synchronous_commit = off"], ["RESET synchronous_commit", "ANALYZE"]),
}


@contextmanager
def quickened_database():
    """A database that writes very many rows faster, and less safely, than it should."""
    before, after = QUICKENED[connection.vendor]
    with connection.cursor() as cursor:
        for statement in before:
            cursor.execute(statement)
        yield
        for statement in after:
            cursor.execute(statement)
