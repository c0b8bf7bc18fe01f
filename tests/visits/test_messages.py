"""What the outbox holds after each step: to whom, in which language, and that it leaks nothing."""

import datetime
import re

import pytest
from django.conf import settings as project
from django.contrib.auth.models import Group
from django.db import transaction
from django.template import TemplateDoesNotExist
from django.utils import timezone
from icalendar import Calendar

from tests.factories import (
    AgencyFactory,
    AskedQuestionFactory,
    InnovationFactory,
    PaperFactory,
    QuestionFactory,
    SlotFactory,
    StopFactory,
    UserFactory,
    VisitFactory,
)
from tests.staff import logged_in, rows
from visits import messages
from visits.models import Attachment, Message, VisitSettings

pytestmark = pytest.mark.django_db

OFFICE = "kantor@magelang.example"
BEFORE = "lama@contoh.example"
FOLDER = project.BASE_DIR / "templates" / "visits" / "messages"


@pytest.fixture(autouse=True)
def office():
    return VisitSettings.objects.create(
        pk=1,
        notification_email=OFFICE,
        email="tamu@magelang.example",
        phone="(0293) 123",
        office_line="Bagian Umum",
    )


@pytest.fixture
def visit():
    """A request in a slot, with two stops of one agency and one of another."""
    slot = SlotFactory(date=datetime.date(2031, 3, 4), venue="Aula Adipura", booked=20)
    visit = VisitFactory(slot=slot, seats=20, organisation="Dinas Contoh")
    first, second = AgencyFactory(name="Dinas Satu"), AgencyFactory(name="Dinas Dua")
    for name, agency in (("Data Go", first), ("Uji KIR", first), ("Bahenol", second)):
        innovation = InnovationFactory(published=True, name=name, agency=agency)
        StopFactory(visit=visit, innovation=innovation)
    UserFactory(email="satu@magelang.example", agency=first, first_name="Sri", last_name="Rahayu")
    return visit


def host_of(visit, name="Data Go"):
    agency = visit.stops.get(innovation__name=name).innovation.agency
    return agency.staff.get()


def event_of(visit, reason="Kami membawa bus."):
    return visit.record("answered", by=None, actor="delegation", reason=reason)


def change_of(visit):
    return visit.record("programme", by=None, details={"added": ["Data Go"]}, reason="Lengkap.")


def move_of(visit, before="2031-02-25 09:00-11:30"):
    details = {"from": before, "to": visit.when}
    return visit.record("moved", by=None, details=details, reason="Aula diperbaiki.")


def cancellation_of(visit, actor="staff"):
    return visit.record("cancelled", by=None, actor=actor, reason="Jalan terputus.")


def numbers_of(visit):
    return visit.record("numbers", by=None, details={"from": 20, "to": 25})


def papers_of(visit):
    PaperFactory(visit=visit)
    messages.papers_issued(visit)


def asked_of(visit):
    question = QuestionFactory(text="Berapa biayanya?", answer="Tanpa biaya.")
    return [AskedQuestionFactory(visit=visit, question=question)]


WRITTEN = {
    "request_received": messages.request_received,
    "office_request": messages.request_received,
    "stops_to_answer": messages.stops_to_answer,
    "stops_withdrawn": lambda visit: messages.stops_withdrawn(visit, visit.stops.all()),
    "hosts_told": messages.visit_confirmed,
    "office_told": lambda visit: messages.office_told(visit, event_of(visit)),
    "information_needed": lambda visit: messages.information_needed(visit, "Naik apa?"),
    "placed_on_waiting_list": messages.placed_on_waiting_list,
    "seats_offered": messages.seats_offered,
    "offer_expired": messages.offer_expired,
    "visit_confirmed": messages.visit_confirmed,
    "visit_moved": lambda visit: messages.visit_moved(visit, move_of(visit)),
    "programme_changed": lambda visit: messages.programme_changed(visit, change_of(visit)),
    "numbers_changed": lambda visit: messages.numbers_changed(visit, numbers_of(visit)),
    "visit_declined": lambda visit: messages.visit_declined(visit, "Aula sedang diperbaiki."),
    "visit_cancelled": lambda visit: messages.visit_cancelled(visit, cancellation_of(visit)),
    "papers_issued": papers_of,
    "reminder": lambda visit: messages.reminder(visit, 7),
    "feedback_wanted": messages.feedback_wanted,
    "adoption_asked": lambda visit: messages.adoption_asked(visit, 3),
    "questions_answered": lambda visit: messages.questions_answered(visit, asked_of(visit)),
    "link_sent": messages.link_sent,
    "address_changed": lambda visit: messages.address_changed(visit, BEFORE),
}
TO_STAFF = {"office_request", "stops_to_answer", "stops_withdrawn", "hosts_told", "office_told"}
TO_DELEGATION = WRITTEN.keys() - TO_STAFF - {"address_changed"}


