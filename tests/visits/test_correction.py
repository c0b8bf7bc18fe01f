"""A delegation corrects what it told of itself, and how often it may change things at its link."""

import pytest
from django.urls import reverse

from magelang_portal import rate_limits
from tests.factories import ParticipantFactory, StopFactory, VisitFactory
from tests.staff import message_levels
from visits.models import Message, Visit, VisitSettings
from visits.outbox import compose

pytestmark = pytest.mark.django_db

S = Visit.Status
OFFICE = "kantor@magelang.example"
TOLD = {
    "unit": "Diklatpim IV",
    "head_name": "Kepala Rombongan",
    "head_position": "Widyaiswara",
    "contact_name": "Sekretaris",
    "contact_phone": "0812 3456 7890",
    "contact_email": "sekretaris@contoh.example",
    "purpose": "Belajar layanan digital.",
}


@pytest.fixture(autouse=True)
def office():
    return VisitSettings.objects.create(pk=1, notification_email=OFFICE)


@pytest.fixture
def visit():
    visit = VisitFactory.build(**TOLD)
    visit.make_link()
    visit.save()
    return visit


def at(visit, name):
    return reverse(f"visits:{name}", args=[visit.private_token])


def correct(client, visit, **changes):
    return client.post(at(visit, "request_correct"), TOLD | changes)


def told(visit):
    return Visit.objects.values(*TOLD).get(pk=visit.pk)


def sent():
    return list(Message.objects.order_by("pk").values_list("kind", "to"))


def test_form_shows_what_was_told_and_its_correction_is_kept(client, visit):
    shown = client.get(at(visit, "request_correct")).context["form"]
    assert {name: shown[name].value() for name in TOLD} == TOLD
    changes = {"head_name": "Siti Aminah", "contact_phone": "+62 293 123456"}
    response = correct(client, visit, **changes)
    assert (response.url, message_levels(response)) == (at(visit, "request"), ["success"])
    assert told(visit) == TOLD | changes


def test_history_and_office_hear_what_was_changed_and_neither_value(client, visit):
    correct(client, visit, contact_phone="+62 293 123456", purpose="Belajar membuka data.")
    event = visit.events.get()
    assert (event.what, event.actor) == ("corrected", "delegation")
    assert (event.reason, event.details) == ("", {"fields": ["contact_phone", "purpose"]})
    assert event.title == "Data dikoreksi: telepon, maksud kunjungan"
    assert sent() == [("office_told", OFFICE)]
    text = Message.objects.get().text
    told = ("telepon, maksud kunjungan", "0812", "293", "membuka data")
    assert [each in text for each in told] == [True, False, False, False]


def test_new_address_gets_the_link_and_the_one_before_hears_of_it(client, visit):
    response = correct(client, visit, contact_email="baru@contoh.example")
    assert sent() == [
        ("office_told", OFFICE),
        ("link_sent", "baru@contoh.example"),
        ("address_changed", TOLD["contact_email"]),
    ]
    assert client.get(response.url).status_code == 200
    mails = {each.kind: compose(each) for each in Message.objects.exclude(kind="office_told")}
    assert {kind: mail.to for kind, mail in mails.items()} == {
        "link_sent": ["baru@contoh.example"],
        "address_changed": [TOLD["contact_email"]],
    }
    link = visit.private_token
    assert {kind: link in mail.body for kind, mail in mails.items()} == {
        "link_sent": True,
        "address_changed": False,
    }
    assert "baru@" not in str(mails["address_changed"].message())


def test_address_that_was_missing_can_be_told(client, visit):
    Visit.objects.update(contact_email="", contact_phone="")
    correct(client, visit, contact_email="baru@contoh.example", contact_phone="")
    assert told(visit) == TOLD | {"contact_email": "baru@contoh.example", "contact_phone": ""}
    assert [kind for kind, _to in sent()] == ["office_told", "link_sent"]


