from django.utils.formats import date_format
from django.utils.html import format_html


def when(visit, day) -> str:
    """The day of a visit, and its hours on a line of their own, short enough for a list."""
    if day is None:
        return "–"
    words = date_format(day, "D, j M Y")
    return format_html("{}<br>{}", words, visit.slot.hours) if visit.slot else words
