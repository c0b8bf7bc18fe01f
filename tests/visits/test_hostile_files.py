"""Files made to do harm: each gets an answer of its own, in bounded memory, read but in part."""

import io
import struct
import tracemalloc
import zipfile

import pytest

from tests.factories import picture_file
from tests.visits.conftest import pdf_bytes
from tests.visits.workbooks import (
    HEADER,
    HEADER_ROW,
    code_of,
    link,
    raw_xlsx,
    relations,
    row,
    xlsx,
    zipped,
)
from visits.office_files import MAX_ENTRIES, MAX_UNPACKED_BYTES, OfficeFile
from visits.participant_files import read_participants

COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
MEGABYTE = 1024 * 1024
# A sheet of 500 people takes about two.
MOST_MEMORY = 40 * MEGABYTE
BODY = HEADER_ROW + row(2, "Budi")
NAMED_ROW = '<row><c t="inlineStr"><is><t>Budi</t></is></c></row>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (COMPOUND_FILE + "Workbook".encode("utf-16-le"), "old_workbook"),
        (COMPOUND_FILE + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (
            zipped(
                {
                    "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
                    "content.xml": "<office:document-content/>",
                },
                method=zipfile.ZIP_STORED,
            ),
            "open_document",
        ),
        (
            zipped(
                {
                    "_rels/.rels": relations(link("rId1", "officeDocument", "xl/workbook.bin")),
                    "xl/workbook.bin": "",
                }
            ),
            "binary_workbook",
        ),
        (
            zipped(
                {"_rels/.rels": relations(link("rId1", "officeDocument", "word/document.xml"))}
            ),
            "other_kind",
        ),
        (zipped({"peserta.csv": "Nama\nBudi\n"}), "other_kind"),
        (raw_xlsx(BODY, **{"xl/vbaProject.bin": "Sub Auto_Open()"}), "macros"),
        (pdf_bytes(), "other_kind"),
        (picture_file().read(), "other_kind"),
        (b"<html><table><tr><td>Nama</td></tr></table></html>", "other_kind"),
        (b"\xef\xbb\xbf\n<?xml version='1.0'?><Workbook/>", "other_kind"),
        (b"{\\rtf1 Nama}", "other_kind"),
        (b"Nama\nBu\0di\n", "other_kind"),
        ("Nama\nBudi\n".encode("utf-16-le"), "other_kind"),
        (b"PK\x03\x04", "damaged"),
        (xlsx(HEADER)[:-400], "damaged"),
    ],
)
def test_other_kinds_of_files_are_named_by_their_content(content, code):
    assert code_of(content) == code


@pytest.mark.parametrize(
    ("sheets", "code"),
    [
        ("", "no_sheet"),
        ('<sheet name="A" state="hidden" r:id="rId1"/>', "no_sheet"),
        ('<sheet name="A" state="veryHidden" r:id="rId1"/>', "no_sheet"),
        ('<sheet name="A" r:id="rId9"/>', "damaged"),
        ('<sheet name="A"/>', "damaged"),
    ],
)
def test_workbook_without_a_sheet_to_read_is_refused(sheets, code):
    assert code_of(raw_xlsx(BODY, sheets=sheets)) == code


def test_sheet_that_is_only_a_chart_is_none_to_read():
    links = relations(link("rId1", "chartsheet", "chartsheets/sheet1.xml"))
    assert code_of(raw_xlsx(BODY, **{"xl/_rels/workbook.xml.rels": links})) == "no_sheet"


@pytest.mark.parametrize("dimension", ["A1:XFD1048576", "A1", "nonsense"])
def test_what_a_sheet_says_of_its_size_is_not_believed(dimension):
    sheet = f'<worksheet><dimension ref="{dimension}"/><sheetData>{BODY}</sheetData></worksheet>'
    result = read_participants(raw_xlsx(**{"xl/worksheets/sheet1.xml": sheet}))
    assert [each.name for each in result.rows] == ["Budi"]