def written(kind, visit):
    """The message of `kind`, of a visit on which all is settled that its texts speak of."""
    visit.held_on = datetime.date(2031, 3, 4)
    visit.offered_until = datetime.datetime(2031, 3, 1, 5, tzinfo=datetime.UTC)
    with transaction.atomic():
        WRITTEN[kind](visit)
    return Message.objects.get(kind=kind)


def test_each_kind_has_a_label_three_templates_and_a_test():
    on_disk = {path.name for path in FOLDER.iterdir() if not path.name.startswith("_")}
    assert on_disk == {
        f"{kind}.{part}" for kind in messages.KINDS for part in ("subject.txt", "txt", "html")
    }
    assert set(messages.KINDS) == set(WRITTEN)


@pytest.mark.parametrize("kind", sorted(TO_DELEGATION))
@pytest.mark.parametrize("language", ["id", "en"])
def test_message_to_the_delegation_is_whole_in_its_language(kind, language, visit):
    visit.language = language
    message = written(kind, visit)
    greeting, regards = {
        "id": ("Yth. Bapak/Ibu Sekretaris,", "Hormat kami,"),
        "en": ("Dear Sekretaris,", "Kind regards,"),
    }[language]
    assert (message.to, message.language) == (visit.contact_email, language)
    assert message.subject.startswith(f"{visit.reference}: ")
    for part in (message.text, message.html):
        for wanted in (greeting, regards, visit.reference, messages.PRIVATE_LINK, "Bagian Umum"):
            assert (wanted, wanted in part) == (wanted, True)
    assert f'<html lang="{language}">' in message.html
    assert "(0293) 123\ntamu@magelang.example" in message.text


@pytest.mark.parametrize("kind", sorted(WRITTEN))
def test_texts_have_no_gap_and_no_loose_end(kind, visit):
    message = written(kind, visit)
    assert re.findall(r"\n{3,}|[{}]|None|: \n|\(\)", message.text) == []
    assert re.findall(r"[{}]{2}|None|<p>\s*</p>", message.html) == []
    assert message.html.count("<h1>") == 1
    assert re.findall(r'(?:src|background)=|url\(|href="(?!http|mailto|\[\[)', message.html) == []


@pytest.mark.parametrize("kind", sorted(WRITTEN))
def test_indonesian_texts_say_something_else_than_english_ones(kind, visit):
    indonesian = written(kind, visit)
    if kind in TO_STAFF:
        assert indonesian.language == "id"
        return
    Message.objects.all().delete()
    visit.language = "en"
    english = written(kind, visit)
    paragraphs = [
        set(re.findall(r"<p>([^<]{20,})</p>", each.html)) for each in (indonesian, english)
    ]
    assert paragraphs[0]
    assert paragraphs[0] & paragraphs[1] == set()


@pytest.mark.parametrize("kind", sorted(TO_STAFF))
def test_message_to_staff_opens_the_admin_and_nobodys_private_link(kind, visit):
    message = written(kind, visit)
    expected = OFFICE if kind.startswith("office") else "satu@magelang.example"
    assert message.to == expected
    for part in (message.text, message.html):
        assert f"{project.SITE_URL}/admin/" in part
        assert "[[" not in part
        assert visit.contact_email not in part


