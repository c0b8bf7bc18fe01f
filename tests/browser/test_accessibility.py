"""axe-core finds nothing on any page, in any state, language, theme or width."""

import itertools
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from lxml import etree

from tests.browser import places
from tests.browser.conftest import DESKTOP, LANGUAGES, PHONE, THEMES
from tests.factories import SlotFactory, StopFactory, UserFactory, VisitFactory

OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    # Experimental in the axe-core that we have, and a rule like any other since 4.14.
    "rules": {"label-content-name-mismatch": {"enabled": True}},
}


def violations(page):
    """What axe-core finds on the page as it stands: (rule, element, how to mend it)."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found = page.evaluate("options => axe.run(options)", OPTIONS)["violations"]
    return [
        (violation["id"], node["target"], node["failureSummary"])
        for violation in found
        for node in violation["nodes"]
    ]


def violations_in_every_theme_and_width(page):
    found = []
    for viewport in (DESKTOP, PHONE):
        page.set_viewport_size(viewport)
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            found += [(viewport["width"], theme, *each) for each in violations(page)]
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", places.PUBLIC, ids=lambda place: place.__name__)
def test_axe_finds_nothing(open_page, site, place, language):
    page = open_page()
    with override(language):
        found = [
            (state, *each)
            for state in place(page, site)
            for each in violations_in_every_theme_and_width(page)
        ]
    assert found == []


def paths_in_sitemap(client, address):
    """The paths of all pages that the sitemap at `address` lists, itself or in its parts."""
    tree = etree.fromstring(client.get(address).content)
    paths = [urlsplit(text).path for text in tree.xpath("//*[local-name()='loc']/text()")]
    if etree.QName(tree).localname == "sitemapindex":
        return [path for part in paths for path in paths_in_sitemap(client, part)]
    return paths


@pytest.mark.parametrize(
    ("language", "viewport", "theme"), [("id", PHONE, "dark"), ("en", DESKTOP, "light")]
)
def test_axe_finds_nothing_on_any_page_of_the_sitemap(
    open_page, client, language, viewport, theme
):
    call_command("load_showcase", verbosity=0)
    with override(language):
        home, about = reverse("home"), reverse("about")
    paths = [
        path
        for path in paths_in_sitemap(client, reverse("sitemap"))
        if path.startswith("/en/") == (language == "en")
    ]
    assert {home, about} < set(paths)
    page = open_page(viewport, theme)
    for path in paths:
        assert page.goto(path).status == 200
        assert (path, violations(page)) == (path, [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_where_nothing_is_published_yet(open_page, language):
    page = open_page()
    for name in places.WITHOUT_CONTENT:
        with override(language):
            page.goto(reverse(name))
        assert (name, violations(page)) == (name, [])


@pytest.mark.parametrize(
    "name",
    [
        "admin:login",
        "admin:index",
        "admin:style_guide",
        "admin:visit_calendar",
        "admin:visit_figures",
    ],
)
def test_axe_finds_nothing_where_staff_begin(open_page, site, name):
    superuser = UserFactory(is_superuser=True)
    today = timezone.localdate()
    for status in ("confirmed", "completed"):
        visit = VisitFactory(status=status, held_on=today, participants=30, province="ID-JT")
        visit.record("submitted", by=None)
        StopFactory(visit=visit, innovation=site.full)
    SlotFactory(date=today, booked=30)
    for viewport, theme in itertools.product((PHONE, DESKTOP), THEMES):
        # Not changed on the page: the admin fades, and axe would judge the colours in between.
        page = open_page(viewport, theme)
        if name != "admin:login":
            places.log_in_without_the_form(page, superuser)
        assert page.goto(reverse(name)).status == 200
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(
    ("rule", "script"),
    [
        (
            "label",
            """document.querySelector('label[for=id_purpose]').remove();
            document.getElementById('id_purpose').removeAttribute('aria-describedby')""",
        ),
        ("color-contrast", "document.querySelector('.lead').style.color = '#aaa'"),
        ("document-title", "document.title = ''"),
    ],
)
def test_axe_finds_what_is_taken_away(open_page, site, rule, script):
    page = open_page()
    page.goto(reverse("visits:register"))
    assert violations(page) == []
    page.evaluate(script)
    assert [found for found, *_where in violations(page)] == [rule]
