from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from visits.models import Visit, VisitSettings


def personal_data_of(visit: Visit) -> str:
    """Until when they are kept, or since when they are gone, and the way to all of them."""
    if visit.pk is None:
        return "–"
    return format_html(
        '{}<br><a href="{}">{}</a>',
        _fate_of(visit),
        reverse("visits:staff_export", args=[visit.reference]),
        _("Download all that is held about this visit (ZIP)"),
    )


def _fate_of(visit) -> str:
    if visit.erased_at:
        return _("Erased on %(day)s.") % {"day": date_format(visit.erased_at)}
    if not visit.held_data():
        return _("None are held.")
    until = visit.kept_until(VisitSettings.load().keep_days)
    if until is None:
        return _("Kept while the visit is still to come.")
    return _("Kept until %(day)s, then erased by itself.") % {"day": date_format(until)}
