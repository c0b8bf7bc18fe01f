"""Cards and counts are kept for all pages that show them, until anything public changes."""

import pytest
from django.core.cache import caches
from django.urls import reverse

from innovations.models import Agency
from innovations.templatetags import content
from magelang_portal.public_state import public_state
from tests.factories import AgencyFactory, InnovationFactory, StopFactory, VisitFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown():
    """An innovation whose card stands on the page of another, and which a visit has seen."""
    agency = AgencyFactory(abbreviation="Dishub")
    innovation = InnovationFactory(published=True, name="Siap Uji", agency=agency)
    InnovationFactory(published=True, name="Lain", slug="lain", agency=agency)
    visit = VisitFactory(completed=True, slug="tamu", organisation="Kabupaten Contoh")
    StopFactory(visit=visit, innovation=innovation)
    return innovation


PAGES = {
    "home": lambda: reverse("home"),
    "catalogue": lambda: reverse("innovations:list"),
    "agency": lambda: Agency.objects.get().get_absolute_url(),
    "innovation": lambda: reverse("innovations:detail", args=["lain"]),
    "visit": lambda: reverse("visits:detail", args=["tamu"]),
}


@pytest.mark.parametrize("page", PAGES)
def test_changed_innovation_has_another_card_on_every_page(client, shown, page):
    assert "Siap Uji" in client.get(PAGES[page]()).text
    shown.name = "Siap Uji Baru"
    shown.save()
    assert "Siap Uji Baru" in client.get(PAGES[page]()).text


@pytest.mark.parametrize("page", ["home", "visits:list"])
def test_changed_visit_has_another_row_on_every_page(client, shown, page):
    visit = shown.stops.get().visit
    assert "Kabupaten Contoh" in client.get(reverse(page)).text
    visit.organisation = "Kabupaten Misal"
    visit.save()
    text = client.get(reverse(page)).text
    assert "Kabupaten Misal" in text
    assert "Kabupaten Contoh" not in text


def test_card_is_made_once_for_all_pages(client, shown, monkeypatch):
    drawn = []
    draw = content.draw_cover
    monkeypatch.setattr(content, "draw_cover", lambda name: drawn.append(name) or draw(name))
    for query in ({}, {"sort": "-year"}, {"agency": shown.agency.slug}):
        assert "Siap Uji" in client.get(reverse("innovations:list"), query).text
    assert sorted(drawn) == ["Lain", "Siap Uji"]


def test_each_language_has_its_own_cards(client, shown):
    for address, word in (("/inovasi/", "Saring"), ("/en/innovations/", "Filters")):
        assert f"<summary>{word}</summary>" in client.get(address).text


def test_what_a_reader_was_shown_is_not_kept_as_what_came_later(client, shown, monkeypatch):
    """A change between the state a page began with and its cards: the next page has it."""
    renamed = []

    def rename(name):
        if not renamed:
            renamed.append(name)
            type(shown).objects.filter(pk=shown.pk).update(name="Siap Uji Baru")
        return draw(name)

    draw = content.draw_cover
    monkeypatch.setattr(content, "draw_cover", rename)
    before = public_state()
    client.get(reverse("innovations:list"))
    assert public_state() != before
    assert "Siap Uji Baru" in client.get(reverse("innovations:list")).text


def test_pages_that_ask_nothing_of_the_database_stay_so(client, db, django_assert_num_queries):
    caches["template_fragments"].clear()
    with django_assert_num_queries(0):
        assert client.get("/tidak-ada/").status_code == 404