def test_address_before_gets_no_link_and_does_not_hear_the_new_one(visit):
    message = written("address_changed", visit)
    assert (message.to, message.language) == (BEFORE, visit.language)
    for part in (message.text, message.html):
        told = ("[[", visit.contact_email, visit.contact_name, "tamu@magelang.example")
        assert [each in part for each in told] == [False, False, False, True]


def test_mark_that_a_delegation_typed_brings_its_link_to_nobody_else(visit):
    visit.organisation = f"Dinas {messages.PRIVATE_LINK}"
    event = event_of(visit, reason=f"{messages.PRIVATE_LINK} {messages.GROUP_LINK}")
    messages.office_told(visit, event)
    messages.stops_to_answer(visit)
    for message in Message.objects.all():
        assert "[[" not in message.text + message.html


def test_marks_put_together_by_taking_one_away_go_too(visit):
    half = len(messages.PRIVATE_LINK) // 2
    start, end = messages.PRIVATE_LINK[:half], messages.PRIVATE_LINK[half:]
    visit.organisation = f"{start}{messages.GROUP_LINK}{end}"
    messages.stops_to_answer(visit)
    assert Message.objects.exists()
    for message in Message.objects.all():
        assert messages.PRIVATE_LINK not in message.text + message.html


def test_stop_that_its_host_declined_is_no_part_of_what_is_announced(visit):
    visit.stops.filter(innovation__name="Data Go").update(answer="declined")
    visit.held_on = timezone.localdate()
    messages.visit_confirmed(visit)
    message = Message.objects.get(kind="visit_confirmed")
    calendar = bytes(message.attachments.get().content).decode()
    for told in (message.text, message.html, calendar):
        assert ("Data Go" in told, "Uji KIR" in told) == (False, True)


def test_host_s_calendar_tells_of_its_own_stops_alone(visit):
    UserFactory(email="dua@magelang.example", agency=visit.stops.last().innovation.agency)
    visit.held_on = timezone.localdate()
    messages.visit_confirmed(visit)
    message = Message.objects.get(to="dua@magelang.example")
    calendar = bytes(message.attachments.get().content).decode()
    assert ("Data Go" in calendar, "Bahenol" in calendar) == (False, True)


def test_hosts_see_their_own_stops_and_no_others(visit):
    UserFactory(email="dua@magelang.example", agency=visit.stops.last().innovation.agency)
    messages.stops_to_answer(visit)
    shown = {
        message.to: {name for name in ("Data Go", "Uji KIR", "Bahenol") if name in message.text}
        for message in Message.objects.all()
    }
    assert shown == {
        "satu@magelang.example": {"Data Go", "Uji KIR"},
        "dua@magelang.example": {"Bahenol"},
    }


def test_host_answers_where_the_link_leads(visit):
    messages.stops_to_answer(visit)
    host = host_of(visit)
    host.groups.add(Group.objects.get(name="host"))
    [address] = re.findall(r"http\S+/admin/\S+", Message.objects.get().text)
    page = logged_in(host).get(address.removeprefix(project.SITE_URL))
    assert page.status_code == 200
    assert rows(page) == set(visit.stops.exclude(innovation__name="Bahenol"))


def test_host_who_left_has_no_address_or_declined_is_not_written_to(visit):
    host = host_of(visit)
    UserFactory(agency=host.agency)
    UserFactory(agency=host.agency, email="pergi@magelang.example", is_active=False)
    visit.stops.filter(innovation__agency=host.agency).update(answer="declined")
    messages.visit_confirmed(visit)
    assert list(Message.objects.values_list("kind", flat=True)) == ["visit_confirmed"]


def test_nothing_is_written_where_there_is_no_address(visit, office):
    office.delete()
    visit.contact_email = ""
    messages.request_received(visit)
    messages.link_sent(visit)
    assert Message.objects.count() == 0


