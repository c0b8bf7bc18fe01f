import datetime
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from tests.factories import InnovationFactory, StopFactory, UserFactory, VisitFactory
from tests.staff import (
    change_page,
    changelist,
    filter_links,
    logged_in,
    make_transition,
    rows,
    transition_page,
)
from tests.visits.conftest import pdf_bytes, visit_in
from visits.models import Visit

pytestmark = pytest.mark.django_db

S = Visit.Status
K = Visit.OrganisationKind
LIST = changelist(Visit)


def in_days(days):
    return timezone.localdate() + timedelta(days=days)


def confirmed(**fields):
    return VisitFactory(status=S.CONFIRMED, **fields)


def test_open_are_the_requests_that_want_an_answer(officer):
    wanted = {VisitFactory(status=status) for status in Visit.open_statuses}
    for status in set(S) - Visit.open_statuses:
        VisitFactory(status=status, held_on=in_days(-1))
    assert len(wanted) == 3
    assert rows(officer.get(LIST, {"answer": "open"})) == wanted


def test_past_are_the_confirmed_whose_last_day_is_over(officer):
    wanted = {
        confirmed(held_on=in_days(-1)),
        confirmed(held_on=in_days(-3), held_until=in_days(-1)),
    }
    confirmed(held_on=in_days(0))
    confirmed(held_on=in_days(-3), held_until=in_days(0))
    VisitFactory(completed=True)
    VisitFactory(wished_on=in_days(-1))
    assert rows(officer.get(LIST, {"answer": "past"})) == wanted


def test_filters_show_exactly_their_rows(officer):
    innovation = InnovationFactory(published=True)
    council = VisitFactory(organisation_kind=K.REGIONAL_COUNCIL, wished_on=in_days(0))
    english = VisitFactory(language="en")
    public = VisitFactory(completed=True, wished_on=None)
    touring = VisitFactory(status=S.DECLINED, wished_on=in_days(7))
    undated = VisitFactory(wished_on=None)
    seated = visit_in(S.SUBMITTED)
    offered = visit_in(S.WAITING_LIST)
    Visit.objects.filter(pk=offered.pk).update(
        seats=20, offered_until=timezone.now() + timedelta(hours=1)
    )
    others = set(Visit.objects.filter(slot__isnull=False)) | {undated}
    StopFactory(visit=touring, innovation=innovation)
    StopFactory(visit=touring)
    StopFactory(visit=council)

    def shown(**query):
        return rows(officer.get(LIST, query))

    assert shown() == {council, english, public, touring} | others
    assert shown(answer="entah") == shown()
    assert shown(status__exact="declined") == {touring}
    assert shown(status__exact="completed") == {public}
    assert shown(organisation_kind__exact="regional_council") == {council}
    assert shown(language__exact="en") == {english}
    assert shown(published_at__isempty="0") == {public}
    assert shown(published_at__isempty="1") == {council, english, touring} | others
    assert shown(stops__innovation__id__exact=innovation.pk) == {touring}
    assert shown(day="today") == {council}
    assert shown(day="past") == {public}
    assert shown(day="week") == {council, touring}
    assert shown(day="month") == {council, english, touring}
    assert shown(day="none") == {undated}
    assert shown(slot=seated.slot.pk) == {seated}
    assert shown(slot="x") == shown()
    assert shown(answer="hosts") == {council}
    assert shown(answer="offers") == {offered}
    assert shown(status__exact="submitted", language__exact="en") == {english}


def test_each_choice_of_each_filter_answers(officer):
    StopFactory.create_batch(2)
    visit_in(S.SUBMITTED)
    links = filter_links(officer.get(LIST))
    assert len(links) == 8
    answers = {query: officer.get(LIST + query).status_code for row in links for query in row}
    assert answers == dict.fromkeys(answers, 200)


