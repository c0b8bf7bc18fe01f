"""What the portal does while the S3-compatible store of uploads is away, or refuses.

Forms ask it before they take a file, pages go on without what it alone knows, and whatever else
fails for want of it ends on a page with status 503 (`magelang_portal.errors`).
"""

import logging
import time
from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import storages
from django.db import transaction
from django.utils.translation import gettext_lazy as _

# Whoever asks so soon after it did not answer does not wait for it again.
PAUSE_SECONDS = 5
# Written over and over; `retention` removes it with what else nobody owns.
PROBE = "private/probe"

logger = logging.getLogger(__name__)
_away_until = 0.0


def store_errors() -> tuple[type[Exception], ...]:
    """What the store's client raises when it is away; nothing where uploads lie in folders."""
    if not settings.MEDIA_STORE:
        return ()
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError
    from s3transfer.exceptions import RetriesExceededError

    return (Boto3Error, BotoCoreError, ClientError, RetriesExceededError)


def ask_store(question: Callable, *, otherwise):
    """What `question()` returns, or `otherwise` while the store is away."""
    global _away_until  # noqa: PLW0603 (one store, one answer for the whole process)
    if settings.MEDIA_STORE and time.monotonic() < _away_until:
        return otherwise
    try:
        return question()
    except store_errors() as error:
        logger.warning("The store of uploads does not answer: %s", error)
        _away_until = time.monotonic() + PAUSE_SECONDS
        return otherwise


def delete_on_commit(delete: Callable, name: str) -> None:
    """Call `delete` once it is certain that no row names the file `name` any longer.

    The row is gone by then, whatever the store says: where it is away the log tells what is left.
    """
    transaction.on_commit(partial(_delete, delete, name))


def _delete(delete, name):
    try:
        delete()
    except store_errors() as error:
        logger.error("%s is left in the store of uploads, delete it there: %s", name, error)  # noqa: TRY400


def check_store_takes_files() -> None:
    """Raise ValidationError where an upload could not be stored now, full stores included."""
    if not ask_store(_is_written, otherwise=False):
        raise ValidationError(
            _(
                "Files cannot be stored at the moment; the fault is on our side. What you filled "
                "in stays here: wait a few minutes, choose the file again and send once more."
            ),
            code="store_away",
        )


def _is_written() -> bool:
    if settings.MEDIA_STORE:
        storages["private"].bucket.put_object(Key=PROBE, Body=b"")
    return True
