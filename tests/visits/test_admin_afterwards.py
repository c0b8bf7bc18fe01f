import pytest
from django.urls import reverse
from lxml import html

from innovations.models import Question
from tests.factories import (
    AdoptionFactory,
    AskedQuestionFactory,
    FeedbackFactory,
    InnovationFactory,
    InnovationFeedbackFactory,
    ParticipantFactory,
    QuestionFactory,
    StopFactory,
    UserFactory,
    VisitFactory,
)
from tests.staff import (
    NO_ANSWERS,
    actions,
    change_page,
    changelist,
    filter_links,
    logged_in,
    make_transition,
    message_levels,
    outcome,
    rows,
    transition_page,
)
from visits.models import Adoption, AskedQuestion, Feedback, FollowUp

pytestmark = pytest.mark.django_db

# Of each list: what makes a row, the queries that it takes, its filters.
LISTS = {
    Adoption: (lambda: AdoptionFactory(visit=VisitFactory()), 8, 3),
    AskedQuestion: (AskedQuestionFactory, 6, 3),
    Feedback: (lambda: InnovationFeedbackFactory().feedback, 10, 3),
}


@pytest.fixture(params=LISTS, ids=lambda model: model._meta.model_name)
def model(request):
    return request.param


def test_list_takes_the_same_queries_for_1_and_for_3(
    admin_client, django_assert_num_queries, model
):
    make, queries, _filters = LISTS[model]
    for more in (1, 2):
        for _row in range(more):
            make()
        with django_assert_num_queries(queries):
            admin_client.get(changelist(model))


def test_each_choice_of_each_filter_answers(admin_client, model):
    make, _queries, filters = LISTS[model]
    for _row in range(3):
        make()
    url = changelist(model)
    links = filter_links(admin_client.get(url))
    assert len(links) == filters
    answers = {query: admin_client.get(url + query).status_code for row in links for query in row}
    assert answers == dict.fromkeys(answers, 200)


@pytest.mark.parametrize("role", ["editor", "publisher"])
def test_catalogue_staff_see_nothing_of_it(role, request, model):
    obj = LISTS[model][0]()
    client = logged_in(request.getfixturevalue(role))
    codes = [client.get(url).status_code for url in (changelist(model), change_page(obj))]
    assert codes == [403, 403]


# Adoptions


def test_list_to_confirm_holds_pledges_and_changes(officer):
    pledge = AdoptionFactory()
    changed = AdoptionFactory(confirmed=True)
    changed.hear(changed.told | {"state": "running"})
    public = AdoptionFactory(confirmed=True)
    gone = AdoptionFactory()
    gone.dismiss(by=None)
    shown = {
        answer: rows(officer.get(changelist(Adoption), {"answer": answer}))
        for answer in ("waiting", "confirmed", "dismissed", "entah")
    }
    assert shown == {
        "waiting": {pledge, changed},
        "confirmed": {changed, public},
        "dismissed": {gone},
        "entah": {pledge, changed, public, gone},
    }


def test_list_says_what_was_told_since(officer):
    adoption = AdoptionFactory(confirmed=True, state="planned")
    adoption.hear(adoption.told | {"state": "running"})
    assert "Direncanakan → Berjalan" in officer.get(changelist(Adoption)).text


def test_list_finds_by_organisation_innovation_and_name_there(officer):
    wanted = AdoptionFactory(organisation="Pemerintah Kabupaten Banjar", name_there="Satu Data")
    AdoptionFactory()
    for query in ("banjar", "satu data", wanted.innovation.name):
        assert rows(officer.get(changelist(Adoption), {"q": query})) == {wanted}


def test_what_was_told_while_staff_read_is_shown_before_it_is_confirmed(officer):
    adoption = AdoptionFactory(state="planned")
    page = officer.get(transition_page("confirm", adoption))
    seen = page.context["form"]["seen"].value()
    adoption.hear(adoption.told | {"state": "running", "since": "2026-03"})
    again = make_transition(officer, "confirm", adoption, seen=seen)
    assert outcome(again) == ["error"]
    assert "Maret 2026" in again.text
    adoption.refresh_from_db()
    assert adoption.confirmed_at is None
    seen = again.context["form"]["seen"].value()
    make_transition(officer, "confirm", adoption, seen=seen)
    adoption.refresh_from_db()
    assert adoption.confirmed_at is not None


