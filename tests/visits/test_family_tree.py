import pytest
from django.urls import reverse
from lxml import html

from tests.factories import AdoptionFactory, InnovationFactory, VisitFactory
from tests.structured_data import structured_data_of
from visits.family_tree import grow, prune
from visits.models import Adoption

pytestmark = pytest.mark.django_db


@pytest.fixture
def innovation():
    return InnovationFactory(published=True, name="Data Go")


@pytest.fixture
def adopt(innovation):
    def adopt(organisation, learned_from=None, **fields):
        fields = {"innovation": innovation, "confirmed": True} | fields
        return AdoptionFactory(organisation=organisation, learned_from=learned_from, **fields)

    return adopt


def names(branches):
    """A tree as nested dictionaries of names."""
    return {branch.adoption.organisation: names(branch.branches) for branch in branches}


def tree():
    return grow(Adoption.objects.confirmed())


def test_adopters_hang_on_those_from_whom_they_learned(adopt):
    first = adopt("Banjar")
    second = adopt("Tapin", first)
    adopt("Barito", second)
    adopt("Banjarmasin", first)
    adopt("Sleman")
    assert names(tree().branches) == {
        "Banjar": {"Tapin": {"Barito": {}}, "Banjarmasin": {}},
        "Sleman": {},
    }


def test_earliest_stand_first_and_unknown_days_last(adopt):
    adopt("Tanpa tanggal")
    adopt("Kemudian", since="2021-03")
    adopt("Pertama", since="2021")
    assert list(names(tree().branches)) == ["Pertama", "Kemudian", "Tanpa tanggal"]


def test_who_learned_from_one_not_confirmed_hangs_on_the_root(adopt):
    waiting = adopt("Menunggu", confirmed=False)
    adopt("Belajar", waiting)
    assert names(tree().branches) == {"Belajar": {}}


def test_circle_in_old_data_loses_nobody(adopt):
    first = adopt("A")
    second = adopt("B", first)
    third = adopt("C", second)
    adopt("D", third)
    Adoption.objects.filter(pk=first.pk).update(learned_from=third)
    assert names(tree().branches) == {"A": {}, "B": {}, "C": {"D": {}}}


def test_states_are_counted_with_the_farthest_first(adopt):
    for state in ("dropped", "planned", "running", "planned"):
        adopt("X", state=state)
    assert [(state, number) for state, _label, number in tree().states] == [
        ("running", 1),
        ("planned", 2),
        ("dropped", 1),
    ]


def test_pruned_tree_keeps_the_way_to_what_is_wanted(adopt):
    first = adopt("Banjar")
    adopt("Tapin", first, state="running")
    adopt("Sleman")
    pruned = prune(tree(), lambda adoption: adoption.state == "running")
    assert names(pruned.branches) == {"Banjar": {"Tapin": {}}}
    assert [adoption.organisation for adoption in pruned.adoptions] == ["Tapin"]


def test_no_adoption_is_no_tree():
    assert not grow([])


# On the innovation's page


def section(client, innovation):
    page = html.fromstring(client.get(innovation.get_absolute_url()).text)
    found = page.xpath("//section[@aria-labelledby='family-tree']")
    return found[0] if found else None


def test_page_without_adoption_shows_neither_tree_nor_map(client, innovation, adopt):
    adopt("Menunggu", confirmed=False)
    assert section(client, innovation) is None
    assert "Menunggu" not in client.get(innovation.get_absolute_url()).text


def test_page_shows_who_adopted_where_since_when_and_in_what_state(client, innovation, adopt):
    adopt(
        "Pemerintah Kabupaten Banjar",
        since="2021-03",
        state="running",
        name_there="Satu Data <Banjar>",
        evidence="Catatan bagi pegawai.",
        evidence_url="https://banjar.example/data",
    )
    found = section(client, innovation)
    text = " ".join(found.xpath(".//div[@class='tree']")[0].text_content().split())
    assert text == (
        "Kota Magelang tempat asalnya Pemerintah Kabupaten Banjar, Kalimantan Selatan "
        "Berjalan sejak Maret 2021, di sana bernama “Satu Data <Banjar>” "
        "Bukti dari Pemerintah Kabupaten Banjar"
    )
    assert found.xpath(".//a[@href='https://banjar.example/data']/@rel") == ["noopener nofollow"]


def test_dropped_adoption_stays_with_its_state(client, innovation, adopt):
    adopt("Banjar", state="dropped")
    text = section(client, innovation).text_content()
    assert ("Banjar" in text, "Dihentikan" in text) == (True, True)


def test_tree_is_a_nested_list(client, innovation, adopt):
    adopt("Tapin", adopt("Banjar"))
    nested = section(client, innovation).xpath(".//li/ul/@aria-label")
    assert nested == ["Belajar dari Banjar"]


