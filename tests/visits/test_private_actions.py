"""What a delegation does at its private link, also twice, also too late."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import SlotFactory, StopFactory, VisitFactory
from tests.staff import message_levels
from tests.visits.conftest import pdf_bytes, upload, visit_in, working_day
from visits.models import Message, TimeSlot, Visit, VisitSettings

pytestmark = pytest.mark.django_db

S = Visit.Status
PAGES = ("answer", "numbers", "new_letter", "correct", "offer", "new_link", "cancel")
SENT = {
    "answer": {"text": "Tiga pejabat."},
    "numbers": {"number": "12"},
    "correct": {
        "head_name": "Kepala Rombongan",
        "contact_name": "Sekretaris Dinas",
        "contact_phone": "0812 3456 7890",
        "contact_email": "sekretaris@contoh.example",
        "purpose": "Belajar layanan digital.",
    },
    "offer": {"answer": "accept"},
    "cancel": {"reason": "Berhalangan."},
    "joining": {"allowed": "on"},
    "new_link": {},
}


def with_link(visit):
    visit.make_link()
    visit.save()
    return visit


def linked(status, **fields):
    return with_link(visit_in(status, **fields))


def offered(people=10):
    """A visit on the waiting list to which seats are offered."""
    visit = linked(S.WAITING_LIST, slot=SlotFactory(capacity=people), people=people)
    visit.slot.offer_freed_seats()
    return Visit.objects.get(pk=visit.pk)


def page(visit, name=None):
    return reverse(f"visits:request_{name}" if name else "visits:request", args=[token(visit)])


def token(visit):
    return Visit.objects.get(pk=visit.pk).private_token


def send(client, visit, name, **data):
    files = {"letter": data.get("letter") or upload(pdf_bytes())} if name == "new_letter" else {}
    return client.post(page(visit, name), SENT.get(name, {}) | data | files)


def fresh(visit):
    return Visit.objects.get(pk=visit.pk)


def history(visit):
    return [event.what for event in visit.events.all()]


def codes(response):
    return {
        name: [error.code for error in errors]
        for name, errors in response.context["form"].errors.as_data().items()
    }


def asked():
    visit = linked(S.SUBMITTED)
    visit.ask(by=None, reason="Berapa <b>pejabat</b>?")
    return visit


# All of them


@pytest.mark.parametrize("name", [*PAGES, "joining"])
def test_page_of_a_guessed_link_is_not_found(client, name):
    linked(S.SUBMITTED)
    address = reverse(f"visits:request_{name}", args=["a" * 43])
    answers = client.get(address), client.post(address, SENT.get(name, {}))
    assert [each.status_code for each in answers] == {
        "joining": [405, 404],
        "new_link": [404, 302],
    }.get(name, [404, 404])
    assert Visit.objects.get().events.count() == 0


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_kept_and_indexed_by_nobody(client, name):
    visit = offered() if name == "offer" else asked()
    response = client.get(page(visit, name))
    assert response.status_code == 200
    assert (
        response["Cache-Control"],
        response["X-Robots-Tag"],
        response["Referrer-Policy"],
    ) == ("private, no-store", "noindex", "strict-origin")


@pytest.mark.parametrize("name", PAGES)
def test_looking_at_a_page_changes_nothing(client, name):
    visit = offered() if name == "offer" else asked()
    before = Visit.objects.filter(pk=visit.pk).values().get(), history(visit)
    client.get(page(visit, name))
    assert (Visit.objects.filter(pk=visit.pk).values().get(), history(visit)) == before


@pytest.mark.parametrize("name", ["numbers", "new_letter", "correct", "cancel", "joining"])
@pytest.mark.parametrize("status", [S.DECLINED, S.CANCELLED, S.COMPLETED])
def test_what_is_over_is_changed_no_more(client, name, status):
    visit = linked(status)
    response = send(client, visit, name)
    assert response.url == page(visit)
    assert message_levels(response) == (
        [] if name == "cancel" and status == S.CANCELLED else ["warning"]
    )
    assert (fresh(visit).status, history(visit)) == (status, [])


@pytest.mark.parametrize("name", ["numbers", "new_letter", "correct", "joining", "cancel"])
def test_what_is_posted_twice_happens_once(client, name):
    visit = linked(S.CONFIRMED)
    for _click in range(2):
        assert send(client, visit, name).url == page(visit)
    assert len(history(visit)) == 1


def test_private_page_offers_what_is_open_and_nothing_else(client):
    changes = {"numbers", "new_letter", "correct", "joining", "new_link", "cancel"}
    offers = {
        S.SUBMITTED: changes,
        S.NEEDS_INFORMATION: changes | {"answer"},
        S.WAITING_LIST: changes,
        S.CONFIRMED: changes,
        S.DECLINED: {"new_link"},
        S.CANCELLED: {"new_link"},
        S.COMPLETED: {"new_link"},
    }
    for status, expected in offers.items():
        visit = linked(status)
        text = client.get(page(visit)).text
        shown = {name for name in [*PAGES, "joining"] if f'"{page(visit, name)}"' in text}
        assert (status, shown) == (status, expected)


# The question


def test_answer_reaches_the_city(client):
    VisitSettings.objects.create(pk=1, notification_email="kantor@contoh.example")
    visit = asked()
    assert "Berapa &lt;b&gt;pejabat&lt;/b&gt;?" in client.get(page(visit, "answer")).text
    response = send(client, visit, "answer")
    assert (response.url, message_levels(response)) == (page(visit), ["success"])
    assert fresh(visit).status == S.SUBMITTED
    assert visit.events.last().reason == "Tiga pejabat."
    assert "Tiga pejabat." in Message.objects.get(kind="office_told").text


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_answer_of_no_words_or_too_many_comes_back(client, text):
    visit = asked()
    response = send(client, visit, "answer", text=text)
    assert list(codes(response)) == ["text"]
    assert fresh(visit).status == S.NEEDS_INFORMATION


def test_answer_sent_twice_stands_once(client):
    visit = asked()
    responses = [send(client, visit, "answer") for _click in range(2)]
    assert [response.url for response in responses] == [page(visit)] * 2
    assert history(visit) == ["asked", "answered"]


def test_other_answer_from_another_tab_is_not_lost_in_silence(client):
    visit = asked()
    send(client, visit, "answer")
    response = send(client, visit, "answer", text="Empat, setelah dihitung.")
    assert codes(response) == {"__all__": ["transition"]}
    assert "Empat, setelah dihitung." in response.text


def test_where_nothing_is_asked_nothing_is_answered(client):
    visit = linked(S.SUBMITTED)
    assert client.get(page(visit, "answer")).url == page(visit)


# Numbers


def test_number_is_changed_as_far_as_there_is_room(client):
    visit = linked(S.CONFIRMED, slot=SlotFactory(capacity=50))
    assert 'max="50"' in client.get(page(visit, "numbers")).text
    assert send(client, visit, "numbers", number="50").url == page(visit)
    assert (fresh(visit).expected_participants, fresh(visit).slot.booked) == (50, 50)


@pytest.mark.parametrize(
    ("number", "code"), [("51", "full"), ("0", "min_value"), ("", "required"), ("dua", "invalid")]
)
def test_number_that_cannot_be_comes_back_with_the_remedy(client, number, code):
    visit = linked(S.CONFIRMED, slot=SlotFactory(capacity=50))
    response = send(client, visit, "numbers", number=number)
    assert codes(response) == {"number": [code]}
    assert (fresh(visit).seats, history(visit)) == (20, [])


def test_seats_taken_by_others_meanwhile_are_not_taken_twice(client, monkeypatch):
    visit = linked(S.CONFIRMED, slot=SlotFactory(capacity=50))
    real = Visit.change_numbers

    def after_others(self, number, **kwargs):
        assert TimeSlot.objects.get(pk=visit.slot.pk).take(25)
        return real(self, number, **kwargs)

    monkeypatch.setattr(Visit, "change_numbers", after_others)
    response = send(client, visit, "numbers", number="30")
    assert codes(response) == {"__all__": ["full"]}
    assert (fresh(visit).expected_participants, fresh(visit).slot.booked) == (20, 45)


def test_fewer_than_are_listed_by_name_is_refused(client):
    visit = linked(S.CONFIRMED)
    for number in range(3):
        visit.attendees.create(name=f"Peserta {number}")
    assert codes(send(client, visit, "numbers", number="2")) == {"__all__": ["listed"]}


# Letter


def test_new_letter_is_checked_as_the_first_one_was(client):
    visit = linked(S.SUBMITTED)
    response = send(client, visit, "new_letter", letter=upload(b"MZ\x90", "surat.pdf"))
    assert codes(response) == {"letter": ["not_a_letter"]}
    assert codes(client.post(page(visit, "new_letter"), {})) == {"letter": ["required"]}
    assert not fresh(visit).letter


def test_new_letter_takes_the_place_of_the_old(client):
    visit = linked(S.SUBMITTED, letter=upload(b"%PDF-1.4 lama"))
    assert send(client, visit, "new_letter").url == page(visit)
    with fresh(visit).letter.open() as letter:
        assert letter.read() == pdf_bytes()


# Cancelling


def test_cancelling_asks_first_and_tells_why(client):
    visit = linked(S.CONFIRMED)
    assert fresh(visit).status == S.CONFIRMED
    response = send(client, visit, "cancel")
    assert (response.url, message_levels(response)) == (page(visit), ["success"])
    assert (fresh(visit).status, fresh(visit).slot.booked) == (S.CANCELLED, 0)
    assert visit.events.get().reason == "Berhalangan."


def test_cancelling_needs_no_reason(client):
    visit = linked(S.SUBMITTED)
    send(client, visit, "cancel", reason="")
    assert fresh(visit).status == S.CANCELLED


def test_visit_whose_day_is_over_is_not_cancelled(client):
    visit = with_link(
        VisitFactory(status=S.CONFIRMED, held_on=timezone.localdate() - timedelta(days=1))
    )
    assert message_levels(send(client, visit, "cancel")) == ["warning"]
    assert fresh(visit).status == S.CONFIRMED


# Offers


def test_offer_shows_its_deadline_to_the_minute(client):
    visit = offered()
    Visit.objects.update(offered_until="2031-03-04T10:05+07:00")
    for name in (None, "offer"):
        assert "Selasa, 4 Maret 2031, 10.05 WIB" in client.get(page(visit, name)).text


@pytest.mark.parametrize(
    ("answer", "status", "seats", "recorded"),
    [
        ("accept", S.SUBMITTED, 10, "offer_accepted"),
        ("decline", S.WAITING_LIST, 0, "offer_declined"),
    ],
)
def test_offer_is_taken_or_let_go_once(client, answer, status, seats, recorded):
    visit = offered()
    for _click in range(2):
        response = send(client, visit, "offer", answer=answer)
        assert (response.url, message_levels(response)[-1]) == (page(visit), "success")
    assert (fresh(visit).status, fresh(visit).seats) == (status, seats)
    assert history(visit) == [
        "offered",
        {"accept": "offer_accepted"}.get(answer, "offer_declined"),
    ]


@pytest.mark.parametrize("answer", ["", "perhaps"])
def test_offer_answered_with_neither_yes_nor_no_stays_open(client, answer):
    visit = offered()
    assert send(client, visit, "offer", answer=answer).status_code == 200
    assert fresh(visit).offer_stands


def test_offer_that_has_expired_is_explained_and_cannot_be_taken(client):
    visit = offered()
    Visit.objects.filter(pk=visit.pk).update(offered_until=timezone.now())
    text = client.get(page(visit)).text
    assert "Tempat disimpan untuk Anda sampai" in text
    assert f'"{page(visit, "offer")}"' not in text
    assert client.get(page(visit, "offer")).url == page(visit)
    response = send(client, visit, "offer")
    assert (response.url, message_levels(response)) == (page(visit), ["warning"])
    assert fresh(visit).status == S.WAITING_LIST


def test_place_on_the_waiting_list_is_said(client):
    first = linked(S.WAITING_LIST)
    second = linked(S.WAITING_LIST, slot=first.slot)
    assert "nomor 2 di daftar tunggu" in client.get(page(second)).text


# Joining


def test_joining_is_allowed_and_taken_back(client):
    visit = linked(S.CONFIRMED)
    send(client, visit, "joining", allowed="on")
    assert fresh(visit).open_to_joining
    client.post(page(visit, "joining"), {})
    assert not fresh(visit).open_to_joining
    assert client.get(page(visit, "joining")).status_code == 405


# A new link


def test_new_link_goes_by_mail_and_the_old_one_opens_nothing(client):
    visit = linked(S.SUBMITTED)
    old = page(visit)
    response = send(client, visit, "new_link")
    assert (response.url, message_levels(response)) == (reverse("visits:lost_link"), ["success"])
    assert client.get(old).status_code == 404
    assert client.get(page(visit)).status_code == 200
    assert Message.objects.get().kind == "link_sent"
    assert token(visit) not in client.get(response.url).text


def test_new_link_asked_for_twice_is_sent_once(client):
    visit = linked(S.SUBMITTED)
    address = page(visit, "new_link")
    answers = [client.post(address) for _click in range(2)]
    assert [each.url for each in answers] == [reverse("visits:lost_link")] * 2
    assert message_levels(answers[1]) == ["success", "warning"]
    assert (history(visit), Message.objects.count()) == (["link_revoked"], 1)


def test_two_clicks_at_once_revoke_the_link_once():
    visit = linked(S.SUBMITTED)
    first, second = fresh(visit), fresh(visit)
    first.renew_link()
    second.renew_link()
    assert token(visit) == first.private_token
    assert Message.objects.count() == 1


def test_link_that_opens_nothing_leads_to_where_links_are_sent_again(client):
    text = client.get(reverse("visits:request", args=["a" * 43])).text
    assert reverse("visits:lost_link") in text


def test_without_an_address_nobody_locks_the_delegation_out(client):
    visit = linked(S.SUBMITTED, contact_email="")
    assert page(visit, "new_link") not in client.get(page(visit)).text
    assert send(client, visit, "new_link").url == page(visit)
    assert client.get(page(visit)).status_code == 200


# What the page shows


def test_programme_shows_each_hosts_answer_with_time_place_and_speaker(client):
    visit = linked(S.CONFIRMED)
    StopFactory(
        visit=visit,
        answer="accepted",
        starts_at="09:00",
        ends_at="09:45",
        venue="Aula <timur>",
        speaker="Kepala Bidang",
    )
    StopFactory(visit=visit, answer="declined", answer_reason="Ada rapat.")
    text = client.get(page(visit)).text
    shown = ["09.00–09.45", "Aula &lt;timur&gt;", "Kepala Bidang", "Diterima", "Ada rapat."]
    assert [each in text for each in shown] == [True] * len(shown)


def test_page_tells_with_whom_the_visit_is_made(client):
    host = VisitFactory(organisation="DPRD <Contoh>", open_to_joining=True)
    visit = linked(S.CONFIRMED, joins=host)
    text = client.get(page(visit)).text
    assert "DPRD &lt;Contoh&gt;" in text
    assert page(visit, "joining") not in text


def test_message_of_the_city_stands_beside_the_status(client, visit_officer):
    visit = linked(S.SUBMITTED)
    visit.confirm(by=visit_officer, reason="Mohon tiba lebih awal.")
    visit.move(by=visit_officer, slot=SlotFactory(date=working_day(60)), reason="Aula dipakai.")
    text = client.get(page(visit)).text
    standing, _rest = text.split("</section>", 1)
    assert "Aula dipakai." in standing
    assert "Mohon tiba lebih awal." not in standing
    assert "Mohon tiba lebih awal." in text
