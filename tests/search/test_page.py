"""The page that searches the whole portal."""

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.urls import reverse
from django.utils import translation
from lxml import html

from innovations.models import Innovation
from magelang_portal.search import ranking, results, spelling
from magelang_portal.search.entries import Kind
from magelang_portal.search.ranking import first_ids
from magelang_portal.search.results import understand
from tests.factories import (
    AgencyFactory,
    AwardFactory,
    InnovationFactory,
    QuestionFactory,
    StopFactory,
    VisitFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def search(client):
    def get(query="", language="id", **more):
        with translation.override(language):
            return client.get(reverse("search"), {"q": query, **more})

    return get


def titles(response):
    return [re.sub("<[^>]+>", "", result.title) for result in response.context["results"]]


def counts(response):
    return {each.kind.value: each.count for each in response.context["found"].counts}


@pytest.fixture
def harbour():
    """One thing of each kind in which “pelabuhan” stands."""
    innovation = InnovationFactory(published=True, name="Pelabuhan Pintar")
    AgencyFactory(name="Dinas Pelabuhan")
    AwardFactory(innovation=None, name="Piala Pelabuhan")
    VisitFactory(completed=True, organisation="Kantor Pelabuhan")
    QuestionFactory(published=True, text="Di mana pelabuhan?", answer="Tidak ada.")
    return innovation


def test_one_list_holds_every_kind(harbour, search):
    response = search("pelabuhan")
    assert titles(response) == [
        "Pelabuhan Pintar",
        "Dinas Pelabuhan",
        "Piala Pelabuhan 2019",
        "Kantor Pelabuhan",
        "Di mana pelabuhan?",
    ]
    assert counts(response) == {
        "innovation": 1,
        "agency": 1,
        "award": 1,
        "visit": 1,
        "question": 1,
    }


@pytest.mark.parametrize(
    ("kind", "title"), [("agency", "Dinas Pelabuhan"), ("question", "Di mana pelabuhan?")]
)
def test_a_kind_narrows_the_list_and_keeps_the_counts_of_the_others(harbour, search, kind, title):
    response = search("pelabuhan", kind=kind)
    assert titles(response) == [title]
    assert sum(counts(response).values()) == 5


def test_a_kind_of_which_there_is_nothing_leads_back(harbour, search):
    response = search("pintar", kind="visit")
    assert titles(response) == []
    assert counts(response) == {"innovation": 1, "visit": 0}
    assert 'href="?q=pintar"' in response.text


def test_an_unknown_kind_is_all_kinds(harbour, search):
    assert len(titles(search("pelabuhan", kind="kapal"))) == 5


def test_every_result_leads_to_a_page(harbour, search, client):
    for result in search("pelabuhan").context["results"]:
        assert client.get(result.url).status_code == 200


def test_a_word_with_a_slip_is_corrected_and_that_is_said(harbour, search):
    response = search("pelabhuan pintar")
    assert titles(response) == ["Pelabuhan Pintar"]
    assert "<strong>pelabuhan pintar</strong>" in response.text
    assert "as_typed=1" in response.text


def test_whoever_insists_gets_what_was_typed(harbour, search):
    assert titles(search("pelabhuan", as_typed="1")) == []


def test_some_of_the_words_are_better_than_nothing(harbour, search):
    response = search("pelabuhan zzyyxx")
    assert len(titles(response)) == 5
    assert response.context["found"].query.needs_all is False
    with translation.override("en"):
        assert "Nothing has all of these words." in search("pelabuhan zzyyxx", "en").text


def test_a_correction_is_the_word_that_fits_the_others(search):
    for name in ("Gandum Fajar", "Gandum Petang", "Gandur Senja"):
        InnovationFactory(published=True, name=name)
    assert titles(search("ganduk")) == ["Gandum Fajar", "Gandum Petang"]
    assert titles(search("ganduk senja")) == ["Gandur Senja"]


def test_matches_are_marked_and_everything_else_is_escaped(search):
    InnovationFactory(
        published=True,
        name="Uji <script>alert(1)</script>",
        summary="Tanda <b>kir</b> & “kir” lagi.",
    )
    text = search("kir uji").text
    assert "<mark>Uji</mark> &lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "Tanda &lt;b&gt;<mark>kir</mark>&lt;/b&gt; &amp; “<mark>kir</mark>” lagi." in text
    assert "<script>alert" not in text


def test_what_was_typed_is_escaped(search):
    text = search("<script>alert(1)</script>").text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_a_result_quotes_plain_text_without_marks_of_sources(search):
    solution = "Kata *langka* berdiri di [laman](https://contoh.example/) ini. [@sumber-1]"
    InnovationFactory(published=True, solution=solution)
    assert "Kata <mark>langka</mark> berdiri di laman ini." in search("langka").text


def test_the_quoted_part_is_where_the_words_stand(search):
    before, after = "Kalimat panjang tanpa isi. " * 30, " Penutup yang panjang." * 30
    InnovationFactory(published=True, solution=f"{before}Jangkar diangkat.{after}")
    [result] = search("jangkar").context["results"]
    assert "<mark>Jangkar</mark> diangkat." in result.text
    assert result.text.startswith("… ")
    assert result.text.endswith(" …")
    assert len(result.text) < 300


def test_other_forms_and_synonyms_are_marked_too(search):
    InnovationFactory(published=True, solution="Mereka mengunjungi loket pengujian kendaraan.")
    [result] = search("kunjungan").context["results"]
    assert "<mark>mengunjungi</mark>" in result.text


def test_texts_stand_in_the_language_of_the_page(search):
    InnovationFactory(published=True, name="Perahu", summary="Satu.", summary_en="One perahu.")
    InnovationFactory(published=True, name="Perahu layar", summary="Dua.")
    response = search("perahu", "en")
    assert [
        (str(result.text), result.text_language) for result in response.context["results"]
    ] == [
        ("One <mark>perahu</mark>.", "en"),
        ("Dua.", "id"),
    ]
    assert '<p lang="id">Dua.</p>' in response.text


def test_english_words_find_english_texts(search):
    InnovationFactory(published=True, name="A", summary_en="It inspects vehicles.")
    assert titles(search("vehicle inspection", "en")) == ["A"]


@pytest.mark.parametrize("language", ["id", "en"])
def test_without_words_the_page_gives_examples(search, language):
    for query in ("", "😀", "%%"):
        response = search(query, language)
        assert list(response.context["results"]) == []
        assert '/?q=kemensos"' in response.text


@pytest.mark.parametrize(
    "query",
    [
        '"',
        "'; DROP TABLE",
        "\\",
        "pelabuhan*",
        "NEAR(pelabuhan pintar)",
        "names: pelabuhan",
        "pelabuhan AND OR NOT",
        "^pelabuhan -pintar",
        "pelabuhan & | ! :* <->",
        "{names} : pelabuhan",
        "\ud7ff\u200b\u202e",
        "a" * 10_000,
        "pelabuhan " * 1000,
        "٣ ५ ꦧ ń ẞ",
    ],
)
def test_hostile_texts_have_an_honest_answer(harbour, search, client, query):
    assert search(query).status_code == 200
    catalogue = client.get(reverse("innovations:list"), {"q": query})
    assert catalogue.status_code == 200
    list(Innovation.objects.search(query))


def test_an_address_with_a_nul_is_none_of_ours(search):
    assert search("pelabuhan\0").status_code == 404
    assert list(Innovation.objects.search("pelabuhan\0")) == []


def test_too_long_a_text_is_answered_with_what_to_do(search):
    response = search("x" * 101)
    assert 'aria-describedby="id_q_error"' in response.text
    assert list(response.context["results"]) == []


def test_page_is_not_for_search_engines(search):
    assert '<meta name="robots" content="noindex">' in search("kir").text


def test_pages_past_the_end_show_the_last(search):
    InnovationFactory.create_batch(23, published=True, name="Perahu")
    response = search("perahu", page="99")
    assert response.context["page_obj"].number == 2
    assert len(titles(response)) == 3
    assert "q=perahu&amp;page=1" in response.text


def test_equals_keep_one_order_over_the_pages(search):
    InnovationFactory.create_batch(23, published=True, name="Perahu")
    both = [
        result.url for page in "12" for result in search("perahu", page=page).context["results"]
    ]
    assert len(set(both)) == 23


def test_of_what_there_are_many_only_the_newest_are_looked_at(search, monkeypatch):
    for module in (ranking, results):
        monkeypatch.setattr(module, "MOST_OF_MASS", 2)
    for name in ("Kejora A", "Kejora B", "Kejora C"):
        VisitFactory(completed=True, organisation=name)
    InnovationFactory.create_batch(3, published=True, name="Kejora")
    response = search("kejora")
    assert counts(response) == {"innovation": 3, "visit": 2}
    assert response.context["found"].has_more
    assert set(titles(search("kejora", kind="visit"))) == {"Kejora B", "Kejora C"}
    with translation.override("en"):
        assert "More than 5 results" in search("kejora", "en").text


def test_a_word_that_stands_in_many_texts_is_taken_as_whole(search, monkeypatch):
    InnovationFactory(published=True, name="Perahu")
    InnovationFactory(published=True, name="Perahulayar")
    assert titles(search("perahu")) == ["Perahu", "Perahulayar"]
    monkeypatch.setattr(spelling, "COMMON", 1)
    cache.clear()
    assert titles(search("perahu")) == ["Perahu"]
    assert titles(search("perah")) == ["Perahu", "Perahulayar"]


@pytest.mark.parametrize("rows", [1, 3])
def test_search_takes_the_same_queries_for_1_and_for_3_of_each_kind(
    search, django_assert_num_queries, rows
):
    for number in range(rows):
        innovation = InnovationFactory(published=True, name=f"Pelabuhan {number}")
        AgencyFactory(name=f"Dinas Pelabuhan {number}")
        AwardFactory(innovation=innovation, name=f"Piala Pelabuhan {number}")
        visit = VisitFactory(completed=True, organisation=f"Kantor Pelabuhan {number}")
        StopFactory(visit=visit, innovation=innovation)
        QuestionFactory(
            innovation=innovation, published=True, text=f"Pelabuhan {number}?", answer="Ya."
        )
    # SQLite is asked once more: for the oldest of the newest visits and questions.
    with django_assert_num_queries(8 if connection.vendor == "sqlite" else 7):
        assert len(titles(search("pelabuhan"))) == 5 * rows


def test_the_catalogue_says_that_it_corrected_and_leads_to_the_whole_portal(client, harbour):
    url = reverse("innovations:list")
    assert "<strong>pelabuhan</strong>" in client.get(url, {"q": "pelabhuan"}).text
    nothing = client.get(url, {"q": "kantor"})
    assert list(nothing.context["innovations"]) == []
    assert f'href="{reverse("search")}?q=kantor"' in nothing.text


def test_home_and_every_header_lead_to_the_search(client):
    text = client.get(reverse("home")).text
    assert f'action="{reverse("search")}"' in text
    assert f'href="{reverse("search")}"' in text


def test_order_is_found_once_until_anything_public_changes(search, django_assert_num_queries):
    InnovationFactory(published=True, name="Perahu")
    assert titles(search("perahu")) == ["Perahu"]
    with django_assert_num_queries(2):
        search("perahu")
    InnovationFactory(published=True, name="Perahu Baru")
    assert titles(search("perahu")) == ["Perahu", "Perahu Baru"]


@pytest.mark.parametrize(
    ("name", "typed", "marked"),
    [
        ("Data Go", "data go", "<mark>Data</mark> <mark>Go</mark>"),
        ("Data Go", "datago", "<mark>Data Go</mark>"),
        ("Siap Uji KIR", "uji kir", "Siap <mark>Uji</mark> <mark>KIR</mark>"),
    ],
)
def test_each_word_is_marked_and_two_where_they_are_one(search, name, typed, marked):
    InnovationFactory(published=True, name=name)
    [result] = search(typed).context["results"]
    assert str(result.title) == marked


@pytest.mark.parametrize(
    ("typed", "near"), [("sampah", "sampai"), ("banjir", "banjar"), ("sakit", "sakti")]
)
def test_what_is_a_word_is_not_taken_for_another(search, typed, near):
    InnovationFactory(published=True, name="Perahu", summary=f"Kata {near} berdiri di sini.")
    assert titles(search(typed)) == []


def test_first_part_that_says_everything_is_quoted_and_marked_to_its_end(search):
    InnovationFactory(
        published=True,
        name="Perahu",
        summary="Layar.",
        solution=f"{'Kata lain di sini. ' * 30}Pasar dengan layar dan pasar. {'Akhir. ' * 60}"
        "Pasar layar pasar layar pasar layar.",
    )
    [result] = search("pasar layar").context["results"]
    marked = "<mark>Pasar</mark> dengan <mark>layar</mark> dan <mark>pasar</mark>. Akhir."
    assert marked in str(result.text)


@pytest.mark.parametrize("typed", ["layar", "layar angin"])
def test_first_results_are_the_same_whether_bodies_are_looked_at_or_not(db, typed):
    for number in range(4):
        InnovationFactory(published=True, name=f"Perahu {number}", summary="Layar dan angin")
        InnovationFactory(published=True, name=f"Layar {number}", solution="Angin")
        InnovationFactory(published=True, name=f"Gudang {number}", solution="Layar, angin")
    every = first_ids(understand(typed), tuple(Kind), 200)
    assert len(every) == 12
    assert first_ids(understand(typed), tuple(Kind), 8) == every[:8]


def test_an_award_is_found_on_its_own_page_of_the_list(search, client):
    names = [f"Piala {number:02}" for number in range(20)]
    awards = [AwardFactory(name=name, awarded_on="2024") for name in names]
    [result] = search("Piala 19", kind="award").context["results"][:1]
    assert result.url.endswith(f"#award-{awards[19].slug}")
    page = client.get(result.url)
    assert page.context["page_obj"].number == 2
    assert f'id="award-{awards[19].slug}"' in page.text
    url = reverse("innovations:award_list")
    for query, number in (({"award": "khayalan"}, 1), ({"award": awards[19].slug, "page": 1}, 1)):
        assert client.get(url, query).context["page_obj"].number == number


def test_a_question_that_is_found_stands_open_however_many_there_are(search, client):
    innovation = InnovationFactory(published=True, name="Perahu")
    old = QuestionFactory(
        innovation=innovation, published=True, text="Layar apa?", answer="Putih."
    )
    for number in range(20):
        QuestionFactory(
            innovation=innovation, published=True, text=f"Kapan {number}?", answer="Ya."
        )
    assert "Layar apa?" not in client.get(innovation.get_absolute_url()).text
    [result] = search("layar", kind="question").context["results"]
    page = client.get(result.url)
    assert result.url.endswith(f"#question-{old.pk}")
    [opened] = html.document_fromstring(page.content).xpath("//details[@class='question'][@open]")
    assert opened.get("id") == f"question-{old.pk}"
    assert opened.xpath("p[1]")[0].text == "Putih."
    for odd in ("0", "99999", "x", "-1", "9" * 40):
        answer = client.get(innovation.get_absolute_url(), {"question": odd})
        opened = html.document_fromstring(answer.content).xpath("//details[@open]")
        assert (answer.status_code, opened) == (200, [])


def test_whose_it_is_is_marked_too(search):
    agency = AgencyFactory(name="Dinas <Pelabuhan>", abbreviation="DISPEL")
    InnovationFactory(published=True, name="Perahu", agency=agency)
    [result] = search("pelabuhan", kind="innovation").context["results"]
    assert result.context == "Dinas &lt;<mark>Pelabuhan</mark>&gt;"
