"""A delegation's list of participants as a file: rows and problems out of XLSX or CSV.

Nothing is guessed and nothing half read. A file as a whole is refused with a ValidationError;
what is wrong with one row is a Problem, which names row, column and reason.
"""

import re
import unicodedata
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from visits.models import Participant
from visits.models.visit import MAX_PARTICIPANTS
from visits.models.visit_people import person_key
from visits.tables import Table, read_table
from visits.workbooks import MAX_CELL_LENGTH, Cell, Row, column_letters, column_number

MAX_BYTES = 2 * 1024 * 1024
COLUMN_LABELS = {
    "name": gettext_lazy("Name"),
    "institution": gettext_lazy("Institution"),
    "job_title": gettext_lazy("Position"),
}
MAX_LENGTHS = {
    column: Participant._meta.get_field(column).max_length  # noqa: SLF001 (documented API)
    for column in COLUMN_LABELS
}
# What people write over a column, in small letters and without signs.
HEADERS = {
    "name": {"nama", "nama lengkap", "nama peserta", "name", "full name", "participant"},
    "institution": {
        "instansi",
        "asal instansi",
        "nama instansi",
        "lembaga",
        "organisasi",
        "unit kerja",
        "institution",
        "organisation",
        "organization",
    },
    "job_title": {"jabatan", "position", "job title"},
}
COLUMN_OF_HEADER = {header: key for key, headers in HEADERS.items() for header in headers}
# Beneath a title and a letterhead there may be a few rows before the header comes.
HEADER_WITHIN_ROWS = 20
# Filled rows that are read before we stop: numbered rows without a name are no participants.
MOST_ROWS = 2_000
# A name that starts so stands in the template as an example.
EXAMPLE_STARTS = ("contoh:", "example:")
SHOWN_LENGTH = 60
SHOWN_COLUMNS = 10

IN_BRACKETS = re.compile(r"\([^()]*\)")
NO_WORD = re.compile(r"[^\w]+")
AREA = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7}):\$?([A-Z]{1,3})\$?([0-9]{1,7})")
INVISIBLE = {"Cc", "Cf", "Cs"}
# Arabic, Javanese and emoji need them.
JOINERS = "\u200c\u200d"
LOST_LETTER = "\ufffd"


@dataclass(frozen=True)
class ParticipantRow:
    """One participant as the file has it; `number` is the row that the spreadsheet shows."""

    number: int
    name: str
    institution: str = ""
    job_title: str = ""


@dataclass(frozen=True)
class Problem:
    """Why a row cannot be saved, and how to mend it, in the reader's language."""

    row: int
    # The key of COLUMN_LABELS, and the letters over it.
    column: str
    letters: str
    code: str
    reason: str
    # The beginning of what stands there.
    value: str = ""

    @property
    def label(self) -> str:
        return COLUMN_LABELS[self.column]

    @property
    def cell(self) -> str:
        """Where to click: `B7`."""
        return f"{self.letters}{self.row}"


