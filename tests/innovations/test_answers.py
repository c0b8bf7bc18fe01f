"""Who answers the questions that come in, and who lets the answers through."""

import pytest

from innovations.models import Question
from magelang_portal.to_do import tasks_for
from tests.factories import InnovationFactory, QuestionFactory
from tests.staff import actions, change_page, changelist, logged_in, rows

pytestmark = pytest.mark.django_db

ANSWER = {"answer": "Tiga bulan.", "answered_on": "", "moderation": "published"}


def answer(user, question, **changes):
    response = logged_in(user).post(change_page(question), ANSWER | changes)
    question.refresh_from_db()
    return response.status_code


@pytest.fixture
def own(host):
    """A question about an innovation of the host's own agency."""
    return QuestionFactory(innovation=InnovationFactory(agency=host.agency))


def test_officer_answers_and_does_not_publish(visit_officer):
    question = QuestionFactory()
    assert answer(visit_officer, question) == 302
    assert (question.answer, question.moderation) == ("Tiga bulan.", "waiting")
    assert question.answered_on is not None
    assert actions(logged_in(visit_officer).get(changelist(Question))) == set()


def test_host_answers_on_innovations_of_its_own_agency_alone(host, own):
    foreign = QuestionFactory()
    assert rows(logged_in(host).get(changelist(Question))) == {own}
    assert answer(host, own) == 302
    assert (own.answer, own.moderation) == ("Tiga bulan.", "waiting")
    assert answer(host, foreign) == 302
    assert foreign.answer == ""


def test_host_without_an_agency_reads_no_question(host, own):
    host.agency = None
    host.save()
    assert rows(logged_in(host).get(changelist(Question))) == set()


@pytest.mark.parametrize("moderation", ["published", "hidden"])
def test_what_was_let_through_is_changed_by_publishers_alone(
    visit_officer, host, publisher, own, moderation
):
    Question.objects.update(moderation=moderation)
    for user in (visit_officer, host):
        assert answer(user, own) == 403
        assert own.answer == ""
    assert answer(publisher, own, moderation=moderation) == 302
    assert (own.answer, own.moderation) == ("Tiga bulan.", moderation)


def test_publisher_lets_answers_through(publisher):
    assert {"publish", "hide"} <= actions(logged_in(publisher).get(changelist(Question)))


def test_first_page_counts_what_each_may_answer(visit_officer, host, own):
    QuestionFactory()
    QuestionFactory(innovation=own.innovation, published=True)
    url = f"{changelist(Question)}?todo=answer"
    for user, number in ((visit_officer, 2), (host, 1)):
        assert [task.count for task in tasks_for(user) if task.url == url] == [number]
        assert len(rows(logged_in(user).get(url))) == number
