"""The year's figures: what each counts, how the page draws them, and the same as a workbook."""

import datetime
import io

import openpyxl
import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone, translation
from lxml import html

from tests.factories import (
    AdoptionFactory,
    AgencyFactory,
    FeedbackFactory,
    InnovationFactory,
    StopFactory,
    UserFactory,
    VisitFactory,
)
from tests.staff import logged_in
from visits.charts import column_chart, shares
from visits.figure_sheets import figures_xlsx
from visits.figures import Headline, HostLoad, InnovationLine, figures_of, years
from visits.models import Adoption, Visit, VisitEvent

pytestmark = pytest.mark.django_db

YEAR = 2026
PAGE = "admin:visit_figures"
WORKBOOK = "admin:visit_figures_workbook"


@pytest.fixture(autouse=True)
def counted_anew():
    cache.clear()


def moment(month, day, *, year=YEAR, hour=9):
    return datetime.datetime(year, month, day, hour, tzinfo=timezone.get_default_timezone())


def happened(visit, what, at, **details):
    """A line in the history of `visit`, written at `at`."""
    event = visit.record(what, by=None, **details)
    VisitEvent.objects.filter(pk=event.pk).update(at=at)


def requested(month=3, day=1, *, year=YEAR, **details):
    visit = VisitFactory(**details)
    happened(visit, "submitted", moment(month, day, year=year))
    return visit


def held(month=5, day=4, *, year=YEAR, participants=30, **details):
    return VisitFactory(
        status="completed",
        held_on=datetime.date(year, month, day),
        participants=participants,
        **details,
    )


def headline(label, year=YEAR):
    with translation.override("en"):
        return next(line for line in figures_of(year).headlines if line.label == label)


def test_request_counts_in_the_year_in_which_it_came_whatever_became_of_it():
    requested(status="declined")
    requested(status="submitted")
    requested(year=YEAR - 1)
    VisitFactory(completed=True)
    assert headline("Requests") == Headline("Requests", 2, 1)
    statuses = {str(line.label): line.now for line in figures_of(YEAR).statuses if line.now}
    assert statuses == {"Ditolak": 1, "Diajukan": 1}


@pytest.mark.parametrize(
    ("at", "counted"),
    [
        (datetime.datetime(2025, 12, 31, 16, 59, tzinfo=datetime.UTC), 0),
        (datetime.datetime(2025, 12, 31, 17, 0, tzinfo=datetime.UTC), 1),
        (datetime.datetime(2026, 12, 31, 16, 59, tzinfo=datetime.UTC), 1),
        (datetime.datetime(2026, 12, 31, 17, 0, tzinfo=datetime.UTC), 0),
    ],
)
def test_year_turns_at_midnight_in_magelang(at, counted):
    happened(VisitFactory(), "submitted", at)
    assert headline("Requests").now == counted


def test_visit_counts_with_its_people_in_the_year_of_its_day_once_it_is_completed():
    held(participants=30)
    held(participants=None)
    held(year=YEAR - 1, participants=7)
    VisitFactory(status="confirmed", held_on=datetime.date(YEAR, 5, 4))
    VisitFactory(status="completed", reported_on=datetime.date(YEAR, 6, 1), participants=5)
    assert headline("Visits that took place") == Headline("Visits that took place", 3, 1)
    assert headline("People who came") == Headline("People who came", 35, 7)


def test_months_count_requests_visits_and_people():
    requested(1, 31)
    held(5, participants=12)
    held(5, participants=8)
    held(12, participants=1)
    months = [
        (number, month.requests, month.visits, month.people)
        for number, month in enumerate(figures_of(YEAR).months, start=1)
        if month.requests or month.visits
    ]
    assert months == [(1, 1, 0, 0), (5, 0, 2, 20), (12, 0, 1, 1)]


def test_origin_counts_by_province_and_by_kind_and_what_is_not_known_comes_last():
    held(province="ID-JT", organisation_kind="education", participants=10)
    held(province="", organisation_kind="education", participants=20)
    held(province="", organisation_kind="private", participants=1)
    figures = figures_of(YEAR)
    assert [(each.name, each.visits, each.people) for each in figures.provinces] == [
        ("Jawa Tengah", 1, 10),
        ("Tidak diketahui", 2, 21),
    ]
    assert [(each.visits, each.people) for each in figures.kinds] == [(2, 30), (1, 1)]


