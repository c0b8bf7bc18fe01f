from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from visits.models import Visit


def people_of(visit: Visit) -> str:
    """How many are listed and came, and the ways to list, passes, check-in and attendance."""
    if visit.pk is None:
        return "–"
    presence = visit.attendees.presence()
    text = _("%(listed)s listed by name, %(present)s of them checked in") % presence
    ways = (
        ("staff_participants", _("List of participants")),
        ("staff_passes", _("Print the passes")),
        ("check_in", _("Check-in")),
        ("attendance", _("Attendance as XLSX")),
    )
    links = format_html_join(
        " · ",
        '<a href="{}">{}</a>',
        ((reverse(f"visits:{name}", args=[visit.reference]), label) for name, label in ways),
    )
    return format_html("{}<br>{}", text, links)
