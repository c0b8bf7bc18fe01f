"""The way to a year, month or day of a long list, without looking at every row of it."""

import calendar
import datetime

from django import template
from django.contrib.admin.utils import get_fields_from_path
from django.db.models import DateTimeField
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext

register = template.Library()


@register.inclusion_tag("admin/date_hierarchy.html")
def dates_of(changelist):
    """Every year that the list reaches, the months of a year, the days of a month.

    Django's own `date_hierarchy` looks for those that have rows, and so reads them all. Two
    queries, each answered by the end of an index.
    """
    field = changelist.date_hierarchy
    chosen = _chosen(changelist, field)
    bounds = _bounds(changelist.model, field)
    if chosen is None or bounds is None:
        return {"show": False}
    first, last = bounds

    def link(*parts):
        names = (f"{field}__year", f"{field}__month", f"{field}__day")
        lookups = dict(zip(names, parts, strict=False))
        return changelist.get_query_string(lookups, [f"{field}__"])

    if not chosen:
        years = range(first.year, last.year + 1)
        return {"show": True, "choices": [{"link": link(y), "title": str(y)} for y in years]}
    year, *rest = chosen
    if not rest:
        months = [datetime.date(year, month, 1) for month in range(1, 13)]
        return {
            "show": True,
            "back": {"link": link(), "title": gettext("All dates")},
            "choices": [
                {"link": link(year, day.month), "title": _words(day, "YEAR_MONTH_FORMAT")}
                for day in months
                if (first.year, first.month) <= (year, day.month) <= (last.year, last.month)
            ],
        }
    month, *day = rest
    if day:
        title = _words(datetime.date(year, month, *day), "MONTH_DAY_FORMAT")
        above = datetime.date(year, month, 1)
        back = {"link": link(year, month), "title": _words(above, "YEAR_MONTH_FORMAT")}
        return {"show": True, "back": back, "choices": [{"title": title}]}
    _weekday, length = calendar.monthrange(year, month)
    days = [datetime.date(year, month, number) for number in range(1, length + 1)]
    return {
        "show": True,
        "back": {"link": link(year), "title": str(year)},
        "choices": [
            {"link": link(year, month, day.day), "title": _words(day, "MONTH_DAY_FORMAT")}
            for day in days
            if first <= day <= last
        ],
    }


def _chosen(changelist, field) -> list[int] | None:
    """The year, month and day asked for, as far as they are; None where there is no such day."""
    asked = [changelist.params.get(f"{field}__{part}") for part in ("year", "month", "day")]
    given = asked[: asked.index(None)] if None in asked else asked
    try:
        parts = [int(part) for part in given]
        if parts:
            datetime.date(*[*parts, 1, 1][:3])
    except ValueError:
        return None
    return parts


def _bounds(model, name) -> tuple[datetime.date, datetime.date] | None:
    """The first and the last day of the whole table."""
    rows = model._base_manager.filter(**{f"{name}__isnull": False})  # noqa: SLF001 (documented API)
    first = rows.order_by(name).values_list(name, flat=True).first()
    last = rows.order_by(f"-{name}").values_list(name, flat=True).first()
    if first is None or last is None:
        return None
    if isinstance(get_fields_from_path(model, name)[-1], DateTimeField):
        first, last = timezone.localdate(first), timezone.localdate(last)
    return first, last


def _words(day, format_name) -> str:
    return capfirst(date_format(day, format_name))
