"""How the portal starts and when it refuses to; each start is a process of its own."""

import pytest

from tests.portal.conftest import SHOW

PUBLIC = {
    "SITE_URL": "https://inovasi.example",
    "SECRET_KEY": "abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "EMAIL_URL": "smtp+tls://portal:p%40ss%2Fword@mail.example:587",
    "EMAIL_FROM": "Portal Inovasi <portal@inovasi.example>",
}

CHECK = """
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", "check", "--deploy", "--fail-level", "WARNING"])
"""

MIGRATE = """
import runpy, sys
sys.argv = ["manage.py", "migrate"]
runpy.run_path("manage.py", run_name="__main__")
"""
# Hashed static names need a collectstatic that no test needs.
ASK = """
import django
from django.conf import settings
settings.STORAGES["staticfiles"]["BACKEND"] = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
)
settings.WHITENOISE_AUTOREFRESH = True
django.setup()
from django.test import Client
client = Client(raise_request_exception=False)
print(client.get("/", headers={"host": HOST}).status_code)
"""
CALLER = """
import django
django.setup()
from axes.helpers import get_client_ip_address
from django.test import RequestFactory
headers = {"x-forwarded-for": FORWARDED} if FORWARDED else {}
print(get_client_ip_address(RequestFactory(REMOTE_ADDR="127.0.0.1").get("/", headers=headers)))
"""


def test_first_start_makes_a_secret_that_later_starts_keep(settings_of, tmp_path):
    first = settings_of()
    kept = tmp_path / "data" / "secret_key"
    assert list(kept.parent.iterdir()) == [kept]
    assert kept.stat().st_mode & 0o777 == 0o600
    assert len(first["SECRET_KEY"]) >= 50
    assert first["SECRET_KEY"] == kept.read_text(encoding="utf-8")
    assert settings_of()["SECRET_KEY"] == first["SECRET_KEY"]


def test_place_where_nothing_can_be_written_is_named(start):
    result = start(SHOW, DATA_DIR="/proc/portal")
    assert result.returncode == 1
    assert "ImproperlyConfigured: DATA_DIR is /proc/portal, where nothing can" in result.stderr


@pytest.mark.parametrize(
    "variables",
    [
        {"DATA_DIR": "/proc/portal", "SECRET_KEY": PUBLIC["SECRET_KEY"]},
        {"DATABASE_URL": "postgres://portal:wrong@127.0.0.1:1/portal"},
    ],
    ids=["SQLite", "PostgreSQL"],
)
def test_command_says_in_one_line_that_the_database_cannot_be_used(start, variables):
    result = start(MIGRATE, **variables)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    # PostgreSQL's pool may still be saying why when the command ends.
    [line] = [line for line in result.stderr.splitlines() if "cannot be used: " in line]
    assert line.startswith("The database ")


