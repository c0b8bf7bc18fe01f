import csv
import datetime
import io
from types import SimpleNamespace

import openpyxl
import pytest
from django.utils import timezone, translation

from tests.visits.workbooks import code_of
from visits.participant_files import read_participants
from visits.participant_sheets import attendance_xlsx, template_csv, template_xlsx
from visits.spreadsheets import FORMULA, Column, csv_bytes, without_guard, xlsx_bytes

LANGUAGES = ("id", "en")
RISKY = ["=1+1", "+62 812", "-2", "@SUM(A1)", "\t=1", "\r=1", " =1+1", "\u00a0=cmd"]


def person(name, institution="Dinas Sosial", job_title="Analis", **times):
    return SimpleNamespace(
        name=name,
        institution=institution,
        job_title=job_title,
        attended_at=times.get("attended_at"),
        left_at=times.get("left_at"),
    )


def sheet(content):
    return openpyxl.load_workbook(io.BytesIO(content)).active


def values(content):
    return [row for row in sheet(content).iter_rows(values_only=True) if any(row)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("make", [template_xlsx, template_csv])
def test_template_filled_in_is_read_without_a_word(make, language):
    with translation.override(language):
        content = make([person("Budi Santoso"), person("Siti Aminah", "", "")])
    result = read_participants(content)
    assert [(each.name, each.institution, each.job_title) for each in result.rows] == [
        ("Budi Santoso", "Dinas Sosial", "Analis"),
        ("Siti Aminah", "", ""),
    ]
    assert (result.problems, result.notes) == ([], [])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("make", [template_xlsx, template_csv])
def test_example_left_in_the_template_is_no_participant(make, language):
    with translation.override(language):
        example = make()
    assert code_of(example) == "no_rows"


def test_example_beside_real_rows_is_named_by_its_row():
    content = template_csv().decode("utf-8-sig") + "Budi;;\r\n"
    with translation.override("en"):
        result = read_participants(content.encode())
    assert [each.name for each in result.rows] == ["Budi"]
    assert result.notes == ["Row 2 is the template's example and was passed over."]


def test_template_speaks_the_readers_language():
    assert values(template_xlsx())[0] == ("Nama", "Instansi", "Jabatan")
    with translation.override("en"):
        assert values(template_xlsx())[0] == ("Name", "Institution", "Position")


def test_template_keeps_what_is_typed_as_text_and_says_how_long_it_may_be():
    page = sheet(template_xlsx())
    assert {page.cell(row, column).number_format for row in (2, 3, 501) for column in (1, 3)} == {
        "@"
    }
    limits = {str(rule.sqref): rule.formula1 for rule in page.data_validations.dataValidation}
    assert limits == {"A2:A502": "150", "B2:B502": "200", "C2:C502": "150"}
    assert page.freeze_panes == "A2"


@pytest.mark.parametrize("text", RISKY)
def test_no_text_becomes_a_formula_in_a_workbook(text):
    cell = sheet(xlsx_bytes("Daftar", [Column("Nama")], [(text,)])).cell(2, 1)
    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    assert cell.value == text


@pytest.mark.parametrize("other", [",", ";", "\t"])
def test_no_text_becomes_a_formula_for_whom_another_sign_parts_cells(other):
    content = csv_bytes([Column("Nama")], [(f"Siti{other} =1+1{other}-2",)]).decode("utf-8-sig")
    ((_header,), (cell,)) = csv.reader(io.StringIO(content, newline=""), delimiter=";")
    assert cell.split(other)[1:] == [" '=1+1", "'-2"]


@pytest.mark.parametrize("text", RISKY)
def test_no_text_becomes_a_formula_in_csv(text):
    content = csv_bytes([Column("Nama")], [(text,)]).decode("utf-8-sig")
    ((_header,), (cell,)) = csv.reader(io.StringIO(content, newline=""))
    assert cell == f"'{text}"
    assert not FORMULA.match(cell)
    assert without_guard(cell) == text


@pytest.mark.parametrize("text", ["Budi", "O'Neill", "'tHooft", "A=B", "a-b", ""])
def test_harmless_text_is_handed_out_as_it_is(text):
    content = csv_bytes([Column("Nama"), Column("x")], [(text, None)]).decode("utf-8-sig")
    assert next(csv.reader(content.splitlines()[1:], delimiter=";")) == [text, ""]
    assert without_guard(text) == text
    cell = sheet(xlsx_bytes("Daftar", [Column("Nama"), Column("x")], [(text, 1)])).cell(2, 1)
    assert (cell.value or "", cell.quotePrefix) == (text, False)


def test_formula_typed_as_a_name_comes_back_as_it_went_out():
    for make in (template_csv, template_xlsx):
        (row,) = read_participants(make([person("=Budi", "+62", "-")])).rows
        assert (row.name, row.institution, row.job_title) == ("=Budi", "+62", "-")


def test_signs_that_no_workbook_can_hold_are_left_out():
    content = xlsx_bytes("A/B: [x]?" * 9, [Column("Nama")], [("Bu\x00di\x1b\ud83d\ufffe ꦱ👩",)])
    page = sheet(content)
    assert page.cell(2, 1).value == "Budi ꦱ👩"
    assert page.title == ("A B   x  " * 9)[:31]


def test_csv_parts_columns_as_the_languages_spreadsheets_do():
    columns = [Column("A"), Column("B")]
    assert csv_bytes(columns, [("1", 2)]) == b"\xef\xbb\xbfA;B\r\n1;2\r\n"
    with translation.override("en"):
        assert csv_bytes(columns, [("1", 2)]) == b"\xef\xbb\xbfA,B\r\n1,2\r\n"


def test_attendance_says_who_came_and_when_in_local_time():
    came = datetime.datetime(2027, 3, 2, 2, 5, tzinfo=datetime.UTC)
    content = attendance_xlsx(
        [
            person("Budi", attended_at=came, left_at=came + datetime.timedelta(hours=2)),
            person("=HYPERLINK(1)", "", ""),
        ]
    )
    assert values(content)[1:] == [
        (
            1,
            "Budi",
            "Dinas Sosial",
            "Analis",
            datetime.datetime(2027, 3, 2, 9, 5),  # noqa: DTZ001 (a workbook knows no zone)
            datetime.datetime(2027, 3, 2, 11, 5),  # noqa: DTZ001 (the same)
        ),
        (2, "=HYPERLINK(1)", None, None, None, None),
    ]
    assert sheet(content).cell(2, 5).number_format == "hh:mm"
    assert timezone.get_current_timezone_name() == "Asia/Jakarta"
