"""A portal in processes of its own, as it is served, and browsers that use it."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.base import ContentFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse

from tests.visits.conftest import STEPS, pdf_bytes

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


class Portal:
    """A portal of its own in processes of its own, with a database that outlives them."""

    def __init__(self, folder, database_url, **variables):
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
            **variables,
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

    def start(self, *, worker=True):
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
            for arguments in ([server, ["manage.py", "work"]] if worker else [server])
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
        self.portal = portal  # another one may be put in its place
        self.cookies = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def read(self, path, *, as_bytes=False):
        """The page at `path`, its text and the address to which it led."""
        content, led_to = self._insist(self.portal.url + path)
        return (content if as_bytes else content.decode()), led_to

    def post(self, path, data):
        token = next(cookie.value for cookie in self.cookies if cookie.name == "csrftoken")
        body = encode_multipart(BOUNDARY, data | {"csrfmiddlewaretoken": token})
        headers = {"Content-Type": MULTIPART_CONTENT, "Referer": self.portal.url + path}
        content, led_to = self._insist(self.portal.url + path, body, headers)
        return content.decode(), led_to

    def _insist(self, url, *body_and_headers):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                # A new one each time: it counts how often it has been led to an address.
                request = urllib.request.Request(url, *body_and_headers)
                with self.opener.open(request, timeout=20) as answer:
                    return answer.read(), urlsplit(answer.url).path
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
