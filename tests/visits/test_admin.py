import datetime
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from tests.factories import VisitFactory
from tests.staff import (
    change_page,
    changelist,
    errors_of,
    make_transition,
    message_levels,
    outcome,
    transition_page,
)
from visits.models import Visit, VisitEvent

pytestmark = pytest.mark.django_db

S = Visit.Status
DAY = datetime.date(2019, 9, 4)
MOVE = ("move", "change_numbers")


def visit_in(status, **fields):
    return VisitFactory(status=status, **{"held_on": DAY} | fields)


def history(visit):
    return [(event.status, event.by, event.reason) for event in visit.events.all()]


# Deciding


def test_confirming_takes_the_wished_date_and_records_who(officer, visit_officer):
    visit = VisitFactory()
    response = make_transition(officer, "confirm", visit)
    visit.refresh_from_db()
    assert response.url == change_page(visit)
    assert message_levels(response) == ["success"]
    assert (visit.status, visit.held_on) == (S.CONFIRMED, visit.wished_on)
    assert history(visit) == [("confirmed", visit_officer, "")]
    log = LogEntry.objects.get()
    assert (log.user, log.object_id) == (visit_officer, str(visit.pk))


def test_confirming_may_name_another_day_and_tell_the_delegation_why(officer, visit_officer):
    visit = VisitFactory()
    make_transition(officer, "confirm", visit, on="2027-05-04", reason="Aula baru kosong.")
    visit.refresh_from_db()
    assert (visit.status, visit.held_on) == (S.CONFIRMED, datetime.date(2027, 5, 4))
    assert history(visit) == [("confirmed", visit_officer, "Aula baru kosong.")]


def test_confirming_without_any_date_says_so_and_changes_nothing(officer):
    visit = VisitFactory(wished_on=None)
    response = make_transition(officer, "confirm", visit)
    visit.refresh_from_db()
    assert outcome(response) == ["error"]
    assert (visit.status, visit.held_on, history(visit)) == (S.SUBMITTED, None, [])


def test_confirming_on_what_is_no_date_comes_back_with_the_question(officer):
    visit = VisitFactory()
    response = make_transition(officer, "confirm", visit, on="besok", reason="Silakan <datang>")
    assert errors_of(response) == {"on": ["invalid"]}
    assert "Silakan &lt;datang&gt;" in response.text
    assert Visit.objects.get().status == S.SUBMITTED


@pytest.mark.parametrize("reason", [None, "", "  \n "])
def test_declining_needs_a_reason(officer, reason):
    visit = VisitFactory()
    answers = {} if reason is None else {"reason": reason}
    response = make_transition(officer, "decline", visit, **answers)
    visit.refresh_from_db()
    assert errors_of(response) == {"reason": ["required"]}
    assert (visit.status, history(visit)) == (S.SUBMITTED, [])


def test_declining_keeps_who_and_why(officer, visit_officer):
    visit = VisitFactory()
    make_transition(officer, "decline", visit, reason="Gedung diperbaiki.")
    visit.refresh_from_db()
    assert visit.status == S.DECLINED
    assert history(visit) == [("declined", visit_officer, "Gedung diperbaiki.")]


@pytest.mark.parametrize(
    ("days", "becomes", "level"),
    [(-1, S.COMPLETED, "success"), (0, S.COMPLETED, "success"), (1, S.CONFIRMED, "error")],
    ids=["yesterday", "today", "tomorrow"],
)
def test_visit_is_completed_on_its_day_at_the_earliest(
    officer, visit_officer, days, becomes, level
):
    visit = visit_in(S.CONFIRMED, held_on=timezone.localdate() + timedelta(days=days))
    response = make_transition(officer, "complete", visit)
    visit.refresh_from_db()
    assert visit.status == becomes
    assert outcome(response) == [level]
    recorded = [("completed", visit_officer, "")]
    assert history(visit) == (recorded if becomes == S.COMPLETED else [])


def test_confirming_several_gives_each_its_own_day(officer):
    first = VisitFactory(wished_on=datetime.date(2027, 5, 4))
    second = VisitFactory(wished_on=datetime.date(2027, 6, 8))
    undated = VisitFactory(wished_on=None)
    response = make_transition(officer, "confirm", first, second, undated)
    assert response.url == changelist(Visit)
    assert sorted(message_levels(response)) == ["error", "success"]
    assert dict(Visit.objects.values_list("pk", "held_on")) == {
        first.pk: datetime.date(2027, 5, 4),
        second.pk: datetime.date(2027, 6, 8),
        undated.pk: None,
    }