@dataclass
class ParticipantFile:
    """What a file holds. Rows with a problem stand among the problems alone."""

    rows: list[ParticipantRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def clean_text(text: str) -> str:
    """The text on one line, without signs that nobody sees (control, direction, zero width)."""
    # Cut first: composing endless accents takes endless time.
    composed = unicodedata.normalize("NFC", text[: MAX_CELL_LENGTH + 1])
    return " ".join(
        "".join(
            sign
            for sign in composed
            if sign.isspace() or sign in JOINERS or unicodedata.category(sign) not in INVISIBLE
        ).split()
    )


def read_participants(content: bytes) -> ParticipantFile:
    """Read XLSX or CSV with a header row: name, and if there are, institution and position.

    Columns stand in any order under Indonesian or English headers; empty rows and the template's
    example are passed over. Raises ValidationError where the file as a whole is refused: too
    large, of another kind, damaged, without the column of names or without a participant, with
    more than MAX_PARTICIPANTS.
    """
    if not content:
        raise ValidationError(
            gettext_lazy("The file is empty. Fill in the template and send that."), code="empty"
        )
    if len(content) > MAX_BYTES:
        raise too_large(len(content))
    table = read_table(
        content, most_rows=MOST_ROWS, is_header=lambda row: "name" in _columns_of(row)
    )
    return _Reading(table).result


def too_large(size: int) -> ValidationError:
    """What says that a file of `size` bytes is over the limit."""
    return ValidationError(
        gettext_lazy(
            "The file has %(size)s; at most %(limit)s. Copy the table alone into our template "
            "and send that."
        ),
        code="too_large",
        params={"size": filesizeformat(size), "limit": filesizeformat(MAX_BYTES)},
    )


def header_key(text: str) -> str:
    """A header without capitals, signs and what stands in brackets: `Nama (wajib) *` is `nama`."""
    return NO_WORD.sub(" ", IN_BRACKETS.sub(" ", clean_text(text).casefold())).strip()


def _columns_of(row: Row) -> dict[str, int]:
    """Which column holds what, if this is the header; the first of each."""
    columns = {}
    for number, cell in sorted(row.cells.items()):
        key = COLUMN_OF_HEADER.get(header_key(cell.text))
        if key:
            columns.setdefault(key, number)
    return columns


class _Reading:
    """One table on its way to a ParticipantFile."""

    def __init__(self, table: Table):
        self.result = ParticipantFile(notes=table.notes)
        header, rows = self._header_and_rows(table)
        self.columns = _columns_of(header)
        self._check_header(header)
        rows = [row for row in rows if self._is_participant(row)]
        if table.cut or len(rows) > MAX_PARTICIPANTS:
            raise ValidationError(
                gettext_lazy(
                    "The table has more than %(limit)s participants, the most that one visit can "
                    "have. Remove the rows that do not belong to it."
                ),
                code="too_many_rows",
                params={"limit": MAX_PARTICIPANTS},
            )
        if not rows:
            raise ValidationError(
                gettext_lazy(
                    "No participant stands under the headers. Fill in one row for each, then "
                    "send the file again."
                ),
                code="no_rows",
            )
        self.merged = self._merged_cells(table.merges, {row.number for row in rows})
        self.seen = {}
        for row in rows:
            self._read(row)

    def _header_and_rows(self, table):
        for place, row in enumerate(table.rows[:HEADER_WITHIN_ROWS]):
            if "name" in _columns_of(row):
                return row, table.rows[place + 1 :]
        if not table.rows:
            raise ValidationError(
                gettext_lazy("The table is empty. Fill in the template and send that."),
                code="empty",
            )
        found = [
            clean_text(cell.text)[:SHOWN_LENGTH]
            for _column, cell in sorted(table.rows[0].cells.items())
        ][:SHOWN_COLUMNS]
        raise ValidationError(
            gettext_lazy(
                "No column is called “Nama” or “Name”. The first row of the table says what "
                "stands beneath: Nama, Instansi, Jabatan. We found: %(found)s."
            ),
            code="no_name_column",
            params={"found": ", ".join(filter(None, found)) or "–"},
        )

    def _check_header(self, header):
        """Refuse two columns for one thing; note what is missing, and what is passed over."""
        ignored = []
        for number, cell in sorted(header.cells.items()):
            key = COLUMN_OF_HEADER.get(header_key(cell.text))
            if key is None:
                ignored.append(clean_text(cell.text)[:SHOWN_LENGTH])
            elif self.columns[key] != number:
                raise ValidationError(
                    gettext_lazy(
                        "Columns %(first)s and %(second)s both hold “%(label)s”. Remove one or "
                        "give it another header."
                    ),
                    code="column_twice",
                    params={
                        "first": column_letters(self.columns[key]),
                        "second": column_letters(number),
                        "label": COLUMN_LABELS[key],
                    },
                )
        missing = [str(label) for key, label in COLUMN_LABELS.items() if key not in self.columns]
        if missing:
            self.result.notes.append(
                _("The file has no column for: %(columns)s. That stays empty.")
                % {"columns": ", ".join(missing)}
            )
        if ignored := [header for header in ignored if header]:
            self.result.notes.append(
                _("These columns are not needed and were passed over: %(columns)s.")
                % {"columns": ", ".join(ignored[:SHOWN_COLUMNS])}
            )

    def _is_participant(self, row) -> bool:
        """Whether anything stands in our columns, the template's own example apart."""
        texts = {key: clean_text(cell.text) for key, cell in self._cells(row)}
        if texts.get("name", "").casefold().startswith(EXAMPLE_STARTS):
            self.result.notes.append(
                _("Row %(row)s is the template's example and was passed over.")
                % {"row": row.number}
            )
            return False
        return any(texts[key] or cell.kind == "formula" for key, cell in self._cells(row))

    def _cells(self, row):
        return [(key, row.cells.get(number, Cell(""))) for key, number in self.columns.items()]

    def _merged_cells(self, areas, rows) -> set[tuple[int, int]]:
        """Report merged cells among the participants; return all that they cover."""
        covered = set()
        for area in areas:
            match = AREA.fullmatch(area)
            if match is None:
                continue
            left, right = column_number(match[1]), column_number(match[3])
            top, bottom = int(match[2]), int(match[4])
            columns = {
                key: number for key, number in self.columns.items() if left <= number <= right
            }
            within = sorted(row for row in rows if top <= row <= bottom)
            if not columns or not within or (left, top) == (right, bottom):
                continue
            covered |= {(row, number) for row in within for number in columns.values()}
            self._problem(
                within[0],
                next(iter(columns)),
                "merged",
                _("The cells %(area)s are merged. Unmerge them and fill in each row.")
                % {"area": area},
            )
        return covered

    def _problem(self, row, column, code, reason, value=""):
        self.result.problems.append(
            Problem(
                row=row,
                column=column,
                letters=column_letters(self.columns[column]),
                code=code,
                reason=reason,
                value=value[:SHOWN_LENGTH],
            )
        )

    def _read(self, row):
        before = len(self.result.problems)
        texts = {}
        for key, cell in self._cells(row):
            texts[key] = clean_text(cell.text)
            if (row.number, self.columns[key]) in self.merged:
                continue
            if wrong := _what_is_wrong(key, cell, texts[key]):
                self._problem(row.number, key, *wrong, value=texts[key])
        if len(self.result.problems) > before:
            return
        self._check_twice(ParticipantRow(row.number, **texts))

    def _check_twice(self, participant):
        key = person_key(*(getattr(participant, column) for column in COLUMN_LABELS))
        first = self.seen.setdefault(key, participant.number)
        if first == participant.number:
            self.result.rows.append(participant)
            return
        reason = _("The same as row %(row)s. Remove one of the two.") % {"row": first}
        self._problem(participant.number, "name", "duplicate", reason, participant.name)


def _what_is_wrong(key: str, cell: Cell, text: str) -> tuple[str, str] | None:
    """(code, reason) of the first thing that is wrong with a cell."""
    if cell.kind == "formula":
        return "formula", _("This is a formula. Type the value itself.")
    if cell.kind == "error":
        return "error", _("The spreadsheet shows an error here. Type the value itself.")
    if cell.kind == "number":
        return "number", _("This is a number or a date. Type it as text.")
    if len(text) > MAX_LENGTHS[key]:
        reason = _("This is too long: at most %(limit)s characters.")
        return "too_long", reason % {"limit": MAX_LENGTHS[key]}
    if LOST_LETTER in text:
        return "lost_letter", _("A letter was lost when the file was saved (�). Type it again.")
    return name_problem(text) if key == "name" else None


def name_problem(text: str) -> tuple[str, str] | None:
    """(code, reason) where a cleaned text can be nobody's name."""
    if not text:
        return "required", _("The name is missing. Write it, or empty the row.")
    if not any(sign.isalpha() for sign in text):
        return "no_letter", _("This is no name: it has no letter. Write the name.")
    return None