def test_what_is_the_same_changes_nothing(client, visit):
    assert correct(client, visit).url == at(visit, "request")
    assert (visit.events.count(), sent()) == (0, [])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"contact_email": "sekretaris"}, "invalid"),
        ({"contact_email": ""}, "required"),
        ({"contact_phone": "-"}, "phone"),
        ({"head_name": " "}, "required"),
        ({"purpose": "x" * 2001}, "max_length"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_saved(client, visit, changes, code):
    form = correct(client, visit, unit="Diklatpim III", **changes).context["form"]
    (name,) = changes
    assert {name: [error.code for error in form.errors.as_data()[name]]} == {name: [code]}
    assert form["unit"].value() == "Diklatpim III"
    assert (told(visit), sent()) == (TOLD, [])


def test_what_belongs_to_staff_cannot_be_posted_along(client, visit):
    correct(client, visit, unit="", organisation="Lain", status="confirmed", host="Saya")
    stored = Visit.objects.get()
    assert (stored.unit, stored.organisation, stored.status, stored.host) == (
        "",
        visit.organisation,
        S.SUBMITTED,
        "",
    )


@pytest.mark.parametrize("status", [S.COMPLETED, S.DECLINED, S.CANCELLED])
def test_visit_that_is_over_or_erased_is_not_corrected(client, visit, status):
    Visit.objects.update(status=status, held_on="2024-09-04")
    assert message_levels(correct(client, visit, unit="Lain")) == ["warning"]
    assert at(visit, "request_correct") not in client.get(at(visit, "request")).text
    Visit.objects.get().erase()
    correct(client, visit)
    assert set(told(visit).values()) == {"", TOLD["unit"]}


def test_confirmed_visit_is_corrected_on_its_day_and_after_it(client, visit):
    Visit.objects.update(status=S.CONFIRMED, held_on="2024-09-04")
    correct(client, visit, contact_name="Siti Aminah")
    assert told(visit)["contact_name"] == "Siti Aminah"


def test_page_that_does_not_erase_yet_leads_to_the_correction(client, visit):
    assert f'"{at(visit, "request_correct")}"' in client.get(at(visit, "erase")).text


# How often


@pytest.fixture
def limit(monkeypatch):
    """Two changes an hour."""
    policy = rate_limits.Policy("changes", most=2)
    monkeypatch.setattr("visits.views.private_actions.CHANGES", policy)


def test_changes_of_which_the_office_hears_have_a_limit_that_is_explained(client, visit, limit):
    for number in (11, 12):
        client.post(at(visit, "request_numbers"), {"number": str(number)})
    before = sent()
    refused = {
        "request_numbers": client.post(at(visit, "request_numbers"), {"number": "13"}),
        "request_correct": correct(client, visit, unit="Lain"),
    }
    for name, response in refused.items():
        assert (name, response.status_code) == (name, 200)
        assert "Terlalu banyak perubahan datang dari koneksi Anda" in response.text
    assert (sent(), Visit.objects.get().expected_participants) == (before, 12)
    assert (len(before), told(visit)) == (2, TOLD)


def test_what_is_told_of_adoptions_has_the_same_limit(client, visit, limit):
    Visit.objects.update(status=S.COMPLETED, held_on="2024-09-04")
    state = f"state_{StopFactory(visit=visit).innovation_id}"
    for answer in ("planned", "running", "dropped"):
        response = client.post(at(visit, "adoption"), {state: answer, "website": ""})
    assert "Terlalu banyak perubahan datang dari koneksi Anda" in response.text
    assert visit.adoptions.get().told["state"] == "running"
    assert [kind for kind, _to in sent()] == ["office_told"] * 2


def test_cancelling_and_answering_are_never_held_back(client, visit, limit):
    for number in ("11", "12", "13"):
        client.post(at(visit, "request_numbers"), {"number": number})
    visit.ask(by=None, reason="Naik apa?")
    client.post(at(visit, "request_answer"), {"text": "Bus."})
    assert Visit.objects.get().status == S.SUBMITTED
    client.post(at(visit, "request_cancel"), {})
    assert Visit.objects.get().status == S.CANCELLED


def test_office_hears_of_the_list_once_an_hour_whatever_else_happens(visit):
    for name in ("Ani", "Budi", "Cici"):
        visit.add_participant(by=None, name=name)
        visit.allow_joining(allowed=name != "Budi")
    assert [kind for kind, _to in sent()] == ["office_told"]
    assert visit.events.filter(what="participants").count() == 3
    visit.events.update(at="2024-01-01T00:00Z")
    visit.add_participant(by=None, name="Dedi")
    assert len(sent()) == 2
    assert visit.attendees.count() == 4


def test_staff_who_change_the_list_hide_no_change_of_the_delegation(visit, visit_officer):
    visit.remove_participant(ParticipantFactory(visit=visit), by=visit_officer)
    visit.add_participant(by=None, name="Ani")
    assert [kind for kind, _to in sent()] == ["office_told"]
