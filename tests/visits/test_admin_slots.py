import datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from lxml import html

from tests.factories import ClosedDateFactory, SlotFactory, VisitFactory, working_day
from tests.staff import (
    NO_ANSWERS,
    change_page,
    changelist,
    filter_links,
    form_errors,
    levels,
    rows,
    texts,
)
from tests.visits.conftest import confirmed_in
from visits.closed_days import public_holidays
from visits.forms.slots import visits_in_words
from visits.models import ClosedDate, Message, TimeSlot, Visit

pytestmark = pytest.mark.django_db

LIST = changelist(TimeSlot)
ADD = "admin:visits_timeslot_add"
S = Visit.Status


def form_of(slot, **changes):
    """What a browser sends with the form of `slot`, some of it changed."""
    return {
        "date": slot.date.isoformat(),
        "starts_at": "09:00",
        "ends_at": "11:30",
        "venue": slot.venue,
        "capacity": slot.capacity,
        "language": slot.language,
        "note": slot.note,
        "is_open": "on",
    } | changes


# The list


def test_list_shows_upcoming_slots_unless_asked_otherwise(officer):
    past = SlotFactory(date=datetime.date(2026, 1, 5))
    open_ = SlotFactory()
    full = SlotFactory(booked=100, language="en")
    closed = SlotFactory(is_open=False)
    VisitFactory(slot=full, status=S.WAITING_LIST, waiting_since=timezone.now())

    def shown(**query):
        return rows(officer.get(LIST, query))

    assert shown() == shown(when="entah") == {open_, full, closed}
    assert shown(when="past") == {past}
    assert shown(when="all") == {past, open_, full, closed}
    assert shown(when="all", date__year=2026, date__month=1) == {past}
    assert shown(is_open__exact=0) == {closed}
    assert shown(seats="free") == {open_, closed}
    assert shown(seats="full") == shown(seats="waited") == {full}
    assert shown(language__exact="en") == {full}
    assert shown(q=open_.venue) == {open_}


def test_slots_on_closed_days_can_be_found(officer):
    today = timezone.localdate()
    holidays = public_holidays(today.year) | public_holidays(today.year + 1)
    holiday = SlotFactory(date=min(day for day in holidays if day > today))
    own = SlotFactory(date=ClosedDateFactory(date=working_day(20)).date)
    SlotFactory(date=working_day(22))
    assert rows(officer.get(LIST, {"when": "closed_day"})) == {holiday, own}


def test_each_choice_of_each_filter_answers(officer):
    SlotFactory()
    links = filter_links(officer.get(LIST))
    assert len(links) == 4
    answers = {query: officer.get(LIST + query).status_code for row in links for query in row}
    assert answers == dict.fromkeys(answers, 200)


def test_row_tells_day_hours_venue_seats_and_who_waits(officer):
    slot = SlotFactory(date=datetime.date(2030, 9, 5), booked=60, venue="Aula")
    for _visit in range(2):
        VisitFactory(slot=slot, status=S.WAITING_LIST, waiting_since=timezone.now())
    (row,) = html.fromstring(officer.get(LIST).text).xpath("//table[@id='result_list']/tbody/tr")
    cells = [" ".join(cell.text_content().split()) for cell in row.xpath("./*")[1:-1]]
    assert cells == ["Kamis, 5 September 2030", "09.00–11.30", "Aula", "60 dari 100", "2"]


@pytest.mark.parametrize(
    ("make", "model", "queries"),
    [(SlotFactory, TimeSlot, 11), (ClosedDateFactory, ClosedDate, 11)],
)
def test_list_takes_the_same_queries_for_1_and_for_3(
    officer, django_assert_num_queries, make, model, queries
):
    for ahead in ((40,), (50, 60)):
        for days in ahead:
            day = make(date=working_day(days))
            if model is TimeSlot:
                VisitFactory(slot=day, status=S.WAITING_LIST, waiting_since=timezone.now())
        with django_assert_num_queries(queries):
            officer.get(changelist(model))


def test_form_takes_the_same_queries_for_1_and_for_3_visits(officer, django_assert_num_queries):
    slot = SlotFactory()
    officer.get(change_page(slot))  # content types are looked up once in the life of a process
    for more in (1, 2):
        VisitFactory.create_batch(more, slot=slot)
        with django_assert_num_queries(8):
            officer.get(change_page(slot))


