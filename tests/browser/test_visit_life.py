"""From the request to the programme, by the hands of delegation, officer and host."""

import pytest
from django.urls import reverse

from tests import groups
from tests.browser import places
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_accessibility import violations
from tests.factories import InnovationFactory, SlotFactory, UserFactory, VisitFactory
from tests.staff import change_page, transition_page
from visits.models import Message, Stop, Visit, VisitSettings

SUBMIT = ".submit-row input[type=submit]"
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def visit(transactional_db):
    """A request in a slot, one stop of which belongs to the host."""
    VisitSettings.objects.create(pk=1, notification_email="kantor@contoh.example")
    innovation = InnovationFactory(published=True, name="Data Go")
    innovation.agency.visit_ceiling = 1
    innovation.agency.save()
    visit = VisitFactory.build(organisation="DPRD Kabupaten Contoh")
    visit.submit(innovations=[innovation], slot=SlotFactory(capacity=30))
    return visit


def staff(group, **fields):
    user = UserFactory(**fields)
    user.groups.add(groups.group(group))
    return user


def as_staff(open_page, user, viewport=DESKTOP):
    page = open_page(viewport)
    places.log_in_without_the_form(page, user)
    return page


def test_question_answer_host_confirmation_and_cancellation(open_page, watch, visit):
    host = staff("host", agency=visit.stops.get().innovation.agency)
    officer = watch(as_staff(open_page, staff("visit officer")))
    officer.goto(transition_page("ask", visit))
    officer.fill("#id_reason", "Berapa pejabat yang ikut?")
    places.press(officer, SUBMIT)

    guest = watch(open_page(PHONE, script=False))
    guest.goto(reverse("visits:request", args=[visit.private_token]))
    places.press(guest, "text=Jawab pertanyaan")
    guest.fill("#id_text", "Tiga pejabat.")
    places.press(guest)
    assert guest.locator(".notice--success").count() == 1
    places.press(guest, "text=Ubah jumlahnya")
    guest.fill("#id_number", "31")
    places.press(guest)
    assert guest.locator("#error-summary").count() == 1
    guest.fill("#id_number", "25")
    places.press(guest)
    assert Visit.objects.get().seats == 25

    hosting = watch(as_staff(open_page, host, PHONE))
    hosting.goto(reverse("admin:visits_stop_changelist"))
    places.press(hosting, "#result_list tbody th a")
    places.press(hosting, "a.transition--accept")
    hosting.fill("#id_speaker", "Kepala Bidang")
    hosting.fill("#id_starts_at", "09:30")
    places.press(hosting, SUBMIT)
    assert Stop.objects.get().speaker == "Kepala Bidang"

    officer.goto(change_page(visit))
    places.press(officer, "a.transition--confirm")
    assert officer.locator(".notes li").count() == 5
    places.press(officer, SUBMIT)
    assert Visit.objects.get().status == Visit.Status.CONFIRMED

    guest.reload()
    assert "Kepala Bidang" in guest.inner_text("main")
    places.press(guest, "text=Batalkan kunjungan")
    places.press(guest, "main .button--danger")
    visit.refresh_from_db()
    assert (visit.status, visit.slot.booked) == (Visit.Status.CANCELLED, 0)
    assert [event.what for event in visit.events.all()] == [
        "submitted",
        "asked",
        "answered",
        "numbers",
        "stop_accepted",
        "confirmed",
        "cancelled",
    ]
    assert Message.objects.filter(to=visit.contact_email).count() == 4


def pages_of_staff(visit):
    stop = visit.stops.get()
    return [
        change_page(stop),
        *(transition_page(name, stop) for name in ("accept", "decline")),
        *(
            transition_page(name, visit)
            for name in ("confirm", "ask", "move", "change_numbers", "decline", "renew_link")
        ),
    ]


@pytest.mark.parametrize(("viewport", "theme"), [(PHONE, "light"), (DESKTOP, "dark")])
def test_pages_of_decisions_fit_and_are_accessible(open_page, visit, viewport, theme):
    page = open_page(viewport, theme)
    places.log_in_without_the_form(page, UserFactory(is_superuser=True))
    for path in pages_of_staff(visit):
        assert page.goto(path).status == 200
        assert (path, page.evaluate(WIDER)) == (path, 0)
        assert (path, violations(page)) == (path, [])
