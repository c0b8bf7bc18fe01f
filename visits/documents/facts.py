"""What a paper of a visit says, taken from the record as it stands now; `Paper` freezes it.

Shapes are those of `visits.documents.data`, without what the issued paper itself adds to the frame
(number, code, address, day). Texts in two languages come in the active one.
"""

from django.db.models import Avg, Count
from django.utils import timezone

from innovations.fields import format_partial_date
from innovations.notes import plain_text
from visits.models.afterwards import FEWEST_PEOPLE
from visits.models.settings import VisitSettings
from visits.models.stop import Stop

# Where papers are signed.
PLACE = "Magelang"


def of(kind, visit, *, message="") -> list[tuple]:
    """What the papers of this kind would say now: (participant or None, data) for each paper.

    One of each kind but certificates, of which everybody who came has one. `message` is what
    staff add to a reply letter.
    """
    frame = _frame(VisitSettings.load())
    if kind == "certificate":
        shared = {"frame": frame, "visit": _occasion(visit), "innovations": _names(visit)}
        return [(who, shared | person) for who, person in _recipients(visit)]
    facts = {
        "programme": _programme,
        "reply": lambda visit: _reply(visit, message),
        "attendance": _attendance,
        "report": _report,
    }[kind](visit)
    return [(None, {"frame": frame, "visit": _occasion(visit), **facts})]


def _frame(settings) -> dict:
    return {
        "place": PLACE,
        "letterhead": {
            "city": settings.city_line,
            "office": settings.office_line,
            "address": settings.address,
            "phone": settings.phone,
            "email": settings.email,
            "website": settings.website.removeprefix("https://").rstrip("/"),
        },
        "signatory": {
            "name": settings.signatory_name,
            "position": settings.signatory_position,
            "rank": settings.signatory_id,
        },
        "seal": settings.seal_text,
    }


def _contact() -> dict:
    """Whom a delegation asks at the city hall."""
    settings = VisitSettings.load()
    return {
        "name": settings.office_line if settings.phone or settings.email else "",
        "phone": settings.phone,
        "email": settings.email,
    }


def _iso(day) -> str:
    return day.isoformat() if day else ""


def _clock(time) -> str:
    return f"{time:%H:%M}" if time else ""


def _occasion(visit) -> dict:
    """When and where it is, as the visit says, or else its slot, or else its stops."""
    slot = visit.slot if visit.slot and visit.slot.date == visit.held_on else None
    stops = _stops_of(visit)
    venue = visit.venue or (slot.venue if slot else "")
    if not venue and len({stop.venue for stop in stops}) == 1:
        venue = stops[0].venue
    if slot:
        starts_at, ends_at = slot.starts_at, slot.ends_at
    else:
        starts_at = min((stop.starts_at for stop in stops if stop.starts_at), default=None)
        ends_at = max((stop.ends_at for stop in stops if stop.ends_at), default=None)
    return {
        "reference": visit.reference,
        "organisation": visit.organisation,
        "unit": visit.unit,
        "held_on": _iso(visit.held_on),
        "held_until": _iso(visit.held_until),
        "starts_at": _clock(starts_at),
        "ends_at": _clock(ends_at),
        "venue": venue,
        "participants": visit.expected_participants,
    }


def _stops_of(visit) -> list:
    """The itinerary without what a host has declined."""
    return [
        stop
        for stop in visit.stops.select_related("innovation__agency")
        if stop.answer != Stop.Answer.DECLINED
    ]


def _names(visit) -> list[str]:
    return [stop.innovation.name for stop in _stops_of(visit)]


def _itinerary(visit) -> list[dict]:
    return [
        {
            "innovation": stop.innovation.name,
            "agency": stop.innovation.agency.text("name").value,
            "starts_at": _clock(stop.starts_at),
            "ends_at": _clock(stop.ends_at),
            "venue": stop.venue,
            "speaker": stop.speaker,
        }
        for stop in _stops_of(visit)
    ]


def _host(visit) -> str:
    """Who receives the delegation, with the position."""
    return ", ".join(filter(None, (visit.host, visit.host_position)))


def _programme(visit) -> dict:
    return {"host": _host(visit), "stops": _itinerary(visit), "contact": _contact()}


def _reply(visit, message) -> dict:
    return {
        "answer": "declined" if visit.status == visit.Status.DECLINED else "confirmed",
        "addressee": visit.head_name,
        "addressee_position": visit.head_position,
        "received_on": _iso(timezone.localdate(visit.created_at)),
        "wished_on": _iso(visit.wished_on),
        "message": message,
        "stops": _itinerary(visit),
        "contact": _contact(),
    }


def _attendance(visit) -> dict:
    attendees = list(visit.attendees.all())
    came = sum(each.attended_at is not None for each in attendees) or visit.participants
    return {
        "attendees": [
            {
                "name": each.name,
                "institution": each.institution,
                "position": each.job_title,
                "attended_at": _clock(each.attended_at and timezone.localtime(each.attended_at)),
            }
            for each in attendees
        ],
        "present": came,
    }


def _recipients(visit) -> list[tuple]:
    """Who came: by name; or the delegation as a whole, where it gave no names."""
    came = list(visit.came_by_name())
    if came:
        return [
            (
                each,
                {
                    "name": each.name,
                    "institution": each.institution,
                    "position": each.job_title,
                },
            )
            for each in came
        ]
    if visit.participants and not visit.attendees.exists():
        return [(None, {"name": visit.organisation, "institution": visit.unit, "position": ""})]
    return []


def _report(visit) -> dict:
    answers = visit.feedback.aggregate(mean=Avg("rating"), count=Count("pk"))
    asked = visit.asked_questions.select_related("question__innovation").order_by("pk")
    ratings = (
        visit.feedback.filter(innovations__isnull=False)
        .values("innovations__innovation__name")
        .annotate(mean=Avg("innovations__usefulness"), count=Count("innovations"))
        .order_by("-mean", "innovations__innovation__name")
    )
    # Whoever has the paper may check it in public: it tells what the public pages would.
    adoptions = visit.adoptions.confirmed().select_related("innovation")
    head = ", ".join(filter(None, (visit.head_name, visit.head_position)))
    return {
        "head": head or visit.led_by,
        "host": _host(visit),
        "summary": visit.text("summary").value,
        "report": plain_text(visit.text("report").value),
        "stops": _itinerary(visit),
        "present": visit.participants,
        "questions": [
            {
                "innovation": each.question.innovation.name,
                "text": each.question.text,
                "answer": each.answer,
            }
            for each in asked
        ],
        "opinion": {"mean": float(answers["mean"]), "count": answers["count"]}
        if answers["count"] >= FEWEST_PEOPLE
        else None,
        "ratings": [
            {
                "innovation": each["innovations__innovation__name"],
                "usefulness": float(each["mean"]),
                "count": each["count"],
            }
            for each in ratings
            if each["count"] >= FEWEST_PEOPLE
        ],
        "adoptions": [
            {
                "innovation": each.innovation.name,
                "organisation": each.organisation,
                "province": each.get_province_display(),
                "state": each.get_state_display(),
                "since": format_partial_date(each.since),
            }
            for each in adoptions
        ],
    }
