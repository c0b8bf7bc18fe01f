"""What other people's calendar programs read of ours, judged on the bytes."""

import datetime

import pytest
from django.utils import timezone
from icalendar import Calendar, vText

from visits import ical

NINE = datetime.datetime(2026, 3, 3, 9, tzinfo=timezone.get_default_timezone())
HALF_PAST_ELEVEN = NINE + datetime.timedelta(hours=2, minutes=30)
STAMP = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def one_event(**changes):
    values = {
        "uid": ical.uid_of("slot", 7),
        "start": NINE,
        "end": HALF_PAST_ELEVEN,
        "summary": "Kunjungan",
        "stamp": STAMP,
    }
    return ical.event(**values | changes)


def written(*events, name="Jadwal", method=None):
    calendar = ical.new_calendar(name, method=method)
    for event in events:
        calendar.add_component(event)
    return ical.to_bytes(calendar)


def test_times_stand_in_the_citys_zone_whose_rules_go_along():
    utc = NINE.astimezone(datetime.UTC)
    content = written(one_event(start=utc))
    assert b"DTSTART;TZID=Asia/Jakarta:20260303T090000\r\n" in content
    assert b"DTEND;TZID=Asia/Jakarta:20260303T113000\r\n" in content
    calendar = Calendar.from_ical(content)
    assert [zone.tz_name for zone in calendar.timezones] == ["Asia/Jakarta"]
    assert calendar.get_missing_tzids() == set()
    assert calendar.events[0].start == NINE


def test_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        one_event(start=datetime.datetime(2026, 3, 3, 9))  # noqa: DTZ001 (what is refused)


def test_whole_days_end_on_the_day_after_the_last():
    first, last = datetime.date(2026, 3, 3), datetime.date(2026, 3, 4)
    content = written(one_event(start=first, end=last), one_event(start=first, end=None))
    days = [(event.start, event.end) for event in Calendar.from_ical(content).events]
    assert days == [
        (first, datetime.date(2026, 3, 5)),
        (first, last),
    ]


def test_what_people_typed_stays_within_its_property():
    typed = "A; b, c\\n\r\nX-EVIL:1\rX-EVIL:2\u2028X-EVIL:3\x00\nBEGIN:VEVENT 🙂 ꦩꦒꦼꦭꦁ مرحبا"
    calendar = Calendar.from_ical(
        written(one_event(summary=typed, description=typed, location=typed), name=typed)
    )
    [event] = calendar.events
    clean = "A; b, c\\n\nX-EVIL:1\nX-EVIL:2\nX-EVIL:3\nBEGIN:VEVENT 🙂 ꦩꦒꦼꦭꦁ مرحبا"
    assert [event["summary"], event["description"], event["location"]] == [clean] * 3
    escaped = vText(clean).to_ical().decode()
    assert [str(calendar["name"]), str(calendar["x-wr-calname"])] == [escaped] * 2
    assert "x-evil" not in event


def test_name_and_address_of_a_person_stay_within_their_property():
    event = one_event()
    event.add("attendee", ical.person("a;b:c@x.example", 'Bu "Sri"; X\r\nX-EVIL:1, S.H.'))
    [read] = Calendar.from_ical(written(event)).events
    assert read["attendee"] == "mailto:a%3Bb%3Ac@x.example"
    assert read["attendee"].params["CN"] == 'Bu "Sri"; X\nX-EVIL:1, S.H.'
    assert "x-evil" not in read


def test_every_line_ends_with_crlf_and_has_at_most_75_bytes():
    lines = written(one_event(summary="Kunjungan ꦩꦒꦼꦭꦁ " * 20)).split(b"\r\n")
    assert lines.pop() == b""
    assert [line for line in lines if len(line) > 75 or b"\n" in line or b"\r" in line] == []


def test_same_events_give_the_same_bytes():
    assert written(one_event()) == written(one_event())


def test_product_and_names_stay_the_same_for_good(settings):
    settings.SITE_URL = "https://inovasi.example:8443"
    calendar = Calendar.from_ical(written(one_event()))
    assert calendar["prodid"] == "-//Kota Magelang//Portal Inovasi//ID"
    assert calendar["version"] == "2.0"
    assert ical.uid_of("visit", "KM-2026-7F3KQ") == "visit-KM-2026-7F3KQ@inovasi.example"


def test_invitation_says_its_method_and_a_feed_its_name():
    invitation = Calendar.from_ical(written(one_event(), method="REQUEST"))
    feed = Calendar.from_ical(written(one_event()))
    assert (invitation["method"], "x-wr-calname" in invitation) == ("REQUEST", False)
    assert ("method" in feed, feed["x-wr-calname"]) == (False, "Jadwal")
