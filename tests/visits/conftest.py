import datetime
import io
import time
from unittest.mock import patch

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone, translation

from tests.factories import InnovationFactory, SlotFactory, VisitFactory, working_day
from tests.staff import logged_in
from visits.models import Message, Visit, VisitSettings
from visits.registration import new_stamp

# The steps of a registration by the names of their addresses; the last one sends it.
STEPS = (
    "register",
    "register_date",
    "register_organisation",
    "register_contact",
    "register_letter",
    "register_summary",
)
S = Visit.Status
OFFICE = "kantor@contoh.example"


def pdf_bytes(**save_options):
    buffer = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(buffer, **save_options or {"deterministic_id": True})
    return buffer.getvalue()


def upload(content, name="surat.pdf", content_type="application/pdf"):
    return SimpleUploadedFile(name, content, content_type)


def stamp(seconds_ago=60):
    """What the first page of a registration carried that was opened so long ago."""
    with patch("time.time", return_value=time.time() - seconds_ago):
        return new_stamp()


def confirmed_in(slot, number, **fields):
    """A confirmed visit that holds so many seats of `slot`."""
    return VisitFactory(
        slot=slot,
        status=S.CONFIRMED,
        held_on=slot.date,
        seats=number,
        expected_participants=number,
        **fields,
    )


@pytest.fixture
def office():
    """The address to which the office is written."""
    VisitSettings.objects.create(pk=1, notification_email=OFFICE)


def written() -> list[str]:
    """The kinds of all messages there are."""
    return sorted(Message.objects.values_list("kind", flat=True))


@pytest.fixture
def officer(visit_officer):
    """A browser in which a visit officer has logged in."""
    return logged_in(visit_officer)


@pytest.fixture
def at(monkeypatch):
    """Sets the clock to an hour of a day of the city, 10:00 unless said otherwise."""

    def at(day, hour=10, minute=0):
        moment = datetime.datetime.combine(
            datetime.date.fromisoformat(day), datetime.time(hour, minute)
        )
        moment = timezone.make_aware(moment)
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    return at


@pytest.fixture
def innovation(db):
    return InnovationFactory(published=True, name="Data Go", slug="data-go")


def answers(innovation) -> dict:
    """Everything that a complete request for `innovation` says, the letter apart."""
    return {
        "innovations": [innovation.slug],
        "purpose": "Belajar membuka data <sektoral>.",
        "wished_on": working_day(40).isoformat(),
        "alternative_on": "",
        "organisation": "Pusdiklat Kesejahteraan Sosial",
        "organisation_kind": "central_government",
        "province": "ID-JB",
        "unit": "Diklatpim IV",
        "head_name": "Kepala Rombongan",
        "head_position": "Widyaiswara",
        "expected_participants": "78",
        "language": "id",
        "contact_name": "Sekretaris",
        "contact_phone": "0812 3456 7890",
        "contact_email": "sekretaris@pusdiklat.example",
        "consent": "on",
        "draft": stamp(),
        "website": "",
    }


def post_steps(client, data, *, last="register_summary", letter=None, language="id"):
    """Post the steps up to `last` and return the last answer; a step that is refused ends it."""
    for name in STEPS[: STEPS.index(last) + 1]:
        with translation.override(language):
            url, first = reverse(f"visits:{name}"), reverse("visits:register")
        files = {"letter": letter} if letter and name == "register_letter" else {}
        response = client.post(url, data | files)
        if response.status_code != 302 or len(response.url) == len(f"{first}{'t' * 43}/"):
            break
    return response


@pytest.fixture
def filled(innovation):
    """Everything that a complete request says, the letter apart."""
    return answers(innovation)


@pytest.fixture
def fill(client, filled):
    """Post the steps up to `last` as `filled`, some of it changed; the last answer is returned.

    A step that is refused ends it; `letter=None` sends a sound one, `no_letter` none. The pages
    and the visit are in `language`.
    """

    def fill(*, last="register_summary", letter=None, no_letter=False, language="id", **changes):
        data = filled | {"language": language} | changes
        letter = None if no_letter else letter or upload(pdf_bytes())
        return post_steps(client, data, last=last, letter=letter, language=language)

    return fill


@pytest.fixture
def send(fill):
    """Fill in every step and send the request; the answer to the last post is returned.

    That is the way to the private page, or the step that was refused.
    """
    return fill


def visit_in(status, *, slot=None, people=20, **fields):
    """A visit of `people` in a slot, with the seats of its status; who waits, waits for others."""
    if status == S.WAITING_LIST:
        slot = slot or visit_in(S.SUBMITTED, slot=SlotFactory(capacity=people), people=people).slot
        fields.setdefault("waiting_since", timezone.now())
    slot = slot or SlotFactory()
    if status not in {S.WAITING_LIST, S.DECLINED, S.CANCELLED} and fields.get("seats") != 0:
        assert slot.take(people)
        fields["seats"] = people
    if status in {S.CONFIRMED, S.COMPLETED}:
        fields.setdefault("held_on", slot.date)
    return VisitFactory(
        **{"status": status, "slot": slot, "expected_participants": people} | fields
    )
