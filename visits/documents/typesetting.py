"""From labelled content to PDF: Typst, with our own fonts and nothing else of the machine's.

What people typed reaches Typst as strings inside one JSON value, never as markup, and a string
that Typst shows is shown as it is. No clock is read: the same content gives the same bytes.
"""

import base64
import datetime
import io
import json
import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

import segno
from django.conf import settings
from PIL import Image

SHEETS = Path(settings.BASE_DIR) / "templates" / "documents"
EMBLEM_PIXELS = 600
# Characters that have no shape, or that would turn the text around them.
UNSHOWN = {"Cc", "Cs", "Co"}
TURNING = set("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
# Any run of white space is one space; the one that holds a date together stays.
SPACE = re.compile(r"[^\S\u00a0]+")
# How Typst says that none of our fonts has a character.
NO_GLYPH = "could not be displayed"
NO_GLYPH_FOR = re.compile(f'the text `"(.+?)"` {NO_GLYPH}')
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


@cache
def _typst():
    """The library; not before the first paper, for it takes much memory."""
    import typst

    return typst


@cache
def _fonts():
    return _typst().Fonts(include_system_fonts=False, font_paths=[str(SHEETS / "fonts")])


def typeset(sheet: str, content: dict, *, issued_on: datetime.date) -> bytes:
    """Return the PDF that `templates/documents/<sheet>.typ` makes of `content`.

    It is tagged as PDF/UA-1 asks. Where a name holds a character that none of our fonts has, that
    standard forbids the box that stands for it: the paper is then tagged all the same, without
    claiming the standard. Raises typst.TypstError where the sheet itself is at fault.
    """
    try:
        return _compiled(sheet, content, issued_on, "ua-1")
    except _typst().TypstError as error:
        if NO_GLYPH not in error.message:
            raise
        return _compiled(sheet, content, issued_on)


def unprintable(texts: Iterable[str]) -> list[str]:
    """Those of `texts` of which a letter would be printed as a box, each once."""
    texts = list(dict.fromkeys(texts))
    try:
        _compiled("letters", {"texts": texts}, datetime.date.min, "ua-1")
    except _typst().TypstError as error:
        if NO_GLYPH not in error.message:
            raise
        missing = {_unescaped(each) for each in NO_GLYPH_FOR.findall(error.diagnostic)}
        return [text for text in texts if any(each in text for each in missing)]
    return []


def _unescaped(text: str) -> str:
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def _compiled(sheet, content, issued_on, *standards) -> bytes:
    return _typst().compile(
        str(SHEETS / f"{sheet}.typ"),
        root=str(SHEETS),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"content": json.dumps(_shown(content), ensure_ascii=False)},
        pdf_standards=list(standards),
        timestamp=datetime.datetime.combine(issued_on, datetime.time(), datetime.UTC),
    )


def _shown(value):
    """`value` with all its strings as they may be printed: composed, and of characters alone."""
    if isinstance(value, dict):
        return {key: _shown(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(each) for each in value]
    if not isinstance(value, str):
        return value
    return "".join(
        character
        for character in unicodedata.normalize("NFC", SPACE.sub(" ", value.strip()))
        if unicodedata.category(character) not in UNSHOWN and character not in TURNING
    )


def qr_code(url: str) -> str:
    """The QR code of `url` as SVG, without a border of its own."""
    drawing = io.BytesIO()
    segno.make(url, error="m", micro=False).save(
        drawing, kind="svg", border=0, xmldecl=False, svgns=True, dark="#0a2c25"
    )
    return drawing.getvalue().decode()


@lru_cache(maxsize=4)
def emblem_drawing(picture: bytes) -> str:
    """A letterhead's emblem as SVG: the one form in which Typst takes a picture from JSON."""
    with Image.open(io.BytesIO(picture)) as image:
        image.thumbnail((EMBLEM_PIXELS, EMBLEM_PIXELS))
        width, height = image.size
        buffer = io.BytesIO()
        image.convert("RGBA").save(buffer, "PNG")
    data = base64.b64encode(buffer.getvalue()).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="data:image/png;base64,{data}"/></svg>'
    )
