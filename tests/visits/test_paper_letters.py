"""What people and places may be called, and how it is printed."""

import io

import pikepdf
import pypdf
import pytest

from tests.visits.papers import (
    FRAME,
    PAPERS,
    UA_PART,
    VISIT,
    attendee,
    metadata,
    paper,
    tags,
    text,
    with_name,
)
from visits.documents.typesetting import unprintable

KINDS = list(PAPERS)
HOSTILE = (
    "#set page(fill: red) *tebal* _miring_ [kotak] $x^2$ \\u{41} <label> `kode` @rujuk // /* = - "
    "\"#include 'x'\" #{1+1} ~"
)
JAVANESE, ARABIC = "ꦱꦸꦫꦏꦂꦠ ꦲꦤ꧀ꦠꦸꦏ꧀", "محمد عبد الله"


@pytest.mark.parametrize("kind", KINDS)
def test_markup_in_a_name_is_printed_as_it_was_typed(kind):
    assert HOSTILE in text(with_name(kind, HOSTILE))


@pytest.mark.parametrize("field", ["organisation", "unit", "venue", "reference"])
def test_markup_anywhere_else_is_printed_as_it_was_typed(field):
    assert HOSTILE in text(paper("programme", visit=VISIT | {field: HOSTILE}))


@pytest.mark.parametrize("part", ["letterhead", "signatory"])
def test_markup_in_the_settings_is_printed_as_it_was_typed(part):
    frame = FRAME | {part: dict.fromkeys(FRAME[part], HOSTILE)}
    words = text(paper("programme", frame=frame))
    assert words.count(HOSTILE) == len(FRAME[part])


@pytest.mark.parametrize("kind", KINDS)
def test_arabic_can_be_read_and_searched(kind):
    words = text(with_name(kind, ARABIC)).split()
    assert [word for word in ARABIC.split() if word not in words] == []


@pytest.mark.parametrize("kind", KINDS)
def test_javanese_can_be_read(kind):
    pdf = with_name(kind, JAVANESE)
    assert set(JAVANESE) - set(text(pdf)) == set()
    assert UA_PART in metadata(pdf)


def test_javanese_takes_the_room_that_it_needs_above_the_next_line():
    def room(name):
        """From the head of the table down to what stands under the name, in points."""
        heights = {}

        def note(piece, transformation, matrix, _font, _size):
            heights[piece.strip()] = matrix[5] * transformation[3] + transformation[5]

        pdf = paper("attendance", attendees=[attendee(1, name=name)])
        pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text(visitor_text=note)
        return heights["Nama"] - heights["Analis"]

    assert room(JAVANESE) > room("Sari") + 6


def test_javanese_syllable_of_several_glyphs_says_what_it_is_as_a_whole():
    with pikepdf.open(io.BytesIO(with_name("certificate", "ꦏꦂ"))) as document:
        stream = document.pages[0].Contents.read_bytes()
    assert b"/ActualText<FEFFA98FA982>" in stream


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("emoji", ["😀", "👩‍🔧", "🇮🇩", "1️⃣"])
def test_emoji_are_printed(kind, emoji):
    pdf = with_name(kind, f"Sari {emoji}")
    assert emoji in text(pdf)
    assert UA_PART in metadata(pdf)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["山田太郎", "さくら", "黃婷", "陈岚", "สมชาย ใจดี"])
def test_chinese_japanese_and_thai_are_printed(kind, name):
    pdf = with_name(kind, name)
    assert name in text(pdf)
    assert UA_PART in metadata(pdf)


def test_text_of_which_a_letter_would_be_a_box_is_known():
    printed = [
        "Siti",
        "Šejla Đurić",
        JAVANESE,
        ARABIC,
        "山田",
        "สมชาย",
        "👩‍🔧",
        HOSTILE,
        "a\x00b",
        "",
    ]
    assert unprintable([*printed, "김철수 Kim", "ကျော်", "\u103a", "김철수 Kim"]) == [
        "김철수 Kim",
        "ကျော်",
        "\u103a",
    ]
    assert unprintable(printed) == unprintable([]) == []


def test_letters_that_no_font_of_ours_has_do_not_stop_the_paper():
    pdf = with_name("certificate", "ကျော် 김 Tarō")
    assert " Tarō Analis" in text(pdf)
    assert "/H1" in tags(pdf)
    # The standard forbids the box that stands for such a letter, so it is not claimed.
    assert UA_PART not in metadata(pdf)


def test_what_has_no_shape_is_left_out_and_white_space_is_one_space():
    pdf = with_name("certificate", "Siti\x00\x07\u202e \n\t Aminah\ue000\ud800")
    assert "kepada Siti Aminah Analis" in text(pdf)
    assert UA_PART in metadata(pdf)


def lines_with(pdf, letters):
    """The lines of the first page that hold these letters, as far as they hold them."""
    found = {}

    def note(piece, transformation, matrix, _font, _size):
        own = "".join(letter for letter in piece if letter in letters)
        height = matrix[4] * transformation[1] + matrix[5] * transformation[3] + transformation[5]
        found[round(height)] = found.get(round(height), "") + own

    pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text(visitor_text=note)
    return [line for line in found.values() if line]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("letter", ["þ", "ꦱ", "\u0628"], ids=["latin", "javanese", "arabic"])
def test_very_long_name_is_broken_into_lines(kind, letter):
    lines = lines_with(with_name(kind, letter * 150), {letter})
    assert (len(lines) > 1, sum(map(len, lines))) == (True, 150)
    assert max(map(len, lines)) < 130


def test_fonts_travel_with_the_paper():
    pdf = with_name("attendance", f"Sari {JAVANESE} {ARABIC} 😀")
    with pikepdf.open(io.BytesIO(pdf)) as document:
        fonts = {
            str(font.BaseFont).partition("+")[2].partition("-")[0]
            for font in document.pages[0].Resources.Font.values()
        }
    assert fonts == {"PlusJakartaSans", "NotoSansJavanese", "NotoNaskhArabic", "NotoEmoji"}
