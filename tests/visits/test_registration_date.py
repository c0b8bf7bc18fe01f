"""The date step: time slots, the waiting list, other dates, and what stands against them."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from tests.factories import ClosedDateFactory, InnovationFactory, SlotFactory, VisitFactory
from tests.visits.conftest import working_day
from tests.visits.test_registration import codes
from visits.closed_days import earliest_day, public_holidays
from visits.models import TimeSlot, Visit, VisitSettings

pytestmark = pytest.mark.django_db

DATE, SUMMARY = "visits:register_date", "visits:register_summary"


def in_days(days):
    return (timezone.localdate() + datetime.timedelta(days=days)).isoformat()


def saturday():
    day = working_day(30)
    return day + datetime.timedelta(days=6 - day.isoweekday())


def holiday():
    """The first public holiday from Monday to Friday that is far enough ahead."""
    today = timezone.localdate()
    days = public_holidays(today.year) | public_holidays(today.year + 1)
    first = today + datetime.timedelta(days=30)
    return next(day for day in sorted(days) if day > first and day.isoweekday() <= 5)


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"wished_on": "2019-09-04"}, {"wished_on": ["past"]}),
        ({"wished_on": in_days(0)}, {"wished_on": ["past"]}),
        ({"wished_on": "kapan-kapan"}, {"wished_on": ["invalid"]}),
        ({"wished_on": "9999-12-31"}, {"wished_on": ["too_far"]}),
        ({"wished_on": saturday().isoformat()}, {"wished_on": ["weekend"]}),
        ({"wished_on": holiday().isoformat()}, {"wished_on": ["closed"]}),
        ({"wished_on": working_day(2).isoformat()}, {"wished_on": ["too_near"]}),
        ({"alternative_on": "2019-09-04"}, {"alternative_on": ["past"]}),
        ({"alternative_on": saturday().isoformat()}, {"alternative_on": ["weekend"]}),
        ({"alternative_on": working_day(40).isoformat()}, {"alternative_on": ["same_date"]}),
    ],
)
def test_date_on_which_nobody_can_come_is_refused(send, changes, errors):
    assert codes(send(**changes)) == errors
    assert not Visit.objects.exists()


@pytest.mark.parametrize("written", ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"])
def test_date_is_read_as_browsers_and_as_people_write_it(send, written):
    day = working_day(50)
    send(wished_on=day.strftime(written))
    assert Visit.objects.get().wished_on == day


def test_holiday_and_closed_date_are_named(send):
    day = holiday()
    assert public_holidays(day.year)[day] in send(wished_on=day.isoformat()).text
    ClosedDateFactory()
    response = send(wished_on=working_day(40).isoformat())
    assert codes(response) == {"wished_on": ["closed"]}
    assert "Hari Jadi Kota Magelang" in response.text


def test_lead_time_is_the_setting_or_that_of_the_slowest_innovation(send, innovation):
    VisitSettings.objects.create(pk=1, lead_days=3)
    day = earliest_day(3)
    assert send(wished_on=day.isoformat()).status_code == 302
    innovation.visit_lead_days = 20
    innovation.save()
    response = send(wished_on=day.isoformat(), draft="")
    assert codes(response) == {"wished_on": ["too_near"]}
    assert "Data Go perlu 20 hari kerja" in response.text
    assert response.context["form"].earliest == earliest_day(20)


def test_weekday_on_which_an_innovation_is_closed_is_refused_with_its_name(send, innovation):
    day = working_day(40)
    innovation.visit_closed_days = str(day.isoweekday())
    innovation.save()
    slot = SlotFactory(date=day)
    for changes in ({}, {"slot": slot.pk}):
        response = send(**changes)
        (name,) = codes(response)
        assert codes(response) == {name: ["closed_weekday"]}
        assert "Data Go" in str(response.context["form"].errors)


def test_slot_seats_the_delegation_on_its_day(send):
    slot = SlotFactory(date=working_day(45), capacity=80)
    send(slot=slot.pk, wished_on="kapan-kapan", alternative_on="2019-09-04")
    visit = Visit.objects.get()
    slot.refresh_from_db()
    assert (visit.slot, visit.seats, slot.booked) == (slot, 78, 78)
    assert (visit.wished_on, visit.alternative_on) == (slot.date, None)
    assert visit.status == Visit.Status.SUBMITTED


def test_dates_beside_a_slot_are_still_there_when_one_comes_back(client, fill):
    fill(last="register_date", slot=SlotFactory().pk, wished_on="kapan-kapan")
    assert 'value="kapan-kapan"' in client.get(reverse(DATE)).text


def full_slot():
    """A slot with 22 seats left and two on its waiting list, and another just large enough."""
    slot = SlotFactory(capacity=100)
    VisitFactory.build(expected_participants=78).submit(innovations=[], slot=slot)
    for _number in range(2):
        VisitFactory.build(expected_participants=90).submit(
            innovations=[], slot=TimeSlot.objects.get(pk=slot.pk)
        )
    return slot


def test_full_slot_leads_to_the_waiting_list_which_both_steps_say(client, fill):
    slot = full_slot()
    fill(last="register")
    news = "Permohonan Anda masuk daftar tunggu, urutan ke-3."
    assert f"Penuh untuk 78 orang (tersisa 22 tempat). {news}" in client.get(reverse(DATE)).text
    assert fill(last="register_letter", slot=slot.pk).url == reverse(SUMMARY)
    page = client.get(reverse(SUMMARY)).text
    assert "Jadwal ini penuh untuk 78 orang; permohonan Anda masuk daftar tunggu, urutan ke-3" in (
        page
    )
    assert 'name="seen" value="waiting"' in page
    fill(slot=slot.pk, seen="waiting")
    visit = Visit.objects.latest("pk")
    assert (visit.status, visit.seats) == (Visit.Status.WAITING_LIST, 0)


def test_seats_that_go_while_the_summary_is_read_are_said_before_sending(client, fill, filled):
    slot = SlotFactory(capacity=100)
    fill(last="register_letter", slot=slot.pk)
    assert 'name="seen" value="seated"' in client.get(reverse(SUMMARY)).text
    VisitFactory.build(expected_participants=50).submit(innovations=[], slot=slot)
    response = client.post(reverse(SUMMARY), filled | {"seen": "seated"})
    assert len(response.context["form"].non_field_errors()) == 1
    assert "permohonan Anda masuk daftar tunggu, urutan ke-1" in response.text
    assert Visit.objects.count() == 1
    slot.refresh_from_db()
    assert slot.booked == 50
    response = client.post(reverse(SUMMARY), filled | {"seen": "waiting"})
    assert response.status_code == 302
    assert Visit.objects.latest("pk").status == Visit.Status.WAITING_LIST


@pytest.mark.parametrize(
    ("slot", "code"),
    [
        ({"capacity": 77}, "too_small"),
        ({"language": "en"}, "language"),
        ({"date": working_day(2)}, "invalid_choice"),
        ({"is_open": False}, "invalid_choice"),
        ({"date": datetime.date(2019, 9, 4)}, "invalid_choice"),
    ],
)
def test_slot_in_which_the_delegation_cannot_come_is_refused(send, slot, code):
    assert codes(send(slot=SlotFactory(**slot).pk)) == {"slot": [code]}
    assert not Visit.objects.exists()


def test_slot_that_cannot_be_chosen_says_why_and_takes_no_choice(client, fill):
    slot = SlotFactory(capacity=40)
    fill(last="register")
    text = client.get(reverse(DATE)).text
    (radio,) = [line for line in text.splitlines() if f'id="id_slot_{slot.pk}"' in line]
    assert " disabled>" in radio
    assert "Jadwal ini hanya memuat 40 orang" in text


def test_slot_too_near_for_one_innovation_names_it(client, fill, innovation):
    innovation.visit_lead_days = 60
    innovation.save()
    SlotFactory()
    fill(last="register")
    assert "Data Go perlu 60 hari kerja" in client.get(reverse(DATE)).text


@pytest.mark.parametrize(
    ("changes", "field"),
    [({}, "slot"), ({"slot": ""}, "wished_on")],
    ids=["nothing chosen", "another date without one"],
)
def test_nothing_chosen_is_asked_for_where_it_belongs(fill, changes, field):
    SlotFactory()
    response = fill(last="register_date", wished_on="", **changes)
    assert codes(response) == {field: ["required"]}


def test_date_of_ones_own_needs_no_slot(send):
    SlotFactory()
    send(slot="", alternative_on=working_day(50).isoformat())
    visit = Visit.objects.get()
    assert (visit.slot, visit.seats) == (None, 0)
    assert (visit.wished_on, visit.alternative_on) == (working_day(40), working_day(50))


def test_slots_are_grouped_by_month_and_only_open_ones_shown(client, fill):
    first, later = working_day(40), working_day(75)
    shown = [SlotFactory(date=first), SlotFactory(date=later)]
    SlotFactory(date=first, is_open=False)
    fill(last="register")
    months = client.get(reverse(DATE)).context["form"].months
    assert [month.first for month in months] == [first.replace(day=1), later.replace(day=1)]
    assert [choice.slot for month in months for choice in month.shown] == shown
    assert [month.folded for month in months] == [[], []]


def series(number=20, **options):
    """So many slots, one a working day from the fortieth on; they fill at least two months."""
    return [SlotFactory(date=working_day(40 + 2 * each), **options) for each in range(number)]


def test_long_series_shows_the_next_eight_that_suit_and_folds_the_rest(client, fill):
    small, *slots = series()
    TimeSlot.objects.filter(pk=small.pk).update(capacity=40)
    fill(last="register")
    response = client.get(reverse(DATE))
    months = response.context["form"].months
    assert [choice.slot for month in months for choice in month.shown] == slots[:8]
    folded = [choice.slot for month in months for choice in month.folded]
    assert folded == [small, *slots[8:]]
    folds = [month for month in months if month.folded]
    assert response.text.count('<details class="slots__more">') == len(folds)
    for month in folds:
        name = date_format(month.first, "F Y")
        assert f"<summary>{name}: {len(month.folded)} jadwal lagi</summary>" in response.text


def test_chosen_slot_stands_in_the_open_however_far_ahead(client, fill):
    slots = series()
    fill(last="register_date", slot=slots[-1].pk)
    response = client.get(reverse(DATE))
    shown = [choice.slot for month in response.context["form"].months for choice in month.shown]
    assert shown == [*slots[:8], slots[-1]]
    (radio,) = [
        line for line in response.text.splitlines() if f'" id="id_slot_{slots[-1].pk}"' in line
    ]
    assert " checked>" in radio


def test_date_of_ones_own_is_taken_where_the_chosen_slot_cannot_be(client, fill):
    slot = SlotFactory(capacity=40)
    response = fill(last="register_date", slot=slot.pk)
    (radio,) = [line for line in response.text.splitlines() if f'" id="id_slot_{slot.pk}"' in line]
    # A browser does not send what is disabled.
    assert " checked disabled>" in radio
    fill()
    assert Visit.objects.get().slot is None


def test_chosen_slot_that_needs_another_language_is_there_when_one_has_chosen_it(client, fill):
    slots = series(3, language="en")
    fill(last="register", slot=slots[1].pk)
    # The way back to the first step: what is disabled is not sent along.
    client.post(reverse(DATE), {"back": "1", "wished_on": ""})
    fill(last="register", language="en")
    response = client.get(reverse(DATE))
    assert response.context["form"]["slot"].value() == str(slots[1].pk)
    assert codes(response) == {}


def test_where_no_slot_suits_the_date_is_asked_for(fill):
    series(2, capacity=40)
    assert codes(fill(last="register_date", wished_on="")) == {"wished_on": ["required"]}


def test_slot_further_ahead_than_the_list_is_offered_to_whom_a_calendar_led_there(
    client, fill, filled, monkeypatch
):
    monkeypatch.setattr("visits.forms.date.MOST_SLOTS", 3)
    slots = series(5, capacity=100)
    fill(last="register", slot=slots[4].pk)
    form = client.get(reverse(DATE)).context["form"]
    assert list(form.slots) == [str(slots[place].pk) for place in (0, 1, 2, 4)]
    assert form.months[-1].shown[-1].slot == slots[4]
    fill(slot=slots[3].pk)
    assert Visit.objects.get().slot == slots[3]


@pytest.mark.parametrize(
    ("options", "said", "unsaid"),
    [
        (
            {"language": "en"},
            "Semua jadwal hanya dipandu dalam",
            "Jadwal ini hanya",
        ),
        ({"capacity": 40}, "Tidak ada jadwal yang memuat 78 orang", "Jadwal ini hanya memuat"),
    ],
)
def test_what_stands_against_all_slots_is_said_once(client, fill, options, said, unsaid):
    series(3, **options)
    fill(last="register")
    text = client.get(reverse(DATE)).text
    assert text.count(said) == 1
    assert unsaid not in text
    SlotFactory(date=working_day(60))
    text = client.get(reverse(DATE)).text
    assert said not in text
    assert text.count(unsaid) == 3


def test_first_step_says_when_the_slot_is_held_in_another_language(client):
    slot = SlotFactory(language="en")
    address = f"{reverse('visits:register')}?slot={slot.pk}"
    said = "Jadwal ini hanya dipandu dalam Bahasa Inggris. Pilih bahasa itu di bawah"
    assert client.get(address).text.count(said) == 1
    response = client.post(reverse("visits:register"), {"slot": slot.pk, "language": "id"})
    assert response.text.count(said) == 1
    response = client.post(reverse("visits:register"), {"slot": slot.pk, "language": "en"})
    assert f"{slot}" in response.text
    assert said not in response.text


def test_without_any_slot_the_date_is_asked_for_alone(client, fill):
    fill(last="register")
    text = client.get(reverse(DATE)).text
    assert 'name="slot"' not in text
    assert 'name="wished_on"' in text


def test_innovation_without_rules_stands_against_nothing(send):
    InnovationFactory(published=True)
    assert send(wished_on=earliest_day(7).isoformat()).status_code == 302
