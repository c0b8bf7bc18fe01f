import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from innovations.models import Citation, Innovation
from tests.factories import (
    AgencyFactory,
    CitationFactory,
    InnovationFactory,
    SourceFactory,
    UserFactory,
)
from tests.staff import (
    actions,
    change_page,
    changelist,
    logged_in,
    make_transition,
    message_levels,
    transition_page,
)

pytestmark = pytest.mark.django_db

S = Innovation.Status
INLINES = ("citations", "outcomes", "awards", "pictures", "documents")


def entry(**changes):
    """The least that the form of an innovation takes, without citations or pictures."""
    data = {
        "name": "Siap Uji",
        "slug": "siap-uji",
        "summary": "Mendaftar uji kendaraan dari rumah.",
        "agency": AgencyFactory().pk,
        "running": "unknown",
        "visitable": "unknown",
    }
    for prefix in INLINES:
        data |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    return data | changes


@pytest.fixture
def staff(request, editor, publisher, visit_officer):
    people = {"editor": editor, "publisher": publisher, "visit officer": visit_officer}
    return lambda role: people[role]


def innovation_in(status):
    """A sourced innovation that came to `status` the way staff bring it there."""
    innovation = InnovationFactory()
    CitationFactory(innovation=innovation)
    by = UserFactory()
    if status == S.IN_REVIEW:
        innovation.submit_for_review(by=by)
    if status in {S.PUBLISHED, S.ARCHIVED}:
        innovation.publish(by=by)
    if status == S.ARCHIVED:
        innovation.archive(by=by)
    return innovation


def status_of(innovation):
    return Innovation.objects.get(pk=innovation.pk).status


def old_version(record):
    return reverse("admin:innovations_innovation_simple_history", args=[record.id, record.pk])


# Writing


def test_editor_saves_a_draft_and_no_more_whatever_the_form_says(editor):
    data = entry(status="published", featured="on", published_by=editor.pk)
    logged_in(editor).post(reverse("admin:innovations_innovation_add"), data)
    innovation = Innovation.objects.get()
    assert innovation.name == "Siap Uji"
    assert (innovation.status, innovation.featured) == (S.DRAFT, False)
    assert (innovation.published_at, innovation.published_by) == (None, None)
    record = innovation.history.get()
    assert (record.history_type, record.history_user) == ("+", editor)


def test_editor_adds_a_citation_to_a_draft_through_its_form(editor):
    draft, source = InnovationFactory(), SourceFactory()
    citation = {"citations-TOTAL_FORMS": 1, "citations-0-source": source.pk}
    response = logged_in(editor).post(
        change_page(draft), entry(**citation, **{"citations-0-fact": "entry"})
    )
    assert response.status_code == 302
    assert [citation.source for citation in draft.citations.all()] == [source]


@pytest.mark.parametrize(
    ("role", "featured"), [("editor", False), ("publisher", True)], ids=["editor", "publisher"]
)
def test_only_who_publishes_puts_an_entry_on_the_home_page(staff, role, featured):
    draft = InnovationFactory()
    response = logged_in(staff(role)).post(change_page(draft), entry(featured="on"))
    draft.refresh_from_db()
    assert response.status_code == 302
    assert (draft.name, draft.featured) == ("Siap Uji", featured)


def test_publisher_changes_a_published_entry_and_history_names_him(publisher):
    innovation = innovation_in(S.PUBLISHED)
    logged_in(publisher).post(change_page(innovation), entry(name="Siap Uji Bersama"))
    innovation.refresh_from_db()
    assert (innovation.name, innovation.status) == ("Siap Uji Bersama", S.PUBLISHED)
    assert innovation.history.latest().history_user == publisher


@pytest.mark.parametrize("status", [S.PUBLISHED, S.ARCHIVED])
def test_editor_cannot_change_what_is_or_was_public(editor, status):
    innovation = innovation_in(status)
    response = logged_in(editor).post(change_page(innovation), entry(name="Disusupkan"))
    assert response.status_code == 403
    assert Innovation.objects.get().name == innovation.name


def test_editor_cannot_change_the_citations_of_a_published_entry(editor):
    innovation = innovation_in(S.PUBLISHED)
    citation, other = innovation.citations.get(), SourceFactory()
    data = entry(**{"citations-TOTAL_FORMS": 2, "citations-INITIAL_FORMS": 1})
    data |= {
        "citations-0-id": citation.pk,
        "citations-0-innovation": innovation.pk,
        "citations-0-source": citation.source.pk,
        "citations-0-fact": "entry",
        "citations-0-DELETE": "on",
        "citations-1-innovation": innovation.pk,
        "citations-1-source": other.pk,
        "citations-1-fact": "entry",
    }
    assert logged_in(editor).post(change_page(innovation), data).status_code == 403
    assert list(Citation.objects.all()) == [citation]


