import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from tests.visits.workbooks import HEADER, HEADER_ROW, code_of, raw_xlsx, row, xlsx
from visits.participant_files import (
    MAX_BYTES,
    clean_text,
    header_key,
    read_participants,
)

BUDI = ("Budi Santoso", "Dinas Sosial", "Kepala Bidang")
SITI = ("Siti Aminah", "Bappeda", "Analis")


def people(content):
    """(row, name, institution, position) of each participant; nothing may be wrong."""
    result = read_participants(content)
    assert result.problems == []
    return [(each.number, each.name, each.institution, each.job_title) for each in result.rows]


def problems(content):
    return [(each.cell, each.code) for each in read_participants(content).problems]


def csv_file(*lines, encoding="utf-8", end="\r\n"):
    return end.join((*lines, "")).encode(encoding)


def test_workbook_is_read_row_by_row():
    assert people(xlsx(HEADER, BUDI, SITI)) == [(2, *BUDI), (3, *SITI)]


def test_workbook_as_excel_writes_it_is_read():
    """Texts in a table of their own, in pieces of several styles, with reading aids, escaped."""
    strings = (
        "<si><t>Nama</t></si>"
        "<si><r><t>Siti </t></r><r><rPr/><t>Aminah</t></r></si>"
        "<si><t>田中</t><rPh><t>たなか</t></rPh></si>"
        "<si><t>Dinas_x000D_ Sosial</t></si><si/>"
    )
    cells = (
        '<row r="3" spans="1:2"><c r="B3" s="4" t="s"><v>0</v></c>'
        '<c r="A3" t="s"><v>4</v></c></row>'
        '<row r="5"><c r="B5" t="s"><v>1</v></c><c r="D5"><v>45000</v></c></row>'
        '<row r="6"><c r="B6" t="s"><v>2</v></c><c r="C6" t="s"><v>3</v></c></row>'
    )
    result = read_participants(raw_xlsx(cells, strings=strings))
    assert [(each.number, each.name) for each in result.rows] == [(5, "Siti Aminah"), (6, "田中")]


def test_rows_and_cells_without_a_number_are_counted():
    cells = (
        "<row><c t='inlineStr'><is><t>Nama</t></is></c></row><row><c t='str'><v>Budi</v></c></row>"
    )
    assert people(raw_xlsx(cells)) == [(2, "Budi", "", "")]


@pytest.mark.parametrize("prefix", ["x:", ""])
def test_tags_are_known_with_and_without_prefix(prefix):
    cells = row(1, "Nama") + row(2, "Budi")
    sheet = f"<worksheet><sheetData>{cells}</sheetData></worksheet>"
    sheet = (
        sheet.replace("</", "<&").replace("<", f"<{prefix}").replace(f"<{prefix}&", f"</{prefix}")
    )
    assert people(raw_xlsx(**{"xl/worksheets/sheet1.xml": sheet})) == [(2, "Budi", "", "")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_csv_is_read_whatever_saved_it(delimiter, encoding, end):
    lines = [delimiter.join(f'"{text}"' for text in texts) for texts in (HEADER, BUDI, SITI)]
    assert people(csv_file(*lines, encoding=encoding, end=end)) == [(2, *BUDI), (3, *SITI)]


def test_row_numbers_of_csv_are_those_of_the_spreadsheet_that_opens_it():
    content = csv_file("sep=;", "Nama;Jabatan", "", '"Budi\n Santoso";Kepala', "Siti;Analis")
    assert people(content) == [(3, "Budi Santoso", "", "Kepala"), (4, "Siti", "", "Analis")]


def test_csv_of_old_windows_is_read_and_said():
    result = read_participants(csv_file("Nama", "René d’Arc", encoding="cp1252"))
    assert [each.name for each in result.rows] == ["René d’Arc"]
    assert any("Windows-1252" in note for note in result.notes)


def test_utf_8_is_read_without_a_word():
    assert read_participants(csv_file(",".join(HEADER), "René,,")).notes == []


@pytest.mark.parametrize(
    "content",
    [
        b"Nama\nBudi \x81\x8d\n",
        b"\xef\xbb\xbfNama\nBudi \xe9\n",
        b"\xff\xfeN\0a\0m\0a\0\n",
    ],
)
def test_letters_that_cannot_be_read_are_refused(content):
    assert code_of(content) == "encoding"


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("  NAMA *", "nama"),
        ("Nama (wajib)", "nama"),
        ("\ufeffNama\u200b", "nama"),
        ("Asal_Instansi:", "asal_instansi"),
        ("Full\u00a0Name", "full name"),
    ],
)
def test_header_is_compared_without_its_dress(header, key):
    assert header_key(header) == key