def test_start_without_any_setting_serves_this_machine_alone(settings_of, tmp_path):
    settings = settings_of()
    assert settings["SITE_URL"] == "http://localhost:8000"
    assert settings["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
    assert settings["CSRF_TRUSTED_ORIGINS"] == []
    assert settings["DEBUG"] is False
    assert settings["SECOND_FACTOR_REQUIRED"] is False
    assert settings["DATABASES"]["default"]["NAME"] == str(tmp_path / "data" / "portal.sqlite3")
    assert settings["MEDIA_ROOT"] == str(tmp_path / "data" / "media")


def test_public_site_derives_hosts_and_origins_from_its_address(settings_of, tmp_path):
    settings = settings_of(**PUBLIC | {"SITE_URL": "https://inovasi.example:8443/"})
    assert settings["SITE_URL"] == "https://inovasi.example:8443"
    assert settings["ALLOWED_HOSTS"] == ["inovasi.example", "localhost", "127.0.0.1", "[::1]"]
    assert settings["CSRF_TRUSTED_ORIGINS"] == ["https://inovasi.example:8443"]
    assert settings["SECRET_KEY"] == PUBLIC["SECRET_KEY"]
    assert settings["SECOND_FACTOR_REQUIRED"] is True
    assert not (tmp_path / "data").exists()


def test_public_site_passes_djangos_deployment_check(start):
    result = start(CHECK, **PUBLIC)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize(
    ("proxies", "forwarded", "caller"),
    [
        ("1", "198.51.100.7", "198.51.100.7"),
        ("1", "2001:db8::7", "2001:db8::7"),
        ("1", "10.0.0.7", "10.0.0.7"),
        ("1", "203.0.113.1, 198.51.100.7", "198.51.100.7"),
        ("1", "203.0.113.1, 10.0.0.7", "10.0.0.7"),
        ("1", "203.0.113.1, 203.0.113.2, 198.51.100.7", "198.51.100.7"),
        ("1", "tidak dikenal, 198.51.100.7", "198.51.100.7"),
        ("1", "", "127.0.0.1"),
        ("2", "198.51.100.7, 10.0.0.1", "198.51.100.7"),
        ("2", "203.0.113.1, 198.51.100.7, 10.0.0.1", "198.51.100.7"),
    ],
)
def test_caller_is_whom_the_proxies_saw_whatever_the_caller_claims(
    start, proxies, forwarded, caller
):
    result = start(f"FORWARDED = {forwarded!r}{CALLER}", **PUBLIC, PROXIES=proxies)
    assert (result.stdout.strip(), result.stderr) == (caller, "")


def test_without_a_proxy_the_caller_is_who_connects(start):
    result = start(f"FORWARDED = '203.0.113.1'{CALLER}", PROXIES="2")
    assert result.stdout.strip() == "127.0.0.1"


def test_whoever_tries_addresses_out_leaves_no_line_in_the_log(start):
    result = start(f"HOST = 'evil.example'{ASK}")
    assert (result.stdout.strip(), result.stderr) == ("400", "")


def test_reader_whom_the_database_does_not_answer_is_one_line_in_the_log(start):
    result = start(f"HOST = 'localhost'{ASK}")
    assert result.stdout.strip() == "503"
    [line] = result.stderr.splitlines()
    assert "ERROR django.request: Service Unavailable: / (no such table" in line


def test_emails_go_to_a_folder_until_a_mail_server_is_named(settings_of, tmp_path):
    settings = settings_of()
    assert settings["EMAIL_BACKEND"] == "magelang_portal.mail_folder.EmailBackend"
    assert settings["EMAIL_FILE_PATH"] == str(tmp_path / "data" / "mail")
    settings = settings_of(**PUBLIC)
    assert settings["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    assert (settings["EMAIL_HOST"], settings["EMAIL_PORT"]) == ("mail.example", 587)
    assert settings["EMAIL_USE_TLS"] is True
    assert settings["EMAIL_HOST_USER"] == "portal"
    assert settings["EMAIL_HOST_PASSWORD"] == "p@ss/word"
    assert settings["DEFAULT_FROM_EMAIL"] == "Portal Inovasi <portal@inovasi.example>"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("EMAIL_URL", "mail.example"),
        ("EMAIL_URL", "pigeon://mail.example"),
        ("EMAIL_URL", "smtp://mail.example:smtp"),
        ("EMAIL_FROM", "Portal Inovasi"),
        ("EMAIL_FROM", "Portal <a@b.example>, c@d.example"),
        ("CONFIRM_EVERY_DAYS", "0"),
        ("CONFIRM_EVERY_DAYS", "setahun"),
        ("PROXIES", "0"),
        ("PROXIES", "nginx"),
    ],
)
def test_setting_that_makes_no_sense_is_refused_with_its_mend(start, variable, value):
    result = start(SHOW, **PUBLIC | {variable: value})
    error, _, message = result.stderr.strip().splitlines()[-1].partition(": ")
    assert error == "django.core.exceptions.ImproperlyConfigured"
    assert message.startswith(f"{variable} is ")
    assert ".env" in message


@pytest.mark.parametrize(
    ("missing", "warning"),
    [("EMAIL_URL", "magelang_portal.W001"), ("EMAIL_FROM", "magelang_portal.W002")],
)
def test_public_site_without_mail_fails_the_deployment_check(start, missing, warning):
    result = start(CHECK, **PUBLIC | {missing: ""})
    assert result.returncode == 1
    assert warning in result.stderr
    assert f"Put {missing}=" in result.stderr


def test_public_site_that_cannot_write_its_data_fails_the_deployment_check(start, tmp_path):
    folder = tmp_path / "taken"
    folder.write_text("a file", encoding="utf-8")
    result = start(CHECK, **PUBLIC, DATA_DIR=str(folder / "data"))
    assert result.returncode == 1
    assert "magelang_portal.E001" in result.stderr
    assert f"DATA_DIR, which is {folder / 'data'}: Not a directory." in result.stderr


@pytest.mark.parametrize(
    ("variable", "value"),
    [("SECRET_KEY", ""), ("DEBUG", "on"), ("SECOND_FACTOR_REQUIRED", "off")],
)
def test_public_site_refuses_to_start_unsafe_and_names_variable_and_mend(
    start, tmp_path, variable, value
):
    result = start(SHOW, **PUBLIC | {variable: value})
    error, _, message = result.stderr.strip().splitlines()[-1].partition(": ")
    assert error == "django.core.exceptions.ImproperlyConfigured"
    assert message.startswith(f"{variable} is ")
    assert ".env" in message
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    "address",
    ["", "inovasi.example", "http://inovasi.example", "https://", "ftp://inovasi.example"],
)
def test_address_that_no_portal_can_have_is_refused(start, address):
    result = start(SHOW, **PUBLIC | {"SITE_URL": address})
    error, _, message = result.stderr.strip().splitlines()[-1].partition(": ")
    assert error == "django.core.exceptions.ImproperlyConfigured"
    assert message.startswith("SITE_URL is ")
    assert "https://" in message.partition(": ")[2]


