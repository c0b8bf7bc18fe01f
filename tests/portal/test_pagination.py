import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from innovations.models import Innovation
from magelang_portal.pagination import NearerEndPaginator
from tests.factories import AgencyFactory, InnovationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def innovations():
    agency = AgencyFactory()
    years = ["2021", "2019", "2021", "2020", "2019", "2021", "2020"]
    return [InnovationFactory(published=True, agency=agency, year=year) for year in years]


@pytest.mark.parametrize("order", ["name pk", "-year name pk", "-published_at pk"])
@pytest.mark.parametrize("per_page", [1, 2, 3, 7, 10])
def test_pages_from_either_end_show_every_row_once_and_in_order(innovations, order, per_page):
    rows = Innovation.objects.order_by(*order.split())
    pages = NearerEndPaginator(rows, per_page)
    shown = [list(pages.page(number)) for number in pages.page_range]
    assert [row for page in shown for row in page] == list(rows)
    assert [len(page) for page in shown[:-1]] == [per_page] * (pages.num_pages - 1)


@pytest.mark.parametrize("sort", ["", "name", "-year", "year", "-published"])
def test_last_page_of_the_catalogue_skips_no_row_but_shows_the_last(client, innovations, sort):
    InnovationFactory.create_batch(8, published=True, agency=innovations[0].agency, year="2018")
    address = reverse("innovations:list")
    whole = Innovation.objects.published()
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address, {"sort": sort, "page": 99})
    assert not any("OFFSET" in query["sql"] for query in captured)
    fields = {"": "name", "-published": "-published_at"}.get(sort, sort)
    rows = list(whole.order_by(*dict.fromkeys([fields, "name", "pk"])))
    assert list(response.context["innovations"]) == rows[12:]
