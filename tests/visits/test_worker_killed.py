"""A real worker is killed at the worst moment: the message goes out at least once all the same."""

import email
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WRITE = """
import django
django.setup()
from tests.factories import VisitFactory
from visits import messages
messages.link_sent(VisitFactory())
"""


class Machine:
    """A portal of its own, with database and folder of e-mails below `data`."""

    def __init__(self, data):
        self.data = data

    @property
    def environment(self):
        return {
            "PATH": os.environ["PATH"],
            "DATA_DIR": str(self.data),
            "DJANGO_SETTINGS_MODULE": "tests.visits.worker_settings",
        }

    def run(self, *arguments):
        subprocess.run(  # noqa: S603 (our own code, in our own Python)
            [sys.executable, *arguments], cwd=ROOT, env=self.environment, check=True
        )

    @contextmanager
    def worker_held(self, point):
        """A worker that has come to `point` (before or after the server takes the e-mail)."""
        gate = self.data / point
        gate.touch()
        worker = subprocess.Popen(
            [sys.executable, "manage.py", "work"], cwd=ROOT, env=self.environment
        )
        try:
            while not gate.with_suffix(".reached").exists():
                assert worker.poll() is None
                time.sleep(0.02)
            yield worker
        finally:
            worker.kill()
            worker.wait()
            gate.unlink(missing_ok=True)

    def query(self, statement):
        with closing(sqlite3.connect(self.data / "portal.sqlite3")) as database, database:
            return database.execute(statement).fetchall()

    def message(self):
        return self.query("SELECT status, attempts FROM visits_message")

    def emails(self):
        return [
            email.message_from_bytes(path.read_bytes())["Message-ID"]
            for path in sorted((self.data / "mail").glob("*.eml"))
        ]


@pytest.fixture(scope="module")
def new_machine(tmp_path_factory):
    """A machine on which a message waits; its tables are made once for all tests."""
    machine = Machine(tmp_path_factory.mktemp("machine") / "data")
    machine.run("manage.py", "migrate", "--verbosity", "0")
    machine.run("-c", WRITE)
    return machine


@pytest.fixture
def machine(new_machine, tmp_path):
    shutil.copytree(new_machine.data, tmp_path / "data")
    return Machine(tmp_path / "data")


@pytest.mark.parametrize(("point", "copies"), [("before", 1), ("after", 2)])
def test_message_goes_out_at_least_once_whenever_the_worker_is_killed(machine, point, copies):
    with machine.worker_held(point) as worker:
        worker.send_signal(signal.SIGKILL)
        assert worker.wait() == -signal.SIGKILL
    assert machine.message() == [("waiting", 1)]
    # Nobody takes it before its lease is over.
    machine.run("manage.py", "work", "--once")
    assert machine.message() == [("waiting", 1)]
    machine.query("UPDATE visits_message SET next_attempt_at = created_at")
    machine.run("manage.py", "work", "--once")
    assert machine.message() == [("sent", 2)]
    assert len(machine.emails()) == copies
    assert len(set(machine.emails())) == 1


def test_worker_that_is_asked_to_stop_sends_the_message_at_hand_and_ends(machine):
    machine.run("-c", WRITE)
    with machine.worker_held("before") as worker:
        worker.send_signal(signal.SIGTERM)
        (machine.data / "before").unlink()
        assert worker.wait() == 0
    assert sorted(machine.message()) == [("sent", 1), ("waiting", 0)]
    assert len(machine.emails()) == 1
