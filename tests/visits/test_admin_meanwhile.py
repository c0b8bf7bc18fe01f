"""Two of the staff who have the same form open: nobody overwrites the other without a word."""

import pytest

from tests.factories import InnovationFactory, SlotFactory, StopFactory, UserFactory, VisitFactory
from tests.staff import change_page
from tests.visits.test_admin_form import form_of, stop_form
from visits.models import TimeSlot, Visit

pytestmark = pytest.mark.django_db


def opened(client, obj):
    """What the form of `obj` carries once it is open."""
    return client.get(change_page(obj)).context["adminform"].form["opened_with"].value()


def slot_form(slot, **changes):
    names = ("date", "starts_at", "ends_at", "venue", "capacity", "language", "note")
    return {name: getattr(slot, name) for name in names} | {"is_open": "on"} | changes


def test_second_to_save_a_visit_is_told_and_keeps_what_was_typed(officer):
    visit = VisitFactory()
    stale = form_of(visit, unit="Angkatan IV", opened_with=opened(officer, visit))
    Visit.objects.filter(pk=visit.pk).update(venue="Pendopo")
    response = officer.post(change_page(visit), stale)
    form = response.context["adminform"].form
    [error] = form.non_field_errors()
    assert "unit" in error.lower()
    assert (form["unit"].value(), Visit.objects.get().venue) == ("Angkatan IV", "Pendopo")
    officer.post(change_page(visit), stale | {"opened_with": form["opened_with"].value()})
    assert (Visit.objects.get().unit, Visit.objects.get().venue) == ("Angkatan IV", "")


def test_second_to_save_an_itinerary_is_told(officer):
    stop = StopFactory()
    visit = stop.visit
    stale = form_of(visit, opened_with=opened(officer, visit))
    stale |= {"stops-TOTAL_FORMS": 1, "stops-INITIAL_FORMS": 1} | stop_form(0, stop, position=0)
    stop.speaker = "Kepala Bidang"
    stop.save()
    response = officer.post(change_page(visit), stale)
    assert len(response.context["adminform"].form.non_field_errors()) == 1
    stop.refresh_from_db()
    assert stop.speaker == "Kepala Bidang"


def test_answer_of_a_host_stands_in_nobodys_way(officer):
    stop = StopFactory(innovation=InnovationFactory())
    visit = stop.visit
    form = form_of(visit, unit="Angkatan IV", opened_with=opened(officer, visit))
    stop.accept(by=UserFactory(is_superuser=True))
    assert officer.post(change_page(visit), form).status_code == 302
    assert Visit.objects.get().unit == "Angkatan IV"


def test_second_to_save_a_slot_is_told(officer):
    slot = SlotFactory(note="Lama")
    stale = slot_form(slot, note="Baru", opened_with=opened(officer, slot))
    TimeSlot.objects.filter(pk=slot.pk).update(capacity=40)
    response = officer.post(change_page(slot), stale)
    form = response.context["adminform"].form
    assert len(form.non_field_errors()) == 1
    slot.refresh_from_db()
    assert (slot.capacity, slot.note) == (40, "Lama")


@pytest.mark.parametrize("kind", [VisitFactory, SlotFactory])
def test_form_carries_what_it_was_opened_with(officer, kind):
    obj = kind()
    response = officer.get(change_page(obj))
    value = response.context["adminform"].form["opened_with"].value()
    assert response.text.count(f'name="opened_with" value="{value}"') == 1


def test_saving_ones_own_change_twice_is_no_clash(officer):
    slot = SlotFactory(note="Lama")
    for note in ("Baru", "Lebih baru"):
        form = slot_form(slot, note=note, opened_with=opened(officer, slot))
        assert officer.post(change_page(slot), form).status_code == 302
    slot.refresh_from_db()
    assert slot.note == "Lebih baru"
