"""The two journeys the portal exists for, and every page under the policy, in a real browser."""

from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from django.utils.translation import override

from innovations.models import Suggestion
from tests.browser import places
from tests.browser.conftest import DESKTOP, PHONE
from tests.factories import (
    AwardFactory,
    InnovationFactory,
    OutcomeFactory,
    SlotFactory,
    SourceFactory,
    StopFactory,
    VisitFactory,
)
from tests.visits.conftest import pdf_bytes
from visits.models import Visit

# Every two of viewport, script, language and theme meet in one of these.
READERS = {
    "phone-plain-id-light": (PHONE, False, "id", "light"),
    "phone-script-en-dark": (PHONE, True, "en", "dark"),
    "desktop-plain-en-dark": (DESKTOP, False, "en", "dark"),
    "desktop-script-id-dark": (DESKTOP, True, "id", "dark"),
    "desktop-script-en-light": (DESKTOP, True, "en", "light"),
}


@pytest.fixture(params=READERS.values(), ids=READERS)
def reader(request, open_page, watch):
    """A page, whether scripts run on it, and a language that links and addresses then have."""
    viewport, script, language, theme = request.param
    with override(language):
        yield watch(open_page(viewport, theme, script=script)), script, language


@pytest.fixture
def kir(transactional_db):
    innovation = InnovationFactory(
        name="Siap Uji KIR Online",
        slug="siap-uji-kir-online",
        published=True,
        how_to_use="Isi formulir.",
        how_to_use_en="Fill in the form.",
        service_url="https://kir.contoh.example/",
    )
    source = SourceFactory(url="https://berita.contoh.example/kir")
    OutcomeFactory(innovation=innovation, before=90, after=15, source=source)
    AwardFactory(innovation=innovation, name="Top 45")
    visit = VisitFactory(completed=True, organisation="Kementerian Sosial")
    StopFactory(visit=visit, innovation=innovation)
    return innovation


def test_resident_finds_a_service_its_proof_and_leaves_a_suggestion(reader, kir):
    page, script, _language = reader
    other = InnovationFactory(name="Kirim Aduan", published=True)
    page.goto(reverse("home"))
    page.fill("main input[type=search]", "kir")
    page.keyboard.press("Enter")
    page.wait_for_url("**?q=kir*")
    assert page.locator("main h2 a").first.inner_text() == kir.name
    page.goto(f"{reverse('innovations:list')}?q=kir")
    titles = page.locator("main .card__title")
    assert set(titles.all_inner_texts()) == {kir.name, other.name}
    agency = page.locator(f"input[name=agency][value={kir.agency.slug}]")
    for fold in (page.locator(".filters > summary"), page.locator(".facet summary").first):
        if not agency.is_visible():
            fold.click()
    agency.check()
    if not script:
        page.click(".filters button[type=submit]")
    page.wait_for_url(f"**agency={kir.agency.slug}*")
    titles.filter(has_text=other.name).wait_for(state="detached")
    assert titles.all_inner_texts() == [kir.name]

    titles.locator("a").click()
    page.wait_for_url(f"**{kir.get_absolute_url()}")
    assert page.locator(f".innovation__head a[href='{kir.service_url}']").is_visible()
    assert page.locator(".sources a[href='https://berita.contoh.example/kir']").is_visible()
    for proof in ("Top 45", "Waktu layanan", "Kementerian Sosial"):
        assert page.get_by_text(proof).first.is_visible(), proof
    page.click(f"a[href='{reverse('innovations:suggest', args=[kir.slug])}']")
    page.fill("textarea", "Tolong buka hari Sabtu.")
    page.click(places.SEND)
    page.wait_for_url(f"**{kir.get_absolute_url()}")
    assert page.locator(".notice--success").is_visible()
    assert [s.text for s in Suggestion.objects.all()] == ["Tolong buka hari Sabtu."]


def go_on(page, name):
    """Press what leads on, and wait for the step `name`."""
    page.click(places.FORWARD)
    page.wait_for_url(f"**{reverse(f'visits:register_{name}')}")


def test_delegation_asks_for_a_visit_after_a_mistake(reader, kir):
    page, _script, language = reader
    slot = SlotFactory(language="id,en")
    letter = {"name": "surat.pdf", "mimeType": "application/pdf", "buffer": pdf_bytes()}
    page.goto(kir.get_absolute_url())
    page.click("button[name=add]")
    page.wait_for_url(f"**{reverse('visits:itinerary')}")
    page.click(f"main a[href='{reverse('visits:register')}']")
    assert page.is_checked(f"input[name=innovations][value={kir.slug}]")
    page.fill("#id_purpose", "Belajar uji kendaraan.")
    page.fill("#id_expected_participants", "100000")
    page.click(places.FORWARD)
    page.wait_for_selector(places.ERRORS)
    invalid = page.locator("[aria-invalid=true]")
    assert invalid.evaluate_all("all => all.map(e => e.id)") == ["id_expected_participants"]
    assert page.input_value("#id_purpose") == "Belajar uji kendaraan."
    page.fill("#id_expected_participants", "40")
    go_on(page, "date")
    page.check(f"#id_slot_{slot.pk}")
    go_on(page, "organisation")
    page.fill("#id_organisation", "Pemerintah Kota Contoh")
    page.click("button[name=back]")
    page.wait_for_url(f"**{reverse('visits:register_date')}")
    assert page.is_checked(f"#id_slot_{slot.pk}")
    go_on(page, "organisation")
    assert page.input_value("#id_organisation") == "Pemerintah Kota Contoh"
    places.fill_in_organisation(page)
    go_on(page, "contact")
    places.fill_in_contact(page)
    go_on(page, "letter")
    page.set_input_files("#id_letter", letter)
    page.click(places.FORWARD)
    page.wait_for_selector(places.ERRORS)
    page.check("#id_consent")
    go_on(page, "summary")
    assert not Visit.objects.filter(status=Visit.Status.SUBMITTED).exists()

    page.click(places.FORWARD)
    page.wait_for_url(f"**{reverse('visits:register')}*/")
    visit = Visit.objects.get(status=Visit.Status.SUBMITTED)
    assert (visit.language, visit.slot, visit.seats) == (language, slot, 40)
    assert [stop.innovation for stop in visit.stops.all()] == [kir]
    assert page.locator("h1").inner_text() == visit.reference
    page.reload()
    assert page.locator("h1").inner_text() == visit.reference
    with page.expect_download() as download:
        page.click(f"main a[href='{letter_address(page)}']")
    with visit.letter.open() as kept:
        assert download.value.path().read_bytes() == kept.read()


def letter_address(page):
    """Where the letter stands, of the request whose private page is open."""
    token = urlsplit(page.url).path.rstrip("/").rpartition("/")[2]
    return reverse("visits:request_letter", args=[token])


# Nothing but errors, which the browser's console repeats.
IN_ERROR = {places.errors, places.locked_out}


@pytest.mark.parametrize("look", [(PHONE, "dark"), (DESKTOP, "light")], ids=["phone", "desktop"])
@pytest.mark.parametrize(
    "place",
    [place for place in places.PUBLIC if place not in IN_ERROR],
    ids=lambda place: place.__name__,
)
def test_public_pages_break_no_policy_and_no_script(open_page, watch, site, place, look):
    page = watch(open_page(*look))
    for state in place(page, site):
        assert (state, page.evaluate("window.violations")) == (state, [])
