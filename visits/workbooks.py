"""The first sheet of an XLSX workbook, read as a stream within fixed bounds.

openpyxl's reader builds each row as a tree before it hands it out: a file of 20 kilobytes takes
it 1.3 gigabytes and a quarter of a minute. This one keeps the filled cells of a few hundred rows
and nothing else, whatever the file says of itself. It follows no link, runs no macro and computes
no formula.
"""

import posixpath
import re
from dataclasses import dataclass, field
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from visits.office_files import DAMAGE, OfficeFile, PartHandler, Relations

# Rows that are only formatted count here as well.
MAX_ROWS_SEEN = 20_000
MAX_COLUMNS = 100
MAX_MERGES = 1_000
MAX_CELL_LENGTH = 1_000
MAX_NAME_LENGTH = 31

CELL_REFERENCE = re.compile(r"([A-Z]{1,3})[0-9]*")
ESCAPED_CHARACTER = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Cell(NamedTuple):
    """What stands in a cell; `kind` is `text`, `number`, `formula` or `error`."""

    text: str
    kind: str = "text"


class Row(NamedTuple):
    """A row under the number that the spreadsheet shows; its filled cells by column from 1."""

    number: int
    cells: dict[int, Cell]


@dataclass
class Sheet:
    """A sheet's filled rows; `cut` tells that there are more than were asked for."""

    name: str
    others: list[str]
    rows: list[Row] = field(default_factory=list)
    merges: list[str] = field(default_factory=list)
    cut: bool = False


def read_first_sheet(content: bytes, *, most_rows: int) -> Sheet:
    """Return the first visible sheet with at most `most_rows` filled rows.

    Where it is cut there, nothing is known of merged cells. Raises ValidationError where the file
    is no workbook of this kind, carries macros, has no sheet, is damaged or built to do harm.
    """
    try:
        archive = OfficeFile(content)
        sheet, path, strings = _find_sheet(archive)
        reader = _SheetReader(most_rows)
        archive.parse(path, reader)
        sheet.cut, sheet.merges = reader.cut, reader.merges
        shared = _read_strings(archive, strings, reader.wanted)
        rows = [_with_strings(row, shared) for row in reader.rows]
    except DAMAGE as error:
        raise ValidationError(
            _(
                "The workbook is damaged or not one that a spreadsheet program wrote. Open it, "
                "save it as Excel workbook (.xlsx) once more and send that."
            ),
            code="damaged",
        ) from error
    sheet.rows = [row for row in rows if row.cells]
    return sheet


def column_letters(column: int) -> str:
    """The letters over a column counted from 1: 1 is A, 28 is AB."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """The number of a column from 1, of what `column_letters` gives."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


class _SheetNames(PartHandler):
    """The workbook's own list: (name, identity of the relation, hidden)."""

    def __init__(self):
        self.sheets = []

    def start(self, tag, attributes):
        if tag == "sheet":
            ids = [value for key, value in attributes.items() if key.endswith(":id")]
            name = attributes.get("name", "")[:MAX_NAME_LENGTH]
            hidden = attributes.get("state", "visible") != "visible"
            self.sheets.append((name, ids[0], hidden))


def _find_sheet(archive: OfficeFile) -> tuple[Sheet, str, str | None]:
    """The first visible sheet still empty, its path, and the path of the shared strings."""
    root = Relations("")
    if "_rels/.rels" not in archive:
        raise _other_kind()
    archive.parse("_rels/.rels", root)
    workbook = root.of_kind("officeDocument") or ""
    if workbook.endswith(".bin"):
        raise ValidationError(
            _("This is a binary workbook (.xlsb). Save it as Excel workbook (.xlsx) first."),
            code="binary_workbook",
        )
    if any(name.endswith("vbaproject.bin") for name in archive.entries):
        raise ValidationError(
            _("The workbook carries macros. Save it as Excel workbook without macros (.xlsx)."),
            code="macros",
        )
    if not posixpath.basename(workbook).startswith("workbook"):
        raise _other_kind()
    folder, name = posixpath.split(workbook)
    relations, names = Relations(folder), _SheetNames()
    archive.parse(posixpath.join(folder, "_rels", f"{name}.rels"), relations)
    archive.parse(workbook, names)
    sheets = [
        (title, relations.targets[relation][1])
        for title, relation, hidden in names.sheets
        if not hidden and relations.targets[relation][0] == "worksheet"
    ]
    if not sheets:
        raise ValidationError(
            _("The workbook has no sheet to read. Put the participants on its first sheet."),
            code="no_sheet",
        )
    (title, path), *others = sheets
    sheet = Sheet(title, [other for other, _path in others])
    return sheet, path, relations.of_kind("sharedStrings")


