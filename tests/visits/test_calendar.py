import datetime
from datetime import date

import pytest
from django.urls import reverse
from django.utils import translation
from lxml import html

from tests.factories import ClosedDateFactory, SlotFactory, VisitFactory
from visits.models import VisitSettings
from visits.months import Month

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(at):
    """Monday, 5 October 2026: the first day to ask for is Wednesday, 14 October."""
    at("2026-10-05")


class Calendar:
    """The page, to be asked what it shows on a day."""

    def __init__(self, client, **query):
        with translation.override(query.pop("language", "id")):
            self.response = client.get(reverse("visits:calendar"), query)
            assert self.response.status_code == 200
            self.page = html.fromstring(self.response.text)

    def day(self, day):
        """What stands on a day besides its date, in one line; None where the day is not shown."""
        cells = self.page.xpath(
            "//td[.//time[@datetime=$day]] | //li[@class='agenda__day'][.//time[@datetime=$day]]",
            day=day,
        )
        if not cells:
            return None
        (cell,) = cells
        parts = cell.xpath(".//ul | .//*[@class='calendar__closed']")
        return " | ".join(" ".join(part.text_content().split()) for part in parts)

    def links(self, day):
        return self.page.xpath("//td[.//time[@datetime=$day]]//a/@href", day=day)

    @property
    def month(self):
        return self.page.xpath("string(//h2[@id='month'])")

    def neighbour(self, rel):
        """The month to which `rel` leads, the same in the head of the page and on it."""
        on_page = self.page.xpath("//nav//a[@rel=$rel]/@href", rel=rel)
        assert on_page == self.page.xpath("//head/link[@rel=$rel]/@href", rel=rel)
        return on_page

    @property
    def notices(self):
        return [
            " ".join(notice.text_content().split())
            for notice in self.page.xpath("//main//p[contains(@class,'notice')]")
        ]


@pytest.fixture
def show(client):
    def show(month="", **query):
        return Calendar(client, **({"month": month} if month else {}), **query)

    return show


def test_free_slot_tells_hours_seats_venue_language_and_note(show):
    slot = SlotFactory(
        date="2026-10-15", venue="Aula", booked=60, language="id,en", note="Bawa sepatu."
    )
    calendar = show()
    assert calendar.month == "Oktober 2026"
    assert calendar.day("2026-10-15") == (
        "09.00–11.30 sisa 40 dari 100 tempat "
        "Aula · Bahasa Indonesia dan bahasa Inggris Bawa sepatu."
    )
    assert calendar.links("2026-10-15") == [f"{reverse('visits:register')}?slot={slot.pk}"]


def test_slot_is_told_in_english_too(show):
    SlotFactory(date="2026-10-15", venue="Aula", booked=60)
    calendar = show(language="en")
    assert calendar.month == "October 2026"
    assert calendar.day("2026-10-15") == "09:00–11:30 40 of 100 seats free Aula · Indonesian"


def test_full_slot_leads_to_its_waiting_list(show):
    slot = SlotFactory(date="2026-10-15", venue="Aula", booked=100)
    calendar = show()
    assert calendar.day("2026-10-15").startswith("09.00–11.30 penuh – daftar tunggu")
    assert calendar.links("2026-10-15") == [f"{reverse('visits:register')}?slot={slot.pk}"]


def test_day_too_near_is_no_longer_open_and_says_why(show):
    for day in ("2026-10-13", "2026-10-14"):
        SlotFactory(date=day, venue="Aula")
    calendar = show()
    assert calendar.day("2026-10-13") == (
        "09.00–11.30 sudah ditutup: kurang dari 7 hari kerja lagi Aula · Bahasa Indonesia"
    )
    assert calendar.links("2026-10-13") == []
    assert len(calendar.links("2026-10-14")) == 1
    (notice,) = calendar.notices
    assert notice.startswith(
        "Hari terdekat yang dapat Anda ajukan hari ini adalah Rabu, 14 Oktober"
    )


