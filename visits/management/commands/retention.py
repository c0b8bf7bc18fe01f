from django.core.management.base import BaseCommand, no_translations

from visits import retention
from visits.models.visit_erasure import KINDS_OF_DATA


class Command(BaseCommand):
    help = (
        "Erase the personal data of visits that have been kept for as long as was promised, and "
        "what nothing refers to any more. The worker does the same every day."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would go, and change nothing"
        )

    @no_translations
    def handle(self, *, dry_run, **options):
        cleared = retention.due() if dry_run else retention.clear()
        for visit in cleared.visits:
            data = "; ".join(f"{KINDS_OF_DATA[kind]}: {n}" for kind, n in visit.data.items())
            self.stdout.write(
                f"{visit.reference}, {visit.organisation}, kept until {visit.kept_until}: "
                f"{data or 'no personal data'}"
            )
        for name in cleared.files:
            self.stdout.write(f"Stray file: {name}")
        self.stdout.write(
            f"{'Would erase' if dry_run else 'Erased'}: personal data of visits: "
            f"{len(cleared.visits)}; stray files: {len(cleared.files)}; e-mails in the folder: "
            f"{cleared.emails}; left-over e-mails: {cleared.messages}; traces of forms: "
            f"{cleared.attempts}; old logins of staff: {cleared.logins}."
        )
