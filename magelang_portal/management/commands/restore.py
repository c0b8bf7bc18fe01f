from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, no_translations
from django.db import connection

from magelang_portal.backups import BackupError
from magelang_portal.backups.progress import Progress
from magelang_portal.backups.restoring import restore_backup
from visits.models import Message


class Command(BaseCommand):
    help = (
        "Bring back a backup into an empty, migrated database and into the storages of uploads. "
        "It is checked before anything is written. Stop web server and worker before."
    )

    def add_arguments(self, parser):
        parser.add_argument("path", type=Path, metavar="FILE", help="what `backup` has written")
        parser.add_argument(
            "--replace",
            action="store_true",
            help="throw away what the database holds; asks for its name first",
        )
        parser.add_argument(
            "--yes", metavar="NAME", help="the name of that database, where nobody can be asked"
        )

    @no_translations
    def handle(self, *, path, replace, yes, **options):
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        if replace:
            self._ask(yes)
        try:
            restored = restore_backup(path, progress=Progress(), replace=replace)
        except (BackupError, OSError) as error:
            raise CommandError(f"{error}\nThe database is as it was.") from error
        self._tell(restored)
        call_command("rebuild_search", stdout=self.stdout)

    def _ask(self, answer):
        name = str(connection.settings_dict["NAME"])
        if answer is None:
            self.stdout.write(f"Everything in the database {name} will be replaced.")
            try:
                answer = input("Type its name to go on: ")
            except EOFError as error:
                raise CommandError(f"Nobody answers: say --yes {name}.") from error
        if answer.strip() != name:
            raise CommandError("That is not its name. Nothing was changed.")

    def _tell(self, restored):
        for label, count in restored.rows.items():
            if count:
                self.stdout.write(f"{label}: {count:,}")
        manifest = restored.manifest
        self.stdout.write(
            f"Restored: {sum(restored.rows.values()):,} rows and {restored.files:,} uploads, as "
            f"they were on {manifest['made_at']} at {manifest['site_url']} "
            f"({manifest['database']}); counted and compared."
        )
        for name in restored.missing:
            self.stdout.write(f"Not in the backup: {name}")
        waiting = Message.objects.filter(status=Message.Status.WAITING).count()
        self.stdout.write(
            f"Messages that wait: {waiting:,}. The worker will send them, perhaps a second time: "
            "look through them before it starts. Everybody logs in anew. Then run `manage.py "
            "retention`: what was due for erasure since then is here again."
        )
