"""Who may do what: the rights of each group, and what they open."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from tests.factories import (
    AdoptionFactory,
    AgencyFactory,
    AwardFactory,
    ClosedDateFactory,
    InnovationFactory,
    MessageFactory,
    QuestionFactory,
    SlotFactory,
    SourceFactory,
    UserFactory,
    VisitFactory,
)
from tests.staff import NO_ANSWERS, change_page, logged_in, transition_page

pytestmark = pytest.mark.django_db

EDITOR = {
    "view_agency",
    "add_award",
    "change_award",
    "delete_award",
    "view_award",
    "add_citation",
    "change_citation",
    "delete_citation",
    "view_citation",
    "add_document",
    "change_document",
    "delete_document",
    "view_document",
    "add_innovation",
    "change_innovation",
    "view_innovation",
    "add_outcome",
    "change_outcome",
    "delete_outcome",
    "view_outcome",
    "add_picture",
    "change_picture",
    "delete_picture",
    "view_picture",
    "add_source",
    "view_source",
    "view_question",
    "view_suggestion",
}
PUBLISHER = EDITOR | {
    "add_agency",
    "change_agency",
    "delete_agency",
    "delete_innovation",
    "publish_innovation",
    "change_source",
    "delete_source",
    "add_question",
    "change_question",
    "delete_question",
    "add_suggestion",
    "change_suggestion",
    "delete_suggestion",
}
VISIT_OFFICER = {
    "add_visit",
    "change_visit",
    "decide_visit",
    "publish_visit",
    "view_visit",
    "add_stop",
    "change_stop",
    "delete_stop",
    "view_stop",
    "view_visitevent",
    "view_innovation",
    "view_agency",
    "view_source",
    "add_source",
    "add_question",
    "change_question",
    "view_question",
    "answer_stop",
    "check_in",
    "see_figures",
    "view_message",
    "send_message",
    "view_paper",
    "issue_paper",
    "view_feedback",
    "view_innovationfeedback",
    "view_followup",
    "add_adoption",
    "change_adoption",
    "view_adoption",
    "confirm_adoption",
    "change_visitsettings",
    "view_visitsettings",
} | {
    f"{action}_{model}"
    for action in ("add", "change", "delete", "view")
    for model in ("timeslot", "closeddate", "participant", "askedquestion", "visitpicture")
}
HOST = {
    "view_stop",
    "answer_stop",
    "view_innovation",
    "view_agency",
    "view_question",
    "change_question",
}


@pytest.mark.parametrize(
    ("name", "rights"),
    [
        ("editor", EDITOR),
        ("publisher", PUBLISHER),
        ("visit officer", VISIT_OFFICER),
        ("host", HOST),
    ],
)
def test_group_holds_exactly_its_rights(name, rights):
    held = Permission.objects.filter(group__name=name)
    assert sorted(held.values_list("codename", flat=True)) == sorted(rights)


def test_there_are_four_groups_and_no_more():
    assert set(Group.objects.values_list("name", flat=True)) == {
        "editor",
        "publisher",
        "visit officer",
        "host",
    }


@pytest.fixture
def things():
    return {
        "draft": InnovationFactory(),
        "published": InnovationFactory(published=True),
        "agency": AgencyFactory(),
        "source": SourceFactory(),
        "award": AwardFactory(innovation=None),
        "adoption": AdoptionFactory(),
        "question": QuestionFactory(),
        "visit": VisitFactory(),
        "message": MessageFactory(),
        "public visit": VisitFactory(completed=True),
        "slot": SlotFactory(),
        "closed date": ClosedDateFactory(),
        "user": UserFactory(username="orang_lain"),
    }


@pytest.fixture
def browsers(client, editor, publisher, visit_officer):
    """One browser per column of the table, in its order."""
    return [
        client,
        logged_in(UserFactory(username="tanpa_hak", is_staff=False)),
        logged_in(UserFactory(username="tanpa_grup")),
        logged_in(editor),
        logged_in(publisher),
        logged_in(visit_officer),
        logged_in(UserFactory(username="pengelola", is_superuser=True)),
    ]


def page(name):
    return lambda things: reverse(f"admin:{name}")


def change(key):
    return lambda things: change_page(things[key])


def delete(name, key):
    return lambda things: reverse(f"admin:{name}_delete", args=[things[key].pk])


def transition(name, key):
    return lambda things: transition_page(name, things[key])


def export(things):
    return reverse("visits:staff_export", args=[things["visit"].reference])


def letter(things):
    return reverse("visits:letter", args=[things["visit"].reference])


def issue(things):
    return reverse("admin:visits_paper_issue", args=[things["visit"].reference, "programme"])


def certificates(things):
    return reverse("admin:visits_paper_certificates", args=[things["visit"].reference])


def people(name, *, kind=()):
    """A page of the people of a visit, which staff reach by its reference."""
    return lambda things: reverse(f"visits:{name}", args=[things["visit"].reference, *kind])


def message_html(things):
    return reverse("admin:visits_message_html", args=[things["message"].pk])


# Asked for with GET: anonymous, no staff, no group, editor, publisher, visit officer, superuser.
# 302 is the way to the login; a letter that was never sent is 404 for whoever may ask for it.
SEEN = [
    (page("index"), 302, 302, 200, 200, 200, 200, 200),
    (page("innovations_innovation_changelist"), 302, 302, 403, 200, 200, 200, 200),
    (page("innovations_innovation_add"), 302, 302, 403, 200, 200, 403, 200),
    (change("draft"), 302, 302, 403, 200, 200, 200, 200),
    (delete("innovations_innovation", "draft"), 302, 302, 403, 403, 200, 403, 200),
    (transition("submit_for_review", "draft"), 302, 302, 403, 200, 200, 403, 200),
    (transition("publish", "draft"), 302, 302, 403, 403, 200, 403, 200),
    (transition("return_to_draft", "published"), 302, 302, 403, 403, 200, 403, 200),
    (transition("archive", "published"), 302, 302, 403, 403, 200, 403, 200),
    (page("innovations_agency_changelist"), 302, 302, 403, 200, 200, 200, 200),
    (page("innovations_agency_add"), 302, 302, 403, 403, 200, 403, 200),
    (delete("innovations_agency", "agency"), 302, 302, 403, 403, 200, 403, 200),
    (page("innovations_source_changelist"), 302, 302, 403, 200, 200, 200, 200),
    (page("innovations_source_add"), 302, 302, 403, 200, 200, 200, 200),
    (delete("innovations_source", "source"), 302, 302, 403, 403, 200, 403, 200),
    (page("innovations_award_changelist"), 302, 302, 403, 200, 200, 403, 200),
    (page("innovations_award_add"), 302, 302, 403, 403, 200, 403, 200),
    (delete("innovations_award", "award"), 302, 302, 403, 403, 200, 403, 200),
    (page("innovations_question_changelist"), 302, 302, 403, 200, 200, 200, 200),
    (change("question"), 302, 302, 403, 200, 200, 200, 200),
    (page("innovations_suggestion_changelist"), 302, 302, 403, 200, 200, 403, 200),
    (page("visits_visit_changelist"), 302, 302, 403, 403, 403, 200, 200),
    (page("visits_visit_add"), 302, 302, 403, 403, 403, 200, 200),
    (change("visit"), 302, 302, 403, 403, 403, 200, 200),
    (delete("visits_visit", "visit"), 302, 302, 403, 403, 403, 403, 200),
    (transition("confirm", "visit"), 302, 302, 403, 403, 403, 200, 200),
    (transition("unpublish", "public visit"), 302, 302, 403, 403, 403, 200, 200),
    (page("visits_timeslot_changelist"), 302, 302, 403, 403, 403, 200, 200),
    (page("visits_timeslot_add"), 302, 302, 403, 403, 403, 200, 200),
    (page("visits_timeslot_series"), 302, 302, 403, 403, 403, 200, 200),
    (change("slot"), 302, 302, 403, 403, 403, 200, 200),
    (delete("visits_timeslot", "slot"), 302, 302, 403, 403, 403, 200, 200),
    (page("visits_closeddate_changelist"), 302, 302, 403, 403, 403, 200, 200),
    (page("visits_closeddate_add"), 302, 302, 403, 403, 403, 200, 200),
    (change("closed date"), 302, 302, 403, 403, 403, 200, 200),
    (letter, 302, 302, 403, 403, 403, 404, 404),
    (people("staff_participants"), 302, 302, 403, 403, 403, 200, 200),
    (people("staff_participant_add"), 302, 302, 403, 403, 403, 200, 200),
    (people("staff_participant_upload"), 302, 302, 403, 403, 403, 200, 200),
    (people("staff_participant_remove_all"), 302, 302, 403, 403, 403, 200, 200),
    (people("staff_participant_template", kind=["csv"]), 302, 302, 403, 403, 403, 200, 200),
    (people("staff_passes"), 302, 302, 403, 403, 403, 200, 200),
    (people("check_in"), 302, 302, 403, 403, 403, 200, 200),
    (people("check_in_group"), 302, 302, 403, 403, 403, 200, 200),
    (people("attendance"), 302, 302, 403, 403, 403, 200, 200),
    (page("visits_message_changelist"), 302, 302, 403, 403, 403, 200, 200),
    (page("visits_message_add"), 302, 302, 403, 403, 403, 403, 403),
    (change("message"), 302, 302, 403, 403, 403, 200, 200),
    (message_html, 302, 302, 403, 403, 403, 200, 200),
    (transition("stop", "message"), 302, 302, 403, 403, 403, 200, 200),
    (page("visits_adoption_changelist"), 302, 302, 403, 403, 403, 200, 200),
    (page("visits_adoption_add"), 302, 302, 403, 403, 403, 200, 200),
    (change("adoption"), 302, 302, 403, 403, 403, 200, 200),
    (delete("visits_adoption", "adoption"), 302, 302, 403, 403, 403, 403, 200),
    (transition("confirm", "adoption"), 302, 302, 403, 403, 403, 200, 200),
    (transition("dismiss", "adoption"), 302, 302, 403, 403, 403, 200, 200),
    (page("visits_askedquestion_changelist"), 302, 302, 403, 403, 403, 200, 200),
    (page("visits_askedquestion_add"), 302, 302, 403, 403, 403, 200, 200),
    (page("visits_feedback_changelist"), 302, 302, 403, 403, 403, 200, 200),
    (page("visits_feedback_add"), 302, 302, 403, 403, 403, 403, 403),
    (page("visits_paper_changelist"), 302, 302, 403, 403, 403, 200, 200),
    (page("visits_paper_add"), 302, 302, 403, 403, 403, 403, 403),
    (issue, 302, 302, 403, 403, 403, 200, 200),
    (certificates, 302, 302, 403, 403, 403, 404, 404),
    (page("visits_visitsettings_changelist"), 302, 302, 403, 403, 403, 302, 302),
    (export, 302, 302, 403, 403, 403, 200, 200),
    (page("visit_calendar"), 302, 302, 403, 403, 403, 200, 200),
    (page("visit_figures"), 302, 302, 403, 403, 403, 200, 200),
    (page("visit_figures_workbook"), 302, 302, 403, 403, 403, 200, 200),
    (page("magelang_portal_user_changelist"), 302, 302, 403, 403, 403, 403, 200),
    (page("magelang_portal_user_add"), 302, 302, 403, 403, 403, 403, 200),
    (change("user"), 302, 302, 403, 403, 403, 403, 200),
    (page("auth_group_changelist"), 302, 302, 403, 403, 403, 403, 200),
    (page("password_change"), 302, 302, 200, 200, 200, 200, 200),
]

# Sent as an empty form: 200 brings it back with its errors, 403 refuses to look at it.
WRITTEN = [
    (change("draft"), 302, 302, 403, 200, 200, 403, 200),
    (change("published"), 302, 302, 403, 403, 200, 403, 200),
    (change("agency"), 302, 302, 403, 403, 200, 403, 200),
    (change("source"), 302, 302, 403, 403, 200, 403, 200),
    (change("award"), 302, 302, 403, 403, 200, 403, 200),
    # An officer sends no moderation, and may leave the answer empty: it is saved.
    (change("question"), 302, 302, 403, 403, 200, 302, 200),
    (change("visit"), 302, 302, 403, 403, 403, 200, 200),
    (change("slot"), 302, 302, 403, 403, 403, 200, 200),
    (page("visits_timeslot_series"), 302, 302, 403, 403, 403, 200, 200),
    (page("visits_closeddate_add"), 302, 302, 403, 403, 403, 200, 200),
    (change("user"), 302, 302, 403, 403, 403, 403, 200),
    (people("staff_participant_add"), 302, 302, 403, 403, 403, 200, 200),
    (people("staff_participant_upload"), 302, 302, 403, 403, 403, 200, 200),
    (people("check_in_group"), 302, 302, 403, 403, 403, 200, 200),
]


def empty_form(*prefixes):
    """An empty form; its inlines must at least say that they are empty."""
    form = dict(NO_ANSWERS)
    for prefix in prefixes:
        form |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    return form


@pytest.mark.parametrize("row", range(len(SEEN)))
def test_page_opens_to_whom_it_belongs(browsers, things, row):
    url_of, *expected = SEEN[row]
    url = url_of(things)
    responses = [browser.get(url) for browser in browsers]
    for response in responses:
        b"".join(response)  # a download is closed by whoever reads it to its end
    assert (url, [response.status_code for response in responses]) == (url, expected)


@pytest.mark.parametrize("row", range(len(WRITTEN)))
def test_form_is_read_from_whom_it_belongs(browsers, things, row):
    url_of, *expected = WRITTEN[row]
    url = url_of(things)
    form = empty_form(
        "citations", "outcomes", "awards", "pictures", "documents", "stops", "events"
    )
    assert (url, [browser.post(url, form).status_code for browser in browsers]) == (url, expected)


@pytest.mark.parametrize(
    "page_of", [SEEN[0][0], SEEN[1][0], letter], ids=["index", "list", "letter"]
)
def test_login_leads_back_to_where_a_stranger_wanted_to_go(client, things, page_of):
    url = page_of(things)
    assert client.get(url).url == f"{reverse('admin:login')}?next={url}"


def test_draft_is_previewed_by_who_may_view_it_and_nobody_else(browsers, things):
    url = things["draft"].get_absolute_url()
    codes = [browser.get(url).status_code for browser in browsers]
    assert codes == [404, 404, 404, 200, 200, 200, 200]
