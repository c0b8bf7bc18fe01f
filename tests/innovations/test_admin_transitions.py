import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.urls import reverse

from innovations.models import Innovation
from tests.factories import InnovationFactory
from tests.innovations.conftest import innovation_in, status_of
from tests.staff import (
    NO_ANSWERS,
    actions,
    change_page,
    changelist,
    logged_in,
    make_transition,
    message_levels,
    outcome,
    transition_page,
)

pytestmark = pytest.mark.django_db

S = Innovation.Status


@pytest.mark.parametrize(
    ("role", "before", "name", "code", "after"),
    [
        ("editor", S.DRAFT, "submit_for_review", 302, S.IN_REVIEW),
        ("editor", S.IN_REVIEW, "return_to_draft", 302, S.DRAFT),
        ("editor", S.DRAFT, "publish", 403, S.DRAFT),
        ("editor", S.IN_REVIEW, "publish", 403, S.IN_REVIEW),
        ("editor", S.PUBLISHED, "return_to_draft", 403, S.PUBLISHED),
        ("editor", S.ARCHIVED, "return_to_draft", 403, S.ARCHIVED),
        ("editor", S.PUBLISHED, "archive", 403, S.PUBLISHED),
        ("publisher", S.DRAFT, "submit_for_review", 302, S.IN_REVIEW),
        ("publisher", S.DRAFT, "publish", 302, S.PUBLISHED),
        ("publisher", S.IN_REVIEW, "publish", 302, S.PUBLISHED),
        ("publisher", S.PUBLISHED, "return_to_draft", 302, S.DRAFT),
        ("publisher", S.ARCHIVED, "return_to_draft", 302, S.DRAFT),
        ("publisher", S.PUBLISHED, "archive", 302, S.ARCHIVED),
        ("visit officer", S.DRAFT, "submit_for_review", 403, S.DRAFT),
        ("visit officer", S.DRAFT, "publish", 403, S.DRAFT),
        ("visit officer", S.PUBLISHED, "archive", 403, S.PUBLISHED),
    ],
)
def test_transition_is_made_by_whom_it_belongs_to(staff, *, role, before, name, code, after):
    innovation = innovation_in(before)
    records = innovation.history.count()
    response = make_transition(logged_in(staff(role)), name, innovation)
    assert response.status_code == code
    assert status_of(innovation) == after
    assert innovation.history.count() == records + (code == 302)


@pytest.mark.parametrize(
    ("role", "status", "offered"),
    [
        ("editor", S.DRAFT, ["submit_for_review"]),
        ("editor", S.IN_REVIEW, ["return_to_draft"]),
        ("editor", S.PUBLISHED, []),
        ("editor", S.ARCHIVED, []),
        ("publisher", S.DRAFT, ["submit_for_review", "publish"]),
        ("publisher", S.IN_REVIEW, ["publish", "return_to_draft"]),
        ("publisher", S.PUBLISHED, ["confirm", "return_to_draft", "archive"]),
        ("publisher", S.ARCHIVED, ["return_to_draft"]),
        ("visit officer", S.DRAFT, []),
    ],
)
def test_form_offers_as_buttons_what_is_open_to_the_reader(staff, role, status, offered):
    response = logged_in(staff(role)).get(change_page(innovation_in(status)))
    buttons = response.context["open_transitions"]
    assert [transition.name for transition, _url in buttons] == offered
    assert [f"transition--{name}" in response.text for name in offered] == [True] * len(offered)


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        ("editor", {"submit_for_review", "return_to_draft"}),
        (
            "publisher",
            {
                "confirm",
                "submit_for_review",
                "publish",
                "return_to_draft",
                "archive",
                "delete_selected",
            },
        ),
        ("visit officer", set()),
    ],
)
def test_list_offers_as_actions_what_the_reader_may_do(staff, role, offered):
    InnovationFactory()
    response = logged_in(staff(role)).get(changelist(Innovation))
    assert actions(response) == offered


def test_publishing_without_a_citation_changes_nothing_and_says_so(publisher):
    draft = InnovationFactory()
    response = make_transition(logged_in(publisher), "publish", draft)
    assert outcome(response) == ["error"]
    assert (status_of(draft), draft.history.count()) == (S.DRAFT, 1)
    assert not LogEntry.objects.exists()


def test_publishing_records_who_and_when(publisher):
    draft = innovation_in(S.DRAFT)
    response = make_transition(logged_in(publisher), "publish", draft)
    draft.refresh_from_db()
    assert response.url == change_page(draft)
    assert message_levels(response) == ["success"]
    assert draft.published_by == publisher
    assert draft.published_at is not None
    assert draft.history.latest().history_user == publisher
    log = LogEntry.objects.get()
    assert (log.user, log.object_id) == (publisher, str(draft.pk))


