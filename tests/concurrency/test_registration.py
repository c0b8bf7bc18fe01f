"""A request that is sent several times at once, and many that are sent at the same time."""

from copy import deepcopy

from django.test import Client
from django.urls import reverse

from tests.factories import InnovationFactory, SlotFactory
from tests.visits.conftest import answers, pdf_bytes, post_steps, upload
from visits.models import Message, Visit


def draft_for(innovation, **changes):
    """A browser in which everything is filled in, and what its last button posts."""
    client, data = Client(), answers(innovation) | changes
    post_steps(client, data, last="register_letter", letter=upload(pdf_bytes()))
    return client, data


def press(client, data):
    """Press the last button in a browser of its own that has the same cookies."""
    again = Client()
    again.cookies = deepcopy(client.cookies)
    return again.post(reverse("visits:register_summary"), data)


def test_one_draft_posted_many_times_at_once_is_one_request_with_one_link(at_once):
    slot = SlotFactory(capacity=500)
    client, data = draft_for(InnovationFactory(published=True), slot=slot.pk)
    answered = at_once(lambda _click: press(client, data), range(8))
    visit = Visit.objects.get()
    link = reverse("visits:request", args=[visit.private_token])
    assert [(response.status_code, response.url) for response in answered] == [(302, link)] * 8
    slot.refresh_from_db()
    assert (visit.seats, slot.booked) == (78, 78)
    assert visit.stops.count() == 1
    assert Message.objects.count() == 1
    storage = visit.letter.storage
    assert [f"letters/{name}" for name in storage.listdir("letters")[1]] == [visit.letter.name]


def test_requests_for_the_last_seats_are_seated_or_told_before_they_wait(at_once):
    slot, innovation = SlotFactory(capacity=78 * 3), InnovationFactory(published=True)
    drafts = [draft_for(innovation, slot=slot.pk, seen="seated") for _draft in range(8)]
    answered = at_once(lambda draft: press(*draft), drafts)
    slot.refresh_from_db()
    assert slot.booked == 78 * 3
    assert sorted(response.status_code for response in answered) == [200] * 5 + [302] * 3
    assert set(Visit.objects.values_list("status", flat=True)) == {Visit.Status.SUBMITTED}
    for client, data in drafts:
        press(client, data | {"seen": "waiting"})
    waiting = Visit.objects.filter(status=Visit.Status.WAITING_LIST)
    assert (waiting.count(), Visit.objects.count()) == (5, 8)
