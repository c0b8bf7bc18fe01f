"""Who hears of it when the programme, the number of people or the fate of a visit changes."""

import pytest
from django.utils import translation
from icalendar import Calendar

from tests.factories import SlotFactory, StopFactory, UserFactory
from tests.visits.conftest import visit_in, working_day, written
from visits.models import Attachment, Message, Visit

pytestmark = pytest.mark.django_db

S = Visit.Status


def host(visit, **fields):
    """A stop of `visit`, at whose agency somebody has an address."""
    stop = StopFactory(visit=visit, **fields)
    UserFactory(agency=stop.innovation.agency, email=f"tuan{stop.pk}@contoh.example")
    return stop


def hosts_of(*stops):
    return [f"tuan{stop.pk}@contoh.example" for stop in stops]


def told(kind):
    return list(Message.objects.filter(kind=kind).order_by("to").values_list("to", flat=True))


@pytest.mark.parametrize("status", [S.SUBMITTED, S.CONFIRMED])
def test_hosts_of_what_was_changed_are_told_once_each(visit_officer, status):
    visit = visit_in(status)
    changed, _other = host(visit), host(visit)
    same_agency = StopFactory(visit=visit, innovation__agency=changed.innovation.agency)
    host(visit, answer="declined")
    visit.change_programme(by=visit_officer, changed=[changed, same_agency])
    assert told("hosts_told") == hosts_of(changed)
    attached = Attachment.objects.filter(message__kind="hosts_told").count()
    assert attached == (1 if status == S.CONFIRMED else 0)


def test_new_venue_of_the_visit_is_told_to_all_hosts_but_those_asked_just_now(visit_officer):
    visit = visit_in(S.CONFIRMED)
    stops = [host(visit), host(visit, answer="accepted")]
    added = host(visit)
    visit.change_programme(by=visit_officer, added=[added], changed=stops[:1], venue="Pendopo")
    assert told("hosts_told") == hosts_of(*stops)
    assert told("stops_to_answer") == hosts_of(added)
    assert visit.events.get().details["changed"] == [str(stops[0]), "Pendopo"]


def test_host_is_not_told_what_it_has_just_planned_itself():
    stop = host(visit_in(S.CONFIRMED), answer="accepted")
    planner = UserFactory(agency=stop.innovation.agency, email="perencana@contoh.example")
    stop.plan(by=planner, venue="Aula")
    assert told("hosts_told") == hosts_of(stop)


def test_changed_programme_raises_the_sequence_of_the_invitation(visit_officer):
    visit = visit_in(S.CONFIRMED)
    stop = StopFactory(visit=visit)
    visit.change_programme(by=visit_officer, changed=[stop])
    stop.accept(by=visit_officer, venue="Aula")
    stop.decline(by=visit_officer, reason="Rapat.")
    sequences = [
        Calendar.from_ical(bytes(each.content)).events[0]["sequence"]
        for each in Attachment.objects.filter(message__kind="programme_changed").order_by("pk")
    ]
    assert sequences == [1, 2, 3]
    assert Visit.objects.get(pk=visit.pk).calendar_sequence == 3


def test_yes_that_says_no_hour_and_no_place_changes_no_calendar(visit_officer):
    stop = StopFactory(visit=visit_in(S.CONFIRMED))
    stop.accept(by=visit_officer, speaker="Camat")
    assert (Visit.objects.get().calendar_sequence, written()) == (0, [])


def test_new_number_is_told_to_hosts_who_said_yes(visit_officer):
    visit = visit_in(S.CONFIRMED)
    accepted = host(visit, answer="accepted")
    host(visit)
    visit.change_numbers(12, by=visit_officer)
    assert told("hosts_told") == hosts_of(accepted)
    assert told("numbers_changed") == [visit.contact_email]
    visit.change_numbers(11)
    assert told("hosts_told") == hosts_of(accepted, accepted)
    assert told("numbers_changed") == [visit.contact_email]


def test_own_cancellation_is_no_word_of_the_city(visit_officer):
    own, by_staff = visit_in(S.CONFIRMED), visit_in(S.CONFIRMED)
    own.cancel(reason="Berhalangan.")
    by_staff.cancel(by=visit_officer, reason="Jalan terputus.")
    assert own.last_word is None
    assert by_staff.last_word.reason == "Jalan terputus."


def test_confirmation_at_another_time_counts_hosts_as_still_to_answer(visit_officer):
    stop = StopFactory(answer="accepted", innovation__name="Data Go")
    stop.visit.confirm(by=visit_officer, slot=SlotFactory(date=working_day(50)))
    text = Message.objects.get(kind="visit_confirmed").text
    assert "Data Go" in text.partition("belum menjawab")[2]


def test_stop_names_its_agency_in_the_language_in_force():
    stop = StopFactory(innovation__agency__name="Dinas X", innovation__agency__name_en="Office X")
    for language, agency in (("id", "Dinas X"), ("en", "Office X")):
        with translation.override(language):
            assert f"({agency})" in stop.summary
