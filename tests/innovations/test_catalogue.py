import pytest
from django.urls import reverse
from django.utils import translation
from lxml import html

from innovations.models import Innovation
from tests.factories import AgencyFactory, AwardFactory, InnovationFactory

pytestmark = pytest.mark.django_db


def names(response):
    return [innovation.name for innovation in response.context["innovations"]]


def facet(response, name):
    facets = {facet.name: facet for facet in response.context["filter"].facets}
    return {choice.value: choice.count for choice in facets[name].choices}


@pytest.fixture
def catalogue(client):
    def get(**query):
        return client.get(reverse("innovations:list"), query)

    return get


@pytest.fixture
def transport():
    return AgencyFactory(name="Dinas Perhubungan", abbreviation="Dishub", slug="dishub")


@pytest.fixture
def three(transport):
    """A digital, awarded one of 2017; a digital one of 2019; a non-digital one of 2019."""
    kir = InnovationFactory(
        published=True,
        name="Siap Uji",
        slug="siap-uji",
        agency=transport,
        type="digital",
        stage="implementation",
        implemented_on="2017-01",
        visitable=True,
    )
    AwardFactory(innovation=kir)
    InnovationFactory(
        published=True, name="Data", slug="data", type="digital", stage="trial", started_on="2019"
    )
    InnovationFactory(
        published=True,
        name="Galeri",
        slug="galeri",
        type="non_digital",
        stage="implementation",
        implemented_on="2019-06-27",
    )


def test_drafts_are_not_in_the_catalogue(catalogue):
    InnovationFactory(name="Belum terbit")
    InnovationFactory(name="Sudah terbit", published=True)
    response = catalogue()
    assert names(response) == ["Sudah terbit"]
    assert "Belum terbit" not in response.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"agency": "dishub"}, ["Siap Uji"]),
        ({"stage": "implementation"}, ["Galeri", "Siap Uji"]),
        ({"stage": ["implementation", "trial"]}, ["Data", "Galeri", "Siap Uji"]),
        ({"type": "digital", "stage": "implementation"}, ["Siap Uji"]),
        ({"year": "2019"}, ["Data", "Galeri"]),
        ({"awarded": "yes"}, ["Siap Uji"]),
        ({"visitable": "yes"}, ["Siap Uji"]),
        ({"sort": "-year"}, ["Data", "Galeri", "Siap Uji"]),
        ({"sort": "year"}, ["Siap Uji", "Data", "Galeri"]),
        ({"q": "galeri"}, ["Galeri"]),
        ({"q": "dinas perhubungan"}, ["Siap Uji"]),
        ({"q": "tidak ada"}, []),
    ],
)
def test_filters_narrow_and_sort(three, catalogue, query, found):
    result = names(catalogue(**query))
    assert (result if "sort" in query else sorted(result)) == found


def test_counts_tell_what_each_choice_would_leave(three, catalogue):
    response = catalogue(type="digital")
    assert facet(response, "type") == {"digital": 2, "non_digital": 1}
    assert facet(response, "stage") == {"trial": 1, "implementation": 1}
    assert facet(response, "year") == {"2019": 1, "2017": 1}
    assert facet(response, "awarded") == {"yes": 1}


def test_count_of_a_choice_is_what_choosing_it_gives(three, catalogue):
    counts = facet(catalogue(q="layanan"), "stage")
    assert counts == {"trial": 1, "implementation": 2}
    for value, count in counts.items():
        assert len(names(catalogue(q="layanan", stage=value))) == count


def test_a_selected_choice_stays_visible_when_it_leaves_nothing(three, catalogue):
    response = catalogue(stage="trial", awarded="yes")
    assert names(response) == []
    assert facet(response, "stage")["trial"] == 0


def test_nomination_is_not_an_award(catalogue):
    AwardFactory(innovation=InnovationFactory(published=True), is_nomination=True)
    assert names(catalogue(awarded="yes")) == []


def test_active_filters_can_be_taken_away_one_by_one(three, catalogue):
    response = catalogue(q="a", stage=["implementation", "trial"], page="2", sort="name")
    with translation.override("en"):
        queries = {
            str(active.value): active.query_without for active in response.context["filter"].active
        }
    assert queries == {
        "a": "stage=implementation&stage=trial&sort=name",
        "Trial": "q=a&stage=implementation&sort=name",
        "Implementation": "q=a&stage=trial&sort=name",
    }


def test_unknown_choices_are_left_out_and_said(three, catalogue):
    response = catalogue(stage="imaginary", type="digital")
    assert sorted(names(response)) == ["Data", "Siap Uji"]
    assert "notice--warning" in response.text


def test_page_past_the_end_shows_the_last_page(catalogue):
    InnovationFactory.create_batch(13, published=True)
    response = catalogue(page="99")
    assert response.context["page_obj"].number == 2
    assert len(names(response)) == 1


def test_pages_keep_the_filters(catalogue):
    InnovationFactory.create_batch(13, published=True, stage="trial")
    assert "?stage=trial&amp;page=2" in catalogue(stage="trial").text


def test_nothing_found_says_what_to_do_next(catalogue):
    response = catalogue(q="xyz")
    assert 'class="empty"' in response.text
    assert f'href="{reverse("innovations:agency_list")}"' in response.text


@pytest.mark.parametrize(
    ("query", "queries"),
    [
        ({}, 6),
        ({"q": "inovasi"}, 9),
        ({"q": "inovasi", "stage": "trial", "sort": "-year"}, 9),
    ],
)
def test_catalogue_takes_the_same_queries_for_1_and_for_30(
    catalogue, django_assert_num_queries, query, queries
):
    InnovationFactory(published=True, stage="trial")
    for rows in (0, 29):
        InnovationFactory.create_batch(rows, published=True, stage="trial")
        with django_assert_num_queries(queries):
            catalogue(**query)


def test_search_ranks_the_name_above_everything_else():
    InnovationFactory(name="Zeta", summary="Tentang kendaraan", published=True)
    InnovationFactory(name="Kendaraan Siap", published=True)
    InnovationFactory(name="Alfa", solution="kendaraan", published=True)
    found = Innovation.objects.published().search("kendaraan")
    assert [innovation.name for innovation in found] == ["Kendaraan Siap", "Zeta", "Alfa"]


def test_agencies_to_choose_from_are_named_in_the_language_of_the_page(client):
    agency = AgencyFactory(name="Dinas Perhubungan", name_en="Transport Office")
    InnovationFactory(agency=agency, published=True)
    labels = []
    for language in ("id", "en"):
        with translation.override(language):
            facets = client.get(reverse("innovations:list")).context["filter"].facets
            by_agency = next(facet for facet in facets if facet.name == "agency")
            labels += [choice.label for choice in by_agency.choices]
    assert labels == ["Dinas Perhubungan", "Transport Office"]


def test_sorting_in_force_is_the_one_marked(client):
    InnovationFactory(published=True)
    page = html.document_fromstring(
        client.get(reverse("innovations:list"), {"sort": "-year"}).content
    )
    assert page.xpath("//select[@name='sort']/option[@selected]/@value") == ["-year"]