@pytest.mark.parametrize("name", ["return_to_draft", "archive"])
def test_history_page_tells_who_took_an_entry_down_and_why(publisher, name):
    innovation = innovation_in(S.PUBLISHED)
    client = logged_in(publisher)
    make_transition(client, name, innovation, reason="Layanan <digabung>.")
    record = innovation.history.latest()
    assert record.history_user == publisher
    assert record.history_change_reason.endswith(": Layanan <digabung>.")
    page = client.get(reverse("admin:innovations_innovation_history", args=[innovation.pk])).text
    assert ": Layanan &lt;digabung&gt;.</td>" in page
    assert f"<td>{publisher}</td>" in page


@pytest.mark.parametrize("name", ["submit_for_review", "publish", "return_to_draft", "archive"])
def test_transition_page_asks_before_it_acts(publisher, name):
    statuses = [S.DRAFT, S.IN_REVIEW, S.PUBLISHED, S.ARCHIVED]
    innovations = [innovation_in(status) for status in statuses]
    response = logged_in(publisher).get(transition_page(name, *innovations))
    assert response.context["objects"] == innovations
    assert [status_of(innovation) for innovation in innovations] == statuses


def test_reason_that_is_too_long_comes_back_with_the_question(publisher):
    innovation = innovation_in(S.PUBLISHED)
    response = make_transition(logged_in(publisher), "archive", innovation, reason="x" * 1001)
    errors = response.context["form"].errors.as_data()
    assert [error.code for error in errors["reason"]] == ["max_length"]
    assert status_of(innovation) == S.PUBLISHED


def test_action_on_many_goes_each_for_itself(publisher):
    sourced, public = innovation_in(S.DRAFT), innovation_in(S.PUBLISHED)
    unsourced, apart = InnovationFactory(), innovation_in(S.DRAFT)
    client = logged_in(publisher)
    chosen = [unsourced.pk, public.pk, sourced.pk]
    asked = client.post(changelist(Innovation), {"action": "publish", "_selected_action": chosen})
    assert status_of(sourced) == S.DRAFT
    seen = client.get(asked.url).context["form"]["seen"].value()
    done = client.post(asked.url, NO_ANSWERS | {"seen": seen})
    assert done.url == changelist(Innovation)
    assert sorted(message_levels(done)) == ["error", "error", "success"]
    assert [status_of(each) for each in (sourced, public, unsourced, apart)] == [
        S.PUBLISHED,
        S.PUBLISHED,
        S.DRAFT,
        S.DRAFT,
    ]
    assert public.history.latest().history_user != publisher


def test_editors_selection_with_a_published_row_returns_none_of_it(editor):
    public, review = innovation_in(S.PUBLISHED), innovation_in(S.IN_REVIEW)
    response = make_transition(logged_in(editor), "return_to_draft", public, review)
    assert response.status_code == 403
    assert (status_of(public), status_of(review)) == (S.PUBLISHED, S.IN_REVIEW)


@pytest.mark.parametrize("ids", ["", "bukan-angka", "-1", "1,,x", "9" * 30])
def test_selection_of_nothing_leads_back_to_the_list(publisher, ids):
    url = reverse("admin:innovations_innovation_transition", args=["publish"])
    response = logged_in(publisher).post(f"{url}?ids={ids}", NO_ANSWERS)
    assert response.url == changelist(Innovation)
    assert message_levels(response) == ["warning"]


def test_method_that_is_no_transition_cannot_be_called(publisher):
    innovation = innovation_in(S.PUBLISHED)
    assert make_transition(logged_in(publisher), "delete", innovation).status_code == 403
    assert Innovation.objects.get() == innovation


@pytest.mark.parametrize(
    ("count", "told"), [(1, "Selesai: Terbitkan – {}."), (2, "Selesai: Terbitkan – 2 entri.")]
)
def test_what_was_done_is_told_as_done(publisher, count, told):
    chosen = [innovation_in(S.DRAFT) for _each in range(count)]
    response = make_transition(logged_in(publisher), "publish", *chosen)
    [message] = get_messages(response.wsgi_request)
    assert str(message) == told.format(chosen[0])


def test_what_was_changed_after_it_was_shown_is_not_published(editor, publisher):
    innovation = innovation_in(S.IN_REVIEW)
    browser = logged_in(publisher)
    page = browser.get(transition_page("publish", innovation))
    seen = page.context["form"]["seen"].value()
    assert "terakhir diubah pada" in page.text
    Innovation.objects.get(pk=innovation.pk).save()
    refused = browser.post(transition_page("publish", innovation), NO_ANSWERS | {"seen": seen})
    assert "diubah sementara itu" in str(refused.context["form"].non_field_errors())
    assert status_of(innovation) == S.IN_REVIEW
    again = {"seen": refused.context["form"]["seen"].value()}
    browser.post(transition_page("publish", innovation), NO_ANSWERS | again)
    assert status_of(innovation) == S.PUBLISHED