def test_lead_time_of_the_settings_is_the_one_told(show):
    VisitSettings.objects.create(pk=1, lead_days=1)
    SlotFactory(date="2026-10-06")
    calendar = show()
    assert len(calendar.links("2026-10-06")) == 1
    assert "paling lambat 1 hari kerja sebelumnya" in " ".join(
        calendar.page.xpath("string(//p[@class='lead'])").split()
    )


def test_slot_of_today_that_has_begun_says_so(show):
    SlotFactory(date="2026-10-05", starts_at="09:00", venue="Aula")
    calendar = show()
    assert calendar.day("2026-10-05") == "09.00–11.30 sudah dimulai Aula · Bahasa Indonesia"


def test_closed_and_past_slots_are_not_shown(show):
    SlotFactory(date="2026-10-15", is_open=False)
    SlotFactory(date="2026-10-02")
    calendar = show()
    assert (calendar.day("2026-10-15"), calendar.day("2026-10-02")) == ("", "")


def test_holidays_and_closed_dates_are_named(show):
    ClosedDateFactory(date=date(2026, 12, 1), reason="Upacara")
    ClosedDateFactory(date=date(2026, 12, 2), reason="")
    SlotFactory(date="2026-12-03")
    calendar = show("2026-12")
    assert calendar.day("2026-12-01") == "Upacara"
    assert calendar.day("2026-12-02") == "Tutup"
    assert calendar.day("2026-12-24") == "Cuti Bersama Hari Raya Natal"
    assert calendar.day("2026-12-25") == "Hari Raya Natal"
    assert "hasil perhitungan" not in calendar.response.text


def test_estimated_holiday_is_explained(show):
    SlotFactory(date="2029-02-06")
    calendar = show("2029-02")
    assert calendar.day("2029-02-15") == "Hari Raya Idul Fitri (perkiraan)"
    assert "“Perkiraan”: hasil perhitungan" in calendar.response.text


def test_days_of_other_months_stay_empty(show):
    SlotFactory(date="2026-11-02")
    SlotFactory(date="2026-11-30")
    calendar = show("2026-11")
    assert calendar.day("2026-10-31") is calendar.day("2026-12-01") is None
    assert len(calendar.page.xpath("//tbody/tr")) == 6
    assert {len(row.xpath("./td")) for row in calendar.page.xpath("//tbody/tr")} == {7}


def test_grid_is_a_table_with_caption_and_weekdays(show):
    calendar = show()
    (table,) = calendar.page.xpath("//main//table")
    assert (
        table.xpath("string(caption)") == "Slot waktu, hari tutup, dan kunjungan pada Oktober 2026"
    )
    assert table.xpath("thead//th[@scope='col']/text()") == [
        "Senin",
        "Selasa",
        "Rabu",
        "Kamis",
        "Jumat",
        "Sabtu",
        "Minggu",
    ]


def test_list_shows_only_days_with_something_and_keeps_to_itself(show):
    SlotFactory(date="2026-10-15", venue="Aula")
    SlotFactory(date="2026-11-15")
    calendar = show(view="list")
    dates = calendar.page.xpath("//main//h3/time/@datetime")
    assert dates == ["2026-10-15"]
    assert calendar.day("2026-10-15").startswith("09.00–11.30 sisa 100 dari 100 tempat")
    assert not calendar.page.xpath("//main//table")
    assert calendar.neighbour("next") == ["?view=list&month=2026-11"]
    current = calendar.page.xpath("//a[@aria-current='true']/text()")
    assert current == ["Daftar"]


def test_public_visit_stands_on_each_of_its_days(show):
    visit = VisitFactory(
        completed=True,
        held_on=date(2019, 9, 30),
        held_until=date(2019, 10, 2),
        organisation="Tamu",
    )
    calendar = show("2019-09")
    assert calendar.day("2019-09-29") == ""
    assert calendar.day("2019-09-30") == "Tamu"
    assert calendar.links("2019-09-30") == [visit.get_absolute_url()]
    assert calendar.month == "September 2019"


