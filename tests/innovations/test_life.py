"""The innovation's life as a timeline, and its outcomes as bars."""

from decimal import Decimal

import pytest
from django.urls import reverse
from lxml import html

from innovations.charts import bars_of
from innovations.life import Milestone, milestones_of
from innovations.models import Innovation, Outcome
from tests.factories import (
    AwardFactory,
    CitationFactory,
    InnovationFactory,
    OutcomeFactory,
    StopFactory,
    UserFactory,
    VisitFactory,
)

pytestmark = pytest.mark.django_db


def page_of(client, innovation):
    return html.document_fromstring(client.get(innovation.get_absolute_url()).content)


def test_milestones_stand_in_order_however_exact_their_dates(client):
    innovation = InnovationFactory(
        published=True, started_on="2014", trialled_on="2016-05", implemented_on="2017-01-09"
    )
    AwardFactory(innovation=innovation, awarded_on="2019-07-18")
    AwardFactory(innovation=innovation, awarded_on="2017")
    visit = Milestone("2018-04-26", "visit")
    kinds = [
        (milestone.when, milestone.kind)
        for milestone in milestones_of(Innovation.objects.for_page().get(), visit)
    ]
    assert kinds == [
        ("2014", "seed"),
        ("2016-05", "bud"),
        ("2017", "award"),
        ("2017-01-09", "bloom"),
        ("2018-04-26", "visit"),
        ("2019-07-18", "award"),
    ]


def test_milestone_carries_the_sources_of_its_own_fact():
    innovation = InnovationFactory(started_on="2014", implemented_on="2017")
    citation = CitationFactory(innovation=innovation, fact="started_on")
    CitationFactory(innovation=innovation, fact="name")
    began, used = milestones_of(innovation)
    assert (began.sources, used.sources) == ((citation.source,), ())


def test_page_tells_the_visits_in_the_life_and_links_to_them(client):
    innovation = InnovationFactory(published=True, started_on="2014")
    visit = VisitFactory(completed=True)
    StopFactory(visit=visit, innovation=innovation)
    links = page_of(client, innovation).xpath("//ol[@class='timeline']//a/@href")
    assert visit.get_absolute_url() in links


def test_innovation_without_any_date_has_no_timeline(client):
    page = page_of(client, InnovationFactory(published=True))
    assert page.xpath("//*[@id='life']") == []


@pytest.mark.parametrize(
    ("before", "after", "bars"),
    [
        (120, 30, (100, 25)),
        (30, 120, (25, 100)),
        (0, 5, (0, 100)),
        (None, 30, None),
        (0, 0, None),
        (-3, 5, None),
    ],
)
def test_bars_share_one_scale_and_are_drawn_only_where_they_say_something(before, after, bars):
    before = None if before is None else Decimal(before)
    drawn = bars_of(Outcome(before=before, after=Decimal(after)))
    assert (drawn and (drawn.before, drawn.after)) == bars


def test_outcome_is_drawn_with_its_numbers_beside_it_and_in_a_table(client):
    innovation = InnovationFactory(published=True)
    OutcomeFactory(innovation=innovation, before=Decimal(120), after=Decimal(30))
    page = page_of(client, innovation)
    assert page.xpath("//*[@class='outcome']//rect/@width") == ["100.0", "25.0"]
    assert page.xpath("//*[@class='outcome']//strong/text()") == ["120", "30"]
    cells = [cell.text_content().split() for cell in page.xpath("//table/tbody/tr/td")]
    assert cells[:2] == [["120", "menit"], ["30", "menit"]]


def test_style_guide_is_for_staff_and_shows_every_component(client):
    address = reverse("admin:style_guide")
    assert client.get(address).status_code == 302
    client.force_login(UserFactory())
    InnovationFactory(published=True)
    page = html.document_fromstring(client.get(address).content)
    for component in ("card", "badge", "chip", "figures", "timeline", "outcome", "notice"):
        assert page.xpath(f"//*[contains(concat(' ', @class, ' '), ' {component} ')]"), component
    assert page.xpath("//*[@id='error-summary']")