def test_declining_several_leaves_alone_what_cannot_be_declined(officer, visit_officer):
    request, agreed = VisitFactory(), visit_in(S.CONFIRMED)
    over, apart = visit_in(S.COMPLETED), VisitFactory()
    chosen = [request.pk, agreed.pk, over.pk]
    asked = officer.post(changelist(Visit), {"action": "decline", "_selected_action": chosen})
    assert not VisitEvent.objects.exists()
    done = officer.post(asked.url, {"reason": "Penuh."})
    assert sorted(message_levels(done)) == ["error", "success"]
    assert dict(Visit.objects.values_list("pk", "status")) == {
        request.pk: S.DECLINED,
        agreed.pk: S.DECLINED,
        over.pk: S.COMPLETED,
        apart.pk: S.SUBMITTED,
    }
    declined = [("declined", visit_officer, "Penuh.")]
    assert [history(visit) for visit in (request, agreed, over)] == [declined, declined, []]


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("confirm", S.CONFIRMED),
        ("confirm", S.DECLINED),
        ("confirm", S.CANCELLED),
        ("confirm", S.COMPLETED),
        ("decline", S.DECLINED),
        ("decline", S.CANCELLED),
        ("decline", S.COMPLETED),
        ("complete", S.SUBMITTED),
        ("complete", S.DECLINED),
        ("complete", S.COMPLETED),
        ("publish", S.SUBMITTED),
        ("publish", S.CONFIRMED),
        ("publish", S.DECLINED),
        ("unpublish", S.SUBMITTED),
        ("unpublish", S.COMPLETED),
    ],
)
def test_transition_that_is_not_open_leaves_the_row_alone(officer, name, status):
    visit = visit_in(status)
    response = make_transition(officer, name, visit, reason="Penuh.")
    visit.refresh_from_db()
    assert outcome(response) == ["error"]
    assert (visit.status, visit.published_at, visit.published_by, visit.slug) == (
        status,
        None,
        None,
        None,
    )
    assert (visit.held_on, history(visit)) == (DAY, [])


@pytest.mark.parametrize("name", ["confirm", "decline", "complete", "publish", "unpublish"])
def test_transition_page_asks_before_it_acts(officer, name):
    visits = [VisitFactory(), visit_in(S.CONFIRMED), VisitFactory(completed=True)]
    before = list(Visit.objects.order_by("pk").values())
    response = officer.get(transition_page(name, *visits))
    assert set(response.context["objects"]) == set(visits)
    assert list(Visit.objects.order_by("pk").values()) == before
    assert not VisitEvent.objects.exists()


@pytest.mark.parametrize(
    ("fields", "offered"),
    [
        ({}, ["confirm", "ask", *MOVE, "decline", "cancel", "send_link"]),
        (
            {"status": S.WAITING_LIST},
            ["confirm", "ask", *MOVE, "decline", "cancel", "send_link"],
        ),
        (
            {"status": S.NEEDS_INFORMATION, "link_hash": "0" * 64, "contact_email": ""},
            ["confirm", *MOVE, "decline", "cancel", "renew_link"],
        ),
        (
            {"status": S.CONFIRMED, "held_on": DAY},
            [*MOVE, "decline", "cancel", "complete", "send_link"],
        ),
        ({"status": S.DECLINED}, ["send_link", "erase"]),
        ({"status": S.COMPLETED, "held_on": DAY}, ["publish", "send_link", "erase"]),
        ({"completed": True}, ["unpublish", "send_link", "erase"]),
    ],
)
def test_form_offers_as_buttons_what_is_open(officer, fields, offered):
    buttons = officer.get(change_page(VisitFactory(**fields))).context["open_transitions"]
    assert [transition.name for transition, _url in buttons] == offered


# Publishing


def test_publishing_opens_the_public_page_and_records_who(officer, visit_officer, client):
    visit = visit_in(S.COMPLETED, organisation="Pusdiklat Kemensos")
    make_transition(officer, "publish", visit)
    visit.refresh_from_db()
    assert visit.slug == "2019-09-04-pusdiklat-kemensos"
    assert visit.published_by == visit_officer
    assert client.get(visit.get_absolute_url()).context["visit"] == visit
    assert LogEntry.objects.get().user == visit_officer


def test_unpublishing_closes_the_public_page_and_keeps_its_address(officer, visit_officer, client):
    visit = VisitFactory(completed=True)
    make_transition(officer, "unpublish", visit)
    assert client.get(visit.get_absolute_url()).status_code == 404
    unpublished = Visit.objects.get()
    assert (unpublished.status, unpublished.published_at) == (S.COMPLETED, None)
    assert unpublished.slug == visit.slug
    assert LogEntry.objects.get().user == visit_officer


def test_publishing_once_more_keeps_the_first_day_of_publication(officer):
    visit = VisitFactory(completed=True)
    response = make_transition(officer, "publish", visit)
    published = Visit.objects.get()
    assert (published.published_at, published.published_by) == (visit.published_at, None)
    assert outcome(response) == ["error"]