@pytest.mark.parametrize(
    "header",
    [
        ("Jabatan", "No.", "NAMA LENGKAP", "Asal Instansi"),
        ("Position", "Phone", "Full name", "Organisation"),
    ],
)
def test_columns_stand_in_any_order_in_either_language(header):
    result = read_participants(xlsx(header, ("Kepala", 1, "Budi", "Dinas")))
    assert [(each.name, each.institution, each.job_title) for each in result.rows] == [
        ("Budi", "Dinas", "Kepala")
    ]
    assert len(result.notes) == 1
    assert header[1] in result.notes[0]


def test_title_and_letterhead_above_the_table_are_passed_over():
    def merge_title(workbook):
        workbook.active.merge_cells("A1:C1")

    content = xlsx(("DAFTAR PESERTA",), (), ("Pusdiklat",), HEADER, BUDI, change=merge_title)
    assert people(content) == [(5, *BUDI)]


@pytest.mark.parametrize("column", ["Nama", "Instansi", "Jabatan"])
def test_column_that_stands_twice_is_refused(column):
    assert code_of(xlsx((*HEADER, column), BUDI)) == "column_twice"


@pytest.mark.parametrize(
    "content",
    [
        xlsx(("Instansi", "Jabatan"), ("Dinas", "Kepala")),
        xlsx(BUDI, SITI),
        csv_file("Instansi;Jabatan", "Dinas;Kepala"),
        csv_file("Budi Santoso"),
    ],
)
def test_file_without_the_column_of_names_is_refused_saying_what_it_has(content):
    with pytest.raises(ValidationError) as refused:
        read_participants(content)
    assert refused.value.code == "no_name_column"
    assert refused.value.params["found"] in {
        "Instansi, Jabatan",
        "Budi Santoso, Dinas Sosial, Kepala Bidang",
        "Budi Santoso",
    }


def test_missing_institution_and_position_stay_empty_and_are_said():
    result = read_participants(xlsx(("Nama",), ("Budi",)))
    assert [(each.institution, each.job_title) for each in result.rows] == [("", "")]
    assert len(result.notes) == 1


def test_empty_rows_and_numbered_rows_without_a_name_are_passed_over():
    content = xlsx(("No.", *HEADER), (1, *BUDI), (), (2, " ", None, None), (3, *SITI))
    result = read_participants(content)
    assert [each.number for each in result.rows] == [2, 5]
    assert result.problems == []


@pytest.mark.parametrize(
    ("rows", "code"),
    [((), "empty"), ((HEADER,), "no_rows"), ((HEADER, (" ",)), "no_rows")],
)
def test_table_without_a_participant_is_refused(rows, code):
    assert code_of(xlsx(*rows)) == code
    assert code_of(csv_file(*(";".join(texts) for texts in rows))) == code


@pytest.mark.parametrize("most", [500, 501])
def test_500_participants_are_read_and_501_refused(most):
    rows = [(f"Orang {number}",) for number in range(most)]
    content = xlsx(("Nama",), *rows)
    assert code_of(content) == (None if most == 500 else "too_many_rows")
    assert code_of(csv_file("Nama", *(name for (name,) in rows))) == code_of(content)


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (("", "Dinas", "Kepala"), [("A2", "required")]),
        (("–", "Dinas", "Kepala"), [("A2", "no_letter")]),
        (("12345", "Dinas", "Kepala"), [("A2", "no_letter")]),
        (("x" * 150, "y" * 200, "z" * 150), []),
        (("x" * 151, "y" * 201, "z" * 151), [(f"{c}2", "too_long") for c in "ABC"]),
        (("x" * 100_000, "", ""), [("A2", "too_long")]),
        (("Ren\ufffd", "", ""), [("A2", "lost_letter")]),
    ],
)
def test_bad_cell_is_reported_where_it_stands(texts, found):
    assert problems(csv_file(";".join(HEADER), ";".join(texts))) == found
    if len(texts[0]) < 32_768:
        assert problems(xlsx(HEADER, texts)) == found


def test_problem_says_row_column_reason_and_value_in_the_readers_language():
    content = xlsx(HEADER, BUDI, ("Siti", "y" * 201, ""))
    (problem,) = read_participants(content).problems
    assert (problem.row, problem.column, problem.cell) == (3, "institution", "B3")
    assert (str(problem.label), problem.value) == ("Instansi", "y" * 60)
    with translation.override("en"):
        (english,) = read_participants(content).problems
        assert str(english.label) == "Institution"
        assert english.reason == "This is too long: at most 200 characters."
    assert problem.reason != english.reason


