"""Lists of the admin that many years have made long: bounded, and narrowed by what is typed."""

from datetime import date, datetime, timedelta

import pytest
from django.contrib import admin
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from lxml import html

from magelang_portal import long_lists
from tests.factories import (
    AdoptionFactory,
    FeedbackFactory,
    InnovationFactory,
    InnovationFeedbackFactory,
    MessageFactory,
    SlotFactory,
    StopFactory,
    VisitFactory,
)
from tests.staff import changelist, logged_in, rows
from visits.admin import afterwards
from visits.models import Adoption, Feedback, Message, Stop, Visit

pytestmark = pytest.mark.django_db

LIST = changelist(Visit)


def page(client, url=LIST, **query):
    return html.fromstring(client.get(url, query).text)


def filter_of_innovations(page):
    """The choices of the filter, each with its address, and its form."""
    [block] = page.xpath("//details[.//form]")
    links = [(a.text_content(), a.get("href")) for a in block.xpath(".//li/a")]
    return links, block.xpath(".//form")[0]


def seen(name, **visit):
    return StopFactory(visit=VisitFactory(**visit), innovation=InnovationFactory(name=name))


def test_list_names_no_innovation_until_something_is_typed(officer):
    seen("Kirana")
    links, form = filter_of_innovations(page(officer))
    assert links == [("Semua", "?")]
    [field] = form.xpath(".//input[@type='search']")
    assert (field.get("name"), field.get("value")) == ("stops__innovation", "")
    assert form.xpath(f".//label[@for='{field.get('id')}']")


def test_typed_part_of_a_name_narrows_the_list_and_offers_what_is_so_called(officer):
    kir, kirana = seen("E-KIR"), seen("Kirana")
    seen("Data Go")
    InnovationFactory(name="Kiriman")  # nobody came to see it
    assert rows(officer.get(LIST, {"stops__innovation": " kir "})) == {kir.visit, kirana.visit}
    links, _form = filter_of_innovations(page(officer, stops__innovation="kir"))
    exact = "?stops__innovation__id__exact="
    assert links == [
        ("Semua", "?"),
        ("E-KIR", f"{exact}{kir.innovation_id}"),
        ("Kirana", f"{exact}{kirana.innovation_id}"),
    ]
    assert rows(officer.get(LIST + links[1][1])) == {kir.visit}


def test_visit_that_saw_two_of_that_name_stands_once(officer):
    visit = VisitFactory()
    for name in ("Kirana", "E-KIR"):
        StopFactory(visit=visit, innovation=InnovationFactory(name=name))
    shown = officer.get(LIST, {"stops__innovation": "kir"}).context["cl"].result_list
    assert list(shown) == [visit]


def test_chosen_innovation_is_named_and_can_be_let_go(officer):
    stop = seen("Kirana")
    query = {"stops__innovation__id__exact": stop.innovation_id, "status__exact": "submitted"}
    links, form = filter_of_innovations(page(officer, **query))
    assert [name for name, _url in links] == ["Semua", "Kirana"]
    assert links[0][1] == "?status__exact=submitted"
    hidden = {
        each.get("name"): each.get("value") for each in form.xpath(".//input[@type='hidden']")
    }
    assert hidden == {"status__exact": "submitted"}


@pytest.mark.parametrize("key", ["x", "1" * 40, "-1"])
def test_key_that_cannot_be_chooses_nothing(officer, key):
    stop = seen("Kirana")
    assert rows(officer.get(LIST, {"stops__innovation__id__exact": key})) == {stop.visit}


def test_host_is_offered_only_what_the_own_agency_is_asked_for(host):
    mine = seen("Kirana")
    mine.innovation.agency = host.agency
    mine.innovation.save()
    seen("E-KIR")
    links, _form = filter_of_innovations(page(logged_in(host), changelist(Stop), innovation="kir"))
    assert [name for name, _url in links] == ["Semua", "Kirana"]


def test_adoptions_and_feedback_are_narrowed_the_same_way(admin_client):
    adoption = AdoptionFactory(visit=VisitFactory(), innovation=InnovationFactory(name="Kirana"))
    AdoptionFactory(visit=VisitFactory())
    assert rows(admin_client.get(changelist(Adoption), {"innovation": "kira"})) == {adoption}
    answer = InnovationFeedbackFactory(innovation=adoption.innovation)
    FeedbackFactory()
    found = admin_client.get(changelist(Feedback), {"innovations__innovation": "kira"})
    assert rows(found) == {answer.feedback}


