"""Several workers at once, and several processes that write the same reminder."""

import datetime
from collections import Counter

from django.core import mail

from tests.factories import OfficeMessageFactory, VisitFactory
from visits import messages, outbox
from visits.models import Message


def test_workers_at_once_send_each_message_once(at_once):
    OfficeMessageFactory.create_batch(60)
    sent = at_once(lambda _worker: outbox.send_due(), range(6))
    assert sum(sent) == 60
    assert set(Counter(each.extra_headers["Message-ID"] for each in mail.outbox).values()) == {1}
    assert len(mail.outbox) == 60
    assert set(Message.objects.values_list("status", "attempts")) == {("sent", 1)}


def test_private_link_made_by_two_workers_at_once_is_one(at_once):
    visit = VisitFactory()
    for _message in range(8):
        messages.link_sent(visit)
    at_once(lambda _worker: outbox.send_due(limit=2), range(4))
    visit.refresh_from_db()
    assert len(mail.outbox) == 8
    assert [visit.private_token in each.body for each in mail.outbox] == [True] * 8


def test_reminder_written_by_many_at_once_is_written_once(at_once):
    visit = VisitFactory(held_on=datetime.date(2031, 3, 4))
    at_once(lambda _worker: messages.reminder(visit, 7), range(20))
    assert Message.objects.count() == 1
