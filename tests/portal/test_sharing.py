"""How every page is found and shared: canonical address, languages, cards, breadcrumbs."""

import io
from urllib.parse import quote

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from PIL import Image

from innovations.share_pictures import SharePicture
from tests.factories import AgencyFactory, InnovationFactory, StopFactory, VisitFactory
from tests.structured_data import page_of, structured_data_of
from visits.querysets import hash_of_link

pytestmark = pytest.mark.django_db
SITE = "https://inovasi.example"
TOKEN = "t" * 43


@pytest.fixture(autouse=True)
def site_url(settings):
    settings.SITE_URL = SITE


@pytest.fixture(params=["id", "en"])
def language(request):
    with translation.override(request.param):
        yield request.param


def public_pages():
    """The address of every kind of public page, in the language in force."""
    visit = VisitFactory(completed=True, summary="Mereka belajar.")
    innovation = StopFactory(visit=visit, innovation=InnovationFactory(published=True)).innovation
    return [
        reverse("home"),
        reverse("about"),
        reverse("innovations:list"),
        reverse("innovations:agency_list"),
        reverse("innovations:award_list"),
        reverse("innovations:suggest", args=[innovation.slug]),
        reverse("visits:list"),
        reverse("visits:register"),
        innovation.get_absolute_url(),
        innovation.agency.get_absolute_url(),
        visit.get_absolute_url(),
    ]


def shared(response):
    """What a site reads where a link to the page is shared: property to content."""
    metas = page_of(response).xpath("//head/meta[starts-with(@property, 'og:')]")
    return {meta.get("property"): meta.get("content") for meta in metas}


def canonical(response):
    return page_of(response).xpath("//head/link[@rel='canonical']/@href")


def test_every_page_names_its_address_language_and_picture(client, language):
    locales = {"id": "id_ID", "en": "en_GB"}
    own = locales.pop(language)
    for url in public_pages():
        response = client.get(url)
        page, data = page_of(response), shared(response)
        assert canonical(response) == [f"{SITE}{url}"]
        assert page.xpath("//meta[@name='robots']") == []
        assert page.xpath("//meta[@name='twitter:card']/@content") == ["summary_large_image"]
        assert data["og:url"] == f"{SITE}{url}"
        assert data["og:title"] == page.findtext(".//title")
        assert data["og:locale"] == own
        assert data["og:locale:alternate"] == locales[{"id": "en", "en": "id"}[language]]
        assert data["og:description"] == page.xpath("string(//meta[@name='description']/@content)")
        assert {data["og:type"], data["og:site_name"], data["og:image:alt"]}.isdisjoint({""})


def test_every_page_is_shared_with_a_picture_of_the_stated_size(client, language):
    pictures = set()
    for url in public_pages():
        data = shared(client.get(url))
        size = (int(data["og:image:width"]), int(data["og:image:height"]))
        pictures.add((data["og:image"], size))
    assert len(pictures) == 3  # the portal's, the innovation's and the visit's own
    for url, size in pictures:
        with Image.open(io.BytesIO(client.get(url.removeprefix(SITE)).content)) as picture:
            assert (picture.format, picture.size) == ("PNG", size)


def test_every_page_names_itself_in_every_language_and_indonesian_by_default(client, language):
    for url in public_pages():
        links = page_of(client.get(url)).xpath("//head/link[@rel='alternate'][@hreflang]")
        named = {link.get("hreflang"): link.get("href") for link in links}
        assert list(named) == ["id", "en", "x-default"]
        assert named[language] == f"{SITE}{url}"
        assert named["x-default"] == named["id"]
        assert named["en"].startswith(f"{SITE}/en/")
        assert [client.get(each.removeprefix(SITE)).status_code for each in named.values()] == [
            200,
            200,
            200,
        ]


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("", ""),
        ("?page=2", "?page=2"),
        ("?page=1", ""),
        ("?page=99", "?page=2"),
        ("?page=kedua", ""),
        ("?q=&sort=&page=2", "?page=2"),
        ("?q=inovasi", ""),
        ("?q=inovasi&page=2", ""),
        ("?sort=-year&page=2", ""),
        ("?utm_source=surat", ""),
    ],
)
def test_catalogue_has_one_address_per_page_whatever_the_filters(client, asked, kept):
    agency = AgencyFactory()
    InnovationFactory.create_batch(13, published=True, agency=agency)
    url = reverse("innovations:list")
    response = client.get(f"{url}{asked}")
    assert canonical(response) == [f"{SITE}{url}{kept}"]
    twins = page_of(response).xpath("//head/link[@hreflang]/@href")
    assert twins[0] == twins[2] == f"{SITE}{url}{kept}"
    with translation.override("en"):
        assert twins[1] == f"{SITE}{reverse('innovations:list')}{kept}"


