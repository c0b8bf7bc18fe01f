"""The invitation to a visit, as the calendar programs of delegation and hosts read it."""

import datetime

import pytest
from django.conf import settings as project
from django.utils import timezone, translation
from icalendar import Calendar

from tests.factories import InnovationFactory, SlotFactory, StopFactory, VisitFactory
from visits.invitations import cancellation, invitation
from visits.models import VisitSettings

pytestmark = pytest.mark.django_db

DAY = datetime.date(2031, 3, 4)


@pytest.fixture
def visit():
    slot = SlotFactory(date=DAY, venue="Aula Adipura", booked=20)
    visit = VisitFactory(slot=slot, seats=20, organisation="Dinas Contoh")
    StopFactory(
        visit=visit,
        innovation=InnovationFactory(published=True, name="Data Go", agency__name="Dinas Kominfo"),
    )
    return visit


def read(file):
    """Name, type, calendar and its one event."""
    name, content_type, content = file
    calendar = Calendar.from_ical(content)
    [event] = calendar.events
    return name, content_type, calendar, event


def test_invitation_says_when_where_what_and_of_whom(visit):
    name, content_type, calendar, event = read(invitation(visit))
    assert (name, content_type) == (f"{visit.reference}.ics", "text/calendar; method=REQUEST")
    assert (calendar["method"], event["status"]) == ("REQUEST", "CONFIRMED")
    nine = datetime.datetime(2031, 3, 4, 9, tzinfo=timezone.get_default_timezone())
    assert (event.start, event.end) == (nine, nine + datetime.timedelta(hours=2, minutes=30))
    assert event["dtstart"].params["tzid"] == "Asia/Jakarta"
    assert event["summary"] == "Kunjungan Dinas Contoh ke Kota Magelang"
    assert event["location"] == "Aula Adipura"
    assert event["description"] == (
        f"Nomor permohonan: {visit.reference}\nData Go (Dinas Kominfo)"
    )


def test_visit_without_hours_takes_whole_days(visit):
    visit.slot, visit.held_on = None, DAY
    _name, _type, _calendar, event = read(invitation(visit))
    assert (event.start, event.end) == (DAY, datetime.date(2031, 3, 5))
    visit.held_until = datetime.date(2031, 3, 6)
    _name, _type, _calendar, event = read(invitation(visit))
    assert (event.start, event.end) == (DAY, datetime.date(2031, 3, 7))


def test_slot_of_another_day_than_the_one_agreed_tells_no_hours(visit):
    visit.held_on = datetime.date(2031, 3, 5)
    _name, _type, _calendar, event = read(invitation(visit))
    assert event.start == datetime.date(2031, 3, 5)


def test_move_and_cancellation_are_about_the_same_event(visit, visit_officer):
    visit.confirm(by=visit_officer)
    first = read(invitation(visit))
    visit.move(by=visit_officer, slot=SlotFactory(date=datetime.date(2031, 3, 11)))
    moved = read(invitation(visit))
    visit.cancel(by=visit_officer)
    off = read(cancellation(visit))
    events = [each[3] for each in (first, moved, off)]
    assert {event["uid"] for event in events} == {f"visit-{visit.reference}@localhost"}
    assert [event["sequence"] for event in events] == [0, 1, 2]
    assert [each[2]["method"] for each in (first, moved, off)] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [event["status"] for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert events[0].start < events[1].start == events[2].start


def test_addressed_is_the_contact_and_the_office_invites(visit, settings):
    settings.DEFAULT_FROM_EMAIL = "Portal <portal@magelang.example>"
    _name, _type, _calendar, event = read(invitation(visit))
    assert event["attendee"] == f"mailto:{visit.contact_email}"
    assert event["attendee"].params["CN"] == visit.contact_name
    assert event["attendee"].params["RSVP"] == "FALSE"
    assert event["organizer"] == "mailto:portal@magelang.example"
    VisitSettings.objects.create(pk=1, email="tamu@magelang.example", office_line="Bagian Umum")
    _name, _type, _calendar, event = read(invitation(visit, email="sri@magelang.example"))
    assert event["attendee"] == "mailto:sri@magelang.example"
    assert event["organizer"] == "mailto:tamu@magelang.example"
    assert event["organizer"].params["CN"] == "Bagian Umum"


def test_private_link_stands_in_no_calendar(visit):
    visit.make_link()
    visit.save()
    _name, _type, content = invitation(visit)
    text = content.replace(b"\r\n ", b"").decode()
    assert visit.private_token not in text
    assert "[[" not in text
    assert project.SITE_URL not in text


def test_invitation_speaks_the_language_in_force(visit):
    with translation.override("en"):
        _name, _type, _calendar, event = read(invitation(visit))
    assert event["summary"] == "Visit of Dinas Contoh to Kota Magelang"


def test_what_was_typed_stays_within_its_line(visit):
    visit.organisation = "Dinas; Contoh, A\\B\r\nATTACH:http://jahat.example"
    _name, _type, _calendar, event = read(invitation(visit))
    assert event["summary"].startswith("Kunjungan Dinas; Contoh, A\\B\nATTACH:")
    assert "attach" not in event


def test_without_a_venue_the_office_or_else_the_city_is_where_to_go(visit):
    visit.slot.venue = ""
    _name, _type, _calendar, event = read(invitation(visit))
    assert event["location"] == "Kota Magelang"
    VisitSettings.objects.create(pk=1, address="Jalan Contoh 1")
    _name, _type, _calendar, event = read(invitation(visit))
    assert event["location"] == "Jalan Contoh 1"
