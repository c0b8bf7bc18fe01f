"""How an entry goes from draft to public and back, and what is remembered of it."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from innovations.models import Innovation
from tests.factories import CitationFactory, InnovationFactory, UserFactory

pytestmark = pytest.mark.django_db
BECOMES = {
    "submit_for_review": "in_review",
    "publish": "published",
    "return_to_draft": "draft",
    "archive": "archived",
}
OPEN = {
    "draft": ["submit_for_review", "publish"],
    "in_review": ["publish", "return_to_draft"],
    "published": ["confirm", "return_to_draft", "archive"],
    "archived": ["return_to_draft"],
}
WAYS = [(status, name) for status in OPEN for name in BECOMES]


@pytest.fixture
def somebody():
    return UserFactory()


def innovation_that_is(status):
    innovation = CitationFactory(
        innovation__status=status, innovation__published_at=timezone.now()
    )
    return innovation.innovation


def codes(refused):
    return [error.code for error in refused.value.error_list]


@pytest.mark.parametrize(("status", "transitions"), OPEN.items())
def test_entry_tells_what_may_become_of_it(status, transitions):
    assert innovation_that_is(status).open_transitions == transitions


@pytest.mark.parametrize(("status", "name"), WAYS)
def test_transition_is_made_where_it_is_open_and_refused_where_not(status, name, somebody):
    innovation = innovation_that_is(status)
    if name in OPEN[status]:
        getattr(innovation, name)(by=somebody)
        assert innovation.status == BECOMES[name]
        innovation.refresh_from_db()
        assert innovation.status == BECOMES[name]
    else:
        with pytest.raises(ValidationError) as refused:
            getattr(innovation, name)(by=somebody)
        assert codes(refused) == ["transition"]
        assert Innovation.objects.get().status == status


def test_publishing_records_who_and_when(somebody):
    innovation = CitationFactory().innovation
    before = timezone.now()
    innovation.publish(by=somebody)
    innovation.refresh_from_db()
    assert innovation.published_by == somebody
    assert before <= innovation.published_at <= timezone.now()


def test_entry_without_a_source_is_not_published(somebody):
    innovation = InnovationFactory()
    with pytest.raises(ValidationError) as refused:
        innovation.publish(by=somebody)
    assert codes(refused) == ["unsourced"]
    assert Innovation.objects.get().status == "draft"


def test_publishing_again_renews_the_day(somebody):
    innovation = InnovationFactory(published=True)
    first = innovation.published_at
    innovation.return_to_draft(by=somebody)
    innovation.publish(by=somebody)
    assert innovation.published_at > first


@pytest.mark.parametrize("name", ["return_to_draft", "archive"])
def test_entry_that_leaves_the_public_site_is_nowhere_public(client, somebody, name):
    innovation = InnovationFactory(published=True)
    url = innovation.get_absolute_url()
    assert client.get(url).status_code == 200
    getattr(innovation, name)(by=somebody, reason="Data keliru.")
    assert client.get(url).status_code == 404
    assert list(Innovation.objects.published()) == []


def test_two_who_decide_at_once_decide_once(somebody):
    innovation = InnovationFactory(published=True)
    seen_before = Innovation.objects.get()
    innovation.archive(by=somebody)
    assert seen_before.status == "published"
    with pytest.raises(ValidationError) as refused:
        seen_before.archive(by=somebody)
    assert codes(refused) == ["transition"]


def test_transition_stores_nothing_but_the_status(somebody):
    innovation = InnovationFactory(name="Lama")
    Innovation.objects.update(name="Baru")
    innovation.submit_for_review(by=somebody)
    assert Innovation.objects.get().name == "Baru"


def test_history_tells_who_did_what_and_why(somebody):
    innovation = CitationFactory().innovation
    innovation.publish(by=somebody)
    innovation.return_to_draft(by=somebody, reason="Data keliru.")
    records = innovation.history.order_by("history_id")
    assert [record.status for record in records] == ["draft", "published", "draft"]
    assert [record.history_user for record in records] == [None, somebody, somebody]
    assert records[2].history_change_reason.endswith(": Data keliru.")


def test_history_tells_what_a_text_said_before():
    innovation = InnovationFactory(summary="Dulu.")
    innovation.summary = "Kini."
    innovation.save()
    assert [record.summary for record in innovation.history.all()] == ["Kini.", "Dulu."]