def test_list_of_several_pages_takes_the_queries_of_one(
    officer, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(long_lists.LongListAdmin, "list_per_page", 2)
    for more in (1, 5):
        for _row in range(more):
            seen("Kirana")
        with django_assert_num_queries(11):
            answer = officer.get(LIST)
    assert len(answer.context["cl"].result_list) == 2
    assert answer.context["cl"].result_count == 6


def test_count_stands_beside_the_search_only_where_something_narrows_the_list(officer):
    VisitFactory.create_batch(2)
    beside = "//span[@class='small quiet']"
    assert page(officer).xpath(beside) == []
    assert len(page(officer, status__exact="submitted").xpath(beside)) == 1


# Search


def test_choices_are_never_counted_one_by_one(officer):
    seen("Kirana")
    assert not page(officer).xpath("//a[contains(@href, '_facets')]")
    assert "(1)" not in page(officer, _facets="True").xpath("string(//*[@id='changelist-filter'])")


def test_whole_reference_is_found_by_itself(officer, django_assert_num_queries):
    visit = VisitFactory(reference="KM-2026-7F3KQ")
    VisitFactory(organisation="KM-2026-7F3KQ")
    assert rows(officer.get(LIST, {"q": " km-2026-7f3kq "})) == {visit}
    message = MessageFactory(visit=visit)
    MessageFactory(visit=VisitFactory())
    assert rows(officer.get(changelist(Message), {"q": visit.reference})) == {message}


def test_search_with_many_results_shows_them_page_by_page(officer, monkeypatch):
    monkeypatch.setattr(long_lists, "MOST_FOUND", 2)
    monkeypatch.setattr(long_lists.LongListAdmin, "list_per_page", 3)
    visits = [VisitFactory(organisation=f"Dinas {number}") for number in range(4)]
    VisitFactory(organisation="Badan")
    first = officer.get(LIST, {"q": "dinas"})
    assert first.context["cl"].result_count == 4
    assert rows(first) | rows(officer.get(LIST, {"q": "dinas", "p": 2})) == set(visits)


# Dates


def received(day):
    visit = VisitFactory()
    moment = timezone.make_aware(datetime.combine(day, datetime.min.time()) + timedelta(hours=9))
    Visit.objects.filter(pk=visit.pk).update(created_at=moment)
    return visit


def dates(page):
    return [link.text_content().strip() for link in page.xpath("//nav[@class='toplinks']/a")]


def test_dates_lead_from_the_years_to_a_day(officer):
    first, last = received(date(2024, 11, 29)), received(date(2026, 2, 2))
    assert dates(page(officer)) == ["2024", "2025", "2026"]
    year = {"created_at__year": 2024}
    assert dates(page(officer, **year)) == ["‹ Semua tanggal", "November 2024", "Desember 2024"]
    month = year | {"created_at__month": 11}
    assert dates(page(officer, **month)) == ["‹ 2024", "29 November", "30 November"]
    day = month | {"created_at__day": 29}
    assert dates(page(officer, **day)) == ["‹ November 2024"]
    assert rows(officer.get(LIST, day)) == {first}
    assert rows(officer.get(LIST, {"created_at__year": 2026})) == {last}


def test_list_of_nothing_offers_no_dates(officer):
    assert dates(page(officer)) == []


def test_day_of_the_calendar_is_asked_for_by_its_date(officer):
    day = timezone.localdate() + timedelta(days=40)
    wanted = {
        VisitFactory(wished_on=day),
        VisitFactory(status="confirmed", held_on=day, wished_on=day - timedelta(days=3)),
    }
    VisitFactory(status="confirmed", held_on=day - timedelta(days=3), wished_on=day)
    VisitFactory(wished_on=None)
    assert rows(officer.get(LIST, {"day": day.isoformat()})) == wanted


def test_only_the_day_that_counts_is_looked_for():
    day, other = date(2026, 11, 4), date(2026, 12, 2)
    there, elsewhere = SlotFactory(date=day), SlotFactory(date=other)
    wished = VisitFactory(wished_on=day)
    in_slot = VisitFactory(wished_on=other, slot=there)
    held = VisitFactory(wished_on=other, completed=True, held_on=day)
    VisitFactory(wished_on=day, slot=elsewhere)
    VisitFactory(wished_on=day, completed=True, held_on=other)
    assert set(Visit.objects.planned_between(day, day)) == {wished, in_slot, held}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL chooses by what is stored")
def test_days_are_found_by_their_indexes():
    plan = Visit.objects.planned_between(date(2026, 11, 4), date(2026, 11, 10)).explain()
    for index in ("visit_day (held_on>? AND held_on<?)", "visit_wished (wished_on>? AND"):
        assert index in plan
    assert "SCAN visits_visit" not in plan


def test_day_with_many_visits_shows_some_and_leads_to_all(officer):
    for _visit in range(8):
        VisitFactory(status="confirmed", held_on=date(2027, 3, 4))
    for _visit in range(4):
        VisitFactory(status="confirmed", held_on=date(2027, 3, 5))
    calendar = page(officer, reverse("admin:visit_calendar"), month="2027-03")
    [more] = calendar.xpath("//li[@class='month__more']/a")
    assert more.text_content() == "dan 5 lainnya"
    assert len(rows(officer.get(more.get("href")))) == 8
    assert len(calendar.xpath("//li[contains(@class, 'month__visit ')]")) == 7


# Averages


def test_averages_of_too_many_innovations_are_not_shown(officer, monkeypatch):
    monkeypatch.setattr(afterwards, "MOST_AVERAGES", 1)
    feedback = FeedbackFactory(language="id")
    InnovationFeedbackFactory(feedback=feedback)
    english = InnovationFeedbackFactory(feedback__language="en")
    InnovationFeedbackFactory(feedback=english.feedback)

    def averaged(language):
        answer = officer.get(changelist(Feedback), {"language__exact": language})
        return len(answer.context_data["averages"])

    assert averaged("id") == 1
    assert averaged("en") == 0


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no such index")
def test_part_of_a_name_is_looked_for_in_an_index():
    visits = admin.site.get_model_admin(Visit)
    found, _may_repeat = admin.ModelAdmin.get_search_results(
        visits, None, Visit.objects.order_by(), "tirta"
    )
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = found.explain()
    assert plan.count("Bitmap Index Scan on visit_by_part") == len(visits.search_fields)
