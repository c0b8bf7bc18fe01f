import datetime
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from lxml import html

from tests.factories import (
    ClosedDateFactory,
    SlotFactory,
    UserFactory,
    VisitFactory,
    working_day,
)
from tests.staff import (
    NO_ANSWERS,
    change_page,
    changelist,
    filter_links,
    logged_in,
    rows,
)
from visits.closed_days import public_holidays
from visits.forms.slots import visits_in_words
from visits.models import ClosedDate, Message, TimeSlot, Visit

pytestmark = pytest.mark.django_db

LIST = changelist(TimeSlot)
ADD = "admin:visits_timeslot_add"
S = Visit.Status


@pytest.fixture
def officer(visit_officer):
    return logged_in(visit_officer)


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


def texts(response):
    """What the answer says to the user; what earlier ones said waits for the next page."""
    return [str(message) for message in response.wsgi_request._messages._queued_messages]


def levels(response):
    return [message.level_tag for message in response.wsgi_request._messages._queued_messages]


def errors(response):
    return {name: list(found) for name, found in response.context["adminform"].errors.items()}


def confirmed_in(slot, number, **fields):
    return VisitFactory(
        slot=slot,
        status=S.CONFIRMED,
        held_on=slot.date,
        seats=number,
        expected_participants=number,
        **fields,
    )


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
    assert list(errors(response)) == [field]
    assert message in " ".join(errors(response)[field])
    assert not TimeSlot.objects.exists()


def test_twin_of_a_slot_is_refused(officer):
    slot = SlotFactory()
    response = officer.post(reverse(ADD), form_of(slot))
    assert errors(response) == {"__all__": ["Sudah ada slot pada waktu dan tempat ini."]}


def test_slot_on_a_closed_date_is_refused_unless_it_stays_closed(officer):
    closed = ClosedDateFactory(reason="Upacara")
    slot = SlotFactory.build(date=closed.date)
    refused = officer.post(reverse(ADD), form_of(slot))
    assert list(errors(refused)) == ["date"]
    assert "Upacara" in errors(refused)["date"][0]
    made = officer.post(reverse(ADD), {**form_of(slot), "is_open": ""})
    assert made.status_code == 302
    slot = TimeSlot.objects.get()
    reopened = officer.post(change_page(slot), form_of(slot))
    assert list(errors(reopened)) == ["date"]


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
    assert list(errors(response)) == ["capacity"]
    assert "60 tempat sudah terisi" in errors(response)["capacity"][0]
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
        assert list(errors(response)) == [name]
        assert f"{visit.reference} (Kota Contoh)" in errors(response)[name][0]
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


# A series

SERIES = "admin:visits_timeslot_series"
TUESDAYS_AND_THURSDAYS = {
    "weekdays": [2, 4],
    "starts_at": "09:00",
    "ends_at": "11:30",
    "first": "2030-03-01",
    "last": "2030-06-30",
    "venue": "Aula",
    "capacity": 100,
    "language": "id",
    "note": "",
    "seen": "",
    **NO_ANSWERS,
}


def post_series(client, **changes):
    return client.post(reverse(SERIES), TUESDAYS_AND_THURSDAYS | changes)


def fields_of(response):
    """What the form of a page would send, its buttons apart."""
    form = html.fromstring(response.text).xpath("//form[contains(@class,'series')]")[0]
    return form.form_values()


def sent(response, button):
    data = {}
    for name, value in fields_of(response):
        data.setdefault(name, []).append(value)
    return data | {button: "x"}


def plan_of(response):
    return {planned.day.isoformat(): planned.reason for planned in response.context["plan"]}


def test_series_shows_what_it_would_make_and_what_it_leaves_out(officer):
    ClosedDateFactory(date=datetime.date(2030, 3, 12), reason="Upacara")
    SlotFactory(date=datetime.date(2030, 3, 14), venue="Aula", starts_at="10:00", ends_at="12:00")
    SlotFactory(date=datetime.date(2030, 3, 19), venue="Balai")
    response = post_series(officer, last="2030-04-30")
    plan = plan_of(response)
    assert {datetime.date.fromisoformat(day).isoweekday() for day in plan} == {2, 4}
    assert {day: reason for day, reason in plan.items() if reason} == {
        "2030-03-05": "Hari Suci Nyepi",
        "2030-03-12": "Upacara",
        "2030-03-14": "Sudah ada slot di tempat ini, 10.00–12.00.",
    }
    assert len(plan) == 17
    assert not TimeSlot.objects.filter(date__gt="2030-03-20").exists()
    text = html.fromstring(response.text).text_content()
    assert "14 slot waktu akan dibuat" in " ".join(text.split())


def test_series_says_honestly_which_holiday_is_only_estimated(officer):
    response = post_series(officer, first="2030-02-01", last="2030-02-10", weekdays=[1, 2])
    assert plan_of(response)["2030-02-04"] == "Hari Raya Idul Fitri (perkiraan)"
    assert response.text.count("Pemerintah belum menetapkan hari ini") == 2


