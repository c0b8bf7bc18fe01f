"""The page on which the admin opens: what waits for whom, and who comes this week."""

import datetime

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from lxml import html

from innovations.models import Innovation, Question, Suggestion
from magelang_portal import to_do
from magelang_portal.to_do import tasks_for, visits_of_the_week
from tests.factories import (
    AdoptionFactory,
    CitationFactory,
    InnovationFactory,
    MessageFactory,
    QuestionFactory,
    SlotFactory,
    StopFactory,
    SuggestionFactory,
    UserFactory,
    VisitFactory,
)
from tests.staff import change_page, changelist, logged_in, rows
from visits.models import Adoption, Message, Stop, Visit
from visits.querysets import hash_of_link

pytestmark = pytest.mark.django_db

MAIL = f"{changelist(Message)}?attention=yes"
OFFERS = f"{changelist(Visit)}?answer=offers_ending"
NEW = f"{changelist(Visit)}?status__exact=submitted"
STOPS = changelist(Stop)
ADOPTIONS = f"{changelist(Adoption)}?answer=waiting"
PAST = f"{changelist(Visit)}?answer=past"
QUESTIONS = f"{changelist(Question)}?todo=answer"
ANSWERS = f"{changelist(Question)}?todo=publish"
SUGGESTIONS = f"{changelist(Suggestion)}?moderation__exact=waiting"
IN_REVIEW = f"{changelist(Innovation)}?status__exact=in_review"
TO_CONFIRM = f"{changelist(Innovation)}?confirmation=due"
DRAFTS = f"{changelist(Innovation)}?status__exact=draft"
WAITING = f"{changelist(Innovation)}?status__exact=published&waiting=yes"
ASKED = f"{changelist(Visit)}?status__exact=needs_information"
WAITING_LIST = f"{changelist(Visit)}?status__exact=waiting_list"
ERASE = f"{changelist(Visit)}?answer=erase_soon"

OFFICERS = [MAIL, OFFERS, NEW, STOPS, PAST, ADOPTIONS, ASKED, WAITING_LIST, ERASE]
EDITORS = [DRAFTS, WAITING]
PUBLISHERS = [QUESTIONS, ANSWERS, SUGGESTIONS, IN_REVIEW, TO_CONFIRM, *EDITORS]
EVERY = [*OFFICERS[:6], *PUBLISHERS, *OFFICERS[6:]]
DAY = datetime.timedelta(days=1)


def heap_up(times=1):
    """Something on every heap, each of another height, and beside each what belongs on none."""
    now, today = timezone.now(), timezone.localdate()
    by = UserFactory()
    for _time in range(times):
        visit = VisitFactory()
        VisitFactory(status="declined")
        VisitFactory.create_batch(3, status="confirmed", held_on=today - DAY)
        VisitFactory(status="confirmed", held_on=today)
        VisitFactory.create_batch(4, status="needs_information")
        slot = SlotFactory(capacity=100, booked=50)
        for hours in (1, 20, 48):
            VisitFactory(
                status="waiting_list",
                slot=slot,
                seats=1,
                offered_until=now + datetime.timedelta(hours=hours),
            )
        public = InnovationFactory(published=True)
        StopFactory.create_batch(6, visit=visit, innovation__agency=public.agency)
        StopFactory(visit=visit, innovation=public, answer="accepted")
        Innovation.objects.filter(stops__visit=visit).update(confirmed_on=today)
        VisitFactory(completed=True, **dict.fromkeys(Visit.personal_fields, ""))
        for days in (-10, 10, 20):
            VisitFactory(
                status="completed",
                held_on=today - datetime.timedelta(days=365 - days),
                link_hash=hash_of_link(get_random_string(43)),
            )
        MessageFactory(visit=visit, status="failed")
        MessageFactory(visit=visit, attempts=1)
        QuestionFactory.create_batch(3, innovation=public)
        QuestionFactory(innovation=public, published=True)
        QuestionFactory(innovation=public, published=True, answer="Ya.")
        QuestionFactory(innovation=public, moderation="hidden")
        QuestionFactory.create_batch(2, innovation=public, answer="Ya.")
        AdoptionFactory.create_batch(2, innovation=public)
        AdoptionFactory(innovation=public, confirmed=True)
        AdoptionFactory(innovation=public, dismissed_at=now)
        SuggestionFactory.create_batch(5, innovation=public)
        SuggestionFactory(innovation=public, published=True)
        InnovationFactory.create_batch(6)
        for _each in range(7):
            innovation = InnovationFactory()
            CitationFactory(innovation=innovation)
            innovation.submit_for_review(by=by)
        InnovationFactory(published=True, confirmed_on=today - datetime.timedelta(days=366))
        InnovationFactory(published=True, running=False, stopped_reason="Digabung.")
        archived = InnovationFactory(published=True)
        archived.archive(by=by)


COUNTS = {
    MAIL: 1,
    OFFERS: 2,
    NEW: 1,
    STOPS: 6,
    PAST: 3,
    ADOPTIONS: 2,
    QUESTIONS: 4,
    ANSWERS: 2,
    SUGGESTIONS: 5,
    IN_REVIEW: 7,
    TO_CONFIRM: 1,
    DRAFTS: 6,
    WAITING: 9,
    ASKED: 4,
    WAITING_LIST: 3,
    ERASE: 2,
}


def page_for(user):
    response = logged_in(user).get(reverse("admin:index"))
    return html.document_fromstring(response.text)


def heaps_on(page):
    """Address and count of each heap with something on it, as the page shows them."""
    return {
        link.get("href"): int(link.xpath("strong")[0].text)
        for link in page.xpath("//section[@class='tasks']//li/a")
    }


