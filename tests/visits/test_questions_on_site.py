from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from innovations.models import Question
from tests.factories import (
    AskedQuestionFactory,
    GroupPassFactory,
    InnovationFactory,
    ParticipantFactory,
    QuestionFactory,
    StopFactory,
    VisitFactory,
)
from visits.models import AskedQuestion, Message

pytestmark = pytest.mark.django_db

TEXT = "Berapa biayanya <per tahun>?"


@pytest.fixture
def innovation():
    return InnovationFactory(published=True, name="Data Go")


@pytest.fixture
def visit(innovation):
    visit = VisitFactory(status="confirmed", held_on=timezone.localdate())
    visit.make_link()
    visit.save()
    StopFactory(visit=visit, innovation=innovation, answer="accepted")
    return visit


def page(owner):
    if not owner.link_hash:
        owner.make_link()
        owner.save()
    return reverse("visits:ask", args=[owner.private_token])


def private(visit):
    return reverse("visits:request", args=[visit.private_token])


@pytest.fixture
def post(client, visit, innovation):
    def post(url=None, **changes):
        data = {"innovation": innovation.pk, "text": TEXT, "website": ""} | changes
        return client.post(url or page(visit), data, follow=True)

    return post


@pytest.mark.parametrize(
    "owner",
    [
        lambda visit: ParticipantFactory(visit=visit),
        lambda visit: GroupPassFactory(visit=visit),
        lambda visit: visit,
    ],
    ids=["participant", "group", "private link"],
)
def test_question_lands_in_the_catalogue_without_a_name(post, visit, innovation, owner):
    post(page(owner(visit)))
    asked = AskedQuestion.objects.get()
    question = Question.objects.get()
    assert (asked.visit, asked.question) == (visit, question)
    assert (question.innovation, question.text) == (innovation, TEXT)
    assert (question.moderation, question.answer) == ("waiting", "")


def test_question_remembers_its_language(client, visit, innovation):
    with translation.override("en"):
        client.post(page(visit), {"innovation": innovation.pk, "text": "How much?"})
    assert Question.objects.get().language == "en"


def test_same_question_sent_twice_is_asked_once(post):
    post()
    post()
    post(text="Yang lain?")
    assert Question.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": " "}, "text"),
        ({"text": "x" * 1001}, "text"),
        ({"innovation": ""}, "innovation"),
        ({"innovation": "999999"}, "innovation"),
        ({"website": "spam"}, "website"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_stored(post, changes, field):
    response = post(**changes)
    assert list(response.context["form"].errors) == [field]
    assert not Question.objects.exists()


def test_what_was_typed_is_kept_and_never_becomes_markup(post):
    text = post(innovation="").text
    assert "Berapa biayanya &lt;per tahun&gt;?" in text
    assert "<per tahun>" not in text


def test_only_innovation_is_chosen_already(client, visit):
    assert "checked" in client.get(page(visit)).text
    StopFactory(visit=visit)
    assert "checked" not in client.get(page(visit)).text


def test_declined_stop_is_not_asked_about(client, visit):
    StopFactory(visit=visit, innovation__name="Si Bahenol", answer="declined")
    choices = client.get(page(visit)).context["form"].fields["innovation"].choices
    assert [name for _pk, name in choices] == ["Data Go"]


@pytest.mark.parametrize("status", ["submitted", "declined", "cancelled", "confirmed"])
def test_questions_wait_for_the_day(post, visit, status):
    ahead = timezone.localdate() + timedelta(days=1)
    type(visit).objects.update(status=status, held_on=ahead)
    assert "form" not in post().context
    assert not Question.objects.exists()


def test_questions_stay_open_after_the_visit(post, visit):
    type(visit).objects.update(status="completed", held_on="2026-03-04")
    post()
    assert Question.objects.count() == 1


def test_visit_asks_only_so_much(post, visit, monkeypatch):
    monkeypatch.setattr("visits.forms.questions.MOST_OF_A_VISIT", 1)
    post()
    assert len(post(text="Yang lain?").context["form"].non_field_errors()) == 1
    assert Question.objects.count() == 1


def test_program_is_held_back(post, monkeypatch):
    monkeypatch.setattr("magelang_portal.rate_limits.Policy.allows", lambda *args: False)
    assert len(post().context["form"].non_field_errors()) == 1
    assert not Question.objects.exists()


def test_guessed_link_opens_nothing(client, visit):
    assert client.get(reverse("visits:ask", args=["a" * 43])).status_code == 404


def test_page_takes_the_same_queries_for_1_and_for_3_innovations(
    client, visit, django_assert_num_queries
):
    for rows in (0, 2):
        StopFactory.create_batch(rows, visit=visit)
        with django_assert_num_queries(4):
            client.get(page(visit))


# Answered once


@pytest.mark.parametrize(
    ("moderation", "answer", "public", "told"),
    [
        ("published", "Sepuluh juta.", True, True),
        ("hidden", "Sepuluh juta.", False, True),
        ("waiting", "Sepuluh juta.", False, False),
        ("published", "", False, False),
    ],
)
def test_answer_is_read_by_whom_it_is_for(
    client, visit, innovation, *, moderation, answer, public, told
):
    AskedQuestionFactory(
        visit=visit,
        question=QuestionFactory(
            innovation=innovation, text="Berapa biayanya?", moderation=moderation, answer=answer
        ),
    )
    page = client.get(innovation.get_absolute_url()).text
    assert ("Berapa biayanya?" in page) is public
    assert visit.organisation not in page
    mine = client.get(private(visit)).text
    assert "Berapa biayanya?" in mine
    assert ("Sepuluh juta." in mine) is told


def answered(visit, **fields):
    question = QuestionFactory(**{"moderation": "published", "answer": "Ya."} | fields)
    return AskedQuestionFactory(visit=visit, question=question)


def messages():
    return Message.objects.filter(kind="questions_answered")


def test_delegation_is_told_once_of_all_that_was_answered(visit):
    answered(visit, text="Pertama?")
    answered(visit, text="Kedua?", moderation="hidden")
    answered(visit, text="Ketiga?", moderation="waiting")
    assert [AskedQuestion.tell(), AskedQuestion.tell()] == [2, 0]
    (message,) = messages()
    assert message.to == visit.contact_email
    assert ("Pertama?" in message.text, "Kedua?" in message.text) == (True, True)
    assert "Ketiga?" not in message.text
    Question.objects.update(moderation="published")
    assert (AskedQuestion.tell(), messages().count()) == (1, 2)


def test_each_delegation_is_told_of_its_own_questions(visit):
    other = VisitFactory(contact_email="lain@contoh.example")
    answered(visit, text="Milik kami?")
    answered(other, text="Milik lain?")
    assert AskedQuestion.tell() == 2
    texts = {message.to: message.text for message in messages()}
    assert "Milik lain?" not in texts[visit.contact_email]
    assert "Milik kami?" not in texts["lain@contoh.example"]


def test_nobody_is_told_where_no_address_is_left():
    answered(VisitFactory(contact_email=""))
    erased = VisitFactory(completed=True)
    answered(erased)
    erased.erase(by=None)
    assert (AskedQuestion.tell(), messages().count()) == (0, 0)