def test_good_rows_stand_beside_the_problems_of_others():
    result = read_participants(xlsx(HEADER, BUDI, ("", "Dinas"), SITI))
    assert [each.number for each in result.rows] == [2, 4]
    assert [(each.row, each.code) for each in result.problems] == [(3, "required")]


def test_same_person_twice_is_reported_with_the_other_row():
    with translation.override("en"):
        result = read_participants(
            xlsx(HEADER, BUDI, SITI, [text.upper() for text in BUDI], (BUDI[0], "Bappeda"))
        )
    assert [each.number for each in result.rows] == [2, 3, 5]
    (problem,) = result.problems
    assert (problem.cell, problem.code) == ("A4", "duplicate")
    assert "row 2" in problem.reason


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("=1+1", "formula"),
        ('=HYPERLINK("https://evil.example")', "formula"),
        ("='[https://evil.example/x.xlsx]A'!A1", "formula"),
        (1945, "number"),
        (3.14, "number"),
        (True, "number"),
        (datetime.date(2019, 9, 4), "number"),
        ("#N/A", "error"),
    ],
)
def test_cell_that_holds_no_text_is_reported(value, code):
    assert problems(xlsx(HEADER, ("Budi", value))) == [("B2", code)]


@pytest.mark.parametrize("text", ["=1+1", "+62 812", "-", "@budi", "'=1+1"])
def test_what_looks_like_a_formula_in_csv_is_text(text):
    content = csv_file("Nama;Jabatan", f"Budi;{text}")
    assert people(content) == [(2, "Budi", "", text.removeprefix("'"))]


def test_numbers_in_columns_that_are_not_ours_matter_to_nobody():
    content = xlsx(("No.", "Nama", "Tanggal"), (1, "Budi", datetime.date(2019, 9, 4)))
    assert [each.name for each in read_participants(content).rows] == ["Budi"]


@pytest.mark.parametrize(
    ("area", "found"),
    [
        ("B2:B3", [("B2", "merged")]),
        ("A3:C3", [("A3", "merged")]),
        ("A2:C3", [("A2", "merged")]),
        ("A4:C9", []),
        ("A1:C1", []),
        ("D2:D3", []),
    ],
)
def test_merged_cells_among_the_participants_are_reported(area, found):
    def merge(workbook):
        workbook.active.merge_cells(area)

    assert problems(xlsx((*HEADER, "Ket."), BUDI, SITI, change=merge)) == found


def test_only_the_first_visible_sheet_is_read_and_that_is_said():
    def hide_first(workbook):
        workbook["Rahasia"].sheet_state = "hidden"
        workbook["Tamu"].append(HEADER)
        workbook["Tamu"].append(BUDI)

    content = xlsx(
        ("Nama",), ("Tersembunyi",), sheets=("Rahasia", "Tamu", "Lain"), change=hide_first
    )
    content_of_two = xlsx(HEADER, BUDI, sheets=("Peserta", "Lain"))
    assert code_of(content) is None
    assert people(content)[0][1] == "Budi Santoso"
    assert people(content_of_two) == [(2, *BUDI)]
    assert [("Peserta" in note) for note in read_participants(content_of_two).notes] == [True]


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("  Budi \t\r\n Santoso\u00a0", "Budi Santoso"),
        ("Bu\x00di\x07\x1b[31m", "Budi[31m"),
        ("\u202egnp.exe\u202c\u2066x\u2069", "gnp.exex"),
        ("Bu\u200bdi\ufeff\u00ad", "Budi"),
        ("\ud83d\udc80", ""),
        ("e\u0301", "é"),
        ("محمد\u200cعلي", "محمد\u200cعلي"),
        ("ꦱꦶꦠꦶ 👩\u200d🌾", "ꦱꦶꦠꦶ 👩\u200d🌾"),
        ("#set *tebal* [x] <b>", "#set *tebal* [x] <b>"),
    ],
)
def test_text_is_cleaned_of_what_nobody_sees(text, clean):
    assert clean_text(text) == clean


def test_cleaned_text_reaches_the_rows():
    cells = HEADER_ROW + row(2, "Bu_x202E_di_xD83D_ \u202e\n Santoso")
    assert people(raw_xlsx(cells)) == [(2, "Budi Santoso", "", "")]


def test_file_over_the_limit_is_refused_unread():
    assert code_of(b"Nama\n" + b"a" * MAX_BYTES) == "too_large"


def test_empty_file_is_refused():
    assert code_of(b"") == "empty"
