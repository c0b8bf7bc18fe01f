import logging
import signal
import time

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import Error as DatabaseError
from django.db import close_old_connections

from visits.outbox import send_due
from visits.schedule import Schedule

PAUSE = 2  # seconds between two looks into the outbox
PAUSE_AFTER_TROUBLE = 10  # seconds until the database is tried again

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Send the messages that wait in the outbox, and do what falls due by itself: reminders, "
        "expired offers, questions on adoption, erasure. Runs beside the web server until it is "
        "stopped; several at once do no harm."
    )

    stopping = False

    def add_arguments(self, parser):
        parser.add_argument(
            "--once", action="store_true", help="do what is due now, then end (for cron)"
        )

    def handle(self, *, once, **options):
        self.stdout.write(f"E-mails go to {destination()}.")
        self.stdout.flush()
        schedule = Schedule()
        if once:
            schedule.run_due()
            while send_due():
                pass
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        while not self.stopping:
            self._pause(self._work(schedule))

    def _stop(self, _number, _frame):
        """End after the message at hand; a second signal does not hurry it."""
        self.stopping = True

    def _work(self, schedule) -> float:
        """Do what is due now; how many seconds to wait before looking again."""
        try:
            schedule.run_due(stopping=lambda: self.stopping)
            sent = send_due(stopping=lambda: self.stopping)
        except DatabaseError:
            logger.exception("The database does not answer; trying again")
            return PAUSE_AFTER_TROUBLE
        finally:
            close_old_connections()
        return 0 if sent else PAUSE

    def _pause(self, seconds):
        end = time.monotonic() + seconds
        while not self.stopping and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, 0.5))


def destination() -> str:
    """Where e-mails go, for whoever starts the worker."""
    if settings.EMAIL_BACKEND == settings.MAIL_FOLDER:
        return f"the folder {settings.EMAIL_FILE_PATH}"
    if settings.EMAIL_BACKEND == "django.core.mail.backends.smtp.EmailBackend":
        return f"the mail server {settings.EMAIL_HOST}"
    return settings.EMAIL_BACKEND
