"""The calendar of visits for visit officers and hosts; for the public, `visits.views.calendar`."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from visits.months import Month
from visits.staff_calendar import StaffCalendar, may_see


@require_safe
def staff_calendar(request):
    """A month of visits, `?month=2027-03`; the current one where it names none."""
    if not may_see(request.user):
        raise PermissionDenied
    month = Month.from_key(request.GET.get("month", "")) or Month.current()
    context = {
        **admin.site.each_context(request),
        "title": _("Calendar of visits"),
        "subtitle": str(month),
        "calendar": StaffCalendar(month, request.user),
        "current": Month.current(),
        "may_change_slots": request.user.has_perm("visits.change_timeslot"),
    }
    return TemplateResponse(request, "admin/calendar.html", context)
