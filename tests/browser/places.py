"""Every kind of page and every state of it, for tests that must hold on all of them.

Each function takes a page and the `site` fixture, brings the page from one state to the next and
yields each state's name once it stands on the screen.
"""

from datetime import time, timedelta
from unittest.mock import patch
from urllib.parse import urljoin

from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from tests.factories import PASSWORD, SlotFactory, UserFactory, VisitFactory, working_day
from tests.visits.conftest import pdf_bytes
from visits.models import Paper, Visit

FRIDAY = 5
SEND = "main form button[type=submit]"
ERRORS = "#error-summary"
UNFOLD = "document.querySelectorAll('main details').forEach(details => { details.open = true })"


def press(page, selector=SEND):
    """Click what leads to another page, and wait for that page."""
    with page.expect_navigation():
        page.click(selector)


def home(page, site):
    page.goto(reverse("home"))
    yield "home"


def catalogue(page, site):
    address = reverse("innovations:list")
    for name, query in {
        "all": "",
        "second page": "?page=2",
        "filtered": "?q=sistem&stage=trial&sort=name",
        "nothing found": "?q=tidak-ada",
        "unknown filter": "?stage=khayalan",
    }.items():
        page.goto(address + query)
        yield name


def search(page, site):
    address = reverse("search")
    for name, query in {
        "empty": "",
        "results": "?q=sistem",
        "one kind": "?q=sistem&kind=innovation",
        "corrected": "?q=sistme",
        "nothing found": "?q=tidak-ada-apapun",
        "too long": f"?q={'x' * 101}",
    }.items():
        page.goto(address + query)
        yield name


def innovation(page, site):
    for name in ("full", "stopped", "unconfirmed"):
        page.goto(getattr(site, name).get_absolute_url())
        page.evaluate(UNFOLD)
        yield name


def agencies(page, site):
    page.goto(reverse("innovations:agency_list"))
    yield "list"
    for name in ("agency", "merged"):
        page.goto(getattr(site, name).get_absolute_url())
        yield name


def awards_and_about(page, site):
    page.goto(reverse("innovations:award_list"))
    yield "awards"
    for name in ("about", "privacy"):
        page.goto(reverse(name))
        yield name


def visits(page, site):
    page.goto(reverse("visits:list"))
    yield "list"
    page.goto(f"{reverse('visits:list')}?page=2")
    yield "second page"
    for name in ("visit", "sparse_visit"):
        page.goto(getattr(site, name).get_absolute_url())
        yield name


def calendar(page, site):
    address = reverse("visits:calendar")
    month = f"month={site.slot.date:%Y-%m}"
    for name, query in {
        "current month": "",
        "with slots": month,
        "as a list": f"{month}&view=list",
        "past": "month=2019-09",
        "no month": "month=maret",
    }.items():
        page.goto(f"{address}?{query}")
        page.evaluate(UNFOLD)
        yield name


def itinerary(page, site):
    address = reverse("visits:itinerary")
    page.goto(address)
    yield "empty"
    for innovation in (site.full, site.unconfirmed):
        page.goto(innovation.get_absolute_url())
        page.click("button[name=add]")
        page.wait_for_url(f"**{address}")
    yield "of two"
    page.click("button[name=later] >> nth=0")
    yield "in another order"
    page.goto(f"{address}?i={site.full.slug},tidak-ada")
    yield "shared"
    page.goto(site.full.get_absolute_url())
    yield "page of what is in it"


FORWARD = ".registration__actions button >> nth=0"