def test_visit_of_several_days_reaches_into_the_next_month(show):
    VisitFactory(completed=True, held_on=date(2019, 9, 30), held_until=date(2019, 10, 2))
    VisitFactory(completed=True, held_on=date(2019, 10, 15), organisation="Lain")
    calendar = show("2019-10")
    days = {day: calendar.day(f"2019-10-{day:02}") for day in (1, 2, 3, 15)}
    assert days == {1: "Pemerintah Kota Contoh", 2: "Pemerintah Kota Contoh", 3: "", 15: "Lain"}


def test_visits_that_staff_did_not_publish_are_nowhere(show):
    SlotFactory(date="2026-10-20")
    hidden = {"organisation": "Tamu Tersembunyi"}
    VisitFactory(completed=True, held_on=date(2026, 10, 1), published_at=None, **hidden)
    VisitFactory(status="confirmed", held_on=date(2026, 10, 20), **hidden)
    VisitFactory(wished_on=date(2026, 10, 20), **hidden)
    VisitFactory(completed=True, held_on=None, reported_on=date(2026, 10, 1), **hidden)
    for view in ("", "list"):
        assert "Tersembunyi" not in show(view=view).response.text


def test_months_lead_to_the_nearest_that_hold_anything(show):
    VisitFactory(completed=True, held_on=date(2019, 9, 4))
    VisitFactory(completed=True, held_on=date(2019, 7, 30))
    SlotFactory(date="2026-12-15")
    SlotFactory(date="2027-03-04")
    SlotFactory(date="2027-06-01", is_open=False)
    ways = {}
    for month in ("2019-07", "2019-09", "2023-01", "2026-10", "2026-12", "2027-03"):
        calendar = show(month)
        ways[month] = (calendar.neighbour("prev"), calendar.neighbour("next"))
        assert calendar.notices[1:] == []
    assert ways == {
        "2019-07": ([], ["?month=2019-09"]),
        "2019-09": (["?month=2019-07"], ["?month=2026-10"]),
        "2023-01": (["?month=2019-09"], ["?month=2026-10"]),
        "2026-10": (["?month=2019-09"], ["?month=2026-12"]),
        "2026-12": (["?month=2026-10"], ["?month=2027-03"]),
        "2027-03": (["?month=2026-12"], []),
    }


@pytest.mark.parametrize(
    "key",
    [
        "maret",
        "2026-13",
        "2026-00",
        "1999-12",
        "2026-1",
        "10-2026",
        "２０２６-10",
        "<b>",
        " ",
        "0",
    ],
)
def test_month_that_is_none_gives_the_current_one_and_says_so(show, key):
    calendar = show(key)
    assert calendar.month == "Oktober 2026"
    assert "Bulan pada alamat halaman tidak kami kenali" in calendar.notices[0]


@pytest.mark.parametrize(
    ("key", "shown"), [("2000-01", "September 2019"), ("2099-12", "Desember 2026")]
)
def test_month_beyond_the_calendar_gives_the_nearest_and_says_so(show, key, shown):
    VisitFactory(completed=True, held_on=date(2019, 9, 4))
    SlotFactory(date="2026-12-15")
    calendar = show(key)
    assert calendar.month == shown
    assert calendar.notices[0] == "Kalender mencakup September 2019 sampai Desember 2026."


def test_empty_calendar_says_how_to_come_all_the_same(show):
    calendar = show()
    assert calendar.month == "Oktober 2026"
    assert (calendar.neighbour("prev"), calendar.neighbour("next")) == ([], [])
    link = calendar.page.xpath("//div[@class='empty']//a/@href")
    assert link == [reverse("visits:register")]