def test_officer_confirms_several_at_once(officer, visit_officer):
    pledges = AdoptionFactory.create_batch(2)
    public = AdoptionFactory(confirmed=True)
    seen = " ".join(adoption.mark for adoption in (*pledges, public))
    response = make_transition(officer, "confirm", *pledges, public, seen=seen)
    assert outcome(response) == ["success", "error"]
    confirmed = Adoption.objects.filter(confirmed_by=visit_officer)
    assert set(confirmed) == set(pledges)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("confirm", AdoptionFactory),
        ("dismiss", AdoptionFactory),
        ("take_off", lambda: AdoptionFactory(confirmed=True)),
    ],
)
def test_who_may_only_look_decides_nothing(name, make):
    from django.contrib.auth.models import Permission

    adoption = make()
    user = UserFactory()
    user.user_permissions.add(
        *Permission.objects.filter(codename__in=["view_adoption", "change_adoption"])
    )
    client = logged_in(user)
    assert make_transition(client, name, adoption).status_code == 403
    assert actions(client.get(changelist(Adoption))) == set()
    before = Adoption.objects.values("confirmed_at", "dismissed_at").get()
    assert before == {
        "confirmed_at": adoption.confirmed_at,
        "dismissed_at": adoption.dismissed_at,
    }
    may_change = client.post(change_page(adoption), form(adoption)).status_code == 302
    assert may_change is (adoption.confirmed_at is None)


def form(adoption=None, **changes):
    """What the form sends: a whole adoption, some of it changed."""
    given = {
        "innovation": adoption.innovation_id if adoption else "",
        "organisation": adoption.organisation if adoption else "Pemerintah Kabupaten Banjar",
        "province": "ID-KS",
        "visit": "",
        "learned_from": "",
        "state": "running",
        "since": "2021",
        "name_there": "",
        "evidence": "Berita.",
        "evidence_url": "",
    }
    return NO_ANSWERS | given | changes


ADD = "admin:visits_adoption_add"


def test_officer_enters_what_staff_found_and_it_waits_for_confirmation(officer):
    innovation = InnovationFactory(published=True)
    first = AdoptionFactory(innovation=innovation, confirmed=True)
    officer.post(reverse(ADD), form(innovation=innovation.pk, learned_from=first.pk))
    adoption = Adoption.objects.get(organisation="Pemerintah Kabupaten Banjar")
    assert (adoption.learned_from, adoption.waits) == (first, True)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"evidence": ""}, "evidence_url"),
        ({"state": ""}, "state"),
        ({"since": "kemarin"}, "since"),
        ({"organisation": ""}, "organisation"),
    ],
)
def test_form_says_what_is_wrong(officer, changes, field):
    innovation = InnovationFactory(published=True)
    response = officer.post(reverse(ADD), form(innovation=innovation.pk, **changes))
    assert list(response.context["adminform"].form.errors) == [field]
    assert not Adoption.objects.exists()


def test_adopter_of_another_innovation_taught_nobody_this_one(officer):
    innovation, other = InnovationFactory(published=True), AdoptionFactory()
    response = officer.post(reverse(ADD), form(innovation=innovation.pk, learned_from=other.pk))
    assert list(response.context["adminform"].form.errors) == ["learned_from"]


def test_visit_vouches_for_what_its_delegation_told(officer):
    innovation, visit = InnovationFactory(published=True), VisitFactory()
    officer.post(reverse(ADD), form(innovation=innovation.pk, visit=visit.pk, evidence=""))
    assert Adoption.objects.get().visit == visit