def test_series_that_was_shown_is_made_as_shown(officer, visit_officer):
    shown = post_series(officer)
    response = officer.post(reverse(SERIES), sent(shown, "_create"))
    assert response.url == LIST
    wanted = {day for day, reason in plan_of(shown).items() if not reason}
    slots = TimeSlot.objects.all()
    assert {slot.date.isoformat() for slot in slots} == wanted
    assert len(wanted) == 31
    assert {(slot.hours, slot.venue, slot.capacity, slot.is_open) for slot in slots} == {
        ("09.00–11.30", "Aula", 100, True)
    }
    assert texts(response) == ["31 slot waktu dibuat."]
    assert LogEntry.objects.filter(user=visit_officer).count() == 31


def test_series_made_twice_is_made_once(officer):
    data = sent(post_series(officer), "_create")
    officer.post(reverse(SERIES), data)
    again = officer.post(reverse(SERIES), data)
    assert "Kalender sudah berubah sementara itu" in again.text
    assert TimeSlot.objects.count() == 31
    assert all(plan_of(again).values())
    assert "_create" not in again.text


def test_series_that_has_changed_since_is_shown_again(officer):
    data = sent(post_series(officer), "_create")
    closed = ClosedDateFactory(date=datetime.date(2030, 3, 14), reason="Upacara")
    again = officer.post(reverse(SERIES), data)
    assert plan_of(again)[closed.date.isoformat()] == "Upacara"
    assert not TimeSlot.objects.exists()
    officer.post(reverse(SERIES), sent(again, "_create"))
    assert TimeSlot.objects.count() == 30


def test_series_of_which_another_made_a_slot_this_very_moment_is_shown_again(officer, monkeypatch):
    data = sent(post_series(officer), "_create")

    def beaten(slots):
        SlotFactory(date="2030-03-14", venue="Aula")
        raise IntegrityError

    monkeypatch.setattr(TimeSlot.objects, "bulk_create", beaten)
    again = officer.post(reverse(SERIES), data)
    assert "Kalender sudah berubah sementara itu" in again.text
    assert not TimeSlot.objects.exists()


def test_series_goes_back_to_its_form_without_loss(officer):
    response = officer.post(reverse(SERIES), sent(post_series(officer, note="Hm"), "_change"))
    values = fields_of(response)
    assert [value for name, value in values if name == "weekdays"] == ["2", "4"]
    assert {("first", "2030-03-01"), ("starts_at", "09:00"), ("note", "Hm")} <= set(values)
    assert not TimeSlot.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"weekdays": []}, "weekdays", "Centang paling sedikit satu hari."),
        ({"weekdays": [8]}, "weekdays", "8"),
        ({"first": "2026-01-05"}, "first", "Tanggal ini sudah lewat"),
        ({"last": "2030-02-28"}, "last", "Hari terakhir harus sesudah hari pertama"),
        ({"ends_at": "08:00"}, "ends_at", "Slot berakhir setelah dimulai"),
        ({"last": "2032-03-02"}, "last", "paling lama dua tahun"),
        ({"last": "9999-12-31"}, "last", "paling lama dua tahun"),
        ({"weekdays": [1, 2, 3, 4, 5], "last": "2031-12-31"}, "last", "400"),
        ({"capacity": "0"}, "capacity", "sedikitnya satu orang"),
        ({"last": ""}, "last", "tidak boleh kosong"),
    ],
)
def test_series_that_cannot_be_is_refused_at_its_field(officer, changes, field, message):
    response = post_series(officer, **changes)
    assert response.context["plan"] is None
    found = response.context["form"].errors
    assert list(found) == [field]
    assert message in " ".join(found[field])
    assert not TimeSlot.objects.exists()


def test_largest_series_is_made_at_once(officer):
    # 400 working days from March 2030 on, the holidays among them left out.
    shown = post_series(officer, weekdays=[1, 2, 3, 4, 5], last="2031-10-02")
    number = sum(not reason for reason in plan_of(shown).values())
    assert 390 < number <= 400
    officer.post(reverse(SERIES), sent(shown, "_create"))
    assert TimeSlot.objects.count() == number


def test_series_of_no_day_makes_nothing(officer):
    response = post_series(officer, weekdays=[7], first="2030-03-04", last="2030-03-05")
    assert plan_of(response) == {}
    assert "_create" not in response.text


def test_plan_takes_the_same_queries_for_1_and_for_3_slots_there(
    officer, django_assert_num_queries
):
    numbers = []
    for days in (("2030-03-07",), ("2030-03-12", "2030-03-14")):
        for day in days:
            SlotFactory(date=day, venue="Aula")
        with django_assert_num_queries(16):
            numbers.append(post_series(officer).context["number"])
    assert numbers == [30, 28]


def test_series_is_for_who_may_add_slots(officer, editor):
    assert officer.get(reverse(SERIES)).status_code == 200
    assert logged_in(editor).get(reverse(SERIES)).status_code == 403
    assert post_series(logged_in(UserFactory())).status_code == 403
    assert reverse(SERIES) in officer.get(LIST).text


# Closed dates

CLOSE = "admin:visits_closeddate_add"


def close(client, first, until="", reason="Cuti bersama"):
    return client.post(reverse(CLOSE), {"date": first, "until": until, "reason": reason})


