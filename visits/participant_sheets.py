"""The spreadsheets of a delegation: the template for its participants, and who attended."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from visits.models.visit import MAX_PARTICIPANTS
from visits.participant_files import COLUMN_LABELS, MAX_LENGTHS
from visits.spreadsheets import Column, csv_bytes, xlsx_bytes

TEXT_FORMAT = "@"
# Beneath the header.
FIRST_ROW = 2


def _columns() -> list[Column]:
    return [Column(label, width=36) for label in COLUMN_LABELS.values()]


def _rows(participants) -> list[tuple[str, ...]]:
    """Name, institution and position of each; without any, an example that reading passes over."""
    return [(each.name, each.institution, each.job_title) for each in participants] or [
        (
            _("Example: Siti Aminah"),
            _("Bureau of Organisation, Example Province"),
            _("Head of section"),
        )
    ]


def template_csv(participants: Iterable = ()) -> bytes:
    """CSV to fill in, or to change where `participants` are known already."""
    return csv_bytes(_columns(), _rows(participants))


def template_xlsx(participants: Iterable = ()) -> bytes:
    """A workbook to fill in, or to change where `participants` are known already.

    Its cells are text, so that a spreadsheet makes no date or formula of what is typed, and say
    how long a text may be.
    """
    participants = list(participants)

    def finish(sheet):
        from openpyxl.styles import Font
        from openpyxl.utils import get_column_letter
        from openpyxl.worksheet.datavalidation import DataValidation

        for number, (key, label) in enumerate(COLUMN_LABELS.items(), start=1):
            letter = get_column_letter(number)
            rule = DataValidation(
                type="textLength",
                operator="lessThanOrEqual",
                formula1=str(MAX_LENGTHS[key]),
                errorTitle=str(label),
                error=_("At most %(limit)s characters.") % {"limit": MAX_LENGTHS[key]},
            )
            rule.add(f"{letter}{FIRST_ROW}:{letter}{FIRST_ROW + MAX_PARTICIPANTS}")
            sheet.add_data_validation(rule)
            for place in range(MAX_PARTICIPANTS + 1):
                sheet.cell(FIRST_ROW + place, number).number_format = TEXT_FORMAT
            if not participants:
                sheet.cell(FIRST_ROW, number).font = Font(italic=True, color="666666")

    return xlsx_bytes(_("Participants"), _columns(), _rows(participants), finish=finish)


def attendance_xlsx(participants: Iterable) -> bytes:
    """Who attended: each with `attended_at` and `left_at` (aware, or None), as local time."""
    columns = [
        Column(_("No."), width=6),
        *_columns(),
        Column(pgettext("time of check-in", "Arrived")),
        Column(pgettext("time of check-out", "Left")),
    ]
    rows = [
        (number, each.name, each.institution, each.job_title, each.attended_at, each.left_at)
        for number, each in enumerate(participants, start=1)
    ]
    return xlsx_bytes(_("Attendance"), columns, rows)
