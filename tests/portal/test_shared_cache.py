"""Redis shares cache, sessions and limits; where it does not answer, all goes on without it."""

import shutil
import signal

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import reverse

from magelang_portal.models import Attempt
from magelang_portal.rate_limits import Policy
from tests.factories import InnovationFactory, UserFactory
from tests.portal.redis_server import Redis

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        shutil.which("redis-server") is None,
        reason="needs Debian's redis-server, which .ci/run installs",
    ),
]

THREE = Policy("sample", most=3)


@pytest.fixture
def redis(settings, settings_of):
    server = Redis()
    from_url = settings_of(CACHE_URL=f"valkey://127.0.0.1:{server.port}/0")
    for name in ("CACHES", "SESSION_ENGINE", "SHARED_CACHE"):
        setattr(settings, name, from_url[name])
    yield server
    server.stop()


def attempts(policy, number):
    request = RequestFactory().post("/", REMOTE_ADDR="203.0.113.7")
    return [policy.allows(request) for _time in range(number)]


def test_limits_are_counted_there_and_nothing_in_the_database(redis):
    assert attempts(THREE, 5) == [True, True, True, False, False]
    assert not Attempt.objects.exists()


def test_limit_is_kept_by_the_database_while_it_is_away(redis):
    redis.stop()
    assert attempts(THREE, 5) == [True, True, True, False, False]
    assert Attempt.objects.count() == 5


def test_limit_goes_with_what_it_forgets(redis):
    attempts(THREE, 4)
    redis.stop()
    redis.start()
    assert attempts(THREE, 1) == [True]


def test_session_outlives_it(redis, client):
    client.force_login(UserFactory(is_superuser=True))
    index = reverse("admin:index")
    assert client.get(index).status_code == 200
    redis.stop()
    assert client.get(index).status_code == 200
    client.logout()
    assert client.get(index).status_code == 302
    redis.start()
    assert client.get(index).status_code == 302


def test_session_is_read_without_the_database(redis, client, django_assert_num_queries):
    client.force_login(UserFactory())
    with django_assert_num_queries(0):
        assert client.session["_auth_user_id"]


def test_pages_are_kept_there_for_every_process(redis, settings, django_assert_num_queries):
    settings.PAGE_CACHE = True
    InnovationFactory(published=True)
    address = reverse("innovations:list")
    page = Client().get(address)
    with django_assert_num_queries(1):
        assert Client().get(address).content == page.content
    redis.stop()
    assert Client().get(address).content == page.content
    assert cache.get("anything") is None


def test_page_kept_before_it_went_is_not_shown_after_a_change(redis, settings):
    settings.PAGE_CACHE = True
    innovation = InnovationFactory(published=True, name="Nama Lama")
    address = reverse("innovations:list")
    Client().get(address)
    redis.process.send_signal(signal.SIGSTOP)
    innovation.name = "Nama Baru"
    innovation.save()
    assert "Nama Baru" in Client().get(address).content.decode()
    redis.process.send_signal(signal.SIGCONT)
    assert "Nama Baru" in Client().get(address).content.decode()
