import datetime
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import translation
from icalendar import Calendar

from tests.factories import InnovationFactory, SlotFactory, StopFactory, VisitFactory
from visits import calendar_feeds
from visits.models import TimeSlot, Visit

pytestmark = pytest.mark.django_db
SITE = "https://inovasi.example"
NAMES = ("free_feed", "visits_feed")
JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.fixture(autouse=True)
def site_url(settings):
    settings.SITE_URL = SITE


@pytest.fixture(params=["id", "en"])
def language(request):
    with translation.override(request.param):
        yield request.param


@pytest.fixture
def fetch(client):
    def fetch(name, **headers):
        return client.get(reverse(f"visits:{name}"), headers=headers)

    return fetch


@pytest.fixture
def events(fetch):
    """Each event of a feed as the text of its properties by name."""

    def events(name):
        calendar = Calendar.from_ical(fetch(name).content)
        assert calendar.errors == []
        return [
            {key: str(value) for key, value in event.items()} | {"event": event}
            for event in calendar.walk("VEVENT")
        ]

    return events


@pytest.mark.parametrize("name", NAMES)
def test_feed_is_a_calendar_that_names_itself_and_asks_to_be_refreshed(fetch, language, name):
    SlotFactory()
    VisitFactory(completed=True)
    response = fetch(name)
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Cache-Control"] == "public, max-age=300"
    assert response["Content-Language"] == language
    filename = reverse(f"visits:{name}").rpartition("/")[2]
    assert response["Content-Disposition"] == f'inline; filename="{filename}"'
    calendar = Calendar.from_ical(response.content)
    title = {
        "free_feed": {
            "id": "Slot waktu kunjungan yang masih kosong",
            "en": "Free time slots for visits",
        },
        "visits_feed": {
            "id": "Kunjungan rombongan yang sudah berlangsung",
            "en": "Past visits of delegations",
        },
    }[name][language]
    assert (calendar["name"], calendar["x-wr-calname"]) == (title, title)
    assert calendar["refresh-interval"].dt == timedelta(hours=1)
    assert calendar["x-published-ttl"] == "PT1H"
    assert calendar["source"] == f"{SITE}{reverse(f'visits:{name}')}"
    assert calendar["url"] == f"{SITE}{reverse('visits:calendar')}"
    assert "method" not in calendar
    assert all(len(line) <= 75 for line in response.content.split(b"\r\n"))


def test_free_slot_comes_with_time_place_seats_and_the_way_to_ask(events):
    slot = SlotFactory(
        date=date(2030, 9, 5),
        venue="Balai Kota, Aula; lantai 2",
        booked=60,
        note="Bawa sepatu.",
        language="en",
    )
    (event,) = events("free_feed")
    link = f"{SITE}{reverse('visits:register')}?slot={slot.pk}"
    assert event["SUMMARY"] == "Kunjungan: sisa 40 dari 100 tempat"
    assert event["LOCATION"] == "Balai Kota, Aula; lantai 2"
    assert event["URL"] == link
    assert event["DESCRIPTION"].split("\n") == [
        "Diselenggarakan dalam Bahasa Inggris",
        "Bawa sepatu.",
        f"Ajukan permohonan: {link}",
    ]
    starts, ends = event["event"]["dtstart"], event["event"]["dtend"]
    assert starts.dt == datetime.datetime(2030, 9, 5, 9, tzinfo=JAKARTA)
    assert ends.dt == datetime.datetime(2030, 9, 5, 11, 30, tzinfo=JAKARTA)
    assert starts.params["TZID"] == "Asia/Jakarta"
    assert event["TRANSP"] == "TRANSPARENT"


def test_free_slots_are_told_in_the_language_of_the_address(events):
    SlotFactory(booked=60)
    with translation.override("en"):
        (event,) = events("free_feed")
        link = f"{SITE}{reverse('visits:register')}"
    assert event["SUMMARY"] == "Visits: 40 of 100 seats free"
    assert event["URL"].startswith(f"{link}?slot=")


def test_only_slots_that_can_be_asked_for_are_free(events, at):
    at("2026-10-05")
    SlotFactory(date="2026-10-13")
    free = SlotFactory(date="2026-10-14")
    SlotFactory(date="2026-10-15", booked=100)
    SlotFactory(date="2026-10-15", is_open=False)
    SlotFactory(date="2026-10-02")
    assert [event["UID"] for event in events("free_feed")] == [f"slot-{free.pk}@inovasi.example"]


