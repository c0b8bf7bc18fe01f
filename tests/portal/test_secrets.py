import io
import logging
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse

from magelang_portal.secrets import PRIVATE_LINK, HidePersonalData, read_or_make_secret
from visits.models import Visit

TOKEN = "W7FMmjujCbSmVOb6ZY43csh9eNyCOx47BFDJjYINjGI"


def test_private_links_have_the_shape_that_logs_blank():
    visit = Visit()
    visit.make_link()
    assert PRIVATE_LINK.fullmatch(visit.private_token)


def test_first_to_come_makes_the_secret_and_everyone_reads_the_same(tmp_path):
    path = tmp_path / "var" / "secret_key"
    secret = read_or_make_secret(path)
    assert len(secret) >= 50
    assert [read_or_make_secret(path) for _start in range(2)] == [secret, secret]
    assert list(path.parent.iterdir()) == [path]


def test_each_place_has_a_secret_of_its_own(tmp_path):
    assert read_or_make_secret(tmp_path / "a") != read_or_make_secret(tmp_path / "b")


def test_secret_is_readable_by_its_owner_alone(tmp_path):
    path = tmp_path / "secret_key"
    read_or_make_secret(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_secret_that_is_there_stays_as_it_is(tmp_path):
    path = tmp_path / "secret_key"
    path.write_text("kunci lama\n", encoding="utf-8")
    assert read_or_make_secret(path) == "kunci lama"
    assert path.read_text(encoding="utf-8") == "kunci lama\n"


def test_worker_that_comes_second_takes_the_secret_of_the_first(tmp_path, monkeypatch):
    path = tmp_path / "secret_key"
    path.write_text("kunci pertama", encoding="utf-8")
    with monkeypatch.context() as moment_before:
        moment_before.setattr(Path, "exists", lambda self: False)
        assert read_or_make_secret(path) == "kunci pertama"
    assert list(tmp_path.iterdir()) == [path]


def test_place_that_cannot_be_written_is_an_error(tmp_path):
    (tmp_path / "var").write_text("no folder", encoding="utf-8")
    with pytest.raises(ImproperlyConfigured, match="var, where nothing can be written"):
        read_or_make_secret(tmp_path / "var" / "secret_key")


def shown_of(message, *args, exc_info=None):
    """What a log shows of a line."""
    record = logging.LogRecord("portal", logging.WARNING, __file__, 1, message, args, exc_info)
    return HidePersonalData().format(record)


@pytest.mark.parametrize(
    ("message", "args", "shown"),
    [
        ("Not Found: %s", (f"/visits/request/{TOKEN}/",), "Not Found: /visits/request/[private]/"),
        (f"GET /request/{TOKEN}", (), "GET /request/[private]"),
        (f'"GET /{TOKEN}/letter/ HTTP/1.1"', (), '"GET /[private]/letter/ HTTP/1.1"'),
        ("%s, %s", (TOKEN, TOKEN), "[private], [private]"),
        ("Not Found: %s", (f"/visits/{TOKEN}dan/",), "Not Found: /visits/[private]/"),
        ("100%% of %s", (TOKEN,), "100% of [private]"),
        ("{'budi@kota.example': (550, b'no')}", (), "{'[address]': (550, b'no')}"),
        ("To <a.b+c@x.go.id>, twice", (), "To <[address]>, twice"),
        (f"?next=/request/{TOKEN}&x=1", (), "?next=/request/[private]&x=1"),
    ],
)
def test_private_link_is_blanked_in_a_log_line(message, args, shown):
    assert shown_of(message, *args) == shown


@pytest.mark.parametrize(
    ("message", "args"),
    [
        ("Not Found: %s", ("/innovations/data-go/",)),
        ("token of 42: %s", ("a" * 42,)),
        ("SHA-256 %s", ("0" * 64,)),
        ("%d visits", (3,)),
        ("nothing to fill in: 100 %", ()),
    ],
)
def test_ordinary_log_line_stays_as_it_is(message, args):
    assert shown_of(message, *args) == (message % args if args else message)


@pytest.mark.django_db
def test_mistyped_private_link_stands_in_no_log(client, monkeypatch):
    lines = io.StringIO()
    for handler in logging.getLogger("django").handlers:
        if type(handler) is logging.StreamHandler:
            monkeypatch.setattr(handler, "stream", lines)
    url = reverse("visits:request", args=[TOKEN])
    assert client.get(url).status_code == 404
    assert lines.getvalue().rstrip().endswith(url.replace(TOKEN, "[private]"))


def test_private_link_is_blanked_in_a_traceback():
    try:
        raise ValueError(TOKEN)
    except ValueError as error:
        shown = shown_of("Gagal", exc_info=(ValueError, error, error.__traceback__))
    assert "ValueError: [private]" in shown
    assert TOKEN not in shown