def test_change_to_confirm_is_shown_field_by_field(officer):
    adoption = AdoptionFactory(confirmed=True, state="planned", since="2025")
    adoption.hear(adoption.told | {"state": "running", "name_there": "Satu <Data>"})
    page = html.fromstring(officer.get(change_page(adoption)).text)
    lines = page.xpath("//div[contains(@class,'field-change')]//div[@class='readonly']/p")
    assert [line.text_content() for line in lines] == [
        "keadaan: Direncanakan → Berjalan",
        "namanya di sana: – → Satu <Data>",
    ]


def test_form_leads_to_the_family_tree_once_it_stands_there(officer):
    adoption = AdoptionFactory()
    tree = f"{adoption.innovation.get_absolute_url()}#family-tree"
    assert tree not in officer.get(change_page(adoption)).text
    adoption.confirm(by=None)
    assert tree in officer.get(change_page(adoption)).text


def test_nobody_deletes_an_adoption_by_the_way(officer):
    adoption = AdoptionFactory()
    url = reverse("admin:visits_adoption_delete", args=[adoption.pk])
    assert officer.post(url, {"post": "yes"}).status_code == 403


# Feedback


def test_feedback_is_read_without_the_name_of_who_wrote_it(officer):
    visit = VisitFactory(completed=True)
    writer = ParticipantFactory(visit=visit, name="Peserta Rahasia", present=True)
    feedback = FeedbackFactory(visit=visit, participant=writer, good="Ramah.")
    InnovationFeedbackFactory(feedback=feedback, better="Beri contoh.")
    text = officer.get(change_page(feedback)).text
    assert ("Ramah." in text, "Beri contoh." in text) == (True, True)
    assert "Rahasia" not in text + officer.get(changelist(Feedback)).text


def test_feedback_is_for_reading_alone(admin_client):
    feedback = FeedbackFactory()
    assert admin_client.post(change_page(feedback), {"rating": 1}).status_code == 403
    assert admin_client.get(reverse("admin:visits_feedback_add")).status_code == 403


def averages(response):
    return {
        row["innovation__name"]: (row["average"], row["number"])
        for row in response.context_data["averages"]
    }


def test_list_says_the_averages_of_what_it_shows(officer):
    innovation = InnovationFactory(published=True, name="Data Go")
    first, second = FeedbackFactory(rating=5), FeedbackFactory(rating=4)
    InnovationFeedbackFactory(feedback=first, innovation=innovation, usefulness=5)
    InnovationFeedbackFactory(feedback=second, innovation=innovation, usefulness=2)
    whole = officer.get(changelist(Feedback))
    assert whole.context_data["overall"] == {"average": 4.5, "number": 2}
    assert "averages" not in whole.context_data
    response = officer.get(changelist(Feedback), {"language__exact": "id"})
    assert averages(response) == {"Data Go": (3.5, 2)}
    assert response.context_data["overall"] == {"average": 4.5, "number": 2}
    one = officer.get(changelist(Feedback), {"visit__id__exact": second.visit_id})
    assert averages(one) == {"Data Go": (2.0, 1)}
    assert one.context_data["overall"] == {"average": 4.0, "number": 1}


def test_empty_list_shows_no_averages(officer):
    assert "averages" not in html.fromstring(officer.get(changelist(Feedback)).text).xpath(
        "//section/@class"
    )


# Questions asked on site

RECORD = reverse("admin:visits_askedquestion_add")


@pytest.fixture
def visit():
    visit = VisitFactory(status="confirmed", held_on="2026-03-04", language="en")
    StopFactory(visit=visit, innovation__published=True, innovation__name="Data Go")
    return visit


def choices(response):
    field = response.context["adminform"].form.fields["innovation"]
    return [innovation.name for innovation in field.queryset]


def test_officer_takes_down_a_question_on_the_telephone(officer, visit):
    innovation = visit.innovations.get()
    data = {"visit": visit.pk, "innovation": innovation.pk, "text": "Berapa biayanya?"}
    officer.post(RECORD, NO_ANSWERS | data)
    asked = AskedQuestion.objects.get()
    assert asked.visit == visit
    question = asked.question
    assert (question.innovation, question.text) == (innovation, "Berapa biayanya?")
    assert (question.moderation, question.answer, question.language) == ("waiting", "", "en")


