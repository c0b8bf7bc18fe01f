"""Workbooks for tests: as a spreadsheet program writes them, and as only an attacker does."""

import io
import zipfile
from xml.sax.saxutils import escape

from django.core.exceptions import ValidationError

from visits.participant_files import read_participants

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"

HEADER = ("Nama", "Instansi", "Jabatan")
HEADER_ROW = '<row r="1"><c r="A1" t="inlineStr"><is><t>Nama</t></is></c></row>'
SHEETS = '<sheet name="Peserta" sheetId="1" r:id="rId1"/>'


def code_of(content):
    """The code with which a file is refused as a whole, or None."""
    try:
        read_participants(content)
    except ValidationError as error:
        return error.code
    return None


def xlsx(*rows, sheets=("Peserta",), change=None):
    """A workbook as openpyxl writes it, `rows` on its first sheet; `change(workbook)` before."""
    from openpyxl import Workbook

    workbook = Workbook()
    workbook.active.title = sheets[0]
    for name in sheets[1:]:
        workbook.create_sheet(name).append(["Jangan dibaca"])
    for row in rows:
        workbook.active.append(row)
    if change:
        change(workbook)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def raw_xlsx(
    rows="", *, after="", sheets=SHEETS, strings=None, method=zipfile.ZIP_DEFLATED, **parts
):
    """A workbook written tag by tag; `parts` (path to content, None to leave out) replace ours."""
    links = [link("rId1", "worksheet", "worksheets/sheet1.xml")]
    if strings is not None:
        strings = f'<sst xmlns="{MAIN}">{strings}</sst>'
        links.append(link("rId2", "sharedStrings", "sharedStrings.xml"))
    content = {
        "_rels/.rels": relations(link("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{sheets}</sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": relations(*links),
        "xl/worksheets/sheet1.xml": (
            f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'
        ),
        "xl/sharedStrings.xml": strings,
        **parts,
    }
    present = {name: text for name, text in content.items() if text is not None}
    return zipped(present, method=method)


def relations(*links):
    return f'<Relationships xmlns="{PACKAGE}">{"".join(links)}</Relationships>'


def link(identity, kind, target):
    return f'<Relationship Id="{identity}" Type="{OFFICE}/{kind}" Target="{target}"/>'


def zipped(parts, *, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def row(number, *texts):
    """A row of inline texts in the columns from A; None leaves a column out."""
    cells = "".join(
        f'<c r="{chr(65 + place)}{number}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
        for place, text in enumerate(texts)
        if text is not None
    )
    return f'<row r="{number}">{cells}</row>'