def registration(page, site):
    """Every step of a request: empty, in error, filled in; some slots are full or unsuitable."""
    day = next(day for day in map(working_day, range(50, 60)) if day.isoweekday() != FRIDAY)
    full = SlotFactory(date=day, capacity=60, booked=60, language="id,en")
    joinable = VisitFactory.build(open_to_joining=True, expected_participants=5)
    joinable.submit(
        innovations=[site.full], slot=SlotFactory(date=day, capacity=90, language="id,en")
    )

    def go_wrong():
        page.click(FORWARD)
        page.wait_for_selector(ERRORS)

    page.goto(f"{reverse('visits:register')}?innovation={site.full.slug}&slot={site.slot.pk}")
    yield "wish, empty"
    go_wrong()
    page.evaluate(UNFOLD)
    yield "wish, in error"
    page.fill("#id_purpose", "Belajar membuka data.")
    page.fill("#id_expected_participants", "30")
    page.click(FORWARD)
    for name, fill in (
        ("date", fill_in_date(full)),
        ("organisation", fill_in_organisation),
        ("contact", fill_in_contact),
        ("letter", fill_in_letter),
    ):
        page.wait_for_url(f"**{reverse(f'visits:register_{name}')}")
        yield f"{name}, empty"
        if name != "date":
            go_wrong()
            yield f"{name}, in error"
        fill(page)
        yield f"{name}, filled in"
        page.click(FORWARD)
    summary = reverse("visits:register_summary")
    page.wait_for_url(f"**{summary}")
    yield "summary, waiting list"
    page.goto(reverse("visits:register_letter"))
    yield "letter, kept"
    page.click("button[name=discard]")
    page.wait_for_url(f"**{reverse('visits:register_discard')}")
    yield "throwing it away"
    page.goto(summary)
    page.click("button[name=join]")
    page.wait_for_selector("button[name=leave]")
    yield "summary, joining"
    with patch("visits.registration.FASTEST", timedelta(days=1)):
        go_wrong()
    yield "summary, in error"


def fill_in_date(slot):
    return lambda page: page.check(f"#id_slot_{slot.pk}")


def fill_in_organisation(page):
    page.fill("#id_organisation", "Pusat Pendidikan dan Pelatihan Kesejahteraan Sosial")
    page.select_option("#id_organisation_kind", "regional_government")
    page.select_option("#id_province", "ID-JT")
    page.fill("#id_head_name", "Kepala Rombongan")


def fill_in_contact(page):
    page.fill("#id_contact_name", "Sekretaris")
    page.fill("#id_contact_phone", "0812 3456 7890")
    page.fill("#id_contact_email", "sekretaris@pusat-pendidikan-dan-pelatihan.contoh.example")


def fill_in_letter(page):
    page.set_input_files(
        "#id_letter", {"name": "surat.pdf", "mimeType": "application/pdf", "buffer": pdf_bytes()}
    )
    page.check("#id_consent")


def suggestion(page, site):
    page.goto(reverse("innovations:suggest", args=[site.full.slug]))
    yield "empty"
    press(page)
    yield "in error"
    page.fill("#id_text", "Tolong buka hari Sabtu.")
    press(page)
    page.wait_for_selector(".notice--success")
    yield "sent"


def private_acts(page, site):
    """What the delegation does at its private link, each act asked for, in error and done."""

    def at(name="request"):
        page.goto(reverse(f"visits:{name}", args=[site.token]))

    at()
    page.click("main form .button--link")
    page.wait_for_selector(".notice--success")
    yield "others may join"
    for name in ("numbers", "new_letter", "correct", "new_link", "cancel"):
        at(f"request_{name}")
        yield f"asks: {name}"
    at("request_new_letter")
    press(page)
    page.wait_for_selector(ERRORS)
    yield "in error: new letter"
    at("request_correct")
    page.fill("#id_contact_phone", "-")
    press(page)
    page.wait_for_selector(ERRORS)
    yield "in error: correct"
    at("request_numbers")
    page.fill("#id_number", "100")
    press(page)
    page.wait_for_selector(ERRORS)
    yield "in error: numbers"
    site.request.ask(by=UserFactory(), reason="Berapa pejabat yang ikut?\n\nMembawa bus?")
    at("request_answer")
    press(page)
    page.wait_for_selector(ERRORS)
    yield "in error: answer"
    page.fill("#id_text", "Tiga pejabat, dengan bus.")
    press(page)
    page.wait_for_selector(".notice--success")
    yield "answered"