def test_month_without_anything_says_so_in_the_list(show):
    VisitFactory(completed=True, held_on=date(2019, 9, 4))
    calendar = show("2020-11", view="list")
    text = calendar.page.xpath("string(//p[@class='empty'])")
    assert text == "Tidak ada apa-apa di kalender bulan ini."


def test_calendar_opens_where_a_slot_can_still_be_asked_for(show):
    assert "Oktober 2026" in show().page.text_content()
    SlotFactory(date="2026-12-15", capacity=1, booked=1)
    SlotFactory(date="2027-03-04")
    assert "Maret 2027" in show().page.text_content()


@pytest.mark.parametrize("view", ["", "list"])
def test_month_takes_the_same_queries_however_full(client, django_assert_num_queries, view):
    def look():
        with django_assert_num_queries(8):
            client.get(reverse("visits:calendar"), {"view": view, "month": "2026-10"})

    look()
    for number, more in enumerate((1, 2)):
        for row in range(more):
            day = date(2026, 10, 15) + datetime.timedelta(days=3 * number + row)
            SlotFactory(date=day)
            SlotFactory(date=day)
            ClosedDateFactory(date=day)
            VisitFactory(completed=True, held_on=date(2026, 10, 1))
        look()


def test_page_says_where_to_subscribe(show, settings):
    settings.SITE_URL = "https://inovasi.example"
    for language in ("id", "en"):
        page = show(language=language).page
        with translation.override(language):
            feeds = [
                f"https://inovasi.example{reverse(f'visits:{name}')}"
                for name in ("free_feed", "visits_feed")
            ]
        paths = [feed.removeprefix("https://inovasi.example") for feed in feeds]
        assert page.xpath("//head/link[@type='text/calendar']/@href") == paths
        assert [path for path in page.xpath("//main//a/@href") if path in paths] == paths
        assert page.xpath("//section//code/text()") == feeds
        assert page.xpath("//a[starts-with(@href,'webcal:')]/@href") == [
            feed.replace("https:", "webcal:") for feed in feeds
        ]


def test_addresses_are_words_of_their_language():
    names = ("calendar", "free_feed", "visits_feed")
    addresses = {}
    for language in ("id", "en"):
        with translation.override(language):
            addresses[language] = [reverse(f"visits:{name}") for name in names]
    assert addresses == {
        "id": [
            "/kunjungan/kalender/",
            "/kunjungan/kalender/bebas.ics",
            "/kunjungan/kalender/kunjungan.ics",
        ],
        "en": [
            "/en/visits/calendar/",
            "/en/visits/calendar/free.ics",
            "/en/visits/calendar/visits.ics",
        ],
    }


def test_other_language_shows_the_same_month(show):
    SlotFactory(date="2026-12-15")
    calendar = show("2026-12")
    links = calendar.page.xpath("//nav[@class='languages']/a/@href")
    assert links == ["/en/visits/calendar/?month=2026-12"]


def test_visits_and_every_footer_lead_to_the_calendar(client):
    for name in ("visits:list", "home"):
        page = html.fromstring(client.get(reverse(name)).text)
        assert reverse("visits:calendar") in page.xpath("//footer//a/@href")
    page = html.fromstring(client.get(reverse("visits:list")).text)
    assert reverse("visits:calendar") in page.xpath("//main//a/@href")


def test_months_are_in_order_and_have_their_weeks():
    march = Month(2027, 3)
    assert (march.first, march.last, march.key) == (date(2027, 3, 1), date(2027, 3, 31), "2027-03")
    assert march.weeks[0][0] == date(2027, 3, 1)
    assert march.weeks[-1][-1] == date(2027, 4, 4)
    assert Month(2026, 12) < march < Month(2027, 4)
    assert Month(2028, 2).last == date(2028, 2, 29)
    assert Month.from_key("2027-03") == Month.of(date(2027, 3, 31)) == march
    assert str(march) == "Maret 2027"
