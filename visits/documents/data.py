"""What each paper tells: plain data that JSON can hold, so that a paper can be frozen and redrawn.

Days are ISO dates ("2026-09-04"), times are "09:00"; what is not known is "" (or None where a
number or a list is meant) and is then left out of the paper, together with its label.
"""

from typing import Literal, NotRequired, TypedDict


class Letterhead(TypedDict):
    """The head of the sheet; every line may be empty."""

    city: str
    office: str
    address: str
    phone: str
    email: str
    website: str


class Signatory(TypedDict):
    """Who signs; without a name the paper leaves a line to sign on."""

    name: str
    position: str
    rank: str  # rank, number, or both, as they are printed under the name


class Frame(TypedDict):
    """What every paper carries besides its own matter."""

    number: str
    issued_on: str
    place: str  # where it is signed, in front of the date
    code: str  # what someone types to check the paper
    url: str  # where its QR code leads
    letterhead: Letterhead
    signatory: Signatory
    seal: str  # the sentence that says why the paper holds


class Occasion(TypedDict):
    """Which visit the paper is about."""

    reference: str
    organisation: str
    unit: str
    held_on: str
    held_until: str
    starts_at: str
    ends_at: str
    venue: str
    participants: int | None


class Stop(TypedDict):
    innovation: str
    agency: str
    starts_at: str
    ends_at: str
    venue: str
    speaker: str


class Contact(TypedDict):
    name: str
    phone: str
    email: str


class Programme(TypedDict):
    frame: Frame
    visit: Occasion
    host: NotRequired[str]  # who receives the delegation; papers issued earlier have none
    stops: list[Stop]
    contact: Contact


class ReplyLetter(TypedDict):
    """The city's answer; `message` is what staff add, in paragraphs, for a decline the reason."""

    frame: Frame
    visit: Occasion
    answer: Literal["confirmed", "declined"]
    addressee: str  # a name or an office
    addressee_position: str
    received_on: str
    wished_on: str
    message: str
    stops: list[Stop]
    contact: Contact


class Attendee(TypedDict):
    name: str
    institution: str
    position: str
    attended_at: str


class AttendanceList(TypedDict):
    """With names, a row each; without, as many empty rows as `visit.participants` says."""

    frame: Frame
    visit: Occasion
    attendees: list[Attendee]
    present: int | None


class Certificate(TypedDict):
    frame: Frame
    visit: Occasion
    name: str
    institution: str
    position: str
    innovations: list[str]


class Question(TypedDict):
    innovation: str
    text: str
    answer: str


class Rating(TypedDict):
    """What the delegation thought of one innovation: the mean of `count` answers, from 1 to 5."""

    innovation: str
    usefulness: float
    count: int


class Adoption(TypedDict):
    """What is to be adopted; state, province and since when are words already."""

    innovation: str
    organisation: str
    province: str
    state: str
    since: str


class Opinion(TypedDict):
    """The mean of all answers on the visit as a whole, from 1 to 5."""

    mean: float
    count: int


class VisitReport(TypedDict):
    frame: Frame
    visit: Occasion
    head: str
    host: str
    summary: str
    report: NotRequired[str]  # paragraphs; papers issued earlier have none
    stops: list[Stop]
    present: int | None
    questions: list[Question]
    opinion: Opinion | None
    ratings: list[Rating]
    adoptions: list[Adoption]
