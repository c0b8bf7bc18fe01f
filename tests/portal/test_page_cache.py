"""Public pages are made once for all anonymous readers, and anew after any public change."""

import re
import time

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse, reverse_lazy
from django.utils.translation import override

from innovations.models import Innovation
from magelang_portal.page_cache import SECONDS
from magelang_portal.public_state import public_state, watched_tables
from tests.factories import (
    AgencyFactory,
    InnovationFactory,
    PictureFactory,
    SlotFactory,
    SourceFactory,
    UserFactory,
    VisitFactory,
)
from visits.models import TimeSlot, Visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_pages")]


@pytest.fixture
def innovation():
    return InnovationFactory(published=True, name="Data Go", slug="data-go")


def queries_of(django_assert_num_queries, number, client, address, **headers):
    with django_assert_num_queries(number):
        return client.get(address, headers=headers)


ONLY_THE_STATE = 1


@pytest.mark.parametrize("name", ["home", "innovations:list", "visits:list", "about"])
def test_page_is_made_once(client, innovation, name, django_assert_num_queries):
    first = client.get(reverse(name))
    again = queries_of(django_assert_num_queries, ONLY_THE_STATE, Client(), reverse(name))
    assert again.content == first.content
    assert again.headers == first.headers


def test_every_page_has_its_own_address_language_and_packing(client, innovation):
    with override("en"):
        english = reverse("home")
    answers = [
        client.get(address, headers={"accept-encoding": packing}).content
        for address in (reverse("home"), english, reverse("innovations:list"))
        for packing in ("gzip", "identity")
        for _again in range(2)
    ]
    assert answers[::2] == answers[1::2]
    assert len(set(answers)) == len(answers) // 2


def test_page_goes_once_it_is_old_in_whatever_packing_it_was_asked_for(
    client, innovation, monkeypatch, django_assert_num_queries
):
    address, noon = innovation.get_absolute_url(), time.time()
    for after, packing in ((0, "identity"), (SECONDS - 1, "gzip")):
        monkeypatch.setattr("time.time", lambda now=noon + after: now)
        client.get(address, headers={"accept-encoding": packing})
    queries_of(django_assert_num_queries, ONLY_THE_STATE, client, address)
    monkeypatch.setattr("time.time", lambda: noon + SECONDS + 1)
    for packing in ("gzip", "identity"):
        with CaptureQueriesContext(connection) as queries:
            client.get(address, headers={"accept-encoding": packing})
        assert (len(queries) > ONLY_THE_STATE) is (packing == "gzip")


def test_browser_that_has_the_page_is_told_so(client, innovation):
    etag = client.get(reverse("home"))["ETag"]
    for _time in range(2):
        answer = client.get(reverse("home"), headers={"if-none-match": etag})
        assert (answer.status_code, answer.content) == (304, b"")
        cache.clear()
    other = client.get(reverse("home"), headers={"if-none-match": '"other"'})
    assert other.status_code == 200


def test_first_reader_who_has_the_page_already_does_not_spoil_it(client, innovation):
    etag = client.get(reverse("home"))["ETag"]
    cache.clear()
    client.get(reverse("home"), headers={"if-none-match": etag})
    assert Client().get(reverse("home")).status_code == 200


def test_browsers_ask_again_instead_of_guessing(client, innovation):
    assert client.get(reverse("home"))["Cache-Control"] == "no-cache"
    assert client.get(reverse("share_portal"))["Cache-Control"] == "public, max-age=300"


CHANGES = {
    "publishing": lambda entry: entry.publish(by=None),
    "archiving": lambda entry: entry.archive(by=None),
    "bulk update": lambda entry: Innovation.objects.update(summary="Lain."),
    "deletion": lambda entry: entry.delete(),
    "picture": lambda entry: PictureFactory(innovation=entry),
    "agency": lambda entry: AgencyFactory(),
    "partner": lambda entry: entry.partner_agencies.add(entry.agency),
    "slot": lambda entry: SlotFactory(),
    "taken seats": lambda entry: TimeSlot.objects.update(booked=1),
    "visit": lambda entry: VisitFactory(),
}


@pytest.mark.parametrize("name", CHANGES)
def test_change_of_anything_public_changes_the_state(name):
    entry = InnovationFactory(published=name != "publishing")
    entry.citations.create(source=SourceFactory())
    SlotFactory()
    before = public_state()
    CHANGES[name](entry)
    assert public_state() != before


def test_what_nobody_reads_leaves_the_state(client):
    before = public_state()
    user = UserFactory(is_superuser=True)
    client.force_login(user)
    client.get(reverse("admin:index"))
    assert public_state() == before


def test_published_at_once_and_gone_at_once(client):
    entry = InnovationFactory(name="Si Bahenol")
    entry.citations.create(source=SourceFactory())
    address = reverse("innovations:list")
    assert entry.name not in client.get(address).content.decode()
    entry.publish(by=None)
    assert entry.name in client.get(address).content.decode()
    entry.archive(by=None)
    assert entry.name not in client.get(address).content.decode()


