"""What JavaScript adds where it runs: no reload, a lightbox, a letter that is not lost."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser import places
from tests.factories import InnovationFactory, PictureFactory, working_day
from tests.visits.conftest import pdf_bytes
from visits.models import Visit


@pytest.fixture
def catalogue(watched, live_server):
    """The catalogue with three innovations; a reload would lose `window.kept`."""
    InnovationFactory(name="Data Go", slug="data-go", published=True, stage="implementation")
    InnovationFactory(name="Siap Uji KIR", published=True, stage="trial")
    InnovationFactory(name="Galeri Inovasi", published=True, stage="trial")
    watched.goto(live_server.url + reverse("innovations:list"))
    watched.evaluate("window.kept = true")
    return watched


def titles(page):
    return page.locator(".card__title").all_inner_texts()


def wait_for(page, expected):
    expect(page.locator(".card__title")).to_have_text(expected)


def test_typing_searches_without_a_reload_and_the_address_follows(catalogue):
    catalogue.locator("#id_q").press_sequentially("kir")
    wait_for(catalogue, ["Siap Uji KIR"])
    assert catalogue.url.endswith("?q=kir")
    assert catalogue.evaluate("window.kept")
    assert catalogue.evaluate("document.activeElement.id") == "id_q"
    assert catalogue.locator("#catalogue-news").inner_text().startswith("1 ")


def test_ticking_filters_keeps_focus_and_back_takes_it_away(catalogue):
    box = catalogue.locator("input[name=stage][value=trial]")
    box.check()
    wait_for(catalogue, ["Galeri Inovasi", "Siap Uji KIR"])
    assert catalogue.evaluate("document.activeElement.value") == "trial"
    assert "stage=trial" in catalogue.url
    catalogue.go_back()
    wait_for(catalogue, ["Data Go", "Galeri Inovasi", "Siap Uji KIR"])
    assert not catalogue.locator("input[name=stage][value=trial]").is_checked()
    assert catalogue.evaluate("window.kept")


def test_chip_takes_its_filter_away_without_a_reload(catalogue):
    catalogue.locator("input[name=stage][value=trial]").check()
    wait_for(catalogue, ["Galeri Inovasi", "Siap Uji KIR"])
    catalogue.locator(".chip").click()
    wait_for(catalogue, ["Data Go", "Galeri Inovasi", "Siap Uji KIR"])
    assert catalogue.evaluate("window.kept")


def test_found_state_opens_again_from_its_address(catalogue):
    catalogue.locator("#id_q").press_sequentially("data")
    wait_for(catalogue, ["Data Go"])
    catalogue.reload()
    assert titles(catalogue) == ["Data Go"]
    assert catalogue.input_value("#id_q") == "data"


def test_pictures_open_large_and_the_keyboard_finds_its_way(watched, live_server, innovation):
    PictureFactory(innovation=innovation, alt="Pertama", position=1)
    PictureFactory(innovation=innovation, alt="Kedua", position=2)
    page = watched
    page.goto(live_server.url + innovation.get_absolute_url())
    page.locator(".gallery__link").first.focus()
    page.keyboard.press("Enter")
    shown = page.locator("#lightbox img")
    assert shown.get_attribute("alt") == "Pertama"
    page.keyboard.press("ArrowRight")
    assert shown.get_attribute("alt") == "Kedua"
    page.keyboard.press("Escape")
    assert not page.locator("#lightbox").is_visible()
    assert page.evaluate("document.activeElement.className") == "gallery__link"


@pytest.fixture
def letter_step(watched, live_server, innovation):
    """The step of the letter, all before it filled in."""
    page, address = watched, live_server.url
    page.goto(f"{address}{reverse('visits:register')}?innovation=data-go")
    page.fill("#id_purpose", "Belajar.")
    page.fill("#id_expected_participants", "40")
    page.click(places.FORWARD)
    page.fill("#id_wished_on", working_day(30).isoformat())
    page.click(places.FORWARD)
    page.fill("#id_organisation", "Pemerintah Kota Contoh")
    page.select_option("#id_organisation_kind", "community")
    page.fill("#id_head_name", "Kepala")
    page.click(places.FORWARD)
    page.fill("#id_contact_name", "Sekretaris")
    page.fill("#id_contact_phone", "0812 3456 7890")
    page.fill("#id_contact_email", "sekretaris@contoh.example")
    page.click(places.FORWARD)
    page.wait_for_url(f"{address}{reverse('visits:register_letter')}")
    return page


def letter_file(content):
    return {"name": "surat.pdf", "mimeType": "application/pdf", "buffer": content}


def test_letter_is_chosen_once_and_kept_through_a_mistake_and_the_way_back(letter_step):
    page, letter = letter_step, pdf_bytes()
    page.set_input_files("#id_letter", letter_file(letter))
    assert "surat.pdf" in page.locator(".dropzone__chosen").inner_text()
    page.click(places.FORWARD)
    page.wait_for_selector("#error-summary")
    assert page.evaluate("document.activeElement.id") == "error-summary"
    assert page.locator(".notice--success").get_by_text("surat.pdf").is_visible()
    assert page.evaluate("document.getElementById('id_letter').files.length") == 0
    page.click("button[name=back]")
    page.wait_for_url("**/daftar/narahubung/")
    page.click(places.FORWARD)
    page.wait_for_url("**/daftar/surat/")
    page.check("#id_consent")
    page.click(places.FORWARD)
    page.wait_for_url("**/daftar/ringkasan/")
    page.click(places.FORWARD)
    page.wait_for_url("**/permohonan/*/")
    with Visit.objects.get().letter.open() as stored:
        assert stored.read() == letter


def test_letter_that_is_refused_says_so_and_takes_another(letter_step):
    page = letter_step
    page.set_input_files("#id_letter", letter_file(b"bukan surat"))
    assert page.locator(".dropzone__chosen").inner_text() == "surat.pdf (11 byte)"
    page.check("#id_consent")
    page.click(places.FORWARD)
    page.wait_for_selector("#error-summary")
    assert page.locator(".field--invalid #id_letter").is_visible()
    assert page.locator("#error-summary").evaluate("it => getComputedStyle(it).outlineStyle") == (
        "solid"
    )
    assert page.input_value("#id_letter") == ""
    assert page.is_checked("#id_consent")
    page.set_input_files("#id_letter", letter_file(pdf_bytes()))
    page.click(places.FORWARD)
    page.wait_for_url("**/daftar/ringkasan/")


def test_double_click_and_the_way_back_make_one_request(letter_step, live_server):
    page = letter_step
    page.set_input_files("#id_letter", letter_file(pdf_bytes()))
    page.check("#id_consent")
    page.click(places.FORWARD)
    page.wait_for_url("**/daftar/ringkasan/")
    page.dblclick(places.FORWARD)
    # The second click ends the navigation that the first began, so none is waited for.
    expect(page).to_have_url(re.compile(r"/permohonan/[\w-]{43}/$"), timeout=30000)
    expect(page.locator("h1")).to_have_text(Visit.objects.get().reference)
    page.go_back()
    page.wait_for_url(f"{live_server.url}{reverse('visits:register')}")
    assert page.input_value("#id_purpose") == ""
    assert Visit.objects.count() == 1


def test_language_switch_keeps_what_was_filtered_without_a_reload(catalogue):
    catalogue.locator("input[name=stage][value=trial]").check()
    wait_for(catalogue, ["Galeri Inovasi", "Siap Uji KIR"])
    assert catalogue.locator(".languages a").get_attribute("href").endswith("?stage=trial")


def test_failing_server_leaves_the_list_and_offers_another_try(
    page, live_server, transactional_db
):
    InnovationFactory(name="Data Go", published=True)
    page.goto(live_server.url + reverse("innovations:list"))
    page.route("**/*q=*", lambda route: route.fulfill(status=200, body="<p>Masuk ke WiFi</p>"))
    page.locator("#id_q").press_sequentially("data")
    page.wait_for_selector("#catalogue-news a")
    assert titles(page) == ["Data Go"]
    assert page.locator("#catalogue").get_attribute("aria-busy") is None
