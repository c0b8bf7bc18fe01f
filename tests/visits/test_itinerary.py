"""Putting an itinerary together before anything is asked for."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import InnovationFactory
from visits.itinerary import MOST_STOPS, Itinerary, as_slugs

pytestmark = pytest.mark.django_db

ADDRESS = "/kunjungan/rencana/"
OURS = {"origin": "http://testserver"}


@pytest.fixture
def strict():
    """A browser whose forms are checked as in production."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def three(db):
    return [InnovationFactory(published=True, slug=slug) for slug in ("satu", "dua", "tiga")]


def change(client, **data):
    return client.post(ADDRESS, data, headers=OURS)


def kept(client):
    return client.get(ADDRESS).context["itinerary"].slugs


def news(response, client):
    return [str(message) for message in client.get(response.url).context["messages"]]


def test_innovations_are_added_in_order_and_each_once(client, three):
    for slug in ("dua", "satu", "dua"):
        assert change(client, add=slug).url == ADDRESS
    assert kept(client) == ["dua", "satu"]


def test_what_cannot_be_visited_is_not_added(client, three):
    InnovationFactory(published=True, slug="tutup", visitable=False)
    InnovationFactory(slug="draf")
    for slug in ("tutup", "draf", "tidak-ada", "<script>"):
        assert len(news(change(client, add=slug), client)) == 1
    assert kept(client) == []


@pytest.mark.parametrize(
    ("data", "order"),
    [
        ({"earlier": "dua"}, ["dua", "satu", "tiga"]),
        ({"later": "dua"}, ["satu", "tiga", "dua"]),
        ({"earlier": "satu"}, ["satu", "dua", "tiga"]),
        ({"later": "tiga"}, ["satu", "dua", "tiga"]),
        ({"earlier": "lain"}, ["satu", "dua", "tiga"]),
        ({"remove": "dua"}, ["satu", "tiga"]),
        ({"remove": "lain"}, ["satu", "dua", "tiga"]),
        ({}, ["satu", "dua", "tiga"]),
    ],
)
def test_stops_are_moved_and_removed(client, three, data, order):
    change(client, use="satu,dua,tiga")
    assert change(client, **data).url == ADDRESS
    assert kept(client) == order


def test_more_than_fit_are_not_added(client):
    innovations = InnovationFactory.create_batch(MOST_STOPS + 1, published=True)
    for innovation in innovations:
        (said,) = news(change(client, add=innovation.slug), client)
    assert said.startswith("Satu kunjungan memuat 12 inovasi.")
    assert innovations[-1].name in said
    assert kept(client) == [innovation.slug for innovation in innovations[:-1]]


def test_shared_address_shows_the_itinerary_and_keeps_nothing(client, three):
    response = client.get(ADDRESS, {"i": "tiga,satu"})
    assert response.context["itinerary"].slugs == ["tiga", "satu"]
    assert 'name="use" value="tiga,satu"' in response.text
    assert "sessionid" not in response.cookies
    assert kept(client) == []


def test_shared_itinerary_takes_the_place_of_ones_own_when_it_is_used(client, three):
    change(client, add="dua")
    page = client.get(ADDRESS, {"i": "tiga,satu"})
    assert "menggantikan 1 inovasi" in page.text
    change(client, use="tiga,satu")
    assert kept(client) == ["tiga", "satu"]


def test_own_itinerary_names_the_address_at_which_it_opens_again(client, three, settings):
    settings.SITE_URL = "https://inovasi.example"
    change(client, use="tiga,satu")
    page = client.get(ADDRESS)
    url = "https://inovasi.example/kunjungan/rencana/?i=tiga,satu"
    assert f'value="{url}"' in page.text
    assert Client().get(url.removeprefix(settings.SITE_URL)).context["itinerary"].slugs == [
        "tiga",
        "satu",
    ]


@pytest.mark.parametrize(
    "unknown", ["tidak-ada", "<script>alert(1)</script>", "x" * 500, "", ",,,"]
)
def test_unknown_names_in_an_address_are_left_out_kindly(client, three, unknown):
    response = client.get(ADDRESS, {"i": f"satu,{unknown},dua"})
    assert response.status_code == 200
    assert response.context["itinerary"].slugs == ["satu", "dua"]
    assert "<script>alert" not in response.text


def test_what_closed_meanwhile_is_left_out_and_said(client, three):
    change(client, use="satu,dua")
    three[0].visitable = False
    three[0].save()
    page = client.get(ADDRESS)
    assert page.context["itinerary"].slugs == ["dua"]
    assert "1 inovasi tidak atau tidak lagi dapat dikunjungi" in page.text


