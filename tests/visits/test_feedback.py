import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from tests.factories import (
    GroupPassFactory,
    InnovationFactory,
    ParticipantFactory,
    StopFactory,
    VisitFactory,
)
from visits.models import Feedback, InnovationFeedback

pytestmark = pytest.mark.django_db

ANSWERS = {"rating": "5", "good": "Ramah.", "better": "Tambah waktu."}


@pytest.fixture
def visit():
    return VisitFactory(completed=True, published_at=None, slug=None, participants=30)


@pytest.fixture
def data_go(visit):
    innovation = InnovationFactory(published=True, name="Data Go")
    StopFactory(visit=visit, innovation=innovation, answer="accepted")
    return innovation


def linked(owner):
    owner.make_link()
    owner.save()
    return reverse("visits:feedback", args=[owner.private_token])


@pytest.fixture
def guest(visit):
    """The feedback page of somebody who was checked in."""
    return linked(ParticipantFactory(visit=visit, present=True))


@pytest.fixture
def group(visit):
    return linked(GroupPassFactory(visit=visit))


def form(response):
    """The form that a page shows, or None where it shows none."""
    return (response.context or {}).get("form")


def test_guest_says_what_it_was_worth_and_is_thanked(client, guest, visit, data_go):
    answers = {f"usefulness_{data_go.pk}": "4", f"improve_{data_go.pk}": "Beri contoh."}
    response = client.post(guest, ANSWERS | answers, follow=True)
    assert response.redirect_chain == [(guest, 302)]
    assert form(response) is None
    feedback = Feedback.objects.get()
    assert (feedback.visit, feedback.rating, feedback.good) == (visit, 5, "Ramah.")
    assert list(feedback.innovations.values_list("innovation", "usefulness", "better")) == [
        (data_go.pk, 4, "Beri contoh.")
    ]


def test_sent_feedback_is_neither_shown_again_nor_changed(client, guest):
    client.post(guest, ANSWERS)
    assert "Ramah." not in client.get(guest).text
    client.post(guest, ANSWERS | {"rating": "1"})
    assert Feedback.objects.get().rating == 5


def test_page_asks_of_each_innovation_but_those_that_were_declined(client, guest, visit, data_go):
    StopFactory(visit=visit, innovation__name="Si Bahenol", answer="declined")
    asked = [innovation.name for innovation, _fields in form(client.get(guest)).sections]
    assert asked == ["Data Go"]


def test_feedback_remembers_its_language(client, guest):
    with translation.override("en"):
        token = guest.rstrip("/").rpartition("/")[2]
        client.post(reverse("visits:feedback", args=[token]), ANSWERS)
    assert Feedback.objects.get().language == "en"


def test_nothing_is_chosen_before_somebody_chooses(client, guest, data_go):
    assert " checked" not in client.get(guest).text


