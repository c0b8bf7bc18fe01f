from django.core.management.base import BaseCommand

from magelang_portal.search.index import rebuild


class Command(BaseCommand):
    help = (
        "Make the search index anew from the public texts. The portal stays open: old entries "
        "answer until new ones stand in their place."
    )

    def handle(self, **options):
        shown = None
        for kind, done, total in rebuild():
            if kind is not shown:
                if shown:
                    self.stdout.write("")
                shown = kind
            if self.stdout.isatty():
                self.stdout.write(f"\r{kind.label}: {done} of {total}", ending="")
            elif done == total:
                self.stdout.write(f"{kind.label}: {done} of {total}", ending="")
        self.stdout.write("")