def test_editor_cannot_reach_a_published_entrys_citation_through_a_draft(editor):
    citation = innovation_in(S.PUBLISHED).citations.get()
    draft = InnovationFactory()
    data = entry(**{"citations-TOTAL_FORMS": 1, "citations-INITIAL_FORMS": 1})
    data |= {
        "citations-0-id": citation.pk,
        "citations-0-innovation": draft.pk,
        "citations-0-source": citation.source.pk,
        "citations-0-fact": "name",
        "citations-0-DELETE": "on",
    }
    logged_in(editor).post(change_page(draft), data)
    assert [(each.innovation, each.fact) for each in Citation.objects.all()] == [
        (citation.innovation, "entry")
    ]


@pytest.mark.parametrize(
    ("role", "status", "open_to_change"),
    [
        ("editor", S.DRAFT, True),
        ("editor", S.IN_REVIEW, True),
        ("editor", S.PUBLISHED, False),
        ("editor", S.ARCHIVED, False),
        ("publisher", S.PUBLISHED, True),
        ("publisher", S.ARCHIVED, True),
    ],
)
def test_form_and_every_inline_are_open_or_locked_together(staff, role, status, open_to_change):
    context = logged_in(staff(role)).get(change_page(innovation_in(status))).context
    assert context["has_change_permission"] is open_to_change
    assert [
        (inline.has_add_permission, inline.has_change_permission, inline.has_delete_permission)
        for inline in context["inline_admin_formsets"]
    ] == [(open_to_change,) * 3] * len(INLINES)
    assert bool(context.get("locked_note")) is not open_to_change


@pytest.mark.parametrize("status", [S.DRAFT, S.PUBLISHED])
@pytest.mark.parametrize(
    ("role", "code", "left"), [("editor", 403, 1), ("publisher", 302, 0)], ids=lambda value: value
)
def test_only_who_publishes_deletes(staff, role, code, left, status):
    url = reverse("admin:innovations_innovation_delete", args=[innovation_in(status).pk])
    assert logged_in(staff(role)).post(url, {"post": "yes"}).status_code == code
    assert Innovation.objects.count() == left


def test_editor_cannot_delete_many_at_once(editor):
    innovation = innovation_in(S.PUBLISHED)
    data = {"action": "delete_selected", "_selected_action": [innovation.pk], "post": "yes"}
    logged_in(editor).post(changelist(Innovation), data)
    assert Innovation.objects.get() == innovation


@pytest.mark.parametrize("role", ["editor", "publisher", "visit officer"])
@pytest.mark.parametrize("status", [S.DRAFT, S.PUBLISHED])
def test_old_version_is_for_reading_alone(staff, role, status):
    innovation = innovation_in(status)
    client = logged_in(staff(role))
    for record in innovation.history.all():
        assert client.get(old_version(record)).status_code == 200
        assert client.post(old_version(record), entry(name="Dahulu")).status_code == 403
    assert [(each.name, each.status) for each in Innovation.objects.all()] == [
        (innovation.name, status)
    ]


def test_editor_cannot_publish_by_going_back_to_a_published_version(editor, publisher):
    innovation = innovation_in(S.PUBLISHED)
    record = innovation.history.latest()
    innovation.return_to_draft(by=publisher)
    logged_in(editor).post(old_version(record), entry(name="Disusupkan"))
    assert not Innovation.objects.published().exists()


# Transitions


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
def test_transition_is_made_by_whom_it_belongs_to(staff, role, before, name, code, after):
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
        ("publisher", S.PUBLISHED, ["return_to_draft", "archive"]),
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
            {"submit_for_review", "publish", "return_to_draft", "archive", "delete_selected"},
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
    assert message_levels(response) == ["error"]
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
    assert (record.history_user, record.history_change_reason) == (
        publisher,
        "Layanan <digabung>.",
    )
    page = client.get(reverse("admin:innovations_innovation_history", args=[innovation.pk])).text
    assert "<td>Layanan &lt;digabung&gt;.</td>" in page
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
    asked = client.post(
        changelist(Innovation), {"action": "publish", "_selected_action": chosen}
    )
    assert status_of(sourced) == S.DRAFT
    done = client.post(asked.url, {"csrfmiddlewaretoken": "x"})
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
    response = logged_in(publisher).post(f"{url}?ids={ids}", {"csrfmiddlewaretoken": "x"})
    assert response.url == changelist(Innovation)
    assert message_levels(response) == ["warning"]


def test_method_that_is_no_transition_cannot_be_called(publisher):
    innovation = innovation_in(S.PUBLISHED)
    assert make_transition(logged_in(publisher), "delete", innovation).status_code == 403
    assert Innovation.objects.get() == innovation