def test_innovations_are_counted_as_wanted_visited_rated_and_adopted():
    kir, data = InnovationFactory(name="KIR"), InnovationFactory(name="Data Go")
    asked = requested(status="submitted")
    StopFactory(visit=asked, innovation=kir)
    came = held(participants=40)
    StopFactory(visit=came, innovation=data)
    StopFactory(visit=came, innovation=kir, answer="declined")
    for usefulness in (3, 4):
        FeedbackFactory(visit=came).innovations.create(innovation=data, usefulness=usefulness)
    adoption = AdoptionFactory(innovation=data)
    Adoption.objects.filter(pk=adoption.pk).update(reported_at=moment(6, 1))
    assert figures_of(YEAR).innovations == [
        InnovationLine("KIR", requests=1),
        InnovationLine("Data Go", visits=1, people=40, adoptions=1, usefulness=3.5, ratings=2),
    ]
    assert [line.name for line in figures_of(YEAR).most_wanted] == ["KIR"]
    assert [line.name for line in figures_of(YEAR).most_visited] == ["Data Go"]


def test_days_to_answer_are_the_median_of_the_first_answers():
    for days in (1, 2, 9):
        visit = requested(3, 1)
        happened(visit, "asked", moment(3, 1 + days))
        happened(visit, "confirmed", moment(3, 20))
    unanswered = requested(3, 1)
    happened(unanswered, "cancelled", moment(3, 2))
    assert headline("Days to the first answer, median").now == 2
    visit = requested(3, 1)
    happened(visit, "declined", moment(3, 4, hour=21))
    assert headline("Days to the first answer, median").now == 2.8


def test_ratings_are_the_mean_of_the_visits_of_the_year():
    came = held()
    for rating in (3, 4, 4):
        FeedbackFactory(visit=came, rating=rating)
    FeedbackFactory(visit=held(year=YEAR - 1), rating=1)
    assert headline("Rating of visits, 1 to 5") == Headline("Rating of visits, 1 to 5", 3.7, 1.0)


def test_adoptions_are_told_by_state_dismissed_ones_left_out():
    now = timezone.now()
    for state, details in (
        ("running", {"confirmed": True}),
        ("running", {}),
        ("planned", {}),
        ("planned", {"dismissed_at": now}),
    ):
        AdoptionFactory(state=state, **details)
    Adoption.objects.update(reported_at=moment(2, 2))
    lines = [(line.confirmed, line.to_confirm) for line in figures_of(YEAR).adoptions]
    assert lines == [(0, 0), (0, 1), (1, 1), (0, 0)]
    assert headline("Adoptions reported").now == 3


def test_waiting_list_tells_who_waited_who_got_a_seat_and_what_became_of_offers():
    for number, status in enumerate(("confirmed", "waiting_list", "declined")):
        visit = VisitFactory(status="waiting_list")
        happened(visit, "submitted", moment(4, 1))
        happened(visit, "offered", moment(4, 2))
        Visit.objects.filter(pk=visit.pk).update(
            status=status, held_on=datetime.date(YEAR, 5, 1) if status == "confirmed" else None
        )
        happened(
            visit, ("offer_accepted", "offer_expired", "offer_declined")[number], moment(4, 3)
        )
    happened(VisitFactory(status="waiting_list"), "waiting_list", moment(4, 9))
    requested(4, 1)
    assert [line.now for line in figures_of(YEAR).waiting] == [4, 1, 3, 1, 1, 1]


def test_hosts_show_their_busiest_month_beside_their_ceiling():
    agency = AgencyFactory(name="Dinas Sosial", visit_ceiling=1)
    innovation, second = InnovationFactory.create_batch(2, agency=agency)
    for month in (3, 5, 5):
        visit = held(month)
        StopFactory(visit=visit, innovation=innovation)
    StopFactory(visit=visit, innovation=second)
    StopFactory(visit=held(5), innovation=innovation, answer="declined")
    StopFactory(
        visit=VisitFactory(status="confirmed", held_on=datetime.date(YEAR, 3, 9)),
        innovation=innovation,
    )
    load = figures_of(YEAR).hosts
    assert load == [HostLoad("Dinas Sosial", 4, busiest=3, busiest_visits=2, ceiling=1)]
    assert load[0].is_over


def test_change_against_the_year_before_is_told_where_both_are_known():
    assert Headline("x", 4.2, 4).change == 0.2
    assert Headline("x", 3, None).change is None
    assert Headline("x", None, 3).change is None


def test_years_run_from_the_first_visit_to_this_year():
    assert years() == [timezone.localdate().year]
    VisitFactory(completed=True)
    assert years()[-1] == 2019


@pytest.mark.parametrize("times", [1, 3])
def test_figures_take_the_same_queries_however_much_happened(times, django_assert_num_queries):
    for _time in range(times):
        visit = requested(status="completed", held_on=datetime.date(YEAR, 5, 4))
        happened(visit, "confirmed", moment(3, 2))
        StopFactory(visit=visit)
        FeedbackFactory(visit=visit)
        AdoptionFactory(visit=visit)
    with django_assert_num_queries(15):
        figures_of(YEAR)


