"""What is kept no longer than promised, and what the dry run says of it beforehand."""

import datetime
import os
from pathlib import Path

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.utils import timezone

from magelang_portal.models import Attempt
from tests.factories import MessageFactory, ParticipantFactory, VisitFactory, picture_file
from tests.visits.conftest import pdf_bytes, upload
from visits import retention
from visits.models import Message, Participant, Visit, VisitSettings
from visits.querysets import hash_of_link
from visits.storage import private_storage

pytestmark = pytest.mark.django_db

LONG_AGO = datetime.date(2020, 1, 1)
DATA = (
    "Names, telephone, e-mail and purpose in the request: 1; Letter of request: 1; "
    "Participants by name: 3"
)


def counts(*, visits, files):
    return (
        f"personal data of visits: {visits}; stray files: {files}; e-mails in the "
        "folder: 0; left-over e-mails: 0; "
        "traces of forms: 0; old logins of staff: 0."
    )


def old_visit(number=0, **changes):
    return VisitFactory(
        **{
            "status": "completed",
            "held_on": LONG_AGO,
            "link_hash": hash_of_link(f"{number:043}"),
            "letter": upload(pdf_bytes()),
        }
        | changes
    )


def stored(name, *, days):
    """A file of the private storage that was written `days` ago."""
    name = private_storage().save(name, ContentFile(b"isi"))
    moment = (timezone.now() - datetime.timedelta(days=days)).timestamp()
    os.utime(private_storage().path(name), (moment, moment))
    return name


def age_every_file():
    for path in Path(private_storage().location).rglob("*.*"):
        os.utime(path, (0, 0))


@pytest.fixture
def retained(capsys, django_capture_on_commit_callbacks):
    """Runs the command and returns the lines that it prints."""

    def run(*options):
        with django_capture_on_commit_callbacks(execute=True):
            call_command("retention", *options)
        return capsys.readouterr().out.splitlines()

    return run


def test_dry_run_lists_what_would_go_and_changes_nothing(retained):
    visit = old_visit(organisation="Pemkab Banjar")
    ParticipantFactory.create_batch(3, visit=visit)
    old_visit(1, held_on=timezone.localdate())
    letter = stored("letters/lost.pdf", days=2)
    assert retained("--dry-run") == [
        f"{visit.reference}, Pemkab Banjar, kept until 2020-12-31: {DATA}",
        f"Stray file: {letter}",
        f"Would erase: {counts(visits=1, files=1)}",
    ]
    assert Participant.objects.count() == 3
    assert not Visit.objects.filter(erased_at__isnull=False).exists()
    assert private_storage().exists(letter)


def test_run_erases_what_is_due_and_nothing_else(retained):
    due, kept = old_visit(), old_visit(1, held_on=timezone.localdate())
    lines = retained()
    assert lines[-1].startswith("Erased: personal data of visits: 1;")
    assert set(Visit.objects.filter(erased_at__isnull=False)) == {due}
    due.refresh_from_db()
    assert (due.contact_name, due.letter.name) == ("", "")
    assert private_storage().listdir("letters")[1] == [kept.letter.name.removeprefix("letters/")]
    event = due.events.get()
    assert (event.what, event.by, event.actor) == ("erased", None, "system")


def test_second_run_finds_nothing_left(retained):
    old_visit()
    retained()
    assert retained() == [f"Erased: {counts(visits=0, files=0)}"]


@pytest.mark.parametrize("batch", [1, 200])
def test_visit_that_fails_holds_up_no_other(monkeypatch, caplog, batch):
    monkeypatch.setattr(retention, "BATCH", batch)
    old_visit(), old_visit(1)
    erase = Visit.erase

    def fails_once(visit, **options):
        if not visit.link_hash == hash_of_link(f"{1:043}"):
            raise OSError("disk")
        erase(visit, **options)

    monkeypatch.setattr(Visit, "erase", fails_once)
    assert len(retention.clear().visits) == 1
    assert "could not be erased" in caplog.text


@pytest.mark.parametrize("times", [1, 3])
def test_dry_run_takes_the_same_queries_however_much_is_due(times, django_assert_num_queries):
    for number in range(times):
        ParticipantFactory(visit=old_visit(number))
    with django_assert_num_queries(10):
        retention.due()


def test_file_that_a_row_refers_to_stays_however_old():
    old_visit(held_on=timezone.localdate())
    VisitSettings(pk=1, emblem=picture_file()).save()
    age_every_file()
    stray = stored("drafts/surat.pdf", days=2)
    assert list(retention.stray_files()) == [stray]


def test_file_of_today_stays_though_no_row_refers_to_it_yet():
    stored("drafts/surat.pdf", days=0.5)
    assert list(retention.stray_files()) == []


def test_private_storage_that_is_not_there_yet_has_no_stray_files():
    assert list(retention.stray_files()) == []


def test_message_of_an_erased_visit_goes_and_every_other_stays():
    erased, other = old_visit(erased_at=timezone.now()), old_visit(1, held_on=timezone.localdate())
    MessageFactory(visit=erased, to="a@contoh.example", sent=True)
    kept = MessageFactory(visit=other, sent=True)
    waiting = MessageFactory(visit=erased, to="kantor@magelang.example")
    recent = MessageFactory(visit=None, to="b@contoh.example", sent=True)
    MessageFactory(visit=None, to="c@contoh.example", sent=True)
    Message.objects.filter(to="c@contoh.example").update(
        created_at=timezone.now() - datetime.timedelta(days=400)
    )
    assert retention.clear().messages == 2
    assert set(Message.objects.all()) == {kept, waiting, recent}


def test_emails_in_the_folder_go_after_a_month(settings, retained):
    folder = Path(settings.EMAIL_FILE_PATH)
    folder.mkdir()
    for name, days in (("old.eml", 31), ("new.eml", 29), ("old.txt", 31)):
        (folder / name).write_text("Kepada Siti", encoding="utf-8")
        moment = (timezone.now() - datetime.timedelta(days=days)).timestamp()
        os.utime(folder / name, (moment, moment))
    assert "e-mails in the folder: 1;" in retained("--dry-run")[-1]
    assert len(list(folder.iterdir())) == 3
    assert "e-mails in the folder: 1;" in retained()[-1]
    assert sorted(path.name for path in folder.iterdir()) == ["new.eml", "old.txt"]


def test_traces_of_forms_and_sessions_that_are_over_go():
    now = timezone.now()
    day = datetime.timedelta(days=1)
    Attempt.objects.create(policy="x", key="alt", at=now - 2 * day)
    Attempt.objects.create(policy="x", key="neu", at=now)
    Session.objects.create(session_key="over", session_data="", expire_date=now - day)
    Session.objects.create(session_key="open", session_data="", expire_date=now + day)
    assert retention.clear().attempts == 1
    assert Attempt.objects.get().key == "neu"
    assert Session.objects.get().session_key == "open"


@pytest.mark.parametrize("model", [AccessLog, AccessAttempt, AccessFailureLog])
def test_logins_of_staff_go_after_the_stated_days(model, settings):
    settings.LOGIN_LOG_DAYS = 90
    counted = {"failures_since_start": 1} if model is AccessAttempt else {}
    for name, days in (("lama", 91), ("baru", 89)):
        login = model.objects.create(username=name, ip_address="192.0.2.1", **counted)
        at = timezone.now() - datetime.timedelta(days=days)
        model.objects.filter(pk=login.pk).update(attempt_time=at)
    assert retention.due().logins == 1
    assert retention.clear().logins == 1
    assert model.objects.get().username == "baru"