def test_links_to_other_files_are_never_followed():
    """The suite itself has no network; what a formula brought along is reported."""
    outside = relations(
        link("rId1", "worksheet", "worksheets/sheet1.xml"),
        link("rId3", "externalLink", "https://evil.example/x").replace(
            "/>", ' TargetMode="External"/>'
        ),
    )
    cells = HEADER_ROW + '<row r="2"><c r="A2"><f>[1]A!A1</f><v>Budi</v></c></row>'
    result = read_participants(raw_xlsx(cells, **{"xl/_rels/workbook.xml.rels": outside}))
    assert [(each.cell, each.code, each.value) for each in result.problems] == [
        ("A2", "formula", "Budi")
    ]


def entities(depth):
    """A document type in which one name unpacks to ten to the power of `depth`."""
    lines = ['<!ENTITY e0 "haha">']
    lines += [f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, depth)]
    return f"<!DOCTYPE x [{''.join(lines)}]>"


@pytest.mark.parametrize(
    "doctype",
    [
        entities(9),
        f'<!DOCTYPE x [<!ENTITY e8 "{"a" * 50_000}">]>',
        '<!DOCTYPE x [<!ENTITY e8 SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "https://evil.example/x.dtd">',
        "<!DOCTYPE x>",
    ],
)
@pytest.mark.parametrize(
    "part",
    [
        "_rels/.rels",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/worksheets/sheet1.xml",
        "xl/sharedStrings.xml",
    ],
)
def test_document_type_is_refused_in_every_part(doctype, part):
    use = "&e8;" if "e8" in doctype else ""
    cells = HEADER_ROW + '<row r="2"><c r="A2" t="s"><v>0</v></c></row>'
    strings = "<si><t>Budi</t></si>"
    honest = raw_xlsx(cells, strings=strings)
    assert code_of(honest) is None
    with zipfile.ZipFile(io.BytesIO(honest)) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    parts[part] = doctype + parts[part].replace("</", f"{use}</", 1)
    assert code_of(zipped(parts)) == "damaged"


@pytest.mark.parametrize(
    "cells",
    [
        row(2, "Budi") + row(2, "Siti"),
        row(3, "Budi") + row(2, "Siti"),
        '<row r="-1"/>',
        '<row r="dua"/>',
        '<row r="2"><c r="2"><v>1</v></c></row>',
        '<row r="2"><c r=""><v>1</v></c></row>',
        '<row r="2"><c r="A2" t="s"><v>7</v></c></row>',
        '<row r="2"><c r="A2" t="s"><v>-1</v></c></row>',
        '<row r="2"><c r="A2" t="s"><v>satu</v></c></row>',
        f'<row r="2"><c r="A2" t="s"><v>{"9" * 5000}</v></c></row>',
        '<row r="2"><c r="A2">',
        "<row>&undeclared;</row>",
        "<row>\x00</row>",
        "<row>&#xD800;</row>",
    ],
)
def test_sheet_that_no_program_wrote_is_damaged(cells):
    assert code_of(raw_xlsx(HEADER_ROW + cells, strings="<si><t>Budi</t></si>")) == "damaged"


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
def test_workbook_without_one_of_its_parts_is_damaged(part):
    assert code_of(raw_xlsx(BODY, **{part: None})) == "damaged"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_unpack_without_a_limit_are_refused(method):
    assert code_of(raw_xlsx(BODY, method=method)) == "damaged"


def test_zip_with_a_password_on_its_entries_is_damaged():
    content = bytearray(raw_xlsx(BODY))
    place = 0
    while (place := content.find(b"PK\x01\x02", place + 1)) != -1:
        content[place + 8] |= 1
    assert code_of(bytes(content)) == "damaged"


@pytest.mark.parametrize("cut", range(0, 1000, 50))
def test_file_cut_off_anywhere_is_refused_and_breaks_nothing(cut):
    content = raw_xlsx(BODY)
    assert cut < len(content)
    assert code_of(content[:cut]) in {"damaged", "empty", "other_kind"}


@pytest.fixture
def unpacked(monkeypatch):
    """Counts the bytes that are unpacked."""
    sizes = []
    chunks = OfficeFile._chunks

    def counted(self, name):
        for chunk in chunks(self, name):
            sizes.append(len(chunk))
            yield chunk

    monkeypatch.setattr(OfficeFile, "_chunks", counted)
    return sizes


def long_attribute():
    return HEADER_ROW + f'<row a="{"x" * 30 * MEGABYTE}"/>'