@pytest.mark.parametrize(
    ("field", "value", "query"),
    [
        ("reference", "KM-2026-7F3KQ", "7f3kq"),
        ("organisation", "Pusdiklat Kesejahteraan Sosial", "sosial pusdiklat"),
        ("unit", "Diklatpim IV", "diklatpim"),
        ("contact_name", "Mulia Jonie", "jonie"),
        ("contact_email", "tamu@kemensos.example", "kemensos.example"),
    ],
)
def test_search_finds_a_visit_by_what_a_caller_says(officer, field, value, query):
    wanted = VisitFactory(**{field: value})
    VisitFactory()
    assert rows(officer.get(LIST, {"q": query})) == {wanted}


def test_list_takes_the_same_queries_for_1_and_for_3(officer, django_assert_num_queries):
    for more in (1, 2):
        for _row in range(more):
            visit = visit_in(S.CONFIRMED)
            StopFactory.create_batch(2, visit=visit)
        with django_assert_num_queries(11):
            officer.get(LIST)


def test_form_takes_the_same_queries_for_1_and_for_3_lines_of_history(
    officer, django_assert_num_queries
):
    visit = VisitFactory()
    officer.get(change_page(visit))  # what kinds of content there are is remembered from now on
    for more in (1, 2):
        for _row in range(more):
            visit.events.create(status=S.SUBMITTED, by=UserFactory())
        with django_assert_num_queries(17):
            officer.get(change_page(visit))


def test_form_takes_the_same_queries_for_1_and_for_3_stops(officer, django_assert_num_queries):
    visit = visit_in(S.CONFIRMED)
    for more in (1, 2):
        StopFactory.create_batch(more, visit=visit)
        with django_assert_num_queries(19):
            officer.get(change_page(visit))


def test_autocomplete_finds_an_innovation_for_a_stop(officer):
    wanted = InnovationFactory(name="Data Go", published=True)
    InnovationFactory(published=True)
    query = {
        "app_label": "visits",
        "model_name": "stop",
        "field_name": "innovation",
        "term": "data",
    }
    results = officer.get(reverse("admin:autocomplete"), query).json()["results"]
    assert results == [{"id": str(wanted.pk), "text": "Data Go"}]


# Who may see what


@pytest.fixture
def visit(db):
    letter = ContentFile(pdf_bytes(), name="surat.pdf")
    return VisitFactory(letter=letter, held_on=datetime.date(2019, 9, 4))


def letter_of(visit):
    return reverse("visits:letter", args=[visit.reference])


@pytest.mark.parametrize("role", ["editor", "publisher"])
def test_catalogue_staff_see_no_visits_at_all(role, request, visit):
    client = logged_in(request.getfixturevalue(role))
    pages = (
        LIST,
        change_page(visit),
        reverse("admin:visits_visit_add"),
        reverse("admin:visits_visit_history", args=[visit.pk]),
        reverse("admin:visits_visit_delete", args=[visit.pk]),
        transition_page("confirm", visit),
        transition_page("publish", visit),
        letter_of(visit),
    )
    codes = {page: client.get(page).status_code for page in pages}
    assert codes == dict.fromkeys(pages, 403)
    assert make_transition(client, "decline", visit, reason="Penuh.").status_code == 403
    assert Visit.objects.get().status == S.SUBMITTED


def test_officer_downloads_the_letter_and_no_browser_keeps_it(officer, visit):
    response = officer.get(letter_of(visit))
    with visit.letter.open() as letter:
        assert b"".join(response.streaming_content) == letter.read()
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'attachment; filename="{visit.reference}.pdf"'
    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))


def test_form_links_the_letter_and_never_its_place_on_disk(officer, visit):
    text = officer.get(change_page(visit)).text
    assert f'href="{letter_of(visit)}"' in text
    assert visit.letter.name not in text


def test_letter_sends_a_stranger_to_the_login(client, visit):
    response = client.get(letter_of(visit))
    assert response.url == f"{reverse('admin:login')}?next={letter_of(visit)}"


def test_letter_that_was_never_sent_is_not_found(officer):
    assert officer.get(letter_of(VisitFactory())).status_code == 404
    assert officer.get(reverse("visits:letter", args=["KM-2026-XXXXX"])).status_code == 404
