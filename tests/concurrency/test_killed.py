"""Web server and worker are killed (SIGKILL) between post and mail, and nothing is lost."""

import http.client
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes
from http.cookiejar import CookieJar
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse

from tests.visits.conftest import STEPS, pdf_bytes

ROUNDS = 8
AT_ONCE = 2
PEOPLE = 3
PATIENCE = 120  # seconds after which a client or a start has failed

MAKE_CONTENT = """
from datetime import time, timedelta
from django.utils import timezone
from tests.factories import InnovationFactory, working_day
from visits.models import TimeSlot
InnovationFactory(published=True, slug="data-go")
slot = TimeSlot.objects.create(
    date=working_day(40), starts_at=time(9), ends_at=time(11), capacity=500
)
print(slot.pk)
"""
FORGET_ATTEMPTS = """
from magelang_portal.models import Attempt
Attempt.objects.all().delete()
"""
MAKE_DUE = """
from django.utils import timezone
from visits.models import Message
Message.objects.filter(status="waiting").update(next_attempt_at=timezone.now())
"""
TELL = """
import json
from visits.models import Message, TimeSlot, Visit
from visits.outbox import message_id
print(json.dumps({
    "booked": TimeSlot.objects.get().booked,
    "visits": [
        {
            "organisation": visit.organisation,
            "seats": visit.seats,
            "events": [event.what for event in visit.events.all()],
            "letter": visit.letter.storage.exists(visit.letter.name),
            "stops": visit.stops.count(),
            "messages": [message.kind for message in visit.messages.all()],
        }
        for visit in Visit.objects.order_by("organisation")
    ],
    "unsent": Message.objects.exclude(status="sent").count(),
    "sent": [message_id(message) for message in Message.objects.all()],
}))
"""


class Portal:
    """A portal of its own in processes of its own, with a database that outlives them."""

    def __init__(self, folder, database_url):
        self.mail = folder / "mail"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = os.environ | {
            "DATA_DIR": str(folder),
            "DATABASE_URL": database_url,
            "SITE_URL": f"http://localhost:{self.port}",
            "DEBUG": "on",
            "PYTHONPATH": str(settings.BASE_DIR),
        }
        self.processes = []

    def manage(self, *arguments):
        done = subprocess.run(  # noqa: S603 (our own code, in our own Python)
            [sys.executable, "manage.py", *arguments],
            cwd=settings.BASE_DIR,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    def shell(self, code):
        return self.manage("shell", "--no-imports", "--command", code)

    def start(self):
        server = ["-m", "gunicorn", "magelang_portal.wsgi", "--bind", f"127.0.0.1:{self.port}"]
        server += ["--worker-class", "gthread", "--threads", "4", "--log-level", "critical"]
        self.processes = [
            subprocess.Popen(  # noqa: S603 (the same)
                [sys.executable, *arguments],
                cwd=settings.BASE_DIR,
                env=self.environment,
                start_new_session=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for arguments in (server, ["manage.py", "work"])
        ]
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=5):
                    return
            except OSError:
                time.sleep(0.05)
        raise TimeoutError("The portal does not start.")

    def kill(self):
        for process in self.processes:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.processes = []


class Browser:
    """Fills in the steps as a browser does, and presses again where no answer came."""

    def __init__(self, portal):
        self.portal = portal
        self.cookies = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def read(self, path):
        """The page at `path`, its text and the address to which it led."""
        return self._insist(self.portal.url + path)

    def post(self, path, data):
        token = next(cookie.value for cookie in self.cookies if cookie.name == "csrftoken")
        body = encode_multipart(BOUNDARY, data | {"csrfmiddlewaretoken": token})
        headers = {"Content-Type": MULTIPART_CONTENT, "Referer": self.portal.url + path}
        return self._insist(self.portal.url + path, body, headers)

    def _insist(self, url, *body_and_headers):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                # A new one each time: it counts how often it has been led to an address.
                request = urllib.request.Request(url, *body_and_headers)
                with self.opener.open(request, timeout=20) as answer:
                    return answer.read().decode(), urlsplit(answer.url).path
            except urllib.error.HTTPError as error:
                if error.code < 500:
                    raise
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.05)
        raise TimeoutError(url)