BOMBS = [
    # name, workbook, answer, megabytes that may be unpacked
    (
        "a million participants",
        lambda: raw_xlsx(HEADER_ROW + NAMED_ROW * 10**6),
        "too_many_rows",
        1,
    ),
    ("a million empty rows", lambda: raw_xlsx(BODY + "<row/>" * 10**6), "too_many_rows_seen", 1),
    (
        "4 million cells",
        lambda: raw_xlsx(f"<row>{'<c/>' * 4 * 10**6}</row>"),
        "unpacks_too_large",
        9,
    ),
    ("80 megabytes of space", lambda: raw_xlsx(" " * 80 * MEGABYTE), "unpacks_too_large", 9),
    ("a tag of 30 megabytes", lambda: raw_xlsx(long_attribute()), "damaged", 1),
    ("a comment of 30 megabytes", lambda: raw_xlsx(f"<!--{'x' * 30 * MEGABYTE}-->"), "damaged", 1),
    ("a million tags in each other", lambda: raw_xlsx("<a>" * 10**6), "damaged", 1),
    (
        "a text of 30 megabytes",
        lambda: raw_xlsx(f"<row><c><v>{'x' * 30 * MEGABYTE}</v></c></row>"),
        "unpacks_too_large",
        9,
    ),
    (
        "a million texts in a cell",
        lambda: raw_xlsx(f"{HEADER_ROW}<row><c>{'<v>x</v>' * 900_000}</c></row>"),
        None,
        9,
    ),
    (
        "two million shared strings",
        lambda: raw_xlsx('<row><c t="s"><v>9999999</v></c></row>', strings="<si/>" * 2 * 10**6),
        "unpacks_too_large",
        9,
    ),
    (
        "a million merged cells",
        lambda: raw_xlsx(BODY, after='<mergeCell ref="A1:B2"/>' * 10**6),
        "too_many_merges",
        1,
    ),
]


@pytest.mark.parametrize(
    ("make", "code", "megabytes"),
    [pytest.param(*rest, id=name) for name, *rest in BOMBS],
)
def test_bomb_is_refused_after_a_bounded_part_of_it(make, code, megabytes, unpacked):
    content = make()
    assert len(content) < 2 * MEGABYTE
    tracemalloc.start()
    try:
        assert code_of(content) == code
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < MOST_MEMORY
    assert sum(unpacked) < megabytes * MEGABYTE


def test_archive_of_too_many_entries_is_refused_before_any_is_read(unpacked):
    extra = {f"a{number}": "" for number in range(MAX_ENTRIES)}
    assert code_of(raw_xlsx(BODY, **extra)) == "unpacks_too_large"
    assert unpacked == []


def test_parts_that_are_not_needed_are_never_unpacked(unpacked):
    content = raw_xlsx(BODY, **{"xl/media/image1.png": b"\0" * 20 * MEGABYTE})
    assert code_of(content) is None
    assert sum(unpacked) < MEGABYTE


def test_directory_that_lies_about_a_size_unpacks_no_more_than_it_says(unpacked):
    content = bytearray(raw_xlsx(BODY + " " * 80 * MEGABYTE))
    place = content.rfind(b"PK\x01\x02")
    assert struct.unpack_from("<I", content, place + 24)[0] > MAX_UNPACKED_BYTES
    struct.pack_into("<I", content, place + 24, 1000)
    assert code_of(bytes(content)) == "damaged"
    assert sum(unpacked) < MEGABYTE


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"Nama\n" + b"a\n" * 10**6, "too_many_rows"),
        (b"Nama\n" + b"\n" * 2 * 10**6, "too_many_rows_seen"),
        (b"Nama\n" + b"," * 2 * 10**6, "no_rows"),
        (b"Nama\n" + b"a" * 2 * 10**6, "quotation_marks"),
        (b'Nama\n"' + b"a\n" * 10**6, "quotation_marks"),
        (b'Nama\nSiti\n"Budi', "quotation_marks"),
        (b'Nama\n"Budi" Santoso\n', "quotation_marks"),
        (bytes(range(1, 256)) * 4000, "encoding"),
        (("Nama\n" + ("a" + "\u0301\u0316" * 400 + "\n") * 500).encode(), None),
    ],
)
def test_csv_made_to_do_harm_gets_an_answer(content, code):
    tracemalloc.start()
    try:
        assert code_of(content) == code
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < MOST_MEMORY
