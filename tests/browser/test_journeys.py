"""The two journeys the portal exists for, on a phone, with JavaScript switched off."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from innovations.models import Suggestion
from tests.browser.conftest import DESKTOP, PHONE
from tests.factories import InnovationFactory, OutcomeFactory, StopFactory, VisitFactory
from visits.models import Visit

PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj
trailer<</Root 1 0 R>>
%%EOF"""


@pytest.fixture
def kir(transactional_db):
    innovation = InnovationFactory(
        name="Siap Uji KIR Online", slug="siap-uji-kir-online", published=True
    )
    OutcomeFactory(innovation=innovation)
    visit = VisitFactory(completed=True, organisation="Kementerian Sosial")
    StopFactory(visit=visit, innovation=innovation)
    return innovation


@pytest.mark.parametrize("language", ["id", "en"])
def test_resident_finds_a_service_and_leaves_a_suggestion(no_script, live_server, kir, language):
    InnovationFactory(published=True)
    page = no_script
    with override(language):
        page.goto(live_server.url + reverse("home"))
        page.fill("main input[type=search]", "kir")
        page.keyboard.press("Enter")
        page.click("main .card a >> nth=0")
        assert page.url == live_server.url + kir.get_absolute_url()
        assert page.get_by_text("Kementerian Sosial").count() == 1
        page.click(f"a[href='{reverse('innovations:suggest', args=[kir.slug])}']")
        page.fill("textarea", "Tolong buka hari Sabtu.")
        page.click("main form button[type=submit]")
        assert page.url == live_server.url + kir.get_absolute_url()
    assert [s.text for s in Suggestion.objects.all()] == ["Tolong buka hari Sabtu."]


@pytest.mark.parametrize("language", ["id", "en"])
def test_delegation_asks_for_a_visit_after_a_mistake(no_script, live_server, kir, language):
    page = no_script
    day = timezone.localdate() + timedelta(days=30)
    with override(language):
        page.goto(live_server.url + kir.get_absolute_url())
        page.click(f"a[href^='{reverse('visits:register')}?innovation=']")
    assert page.is_checked("input[name=innovations]")
    page.fill("#id_organisation", "Pemerintah Kota Contoh")
    page.select_option("#id_organisation_kind", "regional_government")
    page.fill("#id_purpose", "Belajar uji kendaraan.")
    page.fill("#id_head_name", "Kepala")
    page.fill("#id_expected_participants", "100000")
    page.fill("#id_wished_on", day.isoformat())
    page.fill("#id_contact_name", "Sekretaris")
    page.fill("#id_contact_phone", "0812 3456 7890")
    page.fill("#id_contact_email", "sekretaris@contoh.example")
    letter = {"name": "surat.pdf", "mimeType": "application/pdf", "buffer": PDF}
    page.set_input_files("#id_letter", letter)
    page.check("#id_consent")
    page.click("main form button[type=submit]")
    assert Visit.objects.filter(status=Visit.Status.SUBMITTED).count() == 0
    assert page.locator("#id_expected_participants[aria-invalid=true]").count() == 1
    assert page.input_value("#id_organisation") == "Pemerintah Kota Contoh"
    page.fill("#id_expected_participants", "40")
    page.set_input_files("#id_letter", letter)
    page.click("main form button[type=submit]")
    visit = Visit.objects.get(status=Visit.Status.SUBMITTED)
    assert visit.language == language
    assert page.get_by_text(visit.reference).count() >= 1
    page.reload()
    assert page.get_by_text(visit.reference).count() >= 1


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_public_pages_fit_and_break_no_policy(watched, live_server, kir, viewport, theme):
    page = watched
    page.set_viewport_size(viewport)
    page.emulate_media(color_scheme=theme)
    for path in (
        reverse("home"),
        f"{reverse('innovations:list')}?q=kir",
        kir.get_absolute_url(),
        kir.agency.get_absolute_url(),
        reverse("innovations:award_list"),
        reverse("visits:list"),
        kir.visits.get().get_absolute_url(),
        reverse("visits:register"),
        reverse("about"),
    ):
        assert page.goto(live_server.url + path).status == 200
        assert page.evaluate("window.violations") == [], path
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= viewport["width"], path
