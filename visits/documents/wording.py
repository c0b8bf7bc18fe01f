"""The words of each paper: facts in, labelled content in the active language out.

The sheets under `templates/documents/` hold no word of their own; all that they print comes from
here, with dates, times and numbers as the language writes them.
"""

import datetime
import re

from django.utils.formats import date_format, number_format, time_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from visits.documents.typesetting import qr_code

BEST = 5
MAX_ROWS, USUAL_ROWS = 500, 20
# Such as "NIP 19700101 199001 1 001".
NUMBER = re.compile(r"(?:\b[^\W\d]+\.?(?: ?:)? )?\d+(?: \d+)+")


def day(value: str, *, weekday=False) -> str:
    """An ISO date in words; with its day of the week before it where `weekday` says so."""
    if not value:
        return ""
    return date_format(
        datetime.date.fromisoformat(value), "l, j F Y" if weekday else "DATE_FORMAT"
    )


def days(visit) -> str:
    """The day of a visit in words, or its first and last."""
    first, last = visit["held_on"], visit["held_until"]
    if not last:
        return day(first, weekday=True)
    return _("%(first)s to %(last)s") % {"first": day(first), "last": day(last)}


def hours(item) -> str:
    """From when until when, of a visit or a stop."""
    times = [item[name] for name in ("starts_at", "ends_at") if item[name]]
    return "–".join(time_format(datetime.time.fromisoformat(each)) for each in times)


def people(number: int | None) -> str:
    if number is None:
        return ""
    text = ngettext("%(number)s person", "%(number)s persons", number)
    return text % {"number": number_format(number)}


def unbroken(text: str) -> str:
    """`text` for the middle of a sentence, never parted at the end of a line."""
    return text.replace(" ", "\u00a0")


def whole_numbers(text: str) -> str:
    """`text` with the parts of each number held together, and with the word before them."""
    return NUMBER.sub(lambda number: unbroken(number[0]), text)


def joined(*parts, by=" · ") -> str:
    """The parts that are not empty."""
    return by.join(filter(None, parts))


