"""Backups of a portal that is being written to, and moves from one database to another."""

import io
import json
import os
import subprocess
import sys
import tarfile
import threading
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from magelang_portal.backups.making import make_backup
from magelang_portal.backups.progress import Progress
from magelang_portal.backups.restoring import restore_backup
from magelang_portal.backups.tables import LEFT_OUT, Table
from tests.everything import all_files, all_rows, make_everything
from tests.factories import AgencyFactory, ParticipantFactory, VisitFactory
from visits.models import Participant, Visit

SILENT = Progress(io.StringIO())


def kept():
    return {label: rows for label, rows in all_rows().items() if label not in LEFT_OUT}


@contextmanager
def written_to_meanwhile(write):
    """While the block runs, call `write` again and again in a connection of its own."""
    over = threading.Event()
    errors, count = [], 0

    def again_and_again():
        nonlocal count
        try:
            while not over.is_set():
                write(count)
                count += 1
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=again_and_again)
    thread.start()
    try:
        yield lambda: count
    finally:
        over.set()
        thread.join(timeout=60)
    assert errors == []


@pytest.mark.django_db(transaction=True)
def test_a_backup_while_others_write_holds_one_state(tmp_path, monkeypatch):
    AgencyFactory()
    VisitFactory(purpose="0")

    def write(number):
        # One more participant, and their number in the visit: never one without the other.
        with transaction.atomic():
            visit = Visit.objects.select_for_update().get()
            ParticipantFactory(visit=visit)
            visit.purpose = str(visit.attendees.count())
            visit.save()

    read = Table.rows

    def read_slowly(table, using):
        # Several changes become final between any two tables.
        until = written() + 2
        while table.label.startswith("visits.") and written() < until:
            pass
        return read(table, using)

    monkeypatch.setattr(Table, "rows", read_slowly)
    path = tmp_path / "a.tar"
    with written_to_meanwhile(write) as written:
        while written() < 3:
            pass
        make_backup(path, progress=SILENT)
    end = Participant.objects.count()
    restore_backup(path, progress=SILENT, replace=True)
    visit = Visit.objects.get()
    assert visit.purpose == str(Participant.objects.count())
    assert 3 <= Participant.objects.count() < end - 10


class Elsewhere:
    """Another installation, on SQLite, in processes of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.environment = os.environ | {
            "DATA_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{folder / 'portal.sqlite3'}",
            "DEBUG": "on",
        }

    def manage(self, *arguments):
        done = subprocess.run(  # noqa: S603 (our own code, in our own Python)
            [sys.executable, "manage.py", *map(str, arguments)],
            cwd=settings.BASE_DIR,
            env=self.environment,
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def content(path):
    """What a backup holds, but for what it says of itself."""
    with tarfile.open(path) as tar:
        return {
            each.name: tar.extractfile(each).read()
            for each in tar
            if each.name not in {"manifest.json", "SHA256SUMS"}
        }


def told(path):
    with tarfile.open(path) as tar:
        manifest = json.load(tar.extractfile("manifest.json"))
    return {name: manifest[name] for name in ("rows", "last_numbers", "migrations")}


@pytest.mark.django_db(transaction=True)
def test_all_of_it_moves_to_another_installation_on_sqlite_and_back(tmp_path):
    make_everything()
    rows = kept()
    uploads = {folder: all_files(tmp_path / folder) for folder in ("media", "private")}
    there, here = Elsewhere(tmp_path / "elsewhere"), tmp_path / "here.tar"
    there.folder.mkdir()
    make_backup(here, progress=SILENT)

    there.manage("migrate", "--verbosity", "0")
    there.manage("restore", here)
    back = tmp_path / "back.tar"
    there.manage("backup", back)
    assert content(back) == content(here)
    assert told(back) == told(here)
    assert {folder: all_files(there.folder / folder) for folder in uploads} == uploads

    call_command("flush", interactive=False, verbosity=0)
    restore_backup(back, progress=SILENT)
    assert kept() == rows
