"""A request that comes by telephone or letter, and that staff enter with its time slot."""

import pytest
from django.urls import reverse

from tests.factories import SlotFactory
from tests.staff import logged_in
from tests.visits.test_admin_form import form_of
from visits.models import Visit

pytestmark = pytest.mark.django_db

S = Visit.Status


@pytest.fixture
def enter(visit_officer):
    """Sends the form of a new visit."""
    client = logged_in(visit_officer)

    def send(**fields):
        new = form_of(Visit(organisation="DPRD Contoh", organisation_kind="regional_council"))
        return client.post(reverse("admin:visits_visit_add"), new | fields)

    return send


@pytest.mark.parametrize(
    ("people", "seats", "status"), [(20, 20, S.SUBMITTED), (21, 0, S.WAITING_LIST)]
)
def test_request_by_telephone_takes_seats_or_waits_for_them(enter, people, seats, status):
    slot = SlotFactory(capacity=20)
    enter(time_slot=slot.pk, expected_participants=people)
    visit = Visit.objects.get()
    slot.refresh_from_db()
    assert (visit.slot, visit.seats, slot.booked, visit.status) == (slot, seats, seats, status)
    assert visit.waiting_position == (None if seats else 1)
    [event] = visit.events.all()
    assert (event.what, event.status) == ("submitted", status)


def test_request_by_telephone_needs_no_slot(enter):
    enter(wished_on="2031-03-04")
    visit = Visit.objects.get()
    assert (visit.slot, visit.seats, visit.status) == (None, 0, S.SUBMITTED)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, ["expected_participants"]),
        ({"expected_participants": 20, "held_on": "2031-03-04"}, ["held_on"]),
    ],
)
def test_slot_wants_a_number_and_no_other_day(enter, fields, wrong):
    slot = SlotFactory()
    response = enter(time_slot=slot.pk, **fields)
    assert list(response.context["adminform"].form.errors) == wrong
    slot.refresh_from_db()
    assert (Visit.objects.count(), slot.booked) == (0, 0)


def test_past_slot_is_not_offered(enter):
    slot = SlotFactory(date="2019-09-04")
    response = enter(time_slot=slot.pk, expected_participants=20)
    assert list(response.context["adminform"].form.errors) == ["time_slot"]


@pytest.mark.parametrize("number", [1, 3])
def test_add_form_takes_as_many_queries_however_many_slots_it_offers(
    visit_officer, number, django_assert_num_queries
):
    SlotFactory.create_batch(number)
    client = logged_in(visit_officer)
    client.get(reverse("admin:visits_visit_add"))
    with django_assert_num_queries(7):
        client.get(reverse("admin:visits_visit_add"))


def test_form_of_a_new_visit_has_no_empty_history(visit_officer):
    response = logged_in(visit_officer).get(reverse("admin:visits_visit_add"))
    prefixes = [each.formset.prefix for each in response.context["inline_admin_formsets"]]
    assert prefixes == ["stops", "pictures"]
