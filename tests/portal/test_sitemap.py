import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localdate
from lxml import etree

from magelang_portal import sitemaps
from magelang_portal.sitemaps import PAGES, SECTIONS
from tests.factories import AgencyFactory, InnovationFactory, VisitFactory

pytestmark = pytest.mark.django_db
SITE = "https://inovasi.example"
NAMES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "x": "http://www.w3.org/1999/xhtml",
}


@pytest.fixture(autouse=True)
def site_url(settings):
    settings.SITE_URL = SITE


@pytest.fixture
def fetched(client):
    """The XML at a path or at an address of the site."""

    def fetch(url):
        response = client.get(url.removeprefix(SITE))
        assert (response.status_code, response["Content-Type"]) == (200, "application/xml")
        return etree.fromstring(response.content)

    return fetch


@pytest.fixture
def entries(fetched):
    """Every entry of the sitemap, gathered from its parts by address."""

    def gather():
        parts = fetched(reverse("sitemap")).xpath("//s:loc/text()", namespaces=NAMES)
        found = [
            (url.findtext("s:loc", namespaces=NAMES), url)
            for part in parts
            for url in fetched(part).xpath("//s:url", namespaces=NAMES)
        ]
        assert len(dict(found)) == len(found)
        return dict(found)

    return gather


def twins(entry):
    links = entry.xpath("x:link", namespaces=NAMES)
    return {link.get("hreflang"): link.get("href") for link in links}


def test_sitemap_holds_every_public_page_in_every_language(entries):
    innovation = InnovationFactory(published=True)
    visit = VisitFactory(completed=True)
    InnovationFactory(slug="rancangan", agency=innovation.agency)
    VisitFactory(completed=True, published_at=None, slug="tersembunyi")
    expected = set()
    for language in ("id", "en"):
        with translation.override(language):
            paths = [
                *map(reverse, PAGES),
                innovation.get_absolute_url(),
                innovation.agency.get_absolute_url(),
                visit.get_absolute_url(),
            ]
            expected |= {f"{SITE}{path}" for path in paths}
    assert entries().keys() == expected


def test_every_address_answers_and_has_the_twins_that_the_page_names(client, entries):
    InnovationFactory(published=True)
    VisitFactory(completed=True)
    found = entries()
    assert len(found) == 2 * (len(PAGES) + 3)
    for url, entry in found.items():
        response = client.get(url.removeprefix(SITE))
        assert response.status_code == 200
        page = etree.HTML(response.content)
        links = page.xpath("//head/link[@rel='alternate'][@hreflang]")
        assert twins(entry) == {link.get("hreflang"): link.get("href") for link in links}
        assert list(twins(entry)) == ["id", "en", "x-default"]
        assert set(twins(entry).values()) <= found.keys()
        assert page.xpath("//link[@rel='canonical']/@href") == [url]


def test_entries_say_when_they_changed(entries):
    items = [InnovationFactory(published=True), VisitFactory(completed=True)]
    found = entries()
    dates = {
        url: entry.findtext("s:lastmod", namespaces=NAMES)
        for url, entry in found.items()
        if entry.find("s:lastmod", namespaces=NAMES) is not None
    }
    with translation.override("en"):
        english = [item.get_absolute_url() for item in items]
    paths = [*english, *(item.get_absolute_url() for item in items)]
    assert dates == {f"{SITE}{path}": localdate().isoformat() for path in paths}


def test_large_part_is_split_and_its_rest_is_listed(client, monkeypatch, fetched, entries):
    monkeypatch.setattr(sitemaps, "LIMIT", 1)
    InnovationFactory.create_batch(3, published=True, agency=AgencyFactory())
    part = f"{SITE}{reverse('sitemap_section', args=['innovations'])}"
    listed = fetched(reverse("sitemap")).xpath("//s:loc/text()", namespaces=NAMES)
    assert [url for url in listed if url.startswith(part)] == [part, f"{part}?p=2", f"{part}?p=3"]
    assert len(entries()) == 2 * (len(PAGES) + 4)
    for missing in ("4", "0", "dua"):
        assert client.get(part.removeprefix(SITE), {"p": missing}).status_code == 404


def test_part_costs_no_more_address_for_each_page(client, monkeypatch):
    asked = []
    monkeypatch.setattr(sitemaps, "reverse", lambda *args, **_: asked.append(args) or "/")
    for _round in range(2):
        InnovationFactory(published=True)
        client.get("/sitemap-innovations.xml")
    assert len(asked) == 2 * len(sitemaps.settings.LANGUAGES)


def test_empty_site_has_a_sitemap(entries):
    assert len(entries()) == 2 * len(PAGES)


@pytest.mark.parametrize("section", SECTIONS)
def test_parts_take_the_same_queries_for_1_and_for_3(client, django_assert_num_queries, section):
    queries = {"pages": 0}.get(section, 2)
    for rows in (1, 2):
        for _row in range(rows):
            InnovationFactory(published=True)
            VisitFactory(completed=True)
        with django_assert_num_queries(queries):
            client.get(reverse("sitemap_section", args=[section]))


def test_unknown_part_is_not_found(client):
    url = reverse("sitemap_section", args=["rahasia"])
    assert client.get(url).status_code == 404
