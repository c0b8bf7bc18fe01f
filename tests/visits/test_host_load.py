import datetime

import pytest

from tests.factories import AgencyFactory, InnovationFactory, StopFactory, VisitFactory
from visits.host_load import load_of, loads_of
from visits.models import Visit

pytestmark = pytest.mark.django_db

S = Visit.Status
DAY = datetime.date(2030, 9, 10)
OVER = "Ini akan menjadi yang ke-3: melampaui batas."


@pytest.fixture
def dishub():
    return AgencyFactory(abbreviation="Dishub", visit_ceiling=4)


def visit_to(*agencies, answer="accepted", **fields):
    fields = {"status": S.CONFIRMED, "held_on": DAY} | fields
    visit = VisitFactory(**fields)
    for agency in agencies:
        innovation = InnovationFactory(agency=agency)
        StopFactory(visit=visit, innovation=innovation, answer=answer)
    return visit


def test_confirmed_and_past_visits_of_the_month_are_counted(dishub):
    visit_to(dishub)
    visit_to(dishub, held_on=DAY.replace(day=1), status=S.COMPLETED)
    visit_to(dishub, held_on=DAY.replace(day=30), answer="pending")
    visit_to(dishub, held_on=DAY.replace(month=8))
    visit_to(dishub, held_on=DAY.replace(month=10))
    visit_to(dishub, held_on=DAY.replace(year=2031))
    visit_to(AgencyFactory())
    load = load_of(dishub, DAY)
    assert (load.agency, load.visits, load.ceiling, load.is_full) == (dishub, 3, 4, False)


@pytest.mark.parametrize(
    "status", [S.SUBMITTED, S.NEEDS_INFORMATION, S.WAITING_LIST, S.DECLINED, S.CANCELLED]
)
def test_what_is_not_agreed_does_not_count(dishub, status):
    visit_to(dishub, status=status)
    assert load_of(dishub, DAY).visits == 0


def test_stop_that_the_agency_declined_does_not_count(dishub):
    visit_to(dishub, answer="declined")
    assert load_of(dishub, DAY).visits == 0


def test_several_stops_of_one_visit_count_once(dishub):
    visit_to(dishub, dishub)
    assert load_of(dishub, DAY).visits == 1


def test_groups_that_join_count_once_with_the_visit_they_join(dishub):
    host = visit_to(dishub)
    visit_to(dishub, joins=host)
    visit_to(dishub, joins=host)
    visit_to(dishub)
    assert load_of(dishub, DAY).visits == 2


def test_visit_adds_to_the_load_of_each_agency_that_receives_it(dishub):
    other = AgencyFactory(abbreviation="Arsip")
    visit_to(dishub)
    visit = visit_to(dishub, other, status=S.SUBMITTED)
    assert [(load.agency, load.visits) for load in loads_of(visit, DAY)] == [
        (other, 0),
        (dishub, 1),
    ]


def test_confirmed_visit_does_not_count_itself(dishub):
    visit = visit_to(dishub)
    assert [load.visits for load in loads_of(visit, DAY)] == [0]
    assert load_of(dishub, DAY, without=visit).visits == 0


def test_agency_that_receives_the_visit_joined_has_counted_it(dishub):
    other = AgencyFactory()
    host = visit_to(dishub)
    visit = visit_to(dishub, other, joins=host, status=S.SUBMITTED)
    assert [load.agency for load in loads_of(visit, DAY)] == [other]


@pytest.mark.parametrize(
    ("ceiling", "visits", "says"),
    [
        (4, 2, "Dishub: 2 dari 4 kunjungan pada September 2030. Ini akan menjadi yang ke-3."),
        (2, 2, "Dishub: 2 dari 2 kunjungan pada September 2030. " + OVER),
        (None, 1, "Dishub: 1 kunjungan pada September 2030. Ini akan menjadi yang ke-2."),
    ],
)
def test_load_says_what_one_visit_more_would_mean(ceiling, visits, says):
    agency = AgencyFactory(abbreviation="Dishub", visit_ceiling=ceiling)
    for _visit in range(visits):
        visit_to(agency)
    assert load_of(agency, DAY).with_one_more == says


def test_loads_take_two_queries_however_many_agencies(django_assert_num_queries):
    visit = VisitFactory()
    for more in (1, 2):
        for _stop in range(more):
            StopFactory(visit=visit)
        with django_assert_num_queries(2):
            assert loads_of(visit, DAY)
