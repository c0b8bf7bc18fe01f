"""Messages go out at least once: late where the mail server is away, and never lost."""

import datetime
import email
import logging
import smtplib
from email import policy

import pytest
from django.conf import settings as project
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import DatabaseError, connection
from django.urls import reverse
from django.utils import timezone, translation

from tests.factories import MessageFactory, OfficeMessageFactory, VisitFactory
from tests.visits.smtp_server import smtp_server
from visits import messages, outbox
from visits.models import Attachment, Message, Visit, VisitSettings

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit():
    return VisitFactory(organisation="Dinas Contoh")


@pytest.fixture
def message(visit):
    messages.link_sent(visit)
    return Message.objects.get()


class Server(EmailBackend):
    """A mail server whose troubles a test sets out in `answers`, one for each e-mail."""

    answers = []
    opened = 0

    def open(self):
        type(self).opened += 1

    def send_messages(self, email_messages):
        answer = self.answers.pop(0) if self.answers else None
        if callable(answer):
            answer()
        elif answer:
            raise answer
        return super().send_messages(email_messages)


@pytest.fixture
def server(settings):
    settings.EMAIL_BACKEND = f"{__name__}.Server"
    Server.answers, Server.opened = [], 0
    return Server


def sent():
    """What went out, as a mail program reads it."""
    return [
        email.message_from_bytes(each.message().as_bytes(), policy=policy.default)
        for each in mail.outbox
    ]


def due_again():
    """Let the time pass for which messages wait."""
    Message.objects.update(next_attempt_at=timezone.now())


def wait_of(message):
    """How long the message waits for its next attempt, in whole minutes."""
    message.refresh_from_db()
    return round((message.next_attempt_at - timezone.now()).total_seconds() / 60)


def test_message_goes_out_as_text_and_html_and_is_marked_as_sent(message):
    assert outbox.send_due() == 1
    [received] = sent()
    assert received["To"] == message.to
    assert received["Subject"] == message.subject
    assert received["From"] == project.DEFAULT_FROM_EMAIL
    assert received["Auto-Submitted"] == "auto-generated"
    assert "Yth. Bapak/Ibu Sekretaris" in received.get_body(["plain"]).get_content()
    assert "<h1>" in received.get_body(["html"]).get_content()
    message.refresh_from_db()
    assert (message.status, message.attempts, message.last_error) == ("sent", 1, "")
    assert message.sent_at is not None
    assert outbox.send_due() == 0


@pytest.mark.parametrize("language", ["id", "en"])
def test_private_link_is_put_in_when_sent_and_opens_the_request(visit, client, language):
    visit.language = language
    messages.link_sent(visit)
    outbox.send_due()
    visit.refresh_from_db()
    with translation.override(language):
        link = project.SITE_URL + reverse("visits:request", args=[visit.private_token])
    [received] = sent()
    assert f"\n{link}\n" in received.get_body(["plain"]).get_content().replace("\r", "")
    assert f'href="{link}"' in received.get_body(["html"]).get_content()
    assert client.get(link.removeprefix(project.SITE_URL)).status_code == 200


def test_link_for_everybody_who_came_opens_the_feedback_and_not_the_request(client):
    visit = VisitFactory(completed=True, contact_email="sekretaris@contoh.example")
    messages.feedback_wanted(visit)
    outbox.send_due()
    group = visit.group_pass.private_token
    visit.refresh_from_db()
    path = reverse("visits:feedback", args=[group])
    for part in ("plain", "html"):
        content = sent()[0].get_body([part]).get_content()
        assert content.count(project.SITE_URL + path) == 1
        assert content.count(visit.private_token) == 1
        assert "[[" not in content
    assert client.get(path).status_code == 200
    assert client.get(reverse("visits:request", args=[group])).status_code == 404


def test_private_link_stands_nowhere_in_the_outbox(message, visit):
    outbox.send_due()
    visit.refresh_from_db()
    message.refresh_from_db()
    assert visit.private_token not in message.text + message.html + message.subject


def test_link_that_is_there_stays_the_same(visit):
    visit.make_link()
    visit.save()
    before = visit.private_token
    messages.link_sent(visit)
    outbox.send_due()
    assert Visit.objects.get().private_token == before


def test_link_whose_key_is_gone_is_replaced(visit, settings):
    visit.make_link()
    visit.save()
    settings.SECRET_KEY = "another key that nobody has guessed so far, and is long"
    messages.link_sent(visit)
    outbox.send_due()
    token = Visit.objects.get().private_token
    assert token is not None
    assert token in mail.outbox[0].body