def test_public_visit_is_a_whole_day_with_its_page(events):
    visit = VisitFactory(
        completed=True,
        organisation="Tamu",
        summary="Belajar.",
        summary_en="To learn.",
        venue="Aula",
    )
    StopFactory(visit=visit, innovation=InnovationFactory(published=True, name="Data Go"))
    StopFactory(visit=visit, innovation=InnovationFactory(name="Rancangan"))
    (event,) = events("visits_feed")
    link = f"{SITE}{visit.get_absolute_url()}"
    assert event["UID"] == f"public-visit-{visit.pk}@inovasi.example"
    assert event["SUMMARY"] == "Kunjungan Tamu"
    assert event["DESCRIPTION"].split("\n") == ["Belajar.", "Inovasi: Data Go", link]
    assert (event["LOCATION"], event["URL"]) == ("Aula", link)
    assert event["event"]["dtstart"].dt == date(2019, 9, 4)
    assert event["event"]["dtend"].dt == date(2019, 9, 5)
    with translation.override("en"):
        (event,) = events("visits_feed")
        assert event["SUMMARY"] == "Visit of Tamu"
        assert event["DESCRIPTION"].startswith("To learn.\n")
        assert event["URL"] == f"{SITE}{visit.get_absolute_url()}"


def test_visit_of_several_days_ends_after_its_last(events):
    VisitFactory(completed=True, held_until=date(2019, 9, 6))
    (event,) = events("visits_feed")
    assert event["event"]["dtend"].dt == date(2019, 9, 7)


def test_nothing_is_public_that_staff_did_not_publish(events, fetch):
    shown = VisitFactory(completed=True)
    slot = SlotFactory(booked=20)
    hidden = {"organisation": "Tamu Tersembunyi"}
    VisitFactory(completed=True, published_at=None, **hidden)
    VisitFactory(status="confirmed", held_on=slot.date, slot=slot, seats=20, **hidden)
    VisitFactory(completed=True, held_on=None, reported_on=date(2019, 9, 4), **hidden)
    assert [event["UID"] for event in events("visits_feed")] == [
        f"public-visit-{shown.pk}@inovasi.example"
    ]
    text = (fetch("visits_feed").content + fetch("free_feed").content).decode()
    for kept in ("Tersembunyi", shown.reference, shown.contact_name, shown.contact_email):
        assert kept not in text
    assert shown.head_name not in text


def test_latest_visits_come_first_and_old_ones_drop_out(events, monkeypatch):
    monkeypatch.setattr(calendar_feeds, "SHOWN", 2)
    for year in (2018, 2020, 2019):
        VisitFactory(completed=True, held_on=date(year, 1, 8))
    assert [event["event"]["dtstart"].dt.year for event in events("visits_feed")] == [2020, 2019]


@pytest.mark.parametrize("name", NAMES)
def test_feed_keeps_its_bytes_until_something_changes(fetch, at, name):
    SlotFactory(date=date(2030, 9, 5))
    VisitFactory(completed=True)
    at("2030-01-07")
    before = fetch(name).content
    at("2030-01-08")
    assert fetch(name).content == before


def test_change_of_a_slot_changes_its_time_stamp(events, at):
    slot = SlotFactory(date=date(2030, 9, 5))
    at("2030-01-07", hour=8)
    TimeSlot.objects.get(pk=slot.pk).take(10)
    (event,) = events("free_feed")
    moment = datetime.datetime(2030, 1, 7, 1, tzinfo=datetime.UTC)
    assert event["event"]["dtstamp"].dt == event["event"]["last-modified"].dt == moment


def test_visit_is_stamped_when_it_was_changed_last(events):
    visit = VisitFactory(completed=True)
    Visit.objects.filter(pk=visit.pk).update(
        updated_at=datetime.datetime(2026, 1, 5, 8, 0, 0, 999, tzinfo=JAKARTA)
    )
    (event,) = events("visits_feed")
    moment = datetime.datetime(2026, 1, 5, 1, tzinfo=datetime.UTC)
    assert event["event"]["dtstamp"].dt == event["event"]["last-modified"].dt == moment


@pytest.mark.parametrize("name", NAMES)
def test_feed_that_the_program_has_already_is_not_sent_again(fetch, name):
    etag = fetch(name)["ETag"]
    again = fetch(name, if_none_match=etag)
    assert (again.status_code, again.content) == (304, b"")
    SlotFactory()
    VisitFactory(completed=True)
    assert fetch(name, if_none_match=etag).status_code == 200


@pytest.mark.parametrize("name", NAMES)
def test_feed_without_events_is_a_calendar_all_the_same(events, name):
    assert events(name) == []


@pytest.mark.parametrize(("name", "queries"), [("free_feed", 3), ("visits_feed", 2)])
def test_feed_takes_the_same_queries_for_1_and_for_3(
    fetch, django_assert_num_queries, name, queries
):
    for more in (1, 2):
        for _row in range(more):
            SlotFactory()
            StopFactory(visit=VisitFactory(completed=True))
        with django_assert_num_queries(queries):
            fetch(name)


@pytest.mark.parametrize("name", NAMES)
def test_feed_is_read_and_not_written(client, name):
    assert client.post(reverse(f"visits:{name}")).status_code == 405
    assert client.head(reverse(f"visits:{name}")).status_code == 200