def test_what_was_typed_is_escaped_in_html_and_plain_in_text(visit):
    typed = '<b onload="x">Tanya & jawab</b>'
    visit.organisation = visit.contact_name = typed
    messages.information_needed(visit, f"{typed}\nBaris kedua")
    message = Message.objects.get()
    escaped = "&lt;b onload=&quot;x&quot;&gt;Tanya &amp; jawab&lt;/b&gt;"
    assert f"{escaped}<br>Baris kedua" in message.html
    assert f"Yth. Bapak/Ibu {escaped}," in message.html
    assert "<b" not in message.html.replace("<br>", "").replace("<body", "")
    assert f"{typed}\nBaris kedua" in message.text


def test_line_ends_in_what_was_typed_add_no_header(visit):
    visit.organisation = "Dinas\r\nBcc: orang@lain.example\x07\u2028X: y"
    messages.stops_to_answer(visit)
    subject = Message.objects.get().subject
    assert subject == (f"{visit.reference}: Dinas Bcc: orang@lain.example X: y ingin berkunjung")


def test_long_name_of_an_organisation_is_cut_in_the_subject_alone(visit):
    visit.organisation = "Dinas " + "P" * 190
    messages.stops_to_answer(visit)
    message = Message.objects.get()
    assert len(message.subject) == 200
    assert visit.organisation in message.html


def test_times_are_said_in_the_citys_zone_as_each_language_writes_them(visit):
    text = written("seats_offered", visit).text
    assert "20 tempat disediakan untuk Anda sampai Sabtu, 1 Maret 2031, 12.00 WIB." in text
    assert "Waktu: Selasa, 4 Maret 2031, 09.00–11.30 WIB\nTempat: Aula Adipura\n" in text
    Message.objects.all().delete()
    visit.language, visit.seats = "en", 1
    text = written("seats_offered", visit).text
    assert "1 seat is kept for you until Saturday, 1 March 2031, 12:00 WIB (UTC+7)." in text
    assert "When: Tuesday, 4 March 2031, 09:00–11:30 WIB (UTC+7)\n" in text


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"slot": None, "held_on": datetime.date(2031, 3, 4)}, "Selasa, 4 Maret 2031"),
        ({"slot": None, "wished_on": datetime.date(2031, 3, 5)}, "Rabu, 5 Maret 2031"),
        ({"slot": None, "wished_on": None}, ""),
        ({"held_on": datetime.date(2031, 3, 6)}, "Kamis, 6 Maret 2031"),
        (
            {"held_on": datetime.date(2031, 3, 4), "held_until": datetime.date(2031, 3, 5)},
            "Selasa, 4 Maret 2031 – Rabu, 5 Maret 2031",
        ),
    ],
)
def test_day_is_the_agreed_one_or_else_the_wished_one(visit, changes, expected):
    for name, value in changes.items():
        setattr(visit, name, value)
    assert messages.when_of(visit) == expected


def test_reminder_is_written_once_for_each_day_of_the_visit(visit):
    visit.held_on = datetime.date(2031, 3, 4)
    messages.reminder(visit, 7)
    messages.reminder(visit, 7)
    messages.reminder(visit, 1)
    visit.held_on = datetime.date(2031, 3, 5)
    messages.reminder(visit, 7)
    assert Message.objects.filter(kind="reminder").count() == 3


def test_message_that_another_process_wrote_meanwhile_is_written_once(visit, monkeypatch):
    visit.held_on = datetime.date(2031, 3, 4)
    messages.reminder(visit, 7)
    seen = iter([False, True])
    monkeypatch.setattr("django.db.models.query.QuerySet.exists", lambda queryset: next(seen))
    with transaction.atomic():
        messages.reminder(visit, 7)
        # The transaction around it goes on: this would fail on PostgreSQL otherwise.
        assert Message.objects.filter(kind="reminder").count() == 1


def test_missing_template_is_an_error_and_no_empty_message(visit):
    with pytest.raises(TemplateDoesNotExist):
        messages._to_delegation("unheard_of", visit)
    assert Message.objects.count() == 0