@pytest.fixture
def officers_browser(visit_officer):
    return logged_in(visit_officer)


def full_year():
    visit = requested(status="completed", held_on=datetime.date(YEAR, 5, 4), participants=1234)
    StopFactory(visit=visit, innovation=InnovationFactory(name="<Data> & Go"))


def test_page_draws_charts_that_can_be_read_without_seeing_them(officers_browser):
    full_year()
    page = html.document_fromstring(officers_browser.get(reverse(PAGE), {"year": YEAR}).content)
    charts = page.xpath("//svg[@role='img']")
    assert len(charts) == 2
    for chart in charts:
        names = chart.get("aria-labelledby").split()
        assert [bool(page.get_element_by_id(name).text.strip()) for name in names] == [True, True]
    rows = page.xpath("//section[@aria-labelledby='months']//tbody/tr")
    assert [cell.text for cell in rows[4].xpath("th|td")] == ["Mei", "0", "1", "1.234"]
    assert page.xpath("//*[@style]") == []


def test_page_of_an_empty_year_says_so_kindly_and_shows_no_chart(officers_browser):
    full_year()
    response = officers_browser.get(reverse(PAGE), {"year": 2012})
    assert response.context["figures"].is_empty
    assert (
        "2012" in html.document_fromstring(response.content).xpath("//p[@class='nothing']")[0].text
    )
    assert b'<svg class="columns"' not in response.content


def test_page_shows_what_has_just_happened(officers_browser):
    for number in (1, 2):
        full_year()
        figures = officers_browser.get(reverse(PAGE), {"year": YEAR}).context["figures"]
        assert figures.months[4].visits == number


@pytest.mark.parametrize("year", ["", "abc", "1", "99999"])
def test_year_that_cannot_be_is_this_year(officers_browser, year):
    response = officers_browser.get(reverse(PAGE), {"year": year})
    assert response.context["figures"].year == timezone.localdate().year


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("id", ["Ikhtisar", "Permohonan", "Bulan", "Provinsi", "Jenis instansi", "Inovasi"]),
        (
            "en",
            [
                "Overview",
                "Requests",
                "Months",
                "Provinces",
                "Kinds of organisation",
                "Innovations",
            ],
        ),
    ],
)
def test_workbook_has_a_sheet_for_each_part_in_the_readers_language(language, names):
    full_year()
    with translation.override(language):
        book = openpyxl.load_workbook(io.BytesIO(figures_xlsx(figures_of(YEAR))))
    assert book.sheetnames[:6] == names
    assert len(book.sheetnames) == 9
    assert [cell.value for cell in book[names[5]][2]][:4] == ["<Data> & Go", 1, 1, 1234]


def test_workbook_is_downloaded_under_its_year_and_kept_by_nobody(officers_browser):
    response = officers_browser.get(reverse(WORKBOOK), {"year": YEAR})
    assert response["Content-Disposition"] == 'attachment; filename="angka-kunjungan-2026.xlsx"'
    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))


def test_name_that_looks_like_a_formula_stays_a_text_in_the_workbook(officers_browser):
    visit = requested()
    StopFactory(visit=visit, innovation=InnovationFactory(name='=HYPERLINK("http://x")'))
    response = officers_browser.get(reverse(WORKBOOK), {"year": YEAR})
    cell = openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[5]["A2"]
    assert (cell.value, cell.data_type) == ('=HYPERLINK("http://x")', "s")


@pytest.mark.parametrize("name", [PAGE, WORKBOOK])
def test_figures_are_refused_to_staff_without_the_right(name):
    assert logged_in(UserFactory()).get(reverse(name)).status_code == 403


def test_columns_stand_on_the_base_and_reach_as_high_as_their_value():
    chart = column_chart([("Jan", (0, 5)), ("Feb", (10, 0))])
    heights = [[column.height for column in group.columns] for group in chart.groups]
    assert heights == [[0, 66], [132, 0]]
    assert {column.y + column.height for group in chart.groups for column in group.columns} == {
        chart.base
    }
    assert [value for value, _y in chart.lines] == [0, 5, 10]


@pytest.mark.parametrize(("largest", "top"), [(0, 1), (1, 1), (3, 5), (11, 20), (501, 1000)])
def test_axis_ends_at_a_round_number(largest, top):
    assert column_chart([("Jan", (largest,))]).lines[-1][0] == top


def test_bars_are_drawn_in_shares_of_the_longest():
    assert shares([4, 2, 0]) == [100, 50, 0]
    assert shares([]) == []
