"""The itinerary on the form of a visit, with many rows and rows put in another order."""

import pytest

from tests.factories import StopFactory, VisitFactory
from tests.staff import change_page
from tests.visits.test_admin_form import post_programme, stop_form

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("number", [1, 3, 12])
def test_form_takes_as_many_queries_however_many_stops(officer, number, django_assert_num_queries):
    visit = VisitFactory()
    StopFactory.create_batch(number, visit=visit)
    officer.get(change_page(visit))
    with django_assert_num_queries(17):
        officer.get(change_page(visit))


def test_rows_put_in_another_order_keep_what_was_typed(officer):
    visit = VisitFactory()
    first, second, third = (
        StopFactory(visit=visit, position=n, venue=f"Aula {n}") for n in (1, 2, 3)
    )
    post_programme(
        officer,
        visit,
        stop_form(0, first, position=3, speaker="Satu"),
        stop_form(1, second, position=1, speaker="Dua", starts_at="09:00"),
        stop_form(2, third, position=2),
    )
    page = officer.get(change_page(visit))
    shown = [
        (form["position"].value(), form["venue"].value(), form["speaker"].value())
        for form in page.context["inline_admin_formsets"][0].formset.initial_forms
    ]
    assert shown == [(1, "Aula 2", "Dua"), (2, "Aula 3", ""), (3, "Aula 1", "Satu")]


def test_refused_form_keeps_the_order_and_all_that_was_typed(officer):
    visit = VisitFactory()
    first, second = (StopFactory(visit=visit, position=n) for n in (1, 2))
    response = post_programme(
        officer,
        visit,
        stop_form(0, first, position=2, starts_at="10:00", ends_at="09:00"),
        stop_form(1, second, position=1, speaker="Dua"),
    )
    forms = response.context["inline_admin_formsets"][0].formset.initial_forms
    assert [(form["position"].value(), form["speaker"].value()) for form in forms] == [
        ("2", ""),
        ("1", "Dua"),
    ]
    assert [list(form.errors) for form in forms] == [["ends_at"], []]
