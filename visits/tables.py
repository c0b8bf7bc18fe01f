"""A table that someone sends, as XLSX or CSV: told apart by content, read within fixed bounds."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from visits.spreadsheets import without_guard
from visits.workbooks import (
    MAX_CELL_LENGTH,
    MAX_COLUMNS,
    MAX_ROWS_SEEN,
    Cell,
    Row,
    read_first_sheet,
    too_many_rows_seen,
)

ARCHIVE = b"PK\x03\x04"
OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument"
# Excel until 2003, and the wrapping of every newer workbook with a password.
COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PASSWORD_MARK = "EncryptedPackage".encode("utf-16-le")

BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
DELIMITERS = (",", ";", "\t")
# Rows among which the delimiter is looked for.
FIRST_ROWS = 40


@dataclass
class Table:
    """Filled rows; `cut` tells that there are more, `notes` what the sender shall know."""

    rows: list[Row]
    merges: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    cut: bool = False


def read_table(content: bytes, *, most_rows: int, is_header: Callable[[Row], bool]) -> Table:
    """Return at most `most_rows` filled rows of an XLSX workbook's first sheet, or of a CSV file.

    In CSV the columns are parted by whichever of comma, semicolon and tab gives a header.
    Raises ValidationError, which says how to mend it, where the file is neither.
    """
    if content.startswith(ARCHIVE):
        if OPEN_DOCUMENT in content[:200]:
            raise ValidationError(
                gettext_lazy(
                    "This is an OpenDocument file (.ods). Save it as Excel workbook (.xlsx) or "
                    "CSV and send that."
                ),
                code="open_document",
            )
        return _read_workbook(content, most_rows)
    if content.startswith(COMPOUND_FILE):
        raise _compound_file(content)
    return _read_csv(content, most_rows, is_header)


def _read_workbook(content: bytes, most_rows: int) -> Table:
    sheet = read_first_sheet(content, most_rows=most_rows)
    table = Table(sheet.rows, merges=sheet.merges, cut=sheet.cut)
    if sheet.others:
        table.notes.append(
            _("Only the first sheet, “%(name)s”, was read; no other sheet was.")
            % {"name": sheet.name}
        )
    return table


def _compound_file(content: bytes) -> ValidationError:
    if PASSWORD_MARK in content:
        return ValidationError(
            gettext_lazy(
                "The workbook asks for a password. Save it without one and send it again."
            ),
            code="encrypted",
        )
    return ValidationError(
        gettext_lazy(
            "This is an old Excel file (.xls). Save it as Excel workbook (.xlsx) and send that."
        ),
        code="old_workbook",
    )


def _read_csv(content: bytes, most_rows: int, is_header) -> Table:
    table = Table([])
    encoding = next(
        (name for mark, name in BYTE_ORDER_MARKS.items() if content.startswith(mark)), "utf-8"
    )
    # A file of another kind has zero bytes somewhere, and text none.
    if encoding != "utf-16" and b"\0" in content:
        raise _other_kind()
    text = _decoded(content, encoding, table.notes)
    if "\0" in text or text.lstrip().startswith(("<", "%PDF-", "{\\rtf")):
        raise _other_kind()
    first_line, end, _rest = text[:10].partition("\n")
    if first_line.strip().lower().startswith("sep="):
        text = text[len(first_line) + len(end) :]
    for row in _csv_rows(text, _delimiter(text, is_header)):
        if row.number > MAX_ROWS_SEEN:
            raise too_many_rows_seen()
        if row.cells:
            table.rows.append(row)
        if len(table.rows) > most_rows:
            table.cut = True
            break
    return table


def _other_kind() -> ValidationError:
    return ValidationError(
        gettext_lazy(
            "This is neither an Excel workbook (.xlsx) nor a CSV file, whatever its name says. "
            "Open it in a spreadsheet program, save it as one of the two and send that."
        ),
        code="other_kind",
    )


def _decoded(content: bytes, encoding: str, notes: list[str]) -> str:
    """The text; where UTF-8 was only supposed it may be Windows-1252, which is said."""
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        # Excel's plain “CSV” in Indonesia; the preview shows whether a letter came out wrong.
        try:
            if encoding != "utf-8":
                raise
            text = content.decode("cp1252")
        except UnicodeDecodeError:
            raise ValidationError(
                gettext_lazy(
                    "The letters of this file are stored in a way that we cannot read. Save it "
                    "as “CSV UTF-8” or as Excel workbook (.xlsx) and send that."
                ),
                code="encoding",
            ) from error
    notes.append(
        _(
            "The file is not UTF-8 and was read as Windows-1252. See whether letters such as é "
            "and signs such as ’ came out right."
        )
    )
    return text


def _delimiter(text: str, is_header) -> str:
    """The one that gives a header, or else the one that parts the first row most often."""
    widths = {}
    for delimiter in DELIMITERS:
        try:
            rows = list(islice(_csv_rows(text, delimiter), FIRST_ROWS))
        except ValidationError:
            continue
        if any(is_header(row) for row in rows):
            return delimiter
        widths[delimiter] = max((len(row.cells) for row in rows), default=0)
    return max(widths, key=widths.get, default=",")


def _csv_rows(text: str, delimiter: str):
    """Every row, the empty ones too, numbered as a spreadsheet that opens the file does."""
    number = 0
    try:
        for number, values in enumerate(
            csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), start=1
        ):
            yield Row(
                number,
                {
                    column: Cell(without_guard(value[: MAX_CELL_LENGTH + 1]))
                    for column, value in enumerate(values[:MAX_COLUMNS], start=1)
                    if value
                },
            )
    except csv.Error as error:
        raise ValidationError(
            gettext_lazy(
                "The quotation marks in row %(row)s do not pair up. Mend them, or send an Excel "
                "workbook (.xlsx)."
            ),
            code="quotation_marks",
            params={"row": number + 1},
        ) from error