def test_page_tells_what_each_asks_for(client):
    InnovationFactory(
        published=True,
        slug="lengkap",
        visitable=True,
        visit_max_group=40,
        visit_languages="id",
        visit_closed_days="5",
        visit_lead_days=3,
        visit_note="Bawa sepatu <kering>.",
    )
    text = client.get(ADDRESS, {"i": "lengkap"}).text
    for fact in ("40 orang", "Indonesia", "Jumat", "3 hari kerja", "Bawa sepatu &lt;kering&gt;."):
        assert fact in text


@pytest.mark.parametrize(
    ("one", "other", "code"),
    [
        ({"visit_languages": "id"}, {"visit_languages": "en"}, "no_common_language"),
        ({"visit_languages": "id"}, {"visit_languages": "id,en"}, None),
        ({"visit_languages": "id"}, {}, None),
        ({"visit_closed_days": "1, 2"}, {"visit_closed_days": "3,4,5,6"}, "no_common_day"),
        ({"visit_closed_days": "1, 2"}, {"visit_closed_days": "3,4"}, None),
    ],
)
def test_innovations_that_fit_into_no_visit_together_are_warned_of(client, one, other, code):
    InnovationFactory(published=True, slug="satu", **one)
    InnovationFactory(published=True, slug="dua", **other)
    codes = [error.code for error in Itinerary.of_slugs(["satu", "dua"]).clashes()]
    assert codes == ([code] if code else [])
    page = client.get(ADDRESS, {"i": "satu,dua"})
    assert len(page.context["warnings"]) == len(codes)


def test_what_was_filled_in_before_is_held_against_the_itinerary(client, fill, innovation):
    fill(last="register")
    InnovationFactory(published=True, slug="kecil", visit_max_group=20)
    change(client, add="kecil")
    (warning,) = client.get(ADDRESS).context["warnings"]
    assert "paling banyak 20 orang" in warning


def test_button_on_the_page_of_an_innovation_adds_it_without_a_token(strict, three):
    page = strict.get(three[0].get_absolute_url())
    assert 'name="add" value="satu"' in page.text
    assert page.cookies == {}
    assert "Cookie" not in strict.get(reverse("innovations:list")).get("Vary", "")
    assert change(strict, add="satu").status_code == 302
    assert kept(strict) == ["satu"]
    page = strict.get(three[0].get_absolute_url())
    assert 'name="add"' not in page.text


@pytest.mark.parametrize("origin", ["https://penyerang.example", "null", ""])
def test_form_of_another_site_changes_nothing(strict, three, origin):
    headers = {"origin": origin} if origin else {}
    response = strict.post(ADDRESS, {"add": "satu"}, headers=headers)
    assert response.status_code == 403
    assert response.cookies == {}
    assert kept(strict) == []


def test_form_of_our_own_page_is_believed_by_its_token(strict, three):
    page = strict.get(ADDRESS, {"i": "satu"})
    token = page.context["csrf_token"]
    data = {"use": "satu", "csrfmiddlewaretoken": str(token)}
    assert strict.post(ADDRESS, data).status_code == 302
    assert kept(strict) == ["satu"]


def test_what_cannot_be_visited_has_no_button(client):
    innovation = InnovationFactory(published=True, visitable=False)
    assert 'name="add"' not in client.get(innovation.get_absolute_url()).text


def test_header_counts_what_is_kept_and_leaves_readers_alone(client, three):
    for name in ("home", "innovations:list", "visits:list", "about"):
        page = client.get(reverse(name))
        assert ADDRESS not in page.text
        assert page.cookies == {}
        assert "Cookie" not in page.get("Vary", "")
    change(client, use="satu,dua")
    page = client.get(reverse("about"))
    assert page.text.count(f'href="{ADDRESS}"') == 1
    assert '<span class="count">2' in page.text
    assert "Cookie" in page["Vary"]


def test_page_takes_the_same_queries_for_1_and_for_3(client, three, django_assert_num_queries):
    for number in (1, 3):
        change(client, use=",".join(["satu", "dua", "tiga"][:number]))
        client.get(ADDRESS)
        with django_assert_num_queries(3):
            client.get(ADDRESS)


def test_page_is_kept_in_no_cache_and_no_index(client, three):
    for url in (ADDRESS, f"{ADDRESS}?i=satu"):
        response = client.get(url)
        assert response["Cache-Control"] == "private, no-store"
        assert '<meta name="robots" content="noindex">' in response.text


def test_only_so_much_of_an_address_is_read():
    assert as_slugs(["a", "b", "a", "c d", "", "x" * 81]) == ["a", "b"]
    assert len(as_slugs(map(str, range(1000)))) == 50