def test_change_that_is_taken_back_brings_back_the_state(innovation):
    before = public_state()
    with transaction.atomic():
        Innovation.objects.update(summary="Lain.")
        transaction.set_rollback(True)
    assert public_state() == before


def test_every_table_of_both_apps_is_watched_or_never_public():
    tables = {
        model._meta.db_table
        for app in ("innovations", "visits")
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
    }
    assert tables - set(watched_tables()) == {
        "innovations_historicalinnovation",
        "visits_attachment",
        "visits_followup",
        "visits_grouppass",
        "visits_message",
        "visits_paper",
        "visits_papercounter",
        "visits_participant",
        "visits_visitevent",
    }


def test_table_that_no_page_shows_any_more_is_no_longer_watched(monkeypatch):
    visit = VisitFactory(completed=True)
    monkeypatch.setattr("magelang_portal.public_state.NEVER_PUBLIC", {"visits.visit"})
    call_command("migrate", verbosity=0)
    before = public_state()
    Visit.objects.update(organisation="Lain")
    assert public_state() == before
    monkeypatch.undo()
    call_command("migrate", verbosity=0)
    visit.delete()
    assert public_state() != before


def test_reader_with_a_session_gets_a_page_of_their_own(client, innovation):
    client.get(reverse("innovations:list"))
    client.get(reverse("visits:itinerary"), {"i": innovation.slug})
    client.force_login(UserFactory(is_superuser=True))
    draft = InnovationFactory(slug="rancangan")
    assert client.get(draft.get_absolute_url()).status_code == 200
    assert Client().get(draft.get_absolute_url()).status_code == 404


def test_page_with_a_form_is_never_shared(client, innovation):
    address = reverse("innovations:suggest", args=[innovation.slug])
    tokens = {
        re.search(r'csrfmiddlewaretoken" value="(\w+)"', Client().get(address).content.decode())[1]
        for _reader in range(2)
    }
    assert len(tokens) == 2


def test_private_page_is_never_kept(client):
    visit = VisitFactory()
    visit.make_link()
    visit.save()
    address = reverse("visits:request", args=[visit.private_token])
    client.get(address)
    Visit.objects.update(organisation="Nama Baru")
    assert "Nama Baru" in client.get(address).content.decode()
    assert client.get(address)["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("path", ["/tidak-ada/", reverse_lazy("visits:lost_link")])
def test_page_that_nobody_keeps_says_so_to_browsers(client, path):
    cached = set(client.get(path)["Cache-Control"].split(", "))
    assert {"private"} < cached
    assert cached & {"no-cache", "no-store"}


def test_health_is_asked_anew(client, django_assert_num_queries):
    client.get(reverse("health"))
    # The state, and its own question.
    queries_of(django_assert_num_queries, 2, client, reverse("health"))


def test_host_that_is_not_ours_is_refused(client):
    for _time in range(2):
        assert client.get(reverse("home"), headers={"host": "evil.example"}).status_code == 400


def test_switched_off_nothing_is_kept(client, settings, innovation):
    settings.PAGE_CACHE = False
    client.get(reverse("home"))
    assert "Cache-Control" not in client.get(reverse("home"))


@pytest.mark.parametrize("name", ["innovations:list", "robots"])
def test_address_with_unknown_parameters_is_not_kept_beside_the_page(client, innovation, name):
    address = reverse(name)
    client.get(address)
    kept = len(cache._cache)
    tracked = [client.get(address, {"fbclid": number}) for number in range(3)]
    assert {page.status_code for page in tracked} == {200}
    assert {page["Cache-Control"] for page in tracked} == {"no-cache"}
    assert len(cache._cache) == kept


def test_host_may_have_any_port_and_gets_the_same_copy(client, innovation):
    pages = [client.get(reverse("home"), headers={"host": f"localhost:{port}"}) for port in (1, 2)]
    assert pages[0].content == pages[1].content
    assert sum(key.startswith(":1:page:") for key in cache._cache) == 1


def test_head_is_answered_from_the_kept_page_without_its_body(
    client, innovation, django_assert_num_queries
):
    address = reverse("innovations:list")
    page = client.get(address)
    with django_assert_num_queries(ONLY_THE_STATE):
        head = Client().head(address)
    assert head.content == b""
    assert head["ETag"] == page["ETag"]
    assert head["Content-Length"] == str(len(page.content))


def test_head_before_any_reader_says_how_long_the_page_is(client, innovation):
    head = client.head(reverse("innovations:list"))
    assert (head.status_code, head.content) == (200, b"")
    assert int(head["Content-Length"]) > 0
    assert client.get(reverse("innovations:list")).content


def test_odd_encoding_does_not_stand_for_gzip(client, innovation):
    address = reverse("innovations:list")
    client.get(address, headers={"accept-encoding": "xgzip"})
    page = client.get(address, headers={"accept-encoding": "gzip"})
    assert page["Content-Encoding"] == "gzip"


def test_browsers_of_readers_with_a_session_ask_again_too(client, innovation):
    client.post(reverse("visits:itinerary"), {"add": innovation.slug})
    page = client.get(innovation.get_absolute_url())
    assert page["Cache-Control"] == "private, no-cache"
