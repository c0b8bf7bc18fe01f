"""All that is held about a visit, as one ZIP archive for whoever it is about, or for staff.

Written file by file into a temporary file: no letter and no paper stands in memory twice.
"""

import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Avg, Count, F
from django.http import FileResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from visits.messages import GROUP_LINK, PRIVATE_LINK, TO_STAFF
from visits.models import Paper, Visit
from visits.models.afterwards import FEWEST_PEOPLE
from visits.participant_files import COLUMN_LABELS
from visits.spreadsheets import Column, csv_bytes

# Larger than that, it is written to the disk.
MOST_IN_MEMORY = 1024 * 1024
REQUEST_FIELDS = (
    "reference",
    "status",
    "language",
    "organisation",
    "organisation_kind",
    "unit",
    "province",
    "purpose",
    "head_name",
    "head_position",
    "contact_name",
    "contact_phone",
    "contact_email",
    "expected_participants",
    "wished_on",
    "alternative_on",
    "open_to_joining",
    "consented_at",
    "created_at",
    "updated_at",
    "erased_at",
)
VISIT_FIELDS = (
    "held_on",
    "held_until",
    "venue",
    "host",
    "host_position",
    "led_by",
    "participants",
    "seats",
    "waiting_since",
    "offered_until",
    "summary",
    "report",
    "published_at",
)


def archive_response(visit, *, for_staff: bool) -> FileResponse:
    """The archive as a download that nobody keeps, named by the reference."""
    response = FileResponse(
        write_archive(visit, for_staff=for_staff),
        as_attachment=True,
        filename=f"{visit.reference}.zip",
        content_type="application/zip",
    )
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def write_archive(visit, *, for_staff: bool):
    """The archive as an open file, at its beginning; texts in the page's language.

    Staff get who of them did what, messages to offices, and every remark; the delegation gets
    what concerns it, and of its participants' remarks the ratings alone: they were not made to it.
    """
    file = tempfile.SpooledTemporaryFile(MOST_IN_MEMORY)  # noqa: SIM115 (the response closes it)
    try:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(_("README.txt"), _readme(visit))
            content = json.dumps(
                _data(visit, for_staff), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2
            )
            archive.writestr("data.json", content)
            if visit.letter and not visit.letter_is_missing:
                _copy_letter(archive, visit)
            archive.writestr(_("participants.csv"), _participants(visit))
            for name, content in _messages(visit, for_staff):
                archive.writestr(name, content)
            for name, content in _papers(visit, for_staff):
                archive.writestr(name, content)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _readme(visit) -> str:
    files = {
        "data.json": _(
            "the request, the itinerary, the history, papers, questions, feedback and "
            "adoptions; under “labels” stands what each key means"
        ),
        _("participants.csv"): _("the list of participants, for a spreadsheet"),
        _("letter.pdf or .webp"): _("the letter of request, as it was sent"),
        pgettext("folder", "messages") + "/": _("the e-mails about the visit"),
        pgettext("folder", "papers") + "/": _("the papers that were issued, as PDF"),
    }
    lines = [f"{name}: {what}." for name, what in files.items()]
    heading = _("This is all that the innovation portal of Kota Magelang holds about this visit.")
    if visit.letter_is_missing:
        lines += ["", _("The letter is missing here: its file is no longer on our server.")]
    return "\r\n".join([heading, "", *lines, ""])


def _data(visit, for_staff) -> dict:
    labels = {
        name: str(Visit._meta.get_field(name).verbose_name)  # noqa: SLF001 (documented API)
        for name in (*REQUEST_FIELDS, *VISIT_FIELDS)
    }
    return {
        "exported_at": timezone.localtime(),
        "labels": labels,
        "request": {name: getattr(visit, name) for name in REQUEST_FIELDS},
        "visit": {name: getattr(visit, name) for name in _visit_fields_for(visit, for_staff)}
        | {"slot": str(visit.slot or ""), "joins": getattr(visit.joins, "organisation", "")},
        "itinerary": list(
            visit.stops.values(
                "position",
                "starts_at",
                "ends_at",
                "venue",
                "speaker",
                "answer",
                "answer_reason",
                "answered_at",
                name=F("innovation__name"),
            )
        ),
        "history": [
            {
                "at": timezone.localtime(event.at),
                "what": event.title,
                "done_by": event.get_actor_display(),
                "text": event.reason,
                "details": event.details,
            }
            | ({"staff": event.by.get_username() if event.by else ""} if for_staff else {})
            for event in visit.events.select_related("by")
        ],
        "papers": list(
            _papers_for(visit, for_staff).values(
                "kind", "number", "code", "issued_at", "withdrawn_at", "data"
            )
        ),
        "questions": [
            {
                "innovation": asked.question.innovation.name,
                "text": asked.question.text,
                "answer": asked.answer,
            }
            for asked in visit.asked_questions.select_related("question__innovation")
        ],
        "feedback": _feedback(visit, for_staff),
        "adoptions": list(
            visit.adoptions.values(
                "state",
                "since",
                "name_there",
                "evidence",
                "evidence_url",
                "reported_at",
                "confirmed_at",
                name=F("innovation__name"),
            )
        ),
        "asked_about_adoption": list(visit.follow_ups.values("months", "asked_at", "answered_at")),
    }


