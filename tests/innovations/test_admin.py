import pytest
from django.urls import reverse

from innovations.models import Citation, Innovation
from tests.factories import InnovationFactory, SourceFactory
from tests.innovations.conftest import INLINES, entry, innovation_in
from tests.staff import change_page, changelist, logged_in

pytestmark = pytest.mark.django_db

S = Innovation.Status


def old_version(record):
    return reverse("admin:innovations_innovation_simple_history", args=[record.id, record.pk])


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
    ("role", "code", "left"),
    [("editor", 403, 1), ("publisher", 302, 0)],
    ids=lambda value: f"{value}",
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


def test_published_entry_keeps_at_least_one_source(publisher):
    innovation = innovation_in(S.PUBLISHED)
    citation = innovation.citations.get()
    data = entry(**{"citations-TOTAL_FORMS": 1, "citations-INITIAL_FORMS": 1})
    data |= {
        "citations-0-id": citation.pk,
        "citations-0-innovation": innovation.pk,
        "citations-0-source": citation.source.pk,
        "citations-0-fact": "entry",
        "citations-0-DELETE": "on",
    }
    response = logged_in(publisher).post(change_page(innovation), data)
    assert response.status_code == 200
    assert innovation.citations.get() == citation


def test_key_that_no_source_has_is_named_after_saving(publisher):
    draft = innovation_in(S.DRAFT)
    known = draft.citations.get().source.slug
    client = logged_in(publisher)
    response = client.post(
        change_page(draft), entry(solution=f"Satu.[@{known}] Dua.[@salah-ketik]"), follow=True
    )
    warnings = [str(m) for m in response.context["messages"] if m.level_tag == "warning"]
    assert len(warnings) == 1
    assert "[@salah-ketik]" in warnings[0]
    assert known not in warnings[0]


def test_second_to_save_an_entry_is_told_and_keeps_what_was_typed(editor):
    innovation, browser = innovation_in(S.DRAFT), logged_in(editor)
    form = browser.get(change_page(innovation)).context["adminform"].form
    stale = entry(name="Nama baru", opened_with=form["opened_with"].value())
    innovation.problem = "Ditulis rekan."
    innovation.save()
    form = browser.post(change_page(innovation), stale).context["adminform"].form
    [error] = form.non_field_errors()
    assert "masalah" in error.lower()
    assert form["name"].value() == "Nama baru"
    innovation.refresh_from_db()
    assert innovation.problem == "Ditulis rekan."
