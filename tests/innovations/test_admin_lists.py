import datetime

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from innovations.models import Agency, Award, Innovation, Question, Source, Suggestion
from tests.factories import (
    AgencyFactory,
    AwardFactory,
    InnovationFactory,
    QuestionFactory,
    SourceFactory,
    SuggestionFactory,
)
from tests.staff import actions, change_page, changelist, filter_links, logged_in, rows

pytestmark = pytest.mark.django_db

# Of each list: what makes a row, the queries that it takes, its filters, a field that is searched.
LISTS = {
    Agency: (AgencyFactory, 7, 1, "name"),
    Award: (AwardFactory, 6, 3, "name"),
    Innovation: (InnovationFactory, 7, 11, "name"),
    Question: (QuestionFactory, 8, 4, "text"),
    Source: (SourceFactory, 7, 1, "title"),
    Suggestion: (SuggestionFactory, 8, 4, "text"),
}


def test_every_list_of_the_catalogue_is_tested():
    registered = {
        model for model in admin.site._registry if model._meta.app_label == "innovations"
    }
    assert registered == set(LISTS)


@pytest.fixture(params=LISTS, ids=lambda model: model._meta.model_name)
def model(request):
    return request.param


def test_list_takes_the_same_queries_for_1_and_for_3(
    admin_client, django_assert_num_queries, model
):
    make, queries, _filters, _field = LISTS[model]
    for rows_more in (1, 2):
        make.create_batch(rows_more)
        with django_assert_num_queries(queries):
            admin_client.get(changelist(model))


def test_list_finds_what_is_searched_and_nothing_else(admin_client, model):
    make, _queries, _filters, field = LISTS[model]
    wanted = make(**{field: "Kereta Kencana"})
    make(**{field: "Delman"})
    assert rows(admin_client.get(changelist(model), {"q": "kencana"})) == {wanted}
    assert rows(admin_client.get(changelist(model), {"q": "50% 'tanda' \"aneh\" _"})) == set()


def test_each_choice_of_each_filter_answers(admin_client, model):
    make, _queries, filters, _field = LISTS[model]
    make.create_batch(3)
    url = changelist(model)
    links = filter_links(admin_client.get(url))
    assert len(links) == filters
    answers = {
        query: admin_client.get(url + query).status_code for choices in links for query in choices
    }
    assert answers == dict.fromkeys(answers, 200)


def test_waiting_filter_tells_incomplete_entries_from_complete_ones(admin_client):
    words = ("expanded_name", "problem", "solution", "how_to_use", "how_to_replicate")
    told = dict.fromkeys((*words, "beneficiaries", "contact"), "diisi")
    told |= {
        "form": Innovation.Form.GOVERNANCE,
        "type": Innovation.Type.DIGITAL,
        "stage": Innovation.Stage.TRIAL,
        "initiator": Innovation.Initiator.AGENCY,
        "government_affair": Innovation.GovernmentAffair.HEALTH,
        "started_on": "2017",
        "implemented_on": "2018",
        "service_url": "https://layanan.example/",
        "running": True,
        "visitable": False,
    }
    complete = InnovationFactory(**told)
    no_contact = InnovationFactory(**told | {"contact": ""})
    running_unknown = InnovationFactory(**told | {"running": None})
    url = changelist(Innovation)
    assert rows(admin_client.get(url, {"waiting": "yes"})) == {no_contact, running_unknown}
    assert rows(admin_client.get(url, {"waiting": "no"})) == {complete}
    assert rows(admin_client.get(url)) == {complete, no_contact, running_unknown}
    assert rows(admin_client.get(url, {"waiting": "entah"})) == {
        complete,
        no_contact,
        running_unknown,
    }


def test_status_filter_shows_exactly_its_rows(admin_client):
    draft, public = InnovationFactory(), InnovationFactory(published=True)
    url = changelist(Innovation)
    assert rows(admin_client.get(url, {"status__exact": "draft"})) == {draft}
    assert rows(admin_client.get(url, {"status__exact": "published"})) == {public}


def test_list_links_the_public_page_of_published_entries_alone(admin_client):
    draft, public = InnovationFactory(), InnovationFactory(published=True)
    text = admin_client.get(changelist(Innovation)).text
    assert f'href="{public.get_absolute_url()}"' in text
    assert draft.get_absolute_url() not in text


