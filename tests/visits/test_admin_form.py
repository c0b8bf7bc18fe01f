import datetime

import pytest
from django.urls import reverse

from tests.factories import InnovationFactory, SourceFactory, StopFactory, VisitFactory
from tests.staff import actions, change_page, changelist, logged_in
from visits.models import Visit

pytestmark = pytest.mark.django_db

S = Visit.Status
DAY = datetime.date(2019, 9, 4)


@pytest.fixture
def officer(visit_officer):
    return logged_in(visit_officer)


def form_of(visit, **changes):
    """What the form of a visit sends, its itinerary and history untouched."""
    data = {
        "organisation": visit.organisation,
        "organisation_kind": visit.organisation_kind,
        "language": visit.language,
        "held_on": visit.held_on or "",
        "slug": visit.slug or "",
    }
    for prefix in ("stops", "events"):
        data |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    return data | changes


def test_officer_writes_the_record_but_neither_reference_nor_status(officer):
    visit = VisitFactory()
    hidden = {
        "reference": "KM-2026-PALSU",
        "status": "completed",
        "published_at": "2026-01-01",
        "link_hash": "0" * 64,
        "letter": "",
    }
    response = officer.post(change_page(visit), form_of(visit, venue="Aula", **hidden))
    changed = Visit.objects.get()
    assert response.status_code == 302
    assert changed.venue == "Aula"
    assert (changed.reference, changed.status) == (visit.reference, S.SUBMITTED)
    assert (changed.published_at, changed.link_hash) == (None, None)


def test_officer_adds_a_past_visit_with_a_source(officer):
    source = SourceFactory()
    new = form_of(Visit(organisation="DPRD Contoh", organisation_kind="regional_council"))
    officer.post(
        reverse("admin:visits_visit_add"),
        new | {"held_on": "2019-09-04", "sources": [source.pk], "status": "completed"},
    )
    visit = Visit.objects.get()
    assert (visit.organisation, visit.status, visit.held_on) == ("DPRD Contoh", S.SUBMITTED, DAY)
    assert list(visit.sources.all()) == [source]


def test_officer_answers_a_stop_and_adds_another(officer):
    stop, other = StopFactory(), InnovationFactory()
    data = form_of(stop.visit, **{"stops-TOTAL_FORMS": 2, "stops-INITIAL_FORMS": 1})
    data |= {
        "stops-0-id": stop.pk,
        "stops-0-visit": stop.visit.pk,
        "stops-0-innovation": stop.innovation.pk,
        "stops-0-position": 1,
        "stops-0-answer": "accepted",
        "stops-1-visit": stop.visit.pk,
        "stops-1-innovation": other.pk,
        "stops-1-position": 2,
        "stops-1-answer": "pending",
    }
    officer.post(change_page(stop.visit), data)
    assert [(each.innovation, each.answer) for each in stop.visit.stops.all()] == [
        (stop.innovation, "accepted"),
        (other, "pending"),
    ]


def test_same_innovation_twice_in_an_itinerary_comes_back(officer):
    visit, innovation = VisitFactory(), InnovationFactory()
    data = form_of(visit, **{"stops-TOTAL_FORMS": 2})
    for number in (0, 1):
        data |= {
            f"stops-{number}-visit": visit.pk,
            f"stops-{number}-innovation": innovation.pk,
            f"stops-{number}-position": number,
            f"stops-{number}-answer": "pending",
        }
    response = officer.post(change_page(visit), data)
    stops = response.context["inline_admin_formsets"][0].formset
    assert len(stops.non_form_errors()) == 1
    assert not visit.stops.exists()


def test_history_can_be_read_and_not_rewritten(officer, visit_officer):
    visit = VisitFactory()
    visit.decline(by=visit_officer, reason="Penuh.")
    event = visit.events.get()
    data = form_of(visit, **{"events-TOTAL_FORMS": 2, "events-INITIAL_FORMS": 1})
    data |= {
        "events-0-id": event.pk,
        "events-0-visit": visit.pk,
        "events-0-status": "confirmed",
        "events-0-reason": "Disusupkan.",
        "events-0-DELETE": "on",
        "events-1-visit": visit.pk,
        "events-1-status": "confirmed",
    }
    assert "Penuh." in officer.get(change_page(visit)).text
    officer.post(change_page(visit), data)
    [kept] = visit.events.all()
    assert (kept.status, kept.by, kept.reason) == ("declined", visit_officer, "Penuh.")


@pytest.mark.parametrize("status", [S.CONFIRMED, S.COMPLETED])
def test_agreed_visit_keeps_its_day(officer, status):
    visit = VisitFactory(status=status, held_on=DAY)
    response = officer.post(change_page(visit), form_of(visit, held_on=""))
    assert response.status_code == 200
    assert response.context["adminform"].form.errors
    assert Visit.objects.get().held_on == DAY


def test_public_visit_keeps_its_address(officer):
    visit = VisitFactory(completed=True)
    response = officer.post(change_page(visit), form_of(visit, slug=""))
    assert response.status_code == 200
    assert response.context["adminform"].form.errors
    assert Visit.objects.get().slug == visit.slug


def test_officer_deletes_no_visit(officer):
    visit = VisitFactory()
    url = reverse("admin:visits_visit_delete", args=[visit.pk])
    assert officer.post(url, {"post": "yes"}).status_code == 403
    assert actions(officer.get(changelist(Visit))) == {
        "confirm",
        "decline",
        "complete",
        "publish",
        "unpublish",
        "erase",
    }
    assert Visit.objects.get() == visit
