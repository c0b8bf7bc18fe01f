"""Fill the portal's database with made-up data, to see how it bears a large city's ten years.

Run with `make generate` (ARGS=--scale small) or `python -m benchmarks.generate`, on the database
and the folder that the settings name (DATA_DIR, DATABASE_URL). Nothing in it is true: whatever
has a name ends in “Contoh”, families are called Contohadi, addresses end in `.example`; only the
provinces exist. The same scale, seed and day make the same data, apart from private links, which
are random by their nature. No papers are made.

It refuses to run where there are visits or innovations already, and on a public address. Do not
run the worker on such data: it would erase what is older than the retention allows.
"""

import argparse
import datetime
import json
import os
import sys
import time

SCALES = {"small": (100, 1_000, 10_000), "large": (10_000, 100_000, 1_000_000)}
SEED = 2026
# Lies in DATA_DIR once everything is there.
MARK = "made-up.json"


def generate(*, innovations, visits, participants, today, seed=SEED) -> list[str]:
    """Store so many of each; how fast, line by line. The database has its tables already."""
    from django.apps import apps

    from benchmarks.catalogue import Catalogue
    from benchmarks.delegations import Delegations
    from benchmarks.storing import Progress, Store, own_times

    progress = Progress()
    store = Store(progress)
    own = [apps.get_app_config(label) for label in ("innovations", "visits", "magelang_portal")]
    with own_times(*own):
        catalogue = Catalogue(store, count=innovations, today=today, seed=seed)
        catalogue.make()
        delegations = Delegations(
            store, catalogue, count=visits, participants=participants, seed=seed
        )
        delegations.make()
    return list(progress.rates())


def check_empty() -> None:
    """Exit unless this is an empty database of nobody's."""
    from django.conf import settings

    from innovations.models import Innovation
    from visits.models import Visit

    if settings.PRODUCTION:
        sys.exit(f"{settings.SITE_URL} is a public address: no made-up data are stored there.")
    if Visit.objects.exists() or Innovation.objects.exists():
        sys.exit("The database holds innovations or visits already. Name an empty one: DATA_DIR.")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--scale", choices=SCALES, default="large")
    parser.add_argument("--innovations", type=int)
    parser.add_argument("--visits", type=int)
    parser.add_argument("--participants", type=int)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument(
        "--today",
        type=datetime.date.fromisoformat,
        help="the day of the data, such as 2026-11-25 (default: today)",
    )
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "magelang_portal.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command, get_commands
    from django.utils import timezone

    from benchmarks.storing import quickened_database

    began = time.monotonic()
    call_command("migrate", verbosity=0)
    check_empty()
    innovations, visits, participants = SCALES[options.scale]
    with quickened_database():
        rates = generate(
            innovations=options.innovations or innovations,
            visits=options.visits or visits,
            participants=options.participants or participants,
            today=options.today or timezone.localdate(),
            seed=options.seed,
        )
        if "rebuild_search" in get_commands():
            call_command("rebuild_search")
    facts = {"scale": options.scale, "seed": options.seed, "made_on": str(timezone.localdate())}
    (settings.DATA_DIR / MARK).write_text(json.dumps(facts), "utf-8")
    print("\n".join(rates))
    print(f"Made in {time.monotonic() - began:.0f} s.")


if __name__ == "__main__":
    main()
