import datetime

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from lxml import etree, html

from magelang_portal import feeds
from tests.factories import AgencyFactory, InnovationFactory, VisitFactory

pytestmark = pytest.mark.django_db
SITE = "https://inovasi.example"
ATOM = {"a": "http://www.w3.org/2005/Atom"}
NAMES = ("feed_of_innovations", "feed_of_visits")


@pytest.fixture(autouse=True)
def site_url(settings):
    settings.SITE_URL = SITE


@pytest.fixture
def read(client):
    """The feed at a URL name, in the language in force."""

    def read(name):
        response = client.get(reverse(name))
        assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
        return etree.fromstring(response.content)

    return read


@pytest.fixture(params=["id", "en"])
def language(request):
    with translation.override(request.param):
        yield request.param


def entries(feed):
    """Each entry as the text of its children by name."""
    return [
        {etree.QName(child).localname: child.text for child in entry}
        for entry in feed.xpath("//a:entry", namespaces=ATOM)
    ]


def moment(text):
    return datetime.datetime.fromisoformat(text)


def test_innovation_comes_with_its_address_dates_agency_and_summary(read, language):
    agency = AgencyFactory(name="Dinas", name_en="Office")
    innovation = InnovationFactory(
        published=True,
        name="Data & Go",
        summary="Satu <b>dua",
        summary_en="One <b>two",
        agency=agency,
    )
    feed = read("feed_of_innovations")
    (entry,) = entries(feed)
    summary = html.fromstring(entry["summary"]).text_content()
    assert (entry["title"], summary) == (
        "Data & Go",
        {"id": "Satu <b>dua", "en": "One <b>two"}[language],
    )
    assert entry["id"] == f"{SITE}{innovation.get_absolute_url()}"
    assert feed.xpath("//a:entry/a:link/@href", namespaces=ATOM) == [entry["id"]]
    assert feed.xpath("//a:entry/a:author/a:name/text()", namespaces=ATOM) == [
        {"id": "Dinas", "en": "Office"}[language]
    ]
    assert moment(entry["published"]) == innovation.published_at
    assert moment(entry["updated"]) == innovation.updated_at


def test_visit_comes_with_its_day_and_without_its_reference(read):
    visit = VisitFactory(completed=True, organisation="Pusdiklat", summary="Belajar.")
    feed = read("feed_of_visits")
    (entry,) = entries(feed)
    assert entry["title"] == "Pusdiklat, 4 September 2019"
    assert entry["summary"] == "Belajar."
    assert entry["id"] == f"{SITE}{visit.get_absolute_url()}"
    assert moment(entry["published"]) == visit.published_at
    assert moment(entry["updated"]) == visit.updated_at
    for kept in (visit.reference, visit.contact_name, visit.contact_email):
        assert kept not in etree.tostring(feed, encoding="unicode")


@pytest.mark.parametrize("name", NAMES)
def test_feed_names_itself_its_page_and_its_language(read, language, name):
    feed = read(name)
    page = {"feed_of_innovations": "innovations:list", "feed_of_visits": "visits:list"}[name]
    links = {link.get("rel"): link.get("href") for link in feed.xpath("a:link", namespaces=ATOM)}
    assert links == {
        "alternate": f"{SITE}{reverse(page)}",
        "self": f"{SITE}{reverse(name)}",
    }
    assert feed.findtext("a:id", namespaces=ATOM) == links["alternate"]
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == language
    assert feed.findtext("a:author/a:name", namespaces=ATOM)


def test_what_is_not_public_stays_out(read):
    InnovationFactory(name="Rancangan")
    VisitFactory(completed=True, published_at=None, organisation="Tersembunyi")
    assert [entries(read(name)) for name in NAMES] == [[], []]


def test_latest_published_come_first_and_old_ones_drop_out(read, monkeypatch):
    monkeypatch.setattr(feeds, "SHOWN", 2)
    now = timezone.now()
    for days, name in ((2, "Kedua"), (3, "Ketiga"), (1, "Pertama")):
        published_at = now - datetime.timedelta(days=days)
        innovation = InnovationFactory(published=True, name=name)
        type(innovation).objects.filter(pk=innovation.pk).update(published_at=published_at)
        VisitFactory(completed=True, organisation=name, published_at=published_at)
    titles = [[entry["title"].split(",")[0] for entry in entries(read(name))] for name in NAMES]
    assert titles == [["Pertama", "Kedua"]] * 2


@pytest.mark.parametrize("name", NAMES)
def test_feed_takes_one_query_and_the_state(client, django_assert_num_queries, name):
    for _row in range(3):
        InnovationFactory(published=True)
        VisitFactory(completed=True)
    with django_assert_num_queries(2):
        client.get(reverse(name))


def test_pages_lead_to_the_feeds_of_their_language(client, language):
    page = html.document_fromstring(client.get(reverse("home")).content)
    links = page.xpath("//head/link[@type='application/atom+xml']")
    assert [link.get("href") for link in links] == [reverse(name) for name in NAMES]
    assert all(link.get("title") for link in links)