def expected(urls):
    return {url: COUNTS[url] for url in urls}


def test_editor_is_shown_drafts_and_entries_that_wait_for_their_owner(editor):
    heap_up()
    assert heaps_on(page_for(editor)) == expected(EDITORS)


def test_publisher_is_shown_what_wants_answers_and_confirmation_too(publisher):
    heap_up()
    assert heaps_on(page_for(publisher)) == expected(PUBLISHERS)


def test_officer_is_shown_all_about_visits(visit_officer):
    heap_up()
    # Of the four questions one was let through already: a publisher answers that.
    assert heaps_on(page_for(visit_officer)) == expected(OFFICERS) | {QUESTIONS: 3}


def test_host_is_shown_the_stops_and_old_entries_of_the_own_agency(host):
    heap_up()
    own = InnovationFactory(published=True, agency=host.agency)
    StopFactory(innovation=own)
    entries = f"{changelist(Innovation)}?confirmation=due&agency__id__exact={host.agency_id}"
    assert heaps_on(page_for(host)) == {STOPS: 1, entries: 1}
    client = logged_in(host)
    assert rows(client.get(STOPS)) == {own.stops.get()}
    assert rows(client.get(entries)) == {own}


def test_who_is_in_no_group_is_shown_nothing():
    heap_up()
    page = page_for(UserFactory())
    assert (heaps_on(page), page.xpath("//section[@class='week']")) == ({}, [])


def test_each_heap_leads_to_a_list_of_exactly_that_many(admin_client, admin_user):
    heap_up()
    tasks = tasks_for(admin_user)
    assert [task.url for task in tasks] == EVERY
    assert [task.count for task in tasks] == [COUNTS[url] for url in EVERY]
    listed = [admin_client.get(url).context["cl"].result_count for url in EVERY]
    assert listed == [COUNTS[url] for url in EVERY]


def test_most_urgent_heaps_come_first_and_empty_ones_are_only_named(visit_officer):
    VisitFactory()
    MessageFactory(visit=None, to="a@contoh.example", status="failed")
    page = page_for(visit_officer)
    assert list(heaps_on(page)) == [MAIL, NEW]
    named = page.xpath("//p[@class='tasks__done']/a/@href")
    assert named == [OFFERS, STOPS, PAST, ADOPTIONS, QUESTIONS, ASKED, WAITING_LIST, ERASE]


def test_desk_without_work_is_told_so_kindly(visit_officer):
    page = page_for(visit_officer)
    assert heaps_on(page) == {}
    assert "Tidak ada yang menunggu Anda" in page.xpath("//p[@class='nothing']")[0].text


def test_who_holds_two_groups_has_the_heaps_of_both(editor):
    editor.groups.add(Group.objects.get(name="visit officer"))
    urls = [task.url for task in tasks_for(editor)]
    assert urls == [
        MAIL,
        OFFERS,
        NEW,
        STOPS,
        PAST,
        ADOPTIONS,
        QUESTIONS,
        DRAFTS,
        WAITING,
        ASKED,
        WAITING_LIST,
        ERASE,
    ]


def test_week_shows_confirmed_visits_of_seven_days_with_hours_number_and_link(visit_officer):
    today = timezone.localdate()
    slot = SlotFactory(date=today + 6 * DAY)
    last = VisitFactory(
        status="confirmed", held_on=slot.date, slot=slot, organisation="Pemkab Banjar"
    )
    VisitFactory(status="confirmed", held_on=today + 7 * DAY)
    VisitFactory(status="submitted", wished_on=today + DAY)
    running = VisitFactory(status="confirmed", held_on=today - DAY, held_until=today + DAY)
    assert visits_of_the_week(visit_officer) == [running, last]
    [first, second] = page_for(visit_officer).xpath("//section[@class='week']//li")
    assert first.xpath(".//a/@href") == [
        change_page(running),
        reverse("visits:check_in", args=[running.reference]),
    ]
    assert second.xpath(".//a/@href") == [change_page(last)]
    text = " ".join(second.text_content().split())
    assert [part in text for part in (slot.hours, "Pemkab Banjar", "20 orang")] == [True] * 3


def test_host_sees_only_own_visits_of_the_week_and_no_check_in(host):
    today = timezone.localdate()
    mine, other = VisitFactory.create_batch(2, status="confirmed", held_on=today)
    StopFactory(visit=mine, innovation__agency=host.agency, answer="accepted")
    StopFactory(visit=other)
    assert visits_of_the_week(host) == [mine]
    links = page_for(host).xpath("//section[@class='week']//li//a/@href")
    assert links == [f"{STOPS}?answer=all&q={mine.reference}"]


def test_calendar_and_figures_are_one_step_away_for_whom_they_are_open(visit_officer, host):
    more = "//p[@class='week__more']/a/@href"
    calendar, figures = reverse("admin:visit_calendar"), reverse("admin:visit_figures")
    assert page_for(visit_officer).xpath(more) == [calendar, figures]
    assert page_for(host).xpath(more) == [calendar]


def test_index_takes_the_same_queries_however_high_the_heaps(
    admin_client, django_assert_num_queries
):
    for times in (1, 2):
        heap_up(times)
        with django_assert_num_queries(23):
            admin_client.get(reverse("admin:index"))


def test_heap_that_is_very_high_is_not_counted_to_its_end(visit_officer, monkeypatch):
    monkeypatch.setattr(to_do, "MOST", 2)
    VisitFactory.create_batch(2, status="submitted")
    label = "//a[contains(., 'Permohonan baru')]/strong/text()"
    assert page_for(visit_officer).xpath(label) == ["2"]
    VisitFactory(status="submitted")
    assert page_for(visit_officer).xpath(label) == ["2+"]
