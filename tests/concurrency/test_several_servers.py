"""Two web servers with one database, one Redis and one S3-compatible store are one portal."""

import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.urls import reverse

from tests.concurrency.served import MAKE_CONTENT, PATIENCE, Browser, Portal, begin
from tests.factories import PASSWORD
from tests.portal.redis_server import Redis
from tests.visits.conftest import pdf_bytes

pytestmark = pytest.mark.skipif(
    shutil.which("redis-server") is None,
    reason="needs Debian's redis-server, which .ci/run installs",
)

MAKE_STAFF = """
from tests.factories import InnovationFactory, SourceFactory, UserFactory
UserFactory(username="kepala", is_superuser=True)
draft = InnovationFactory(name="Rancangan Baru", slug="rancangan-baru")
draft.citations.create(source=SourceFactory())
print(draft.pk)
"""
COUNT = """
from visits.models import Visit
print(*sorted(Visit.objects.values_list("organisation", flat=True)), sep="\\n")
"""
CROWD = 12


@pytest.fixture
def store():
    """The address of an S3-compatible store in a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    code = f"from moto.server import main; main(['--host', '127.0.0.1', '--port', '{port}'])"
    process = subprocess.Popen(  # noqa: S603 (our own code, in our own Python)
        [sys.executable, "-c", code], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except ConnectionRefusedError:
            time.sleep(0.05)
    yield f"http://kunci:rahasia@127.0.0.1:{port}/portal"
    process.kill()
    process.wait()


@pytest.fixture
def redis():
    server = Redis()
    yield server
    server.stop()


@pytest.fixture
def portals(tmp_path, database_url, redis, store):
    """Two servers on ports of their own, with folders of their own in which nothing is shared."""
    shared = {
        "CACHE_URL": f"redis://127.0.0.1:{redis.port}/0",
        "MEDIA_STORE_URL": store,
        "SECRET_KEY": "satu-kunci-untuk-semua-peladen-" * 2,
        "DEBUG": "off",
    }
    both = [Portal(tmp_path / name, database_url, **shared) for name in ("satu", "dua")]
    both[0].manage("collectstatic", "--noinput", "--verbosity", "0")
    both[0].manage("migrate", "--verbosity", "0")
    both[0].manage("prepare_media_store")
    for portal in both:
        portal.start(worker=False)
    yield both
    for portal in both:
        portal.kill()


def staff_browser(portal):
    browser = Browser(portal)
    browser.read("/admin/login/")
    login = {"username": "kepala", "password": PASSWORD, "next": "/admin/"}
    _page, path = browser.post("/admin/login/", login)
    assert path == "/admin/"
    return browser


def test_login_upload_and_publish_on_one_are_seen_at_once_on_the_other(portals):
    one, other = portals
    slot, draft = one.shell(MAKE_CONTENT + MAKE_STAFF).split()

    staff = staff_browser(one)
    staff.portal = other
    page, path = staff.read("/admin/")
    assert (path, "kepala" in page) == ("/admin/", True)

    guest, data = begin(one, 1, slot)
    time.sleep(6)  # whoever sends sooner than people type is taken for a program
    guest.portal = other
    _page, private_page = guest.post(reverse("visits:register_summary"), data)
    letter, _path = guest.read(f"{private_page}surat/", as_bytes=True)
    assert letter == pdf_bytes()

    catalogue = reverse("innovations:list")
    readers = [Browser(portal) for portal in portals]
    assert not any("Rancangan Baru" in reader.read(catalogue)[0] for reader in readers)
    transition = f"/admin/innovations/innovation/transition/publish/?ids={draft}"
    staff.portal = one
    page, _path = staff.read(transition)
    staff.post(transition, {"seen": re.search('name="seen" value="([^"]+)"', page)[1]})
    assert all("Rancangan Baru" in reader.read(catalogue)[0] for reader in readers)


class Readers(threading.Thread):
    """Reads a page on each server again and again until told to stop; keeps every status."""

    def __init__(self, portals):
        super().__init__()
        self.portals = portals
        self.statuses = []
        self.stopped = threading.Event()

    def run(self):
        while not self.stopped.is_set():
            for portal in self.portals:
                try:
                    with urllib.request.urlopen(portal.url + "/inovasi/", timeout=30) as answer:
                        self.statuses.append((answer.status, ""))
                except urllib.error.HTTPError as error:
                    self.statuses.append((error.code, error.read().decode()))

    def finish(self):
        self.stopped.set()
        self.join()
        return self.statuses


def send_all(portals, slot, during):
    """A crowd sends its requests to both servers while `during` happens; where each was led."""
    with ThreadPoolExecutor(CROWD) as crowd:
        begun = list(crowd.map(lambda n: begin(portals[n % 2], n, slot), range(CROWD)))
        time.sleep(6)

        def send(number):
            browser, data = begun[number]
            time.sleep(number * 0.1)
            return browser.post(reverse("visits:register_summary"), data)[1]

        sent = [crowd.submit(send, number) for number in range(CROWD)]
        time.sleep(0.3)
        during()
        return {answer.result(timeout=PATIENCE) for answer in sent}


def test_redis_that_stops_under_load_costs_no_page_and_no_registration(portals, redis):
    slot = portals[0].shell(MAKE_CONTENT).strip()
    readers = Readers(portals)
    readers.start()
    private_pages = send_all(portals, slot, during=redis.stop)
    assert {status for status, _page in readers.finish()} == {200}
    assert len(private_pages) == CROWD
    names = portals[0].shell(COUNT).splitlines()
    assert names == [f"Rombongan {number:02}" for number in range(CROWD)]


@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite is a file, which no one can take away"
)
def test_database_that_goes_away_under_load_costs_no_registration(portals, database_url):
    import psycopg

    slot = portals[0].shell(MAKE_CONTENT).strip()
    readers = Readers(portals)
    readers.start()
    server, _slash, name = database_url.rpartition("/")

    def take_away_for_a_while():
        with psycopg.connect(f"{server}/postgres", autocommit=True) as maintenance:
            maintenance.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            maintenance.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )
            time.sleep(5)
            maintenance.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")

    private_pages = send_all(portals, slot, during=take_away_for_a_while)
    time.sleep(1)
    seen = readers.finish()
    assert {status for status, _page in seen} == {200, 503}
    told = {"Portal sebentar tidak dapat dijangkau" in page for code, page in seen if code == 503}
    assert told == {True}
    assert seen[-1][0] == 200
    assert len(private_pages) == CROWD
    names = portals[0].shell(COUNT).splitlines()
    assert names == [f"Rombongan {number:02}" for number in range(CROWD)]
