import datetime
import json

import pytest
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone, translation
from lxml import html
from PIL import Image

SITE = "https://inovasi.example"


@pytest.fixture(autouse=True)
def site_url(settings):
    settings.SITE_URL = SITE


def test_robots_stay_out_of_the_admin_and_private_links_and_find_the_sitemap(client):
    response = client.get("/robots.txt")
    assert response["Content-Type"] == "text/plain"
    rules = ["User-agent: *", "Disallow: /admin/"]
    for language in ("id", "en"):
        with translation.override(language):
            private = reverse("visits:request", args=["t" * 43]).removesuffix("t" * 43 + "/")
            rules += [f"Disallow: {private}", f"Allow: {reverse('visits:register')}$"]
    assert response.text.splitlines() == [*rules, f"Sitemap: {SITE}{reverse('sitemap')}"]


def test_without_a_contact_there_is_no_security_file(client, db, settings):
    settings.SECURITY_CONTACT = []
    assert client.get("/.well-known/security.txt").status_code == 404


def test_security_file_names_every_contact_and_expires_within_a_year(client, settings):
    settings.SECURITY_CONTACT = ["mailto:aman@kota.example", "https://kota.example/aman"]
    response = client.get("/.well-known/security.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    fields = [line.partition(": ")[::2] for line in response.text.splitlines()]
    expires = datetime.datetime.fromisoformat(dict(fields).pop("Expires"))
    assert 90 < (expires - timezone.now()).days < 365
    assert [(name, value) for name, value in fields if name != "Expires"] == [
        ("Contact", "mailto:aman@kota.example"),
        ("Contact", "https://kota.example/aman"),
        ("Preferred-Languages", "id, en"),
        ("Canonical", f"{SITE}/.well-known/security.txt"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["id", "en"])
def test_manifest_of_a_page_speaks_its_language_and_starts_at_its_home(client, language):
    with translation.override(language):
        home = reverse("home")
    page = html.document_fromstring(client.get(home).content)
    (url,) = page.xpath("//head/link[@rel='manifest']/@href")
    response = client.get(url)
    assert response["Content-Type"] == "application/manifest+json"
    manifest = json.loads(response.content)
    assert (manifest["lang"], manifest["id"], manifest["start_url"]) == (language, home, home)
    assert all(manifest[key] for key in ("name", "short_name", "description", "theme_color"))


def size_of_static(url):
    path = finders.find(url.removeprefix(static("")))
    with Image.open(path) as picture:
        return picture.format, picture.size, picture.has_transparency_data


def test_icons_of_the_manifest_have_the_sizes_that_it_states(client):
    icons = json.loads(client.get(reverse("manifest")).content)["icons"]
    stated = {(icon["sizes"], icon["purpose"]) for icon in icons}
    assert stated == {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")}
    for icon in icons:
        file_format, (width, height), transparent = size_of_static(icon["src"])
        assert (f"image/{file_format.lower()}", f"{width}x{height}") == (
            icon["type"],
            icon["sizes"],
        )
        assert transparent is (icon["purpose"] == "any")


@pytest.mark.django_db
def test_pages_name_an_icon_for_telephones_and_a_colour_for_each_theme(client):
    page = html.document_fromstring(client.get(reverse("home")).content)
    (icon,) = page.xpath("//head/link[@rel='apple-touch-icon']/@href")
    assert size_of_static(icon) == ("PNG", (180, 180), False)
    colours = page.xpath("//meta[@name='theme-color']")
    assert [colour.get("media") for colour in colours] == [
        "(prefers-color-scheme: light)",
        "(prefers-color-scheme: dark)",
    ]
    manifest = json.loads(client.get(reverse("manifest")).content)
    assert colours[0].get("content") == manifest["theme_color"]
