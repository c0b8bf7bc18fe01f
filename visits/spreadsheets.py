"""Spreadsheets that we hand out: XLSX and CSV in which no text can become a formula."""

import csv
import datetime
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import get_language

# What a spreadsheet takes for a formula, and what it may drop before it looks for one.
FORMULA = re.compile(r"\s*[=+@-]|[\t\r\n]")
# Who reads with another delimiter than we write with may find one begin in the middle of a text.
FORMULA_LATER = re.compile(r"(?<!^)([,;\t]\s*)(?=[=+@-])")
GUARD = "'"
MAX_SHEET_NAME = 31
SHEET_NAME_SIGNS = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
# What XML cannot hold, and no list of people needs.
NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Column:
    """A header and its width in characters."""

    header: str
    width: int = 12


def csv_bytes(columns: Sequence[Column], rows: Iterable[Sequence]) -> bytes:
    """CSV as spreadsheets here open it by a double click: UTF-8 with its mark, `;` in Indonesian.

    An apostrophe stands before each text that would be taken for a formula.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";" if get_language() == "id" else ",")
    writer.writerow([_csv_cell(str(column.header)) for column in columns])
    writer.writerows([_csv_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _csv_cell(value):
    if not isinstance(value, str):
        return "" if value is None else value
    value = NO_XML.sub("", value)
    value = FORMULA_LATER.sub(rf"\1{GUARD}", value)
    return GUARD + value if FORMULA.match(value) else value


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook; a value is a str, int, float, None, or an aware datetime."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence]


def without_guard(value: str) -> str:
    """A text out of CSV without the apostrophe that `csv_bytes` puts before a formula."""
    return value[1:] if value.startswith(GUARD) and FORMULA.match(value, 1) else value


def xlsx_bytes(name: str, columns: Sequence[Column], rows: Iterable[Sequence], *, finish=None):
    """An XLSX workbook with one sheet: bold header that stays in sight, texts typed as texts.

    A value is a str, int, None, or an aware datetime, shown as local time. `finish(sheet)` may
    add what only this sheet has.
    """
    return workbook_bytes([Sheet(name, columns, rows)], finish=finish)


def workbook_bytes(sheets: Iterable[Sheet], *, finish=None) -> bytes:
    """An XLSX workbook of at least one sheet, each as `xlsx_bytes` makes its only one."""
    from openpyxl import Workbook

    workbook = Workbook()
    workbook.properties.creator = "Kota Magelang"
    workbook.remove(workbook.active)
    for sheet in sheets:
        written = workbook.create_sheet(sheet.name.translate(SHEET_NAME_SIGNS)[:MAX_SHEET_NAME])
        _write(written, sheet)
        if finish:
            finish(written)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _write(written, sheet: Sheet):
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    for number, column in enumerate(sheet.columns, start=1):
        written.column_dimensions[get_column_letter(number)].width = column.width
        cell = written.cell(1, number)
        _fill(cell, str(column.header))
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", start_color="0F5446")
        cell.alignment = Alignment(vertical="center", wrap_text=True)
    for place, row in enumerate(sheet.rows, start=2):
        for number, value in enumerate(row, start=1):
            _fill(written.cell(place, number), value)
    written.freeze_panes = "A2"
    written.print_title_rows = "1:1"


def _fill(cell, value):
    if isinstance(value, datetime.datetime):
        cell.value = timezone.localtime(value).replace(tzinfo=None)
        cell.number_format = "hh:mm"
    elif isinstance(value, str):
        cell.value = NO_XML.sub("", value)
        # openpyxl takes what starts with = for a formula; the quote keeps a later edit from it.
        cell.data_type = "s"
        if FORMULA.match(value):
            cell.quotePrefix = True
    else:
        cell.value = value