def test_corrected_address_takes_effect_and_no_stranger_gets_the_link(message, visit):
    Visit.objects.update(contact_email="benar@contoh.example")
    outbox.send_due()
    assert mail.outbox[0].to == ["benar@contoh.example"]
    message.refresh_from_db()
    assert message.to == "benar@contoh.example"


@pytest.mark.parametrize("kind", sorted(messages.TO_STAFF))
def test_message_to_staff_carries_no_private_link_whatever_its_text(visit, kind):
    visit.make_link()
    visit.save()
    MessageFactory(visit=visit, kind=kind, to="sri@magelang.example", text=messages.PRIVATE_LINK)
    outbox.send_due()
    [received] = mail.outbox
    assert (received.to, visit.private_token in received.body) == (["sri@magelang.example"], False)


def test_message_to_the_delegation_goes_to_its_contact_whatever_its_text(visit):
    MessageFactory(visit=visit, to="lama@contoh.example", text="Tanpa tautan.")
    outbox.send_due()
    assert mail.outbox[0].to == [visit.contact_email]


def test_message_to_a_contact_erased_meanwhile_goes_to_nobody(message):
    Visit.objects.update(contact_email="")
    outbox.send_due()
    message.refresh_from_db()
    assert (mail.outbox, message.status) == ([], "failed")
    assert "contact person" in message.last_error


def test_replies_reach_the_office(message):
    outbox.send_due()
    assert mail.outbox[0].reply_to == []
    VisitSettings.objects.create(pk=1, email="tamu@magelang.example")
    OfficeMessageFactory()
    outbox.send_due()
    assert sent()[1]["Reply-To"] == "tamu@magelang.example"


def test_invitation_is_a_part_of_its_own_kind_and_a_file(visit, visit_officer):
    visit.confirm(by=visit_officer)
    outbox.send_due()
    [received] = sent()
    kinds = [part.get_content_type() for part in received.walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "text/calendar", "application/ics"]
    [calendar] = [part for part in received.walk() if part.get_content_type() == "text/calendar"]
    assert calendar["Content-Type"].params["method"] == "REQUEST"
    [file] = received.iter_attachments()
    assert file.get_filename() == f"{visit.reference}.ics"
    assert file.get_content() == bytes(Attachment.objects.get().content)


def test_second_copy_has_the_same_message_id_and_another_message_has_another(message):
    OfficeMessageFactory()
    for _copy in range(2):
        outbox.send_due()
        Message.objects.update(status="waiting", sent_at=None)
        due_again()
    ids = [each["Message-ID"] for each in sent()]
    assert ids[0] == ids[2] != ids[1] == ids[3]
    assert ids[0].startswith(f"<outbox-{message.pk}-")
    assert ids[0].endswith("@localhost>")


def test_subject_with_a_line_end_adds_no_header_and_is_refused(server):
    broken = OfficeMessageFactory(subject="Kabar\nBcc: orang@lain.example")
    whole = OfficeMessageFactory()
    outbox.send_due()
    assert [each["Bcc"] for each in sent()] == [None]
    broken.refresh_from_db()
    whole.refresh_from_db()
    assert (broken.status, whole.status) == ("failed", "sent")


def test_messages_of_one_round_share_a_connection_and_the_oldest_goes_first(monkeypatch, server):
    late = OfficeMessageFactory(subject="Nanti")
    early = OfficeMessageFactory(subject="Dulu")
    Message.objects.filter(pk=early.pk).update(
        next_attempt_at=late.next_attempt_at - datetime.timedelta(minutes=1)
    )
    made = []
    get_connection = outbox.get_connection
    monkeypatch.setattr(
        outbox, "get_connection", lambda: made.append(get_connection()) or made[-1]
    )
    assert outbox.send_due() == 2
    assert [each.subject for each in mail.outbox] == ["Dulu", "Nanti"]
    assert len(made) == 1


TROUBLE = [
    ConnectionRefusedError(111, "Connection refused"),
    TimeoutError("timed out"),
    smtplib.SMTPServerDisconnected("Connection unexpectedly closed"),
    smtplib.SMTPAuthenticationError(535, b"5.7.8 Authentication failed"),
    smtplib.SMTPSenderRefused(550, b"Sender refused", "portal@inovasi.example"),
]


