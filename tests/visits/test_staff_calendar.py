"""The month as staff see it: everything for visit officers, their own visits for hosts."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone
from lxml import html

from tests.factories import (
    ClosedDateFactory,
    InnovationFactory,
    SlotFactory,
    StopFactory,
    UserFactory,
    VisitFactory,
)
from tests.staff import change_page, changelist, logged_in, rows
from visits.models import Stop, Visit
from visits.months import Month
from visits.staff_calendar import StaffCalendar

pytestmark = pytest.mark.django_db

MARCH = "2027-03"


def day(number, month=3):
    return datetime.date(2027, month, number)


def page_of(user, month=MARCH):
    response = logged_in(user).get(reverse("admin:visit_calendar"), {"month": month})
    return html.document_fromstring(response.text)


def listed(user, month=MARCH):
    """The reference and the day of each visit that the calendar shows."""
    calendar = StaffCalendar(Month.from_key(month), user)
    return [
        (visit.reference, each.date)
        for week in calendar.weeks
        for each in week
        for visit in each.visits
    ]


def agreed(number=4, **details):
    return VisitFactory(**{"status": "confirmed", "held_on": day(number)} | details)


def test_visits_agreed_on_stand_on_each_of_their_days(visit_officer):
    one = agreed(4)
    several = agreed(30, held_until=day(1, month=4), status="completed")
    assert listed(visit_officer) == [
        (one.reference, day(4)),
        (several.reference, day(30)),
        (several.reference, day(31)),
    ]
    assert listed(visit_officer, "2027-04") == [(several.reference, day(1, month=4))]


def test_open_requests_stand_on_the_day_of_their_slot_or_else_of_their_wish(visit_officer):
    wished = VisitFactory(wished_on=day(9))
    slot = SlotFactory(date=day(10))
    seated = VisitFactory(slot=slot, seats=20, wished_on=day(9))
    VisitFactory(status="waiting_list", wished_on=day(9, month=4))
    assert listed(visit_officer) == [(wished.reference, day(9)), (seated.reference, day(10))]


@pytest.mark.parametrize("status", ["declined", "cancelled"])
def test_what_is_off_stands_nowhere(visit_officer, status):
    VisitFactory(status=status, wished_on=day(9), held_on=day(9))
    assert listed(visit_officer) == []


def test_those_agreed_on_come_first_and_the_earlier_hour_before_the_later(visit_officer):
    asking = VisitFactory(wished_on=day(4))
    without_hour = agreed()
    late = SlotFactory(date=day(4), starts_at=datetime.time(13), ends_at=datetime.time(15))
    early = SlotFactory(date=day(4))
    afternoon, morning = agreed(slot=late), agreed(slot=early)
    references = [reference for reference, _day in listed(visit_officer)]
    assert references == [each.reference for each in (morning, afternoon, without_hour, asking)]


def test_officer_sees_slots_with_their_seats_closed_days_and_links_to_visits(visit_officer):
    SlotFactory(date=day(4), capacity=80, booked=30)
    ClosedDateFactory(date=day(5), reason="Hari Jadi Kota Magelang")
    visit = agreed(organisation="Pemkab Banjar")
    page = page_of(visit_officer)
    text = page.text_content()
    assert "30/80" in text
    assert "Hari Jadi Kota Magelang" in text
    links = {link.text: link.get("href") for link in page.xpath("//table//a")}
    assert links["Pemkab Banjar"] == change_page(visit)


def test_public_holiday_is_named(visit_officer):
    assert "Hari Buruh" in page_of(visit_officer, "2027-05").text_content()


def test_host_sees_only_visits_with_a_stop_of_the_own_agency_and_no_contact(host):
    own = InnovationFactory(published=True, agency=host.agency)
    mine = agreed(organisation="Pemkab Banjar")
    StopFactory(visit=mine, innovation=own)
    refused = agreed(5)
    StopFactory(visit=refused, innovation=own, answer="declined")
    StopFactory(visit=agreed(6, organisation="Tamu dinas lain"))
    SlotFactory(date=day(4), capacity=80, booked=30)
    assert listed(host) == [(mine.reference, day(4))]
    page = page_of(host)
    text = page.text_content()
    assert "Pemkab Banjar" in text
    hidden = ["Tamu dinas lain", mine.contact_name, mine.contact_email, mine.head_name, "30/80"]
    assert [each in text for each in hidden] == [False] * 5
    assert page.xpath("//table[@class='month']//a/@href") == [
        f"{changelist(Stop)}?answer=all&q={mine.reference}"
    ]
    assert rows(logged_in(host).get(page.xpath("//table[@class='month']//a/@href")[0])) == {
        mine.stops.get()
    }


def test_totals_count_a_visit_of_several_days_once(visit_officer):
    agreed(4, held_until=day(6), expected_participants=30)
    agreed(8, status="completed", participants=12)
    VisitFactory(wished_on=day(9))
    calendar = StaffCalendar(Month.from_key(MARCH), visit_officer)
    assert calendar.totals == {"visits": 2, "people": 42, "requests": 1}


def test_month_leads_to_the_one_before_the_one_after_and_today(visit_officer):
    links = page_of(visit_officer, "2027-01").xpath("//nav[@aria-label='Bulan']/a/@href")
    assert links == ["?month=2026-12", f"?month={Month.current().key}", "?month=2027-02"]


@pytest.mark.parametrize("month", ["", "2027", "2027-13", "März"])
def test_month_that_cannot_be_is_the_current_one(visit_officer, month):
    response = logged_in(visit_officer).get(reverse("admin:visit_calendar"), {"month": month})
    assert response.context["calendar"].month == Month.current()


def test_today_is_marked_in_words(visit_officer):
    page = page_of(visit_officer, Month.current().key)
    [cell] = page.xpath("//td[contains(@class, 'month__day--today')]")
    assert cell.xpath(".//time/@datetime") == [timezone.localdate().isoformat()]
    assert "hari ini" in cell.text_content()


def test_calendar_is_refused_to_staff_with_neither_visits_nor_stops(editor):
    for user in (editor, UserFactory()):
        assert logged_in(user).get(reverse("admin:visit_calendar")).status_code == 403


@pytest.mark.parametrize("times", [1, 3])
def test_calendar_takes_the_same_queries_however_full_it_is(
    visit_officer, host, django_assert_num_queries, times
):
    for number in range(times):
        visit = agreed(4 + number, slot=SlotFactory(date=day(4 + number)))
        StopFactory(visit=visit, innovation__agency=host.agency)
        VisitFactory(wished_on=day(9))
        ClosedDateFactory(date=day(20 + number))
    for user, queries in ((visit_officer, 9), (host, 8)):
        client = logged_in(user)
        with django_assert_num_queries(queries):
            client.get(reverse("admin:visit_calendar"), {"month": MARCH})
    assert Visit.objects.count() == 2 * times
