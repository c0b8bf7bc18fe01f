import hashlib
import io
import zlib

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile

from innovations import pdf
from tests.visits.conftest import pdf_bytes

LIMIT = 1_000_000


def code_of(content, *, max_bytes=LIMIT):
    """The code with which an upload is refused, or None."""
    file = ContentFile(content, name="surat.pdf")
    try:
        pdf.check_pdf(file, max_bytes=max_bytes)
    except ValidationError as error:
        return error.code
    finally:
        assert file.tell() == 0
    return None


def pdf_with(change):
    """A PDF of one page, altered by `change(document)` before it is written."""
    buffer = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        change(document)
        document.save(buffer)
    return buffer.getvalue()


def test_pdf_is_taken():
    assert code_of(pdf_bytes()) is None


@pytest.mark.parametrize(
    "options",
    [
        {"object_stream_mode": pikepdf.ObjectStreamMode.generate},
        {"linearize": True},
        {"min_version": "2.0"},
    ],
)
def test_pdf_of_any_make_is_taken(options):
    assert code_of(pdf_bytes(**options)) is None


def test_looking_at_a_pdf_leaves_it_as_it_is():
    content = pdf_bytes()
    file = ContentFile(content, name="surat.pdf")
    file.seek(7)
    pdf.check_pdf(file, max_bytes=LIMIT)
    assert hashlib.sha256(file.read()).digest() == hashlib.sha256(content).digest()


def test_pdf_that_can_only_be_read_with_a_password_is_refused():
    locked = pikepdf.Encryption(user="rahasia", owner="rahasia")
    assert code_of(pdf_bytes(encryption=locked)) == "encrypted"


def test_pdf_that_anyone_can_read_though_only_its_owner_can_change_it_is_taken():
    sealed = pikepdf.Encryption(user="", owner="rahasia")
    assert code_of(pdf_bytes(encryption=sealed)) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"bukan PDF",
        b"%PDF-",
        b"%PDF-1.7\n%%EOF\n",
        b"%PDF-1.7\n" + b"<script>alert(1)</script>" * 40,
        b"MZ\x90\x00" + b"\0" * 500,
        b"MZ\x90\x00" + pdf_bytes(),
        b"PK\x03\x04" + b"\0" * 500,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<!doctype html>" + pdf_bytes(),
        b" " + pdf_bytes(),
        pdf_bytes()[:60],
    ],
)
def test_what_is_no_readable_pdf_is_refused_whatever_its_name(content):
    assert code_of(content) == "not_a_pdf"


def test_pdf_cut_off_before_its_pages_is_refused():
    content = pdf_bytes()
    assert code_of(content[: content.index(b"/Pages")]) == "not_a_pdf"


def test_pdf_without_a_page_is_refused():
    def empty(document):
        del document.pages[0]

    assert code_of(pdf_with(empty)) == "not_a_pdf"


def test_script_in_a_pdf_is_left_to_the_reader_who_downloads_it():
    """The bytes are the sender's: the portal only ever hands them on as a download."""

    def add_script(document):
        document.Root.OpenAction = pikepdf.Dictionary(
            S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)")
        )

    content = pdf_with(add_script)
    assert b"app.alert" in content
    assert code_of(content) is None


def test_pdf_over_the_limit_is_refused_and_one_of_just_the_limit_taken():
    content = pdf_bytes()
    assert code_of(content, max_bytes=len(content)) is None
    assert code_of(content, max_bytes=len(content) - 1) == "too_large"


def test_size_is_judged_before_content():
    assert code_of(b"bukan PDF", max_bytes=3) == "too_large"


def test_pdf_whose_structure_lies_is_refused_or_taken_but_breaks_nothing():
    content = pdf_bytes().replace(b"/Count", b"/Ceunt").replace(b"4 0 obj", b"4d0 obj")
    assert code_of(content) in {None, "not_a_pdf"}


def test_pdf_that_unpacks_to_far_more_than_it_weighs_is_refused():
    assert code_of(bomb(unpacked=pdf.UNPACKED_BYTES * 2)) == "not_a_pdf"
    assert code_of(bomb(unpacked=1024)) is None


def bomb(*, unpacked):
    """A PDF whose catalogue lies in a stream padded with `unpacked` spaces."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
    ]
    body, places = b"", []
    for number, content in enumerate(objects, start=1):
        places.append(f"{number} {len(body)}")
        body += content + b" "
    index = (" ".join(places) + " ").encode()
    packed = zlib.compress(index + body + b" " * unpacked, 9)
    pdf_file = bytearray(b"%PDF-1.5\n")
    stream_at = len(pdf_file)
    pdf_file += b"4 0 obj\n<< /Type /ObjStm /N 3 /First %d /Length %d " % (
        len(index),
        len(packed),
    )
    pdf_file += b"/Filter /FlateDecode >>\nstream\n" + packed + b"\nendstream\nendobj\n"
    table_at = len(pdf_file)
    entries = [(0, 0, 0), (2, 4, 0), (2, 4, 1), (2, 4, 2), (1, stream_at, 0), (1, table_at, 0)]
    table = b"".join(bytes([a]) + b.to_bytes(4, "big") + bytes([c]) for a, b, c in entries)
    pdf_file += b"5 0 obj\n<< /Type /XRef /Size 6 /W [1 4 1] /Root 1 0 R /Length %d >>" % len(
        table
    )
    pdf_file += b"\nstream\n" + table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % table_at
    return bytes(pdf_file)