@pytest.mark.parametrize("trouble", TROUBLE, ids=lambda error: type(error).__name__)
def test_server_in_trouble_means_late_for_all_and_ends_the_round(server, trouble, caplog):
    first, second = OfficeMessageFactory(), OfficeMessageFactory()
    server.answers = [trouble]
    assert outbox.send_due() == 0
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, first.attempts, second.attempts) == ("waiting", 1, 0)
    assert first.last_error.startswith(type(trouble).__name__)
    assert (outbox.send_due(), len(mail.outbox)) == (1, 1)
    due_again()
    assert (outbox.send_due(), len(mail.outbox)) == (1, 2)


def test_waits_grow_to_three_hours_and_never_end(server):
    message = OfficeMessageFactory()
    waits = []
    for _attempt in range(7):
        server.answers = [ConnectionRefusedError()]
        outbox.send_due()
        waits.append(wait_of(message))
        due_again()
    assert waits == [1, 5, 15, 60, 180, 180, 180]
    Message.objects.update(attempts=30_000)
    assert outbox.send_due() == 1


FOR_GOOD = [
    smtplib.SMTPRecipientsRefused({"a@b.example": (550, b"5.1.1 No such user")}),
    smtplib.SMTPDataError(554, b"5.6.0 Message refused"),
    smtplib.SMTPNotSupportedError("SMTPUTF8 not supported by server"),
]


@pytest.mark.parametrize("refusal", FOR_GOOD, ids=lambda error: type(error).__name__)
def test_message_refused_for_good_fails_and_holds_up_no_other(server, refusal):
    refused, taken = OfficeMessageFactory(), OfficeMessageFactory()
    server.answers = [refusal]
    assert outbox.send_due() == 1
    refused.refresh_from_db()
    taken.refresh_from_db()
    assert (refused.status, taken.status) == ("failed", "sent")
    assert refused.last_error.startswith(type(refusal).__name__)
    due_again()
    assert outbox.send_due() == 0


FOR_NOW = [
    smtplib.SMTPRecipientsRefused({"a@b.example": (451, b"4.7.1 Greylisted, come back later")}),
    smtplib.SMTPDataError(452, b"4.3.1 Out of storage"),
    KeyError("something nobody has thought of"),
]


@pytest.mark.parametrize("refusal", FOR_NOW, ids=lambda error: type(error).__name__)
def test_message_refused_for_now_waits_and_holds_up_no_other(server, refusal):
    refused, taken = OfficeMessageFactory(), OfficeMessageFactory()
    server.answers = [refusal]
    assert outbox.send_due() == 1
    taken.refresh_from_db()
    assert (wait_of(refused), refused.status, taken.status) == (1, "waiting", "sent")


def test_long_answer_of_a_server_is_cut(server):
    message = OfficeMessageFactory()
    server.answers = [smtplib.SMTPDataError(554, b"x" * 2000)]
    outbox.send_due()
    message.refresh_from_db()
    assert len(message.last_error) == 500


def test_worker_that_dies_leaves_the_message_to_be_sent_after_its_lease(server):
    message = OfficeMessageFactory()

    def die():
        raise KeyboardInterrupt

    server.answers = [die]
    with pytest.raises(KeyboardInterrupt):
        outbox.send_due()
    assert (wait_of(message), message.status) == (10, "waiting")
    assert outbox.send_due() == 0
    due_again()
    assert (outbox.send_due(), len(mail.outbox)) == (1, 1)


def test_message_is_taken_by_one_worker_alone(server):
    """The second worker looks while the first one talks to the server."""
    OfficeMessageFactory()
    seen = []
    server.answers = [lambda: seen.append(outbox.claim())]
    assert outbox.send_due() == 1
    assert seen == [None]


def test_worker_that_looked_at_the_same_moment_takes_another_message(monkeypatch):
    first, second = OfficeMessageFactory(), OfficeMessageFactory()
    due = type(Message.objects.all()).due
    looks = []

    def look_and_lose(queryset):
        """Between the first look and its UPDATE another worker takes the same message."""
        found = due(queryset)
        if not looks:
            looks.append(found.first())
            Message.objects.filter(pk=first.pk).update(
                next_attempt_at=timezone.now() + outbox.LEASE
            )
            found._result_cache = [first]
            monkeypatch.setattr(found, "first", lambda: first)
            monkeypatch.setattr(found, "select_related", lambda *names: found)
        return found

    monkeypatch.setattr(type(Message.objects.all()), "due", look_and_lose)
    assert outbox.claim() == second
    first.refresh_from_db()
    assert first.attempts == 0


