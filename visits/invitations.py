"""The invitation to a visit, which people's calendar programs take in, change and take out again.

The private link is in none of them: calendars are shared with colleagues and copied to other
people's servers, and whoever has the link may cancel the visit.
"""

from email.utils import parseaddr

from django.conf import settings
from django.utils.translation import gettext as _

from visits import ical
from visits.models import VisitSettings

STATUS_OF = {"REQUEST": "CONFIRMED", "CANCEL": "CANCELLED"}


def invitation(visit, *, email="", name="", stops=None) -> tuple[str, str, bytes]:
    """Put the visit, as it is agreed now, into the calendar of whoever is addressed.

    Returns name, type and content of the file, in the language in force. Addressed is the contact
    person unless `email` says otherwise. It tells of `stops`, or of all that no host declined. One
    that was sent before is replaced.
    """
    return _file(visit, "REQUEST", (email, name), stops)


def cancellation(visit, *, email="", name="", stops=None) -> tuple[str, str, bytes]:
    """Take the visit out of the calendar into which `invitation` put it."""
    return _file(visit, "CANCEL", (email, name), stops)


def times_of(visit) -> tuple:
    """From when to when the visit is: the hours of its slot, or first and last day."""
    slot = visit.slot
    if slot and slot.date == (visit.held_on or slot.date) and not visit.held_until:
        return slot.starts, slot.ends
    return visit.held_on, visit.held_until or visit.held_on


def _file(visit, method, addressed, stops):
    email, name = addressed
    start, end = times_of(visit)
    event = ical.event(
        uid=ical.uid_of("visit", visit.reference),
        start=start,
        end=end,
        summary=_("Visit of %(organisation)s to Kota Magelang")
        % {"organisation": visit.organisation},
        description=_description(visit, stops),
        location=_place(visit),
        status=STATUS_OF[method],
        sequence=visit.calendar_sequence,
    )
    event.add("organizer", _organiser())
    # The delegation asked for it itself, and a host was asked before: no answer is wanted.
    event.add(
        "attendee",
        ical.person(
            email or visit.contact_email,
            name or visit.contact_name,
            CUTYPE="INDIVIDUAL",
            ROLE="REQ-PARTICIPANT",
            PARTSTAT="ACCEPTED",
            RSVP="FALSE",
        ),
    )
    calendar = ical.new_calendar("", method=method)
    calendar.add_component(event)
    return f"{visit.reference}.ics", f"text/calendar; method={method}", ical.to_bytes(calendar)


def _description(visit, stops):
    if stops is None:
        stops = visit.stops.shown().select_related("innovation__agency")
    lines = [_("Reference: %(reference)s") % {"reference": visit.reference}]
    lines += [stop.summary for stop in stops]
    return "\n".join(lines)


def _place(visit):
    return (
        visit.venue
        or (visit.slot.venue if visit.slot else "")
        or VisitSettings.load().address
        or "Kota Magelang"
    )


def _organiser():
    office = VisitSettings.load()
    email = office.email or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return ical.person(email, office.office_line or office.city_line)
