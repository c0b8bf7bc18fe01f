import datetime
from datetime import date

import pytest
from django.utils import translation

from tests.factories import ClosedDateFactory, SlotFactory
from visits.closed_days import closed_dates, earliest_day, is_estimated, public_holidays
from visits.models import ClosedDate, TimeSlot, VisitSettings

pytestmark = pytest.mark.django_db


def test_holidays_are_named_in_the_language_of_the_page():
    assert closed_dates(date(2026, 8, 17), date(2026, 8, 18)) == {
        date(2026, 8, 17): "Hari Kemerdekaan Republik Indonesia"
    }
    with translation.override("en"):
        assert closed_dates(date(2026, 8, 17), date(2026, 8, 18)) == {
            date(2026, 8, 17): "Independence Day"
        }


def test_joint_leave_closes_offices_like_a_holiday():
    assert closed_dates(date(2026, 3, 20), date(2026, 3, 24)) == {
        date(2026, 3, 20): "Cuti Bersama Hari Raya Idul Fitri",
        date(2026, 3, 21): "Hari Raya Idul Fitri",
        date(2026, 3, 22): "Hari kedua dari Hari Raya Idul Fitri",
        date(2026, 3, 23): "Cuti Bersama Hari Raya Idul Fitri",
        date(2026, 3, 24): "Cuti Bersama Hari Raya Idul Fitri",
    }


def test_holiday_that_is_only_calculated_says_so_in_both_languages():
    assert public_holidays(2029)[date(2029, 2, 15)] == "Hari Raya Idul Fitri (perkiraan)"
    assert public_holidays(2029, "en")[date(2029, 2, 15)] == "Eid al-Fitr (estimated)"
    names = {language: public_holidays(2029, language) for language in ("id", "en")}
    for named in names.values():
        assert is_estimated(named[date(2029, 2, 15)])
        assert not is_estimated(named[date(2029, 8, 17)])


def test_own_closed_date_stands_beside_a_holiday_and_needs_no_reason():
    ClosedDateFactory(date=date(2026, 8, 17), reason="Upacara")
    ClosedDateFactory(date=date(2026, 8, 18), reason="Gedung diperbaiki")
    ClosedDateFactory(date=date(2026, 8, 19), reason="")
    ClosedDateFactory(date=date(2026, 8, 21), reason="Di luar rentang")
    assert closed_dates(date(2026, 8, 17), date(2026, 8, 20)) == {
        date(2026, 8, 17): "Hari Kemerdekaan Republik Indonesia; Upacara",
        date(2026, 8, 18): "Gedung diperbaiki",
        date(2026, 8, 19): "Tutup",
    }


def test_closed_days_across_the_turn_of_the_year():
    assert closed_dates(date(2026, 12, 25), date(2027, 1, 1)) == {
        date(2026, 12, 25): "Hari Raya Natal",
        date(2027, 1, 1): "Tahun Baru Masehi",
    }


@pytest.mark.parametrize(
    ("today", "lead_days", "earliest"),
    [
        ("2026-10-05", 7, date(2026, 10, 14)),  # an ordinary Monday: one weekend between
        ("2026-10-10", 1, date(2026, 10, 12)),  # asked on a Saturday
        ("2027-03-01", 7, date(2027, 3, 18)),  # Nyepi, Lebaran and its joint leave between
        ("2026-12-23", 2, date(2026, 12, 29)),  # joint leave, Christmas and a weekend
        ("2026-12-30", 2, date(2027, 1, 4)),  # the turn of the year
        ("2026-10-05", 0, date(2026, 10, 6)),  # no lead time: tomorrow all the same
        ("2026-10-05", 60, date(2026, 12, 30)),
    ],
)
def test_lead_time_counts_working_days_alone(at, today, lead_days, earliest):
    at(today)
    assert earliest_day(lead_days) == earliest


def test_lead_time_is_a_setting_and_leaves_own_closed_dates_out(at):
    at("2026-10-05")
    VisitSettings.objects.create(pk=1, lead_days=3)
    assert earliest_day() == date(2026, 10, 8)
    ClosedDateFactory(date=date(2026, 10, 7))
    assert earliest_day() == date(2026, 10, 9)


def test_lead_time_outlasts_the_longest_closure(at):
    at("2026-10-05")
    days = [date(2026, 10, 6) + datetime.timedelta(days=ahead) for ahead in range(120)]
    ClosedDate.objects.close(days, reason="Gedung diperbaiki")
    assert earliest_day(1) == date(2027, 2, 3)


def test_day_counts_in_the_city_and_not_in_greenwich(at):
    at("2026-10-06", hour=0, minute=30)  # still the 5th in UTC
    assert earliest_day(1) == date(2026, 10, 7)


def test_lead_time_takes_two_queries(django_assert_num_queries):
    ClosedDateFactory()
    with django_assert_num_queries(2):
        earliest_day()


def test_closing_days_keeps_earlier_reasons_and_closes_open_slots():
    first, second = SlotFactory(), SlotFactory(is_open=False)
    other = SlotFactory(date=first.date + datetime.timedelta(days=7))
    tomorrow = first.date + datetime.timedelta(days=1)
    ClosedDateFactory(date=tomorrow, reason="Lama")
    new, closed = ClosedDate.objects.close([first.date, tomorrow], reason="Baru")
    assert [(each.date, each.reason) for each in new] == [(first.date, "Baru")]
    assert closed == [first]
    assert dict(ClosedDate.objects.values_list("date", "reason")) == {
        first.date: "Baru",
        tomorrow: "Lama",
    }
    assert dict(TimeSlot.objects.values_list("pk", "is_open")) == {
        first.pk: False,
        second.pk: False,
        other.pk: True,
    }