class _Text(PartHandler):
    """Collects the text of a tag that is open, up to MAX_CELL_LENGTH."""

    def __init__(self):
        self.pieces = None
        self.phonetic = False

    def open_text(self):
        self.pieces, self.length = [], 0

    def text(self, data):
        if self.pieces is not None and not self.phonetic and self.length <= MAX_CELL_LENGTH:
            self.pieces.append(data[: MAX_CELL_LENGTH + 1])
            self.length += len(data)

    def close_text(self) -> str:
        text, self.pieces = "".join(self.pieces or ()), None
        return ESCAPED_CHARACTER.sub(lambda match: chr(int(match[1], 16)), text)


class _SheetReader(_Text):
    """Keeps the filled rows; a shared string stays its index, of the kind `shared`."""

    def __init__(self, most_rows: int):
        super().__init__()
        self.most_rows = most_rows
        self.rows, self.merges, self.wanted = [], [], set()
        self.number = self.column = 0
        self.cells = self.kind = None
        self.formula = self.cut = False
        self.value = ""

    def start(self, tag, attributes):
        if tag == "row":
            self._start_row(attributes)
        elif tag == "c" and self.cells is not None:
            self._start_cell(attributes)
        elif self.kind is not None and tag == "f":
            self.formula = True
        elif self.kind is not None and tag in {"v", "t"}:
            self.open_text()
        elif tag == "rPh":
            self.phonetic = True
        elif tag == "mergeCell":
            self._merge(attributes["ref"])

    def _start_row(self, attributes):
        number = int(attributes.get("r", self.number + 1))
        if number <= self.number:
            raise ValueError("rows out of order")
        self.number, self.column, self.cells = number, 0, {}
        if number > MAX_ROWS_SEEN:
            raise too_many_rows_seen()

    def _start_cell(self, attributes):
        if "r" in attributes:
            reference = CELL_REFERENCE.fullmatch(attributes["r"])
            if reference is None:
                raise ValueError("no reference to a cell")
            self.column = column_number(reference[1])
        else:
            self.column += 1
        self.kind = attributes.get("t", "n")
        self.formula, self.value = False, ""

    def _merge(self, area):
        if len(self.merges) == MAX_MERGES:
            raise ValidationError(
                _(
                    "The sheet has thousands of merged cells. Copy the table alone, as values, "
                    "into our template and send that."
                ),
                code="too_many_merges",
            )
        self.merges.append(area)

    def end(self, tag):
        if tag in {"v", "t"} and self.pieces is not None:
            text = self.close_text()
            # Adding to what is kept already would take longer with each of a million pieces.
            self.value += text if len(self.value) <= MAX_CELL_LENGTH else ""
        elif tag == "rPh":
            self.phonetic = False
        elif tag == "c" and self.kind is not None:
            self._end_cell()
        elif tag == "row":
            if self.cells:
                self.rows.append(Row(self.number, self.cells))
            self.cells = None
            self.cut = self.done = len(self.rows) > self.most_rows

    def _end_cell(self):
        kind, self.kind = self.kind, None
        if not (self.formula or self.value) or self.column > MAX_COLUMNS:
            return
        if self.formula:
            kind = "formula"
        elif kind == "s":
            kind = "shared"
            self.wanted.add(int(self.value))
        elif kind in {"str", "inlineStr"}:
            kind = "text"
        else:
            kind = "error" if kind == "e" else "number"
        self.cells[self.column] = Cell(self.value, kind)


class _StringReader(_Text):
    """The shared strings whose indices are `wanted`."""

    def __init__(self, wanted: set[int]):
        super().__init__()
        self.wanted, self.last = wanted, max(wanted)
        self.index = 0
        self.strings = {}

    def start(self, tag, attributes):
        if tag == "t" and self.index in self.wanted:
            self.open_text()
        elif tag == "rPh":
            self.phonetic = True

    def end(self, tag):
        if tag == "t" and self.pieces is not None:
            text = self.strings.get(self.index, "") + self.close_text()
            self.strings[self.index] = text[: MAX_CELL_LENGTH + 1]
        elif tag == "rPh":
            self.phonetic = False
        elif tag == "si":
            if self.index in self.wanted:
                self.strings.setdefault(self.index, "")
            self.index += 1
            self.done = self.index > self.last


def _read_strings(archive: OfficeFile, path: str | None, wanted: set[int]) -> dict[int, str]:
    if not wanted:
        return {}
    reader = _StringReader(wanted)
    archive.parse(path or "", reader)
    return reader.strings


def _with_strings(row: Row, strings: dict[int, str]) -> Row:
    cells = {
        column: Cell(strings[int(cell.text)]) if cell.kind == "shared" else cell
        for column, cell in row.cells.items()
    }
    return Row(row.number, {column: cell for column, cell in cells.items() if cell != Cell("")})


def too_many_rows_seen() -> ValidationError:
    return ValidationError(
        _(
            "The table is followed by thousands of empty rows. Copy the table alone into our "
            "template and send that."
        ),
        code="too_many_rows_seen",
    )


def _other_kind() -> ValidationError:
    return ValidationError(
        _(
            "This is no table of participants that we can read. Send an Excel workbook (.xlsx) or "
            "CSV file; our template is one."
        ),
        code="other_kind",
    )