def test_message_stopped_while_it_fails_stays_stopped(server):
    message = OfficeMessageFactory()

    def stop_and_fail():
        Message.objects.update(status="stopped")
        raise ConnectionRefusedError

    server.answers = [stop_and_fail]
    outbox.send_due()
    message.refresh_from_db()
    assert (message.status, message.last_error) == ("stopped", "")


def test_message_stopped_too_late_is_shown_as_sent(server):
    message = OfficeMessageFactory()
    server.answers = [lambda: Message.objects.update(status="stopped")]
    outbox.send_due()
    message.refresh_from_db()
    assert (message.status, len(mail.outbox)) == ("sent", 1)


@pytest.mark.parametrize("status", ["sent", "failed", "stopped"])
def test_only_what_waits_is_sent(status):
    OfficeMessageFactory(status=status, sent_at=timezone.now() if status == "sent" else None)
    assert (outbox.send_due(), mail.outbox) == (0, [])


def test_round_ends_between_two_messages_when_asked_to(server):
    OfficeMessageFactory()
    OfficeMessageFactory()
    asked = iter([False, True])
    assert outbox.send_due(stopping=lambda: next(asked)) == 1
    assert outbox.send_due(limit=0) == 0
    assert len(mail.outbox) == 1


def test_database_in_trouble_is_no_fault_of_the_message(server):
    message = OfficeMessageFactory()
    server.answers = [DatabaseError("gone")]
    with pytest.raises(DatabaseError):
        outbox.send_due()
    message.refresh_from_db()
    assert (message.status, message.last_error) == ("waiting", "")


def test_connection_that_breaks_on_closing_is_no_trouble(server, monkeypatch, caplog):
    def gone(self):
        raise smtplib.SMTPServerDisconnected

    monkeypatch.setattr(Server, "close", gone)
    OfficeMessageFactory()
    with caplog.at_level(logging.WARNING):
        assert outbox.send_due() == 1


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_held_while_the_server_is_talked_to(server, visit):
    messages.link_sent(visit)
    seen = []
    server.answers = [lambda: seen.append(connection.in_atomic_block)]
    outbox.send_due()
    assert seen == [False]


def test_each_message_takes_the_same_queries(visit, django_assert_num_queries):
    visit.make_link()
    visit.save()
    for number in (1, 3):
        for _message in range(number):
            messages.link_sent(visit)
        # look, take, settings, attachments, mark as sent; and the look that finds no more
        with django_assert_num_queries(5 * number + 1):
            outbox.send_due()


def test_folder_keeps_each_email_as_a_file_that_only_the_portal_reads(settings, tmp_path, message):
    settings.EMAIL_BACKEND = settings.MAIL_FOLDER
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    OfficeMessageFactory()
    assert outbox.send_due() == 2
    files = sorted((tmp_path / "mail").iterdir())
    assert [path.suffix for path in files] == [".eml", ".eml"]
    assert (tmp_path / "mail").stat().st_mode & 0o777 == 0o700
    received = [
        email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in files
    ]
    assert {each["Subject"] for each in received} == {message.subject, "Kabar"}


@pytest.fixture
def over_smtp(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 5
    return settings


def test_real_server_gets_a_round_over_one_connection(over_smtp, visit, visit_officer):
    visit.confirm(by=visit_officer)
    OfficeMessageFactory(to="tidak.ada@magelang.example")
    OfficeMessageFactory()
    with smtp_server(unknown=["tidak.ada"]) as server:
        over_smtp.EMAIL_PORT = server.server_address[1]
        assert outbox.send_due() == 2
    received = [email.message_from_bytes(raw, policy=policy.default) for raw in server.received]
    assert [each["Subject"] for each in received] == [
        f"{visit.reference}: Kunjungan Anda disetujui",
        "Kabar",
    ]
    assert server.connections == 1
    [file] = received[0].iter_attachments()
    assert file.get_content() == bytes(Attachment.objects.get().content)
    assert list(Message.objects.order_by("pk").values_list("status", flat=True)) == [
        "sent",
        "failed",
        "sent",
    ]


def test_no_server_at_all_means_late(over_smtp):
    message = OfficeMessageFactory()
    with smtp_server() as server:
        over_smtp.EMAIL_PORT = server.server_address[1]
    assert outbox.send_due() == 0
    assert wait_of(message) == 1
    assert message.last_error.startswith("ConnectionRefusedError")