def private_request(page, site):
    """The page behind the private link in every status."""
    visit, by = site.request, UserFactory()

    def reload():
        page.goto(reverse("visits:request", args=[site.token]))
        visit.refresh_from_db()

    reload()
    yield "submitted"
    visit.ask(by=by, reason="Berapa pejabat yang ikut?\n\nApakah membawa bus?")
    reload()
    yield "needs information"
    first, second, _third = visit.stops.all()
    first.accept(by=by, speaker="Kepala Bidang", venue="Aula", starts_at=time(9))
    second.decline(by=by, reason="Pada hari itu ada akreditasi.")
    visit.put_on_waiting_list(by=by)
    reload()
    yield "waiting list"
    visit.slot.offer_freed_seats()
    reload()
    yield "offer"
    page.click("main .standing .button--quiet")
    yield "asks: offer"
    Visit.objects.filter(pk=visit.pk).update(offered_until=timezone.now())
    reload()
    yield "expired offer"
    visit.confirm(by=by, reason="Mohon tiba lebih awal.")
    reload()
    yield "confirmed"
    Visit.objects.filter(pk=visit.pk).update(held_on=timezone.localdate())
    visit.complete(by=by, participants=18)
    reload()
    yield "completed"
    for status in (Visit.Status.DECLINED, Visit.Status.CANCELLED):
        Visit.objects.filter(pk=visit.pk).update(status=status, seats=0)
        visit.events.create(what=status, status=status, reason="Aula diperbaiki.")
        reload()
        yield status.value
    page.goto(reverse("visits:erase", args=[site.token]))
    yield "asks: erasing"
    press(page)
    page.wait_for_selector(ERRORS)
    yield "in error: erasing"
    visit.erase(by=by)
    reload()
    yield "erased"
    page.goto(reverse("visits:receipt", args=[site.token]))
    yield "receipt"


def lost_link(page, site):
    page.goto(reverse("visits:request", args=["x"]))
    yield "unknown link"
    page.goto(reverse("visits:lost_link"))
    yield "empty"
    press(page)
    page.wait_for_selector(ERRORS)
    yield "in error"
    page.fill("#id_email", "tamu@contoh.example")
    press(page)
    page.wait_for_selector(".notice--success")
    yield "sent"


def verification(page, site):
    (paper,) = Paper.issue(site.visit, "programme", by=None)
    addresses = {
        "empty": reverse("visits:verify_any"),
        "in error": f"{reverse('visits:verify_any')}?code=salah",
        "unknown": reverse("visits:verify", args=["AAAAA-AAAAA"]),
        "genuine": paper.get_absolute_url(),
    }
    for name, address in addresses.items():
        page.goto(address)
        yield name
    paper.withdraw(by=None)
    page.goto(paper.get_absolute_url())
    yield "withdrawn"


def participants(page, site):
    def address(name):
        return reverse(f"visits:{name}", args=[site.token])

    def read(rows):
        page.goto(address("participant_upload"))
        content = "\n".join(("Nama;Instansi;Jabatan;Telepon", *rows)).encode()
        page.set_input_files(
            "#id_file", {"name": "peserta.csv", "mimeType": "text/csv", "buffer": content}
        )
        press(page)

    page.goto(address("participants"))
    yield "nobody listed"
    page.goto(address("participant_add"))
    press(page)
    yield "in error"
    page.goto(address("participant_upload"))
    yield "upload"
    press(page)
    yield "upload without a file"
    read([";Dinas", f"{'x' * 151};Dinas", "Ani;=1", "123"])
    yield "problems"
    long_name = "Raden Mas Pertanggungjawaban Penyelenggaraan, S.Sos., M.Si., Ph.D."
    read(["Ani", f"{long_name};{'Pusat Pendidikan ' * 9};{'Widyaiswara ' * 9}"])
    yield "preview"
    press(page)
    yield "list"
    page.goto(address("passes"))
    yield "passes"
    somebody = site.request.attendees.first()
    page.goto(reverse("visits:participant_remove", args=[site.token, somebody.pk]))
    yield "removing"
    page.goto(reverse("visits:pass", args=[somebody.private_token]))
    yield "pass"


