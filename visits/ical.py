"""Calendars (RFC 5545): how events are written for other people's calendar programs.

Every time stands in the city's own zone, whose rules go along: a program elsewhere shows the hour
at which the visit begins in Magelang.
"""

import datetime
import re
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar, Event, vCalAddress, vText

PRODUCT = "-//Kota Magelang//Portal Inovasi//ID"
CONTENT_TYPE = "text/calendar; charset=utf-8"
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def new_calendar(name: str, *, method: str | None = None) -> Calendar:
    """A calendar to put events into; `name` is what people see it called.

    With `method` (REQUEST, CANCEL) it is an invitation, otherwise a feed.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    if method:
        calendar.add("method", method)
    else:
        calendar.add("name", _text(name))
        calendar.add("x-wr-calname", _text(name))
        calendar.add("x-wr-timezone", settings.TIME_ZONE)
    return calendar


def event(
    *,
    uid: str,
    start: datetime.datetime | datetime.date,
    end: datetime.datetime | datetime.date | None,
    summary: str,
    description: str = "",
    location: str = "",
    url: str = "",
    status: str = "CONFIRMED",
    sequence: int = 0,
    stamp: datetime.datetime | None = None,
    transparent: bool = False,
) -> Event:
    """An event; add it with `calendar.add_component`.

    `start` and `end` are aware datetimes; or dates for whole days, of which `end` is the last one
    (None: the same day). `uid` comes from `uid_of`. `stamp` is when the event was last changed
    (default now); a feed passes it, so that what has not changed keeps its bytes. `transparent`
    leaves the time free in the reader's calendar. Raises ValueError for a time without a zone.
    """
    written = Event()
    written.add("uid", uid)
    written.add("dtstamp", (stamp or timezone.now()).astimezone(datetime.UTC))
    written.add("sequence", sequence)
    written.add("summary", _text(summary))
    if isinstance(start, datetime.datetime):
        written.add("dtstart", _in_city(start))
        written.add("dtend", _in_city(end))
    else:
        written.add("dtstart", start)
        written.add("dtend", (end or start) + datetime.timedelta(days=1))
    for name, value in (("description", _text(description)), ("location", _text(location))):
        if value:
            written.add(name, value)
    if url:
        written.add("url", url)
    written.add("status", status)
    if transparent:
        written.add("transp", "TRANSPARENT")
    return written


def person(email: str, name: str = "", **parameters: str) -> vCalAddress:
    """Somebody by e-mail address, as organiser or attendee of an event."""
    address = vCalAddress(f"mailto:{quote(email, safe='@+')}")
    for parameter, value in ({"CN": name} | parameters).items():
        if value:
            address.params[parameter] = str(_text(value))
    return address


def uid_of(kind: str, name: object) -> str:
    """The name of an event for good: the same visit or slot has the same in every file."""
    return f"{kind}-{name}@{urlsplit(settings.SITE_URL).hostname}"


def to_bytes(calendar: Calendar) -> bytes:
    """The file: UTF-8, lines of at most 75 bytes ended by CRLF, the rules of its zone within."""
    calendar.add_missing_timezones()
    for zone in calendar.timezones:
        zone.pop("comment", None)  # the library's doubt about years after 2038; the zone has none
    return calendar.to_ical()


def _text(value: str) -> vText:
    """What people typed, without the characters that some programs take for the end of a line."""
    return vText(CONTROL.sub("", "\n".join(value.splitlines())))


def _in_city(moment):
    if timezone.is_naive(moment):
        raise ValueError("A time in a calendar needs its zone.")
    return moment.astimezone(timezone.get_default_timezone())