@pytest.mark.parametrize(
    ("model_name", "field_name", "make", "words"),
    [
        ("innovation", "agency", AgencyFactory, {"name": "Dinas Perhubungan"}),
        ("innovation", "partner_agencies", AgencyFactory, {"name": "Dinas Perhubungan"}),
        ("citation", "source", SourceFactory, {"title": "Uji perhubungan"}),
        ("outcome", "source", SourceFactory, {"title": "Uji perhubungan"}),
        ("award", "source", SourceFactory, {"title": "Uji perhubungan"}),
    ],
)
def test_autocomplete_answers_an_editor(editor, model_name, field_name, make, words):
    wanted = make(**words)
    make()
    response = logged_in(editor).get(
        reverse("admin:autocomplete"),
        {
            "app_label": "innovations",
            "model_name": model_name,
            "field_name": field_name,
            "term": "perhub",
        },
    )
    assert response.json()["results"] == [{"id": str(wanted.pk), "text": str(wanted)}]


def test_editor_sees_awards_but_writes_none_past_an_innovations_form(editor, publisher):
    award = AwardFactory(name="Kota Terinovatif", innovation=None)
    client = logged_in(editor)
    assert rows(client.get(changelist(Award))) == {award}
    assert actions(client.get(changelist(Award))) == set()
    assert client.post(change_page(award), {"name": "Lain"}).status_code == 403
    assert client.post(reverse("admin:innovations_award_add"), {}).status_code == 403
    delete = reverse("admin:innovations_award_delete", args=[award.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
    assert Award.objects.get().name == "Kota Terinovatif"


def test_publisher_adds_an_award_of_the_whole_city(publisher):
    data = {
        "name": "Kota Terinovatif",
        "slug": "kota-terinovatif",
        "innovation": "",
        "awarded_on": "2020-12",
        "source": SourceFactory().pk,
    }
    logged_in(publisher).post(reverse("admin:innovations_award_add"), data)
    award = Award.objects.get()
    assert (award.name, award.innovation, award.awarded_on) == (
        "Kota Terinovatif",
        None,
        "2020-12",
    )


# Voices


@pytest.fixture(params=[QuestionFactory, SuggestionFactory], ids=["question", "suggestion"])
def make_voice(request):
    return request.param


def voice_form(voice, **changes):
    return {
        "innovation": voice.innovation.pk,
        "text": voice.text,
        "language": "id",
        "moderation": voice.moderation,
        "answer": "",
        "answered_on": "",
    } | changes


@pytest.mark.parametrize(("action", "becomes"), [("publish", "published"), ("hide", "hidden")])
def test_publisher_moderates_what_is_chosen(publisher, make_voice, action, becomes):
    chosen, other = make_voice.create_batch(2), make_voice()
    model = type(other)
    logged_in(publisher).post(
        changelist(model),
        {"action": action, "_selected_action": [voice.pk for voice in chosen]},
    )
    assert dict(model.objects.values_list("pk", "moderation")) == {
        chosen[0].pk: becomes,
        chosen[1].pk: becomes,
        other.pk: "waiting",
    }


def test_editor_reads_voices_but_moderates_none(editor, make_voice):
    voice = make_voice()
    client, url = logged_in(editor), changelist(type(voice))
    assert rows(client.get(url)) == {voice}
    client.post(url, {"action": "publish", "_selected_action": [voice.pk]})
    form = voice_form(voice, moderation="published")
    assert client.post(change_page(voice), form).status_code == 403
    voice.refresh_from_db()
    assert voice.moderation == "waiting"


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"answer": "Ya."}, "today"),
        ({"answer": "Ya.", "answered_on": "2026-01-05"}, datetime.date(2026, 1, 5)),
        ({"answer": "", "answered_on": "2026-01-05"}, None),
        ({"answer": "  ", "answered_on": ""}, None),
    ],
)
def test_answer_has_a_date_and_a_date_has_an_answer(publisher, make_voice, form, expected):
    voice = make_voice()
    logged_in(publisher).post(change_page(voice), voice_form(voice, **form))
    voice.refresh_from_db()
    assert voice.answer == form["answer"].strip()
    assert voice.answered_on == (timezone.localdate() if expected == "today" else expected)


def test_answer_that_no_database_keeps_comes_back_with_its_error(publisher, make_voice):
    voice = make_voice()
    response = logged_in(publisher).post(change_page(voice), voice_form(voice, answer="Ya\0"))
    errors = response.context["adminform"].form.errors.as_data()
    assert [error.code for error in errors["answer"]] == ["null_characters_not_allowed"]