def paragraphs(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def known(*rows) -> list[list[str]]:
    """Label and value of each row that has a value."""
    return [[label, value] for label, value in rows if value]


def table(columns, rows, *, title) -> dict:
    """Columns as `(label, kind)`; a column in which no row has anything is left out.

    `kind` tells the sheet how wide a column is. A cell is a string, or a pair of what stands out
    and what stands under it.
    """
    used = [
        index
        for index, (_label, kind) in enumerate(columns)
        if kind == "signature" or any(any(row[index]) for row in rows)
    ]
    return {
        "title": title,
        "columns": [dict(zip(("label", "kind"), columns[index], strict=True)) for index in used],
        "rows": [[row[index] for index in used] for row in rows],
    }


def sheet(data, title, **content) -> dict:
    """What every sheet shows: head, number, signature, and how to check the paper."""
    frame = data["frame"]
    head = frame["letterhead"]
    owner = head["city"] or head["office"] or _("Innovation portal of Kota Magelang")
    return {
        "language": get_language(),
        "title": title,
        "subject": joined(title, data["visit"]["organisation"], by=" – "),
        "head": {
            "owner": owner,
            "office": head["office"] if head["city"] else "",
            "lines": [
                line
                for line in (
                    head["address"],
                    joined(head["phone"], head["email"], head["website"]),
                )
                if line
            ],
            "emblem_alt": _("Emblem of %(owner)s") % {"owner": owner},
        },
        "number": known((_("Number"), frame["number"])),
        "signed": joined(frame["place"], day(frame["issued_on"]), by=", "),
        "signatory": frame["signatory"] | {"rank": whole_numbers(frame["signatory"]["rank"])},
        "check": {
            "qr": qr_code(frame["url"]),
            "alt": _("QR code of the page on which this paper can be checked"),
            "how": _("Scan to check this paper, or type its code at"),
            "url": frame["url"],
            "address": frame["url"].removesuffix(f"{frame['code']}/").removeprefix("https://"),
            "code": [_("Code"), frame["code"]],
            "seal": frame["seal"],
        },
        "footer": joined(title, frame["number"] or frame["code"]),
        **content,
    }


def occasion(visit) -> list[list[str]]:
    """When and where, and for how many."""
    clock = hours(visit)
    return known(
        (_("Day and date"), days(visit)),
        (_("Time"), _("%(hours)s WIB") % {"hours": clock} if clock else ""),
        (_("Venue"), visit["venue"]),
        (_("Participants"), people(visit["participants"])),
    )


def itinerary(stops) -> dict:
    columns = [
        (_("No."), "number"),
        (_("Time"), "time"),
        (_("Innovation"), "main"),
        (_("Venue"), "text"),
        (_("Speaker"), "text"),
    ]
    rows = [
        [
            str(number),
            hours(stop),
            [stop["innovation"], stop["agency"]],
            stop["venue"],
            stop["speaker"],
        ]
        for number, stop in enumerate(stops, start=1)
    ]
    return table(columns, rows, title=_("Stops of the visit"))


def contact_of(contact) -> str:
    return joined(contact["name"], contact["phone"], contact["email"])


def programme(data) -> dict:
    visit = data["visit"]
    return sheet(
        data,
        _("Visit programme"),
        for_whom=[visit["organisation"], visit["unit"]],
        facts=[
            *known((_("Reference"), visit["reference"])),
            *occasion(visit),
            *known((_("Received by"), data.get("host", ""))),
        ],
        itinerary=itinerary(data["stops"]),
        contact=known((_("Contact at the host"), contact_of(data["contact"]))),
    )


def reply(data) -> dict:
    visit = data["visit"]
    agreed = data["answer"] == "confirmed"
    about = {
        "reference": visit["reference"],
        "received": day(data["received_on"]),
        "wished": day(data["wished_on"]),
    }
    if agreed:
        opening = _(
            "With reference to your request %(reference)s of %(received)s, we are glad to receive "
            "your delegation as follows."
        )
        closing = [
            _("Please tell us in good time if anything changes."),
            _("We look forward to your visit, and thank you for your interest in Kota Magelang."),
        ]
    else:
        opening = (
            _(
                "With reference to your request %(reference)s of %(received)s for a visit on "
                "%(wished)s, we regret that we cannot receive your delegation."
            )
            if data["wished_on"]
            else _(
                "With reference to your request %(reference)s of %(received)s, we regret that we "
                "cannot receive your delegation."
            )
        )
        closing = [
            _("We hope to receive you another time, and thank you for your interest in our city.")
        ]
    addressee = [data["addressee"], data["addressee_position"], visit["unit"]]
    return sheet(
        data,
        _("Reply letter"),
        about=known((_("Subject"), _("Answer to your request for a visit"))),
        to=_("To"),
        addressee=[line for line in (*addressee, visit["organisation"]) if line],
        greeting=_("Dear Sir or Madam,"),
        opening=[opening % about, *([] if agreed else paragraphs(data["message"]))],
        facts=[*occasion(visit), *known((_("Contact at the host"), contact_of(data["contact"])))]
        if agreed
        else [],
        itinerary=itinerary(data["stops"] if agreed else []),
        closing=[*(paragraphs(data["message"]) if agreed else []), *closing],
    )


def attendance(data) -> dict:
    visit, attendees = data["visit"], data["attendees"]
    columns = [
        (_("No."), "number"),
        (_("Name"), "main"),
        (_("Institution"), "text"),
        (_("Present at"), "time"),
        (_("Signature"), "signature"),
    ]
    if attendees:
        rows = [
            [
                str(number),
                [each["name"], each["position"]],
                each["institution"],
                hours({"starts_at": each["attended_at"], "ends_at": ""}),
                "",
            ]
            for number, each in enumerate(attendees, start=1)
        ]
        names = table(columns, rows, title=_("Participants"))
    else:
        # To be filled in by hand: every column is wanted.
        number_of_rows = min(visit["participants"] or USUAL_ROWS, MAX_ROWS)
        rows = [[str(number), "", "", "", ""] for number in range(1, number_of_rows + 1)]
        names = table(columns, rows, title=_("Participants"))
        names["columns"] = [{"label": label, "kind": kind} for label, kind in columns]
        names["rows"] = rows
    return sheet(
        data,
        _("Attendance list"),
        for_whom=[visit["organisation"], visit["unit"]],
        facts=[
            *known((_("Reference"), visit["reference"])),
            *occasion(visit),
            *known((_("Present"), people(data["present"]))),
        ],
        names=names,
    )


def certificate(data) -> dict:
    visit = data["visit"]
    about = {
        "organisation": visit["organisation"],
        "first": unbroken(day(visit["held_on"])),
        "last": unbroken(day(visit["held_until"])),
    }
    text = (
        _(
            "for taking part in the study visit of %(organisation)s to Kota Magelang from "
            "%(first)s to %(last)s"
        )
        if visit["held_until"]
        else _(
            "for taking part in the study visit of %(organisation)s to Kota Magelang on %(first)s"
        )
    )
    return sheet(
        data,
        _("Certificate"),
        presented=_("is presented to"),
        name=data["name"],
        from_where=joined(data["position"], data["institution"], by=", "),
        text=text % about,
        seen=[_("Innovations seen"), data["innovations"]],
    )


def report(data) -> dict:
    visit, opinion = data["visit"], data["opinion"]
    came = data["present"] if data["present"] is not None else visit["participants"]
    figures = [
        [value, label]
        for value, label in (
            (came is not None and number_format(came), _("participants")),
            (number_format(len(data["stops"])), _("innovations visited")),
            (number_format(len(data["questions"])), _("questions asked")),
            (
                opinion and number_format(opinion["mean"], 1),
                _("rating of the visit, of %(best)s") % {"best": BEST},
            ),
            (number_format(len(data["adoptions"])), _("adoptions")),
        )
        if value
    ]
    return sheet(
        data,
        _("Visit report"),
        for_whom=[visit["organisation"], visit["unit"]],
        facts=[
            *known((_("Reference"), visit["reference"])),
            # Beside how many came, how many were expected only confuses.
            *occasion(visit | {"participants": None}),
            *known(
                (_("Head of delegation"), data["head"]),
                (_("Received by"), data["host"]),
            ),
        ],
        figures=figures,
        summary={"title": _("Summary"), "paragraphs": paragraphs(data["summary"])},
        report={"title": _("Report"), "paragraphs": paragraphs(data.get("report", ""))},
        itinerary=itinerary(data["stops"]),
        questions={
            "title": _("Questions and answers"),
            "items": [
                [each["innovation"], each["text"], paragraphs(each["answer"])]
                for each in data["questions"]
            ],
            "unanswered": _("Not answered yet."),
        },
        feedback=_feedback(data["ratings"]),
        adoptions=_adoptions(data["adoptions"]),
    )


def _feedback(ratings) -> dict:
    columns = [(_("Innovation"), "main"), (_("Answers"), "figure"), (_("Usefulness"), "figure")]
    rows = [
        [
            each["innovation"],
            number_format(each["count"]),
            {
                "text": number_format(each["usefulness"], 1),
                "share": each["usefulness"] / BEST,
            },
        ]
        for each in ratings
    ]
    return table(columns, rows, title=_("Feedback"))


def _adoptions(adoptions) -> dict:
    columns = [
        (_("Innovation"), "main"),
        (_("Organisation"), "text"),
        (_("State"), "time"),
        (_("Since"), "time"),
    ]
    rows = [
        [
            each["innovation"],
            [each["organisation"], each["province"]],
            each["state"],
            each["since"],
        ]
        for each in adoptions
    ]
    return table(columns, rows, title=_("Adoptions"))
