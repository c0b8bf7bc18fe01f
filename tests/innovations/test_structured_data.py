import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localdate
from lxml import html

from tests.factories import (
    AgencyFactory,
    AwardFactory,
    CitationFactory,
    InnovationFactory,
    OutcomeFactory,
    PictureFactory,
    SourceFactory,
)
from tests.structured_data import page_of, structured_data_of

pytestmark = pytest.mark.django_db
SITE = "https://inovasi.example"


@pytest.fixture(autouse=True)
def site_url(settings):
    settings.SITE_URL = SITE


@pytest.fixture
def described(client):
    """What search engines read on the page of an innovation or agency, by type."""
    return lambda item: structured_data_of(client.get(item.get_absolute_url()))


def of_innovation(data):
    (found,) = [each for kind, each in data.items() if kind != "BreadcrumbList"]
    return found


def test_digital_innovation_is_a_service_with_what_its_page_shows(described):
    agency = AgencyFactory(name="Dinas Perhubungan", abbreviation="Dishub", slug="dishub")
    innovation = InnovationFactory(
        name="Siap Uji",
        slug="siap-uji",
        expanded_name="Sistem Uji",
        summary="Mendaftar uji dari rumah.",
        agency=agency,
        type="digital",
        government_affair="transport",
        beneficiaries="Pemilik kendaraan",
        service_url="https://layanan.example/",
    )
    source = SourceFactory(
        title="Berita", publisher="Koran", url="https://koran.example/1", published_on="2018-07"
    )
    CitationFactory(innovation=innovation, source=source)
    CitationFactory(innovation=innovation, source=source, fact="summary")
    AwardFactory(innovation=innovation, name="Top 99", awarded_on="2018-07", source=source)
    AwardFactory(innovation=innovation, name="IGA 2019", awarded_on="2019", source=source)
    innovation.publish(by=None)
    url = f"{SITE}{innovation.get_absolute_url()}"
    agency_url = f"{SITE}{agency.get_absolute_url()}"
    data = of_innovation(described(innovation))
    assert data.pop("mainEntityOfPage") == {
        "@type": "WebPage",
        "@id": url,
        "inLanguage": "id",
        "dateModified": localdate(innovation.updated_at).isoformat(),
        "citation": [
            {
                "@type": "CreativeWork",
                "name": "Berita",
                "url": "https://koran.example/1",
                "publisher": {"@type": "Organization", "name": "Koran"},
                "datePublished": "2018-07",
            }
        ],
    }
    assert data == {
        "@context": "https://schema.org",
        "@type": "GovernmentService",
        "@id": f"{url}#innovation",
        "name": "Siap Uji",
        "url": url,
        "alternateName": "Sistem Uji",
        "description": "Mendaftar uji dari rumah.",
        "image": [f"{SITE}{reverse('share_innovation', args=['siap-uji'])}"],
        "sameAs": "https://layanan.example/",
        "provider": {
            "@type": "GovernmentOrganization",
            "@id": f"{agency_url}#agency",
            "name": "Dinas Perhubungan",
            "alternateName": "Dishub",
            "url": agency_url,
        },
        "audience": {"@type": "Audience", "audienceType": "Pemilik kendaraan"},
        "award": ["IGA 2019", "Top 99 2018"],
        "category": innovation.get_government_affair_display(),
    }


@pytest.mark.parametrize(
    ("type_", "form", "expected"),
    [
        ("digital", "governance", "GovernmentService"),
        ("", "public_service", "GovernmentService"),
        ("non_digital", "public_service", "GovernmentService"),
        ("non_digital", "governance", "CreativeWork"),
        ("", "", "CreativeWork"),
    ],
)
def test_what_serves_the_public_or_is_digital_is_a_service(described, type_, form, expected):
    innovation = InnovationFactory(published=True, type=type_, form=form)
    assert list(described(innovation)) == [expected, "BreadcrumbList"]


def test_work_says_as_much_of_its_date_as_is_known_and_nothing_unknown(described):
    data = of_innovation(described(InnovationFactory(published=True, started_on="2018-06")))
    assert data["dateCreated"] == "2018-06"
    assert sorted(data) == [
        "@context",
        "@id",
        "@type",
        "dateCreated",
        "description",
        "image",
        "mainEntityOfPage",
        "name",
        "provider",
        "url",
    ]


def test_nomination_is_no_award(described):
    nomination = AwardFactory(is_nomination=True)
    assert "award" not in of_innovation(described(nomination.innovation))


def test_pictures_of_the_innovation_stand_in_for_the_drawn_one(described):
    picture = PictureFactory()
    image = of_innovation(described(picture.innovation))["image"]
    assert image == [f"{SITE}{picture.largest_url}"]


def test_cited_sources_are_those_at_the_foot_of_the_page(client):
    innovation = InnovationFactory(published=True)
    CitationFactory(innovation=innovation, fact="summary")
    OutcomeFactory(innovation=innovation)
    AwardFactory(innovation=innovation)
    response = client.get(innovation.get_absolute_url())
    cited = of_innovation(structured_data_of(response))["mainEntityOfPage"]["citation"]
    listed = page_of(response).xpath("//section[contains(@class,'sources')]//li//a/@href")
    assert len(cited) == 4
    assert sorted(source["url"] for source in cited) == sorted(listed)


def test_english_page_is_described_in_english_at_its_own_address(described):
    innovation = InnovationFactory(published=True, summary="Ringkasan", summary_en="A summary")
    with translation.override("en"):
        data = of_innovation(described(innovation))
        assert data["url"] == f"{SITE}{innovation.get_absolute_url()}"
    assert data["description"] == "A summary"
    assert data["mainEntityOfPage"]["inLanguage"] == "en"
    assert data["url"] != f"{SITE}{innovation.get_absolute_url()}"


HOSTILE = '</script><script>alert("1")</script> & <!--'


def test_no_name_ends_the_element_that_it_stands_in(client):
    innovation = InnovationFactory(published=True, name=HOSTILE)
    response = client.get(innovation.get_absolute_url())
    assert of_innovation(structured_data_of(response))["name"] == HOSTILE
    scripts = html.document_fromstring(response.content).xpath("//script[not(@src)]/@type")
    assert scripts == ["application/ld+json"] * 2


def test_preview_of_a_draft_says_nothing_to_search_engines(admin_client):
    draft = InnovationFactory(name="Rahasia")
    response = admin_client.get(draft.get_absolute_url())
    assert "Rahasia" in response.text
    assert structured_data_of(response) == {}


def test_agency_is_a_government_organisation(described):
    agency = AgencyFactory(
        name="Dinas Kesehatan",
        abbreviation="Dinkes",
        slug="dinkes",
        website="https://dinkes.example/",
        address="Jalan Contoh 1",
    )
    agency.sources.add(SourceFactory(title="Daftar", publisher="", url=""))
    url = f"{SITE}{agency.get_absolute_url()}"
    assert described(agency)["GovernmentOrganization"] == {
        "@context": "https://schema.org",
        "@type": "GovernmentOrganization",
        "@id": f"{url}#agency",
        "name": "Dinas Kesehatan",
        "alternateName": "Dinkes",
        "url": url,
        "sameAs": "https://dinkes.example/",
        "address": "Jalan Contoh 1",
        "mainEntityOfPage": {
            "@type": "WebPage",
            "@id": url,
            "inLanguage": "id",
            "citation": [{"@type": "CreativeWork", "name": "Daftar"}],
        },
    }