def method_of(message):
    """The method of the attached invitation; None where there is none."""
    attachment = Attachment.objects.filter(message=message).first()
    return attachment and Calendar.from_ical(bytes(attachment.content))["method"]


def steps(visit):
    """Kind, attached method and addressee of every message to delegation and hosts."""
    kinds = [kind for kind in messages.KINDS if kind.startswith("visit_") or kind == "hosts_told"]
    return [
        (message.kind, method_of(message))
        for message in visit.messages.filter(kind__in=kinds).order_by("pk")
    ]


def test_invitation_goes_with_the_confirmation_follows_a_move_and_is_taken_back(
    visit, visit_officer
):
    visit.confirm(by=visit_officer)
    visit.move(by=visit_officer, slot=SlotFactory(date=datetime.date(2031, 3, 11)))
    visit.cancel(by=visit_officer)
    assert steps(visit) == [
        ("visit_confirmed", "REQUEST"),
        ("hosts_told", "REQUEST"),
        ("visit_moved", "REQUEST"),
        ("hosts_told", "REQUEST"),
        ("visit_cancelled", "CANCEL"),
        ("hosts_told", "CANCEL"),
    ]


def test_visit_that_was_never_confirmed_has_no_invitation(visit, visit_officer):
    visit.move(by=visit_officer, slot=SlotFactory(date=datetime.date(2031, 3, 11)))
    visit.decline(by=visit_officer, reason="Aula sedang diperbaiki.")
    assert steps(visit) == [
        ("visit_moved", None),
        ("hosts_told", None),
        ("visit_declined", None),
        ("hosts_told", None),
    ]
    text = visit.messages.get(kind="visit_moved").text
    assert "dari Selasa, 4 Maret 2031, 09.00–11.30 ke Selasa, 11 Maret 2031, 09.00" in text
    assert "Kunjungan belum disetujui" in text
    assert "Undangan" not in text


def test_request_that_named_no_day_is_moved_from_nowhere(visit):
    messages.visit_moved(visit, move_of(visit, before=""))
    for message in Message.objects.all():
        assert "dijadwalkan pada waktu di bawah ini." in message.text
        assert ("dipindahkan" in message.text, "–." in message.text) == (False, False)


def test_hosts_hear_from_when_to_when_a_visit_is_moved(visit):
    messages.visit_moved(visit, move_of(visit))
    message = Message.objects.get(kind="hosts_told")
    assert message.subject.endswith("Waktu kunjungan Dinas Contoh berubah")
    for part in (message.text, message.html):
        assert "dari Selasa, 25 Februari 2031, 09.00–11.30 ke Selasa, 4 Maret 2031" in part


@pytest.mark.parametrize(
    ("language", "subject", "line", "reason"),
    [
        ("id", "Anda telah membatalkan kunjungan", "Sesuai permintaan Anda, ", "Alasan Anda:"),
        ("en", "You have cancelled your visit", "At your wish ", "Your reason:"),
    ],
)
def test_delegation_reads_its_own_cancellation_as_its_own(visit, language, subject, line, reason):
    visit.language = language
    messages.visit_cancelled(visit, cancellation_of(visit, actor="delegation"))
    message = Message.objects.get(kind="visit_cancelled")
    assert message.subject == f"{visit.reference}: {subject}"
    for part in (message.text, message.html):
        assert (line in part, reason in part, "Jalan terputus." in part) == (True, True, True)
        assert "Message to you" not in part
        assert "Pesan untuk Anda" not in part


def test_reason_of_staff_stays_a_message_to_the_delegation(visit):
    text = written("visit_cancelled", visit).text
    assert "Pesan untuk Anda:\nJalan terputus." in text


def test_hours_and_places_of_the_stops_stand_in_mail_and_calendar(visit):
    first = visit.stops.get(innovation__name="Data Go")
    first.starts_at, first.ends_at = datetime.time(9), datetime.time(10, 15)
    first.venue = "Ruang Data"
    first.save()
    visit.status = "confirmed"
    message = written("programme_changed", visit)
    calendar = Calendar.from_ical(bytes(message.attachments.get().content))
    for told in (message.text, message.html, calendar.events[0]["description"]):
        assert "Data Go (Dinas Satu), 09.00–10.15, Ruang Data" in told


