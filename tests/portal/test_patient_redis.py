"""A Redis that hangs is waited for once, then left out for a while."""

import socket

import pytest
from django.core.cache import cache

from magelang_portal import patient_redis


@pytest.fixture
def clock(monkeypatch):
    """The time by the clock of the cache, in a list that tests may change."""
    now = [1000.0]
    monkeypatch.setattr(patient_redis.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def hanging(settings, settings_of):
    """A server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        port = server.getsockname()[1]
        caches = settings_of(CACHE_URL=f"redis://127.0.0.1:{port}/0")["CACHES"]
        caches["default"]["OPTIONS"] |= {"SOCKET_CONNECT_TIMEOUT": 0.05, "SOCKET_TIMEOUT": 0.05}
        settings.CACHES = caches
        yield server


def was_asked(server) -> bool:
    """Whether anybody has connected since it was last looked at."""
    asked = False
    while True:
        try:
            server.accept()[0].close()
        except BlockingIOError:
            return asked
        asked = True


def test_one_that_hangs_is_left_out_for_a_while(hanging, clock):
    assert cache.get("a", "nothing") == "nothing"
    assert was_asked(hanging)
    cache.set("a", 1)
    assert cache.get("a") is None
    assert not was_asked(hanging)
    clock[0] += patient_redis.LEFT_OUT_SECONDS
    assert cache.get("a") is None
    assert was_asked(hanging)


def test_changed_and_ended_sessions_are_told_even_then(hanging, clock):
    cache.get("a")
    assert was_asked(hanging)
    cache.set("django.contrib.sessions.cached_db123", {})
    assert was_asked(hanging)
    cache.delete("django.contrib.sessions.cached_db123")
    assert was_asked(hanging)


def test_log_tells_of_it_once_a_minute(hanging, clock, caplog):
    for _time in range(4):
        cache.get("a")
        clock[0] += patient_redis.LEFT_OUT_SECONDS
    assert len(caplog.messages) == 1
    assert caplog.messages[0].startswith("The cache does not answer")
    cache.get("a")
    assert len(caplog.messages) == 2
