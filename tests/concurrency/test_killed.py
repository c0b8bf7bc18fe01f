"""Web server and worker are killed (SIGKILL) between post and mail, and nothing is lost."""

import json
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes

import pytest
from django.urls import reverse

from tests.concurrency.served import FORGET_ATTEMPTS, MAKE_CONTENT, PATIENCE, PEOPLE, Portal, begin

ROUNDS = 8
AT_ONCE = 2

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
