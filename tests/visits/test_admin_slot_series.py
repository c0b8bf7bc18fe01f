"""A series of time slots: what it would make is shown first, then made as shown."""

import datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError
from django.urls import reverse
from lxml import html

from tests.factories import ClosedDateFactory, SlotFactory, UserFactory
from tests.staff import NO_ANSWERS, changelist, logged_in, texts
from visits.models import TimeSlot

pytestmark = pytest.mark.django_db

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
    assert response.url == changelist(TimeSlot)
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
    assert reverse(SERIES) in officer.get(changelist(TimeSlot)).text