def test_actions_open_and_close_and_leave_a_trace(officer):
    slot, other = SlotFactory(), SlotFactory()

    def act(name):
        data = {"action": name, "_selected_action": [slot.pk], **NO_ANSWERS}
        response = officer.post(LIST, data)
        return texts(response), TimeSlot.objects.get(pk=slot.pk).is_open

    assert act("close_for_requests") == (["1 slot waktu ditutup."], False)
    assert act("close_for_requests") == (["0 slot waktu ditutup."], False)
    assert act("open_for_requests") == (["1 slot waktu dibuka."], True)
    assert TimeSlot.objects.get(pk=other.pk).is_open
    assert LogEntry.objects.filter(object_id=slot.pk).count() == 2


def test_slot_of_a_closed_date_is_not_opened(officer):
    slot = SlotFactory(is_open=False, date=ClosedDateFactory().date)
    data = {"action": "open_for_requests", "_selected_action": [slot.pk], **NO_ANSWERS}
    response = officer.post(LIST, data)
    assert levels(response) == ["success", "warning"]
    assert date_format(slot.date) in texts(response)[1]
    assert not TimeSlot.objects.get().is_open


# One slot


def test_slot_is_made_and_changed(officer):
    slot = SlotFactory.build(date=working_day(40), note="Bawa sepatu.")
    officer.post(reverse(ADD), form_of(slot))
    made = TimeSlot.objects.get()
    assert (made.date, made.hours, made.capacity, made.note, made.booked, made.is_open) == (
        slot.date,
        "09.00–11.30",
        100,
        "Bawa sepatu.",
        0,
        True,
    )
    officer.post(change_page(made), form_of(made, starts_at="09.30", capacity=80))
    made.refresh_from_db()
    assert (made.hours, made.capacity) == ("09.30–11.30", 80)


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"date": "2026-01-05"}, "date", "Tanggal ini sudah lewat"),
        ({"ends_at": "09:00"}, "ends_at", "Slot berakhir setelah dimulai"),
        ({"capacity": "0"}, "capacity", "sedikitnya satu orang"),
        ({"capacity": "2001"}, "capacity", "2000"),
    ],
)
def test_slot_that_cannot_be_is_refused_at_its_field(officer, changes, field, message):
    slot = SlotFactory.build(date=working_day(40))
    response = officer.post(reverse(ADD), form_of(slot, **changes))
    assert list(form_errors(response)) == [field]
    assert message in " ".join(form_errors(response)[field])
    assert not TimeSlot.objects.exists()


def test_twin_of_a_slot_is_refused(officer):
    slot = SlotFactory()
    response = officer.post(reverse(ADD), form_of(slot))
    assert form_errors(response) == {"__all__": ["Sudah ada slot pada waktu dan tempat ini."]}


def test_slot_on_a_closed_date_is_refused_unless_it_stays_closed(officer):
    closed = ClosedDateFactory(reason="Upacara")
    slot = SlotFactory.build(date=closed.date)
    refused = officer.post(reverse(ADD), form_of(slot))
    assert list(form_errors(refused)) == ["date"]
    assert "Upacara" in form_errors(refused)["date"][0]
    made = officer.post(reverse(ADD), {**form_of(slot), "is_open": ""})
    assert made.status_code == 302
    slot = TimeSlot.objects.get()
    reopened = officer.post(change_page(slot), form_of(slot))
    assert list(form_errors(reopened)) == ["date"]


def test_slot_on_a_holiday_is_made_with_a_warning(officer):
    slot = SlotFactory.build(date=datetime.date(2030, 8, 17))
    response = officer.post(reverse(ADD), form_of(slot))
    assert sorted(levels(response)) == ["success", "warning"]
    assert any("Hari Kemerdekaan Republik Indonesia" in text for text in texts(response))


def test_past_slot_keeps_its_day_while_its_note_is_changed(officer):
    slot = SlotFactory(date=datetime.date(2026, 1, 5))
    officer.post(change_page(slot), form_of(slot, note="Lupa."))
    assert TimeSlot.objects.get().note == "Lupa."