def _visit_fields_for(visit, for_staff):
    """All for staff; for the delegation without what is written of the visit, until it is out."""
    is_told = for_staff or visit.published_at
    return [name for name in VISIT_FIELDS if is_told or name not in Visit.bilingual_fields]


def _papers_for(visit, for_staff):
    """All papers for staff; for the delegation those that it may have, and that hold."""
    return visit.papers.all() if for_staff else visit.papers.for_delegation()


def _feedback(visit, for_staff):
    if not for_staff:
        told = visit.feedback.aggregate(answers=Count("pk"), mean_rating=Avg("rating"))
        # A mean of one or two would tell what somebody answered.
        return told if told["answers"] >= FEWEST_PEOPLE else {"answers": told["answers"]}
    return [
        {
            "rating": feedback.rating,
            "good": feedback.good,
            "better": feedback.better,
            "innovations": [
                {
                    "innovation": each.innovation.name,
                    "usefulness": each.usefulness,
                    "better": each.better,
                }
                for each in feedback.innovations.all()
            ],
        }
        # In an order that does not tell who wrote it.
        for feedback in visit.feedback.order_by("rating", "good", "better").prefetch_related(
            "innovations__innovation"
        )
    ]


def _copy_letter(archive, visit):
    suffix = PurePosixPath(visit.letter.name).suffix
    with visit.letter.open() as letter, archive.open(_("letter") + suffix, "w") as copy:
        shutil.copyfileobj(letter, copy)


def _participants(visit) -> bytes:
    columns = [
        *(Column(label) for label in COLUMN_LABELS.values()),
        Column(pgettext("time of check-in", "Arrived")),
        Column(pgettext("time of check-out", "Left")),
    ]
    return csv_bytes(
        columns,
        (
            (
                each.name,
                each.institution,
                each.job_title,
                *map(_moment, (each.attended_at, each.left_at)),
            )
            for each in visit.attendees.iterator()
        ),
    )


def _moment(at) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""


def _messages(visit, for_staff) -> Iterator[tuple[str, bytes | str]]:
    """Each message as a text with its headers, its attachments beside it."""
    messages = visit.messages.prefetch_related("attachments").order_by("created_at", "pk")
    if not for_staff:
        messages = messages.exclude(kind__in=TO_STAFF)
    folder, link = pgettext("folder", "messages"), _("(your private link)")
    for number, message in enumerate(messages.iterator(chunk_size=50), start=1):
        start = f"{folder}/{number:03}-{timezone.localdate(message.created_at)}-{message.kind}"
        text = message.text.replace(PRIVATE_LINK, link).replace(GROUP_LINK, link)
        headers = {
            pgettext("e-mail", "To"): message.to,
            pgettext("e-mail", "Subject"): message.subject,
            pgettext("e-mail", "Written"): _moment(message.created_at),
            pgettext("e-mail", "Sent"): _moment(message.sent_at),
        }
        lines = [f"{name}: {value}" for name, value in headers.items()]
        yield f"{start}.txt", "\n".join([*lines, "", text])
        for attachment in message.attachments.all():
            name = PurePosixPath(attachment.name.replace("\\", "/")).name or "-"
            yield f"{start}-{name}", bytes(attachment.content)


def _papers(visit, for_staff) -> Iterator[tuple[str, bytes]]:
    """Each paper as PDF; the valid certificates in one file."""
    folder = pgettext("folder", "papers")
    papers = _papers_for(visit, for_staff).drawable()
    others = papers.exclude(kind=Paper.Kind.CERTIFICATE)
    for paper in others.order_by("pk"):
        yield f"{folder}/{paper.file_name}", paper.pdf()
    certificates = list(visit.papers.certificates())
    if certificates:
        name = _("certificates.pdf")
        yield f"{folder}/{name}", Paper.certificates_pdf(certificates)
