"""Days on which nobody is received, as staff enter them."""

import datetime
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from tests.factories import ClosedDateFactory, SlotFactory, VisitFactory, working_day
from tests.staff import NO_ANSWERS, change_page, changelist, form_errors, levels, rows, texts
from tests.visits.conftest import confirmed_in
from visits.models import ClosedDate, TimeSlot, Visit

pytestmark = pytest.mark.django_db

S = Visit.Status
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
    assert list(form_errors(response)) == [field]
    assert message in " ".join(form_errors(response)[field])
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
