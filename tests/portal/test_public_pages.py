"""Readers with a session get the page made for all, with the few places that are their own."""

import pytest
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse

from magelang_portal.public_pages import PLACE, public_page
from tests.factories import InnovationFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_pages")]

SESSION_AND_STATE = 2


@pytest.fixture
def innovation():
    return InnovationFactory(published=True, name="Data Go", slug="data-go", visitable=True)


@pytest.fixture
def delegation(client, innovation):
    """A browser that keeps one innovation in its itinerary."""
    client.post(reverse("visits:itinerary"), {"add": innovation.slug})
    return client


def text(response):
    return response.content.decode()


def test_page_made_for_all_has_each_readers_own_places(delegation, innovation):
    address = innovation.get_absolute_url()
    for _time in range(2):
        theirs, others = text(delegation.get(address)), text(Client().get(address))
        assert "Sudah ada di kunjungan Anda: lihat" in theirs
        assert "Sudah ada di kunjungan Anda: lihat" not in others
        assert theirs.count('class="count"') == 2
        assert others.count('class="count"') == 0
        assert not PLACE.search(theirs + others)


def test_page_is_not_made_again_for_a_reader_with_a_session(
    delegation, innovation, django_assert_num_queries
):
    address = innovation.get_absolute_url()
    delegation.get(address)
    with django_assert_num_queries(SESSION_AND_STATE):
        delegation.get(address)


def test_reader_without_and_with_a_session_share_what_was_made(
    delegation, innovation, django_assert_num_queries
):
    address = reverse("innovations:list")
    Client().get(address)
    with django_assert_num_queries(SESSION_AND_STATE):
        delegation.get(address)


@pytest.mark.parametrize("name", ["feed_of_innovations", "feed_of_visits"])
def test_feed_is_not_made_again_either(delegation, innovation, name, django_assert_num_queries):
    first = delegation.get(reverse(name))
    with django_assert_num_queries(SESSION_AND_STATE):
        again = delegation.get(reverse(name))
    assert again.content == first.content
    assert again["Content-Type"] == "application/atom+xml; charset=utf-8"


def test_message_is_shown_to_the_one_it_is_for_and_once(client, innovation):
    storage = CookieStorage(RequestFactory().get("/"))
    waiting = storage._encode([Message(constants.SUCCESS, "Terima kasih.")])
    client.cookies[CookieStorage.cookie_name] = waiting
    address = innovation.get_absolute_url()
    assert "Terima kasih." in text(client.get(address))
    assert "Terima kasih." not in text(client.get(address))
    assert "Terima kasih." not in text(Client().get(address))


def test_staff_see_a_page_of_their_own(client):
    draft = InnovationFactory(slug="rancangan", name="Rancangan")
    client.force_login(UserFactory(is_superuser=True))
    assert "Rancangan" in text(client.get(draft.get_absolute_url()))
    assert Client().get(draft.get_absolute_url()).status_code == 404


def test_unknown_parameters_make_no_page_of_their_own_and_stand_in_none(
    delegation, innovation, django_assert_num_queries
):
    address = reverse("innovations:list")
    page = text(delegation.get(f"{address}?q=data&utm_source=surat"))
    assert page.count("utm_source") == 1, "the other language is a link of the reader's own"
    with django_assert_num_queries(SESSION_AND_STATE):
        assert "utm_source" not in text(delegation.get(f"{address}?q=data"))


def test_known_parameters_tell_pages_apart(delegation):
    InnovationFactory.create_batch(2, published=True)
    address = reverse("innovations:list")
    first = text(delegation.get(f"{address}?stage=trial&sort=name"))
    assert text(delegation.get(f"{address}?stage=initiative&sort=name")) != first


def test_order_of_parameters_makes_no_page_of_its_own(delegation, django_assert_num_queries):
    address = reverse("innovations:list")
    delegation.get(f"{address}?sort=newest&q=data")
    with django_assert_num_queries(SESSION_AND_STATE):
        delegation.get(f"{address}?q=data&sort=newest")


def test_missing_page_shows_no_marks(delegation):
    for address in (reverse("innovations:detail", args=["tidak-ada"]), "/tidak/ada/"):
        assert "\0" not in text(delegation.get(address))
        assert "\0" not in text(Client().get(address))


def test_page_that_forbids_it_is_not_kept(rf):
    made = []

    @public_page()
    def view(request):
        made.append(request)
        return HttpResponse("x", headers={"Cache-Control": "private, no-store"})

    for _time in range(2):
        view(rf.get("/"))
    assert len(made) == 2


def test_own_place_needs_no_request():
    assert 'class="site-header"' in render_to_string("500.html")
