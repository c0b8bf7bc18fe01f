"""What of a paper the public page shows beside it: enough to see a forgery, and no more."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from visits.documents import wording
from visits.models.afterwards import FEWEST_PEOPLE
from visits.models.paper import Paper


def printed_on(paper: Paper) -> dict:
    """`facts` (label and value), `tables` and `is_shortened` of a valid paper.

    All is in the reader's language; `is_shortened` is whether anything printed is left out,
    because it may not be public.

    A table is as `wording.table` makes it, each cell the label of its column, what stands out, and
    what stands under it. The names on an attendance list stay with it: their number is told.
    """
    printed = paper.printed
    data = _publishable(paper, printed)
    visit = data["visit"]
    content = {
        Paper.Kind.PROGRAMME: wording.programme,
        Paper.Kind.REPLY: wording.reply,
        Paper.Kind.ATTENDANCE: wording.attendance,
        Paper.Kind.CERTIFICATE: wording.certificate,
        Paper.Kind.REPORT: wording.report,
    }[paper.kind](data)
    delegation = (_("Delegation"), wording.joined(visit["organisation"], visit["unit"]))
    signatory = data["frame"]["signatory"]
    facts = [
        *wording.known(*_own_facts(paper.kind, data, content), delegation),
        *content.get("facts", ()),
        *wording.known(
            (_("Issued on"), wording.day(data["frame"]["issued_on"])),
            (_("Signed by"), wording.joined(signatory["name"], signatory["position"], by=", ")),
        ),
    ]
    tables = [content[part] for part in ("itinerary", "feedback", "adoptions") if part in content]
    return {
        "facts": facts,
        "tables": [
            table | {"rows": [_labelled(row, table["columns"]) for row in table["rows"]]}
            for table in tables
            if table["rows"]
        ],
        "is_shortened": data != printed,
    }


def _publishable(paper, data) -> dict:
    """Of `data` what public pages may tell now: reports were issued under a laxer rule once."""
    if paper.kind != Paper.Kind.REPORT:
        return data
    confirmed = set(
        paper.visit.adoptions.confirmed().values_list("innovation__name", "organisation")
    )
    opinion = data["opinion"]
    return data | {
        "opinion": opinion if opinion and opinion["count"] >= FEWEST_PEOPLE else None,
        "ratings": [each for each in data["ratings"] if each["count"] >= FEWEST_PEOPLE],
        "adoptions": [
            each
            for each in data["adoptions"]
            if (each["innovation"], each["organisation"]) in confirmed
        ],
    }


def _labelled(row, columns) -> list[tuple[str, str, str]]:
    return [(column["label"], *_pair(cell)) for cell, column in zip(row, columns, strict=True)]


def _pair(cell) -> list[str]:
    match cell:
        case str():
            return [cell, ""]
        case {"text": text}:
            return [text, ""]
    return cell


def _own_facts(kind, data, content) -> list:
    if kind == Paper.Kind.CERTIFICATE:
        return [
            (_("Presented to"), data["name"]),
            (_("Position and institution"), content["from_where"]),
            (_("Day and date"), wording.days(data["visit"])),
            (_("Innovations seen"), wording.joined(*data["innovations"])),
        ]
    if kind == Paper.Kind.REPLY:
        answers = {"confirmed": _("The visit is agreed"), "declined": _("The visit is declined")}
        return [
            (_("Answer"), answers[data["answer"]]),
            (_("To"), wording.joined(data["addressee"], data["addressee_position"])),
        ]
    if kind == Paper.Kind.ATTENDANCE:
        return [(_("Names on the list"), number_format(len(data["attendees"])))]
    return []
