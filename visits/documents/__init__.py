"""The papers of a visit as PDF: programme, reply letter, attendance list, certificates, report."""

import datetime
from collections.abc import Callable, Sequence

from django.utils import translation

from visits.documents import data as papers
from visits.documents import wording
from visits.documents.typesetting import emblem_drawing, typeset

__all__ = ["render", "render_certificates"]

WORDINGS: dict[str, Callable[[dict], dict]] = {
    "programme": wording.programme,
    "reply": wording.reply,
    "attendance": wording.attendance,
    "certificate": wording.certificate,
    "report": wording.report,
}

Data = (
    papers.Programme
    | papers.ReplyLetter
    | papers.AttendanceList
    | papers.Certificate
    | papers.VisitReport
)


def render(kind: str, data: Data, *, language: str, emblem: bytes = b"") -> bytes:
    """Return the paper `kind` as PDF: tagged, and the same bytes for the same data.

    `data` is described for each kind in `visits.documents.data`; `emblem` is the letterhead's
    picture, in a format that Pillow reads; without it stands the portal's own mark.
    """
    if kind == "certificate":
        return render_certificates([data], language=language, emblem=emblem)
    with translation.override(language):
        content = WORDINGS[kind](data)
    return _typeset(kind, content, data, emblem)


def render_certificates(
    certificates: Sequence[papers.Certificate], *, language: str, emblem: bytes = b""
) -> bytes:
    """Return one PDF with a page for each of `certificates`, which may not be empty."""
    with translation.override(language):
        pages = [wording.certificate(each) for each in certificates]
    return _typeset("certificate", pages[0] | {"pages": pages}, certificates[0], emblem)


def _typeset(kind, content, data, emblem):
    drawing = emblem_drawing(emblem) if emblem else ""
    issued_on = datetime.date.fromisoformat(data["frame"]["issued_on"])
    return typeset(kind, content | {"emblem": drawing}, issued_on=issued_on)
