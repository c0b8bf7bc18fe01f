import datetime
import os
from types import SimpleNamespace

import pytest

from innovations.models import Document
from tests.factories import (
    PASSWORD,
    AdoptionFactory,
    AgencyFactory,
    AskedQuestionFactory,
    AwardFactory,
    ClosedDateFactory,
    InnovationFactory,
    InnovationFeedbackFactory,
    OutcomeFactory,
    PictureFactory,
    QuestionFactory,
    SlotFactory,
    SourceFactory,
    StopFactory,
    SuggestionFactory,
    UserFactory,
    VisitFactory,
    VisitPictureFactory,
    working_day,
)
from tests.visits.conftest import pdf_bytes, upload

# Playwright keeps an event loop running in the thread in which the tests use the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

LANGUAGES = ("id", "en")
THEMES = ("light", "dark")
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}

WATCH_POLICY = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`);
});
"""


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return browser_type_launch_args | {
        "executable_path": os.environ.get("CHROMIUM", "/usr/bin/chromium"),
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
        ],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return browser_context_args | {"locale": "id-ID", "timezone_id": "Asia/Jakarta"}


@pytest.fixture(autouse=True)
def typing_takes_no_time(monkeypatch):
    """A test types faster than people do, for whom the registration would take it otherwise."""
    monkeypatch.setattr("visits.registration.FASTEST", datetime.timedelta(seconds=-1))


@pytest.fixture
def watch():
    """Has the test fail at its end if the page broke the Content-Security-Policy or a script."""
    complaints = []

    def listen(message):
        # A page that is not there is an answer like any other; a file of a page is not.
        if "status of 404" in message.text and message.location["url"].endswith("/"):
            return
        if "Content Security Policy" in message.text or message.type == "error":
            complaints.append(message.text)

    def watch(page):
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.add_init_script(WATCH_POLICY)
        return page

    yield watch
    assert complaints == []


@pytest.fixture
def watched(page, watch):
    yield watch(page)
    assert page.evaluate("window.violations") == []


@pytest.fixture
def open_page(new_context, live_server):
    """Opens a page of its own browser; addresses on it are those of the portal."""

    def open_page(viewport=DESKTOP, theme="light", *, script=True, **options):
        # Reduced motion: what is judged or pressed next is not on its way anywhere.
        options = {"reduced_motion": "reduce"} | options
        context = new_context(
            base_url=live_server.url,
            viewport=viewport,
            color_scheme=theme,
            java_script_enabled=script,
            **options,
        )
        return context.new_page()

    return open_page


@pytest.fixture
def superuser(transactional_db):
    return UserFactory(username="kepala", is_superuser=True)


@pytest.fixture
def innovation(transactional_db):
    return InnovationFactory(name="Data Go", slug="data-go", published=True)


@pytest.fixture
def site(transactional_db):
    """A portal that shows every kind of thing there is, in words as long as real ones."""
    successor = AgencyFactory(
        name="Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu",
        slug="dpmptsp",
        website="https://dpmptsp.contoh.example/pertanggungjawaban/penyelenggaraan",
        about="Menyelenggarakan *pelayanan terpadu*.",
    )
    successor.sources.add(SourceFactory())
    merged = AgencyFactory(succeeded_by=successor, slug="kantor-lama")
    full = InnovationFactory(
        published=True,
        name="Sistem Pertanggungjawaban Keuangan",
        slug="lengkap",
        expanded_name="Sistem Informasi Pertanggungjawaban Penyelenggaraan Keuangan Daerah",
        summary_en="Lets residents see how the city spends.",
        agency=successor,
        problem="Dulu sulit.",
        solution="## Kini mudah\n\nLihat [laman](https://layanan.contoh.example/).",
        how_to_use="1. Datang\n2. Selesai",
        how_to_use_en="1. Come\n2. Done",
        how_to_replicate="Tiru saja.",
        stage="trial",
        type="digital",
        form="governance",
        initiator="agency",
        government_affair="health",
        started_on="2018",
        trialled_on="2018-06",
        implemented_on="2019-06-27",
        service_url="https://layanan.contoh.example/pertanggungjawaban-penyelenggaraan-keuangan",
        contact="Loket 3",
        confirmed_on="2026-01-05",
        running=True,
        visitable=True,
        visit_host="Kepala Bidang Penyelenggaraan",
        visit_max_group=40,
        visit_languages="id,en",
        visit_closed_days="5, 6, 7",
        visit_lead_days=3,
        visit_note="Bawa sepatu.",
    )
    full.partner_agencies.add(AgencyFactory())
    PictureFactory(innovation=full, caption="Loket", alt_en="Counter")
    PictureFactory(innovation=full)
    OutcomeFactory(innovation=full, before=60, note="paling lama", as_of="2019")
    OutcomeFactory(innovation=full)
    AwardFactory(innovation=full, rank="Terbaik", level="national", note="Semarang")
    AwardFactory(innovation=None, is_nomination=True, awarded_on="2018")
    QuestionFactory(innovation=full, published=True, answer="Ya.")
    SuggestionFactory(innovation=full, published=True, answer="Sudah.")
    SuggestionFactory(innovation=full, published=True)
    Document.objects.create(innovation=full, title="Panduan", file=upload(pdf_bytes()))
    stopped = InnovationFactory(
        published=True, running=False, stopped_reason="Digabung.", agency=merged
    )
    unconfirmed = InnovationFactory(published=True, name="Si Bahenol", summary_en="")
    InnovationFactory.create_batch(10, published=True, agency=successor)
    visit = VisitFactory(
        completed=True,
        slug="kunjungan-lengkap",
        organisation="Pusat Pendidikan dan Pelatihan Kesejahteraan Sosial",
        unit="Diklatpim Tingkat IV Angkatan VIII dan IX",
        summary="Belajar.",
        report="Mereka *belajar*.",
        venue="Adipura Kencana",
        host="Staf ahli",
    )
    visit.sources.add(SourceFactory(url="https://berita.contoh.example/kunjungan-" + "k" * 60))
    StopFactory(visit=visit, innovation=full)
    sparse_visit = VisitFactory(completed=True, purpose="", head_name="", participants=None)
    VisitFactory.create_batch(11, completed=True)
    request = VisitFactory.build(letter=upload(pdf_bytes()), alternative_on="2030-01-07")
    request.submit(innovations=[full, unconfirmed, stopped], slot=SlotFactory(capacity=60))
    slot = SlotFactory(note="Bawa sepatu tertutup.", booked=60, language="id,en")
    SlotFactory(date=slot.date, booked=100, venue="Aula Pertanggungjawaban Penyelenggaraan")
    SlotFactory(date=working_day(1))
    ClosedDateFactory(date=slot.date + datetime.timedelta(days=1))
    VisitPictureFactory(visit=visit, caption="Di aula")
    VisitPictureFactory(visit=visit)
    AskedQuestionFactory(visit=visit)
    InnovationFeedbackFactory.create_batch(3, feedback__visit=visit, innovation=full)
    adopter = AdoptionFactory(
        visit=visit,
        innovation=full,
        confirmed=True,
        organisation="Dinas Komunikasi, Informatika, Statistik dan Persandian Kabupaten Contoh",
        since="2021-03",
        name_there="Pertanggungjawaban",
        evidence_url="https://contoh.example/data",
    )
    for state in ("running", "interested", "dropped"):
        adopter = AdoptionFactory(
            innovation=full, confirmed=True, state=state, learned_from=adopter
        )
    AdoptionFactory.create_batch(5, innovation=unconfirmed, confirmed=True, province="ID-JT")
    guests = VisitFactory(
        status="completed",
        held_on=visit.held_on,
    )
    guests.make_link()
    guests.save()
    StopFactory(visit=guests, innovation=full)
    StopFactory(visit=guests, innovation=unconfirmed)
    AskedQuestionFactory(visit=guests)
    AdoptionFactory(visit=guests, innovation=full)
    return SimpleNamespace(
        slot=slot,
        full=full,
        stopped=stopped,
        unconfirmed=unconfirmed,
        agency=successor,
        merged=merged,
        visit=visit,
        sparse_visit=sparse_visit,
        request=request,
        token=request.private_token,
        token_of_guests=guests.private_token,
    )


def log_in(page, live_server, user):
    page.goto(f"{live_server.url}/admin/")
    page.fill("#id_username", user.username)
    page.fill("#id_password", PASSWORD)
    with page.expect_navigation():
        page.click("input[type=submit]")
