"""Calendars to subscribe to: the free slots, and the visits that are public.

Both say nothing that a page of the portal does not say. A visit that is confirmed is nobody's
business until staff publish it, so that even its existence stays out.
"""

import datetime
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import vDuration

from magelang_portal.structured_data import absolute
from visits import ical
from visits.models import TimeSlot, Visit

# How often a calendar program should ask again; most have a mind of their own.
REFRESH = datetime.timedelta(hours=1)
# The latest visits that the calendar goes back to.
SHOWN = 100


@dataclass(frozen=True)
class Address:
    """A calendar's name and where it is found: on the web, and for a click that subscribes."""

    name: str
    path: str

    @property
    def url(self) -> str:
        return absolute(self.path)

    @property
    def subscribe_url(self) -> str:
        return f"webcal://{self.url.removeprefix(urlsplit(self.url).scheme + '://')}"


def addresses() -> list[Address]:
    """Both calendars, in the language in force."""
    return [
        Address(_("Free time slots for visits"), reverse("visits:free_feed")),
        Address(_("Past visits of delegations"), reverse("visits:visits_feed")),
    ]


def free_slots() -> bytes:
    """The slots that a delegation may ask for today and that have seats left; three queries."""
    name, url = _("Free time slots for visits"), reverse("visits:free_feed")
    calendar = _feed(name, url, _("When delegations may come to Kota Magelang."))
    for slot in TimeSlot.objects.open_for_requests().with_free_seats():
        link = absolute(f"{reverse('visits:register')}?slot={slot.pk}")
        lines = [
            _("Languages: %(languages)s") % {"languages": slot.get_language_display()},
            slot.note,
            _("Ask for it: %(address)s") % {"address": link},
        ]
        _add(
            calendar,
            slot.updated_at,
            uid=ical.uid_of("slot", slot.pk),
            start=slot.starts,
            end=slot.ends,
            summary=_("Visits: %(seats)s") % {"seats": slot.seats_left},
            description="\n".join(filter(None, lines)),
            location=slot.venue,
            url=link,
        )
    return ical.to_bytes(calendar)


def public_visits() -> bytes:
    """The published visits whose day is known, as whole days; two queries."""
    name, url = _("Past visits of delegations"), reverse("visits:visits_feed")
    calendar = _feed(name, url, _("Who came to Kota Magelang to learn from its innovations."))
    visits = Visit.objects.published().filter(held_on__isnull=False).for_cards()
    for visit in visits[:SHOWN]:
        shown = ", ".join(stop.innovation.name for stop in visit.shown_stops)
        link = absolute(visit.get_absolute_url())
        lines = [
            visit.text("summary").value,
            shown and _("Innovations: %(names)s") % {"names": shown},
            link,
        ]
        _add(
            calendar,
            visit.updated_at,
            uid=ical.uid_of("public-visit", visit.pk),
            start=visit.held_on,
            end=visit.held_until,
            summary=_("Visit of %(organisation)s") % {"organisation": visit.organisation},
            description="\n".join(filter(None, lines)),
            location=visit.venue,
            url=link,
        )
    return ical.to_bytes(calendar)


def _feed(name, path, description):
    """A calendar that says where it comes from and when to ask again (RFC 7986)."""
    calendar = ical.new_calendar(name)
    calendar.add("description", description)
    calendar.add("x-wr-caldesc", description)
    calendar.add("url", absolute(reverse("visits:calendar")))
    calendar.add("source", absolute(path), parameters={"value": "URI"})
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH).to_ical().decode())
    return calendar


def _add(calendar, changed_at, **facts):
    """An event that keeps its bytes until `changed_at` changes; a reader's own time stays free."""
    changed_at = changed_at.replace(microsecond=0)
    event = ical.event(**facts, stamp=changed_at, transparent=True)
    event.add("last-modified", changed_at.astimezone(datetime.UTC))
    calendar.add_component(event)
