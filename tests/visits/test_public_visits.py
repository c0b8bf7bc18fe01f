import datetime

import pytest
from django.urls import reverse

from tests.factories import InnovationFactory, SourceFactory, StopFactory, VisitFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit():
    return VisitFactory(
        completed=True,
        organisation="Pusdiklat Kesejahteraan Sosial",
        participants=78,
        venue="Adipura Kencana",
        led_by="Mulia Jonie",
        host="Machbub Yani Arfian",
        slug="2019-09-04-kemensos",
    )


def test_page_shows_date_people_hall_head_host_and_source(client, visit):
    visit.sources.add(SourceFactory(title="Peserta tertarik"))
    text = client.get(visit.get_absolute_url()).text
    for shown in (
        "4 September 2019",
        "78",
        "Adipura Kencana",
        "Mulia Jonie",
        "Machbub Yani Arfian",
        "Peserta tertarik",
        'id="source-1"',
    ):
        assert shown in text


def test_visit_and_innovation_link_to_each_other(client, visit):
    innovation = InnovationFactory(published=True)
    StopFactory(visit=visit, innovation=innovation)
    assert f'href="{innovation.get_absolute_url()}"' in client.get(visit.get_absolute_url()).text
    assert f'href="{visit.get_absolute_url()}"' in client.get(innovation.get_absolute_url()).text


def test_public_page_says_nothing_of_the_contact_person(client, visit):
    text = client.get(visit.get_absolute_url()).text
    for kept in (visit.contact_name, visit.contact_phone, visit.contact_email, visit.reference):
        assert kept not in text


def test_published_request_shows_nothing_that_only_staff_were_to_see(client, visit_officer):
    visit = VisitFactory(
        status="completed",
        held_on="2026-03-04",
        head_name="Kepala Rahasia",
        head_position="Jabatan Rahasia",
        purpose="Maksud yang rahasia.",
    )
    visit.publish(by=visit_officer)
    text = client.get(visit.get_absolute_url()).text
    assert visit.organisation in text
    assert "ahasia" not in text


def test_draft_innovation_does_not_show_through_a_visit(client, visit):
    StopFactory(visit=visit, innovation=InnovationFactory(name="Rahasia"))
    assert "Rahasia" not in client.get(visit.get_absolute_url()).text
    assert "Rahasia" not in client.get(reverse("visits:list")).text


def test_unpublished_visit_is_nowhere(client):
    visit = VisitFactory(completed=True, published_at=None, organisation="Tamu Tersembunyi")
    innovation = StopFactory(visit=visit).innovation
    assert client.get(visit.get_absolute_url()).status_code == 404
    for url in (reverse("visits:list"), reverse("home"), innovation.get_absolute_url()):
        assert "Tamu Tersembunyi" not in client.get(url).text


def test_list_is_newest_first_and_a_reported_day_counts(client):
    VisitFactory(completed=True, organisation="Lama", held_on=None, reported_on="2015-03-04")
    VisitFactory(completed=True, organisation="Baru", held_on=datetime.date(2025, 10, 6))
    VisitFactory(completed=True, organisation="Tengah", held_on=datetime.date(2019, 9, 4))
    visits = client.get(reverse("visits:list")).context["visits"]
    assert [visit.organisation for visit in visits] == ["Baru", "Tengah", "Lama"]


def test_totals_leave_unknown_numbers_out(client):
    VisitFactory(completed=True, participants=78)
    VisitFactory(completed=True, participants=None)
    VisitFactory()
    totals = client.get(reverse("visits:list")).context["totals"]
    assert totals == {"visits": 2, "people": 78}


def test_list_takes_the_same_queries_for_1_and_for_3(client, django_assert_num_queries):
    for rows in (1, 2):
        for _row in range(rows):
            StopFactory(visit=VisitFactory(completed=True))
        with django_assert_num_queries(4):
            client.get(reverse("visits:list"))


def test_page_takes_the_same_queries_for_1_and_for_3(client, visit, django_assert_num_queries):
    for rows in (1, 2):
        for _row in range(rows):
            StopFactory(visit=visit)
            visit.sources.add(SourceFactory())
        with django_assert_num_queries(5):
            client.get(visit.get_absolute_url())


def test_empty_list_says_how_to_be_the_first(client):
    assert 'class="empty"' in client.get(reverse("visits:list")).text
