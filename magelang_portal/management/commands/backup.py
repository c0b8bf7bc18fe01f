import signal
import sys
import time
from datetime import timedelta
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, no_translations
from django.utils import timezone

from magelang_portal.backups import BackupError
from magelang_portal.backups.making import make_backup
from magelang_portal.backups.progress import Progress

INCOMPLETE = 3  # the exit status of a whole backup of a portal that has lost uploads
# Longer than any backup takes.
BROKEN_OFF = timedelta(days=1)


def delete_older(folder: Path, pattern: str, age: timedelta) -> None:
    """Delete those of the files so called in `folder` that are of that age."""
    now = time.time()
    for path in folder.glob(pattern):
        if now - path.stat().st_mtime >= age.total_seconds():
            path.unlink()


class Command(BaseCommand):
    help = (
        "Write database and uploads into one file, while the portal goes on serving. The file "
        "appears once it is whole. Ends with status 3 where uploads that rows name are missing."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "path",
            type=Path,
            metavar="FILE",
            help="a file that is not there yet, or a folder, in which it is named after the time",
        )

        parser.add_argument(
            "--keep-days",
            type=int,
            metavar="DAYS",
            help="in a folder: once this one is whole, delete its backups that are older",
        )

    @no_translations
    def handle(self, *, path, keep_days, **options):
        # Ended from outside, it cleans up as ever.
        before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        try:
            self._back_up(path, keep_days)
        finally:
            signal.signal(signal.SIGTERM, before)

    def _back_up(self, path, keep_days):
        folder = path
        if keep_days is not None:
            if not path.is_dir() or keep_days < 1:
                raise CommandError(
                    "--keep-days goes through a folder, and keeps one day at least."
                )
            delete_older(folder, ".portal-*.tar.*", BROKEN_OFF)
        if path.is_dir():
            path /= f"portal-{timezone.localtime():%Y-%m-%d-%H%M%S}.tar"
        try:
            made = make_backup(path, progress=Progress())
        except (BackupError, OSError) as error:
            raise CommandError(f"No backup was made. {error}") from error
        if keep_days is not None:
            # Not before there is a new one: the last that there is never goes.
            delete_older(folder, "portal-*.tar", timedelta(days=keep_days))
        self.stdout.write(
            f"{path}: {made.rows:,} rows, {made.files:,} uploads, "
            f"{path.stat().st_size / 1e6:,.1f} MB. It holds personal data: only you may read it "
            "(mode 0600), and whoever moves it answers for it."
        )
        for stored in made.deleted:
            self.stdout.write(f"Deleted meanwhile: {stored.member}")
        for stored in made.missing:
            self.stderr.write(f"Missing: {stored.member}, which {stored.label} names")
        if made.missing:
            raise CommandError(
                f"The backup is whole but for {len(made.missing)} uploads that are lost already.",
                returncode=INCOMPLETE,
            )
