import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tests.factories import InnovationFactory, StopFactory, VisitFactory
from visits.models import Visit

pytestmark = pytest.mark.django_db

S = Visit.Status
OPEN = {S.SUBMITTED, S.NEEDS_INFORMATION, S.WAITING_LIST}


@pytest.mark.parametrize("status", S)
@pytest.mark.parametrize(
    ("act", "allowed", "becomes"),
    [
        (lambda visit, by: visit.confirm(by=by), OPEN, S.CONFIRMED),
        (lambda visit, by: visit.decline(by=by, reason="Penuh"), {*OPEN, S.CONFIRMED}, S.DECLINED),
        (lambda visit, by: visit.complete(by=by), {S.CONFIRMED}, S.COMPLETED),
    ],
    ids=["confirm", "decline", "complete"],
)
def test_transition_is_open_from_its_states_alone(publisher, status, act, allowed, becomes):
    visit = VisitFactory(status=status, held_on=datetime.date(2019, 9, 4))
    if status in allowed:
        act(visit, publisher)
        visit.refresh_from_db()
        assert visit.status == becomes
        event = visit.events.get()
        assert (event.status, event.by) == (becomes, publisher)
    else:
        with pytest.raises(ValidationError):
            act(visit, publisher)
        visit.refresh_from_db()
        assert visit.status == status
        assert not visit.events.exists()


def test_confirming_takes_the_wished_date_unless_told_another(publisher):
    wished, other = VisitFactory(), VisitFactory()
    wished.confirm(by=publisher)
    other.confirm(by=publisher, on=datetime.date(2027, 5, 4))
    assert wished.held_on == wished.wished_on
    assert other.held_on == datetime.date(2027, 5, 4)


def test_confirming_without_any_date_is_refused(publisher):
    with pytest.raises(ValidationError) as error:
        VisitFactory(wished_on=None).confirm(by=publisher)
    assert error.value.code == "no_day"


def test_declining_without_a_reason_is_refused(publisher):
    with pytest.raises(ValidationError) as error:
        VisitFactory().decline(by=publisher, reason=" ")
    assert error.value.code == "no_reason"


def test_visit_to_come_cannot_be_completed(publisher):
    visit = VisitFactory()
    visit.confirm(by=publisher)
    with pytest.raises(ValidationError) as error:
        visit.complete(by=publisher)
    assert error.value.code == "too_early"


def test_history_keeps_who_decided_and_why(publisher):
    visit = VisitFactory()
    visit.decline(by=publisher, reason="Aula penuh")
    event = visit.events.get()
    assert (event.by, event.reason) == (publisher, "Aula penuh")


def test_publishing_makes_an_address_of_its_own(publisher):
    same = {
        "status": S.COMPLETED,
        "held_on": datetime.date(2019, 9, 4),
        "organisation": "Kemensos",
    }
    visits = [VisitFactory(**same) for _visit in range(3)]
    for visit in visits:
        visit.publish(by=publisher)
    assert [visit.slug for visit in visits] == [
        "2019-09-04-kemensos",
        "2019-09-04-kemensos-2",
        "2019-09-04-kemensos-3",
    ]


def test_only_a_completed_visit_can_be_published(publisher):
    with pytest.raises(ValidationError):
        VisitFactory().publish(by=publisher)


def test_unpublishing_takes_the_visit_off_the_site(publisher):
    visit = VisitFactory(completed=True)
    visit.unpublish(by=publisher)
    assert not Visit.objects.published().exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "imaginary"},
        {"expected_participants": 0},
        {"expected_participants": 501},
        {"status": "confirmed"},
        {"held_on": "2019-09-04", "held_until": "2019-09-04"},
        {"published_at": "2026-01-05T00:00Z"},
    ],
    ids="-".join,
)
def test_database_refuses_what_the_form_would(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        VisitFactory(**fields)


def test_innovation_stands_in_an_itinerary_once():
    stop = StopFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        StopFactory(visit=stop.visit, innovation=stop.innovation)


def test_stop_ends_after_it_starts():
    with pytest.raises(IntegrityError), transaction.atomic():
        StopFactory(starts_at="10:00", ends_at="09:00")


def test_submitting_keeps_the_order_of_the_itinerary():
    visit = VisitFactory.build()
    wished = InnovationFactory.create_batch(3, published=True)
    visit.submit(innovations=wished[::-1])
    assert [stop.innovation for stop in visit.stops.all()] == wished[::-1]


def test_references_differ_and_can_be_read_aloud():
    references = {VisitFactory().reference for _visit in range(20)}
    assert len(references) == 20
    assert not set("".join(references)[8:]) & set("01IO") - set("KM-2026")
