"""The tour of 78 trainees through four innovations, from the itinerary to the deletion receipt.

Played in a real browser by the delegation's secretary on a phone, by the officer and by four
hosts, with the clock put forward between the acts.
"""

from collections import Counter
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.urls import reverse

from tests.browser import places
from tests.browser.conftest import DESKTOP, PHONE, log_in
from tests.browser.tour import (
    CONTACT,
    INNOVATIONS,
    NAMES,
    OFFICE,
    ORGANISATION,
    PEOPLE,
    SUBMIT,
    Clock,
    calendar_of,
    download,
    fill_in,
    host_address,
    issue,
    list_of_everyone,
    log_in_anew,
    make_city,
    open_link,
    posted,
    press,
    seen,
    text_of,
    transition,
)
from tests.factories import SlotFactory
from tests.visits.conftest import pdf_bytes
from visits import retention, schedule
from visits.models import Adoption, Visit, VisitSettings
from visits.outbox import send_due


class Tour:
    """The visit as its people live through it, act by act."""

    def __init__(self, open_page, watch, live_server, clock):
        self.people = make_city()
        self.slot = SlotFactory(venue="Adipura Kencana", capacity=100)
        self.open_page, self.live_server, self.clock = open_page, live_server, clock
        self.secretary = watch(open_page(PHONE))
        self.officer = watch(open_page(DESKTOP))
        self.stranger = watch(open_page(PHONE))

    @property
    def visit(self):
        return Visit.objects.get()

    def innovation(self, slug):
        return self.visit.stops.get(innovation__slug=slug).innovation

    def open_private_page(self):
        self.secretary.goto(reverse("visits:request", args=[self.token]))

    def is_asked_for(self):
        page = self.secretary
        for slug in INNOVATIONS:
            page.goto(reverse("innovations:detail", args=[slug]))
            places.press(page, "button[name=add]")
        page.goto(reverse("visits:itinerary"))
        assert page.locator("main h3, main .row__title").all_inner_texts() == NAMES
        open_link(page, "register")
        fill_in(page, purpose="Mempelajari empat inovasi.", expected_participants=PEOPLE)
        press(page, places.FORWARD)
        page.check(f"input[name=slot][value='{self.slot.pk}']")
        press(page)
        fill_in(
            page,
            organisation=ORGANISATION,
            organisation_kind="central_government",
            unit="Diklatpim IV",
            province="ID-JB",
            head_name="Ketua Rombongan",
        )
        press(page)
        fill_in(
            page,
            contact_name="Sekretaris",
            contact_phone="0812 3456 7890",
            contact_email=CONTACT,
        )
        press(page)
        letter = {"name": "surat.pdf", "mimeType": "application/pdf", "buffer": pdf_bytes()}
        page.set_input_files("input[type=file]", letter)
        page.check("input[name=consent]")
        places.press(page, SUBMIT)
        page.wait_for_url(f"**{reverse('visits:register_summary')}")
        for shown in (ORGANISATION, str(PEOPLE), *NAMES):
            assert shown in seen(page)
        page.wait_for_timeout(5000)  # whoever sends sooner is taken for a program
        page.locator("main form:has(input[name=website]) button[type=submit]").first.click()
        page.wait_for_selector(".standing")
        self.token = urlsplit(page.url).path.rstrip("/").rpartition("/")[2]
        assert (self.visit.status, self.visit.seats) == ("submitted", PEOPLE)
        assert [stop.innovation.name for stop in self.visit.stops.all()] == NAMES
        assert {(message.kind, message.to) for message in self.visit.messages.all()} == {
            ("request_received", CONTACT),
            ("office_request", OFFICE),
            *(("stops_to_answer", host_address(slug)) for slug in INNOVATIONS),
        }

    def answers_a_question(self):
        question, answer = "Apakah rombongan perlu penerjemah?", "Tidak perlu."
        log_in(self.officer, self.live_server, self.people["officer"])
        transition(self.officer, "ask", self.visit, reason=question)
        (told,) = posted("information_needed")
        assert (told.to, question in told.text) == (CONTACT, True)
        self.open_private_page()
        assert question in self.secretary.inner_text(".standing")
        open_link(self.secretary, "request_answer", self.token)
        self.secretary.fill("main textarea", answer)
        press(self.secretary)
        (told,) = posted("office_told")
        assert (told.to, answer in told.text) == (OFFICE, True)

    def is_accepted_by_its_hosts(self):
        for slug, (name, _agency) in INNOVATIONS.items():
            page = self.open_page(DESKTOP)
            log_in(page, self.live_server, self.people[slug])
            page.goto(reverse("admin:visits_stop_changelist"))
            assert page.locator("#result_list .field-innovation").all_inner_texts() == [name]
            stop = self.visit.stops.get(innovation__slug=slug)
            transition(page, "accept", stop, speaker=f"Narasumber {name}")
            page.context.close()

    def is_confirmed(self):
        transition(self.officer, "confirm", self.visit, reason="Kami tunggu di lobi.")
        assert (self.visit.status, self.visit.held_on) == ("confirmed", self.slot.date)
        (told,) = posted("visit_confirmed")
        assert "Kami tunggu di lobi." in told.text
        invitation = calendar_of(told)
        (event,) = invitation.walk("VEVENT")
        assert invitation["METHOD"] == "REQUEST"
        assert (event["DTSTART"].dt, event["DTEND"].dt) == (self.slot.starts, self.slot.ends)
        assert event["DTSTART"].params["TZID"] == "Asia/Jakarta"

    def lists_its_participants(self):
        page = self.secretary
        self.open_private_page()
        open_link(page, "participants", self.token)
        open_link(page, "participant_upload", self.token)
        sheet = {"name": "peserta.xlsx", "mimeType": "", "buffer": list_of_everyone()}
        page.set_input_files("main input[type=file]", sheet)
        press(page)
        assert f"Peserta {PEOPLE}" in seen(page)
        assert self.visit.attendees.count() == 0
        press(page)
        assert self.visit.attendees.count() == PEOPLE
        self.first, self.second, *_others = self.visit.attendees.all()

    def reads_its_programme(self):
        issue(self.officer, self.visit, "programme")
        programme = self.visit.papers.get(kind="programme")
        self.open_private_page()
        address = reverse("visits:request_paper", args=[self.token, programme.code])
        text = text_of(download(self.secretary, address))
        for name in NAMES:
            assert f"Narasumber {name}" in text
        assert programme.number in text

    def is_reminded(self):
        for days in (7, 1):
            self.clock.go_to(self.slot.date - timedelta(days=days))
            schedule.remind()
            schedule.remind()
        assert [message.to for message in posted("reminder")] == [CONTACT, CONTACT]

    def is_checked_in(self):
        self.clock.go_to(self.slot.date, hour=10)
        phone = self.officer
        log_in_anew(phone, self.live_server, self.people["officer"])
        phone.set_viewport_size(PHONE)
        phone.goto(reverse("visits:pass", args=[self.first.ensure_token()]))
        assert self.first.name in seen(phone)
        press(phone)
        door = reverse("visits:check_in", args=[self.visit.reference])
        phone.goto(f"{door}?q={self.second.name}")
        press(phone, ".presence button >> nth=0")
        assert list(self.visit.attendees.present()) == [self.first, self.second]
        open_link(phone, "check_in_group", self.visit.reference)
        fill_in(phone, number=PEOPLE)
        press(phone)
        phone.set_viewport_size(DESKTOP)
        transition(self.officer, "complete", self.visit)
        assert (self.visit.status, self.visit.participants) == ("completed", PEOPLE)
        assert [message.to for message in posted("feedback_wanted")] == [CONTACT]

    def gets_certificates(self):
        page = self.stranger
        certificate = self.visit.papers.get(kind="certificate", participant=self.first)
        page.goto(certificate.get_absolute_url())
        assert self.first.name in seen(page)
        assert self.second.name not in seen(page)
        own = self.first.ensure_token()
        page.goto(reverse("visits:pass", args=[own]))
        text = text_of(download(page, reverse("visits:my_certificate", args=[own])))
        assert self.first.name in text
        assert certificate.number in text
        self.certificate = certificate

    def gives_feedback(self):
        page = self.stranger
        page.goto(reverse("visits:pass", args=[self.first.ensure_token()]))
        open_link(page, "feedback", self.first.ensure_token())
        page.check("input[name=rating][value='5']")
        for stop in self.visit.stops.all():
            page.check(f"input[name=usefulness_{stop.innovation_id}][value='4']")
        press(page)
        feedback = self.visit.feedback.get()
        assert (feedback.participant, feedback.rating) == (self.first, 5)
        assert {each.usefulness for each in feedback.innovations.all()} == {4}
        assert feedback.innovations.count() == len(INNOVATIONS)

    def pledges_two_adoptions(self):
        page = self.secretary
        self.open_private_page()
        open_link(page, "adoption", self.token)
        for slug, state in (("data-go", "planned"), ("galeri-inovasi", "interested")):
            page.check(f"input[name=state_{self.innovation(slug).pk}][value={state}]")
        press(page)
        # What staff have not confirmed is not public.
        self.stranger.goto(self.innovation("data-go").get_absolute_url())
        assert ORGANISATION not in seen(self.stranger)

    def becomes_public(self):
        page, visit = self.officer, self.visit
        for adoption in Adoption.objects.all():
            transition(page, "confirm", adoption)
        page.goto(reverse("admin:visits_visit_change", args=[visit.pk]))
        page.fill("#id_summary", "Belajar empat inovasi.")
        page.fill("#id_report", "Rombongan *belajar*.")
        places.press(page, "input[name=_continue] >> nth=0")
        transition(page, "publish", visit)
        self.stranger.goto(self.visit.get_absolute_url())
        for shown in (ORGANISATION, str(PEOPLE), "Rombongan belajar.", *NAMES):
            assert shown in seen(self.stranger)

    def stands_in_the_family_trees(self):
        for slug, is_adopted in (
            ("data-go", True),
            ("galeri-inovasi", True),
            ("si-bahenol", False),
        ):
            self.stranger.goto(self.innovation(slug).get_absolute_url())
            tree = self.stranger.locator(".family-tree, .tree").filter(has_text=ORGANISATION)
            assert (slug, tree.count() > 0) == (slug, is_adopted)

    def is_asked_what_it_has_adopted(self):
        for months in (3, 6, 12):
            self.clock.go_to(self.slot.date + timedelta(days=31 * months))
            schedule.FollowUp.ask()
            schedule.FollowUp.ask()
        assert [message.to for message in posted("adoption_asked")] == [CONTACT] * 3

    def has_had_every_message(self):
        expected = Counter(
            {
                "request_received": 1,
                "office_request": 1,
                "stops_to_answer": len(INNOVATIONS),
                "information_needed": 1,
                "office_told": len(posted("office_told")),
                "visit_confirmed": 1,
                "hosts_told": len(INNOVATIONS),
                "papers_issued": 1,
                "reminder": 2,
                "feedback_wanted": 1,
                "adoption_asked": 3,
            }
        )
        assert Counter(message.kind for message in self.visit.messages.all()) == expected
        mail.outbox.clear()
        while send_due():
            pass
        assert len(mail.outbox) == expected.total()
        assert {message.status for message in self.visit.messages.all()} == {"sent"}
        to_contact = [each for each in mail.outbox if each.to == [CONTACT]]
        assert {self.token in each.body for each in to_contact} == {True}
        others = [each for each in mail.outbox if each.to != [CONTACT]]
        assert {self.token in each.body for each in others} == {False}

    def is_forgotten_in_time(self):
        name = self.first.name
        kept = timedelta(days=VisitSettings.load().keep_days + 2)
        self.clock.go_to(self.slot.date + kept)
        retention.clear()
        visit = self.visit
        assert (visit.contact_name, visit.attendees.count(), visit.participants) == ("", 0, PEOPLE)
        self.open_private_page()
        open_link(self.secretary, "receipt", self.token)
        assert "Sekretaris" not in seen(self.secretary)
        assert str(PEOPLE) in seen(self.secretary)
        self.stranger.goto(self.certificate.get_absolute_url())
        assert name not in seen(self.stranger)
        self.stranger.goto(self.innovation("data-go").get_absolute_url())
        assert ORGANISATION in seen(self.stranger)


@pytest.fixture
def tour(transactional_db, open_page, watch, live_server, monkeypatch):
    return Tour(open_page, watch, live_server, Clock(monkeypatch))


def test_tour_from_the_itinerary_to_the_receipt(tour):
    tour.is_asked_for()
    tour.answers_a_question()
    tour.is_accepted_by_its_hosts()
    tour.is_confirmed()
    tour.lists_its_participants()
    tour.reads_its_programme()
    tour.is_reminded()
    tour.is_checked_in()
    tour.gets_certificates()
    tour.gives_feedback()
    tour.pledges_two_adoptions()
    tour.becomes_public()
    tour.stands_in_the_family_trees()
    tour.is_asked_what_it_has_adopted()
    tour.has_had_every_message()
    tour.is_forgotten_in_time()
