import datetime
import io
from datetime import timedelta

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from tests.factories import InnovationFactory, SlotFactory, VisitFactory
from visits.models import Visit

FRIDAY = 5
S = Visit.Status


def pdf_bytes(**save_options):
    buffer = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(buffer, **save_options or {"deterministic_id": True})
    return buffer.getvalue()


def upload(content, name="surat.pdf", content_type="application/pdf"):
    return SimpleUploadedFile(name, content, content_type)


def working_day(ahead):
    """The first day from Monday to Friday, `ahead` days from today or later."""
    day = timezone.localdate() + timedelta(days=ahead)
    return day + timedelta(days=max(0, 8 - day.isoweekday()) if day.isoweekday() > FRIDAY else 0)


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


@pytest.fixture
def filled(innovation):
    """Everything that a complete request says, the letter apart."""
    return {
        "innovations": [innovation.slug],
        "purpose": "Belajar membuka data <sektoral>.",
        "wished_on": working_day(40).isoformat(),
        "alternative_on": "",
        "organisation": "Pusdiklat Kesejahteraan Sosial",
        "organisation_kind": "central_government",
        "unit": "Diklatpim IV",
        "head_name": "Kepala Rombongan",
        "head_position": "Widyaiswara",
        "expected_participants": "78",
        "contact_name": "Sekretaris",
        "contact_phone": "0812 3456 7890",
        "contact_email": "sekretaris@pusdiklat.example",
        "consent": "on",
        "submission_key": "k" * 43,
        "website": "",
    }


@pytest.fixture
def send(client, filled):
    """Post the form as `filled`, some of it changed; `letter=None` sends none."""

    def post(*, letter=None, no_letter=False, language="id", **changes):
        url = reverse("visits:register")
        data = filled | changes
        if not no_letter:
            data["letter"] = letter or upload(pdf_bytes())
        return client.post(url if language == "id" else f"/{language}{url}", data)

    return post


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