def check_in(page, site):
    visit = site.request
    Visit.objects.filter(pk=visit.pk).update(
        status=Visit.Status.CONFIRMED, held_on=timezone.localdate()
    )
    officer = UserFactory(username="penerima_tamu", is_superuser=True)
    log_in_without_the_form(page, officer)
    page.goto(reverse("visits:check_in", args=[visit.reference]))
    yield "no names"
    for number in range(3):
        person = visit.attendees.create(name=f"Peserta {number}", institution="Dinas Sosial")
        if number:
            person.check_in(by=officer)
    person.check_out(by=officer)
    page.goto(reverse("visits:check_in", args=[visit.reference]))
    yield "list"
    page.goto(reverse("visits:check_in_one", args=[visit.reference, person.pk]))
    yield "one"
    page.goto(reverse("visits:check_in_group", args=[visit.reference]))
    page.fill("#id_number", "0")
    press(page)
    yield "group in error"


def adoptions(page, site):
    page.goto(reverse("visits:adoptions"))
    page.evaluate(UNFOLD)
    yield "all"
    page.goto(f"{reverse('visits:adoptions')}?state=dropped")
    yield "filtered"


def afterwards(page, site):
    """What those who came say by their links, and the head of the delegation by its own."""
    page.goto(reverse("visits:request", args=[site.token_of_guests]))
    page.evaluate(UNFOLD)
    yield "private page after the visit"
    page.goto(reverse("visits:adoption", args=[site.token_of_guests]))
    page.evaluate(UNFOLD)
    yield "adoption"
    page.fill("main details input", "kemarin")
    press(page)
    yield "adoption in error"
    for name in ("ask", "feedback"):
        page.goto(reverse(f"visits:{name}", args=[site.token_of_guests]))
        yield name
        press(page)
        yield f"{name} in error"
    page.check("[name=rating][value='4']")
    press(page)
    yield "feedback sent"
    for name in ("ask", "feedback", "adoption"):
        page.goto(reverse(f"visits:{name}", args=[site.token]))
        yield f"{name} before the visit"


def errors(page, site):
    suggest = reverse("innovations:suggest", args=[site.full.slug])
    page.goto(f"{reverse('home')}tidak/ada/")
    yield "404"
    with patch("magelang_portal.views.Innovation", None):
        page.goto(reverse("home"))
    yield "500"
    page.goto(suggest)
    page.context.clear_cookies()
    press(page)
    yield "403, form of another browser"
    page.goto(suggest)
    with override_settings(DATA_UPLOAD_MAX_NUMBER_FIELDS=1):
        press(page)
    yield "400"
    page.goto(suggest)
    with override_settings(MAX_REQUEST_BYTES=1):
        press(page)
    yield "413"
    log_in_without_the_form(page, UserFactory())
    page.goto(reverse("visits:letter", args=[site.request.reference]))
    yield "403"


def locked_out(page, site):
    address = reverse("admin:login")
    for _attempt in range(settings.AXES_FAILURE_LIMIT):
        Client().post(address, {"username": "pencoba", "password": PASSWORD})
    page.context.clear_cookies()
    page.goto(address)
    page.fill("#id_username", "pencoba")
    page.fill("#id_password", PASSWORD)
    press(page, "input[type=submit]")
    yield "locked out"


def log_in_without_the_form(page, user):
    client = Client()
    client.force_login(user)
    page.goto(reverse("about"))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": urljoin(page.url, "/")}]
    )


PUBLIC = (
    home,
    catalogue,
    search,
    innovation,
    agencies,
    awards_and_about,
    visits,
    calendar,
    itinerary,
    registration,
    suggestion,
    private_request,
    private_acts,
    lost_link,
    verification,
    participants,
    check_in,
    adoptions,
    afterwards,
    errors,
    locked_out,
)

WITHOUT_CONTENT = (
    "home",
    "innovations:list",
    "innovations:agency_list",
    "innovations:award_list",
    "visits:list",
    "visits:calendar",
    "visits:itinerary",
    "visits:register",
    "visits:verify_any",
    "visits:adoptions",
    "about",
    "privacy",
)
