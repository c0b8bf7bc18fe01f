"""How often the search puts first what people mean: the mean reciprocal rank (MRR).

Run with `make benchmark-relevance`: on SQLite, and on the PostgreSQL server that `DATABASE_URL`
names, each in a database of its own that goes afterwards. Asks the queries of
`tests/search/relevance.toml`, prints those whose expected result does not stand first, and ends
with 1 where the MRR is below 0.9.
"""

import os
import subprocess
import sys
import tempfile
import time

import django
from django.db import connection
from django.test.utils import setup_databases, teardown_databases
from django.utils.translation import override

LEAST = 0.9


def measure_backend() -> bool:
    """Print the figures of the database in use; whether they are good enough."""
    from tests.search import relevance

    good = True
    for language in relevance.QUERIES:
        with override(language):
            started = time.perf_counter()
            measured = relevance.measure(language)
            seconds = time.perf_counter() - started
        rank = relevance.mean_reciprocal_rank(measured)
        good &= rank >= LEAST
        print(
            f"{connection.vendor:<12} {language}  MRR {rank:.3f} of {len(measured)} queries,"
            f" {1000 * seconds / len(measured):.1f} ms each"
        )
        for each in measured:
            if each.place != 1:
                found = f"place {each.place}" if each.place else "not found"
                print(f"    {each.query!r}: {each.first!r} first, {each.expected!r} {found}")
    return good


def measure_here() -> int:
    django.setup()
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        from tests.search import relevance

        relevance.load()
        return 0 if measure_backend() else 1
    finally:
        teardown_databases(databases, verbosity=0)


def main() -> int:
    if sys.argv[1:] == ["--here"]:
        return measure_here()
    # A process for each database, since Django is set up for one.
    urls = [f"sqlite:///{tempfile.gettempdir()}/unused.sqlite3"]  # its test database is in memory
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        urls.append(os.environ["DATABASE_URL"])
    command = [sys.executable, "-m", "benchmarks.relevance", "--here"]
    runs = [
        subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=False)  # noqa: S603
        for url in urls
    ]
    return max(run.returncode for run in runs)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "magelang_portal.settings")
    sys.exit(main())