@pytest.mark.parametrize("unseen", ["0", ""])
def test_innovation_that_somebody_did_not_see_counts_for_nothing(client, guest, data_go, unseen):
    client.post(guest, ANSWERS | {f"usefulness_{data_go.pk}": unseen})
    assert (Feedback.objects.count(), InnovationFeedback.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"rating": ""}, "rating"),
        ({"rating": "6"}, "rating"),
        ({"good": "x" * 2001}, "good"),
        ({"website": "https://spam.example"}, "website"),
        ({"usefulness": "9"}, "usefulness"),
        ({"usefulness": "", "improve": "Beri contoh."}, "usefulness"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(client, guest, data_go, changes, field):
    names = {"usefulness": f"usefulness_{data_go.pk}", "improve": f"improve_{data_go.pk}"}
    changes = {names.get(name, name): value for name, value in changes.items()}
    response = client.post(guest, ANSWERS | changes)
    assert list(form(response).errors) == [names.get(field, field)]
    assert 'id="error-summary"' in response.text
    assert "Tambah waktu." in response.text
    assert not Feedback.objects.exists()


def test_who_was_not_checked_in_gives_none(client, visit):
    url = linked(ParticipantFactory(visit=visit))
    ParticipantFactory(visit=visit, present=True)
    assert form(client.get(url)) is None
    client.post(url, ANSWERS)
    assert not Feedback.objects.exists()


@pytest.mark.parametrize(
    ("counted", "one_is_checked_in", "is_asked"),
    [(2, False, True), (1, False, False), (2, True, False), (None, False, False)],
)
def test_group_counted_complete_without_names_came_with_everyone_on_its_list(
    client, counted, one_is_checked_in, is_asked
):
    visit = VisitFactory(status="completed", held_on="2026-03-04", participants=counted)
    url = linked(ParticipantFactory(visit=visit))
    ParticipantFactory(visit=visit, present=one_is_checked_in)
    assert (form(client.get(url)) is not None) is is_asked


def test_feedback_opens_on_the_day_with_the_check_in(client):
    visit = VisitFactory(status="confirmed", held_on=timezone.localdate())
    url = linked(GroupPassFactory(visit=visit))
    assert form(client.get(url)) is None
    ParticipantFactory(visit=visit, present=True)
    assert form(client.get(url)) is not None


# The link of the whole group


def test_group_link_takes_one_answer_from_each_browser(client, group):
    client.get(group)
    client.post(group, ANSWERS)
    assert form(client.get(group)) is None
    client.post(group, ANSWERS)
    assert Feedback.objects.count() == 1
    other = Client()
    assert form(other.get(group)) is not None
    other.post(group, ANSWERS)
    assert Feedback.objects.count() == 2


def test_unnamed_feedback_names_nobody_and_holds_no_secret_of_the_browser(client, group):
    client.get(group)
    client.post(group, ANSWERS)
    feedback = Feedback.objects.get()
    assert feedback.participant is None
    assert len(feedback.sender_hash) == 64
    assert client.cookies["csrftoken"].value not in feedback.sender_hash


def test_group_gives_no_more_answers_than_people_came(group, visit):
    type(visit).objects.update(participants=2)
    for _browser in range(2):
        client = Client()
        client.get(group)
        client.post(group, ANSWERS)
    client = Client()
    client.get(group)
    response = client.post(group, ANSWERS)
    assert len(form(response).non_field_errors()) == 1
    assert "Ramah." in response.text
    assert Feedback.objects.count() == 2


def test_full_group_leaves_room_for_those_who_came_by_name(client, group, guest, visit):
    type(visit).objects.update(participants=1)
    browser = Client()
    browser.get(group)
    browser.post(group, ANSWERS)
    client.post(guest, ANSWERS)
    assert Feedback.objects.count() == 2


@pytest.mark.parametrize(
    ("status", "participants", "present", "most"),
    [
        ("completed", 30, 2, 30),
        ("completed", None, 2, 2),
        ("completed", None, 0, 20),
        ("confirmed", None, 2, 2),
        ("confirmed", None, 0, 0),
    ],
)
def test_as_many_may_answer_as_are_known_to_have_come(status, participants, present, most):
    visit = VisitFactory(status=status, held_on="2026-03-04", participants=participants)
    ParticipantFactory.create_batch(present, visit=visit, present=True)
    assert Feedback.most(visit) == most


def test_head_gives_feedback_by_the_private_link_once(client, visit):
    url = linked(visit)
    client.post(url, ANSWERS)
    other = Client()
    assert form(other.get(url)) is None
    other.post(url, ANSWERS)
    assert Feedback.objects.count() == 1


def test_double_click_is_one_answer_and_no_error(client, guest, monkeypatch):
    monkeypatch.setattr("visits.guests.Guest.has_given_feedback", lambda *args: False)
    for _click in range(2):
        assert client.post(guest, ANSWERS).status_code == 302
    assert Feedback.objects.count() == 1


def test_database_keeps_one_answer_for_each_sender(visit):
    Feedback.objects.create(visit=visit, rating=5, sender_hash="a" * 64)
    with pytest.raises(IntegrityError):
        Feedback.objects.create(visit=visit, rating=5, sender_hash="a" * 64)


def test_program_is_held_back(client, guest, monkeypatch):
    monkeypatch.setattr("magelang_portal.rate_limits.Policy.allows", lambda *args: False)
    response = client.post(guest, ANSWERS)
    assert len(form(response).non_field_errors()) == 1
    assert "Ramah." in response.text
    assert not Feedback.objects.exists()


@pytest.mark.parametrize("guess", ["a" * 43, "x"])
def test_guessed_link_opens_nothing(client, guest, guess):
    assert client.get(reverse("visits:feedback", args=[guess])).status_code == 404


def test_erased_participant_has_no_page_and_leaves_the_answer(client, guest, visit):
    client.post(guest, ANSWERS)
    visit.erase(by=None)
    assert client.get(guest).status_code == 404
    assert Feedback.objects.get().rating == 5


def test_page_is_kept_and_indexed_by_nobody(client, guest):
    response = client.get(guest)
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex"


def test_page_takes_the_same_queries_for_1_and_for_3_innovations(
    client, guest, visit, django_assert_num_queries
):
    for rows in (1, 2):
        StopFactory.create_batch(rows, visit=visit)
        with django_assert_num_queries(3):
            client.get(guest)
