"""Rules that the whole project keeps: its headers, templates, dependencies and imports."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from tests.factories import (
    AgencyFactory,
    InnovationFactory,
    PictureFactory,
    VisitFactory,
)
from visits.querysets import hash_of_link

ROOT = Path(__file__).parents[2]
POLICY = {
    "default-src": ["'none'"],
    "base-uri": ["'none'"],
    "connect-src": ["'self'"],
    "font-src": ["'self'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
    "img-src": ["'self'"],
    "manifest-src": ["'self'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
}


@pytest.mark.django_db
def test_models_and_migrations_agree():
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


def policy(response):
    """The Content-Security-Policy: directive to its sources."""
    parts = [part.split() for part in response["Content-Security-Policy"].split(";")]
    return {directive: sources for directive, *sources in parts}


def assert_strict(response, status):
    assert response.status_code == status
    assert policy(response) == POLICY
    assert "Content-Security-Policy-Report-Only" not in response


@pytest.mark.django_db
def test_every_public_page_has_the_strict_policy(client):
    innovation = InnovationFactory(published=True)
    visit = VisitFactory(completed=True)
    VisitFactory(link_hash=hash_of_link("t" * 43))
    for url in (
        reverse("home"),
        reverse("about"),
        reverse("innovations:list"),
        reverse("innovations:agency_list"),
        reverse("innovations:award_list"),
        reverse("innovations:suggest", args=[innovation.slug]),
        reverse("visits:list"),
        reverse("visits:calendar"),
        reverse("visits:free_feed"),
        reverse("visits:register"),
        reverse("visits:verify_any"),
        reverse("visits:request", args=["t" * 43]),
        reverse("visits:feedback", args=["t" * 43]),
        reverse("visits:ask", args=["t" * 43]),
        reverse("visits:adoption", args=["t" * 43]),
        reverse("visits:adoptions"),
        innovation.get_absolute_url(),
        innovation.agency.get_absolute_url(),
        visit.get_absolute_url(),
        reverse("health"),
        reverse("robots"),
        reverse("manifest"),
        reverse("sitemap"),
        reverse("feed_of_innovations"),
        reverse("share_portal"),
    ):
        assert_strict(client.get(url), 200)


@pytest.mark.django_db
def test_every_admin_page_has_the_strict_policy(client, admin_client):
    innovation, agency = InnovationFactory(), AgencyFactory()
    assert_strict(client.get(reverse("admin:login")), 200)
    for url in (
        reverse("admin:index"),
        reverse("admin:innovations_innovation_changelist"),
        reverse("admin:innovations_innovation_change", args=[innovation.pk]),
        reverse("admin:innovations_innovation_history", args=[innovation.pk]),
        reverse("admin:innovations_agency_change", args=[agency.pk]),
        reverse("admin:visits_visit_change", args=[VisitFactory().pk]),
        reverse("admin:visits_timeslot_changelist"),
        reverse("admin:visits_timeslot_series"),
        reverse("admin:second_factor"),
    ):
        assert_strict(admin_client.get(url), 200)


@pytest.mark.django_db
def test_answers_that_are_no_pages_have_the_strict_policy(client, settings, monkeypatch):
    settings.MAX_REQUEST_BYTES = 10_000
    assert_strict(client.get(reverse("admin:index")), 302)
    assert_strict(client.get("/admin"), 301)
    assert_strict(client.post(reverse("home")), 405)
    upload = client.get(PictureFactory().renditions("webp")[0][0])
    assert_strict(upload, 200)
    b"".join(upload)  # a download is closed by whoever reads it to its end
    assert_strict(client.get(reverse("visits:detail", args=["tidak-ada"])), 404)
    assert_strict(client.get(reverse("home"), headers={"host": "penyerang.example"}), 400)
    assert_strict(Client(enforce_csrf_checks=True).post(reverse("visits:register")), 403)
    assert_strict(client.post(reverse("visits:register"), {"purpose": "x" * 10_000}), 413)
    monkeypatch.setattr("magelang_portal.views.Innovation", None)
    assert_strict(Client(raise_request_exception=False).get(reverse("home")), 500)


# E-mails are no pages: each carries its own style, which mail programs read from nowhere else.
MAILS = ROOT / "templates" / "visits" / "messages"
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.html") if path.parent != MAILS)
TEMPLATE_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
# What the policy would refuse: style and script that stand in the page itself.
INLINE = re.compile(
    r"\sstyle\s*=|<style\b|<script\b(?![^>]*\ssrc=)|\son[a-z]+\s*=|javascript:", re.IGNORECASE
)


def test_no_template_holds_inline_style_or_script():
    assert TEMPLATES
    found = {
        path.relative_to(ROOT).as_posix(): matches
        for path in TEMPLATES
        if (matches := INLINE.findall(TEMPLATE_TAG.sub("", path.read_text(encoding="utf-8"))))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("markup", "refused"),
    [
        ('<p style="color: red">', True),
        ("<style>p {}</style>", True),
        ("<script>run()</script>", True),
        ('<a href="/" onclick="run()">', True),
        ('<a href="javascript:run()">', True),
        ('<script src="/static/site.js" defer></script>', False),
        ('<link rel="stylesheet" href="/static/site.css">', False),
        ("<p>once = twice</p>", False),
    ],
)
def test_inline_style_and_script_are_recognised(markup, refused):
    assert bool(INLINE.search(markup)) is refused


PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
PROJECT = tomllib.loads(PYPROJECT)["project"]
RUNTIME = PROJECT["dependencies"]
TESTING = PROJECT["optional-dependencies"]["test"]
PINNED = re.compile(
    r"(?P<name>[a-z0-9.-]+)==(?P<version>[0-9][^\s;]*)( ; [^\\]+?)?"
    r"(?P<hashes>( --hash=sha256:[0-9a-f]{64})+)"
)


def bare_name(requirement):
    return re.match(r"[\w.-]+", requirement)[0].lower()


def pins(name):
    """Package to version in a lock file, of which each entry must be a hashed pin."""
    text = (ROOT / name).read_text(encoding="utf-8")
    lines = re.sub(r"\s*#.*|\\\n", "", text).replace("    --hash", " --hash").splitlines()
    entries = [re.sub(r"\s+", " ", line).strip() for line in lines if line.strip()]
    matches = [PINNED.fullmatch(entry) for entry in entries]
    assert [entry for entry, match in zip(entries, matches, strict=True) if not match] == []
    return {match["name"]: match["version"] for match in matches}


@pytest.mark.parametrize("dependency", [*RUNTIME, *TESTING])
def test_every_dependency_says_what_it_is_for(dependency):
    (line,) = [line for line in PYPROJECT.splitlines() if f'"{dependency}"' in line]
    assert re.search(r"#\s+\w.{8,}", line)


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-test.lock"])
def test_lock_names_no_address_to_download_from(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert re.findall(r"://| @ |--(?:extra-)?index-url|--find-links|-e ", text) == []


def test_locks_pin_every_dependency_with_its_hash():
    runtime, testing = pins("requirements.lock"), pins("requirements-test.lock")
    assert {bare_name(each) for each in RUNTIME} - runtime.keys() == set()
    assert {bare_name(each) for each in TESTING} - testing.keys() == set()


def test_tests_run_on_the_versions_that_are_deployed():
    runtime, testing = pins("requirements.lock"), pins("requirements-test.lock")
    assert {name: testing.get(name) for name in runtime} == runtime


def imported_modules(path):
    """Every module that the Python file at `path` imports, wherever the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


def test_catalogue_knows_nothing_of_visits():
    files = sorted((ROOT / "innovations").rglob("*.py"))
    modules = {(path.name, module) for path in files for module in imported_modules(path)}
    assert ("filters.py", "innovations.models") in modules
    assert {each for each in modules if each[1].split(".")[0] == "visits"} == set()


@pytest.mark.django_db
def test_health_answers_while_the_database_does(client):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")
    assert response["Content-Type"] == "text/plain"


def test_health_fails_when_the_database_does(monkeypatch):
    monkeypatch.setattr("magelang_portal.views.connection", BrokenConnection())
    assert Client(raise_request_exception=False).get("/healthz").status_code == 503


class BrokenConnection:
    def cursor(self):
        raise OperationalError
