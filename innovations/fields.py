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
            _("Write the date as 2019, 2019-06 or 2019-06-27: as much of it as is known."),
            code="partial_date",
        ) from error


def format_partial_date(value: str) -> str:
    """Return `2017-01` as “Januari 2017”, in the page's language, as exact as it is known."""
    match = PARTIAL_DATE.fullmatch(value)
    if not match:
        return value
    date = datetime.date(int(match["year"]), int(match["month"] or 1), int(match["day"] or 1))
    if match["day"]:
        return date_format(date, "DATE_FORMAT")
    return format_date(date, "F Y") if match["month"] else match["year"]


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
        return file


class PdfField(models.FileField):
    """A file column whose form lets PDFs through and nothing else."""

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": PdfFormField, **kwargs})