def test_confirmation_names_the_hosts_still_to_answer(visit):
    visit.stops.exclude(innovation__name="Bahenol").update(answer="accepted")
    message = written("visit_confirmed", visit)
    for part in (message.text, message.html):
        unanswered = part.partition("belum menjawab")[2].partition("Undangan")[0]
        assert [name in unanswered for name in ("Data Go", "Bahenol")] == [False, True]
        assert "surat balasan menyusul" in part
    Message.objects.all().delete()
    visit.stops.update(answer="accepted")
    assert "belum menjawab" not in written("visit_confirmed", visit).text


def test_whoever_joins_a_visit_reads_with_whom(visit):
    visit.joins = VisitFactory(organisation="Pemkot Madiun")
    messages.request_received(visit)
    for message in Message.objects.all():
        assert "Bersama: Pemkot Madiun\n" in message.text
        assert "Pemkot Madiun" in message.html


def test_hosts_hear_a_new_number_of_people_without_an_invitation(visit):
    visit.status, visit.held_on = "confirmed", datetime.date(2031, 3, 4)
    messages.hosts_told(visit, numbers_of(visit))
    message = Message.objects.get()
    assert message.subject.endswith("Ada perubahan pada kunjungan Dinas Contoh")
    assert "20 → 25" in message.text
    assert not message.attachments.exists()


def test_papers_issued_within_minutes_are_one_message(visit):
    papers_of(visit)
    PaperFactory(visit=visit, kind="reply")
    PaperFactory(visit=visit, kind="report")
    messages.papers_issued(visit)
    message = Message.objects.get()
    programme, reply = (visit.papers.get(kind=kind) for kind in ("programme", "reply"))
    for part in (message.text, message.html):
        assert re.findall(r"KM/\w+/\d+/\d+", part) == [programme.number, reply.number]
    assert message.next_attempt_at > timezone.now()
    Message.objects.update(attempts=1)
    messages.papers_issued(visit)
    assert Message.objects.count() == 2


def test_texts_quote_reason_question_and_answers(visit):
    assert "Naik apa?" in written("information_needed", visit).text
    assert "Aula sedang diperbaiki." in written("visit_declined", visit).html
    assert "Kami membawa bus." in written("office_told", visit).text
    told = written("questions_answered", visit)
    assert "Pertanyaan: Berapa biayanya?\nJawaban: Tanpa biaya." in told.text
    assert "Berapa biayanya?" in told.html
    assert messages.GROUP_LINK in written("feedback_wanted", visit).text


def test_waiting_list_is_said_at_once(visit):
    visit.status, visit.seats = "waiting_list", 0
    visit.waiting_since = timezone.now()
    messages.request_received(visit)
    to_delegation, to_office = Message.objects.order_by("pk")
    assert to_delegation.subject == f"{visit.reference}: Anda masuk daftar tunggu"
    assert "urutan ke-1 dalam daftar tunggu. Begitu" in to_delegation.text
    assert "tawaran itu berlaku selama 48 jam" in to_delegation.text
    assert "masuk daftar tunggu" in to_office.text


def test_whoever_cannot_reply_is_told_to_use_the_link(visit, office):
    office.email = ""
    office.save()
    text = written("link_sent", visit).text
    assert "Mohon tidak membalasnya; gunakan tautan pribadi Anda." in text
    assert "langsung membalasnya" not in text


def test_message_takes_the_same_queries_however_many_stops(django_assert_num_queries):
    for number in (1, 3):
        visit = VisitFactory()
        StopFactory.create_batch(number, visit=visit)
        visit = type(visit).objects.get(pk=visit.pk)
        # stops and settings to render; savepoint, message and its release to write
        with django_assert_num_queries(5):
            messages.link_sent(visit)
