"""What the acts of the tour share: its people, its clock, and the moves that repeat."""

import datetime
import io

import icalendar
import openpyxl
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from tests.browser import places
from tests.browser.conftest import log_in
from tests.factories import AgencyFactory, InnovationFactory, UserFactory
from tests.groups import group
from visits.models import Message, VisitSettings

ORGANISATION = "Pusdiklat Kesejahteraan Sosial"
CONTACT = "sekretaris@pusdiklat.example"
OFFICE = "kunjungan@kota.example"
PEOPLE = 78
# The innovations by their slugs: name, and the agency that receives visitors.
INNOVATIONS = {
    "data-go": ("Data Go", "Diskominsta"),
    "siap-uji-kir-online": ("Siap Uji KIR Online", "Dishub"),
    "galeri-inovasi": ("Galeri Inovasi", "Balitbang"),
    "si-bahenol": ("Si Bahenol", "BPKAD"),
}
NAMES = [name for name, _agency in INNOVATIONS.values()]
SUBMIT = "main form button[type=submit] >> nth=0"
ADMIN_SUBMIT = ".submit-row input[type=submit]"


class Clock:
    """Time as the portal sees it: the real one, put forward."""

    def __init__(self, monkeypatch):
        self._real = timezone.now
        self._ahead = datetime.timedelta()
        monkeypatch.setattr(timezone, "now", lambda: self._real() + self._ahead)

    def go_to(self, day, hour=9):
        moment = timezone.make_aware(datetime.datetime.combine(day, datetime.time(hour)))
        self._ahead = moment - self._real()


def make_city():
    """Four innovations with their agencies; the accounts of officer and hosts by name and slug."""
    accounts = {"officer": UserFactory(username="petugas")}
    accounts["officer"].groups.add(group("visit officer"))
    for slug, (name, abbreviation) in INNOVATIONS.items():
        agency = AgencyFactory(name=f"Badan {abbreviation}", abbreviation=abbreviation)
        InnovationFactory(name=name, slug=slug, agency=agency, published=True, visitable=True)
        host = UserFactory(username=f"tuan_rumah_{slug}", agency=agency, email=host_address(slug))
        host.groups.add(group("host"))
        accounts[slug] = host
    VisitSettings(notification_email=OFFICE, email=OFFICE, office_line="Bagian Umum").save()
    return accounts


def host_address(slug):
    return f"{slug}@kota.example"


def open_link(page, name, *args):
    """Follow the link of the page that leads to this address of the visits."""
    places.press(page, f"main a[href='{reverse(f'visits:{name}', args=args)}'] >> nth=0")


def press(page, selector=SUBMIT):
    places.press(page, selector)
    assert page.locator("#error-summary").count() == 0, seen(page)


def fill_in(page, **values):
    for name, value in values.items():
        field = page.locator(f"main [name={name}]").first
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(str(value))


def seen(page):
    return page.inner_text("main")


def log_in_anew(page, live_server, user):
    """The working day for which a session lasts is over by then."""
    page.context.clear_cookies()
    log_in(page, live_server, user)


def transition(page, name, thing, **answers):
    """Staff press a button of something in the admin and answer what it asks."""
    page.goto(reverse(f"admin:visits_{thing._meta.model_name}_change", args=[thing.pk]))
    places.press(page, f".transition--{name} >> nth=0")
    for field, value in answers.items():
        page.fill(f"#id_{field}", value)
    places.press(page, ADMIN_SUBMIT)
    assert page.locator(".errornote, .errorlist").count() == 0, page.inner_text("#content")


def issue(page, visit, kind):
    """The officer issues papers of one kind."""
    page.goto(reverse("admin:visits_visit_change", args=[visit.pk]))
    places.press(
        page, f"a[href='{reverse('admin:visits_paper_issue', args=[visit.reference, kind])}']"
    )
    places.press(page, ADMIN_SUBMIT)


def list_of_everyone():
    """The workbook that the secretary fills in, as bytes."""
    book = openpyxl.Workbook()
    book.active.append(["Nama", "Instansi", "Jabatan"])
    for number in range(1, PEOPLE + 1):
        book.active.append([f"Peserta {number:02}", "Dinas Sosial", "Analis"])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def download(page, address):
    """What the link to `address` gives, as bytes."""
    with page.expect_download() as waiting:
        page.click(f"main a[href='{address}'] >> nth=0")
    return waiting.value.path().read_bytes()


def text_of(pdf):
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def posted(kind):
    """The messages of one kind in the outbox, the oldest first."""
    return list(Message.objects.filter(kind=kind).order_by("pk"))


def calendar_of(message):
    """The calendar that goes along with a message."""
    (attachment,) = message.attachments.all()
    return icalendar.Calendar.from_ical(bytes(attachment.content))
