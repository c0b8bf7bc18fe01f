import hashlib
from pathlib import PurePosixPath

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from magelang_portal.public_pages import public_page
from magelang_portal.public_state import kept
from magelang_portal.structured_data import breadcrumbs
from visits import calendar_feeds, ical
from visits.months import Month
from visits.public_calendar import PublicCalendar


@public_page("month", "view")
@require_safe
def calendar(request):
    """A month of the calendar: `?month=2027-03`, and `&view=list` for a list instead of a grid.

    Without one it opens where a delegation can still ask for a slot. A month that is none, or
    lies beyond what there is to see, gives the nearest with a note.
    """
    key = request.GET.get("month", "")
    asked, months = Month.from_key(key), kept("months", PublicCalendar.months, request=request)
    month = (asked or PublicCalendar.first_month()).nearest(months)
    previous, following = month.neighbours(months)
    context = {
        "calendar": PublicCalendar(month),
        "previous": previous,
        "next": following,
        "current": Month.current(),
        "is_list": request.GET.get("view") == "list",
        "note": _note(key, asked, month, months),
        "feeds": calendar_feeds.addresses(),
        "structured_data": [
            breadcrumbs(
                (_("Home"), reverse("home")),
                (_("Visits"), reverse("visits:list")),
                here=_("Calendar"),
            )
        ],
    }
    return render(request, "visits/calendar.html", context)


def _note(key, asked, month, months) -> str:
    """What to tell someone who gets another month than the one in the address."""
    if key and asked is None:
        return _("The address names no month that we understand; it looks like 2027-03.")
    if asked and asked != month:
        return _("The calendar reaches from %(first)s to %(last)s.") % {
            "first": months[0],
            "last": months[-1],
        }
    return ""


@require_safe
def free_feed(request):
    """The slots that a delegation may still ask for, as a calendar to subscribe to."""
    return _feed(request, calendar_feeds.free_slots())


@require_safe
def visits_feed(request):
    """The visits that staff have published, as a calendar to subscribe to."""
    return _feed(request, calendar_feeds.public_visits())


def _feed(request, content: bytes):
    """The calendar, or “not modified” for a program that has it already."""
    etag = quote_etag(hashlib.sha256(content).hexdigest())
    response = HttpResponse(content, content_type=ical.CONTENT_TYPE)
    response["Content-Disposition"] = f'inline; filename="{PurePosixPath(request.path).name}"'
    response["ETag"] = etag
    patch_cache_control(response, public=True, max_age=300)
    return get_conditional_response(request, etag=etag, response=response)