def test_tree_links_a_visit_only_once_it_is_public(client, innovation, adopt):
    public = VisitFactory(completed=True)
    hidden = VisitFactory(completed=True, published_at=None)
    adopt("Banjar", visit=public)
    adopt("Tapin", visit=hidden)
    links = section(client, innovation).xpath(".//a/@href")
    assert public.get_absolute_url() in links
    assert hidden.get_absolute_url() not in links


# On the page of all adoptions

ALL = reverse("visits:adoptions")


def shown(response):
    return {
        innovation.name: names(tree.branches) for innovation, tree in response.context["trees"]
    }


def test_page_shows_every_confirmed_adoption_by_innovation(client, innovation, adopt):
    adopt("Banjar")
    adopt("Sleman", innovation=InnovationFactory(published=True, name="Si Bahenol"))
    adopt("Menunggu", confirmed=False)
    adopt("Rahasia", innovation=InnovationFactory())
    response = client.get(ALL)
    assert shown(response) == {"Data Go": {"Banjar": {}}, "Si Bahenol": {"Sleman": {}}}
    assert "Menunggu" not in response.text
    assert "Rahasia" not in response.text


def test_figures_count_what_is_shown(client, adopt):
    other = InnovationFactory(published=True, name="Si Bahenol")
    adopt("Banjar", state="running", province="ID-KS")
    adopt("Banjar", innovation=other, province="ID-KS")
    adopt("Kementerian", province="")
    assert client.get(ALL).context["figures"] == {
        "adoptions": 3,
        "organisations": 2,
        "provinces": 1,
        "running": 1,
    }
    assert client.get(ALL, {"innovation": other.slug}).context["figures"]["adoptions"] == 1


@pytest.mark.parametrize(
    ("query", "trees"),
    [
        ({"province": "ID-SU"}, {"Data Go": {"Banjar": {"Tapin": {}}}}),
        ({"state": "running"}, {"Si Bahenol": {"Sleman": {}}}),
        ({"innovation": "si-bahenol"}, {"Si Bahenol": {"Sleman": {}}}),
        ({"state": "running", "province": "ID-KS"}, {"Si Bahenol": {"Sleman": {}}}),
        ({"innovation": "bahe"}, {"Si Bahenol": {"Sleman": {}}}),
        ({"innovation": "entah"}, {}),
        ({"innovation": "data-go", "state": "running"}, {}),
        (
            {"province": "x", "state": "sold"},
            {"Data Go": {"Banjar": {"Tapin": {}}}, "Si Bahenol": {"Sleman": {}}},
        ),
    ],
)
def test_filters_narrow_what_is_shown(client, adopt, query, trees):
    data_go = InnovationFactory(published=True, name="Data Go", slug="data-go")
    bahenol = InnovationFactory(published=True, name="Si Bahenol", slug="si-bahenol")
    adopt("Tapin", adopt("Banjar", innovation=data_go), innovation=data_go, province="ID-SU")
    adopt("Sleman", innovation=bahenol, state="running")
    assert shown(client.get(ALL, query)) == trees


def test_page_without_any_adoption_says_how_it_will_grow(client):
    text = client.get(ALL).text
    assert 'class="empty"' in text
    assert '<svg class="provinces__map"' not in text


def test_page_takes_the_same_queries_for_1_and_for_3(client, adopt, django_assert_num_queries):
    for rows in (1, 2):
        for _row in range(rows):
            first = adopt("Banjar", visit=VisitFactory(completed=True))
            adopt("Tapin", first)
            adopt("Sleman", innovation=InnovationFactory(published=True))
        with django_assert_num_queries(5):
            client.get(ALL)


def test_page_of_all_adoptions_tells_search_engines_where_it_stands(client, settings):
    settings.SITE_URL = "https://inovasi.example"
    breadcrumbs = structured_data_of(client.get(ALL))["BreadcrumbList"]
    assert [step["name"] for step in breadcrumbs["itemListElement"]] == ["Beranda", "Adopsi"]


def test_trees_stand_on_pages_and_figures_count_them_all(client, adopt):
    for number in range(11):
        adopt("Banjar", innovation=InnovationFactory(published=True, name=f"Layanan {number:02}"))
    first, second = client.get(ALL), client.get(ALL, {"page": "2"})
    assert (len(shown(first)), list(shown(second))) == (10, ["Layanan 10"])
    assert {page.context["figures"]["adoptions"] for page in (first, second)} == {11}


def test_filter_shows_the_name_of_the_innovation_that_an_address_gave(client, innovation, adopt):
    adopt("Banjar")
    assert 'value="Data Go"' in client.get(ALL, {"innovation": innovation.slug}).text
