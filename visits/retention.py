"""What is kept no longer than promised: personal data of visits, stray files, traces of forms.

Runs daily (`visits.schedule`), or by `manage.py retention`.
"""

import datetime
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import FileField
from django.utils import timezone

from magelang_portal.models import Attempt
from visits.models import Message, Visit, VisitSettings
from visits.storage import private_storage

# A file may lie in the private storage for so long before a row refers to it.
STRAY_FOR = datetime.timedelta(days=1)
# E-mails in the folder that stands for a mail server are for whoever looks at the portal.
EMAILS_FOR = datetime.timedelta(days=30)
# Longer than any period of `magelang_portal.rate_limits`.
ATTEMPTS_FOR = datetime.timedelta(days=1)
# So many visits are held in memory at once, after a standstill of years too.
BATCH = 200

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class DueVisit:
    """A visit whose personal data go: how many pieces of which kind (`KINDS_OF_DATA`)."""

    reference: str
    organisation: str
    kept_until: datetime.date
    data: dict[str, int]


@dataclass
class Cleared:
    """What went, or would go: visits, names of stray files, and how many rows of the rest."""

    visits: list[DueVisit] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    emails: int = 0
    messages: int = 0
    attempts: int = 0
    logins: int = 0


def due() -> Cleared:
    """What `clear` would erase now; nothing is changed, in a fixed number of queries."""
    keep_days = VisitSettings.load().keep_days
    visits = Visit.objects.due_for_erasure().with_held_data().order_by("created_at", "pk")
    return Cleared(
        visits=[_due_visit(visit, keep_days) for visit in visits.iterator(BATCH)],
        files=list(stray_files()),
        emails=len(old_emails()),
        messages=_messages(keep_days).count(),
        attempts=_attempts().count(),
        logins=sum(rows.count() for rows in _logins()),
    )


def clear() -> Cleared:
    """Erase what is due, each visit for itself: one that fails is logged and holds up no other."""
    keep_days = VisitSettings.load().keep_days
    cleared = Cleared()
    for visit in _due_visits():
        line = _due_visit(visit, keep_days)
        try:
            visit.erase()
        except ValidationError:
            logger.warning("%s was changed meanwhile and is looked at again tomorrow", visit)
        except Exception:
            logger.exception("%s could not be erased", visit.reference)
        else:
            cleared.visits.append(line)
    for name in list(stray_files()):
        private_storage().delete(name)
        cleared.files.append(name)
    for path in old_emails():
        path.unlink(missing_ok=True)
        cleared.emails += 1
    _total, rows = _messages(keep_days).delete()
    cleared.messages = rows.get(Message._meta.label, 0)  # noqa: SLF001 (documented API)
    cleared.attempts, _rows = _attempts().delete()
    for rows in _logins():
        deleted, _rows = rows.delete()
        cleared.logins += deleted
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    return cleared


def _due_visits() -> Iterator[Visit]:
    """What is due, batch by batch; a visit that could not be erased does not come again."""
    due = Visit.objects.due_for_erasure().with_held_data().order_by("pk")
    last = 0
    while batch := list(due.filter(pk__gt=last)[:BATCH]):
        yield from batch
        last = batch[-1].pk


def stray_files() -> Iterator[str]:
    """Names of files in the private storage that are a day old and that no row refers to.

    Letters of requests never sent, uploads given up, and what a crash between writing a file and
    its row left behind.
    """
    known = _names_in_rows()
    storage = private_storage()
    limit = timezone.now() - STRAY_FOR
    for name in _files_below(storage, ""):
        if name not in known and storage.get_modified_time(name) < limit:
            yield name


def _files_below(storage, folder: str) -> Iterator[str]:
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}{name}" for name in files)
    for name in folders:
        yield from _files_below(storage, f"{folder}{name}/")


def _names_in_rows() -> set[str]:
    """The files that any row of any model keeps in the private storage."""
    return {
        name
        for model in apps.get_models()
        for column in model._meta.concrete_fields  # noqa: SLF001 (documented API)
        if isinstance(column, FileField) and column.storage is private_storage()
        for name in model._base_manager.exclude(**{column.name: ""})  # noqa: SLF001
        .values_list(column.name, flat=True)
        .iterator()
    }


def old_emails() -> list[Path]:
    """E-mails that were written into a folder, since no mail server is named, a month ago."""
    limit = (timezone.now() - EMAILS_FOR).timestamp()
    files = Path(settings.EMAIL_FILE_PATH).glob("*.eml")
    return [path for path in sorted(files) if path.stat().st_mtime < limit]


def _messages(keep_days: int):
    """Messages of visits that are erased, and old ones of no visit; none that still waits."""
    limit = timezone.now() - datetime.timedelta(days=keep_days)
    erased = Message.objects.filter(visit__erased_at__isnull=False)
    old = Message.objects.filter(visit__isnull=True, created_at__lt=limit)
    return (erased | old).exclude(status=Message.Status.WAITING)


def _attempts():
    return Attempt.objects.filter(at__lt=timezone.now() - ATTEMPTS_FOR)


def _logins():
    """Old logins of staff, failed ones too: address, browser and user name."""
    limit = timezone.now() - datetime.timedelta(days=settings.LOGIN_LOG_DAYS)
    models = (AccessLog, AccessAttempt, AccessFailureLog)
    return [model.objects.filter(attempt_time__lt=limit) for model in models]


def _due_visit(visit, keep_days) -> DueVisit:
    return DueVisit(
        visit.reference, visit.organisation, visit.kept_until(keep_days), visit.held_data()
    )
