"""Visits in schema.org's words: what their pages show, and nothing more."""

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from innovations.structured_data import innovation_name
from magelang_portal.structured_data import (
    CITY,
    CONTEXT,
    absolute,
    breadcrumbs,
    page_with_sources,
    without_empty,
)
from visits.models import Visit


def when(visit: Visit) -> str:
    """The day or days of a visit, in the page's language, as its page shows them."""
    return render_to_string("visits/_when.html", {"visit": visit}).strip()


def visit_data(visit: Visit) -> list[dict]:
    """A past visit as an event, or nothing where its day is unknown: an event has a day.

    Expects `VisitQuerySet.for_cards`, the sources and pictures prefetched. The persons of a visit
    stay out: whoever looks for them reads the page. schema.org has no word for how many people
    came.
    """
    if visit.held_on is None:
        return []
    path = visit.get_absolute_url()
    pictures = [picture.largest_url for picture in visit.pictures.all()]
    drawn = reverse("share_visit", args=[visit.slug])
    event = {
        **CONTEXT,
        "@type": "Event",
        "@id": f"{absolute(path)}#visit",
        "name": _("Visit of %(organisation)s") % {"organisation": visit.organisation},
        "description": visit.text("summary").value,
        "url": absolute(path),
        "image": [absolute(url) for url in pictures or [drawn]],
        "startDate": visit.held_on.isoformat(),
        "endDate": (visit.held_until or visit.held_on).isoformat(),
        # “Is taking place or has taken place on the start date, as scheduled.”
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": {
            "@type": "Place",
            "name": visit.venue or "Kota Magelang",
            "address": {
                "@type": "PostalAddress",
                "addressLocality": "Kota Magelang",
                "addressCountry": "ID",
            },
        },
        "organizer": {**CITY, "url": absolute(reverse("home"))},
        "attendee": {"@type": "Organization", "name": visit.organisation},
        "about": [innovation_name(stop.innovation) for stop in visit.shown_stops],
        "mainEntityOfPage": page_with_sources(path, visit.sources.all()),
    }
    return [without_empty(event)]


def visit_breadcrumbs(visit: Visit) -> dict:
    return breadcrumbs(
        (_("Home"), reverse("home")),
        (_("Visits"), reverse("visits:list")),
        here=when(visit),
    )