def is_kept_to_itself(response):
    page = page_of(response)
    return (
        page.xpath("//head/link[@rel='canonical' or @hreflang] | //script[not(@src)]") == []
        and shared(response) == {}
        and page.xpath("//meta[@name='robots']/@content")[0].startswith("noindex")
    )


def test_private_link_preview_and_errors_are_kept_to_themselves(
    client, admin_client, language, settings
):
    VisitFactory(link_hash=hash_of_link(TOKEN))
    assert is_kept_to_itself(client.get(reverse("visits:request", args=[TOKEN])))
    assert is_kept_to_itself(admin_client.get(InnovationFactory().get_absolute_url()))
    assert is_kept_to_itself(client.get(f"{reverse('home')}tidak-ada/"))
    settings.MAX_REQUEST_BYTES = 10
    assert is_kept_to_itself(client.post(reverse("visits:register"), {"purpose": "x" * 99}))


def test_names_with_quotes_and_brackets_arrive_whole(client):
    innovation = InnovationFactory(
        published=True, name='Si "A" & <B>', summary='Kata "satu" & <dua>'
    )
    data = shared(client.get(innovation.get_absolute_url()))
    assert data["og:title"].startswith('Si "A" & <B> · ')
    assert data["og:image:alt"] == data["og:title"]
    assert data["og:description"] == 'Kata "satu" & <dua>'


def test_page_without_a_description_leaves_it_out(client):
    response = client.get(VisitFactory(completed=True, summary="").get_absolute_url())
    assert "og:description" not in shared(response)
    assert page_of(response).xpath("//meta[@name='description']") == []


def test_breadcrumbs_are_told_as_they_are_shown(client, language):
    with_breadcrumbs = 0
    for url in public_pages():
        response = client.get(url)
        shown = [
            (" ".join(item.text_content().split()), *item.xpath("./a/@href"))
            for item in page_of(response).xpath("//nav[contains(@class,'breadcrumbs')]//li")
        ]
        data = structured_data_of(response).get("BreadcrumbList", {"itemListElement": []})
        told = [
            (item["name"], *([item["item"].removeprefix(SITE)] if "item" in item else []))
            for item in data["itemListElement"]
        ]
        assert told == shown
        positions = [item["position"] for item in data["itemListElement"]]
        assert positions == list(range(1, len(shown) + 1))
        with_breadcrumbs += bool(shown)
    assert with_breadcrumbs >= 3


def test_home_offers_its_search(client, language):
    InnovationFactory(published=True, name="Lain")
    InnovationFactory(published=True, name="Uji KIR")
    site = structured_data_of(client.get(reverse("home")))["WebSite"]
    assert (site["url"], site["inLanguage"]) == (f"{SITE}{reverse('home')}", language)
    template = site["potentialAction"]["target"]["urlTemplate"]
    found = client.get(template.removeprefix(SITE).replace("{q}", quote("uji kir")))
    assert [innovation.name for innovation in found.context["innovations"]] == ["Uji KIR"]


@pytest.fixture
def words(monkeypatch):
    """What stands on each picture that is asked for: title and line."""
    noted = []
    response = SharePicture.response

    def note(picture, request):
        noted.append((picture.title, picture.line))
        return response(picture, request)

    monkeypatch.setattr(SharePicture, "response", note)
    return noted


def test_picture_of_a_visit_names_organisation_day_and_people(client, words, language):
    visit = VisitFactory(completed=True, organisation="Pusdiklat", participants=1078)
    client.get(reverse("share_visit", args=[visit.slug]))
    ((title, line),) = words
    assert title == "Pusdiklat"
    day, people = line.split(" · ")
    assert day == date_format(visit.held_on, "DATE_FORMAT")
    assert people.startswith({"id": "1.078 ", "en": "1,078 "}[language])


def test_picture_of_a_visit_leaves_an_unknown_number_out(client, words):
    visit = VisitFactory(completed=True, participants=None)
    client.get(reverse("share_visit", args=[visit.slug]))
    assert words == [(visit.organisation, "4 September 2019")]


def test_visit_that_is_not_public_has_no_picture(client):
    visit = VisitFactory(completed=True, published_at=None)
    assert client.get(reverse("share_visit", args=[visit.slug])).status_code == 404
