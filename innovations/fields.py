"""Fields of the catalogue: dates known in part, pictures and PDFs checked by content."""

import datetime
import re

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.dateformat import format as format_date
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from innovations import images, pdf
from magelang_portal.store_away import check_store_takes_files

# Twelve months in both languages, with the spellings and short forms of Indonesian letters.
MONTHS = {
    1: ("januari", "january"),
    2: ("februari", "february", "pebruari"),
    3: ("maret", "march"),
    4: ("april",),
    5: ("mei", "may"),
    6: ("juni", "june"),
    7: ("juli", "july"),
    8: ("agustus", "august", "agt"),
    9: ("september",),
    10: ("oktober", "october"),
    11: ("november", "nopember"),
    12: ("desember", "december"),
}
LONGEST_TYPED = 40
BETWEEN = r"[\s/.,–-]+"
DAY, YEAR = "(?P<day>[0-9]{1,2})", "(?P<year>[0-9]{4})"
NAME = "[a-z]{3,9}"
MONTH = f"(?P<month>{NAME}|[0-9]{{1,2}})"
TYPED_DATES = (
    re.compile(f"{YEAR}({BETWEEN}{MONTH}({BETWEEN}{DAY})?)?"),
    re.compile(f"(({DAY}{BETWEEN})?{MONTH}{BETWEEN})?{YEAR}"),
    re.compile(f"(?P<month>{NAME}){BETWEEN}{DAY}{BETWEEN}{YEAR}"),
)
PARTIAL_DATE = re.compile(r"(?P<year>\d{4})(-(?P<month>\d{2})(-(?P<day>\d{2}))?)?", re.ASCII)


def validate_partial_date(value: str) -> None:
    """Refuse what is not `YYYY`, `YYYY-MM` or `YYYY-MM-DD` (ISO 8601, reduced precision)."""
    match = PARTIAL_DATE.fullmatch(value)
    try:
        if not match:
            raise ValueError
        datetime.date(int(match["year"]), int(match["month"] or 1), int(match["day"] or 1))
    except ValueError as error:
        raise ValidationError(
            _(
                "Write as much of the date as is known, such as “March 2026”, “03/2026”, “2026” "
                "or “27/06/2026”."
            ),
            code="partial_date",
        ) from error


def read_partial_date(typed: str) -> str:
    """What people type (`Maret 2026`, `03/2026`, `12-3-2026`, `2026`) as ISO 8601 text.

    The day stands before the month, unless the year comes first. What is no such date comes back
    as it is, for `validate_partial_date` to refuse.
    """
    text = typed.strip().casefold()
    for order in TYPED_DATES:
        if match := order.fullmatch(text):
            month = match["month"] and _number_of_month(match["month"])
            parts = [match["year"], month, month and match["day"]]
            if month == "":
                return typed
            return "-".join(part.zfill(2) for part in parts if part)
    return typed


def _number_of_month(word: str) -> str:
    """`03` and `3` as they are, a name or its beginning as its number; empty where it is none."""
    if word.isdigit():
        return word
    known = (n for n, names in MONTHS.items() if any(name.startswith(word) for name in names))
    return str(next(known, ""))


def format_partial_date(value: str) -> str:
    """Return `2017-01` as “Januari 2017”, in the page's language, as exact as it is known."""
    match = PARTIAL_DATE.fullmatch(value)
    if not match:
        return value
    date = datetime.date(int(match["year"]), int(match["month"] or 1), int(match["day"] or 1))
    if match["day"]:
        return date_format(date, "DATE_FORMAT")
    return format_date(date, "F Y") if match["month"] else match["year"]


class PartialDateFormField(forms.CharField):
    """Takes a date known in part as people write it; its value is ISO 8601 text."""

    default_validators = [validate_partial_date]

    def __init__(self, **kwargs):
        super().__init__(**kwargs | {"max_length": LONGEST_TYPED})

    def to_python(self, value):
        return read_partial_date(super().to_python(value))


class PartialDateField(models.CharField):
    """An ISO 8601 date known to the year, the month or the day; empty where it is unknown.

    Such dates sort as text, and their first four characters are the year.
    """

    default_validators = [validate_partial_date]

    def __init__(self, *args, **kwargs):
        kwargs["max_length"] = 10
        kwargs.setdefault("blank", True)
        kwargs.setdefault(
            "help_text", _("2019, 2019-06 or 2019-06-27: as much of the date as is known.")
        )
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": PartialDateFormField, **kwargs})

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        kwargs["blank"] = self.blank
        return name, path, args, kwargs


class PictureFormField(forms.FileField):
    """A picture upload; what cannot be opened, or is too large, is refused with the reason."""

    widget = forms.ClearableFileInput(
        attrs={"accept": "image/jpeg,image/png,image/webp,image/avif"}
    )

    def to_python(self, data):
        file = super().to_python(data)
        if file:
            with images.open_picture(file, max_bytes=settings.MAX_PICTURE_BYTES):
                pass
            check_store_takes_files()
        return file


class PictureField(models.ImageField):
    """An image column whose form looks at the content, not at the name."""

    def formfield(self, **kwargs):
        return models.FileField.formfield(self, **{"form_class": PictureFormField, **kwargs})


class PdfFormField(forms.FileField):
    """A PDF upload; what is no PDF, or is too large, is refused with the reason."""

    widget = forms.ClearableFileInput(attrs={"accept": ".pdf"})

    def to_python(self, data):
        file = super().to_python(data)
        if file:
            pdf.check_pdf(file, max_bytes=settings.MAX_DOCUMENT_BYTES)
            check_store_takes_files()
        return file


class PdfField(models.FileField):
    """A file column whose form lets PDFs through and nothing else."""

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": PdfFormField, **kwargs})
