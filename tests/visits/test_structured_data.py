import datetime
import json

import pytest
from django.urls import reverse

from tests.factories import InnovationFactory, SourceFactory, StopFactory, VisitFactory
from tests.structured_data import structured_data_of

pytestmark = pytest.mark.django_db
SITE = "https://inovasi.example"


@pytest.fixture(autouse=True)
def site_url(settings):
    settings.SITE_URL = SITE


@pytest.fixture
def described(client):
    """What search engines read on the page of a visit, by type."""
    return lambda visit: structured_data_of(client.get(visit.get_absolute_url()))


def test_visit_is_an_event_with_what_its_page_shows(described):
    visit = VisitFactory(
        completed=True,
        organisation="Pusdiklat",
        slug="2019-09-04-pusdiklat",
        venue="Adipura Kencana",
        summary="Mereka belajar.",
    )
    visit.sources.add(SourceFactory(title="Berita", publisher="", url="https://koran.example/1"))
    innovation = InnovationFactory(published=True, name="Data Go", type="digital")
    StopFactory(visit=visit, innovation=innovation)
    StopFactory(visit=visit, innovation=InnovationFactory(name="Rancangan"))
    url = f"{SITE}{visit.get_absolute_url()}"
    innovation_url = f"{SITE}{innovation.get_absolute_url()}"
    event = described(visit)["Event"]
    assert "Pusdiklat" in event.pop("name")
    assert event == {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": f"{url}#visit",
        "description": "Mereka belajar.",
        "url": url,
        "image": [f"{SITE}{reverse('share_visit', args=['2019-09-04-pusdiklat'])}"],
        "startDate": "2019-09-04",
        "endDate": "2019-09-04",
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": {
            "@type": "Place",
            "name": "Adipura Kencana",
            "address": {
                "@type": "PostalAddress",
                "addressLocality": "Kota Magelang",
                "addressCountry": "ID",
            },
        },
        "organizer": {
            "@type": "GovernmentOrganization",
            "name": "Pemerintah Kota Magelang",
            "url": f"{SITE}{reverse('home')}",
        },
        "attendee": {"@type": "Organization", "name": "Pusdiklat"},
        "about": [
            {
                "@type": "GovernmentService",
                "@id": f"{innovation_url}#innovation",
                "name": "Data Go",
                "url": innovation_url,
            }
        ],
        "mainEntityOfPage": {
            "@type": "WebPage",
            "@id": url,
            "inLanguage": "id",
            "citation": [
                {"@type": "CreativeWork", "name": "Berita", "url": "https://koran.example/1"}
            ],
        },
    }


def test_visit_of_several_days_ends_on_the_last(described):
    visit = VisitFactory(completed=True, held_until=datetime.date(2019, 9, 6))
    event = described(visit)["Event"]
    assert (event["startDate"], event["endDate"]) == ("2019-09-04", "2019-09-06")


def test_visit_of_which_only_the_report_has_a_day_is_no_event(described):
    visit = VisitFactory(completed=True, held_on=None, reported_on="2015-03-04")
    assert list(described(visit)) == ["BreadcrumbList"]


def test_persons_of_a_visit_stay_out(described):
    visit = VisitFactory(completed=True, led_by="Mulia Jonie", host="Machbub Yani")
    text = json.dumps(described(visit), ensure_ascii=False)
    kept = [
        visit.head_name,
        visit.led_by,
        visit.host,
        visit.contact_name,
        visit.contact_email,
        visit.reference,
    ]
    assert [each for each in kept if each in text] == []
