import datetime

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string

from innovations.models import Innovation, Question, Suggestion
from magelang_portal.to_do import tasks_for
from tests.factories import (
    CitationFactory,
    InnovationFactory,
    QuestionFactory,
    SuggestionFactory,
    UserFactory,
    VisitFactory,
)
from tests.staff import changelist, logged_in
from visits.models import Visit
from visits.querysets import hash_of_link

pytestmark = pytest.mark.django_db

REQUESTS = f"{changelist(Visit)}?answer=open"
PAST = f"{changelist(Visit)}?answer=past"
ERASE = f"{changelist(Visit)}?answer=erase"
IN_REVIEW = f"{changelist(Innovation)}?status__exact=in_review"
QUESTIONS = f"{changelist(Question)}?moderation__exact=waiting"
SUGGESTIONS = f"{changelist(Suggestion)}?moderation__exact=waiting"
DRAFTS = f"{changelist(Innovation)}?status__exact=draft"
WAITING = f"{changelist(Innovation)}?status__exact=published&waiting=yes"


def heap_up(times=1):
    """Something on every heap, each of another height, and beside each what belongs on none."""
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    by = UserFactory()
    for _time in range(times):
        VisitFactory.create_batch(2)
        VisitFactory.create_batch(3, status=Visit.Status.CONFIRMED, held_on=yesterday)
        VisitFactory(status=Visit.Status.CONFIRMED, held_on=timezone.localdate())
        VisitFactory(completed=True)
        VisitFactory(completed=True, link_hash=hash_of_link(get_random_string(43)))
        public = InnovationFactory(published=True)
        QuestionFactory.create_batch(4, innovation=public)
        QuestionFactory(innovation=public, published=True)
        SuggestionFactory.create_batch(5, innovation=public)
        SuggestionFactory(innovation=public, published=True)
        InnovationFactory.create_batch(6)
        for _each in range(7):
            innovation = InnovationFactory()
            CitationFactory(innovation=innovation)
            innovation.submit_for_review(by=by)
        archived = InnovationFactory(published=True)
        archived.archive(by=by)


def tasks_on_index(client):
    response = client.get(reverse("admin:index"))
    tasks = [(task.url, task.count) for task in response.context["tasks"]]
    assert [f'href="{url.replace("&", "&amp;")}"' in response.text for url, _count in tasks] == [
        True
    ] * len(tasks)
    return tasks


def test_editor_is_shown_drafts_and_entries_that_wait_for_their_owner(editor):
    heap_up()
    assert tasks_on_index(logged_in(editor)) == [(DRAFTS, 6), (WAITING, 1)]


def test_publisher_is_shown_what_is_in_review_and_what_wants_moderation_too(publisher):
    heap_up()
    assert tasks_on_index(logged_in(publisher)) == [
        (IN_REVIEW, 7),
        (QUESTIONS, 4),
        (SUGGESTIONS, 5),
        (DRAFTS, 6),
        (WAITING, 1),
    ]


def test_officer_is_shown_requests_and_visits_that_are_over(visit_officer):
    heap_up()
    assert tasks_on_index(logged_in(visit_officer)) == [(REQUESTS, 2), (PAST, 3), (ERASE, 1)]


def test_heap_that_is_empty_stays_with_a_nought(visit_officer):
    assert tasks_on_index(logged_in(visit_officer)) == [(REQUESTS, 0), (PAST, 0), (ERASE, 0)]


def test_who_is_in_no_group_is_shown_nothing():
    heap_up()
    assert tasks_on_index(logged_in(UserFactory())) == []


def test_each_heap_leads_to_a_list_of_exactly_that_many(admin_client):
    heap_up()
    tasks = tasks_on_index(admin_client)
    assert [url for url, _count in tasks] == [
        REQUESTS,
        PAST,
        ERASE,
        IN_REVIEW,
        QUESTIONS,
        SUGGESTIONS,
        DRAFTS,
        WAITING,
    ]
    listed = [admin_client.get(url).context["cl"].result_count for url, _count in tasks]
    assert listed == [count for _url, count in tasks] == [2, 3, 1, 7, 4, 5, 6, 1]


def test_who_holds_two_groups_has_the_heaps_of_both(editor):
    editor.groups.add(Group.objects.get(name="visit officer"))
    urls = [task.url for task in tasks_for(editor)]
    assert urls == [REQUESTS, PAST, ERASE, DRAFTS, WAITING]


def test_index_takes_the_same_queries_however_high_the_heaps(
    admin_client, django_assert_num_queries
):
    for times in (1, 2):
        heap_up(times)
        with django_assert_num_queries(14):
            admin_client.get(reverse("admin:index"))