def begin(portal, number, slot):
    """A browser in which everything is filled in, and only the last button is left to press."""
    browser = Browser(portal)
    page, _path = browser.read(reverse("visits:register"))
    data = {
        "draft": re.search(r'name="draft" value="([^"]+)"', page)[1],
        "innovations": "data-go",
        "purpose": "Belajar.",
        "expected_participants": PEOPLE,
        "language": "id",
        "slot": slot,
        "organisation": f"Rombongan {number:02}",
        "organisation_kind": "community",
        "head_name": "Kepala",
        "contact_name": "Sekretaris",
        "contact_phone": "0812 3456 7890",
        "contact_email": f"rombongan{number}@contoh.example",
        "consent": "on",
        "website": "",
    }
    for name in STEPS[:-1]:
        files = {}
        if name == "register_letter":
            files["letter"] = ContentFile(pdf_bytes(), name="surat.pdf")
        page, path = browser.post(reverse(f"visits:{name}"), data | files)
    assert path == reverse("visits:register_summary")
    return browser, data


@pytest.fixture
def database_url(tmp_path):
    """A database that no other test has, on the server that the tests use."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'portal.sqlite3'}"
        return
    import psycopg

    place = connection.settings_dict
    server = {"host": place["HOST"], "port": place["PORT"], "user": place["USER"]}
    server["password"] = place["PASSWORD"]
    with psycopg.connect(dbname="postgres", autocommit=True, **server) as maintenance:
        maintenance.execute("CREATE DATABASE portal_killed")
        user = "{user}:{password}@{host}:{port}".format(**server)
        yield f"postgres://{user}/portal_killed"
        maintenance.execute("DROP DATABASE portal_killed WITH (FORCE)")


@pytest.fixture
def portal(tmp_path, database_url):
    portal = Portal(tmp_path, database_url)
    portal.manage("migrate", "--verbosity", "0")
    yield portal
    portal.kill()


def message_ids(folder):
    """The Message-ID of each e-mail in the folder, copies included."""
    mails = [
        mail
        for path in folder.iterdir()
        for mail in path.read_bytes().split(b"-" * 79 + b"\n")
        if mail.strip()
    ]
    return [message_from_bytes(mail)["Message-ID"] for mail in mails]


def test_killed_at_any_moment_each_request_exists_once_and_each_message_goes_out(portal):
    dice = random.Random()
    slot = portal.shell(MAKE_CONTENT).strip()
    portal.start()
    with ThreadPoolExecutor(ROUNDS * AT_ONCE) as crowd:
        begun = list(
            crowd.map(lambda number: begin(portal, number, slot), range(ROUNDS * AT_ONCE))
        )
        # Whoever sends sooner than people type is taken for a program.
        time.sleep(6)
        turns = [threading.Event() for _round in range(ROUNDS)]

        def send(number):
            browser, data = begun[number]
            turns[number // AT_ONCE].wait()
            page, path = browser.post(reverse("visits:register_summary"), data)
            assert path.startswith(reverse("visits:register")), page
            return path

        sent = [crowd.submit(send, number) for number in range(ROUNDS * AT_ONCE)]
        for turn in turns:
            turn.set()
            time.sleep(dice.uniform(0.01, 0.25))
            portal.kill()
            portal.shell(FORGET_ATTEMPTS)
            portal.start()
        private_pages = {answer.result(timeout=PATIENCE) for answer in sent}
    portal.kill()
    portal.shell(MAKE_DUE)
    portal.manage("work", "--once")

    assert len(private_pages) == ROUNDS * AT_ONCE
    told = json.loads(portal.shell(TELL))
    assert told["booked"] == ROUNDS * AT_ONCE * PEOPLE
    assert told["visits"] == [
        {
            "organisation": f"Rombongan {number:02}",
            "seats": PEOPLE,
            "events": ["submitted"],
            "letter": True,
            "stops": 1,
            "messages": ["request_received"],
        }
        for number in range(ROUNDS * AT_ONCE)
    ]
    assert told["unsent"] == 0
    assert set(message_ids(portal.mail)) == set(told["sent"])