def test_capacity_never_falls_below_what_is_taken(officer):
    slot = SlotFactory(booked=60)
    response = officer.post(change_page(slot), form_of(slot, capacity=59))
    assert list(form_errors(response)) == ["capacity"]
    assert "60 tempat sudah terisi" in form_errors(response)["capacity"][0]
    officer.post(change_page(slot), form_of(slot, capacity=60))
    assert TimeSlot.objects.get().capacity == 60


def test_larger_capacity_is_offered_to_the_waiting_list_in_order(officer):
    slot = SlotFactory(capacity=50, booked=50)
    waiting = [
        VisitFactory(
            slot=slot,
            status=S.WAITING_LIST,
            waiting_since=timezone.now() - datetime.timedelta(days=days),
            expected_participants=number,
        )
        for days, number in ((1, 15), (3, 20), (2, 30))
    ]
    response = officer.post(change_page(slot), form_of(slot, capacity=85))
    for visit in waiting:
        visit.refresh_from_db()
    # 35 more: the first (20) and, since 30 is too many for the rest, the third (15).
    assert [visit.seats for visit in waiting] == [15, 20, 0]
    assert TimeSlot.objects.get().booked == 85
    assert "Tempat ditawarkan kepada 2 rombongan di daftar tunggu." in texts(response)
    assert Message.objects.filter(kind="seats_offered").count() == 2


def test_slot_that_holds_visits_keeps_its_time_and_venue(officer):
    slot = SlotFactory(booked=60)
    visit = confirmed_in(slot, 60, organisation="Kota Contoh")
    tomorrow = (slot.date + datetime.timedelta(days=1)).isoformat()
    changes = {"date": tomorrow, "starts_at": "08:00", "ends_at": "12:00", "venue": "Lain"}
    for name, value in changes.items():
        response = officer.post(change_page(slot), form_of(slot, **{name: value}))
        assert list(form_errors(response)) == [name]
        assert f"{visit.reference} (Kota Contoh)" in form_errors(response)[name][0]
    assert not Message.objects.exists()
    officer.post(change_page(slot), form_of(slot, note="Boleh.", language="en"))
    slot.refresh_from_db()
    assert (slot.note, slot.language, slot.hours) == ("Boleh.", "en", "09.00–11.30")


def test_slot_whose_visits_are_all_off_may_change_its_time(officer):
    slot = SlotFactory()
    VisitFactory(slot=slot, status=S.CANCELLED)
    officer.post(change_page(slot), form_of(slot, starts_at="08:00"))
    assert TimeSlot.objects.get().hours == "08.00–11.30"


def test_many_visits_are_named_in_part():
    visits = VisitFactory.create_batch(7)
    words = visits_in_words(visits)
    assert [visit.reference in words for visit in visits] == [True] * 5 + [False] * 2
    assert words.endswith("; +2")
    assert visits_in_words([]) == ""


def test_form_lists_the_visits_of_the_slot_safely(officer):
    slot = SlotFactory(booked=60)
    visit = confirmed_in(slot, 60, organisation="<b>Kota</b>")
    text = officer.get(change_page(slot)).text
    assert f'href="{change_page(visit)}"' in text
    assert "<b>Kota</b>" not in text
    assert "&lt;b&gt;Kota&lt;/b&gt;" in text


# Deleting


def test_slot_without_visits_is_deleted(officer):
    slot = SlotFactory()
    officer.post(reverse("admin:visits_timeslot_delete", args=[slot.pk]), {"post": "yes"})
    assert not TimeSlot.objects.exists()


def test_slot_with_visits_is_kept_and_says_what_to_do(officer):
    slot = SlotFactory()
    visit = VisitFactory(slot=slot, status=S.CANCELLED)
    url = reverse("admin:visits_timeslot_delete", args=[slot.pk])
    several = {"action": "delete_selected", "_selected_action": [slot.pk], **NO_ANSWERS}
    for response in (
        officer.get(url),
        officer.post(url, {"post": "yes"}),
        officer.post(LIST, several),
        officer.post(LIST, several | {"post": "yes"}),
    ):
        text = html.fromstring(response.text).text_content()
        assert visit.reference in text
        assert "Tutuplah untuk permohonan sebagai gantinya" in text
    assert TimeSlot.objects.exists()
