"""Sends what waits in the outbox: at least once, late if it must be, never lost.

A message is taken by moving its next attempt ahead. If the worker dies before it has written down
that the message is sent, the message is due again after that time, and goes out once more with the
same Message-ID.
"""

import datetime
import logging
import smtplib
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.core.mail import BadHeaderError, EmailMultiAlternatives, get_connection
from django.db import Error as DatabaseError
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from visits.messages import GROUP_LINK, PRIVATE_LINK, WITHOUT_LINK
from visits.models import GroupPass, Message, VisitSettings

# Longer than an unhurried mail server takes; a message whose worker died waits for so long.
LEASE = datetime.timedelta(minutes=10)
# How long to wait after the first, second, … attempt in vain; after the last one, always as long.
DELAYS = [datetime.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180)]
PERMANENT = 500
LONGEST_ERROR = Message._meta.get_field("last_error").max_length  # noqa: SLF001 (documented API)

logger = logging.getLogger(__name__)


class NobodyToWriteToError(Exception):
    """The contact person of the visit has been erased since."""


def send_due(*, limit: int = 100, stopping=lambda: False) -> int:
    """Send at most `limit` messages that are due; the number of those sent.

    Ends earlier between two messages when `stopping()` is true, and when the mail server cannot
    be reached: the rest would fare no better. Never holds a transaction while it talks to the
    server. Raises django.db.Error where the database fails.
    """
    connection = get_connection()
    sent = tried = 0
    try:
        while tried < limit and not stopping() and (message := claim()):
            tried += 1
            try:
                _send(message, connection)
            except DatabaseError:
                raise
            except Exception as error:
                _note_failure(message, error)
                if _is_trouble_with_server(error):
                    break
            else:
                _note_sent(message)
                sent += 1
    finally:
        _close(connection)
    return sent


def claim() -> Message | None:
    """Take the message that has been due for longest; whoever else asks meanwhile takes another.

    One UPDATE decides. Until the lease is over nobody else sends it.
    """
    while message := Message.objects.due().select_related("visit").first():
        taken = Message.objects.filter(
            pk=message.pk,
            status=Message.Status.WAITING,
            next_attempt_at=message.next_attempt_at,
        ).update(
            next_attempt_at=timezone.now() + LEASE,
            attempts=models.F("attempts") + 1,
            last_error="",
        )
        if taken:
            message.attempts += 1
            return message
    return None


def compose(message: Message) -> EmailMultiAlternatives:
    """The e-mail as it goes out, private links put in.

    What is for the delegation goes to the visit's contact person as known now: a corrected
    address takes effect, and nobody else gets a private link.
    """
    text, html = message.text, message.html
    if message.kind not in WITHOUT_LINK:
        if message.visit is None or not message.visit.contact_email:
            raise NobodyToWriteToError("The visit has no contact person any longer.")
        message.to = message.visit.contact_email
        for mark, link in _links(message).items():
            text, html = text.replace(mark, link), html.replace(mark, link)
    office = VisitSettings.load()
    mail = EmailMultiAlternatives(
        message.subject,
        text,
        to=[message.to],
        reply_to=[office.email] if office.email else [],
        headers={
            "Message-ID": message_id(message),
            "Auto-Submitted": "auto-generated",
        },
    )
    if html:
        mail.attach_alternative(html, "text/html")
    for attachment in message.attachments.order_by("pk"):
        content = bytes(attachment.content)
        if attachment.content_type.startswith("text/calendar"):
            # As a part of its own kind programs offer the invitation beside the text; as a file
            # everybody else can open it.
            mail.attach_alternative(content.decode(), attachment.content_type)
            mail.attach(attachment.name, content, "application/ics")
        else:
            mail.attach(attachment.name, content, attachment.content_type)
    return mail


def message_id(message: Message) -> str:
    """The same whenever this message is sent, so that mail programs know a second copy by it."""
    host = urlsplit(settings.SITE_URL).hostname
    return f"<outbox-{message.pk}-{message.created_at:%Y%m%d%H%M%S}@{host}>"


def _links(message):
    """The address that stands for each mark, in the message's language."""
    links = {PRIVATE_LINK: ("visits:request", message.visit)}
    if GROUP_LINK in message.text:
        links[GROUP_LINK] = ("visits:feedback", GroupPass.of(message.visit))
    with override(message.language):
        return {
            mark: urljoin(settings.SITE_URL, reverse(name, args=[_token_of(owner)]))
            for mark, (name, owner) in links.items()
        }


def _token_of(owner):
    """The token of a private link; a fresh one where there is none, or where its key is gone."""
    if token := owner.private_token:
        return token
    with transaction.atomic():
        owner.refresh_from_db(from_queryset=type(owner).objects.select_for_update())
        if owner.private_token is None:
            owner.make_link()
            owner.save(update_fields=["link_nonce", "link_hash"])
    return owner.private_token


def _send(message, connection):
    mail = compose(message)
    connection.open()
    connection.send_messages([mail])


def _note_sent(message):
    Message.objects.filter(pk=message.pk).update(
        status=Message.Status.SENT, sent_at=timezone.now(), to=message.to
    )


def _note_failure(message, error):
    """Write down what went wrong; what staff have stopped meanwhile stays stopped."""
    waiting = Message.objects.filter(pk=message.pk, status=Message.Status.WAITING)
    text = f"{type(error).__name__}: {error}"[:LONGEST_ERROR]
    if _is_for_good(error):
        waiting.update(status=Message.Status.FAILED, last_error=text)
        logger.warning("Message %s was refused: %s", message.pk, text)
        return
    delay = DELAYS[min(message.attempts, len(DELAYS)) - 1]
    waiting.update(next_attempt_at=timezone.now() + delay, last_error=text)
    unforeseen = None if isinstance(error, OSError) else error
    logger.warning(
        "Message %s waits for another attempt: %s", message.pk, text, exc_info=unforeseen
    )


def _is_for_good(error) -> bool:
    """Whether another attempt would be refused too, because of the message itself."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            return all(code >= PERMANENT for code, _text in error.recipients.values())
        case smtplib.SMTPDataError():
            return error.smtp_code >= PERMANENT
        case smtplib.SMTPNotSupportedError() | BadHeaderError() | NobodyToWriteToError():
            return True
    return False


def _is_trouble_with_server(error) -> bool:
    """Whether the next message would fare no better; `SMTPException` is an OSError too."""
    about_message = smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError
    return isinstance(error, OSError) and not (
        _is_for_good(error) or isinstance(error, about_message)
    )


def _close(connection):
    try:
        connection.close()
    except OSError:
        logger.warning("The connection to the mail server was gone before it was closed.")