def test_security_contacts_are_read_as_addresses(start):
    code = "from magelang_portal import settings; print(settings.SECURITY_CONTACT)"
    contacts = "mailto:aman@kota.example,https://kota.example/aman"
    result = start(code, SECURITY_CONTACT=contacts)
    assert result.stdout.strip() == str(contacts.split(","))
    assert start(code, SECURITY_CONTACT="").stdout.strip() == "[]"


@pytest.mark.parametrize("contact", ["aman@kota.example", "http://kota.example", "mailto:"])
def test_security_contact_that_is_no_safe_address_is_refused(start, contact):
    result = start(SHOW, SECURITY_CONTACT=f"tel:+62-293-1,{contact}")
    error, _, message = result.stderr.strip().splitlines()[-1].partition(": ")
    assert error == "django.core.exceptions.ImproperlyConfigured"
    assert message.startswith("SECURITY_CONTACT is ")


def test_one_variable_each_names_the_servers_of_a_larger_portal(settings_of):
    settings = settings_of(
        DATABASE_URL="postgres://portal:p%40ss@db.example/portal",
        CACHE_URL="valkey://:p%40ss@cache.example:6379/0",
        MEDIA_STORE_URL="https://key:se%2Fcret@s3.example/portal?region=id-1",
    )
    database = settings["DATABASES"]["default"]
    assert (database["HOST"], database["PASSWORD"]) == ("db.example", "p@ss")
    assert database["OPTIONS"]["pool"]["max_size"] == 10
    assert (database["OPTIONS"]["connect_timeout"], database["OPTIONS"]["tcp_user_timeout"]) == (
        3,
        10_000,
    )
    assert settings["CACHES"]["default"]["LOCATION"] == "redis://:p%40ss@cache.example:6379/0"
    assert settings["SESSION_ENGINE"] == "django.contrib.sessions.backends.cached_db"
    for alias in ("default", "private"):
        options = settings["STORAGES"][alias]["OPTIONS"]
        assert options["endpoint_url"] == "https://s3.example"
        assert options["secret_key"] == "se/cret"
        assert options["region_name"] == "id-1"
    policy = settings["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]
    assert policy["img-src"] == ["'self'", "https://s3.example"]


def test_cache_keeps_its_own_name(settings_of):
    caches = settings_of(CACHE_URL="redis://:valkey@valkey:6379/0")["CACHES"]
    assert caches["default"]["LOCATION"] == "redis://:valkey@valkey:6379/0"


def test_cache_may_have_an_address_of_version_six(settings_of):
    caches = settings_of(CACHE_URL="redis://[::1]:6379/0")["CACHES"]
    assert caches["default"]["LOCATION"] == "redis://[::1]:6379/0"


def test_database_may_be_waited_for_as_long_as_its_address_says(settings_of):
    url = "postgres://portal@db.example/portal?connect_timeout=9&sslmode=require"
    options = settings_of(DATABASE_URL=url)["DATABASES"]["default"]["OPTIONS"]
    assert (options["connect_timeout"], options["sslmode"]) == (9, "require")


@pytest.mark.parametrize("folder", ["a+b", "a b", "a%20b", "a#b", "a?b=c"])
def test_database_lies_in_its_folder_whatever_that_is_called(settings_of, tmp_path, folder):
    settings = settings_of(DATA_DIR=str(tmp_path / folder))
    assert settings["DATABASES"]["default"]["NAME"] == str(tmp_path / folder / "portal.sqlite3")


def test_empty_address_of_a_database_is_none(settings_of):
    engine = settings_of(DATABASE_URL="")["DATABASES"]["default"]["ENGINE"]
    assert engine == "django.db.backends.sqlite3"


def test_without_them_nothing_is_shared_but_the_database(settings_of):
    settings = settings_of()
    assert settings["SHARED_CACHE"] is False
    assert settings["SESSION_ENGINE"] == "django.contrib.sessions.backends.db"
    assert settings["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["img-src"] == ["'self'"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CACHE_URL", "memcached://127.0.0.1:11211"),
        ("CACHE_URL", "redis://"),
        ("CACHE_URL", "redis://127.0.0.1:abc/0"),
        ("CACHE_URL", "redis://127.0.0.1:99999/0"),
        ("CACHE_URL", "redis://127.0.0.1/portal"),
        ("CACHE_URL", "redis://127.0.0.1/0?db=x"),
        ("CACHE_URL", "redis://127.0.0.1/0?color=blue"),
        ("DATABASE_URL", "postgress://portal@localhost/portal"),
        ("DATABASE_URL", "mysql://portal@localhost/portal"),
        ("DATABASE_URL", "/srv/db.sqlite3"),
        ("MEDIA_STORE_URL", "s3.example/portal"),
        ("PAGE_CACHE", "perhaps"),
    ],
)
def test_server_that_is_not_understood_stops_the_start(start, name, value):
    result = start(SHOW, **{name: value})
    assert result.returncode == 1
    assert f"ImproperlyConfigured: {name} is" in result.stderr