def test_form_offers_what_the_visit_sees(officer, visit):
    InnovationFactory(published=True, name="Lain")
    StopFactory(visit=visit, innovation__name="Ditolak", answer="declined")
    page = officer.get(RECORD, {"visit": visit.pk})
    assert choices(page) == ["Data Go"]
    assert (
        page.context["adminform"].form["innovation"].value()
        == visit.innovations.get(name="Data Go").pk
    )


@pytest.mark.parametrize("chosen", ["", "x", "999999"])
def test_form_without_a_visit_offers_all_that_is_public(officer, visit, chosen):
    InnovationFactory(name="Rancangan")
    assert choices(officer.get(RECORD, {"visit": chosen})) == ["Data Go"]


def test_next_question_is_of_the_same_visit_and_innovation(officer, visit):
    innovation = visit.innovations.get()
    data = {"visit": visit.pk, "innovation": innovation.pk, "text": "Satu?", "_addanother": "1"}
    response = officer.post(RECORD, NO_ANSWERS | data)
    assert response.url == f"{RECORD}?visit={visit.pk}&innovation={innovation.pk}"
    assert message_levels(response) == ["success"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"text": ""}, "text"), ({"innovation": ""}, "innovation"), ({"visit": ""}, "visit")],
)
def test_incomplete_question_is_not_recorded(officer, visit, changes, field):
    data = {"visit": visit.pk, "innovation": visit.innovations.get().pk, "text": "Satu?"}
    response = officer.post(RECORD, NO_ANSWERS | data | changes)
    assert list(response.context["adminform"].form.errors) == [field]
    assert not Question.objects.exists()


def test_recorded_question_leads_to_where_it_is_answered(officer):
    asked = AskedQuestionFactory()
    text = officer.get(change_page(asked)).text
    assert reverse("admin:innovations_question_change", args=[asked.question_id]) in text


def test_list_says_which_questions_are_answered(officer):
    open_one = AskedQuestionFactory()
    answered = AskedQuestionFactory(question=QuestionFactory(published=True, answer="Ya."))
    url = changelist(AskedQuestion)
    assert rows(officer.get(url, {"question__answer__isempty": "0"})) == {answered}
    assert rows(officer.get(url, {"question__answer__isempty": "1"})) == {open_one}


# On the visit's own form


def test_visits_form_leads_to_what_was_said_asked_and_adopted(officer):
    visit = VisitFactory(completed=True)
    FeedbackFactory(visit=visit, rating=5)
    FeedbackFactory(visit=visit, rating=4)
    AskedQuestionFactory(visit=visit)
    AdoptionFactory(visit=visit)
    FollowUp.objects.create(visit=visit, months=3)
    page = html.fromstring(officer.get(change_page(visit)).text)
    (field,) = page.xpath("//div[contains(@class,'field-afterwards')]//div[@class='readonly']")
    links = {link.text_content(): link.get("href") for link in field.xpath(".//a")}
    assert list(links) == [
        "Umpan balik: 2, rata-rata 4,5 dari 5",
        "Pertanyaan: 1",
        "Catat pertanyaan saat kunjungan",
        "Adopsi yang dilaporkan: 1",
    ]
    assert {url: officer.get(url).status_code for url in links.values()} == dict.fromkeys(
        links.values(), 200
    )
    assert "Ditanyai setelah 3 bulan" in field.text_content()


def test_form_of_a_visit_still_to_come_says_nothing_of_afterwards(officer):
    text = officer.get(change_page(VisitFactory())).text
    assert f"{RECORD}?visit=" not in text


def test_officer_adds_a_picture_and_is_reminded_of_consent(officer):
    page = officer.get(change_page(VisitFactory(completed=True)))
    assert "hanya dengan persetujuan orang yang tampak" in page.text
    assert "pictures-TOTAL_FORMS" in page.text


def test_check_in_leads_to_taking_a_question_down(officer, visit):
    text = officer.get(reverse("visits:check_in", args=[visit.reference])).text
    assert f'href="{RECORD}?visit={visit.pk}"' in text