def closed():
    return {each.date.isoformat(): each.reason for each in ClosedDate.objects.all()}


def test_one_day_is_closed(officer):
    response = close(officer, "2030-09-05")
    assert closed() == {"2030-09-05": "Cuti bersama"}
    assert levels(response) == ["success"]


def test_several_days_are_closed_at_once_and_each_is_a_row(officer, visit_officer):
    ClosedDateFactory(date=datetime.date(2030, 9, 6), reason="Lama")
    response = close(officer, "2030-09-05", "2030-09-08")
    assert closed() == {
        "2030-09-05": "Cuti bersama",
        "2030-09-06": "Lama",
        "2030-09-07": "Cuti bersama",
        "2030-09-08": "Cuti bersama",
    }
    assert "3 hari ditutup." in texts(response)
    assert LogEntry.objects.filter(user=visit_officer).count() == 3


def test_days_that_are_closed_from_the_first_on_are_passed_over(officer):
    ClosedDateFactory(date=datetime.date(2030, 9, 5), reason="Lama")
    close(officer, "2030-09-05", "2030-09-06")
    assert closed() == {"2030-09-05": "Lama", "2030-09-06": "Cuti bersama"}


@pytest.mark.parametrize(
    ("first", "until", "field", "message"),
    [
        ("2030-09-05", "2030-09-04", "until", "Hari terakhir harus sesudah hari pertama"),
        ("2030-09-05", "2031-09-05", "until", "tiga bulan"),
        ("2030-09-05", "9999-12-31", "until", "tiga bulan"),
        ("2030-10-01", "2030-10-02", "date", "Semua hari dari"),
        ("2030-10-01", "", "date", "Hari ini sudah ditutup"),
        ("", "2030-10-02", "date", "tidak boleh kosong"),
    ],
)
def test_days_that_cannot_be_closed_are_refused_at_their_field(
    officer, first, until, field, message
):
    for day in (1, 2):
        ClosedDateFactory(date=datetime.date(2030, 10, day))
    response = close(officer, first, until)
    assert list(errors(response)) == [field]
    assert message in " ".join(errors(response)[field])
    assert len(closed()) == 2


def test_closing_a_day_closes_its_slots_and_names_the_visits_on_it(officer):
    slot = SlotFactory(booked=60)
    seated = confirmed_in(slot, 60)
    without_slot = VisitFactory(status=S.CONFIRMED, held_on=slot.date)
    off = VisitFactory(slot=slot, status=S.CANCELLED)
    response = close(officer, slot.date.isoformat())
    assert not TimeSlot.objects.get().is_open
    text = " ".join(texts(response))
    assert str(slot) in text
    assert [visit.reference in text for visit in (seated, without_slot, off)] == [
        True,
        True,
        False,
    ]
    seated.refresh_from_db()
    assert (seated.status, seated.seats) == (S.CONFIRMED, 60)


def test_moved_closed_date_closes_the_slots_of_its_new_day(officer):
    slot, date = SlotFactory(), ClosedDateFactory(date=working_day(60))
    officer.post(change_page(date), {"date": slot.date.isoformat(), "reason": "Pindah"})
    assert closed() == {slot.date.isoformat(): "Pindah"}
    assert not TimeSlot.objects.get().is_open


def test_deleted_closed_date_names_the_slots_that_stay_closed(officer):
    slot = SlotFactory(is_open=False)
    date = ClosedDateFactory(date=slot.date)
    url = reverse("admin:visits_closeddate_delete", args=[date.pk])
    response = officer.post(url, {"post": "yes"})
    assert any(str(slot) in text for text in texts(response))
    date = ClosedDateFactory(date=slot.date)
    data = {"action": "delete_selected", "_selected_action": [date.pk], "post": "yes"}
    response = officer.post(changelist(ClosedDate), data | NO_ANSWERS)
    assert any(str(slot) in text for text in texts(response))
    assert not TimeSlot.objects.get().is_open


def test_closed_dates_are_listed_with_their_weekday_and_filtered(officer):
    past = ClosedDateFactory(date=datetime.date(2026, 1, 5))
    coming = ClosedDateFactory(date=datetime.date(2030, 9, 5))
    url = changelist(ClosedDate)
    assert rows(officer.get(url)) == {past, coming}
    assert rows(officer.get(url, {"when": "coming"})) == {coming}
    assert rows(officer.get(url, {"when": "past"})) == {past}
    assert re.search(r">Kamis, 5 September 2030<", officer.get(url).text)


def test_closing_a_day_names_the_open_requests_that_wish_for_it(officer):
    day, other = datetime.date(2030, 9, 5), datetime.date(2030, 9, 12)
    wish = VisitFactory(wished_on=day)
    second = VisitFactory(wished_on=other, alternative_on=day)
    VisitFactory(wished_on=day, status=Visit.Status.DECLINED)
    VisitFactory(wished_on=other)
    warning = " ".join(texts(close(officer, "2030-09-05")))
    named = {visit.reference for visit in Visit.objects.all() if visit.reference in warning}
    assert named == {wish.reference, second.reference}
