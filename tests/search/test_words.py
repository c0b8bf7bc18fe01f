import pytest

from magelang_portal.search.query import MOST_TERMS, Query
from magelang_portal.search.words import initials_of, key_of, stem, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Uji KIR, uji lagi!", ["uji", "kir", "uji", "lagi"]),
        ("Café Ḱřïśňa", ["cafe", "krisna"]),
        ("e-KTP", ["e", "ktp", "ektp"]),
        ("DataGO", ["data", "go", "datago"]),
        ("IGA2024 dan p3k", ["iga", "2024", "iga2024", "dan", "p3k"]),
        ("A.P.B.D.", ["a", "p", "b", "d", "apbd"]),
        ("datago.magelangkota.go.id", ["datago", "magelangkota", "go", "id"]),
        ("anak-anak", ["anak", "anak"]),
        ("Perda 3/2016", ["perda", "3", "2016"]),
        ("😀 … %_*\"'", []),
        ("", []),
    ],
)
def test_words_are_without_case_accents_and_signs(text, words):
    assert words_of(text) == words


def test_neighbours_in_a_name_are_found_as_one_word():
    assert words_of("Si Aset Kota", pairs=True) == ["si", "aset", "kota", "siaset", "asetkota"]


@pytest.mark.parametrize("text", ["Data Go", "DATA GO", "DataGO", "data-go"])
def test_spaces_and_hyphens_make_no_other_name(text):
    assert key_of(text) == "datago"


def test_initials_leave_out_small_words():
    assert initials_of("Badan Riset dan Inovasi") == "bri"
    assert initials_of("Kota") == ""


@pytest.mark.parametrize(
    "words",
    [("kunjungan", "berkunjung"), ("pelayanan", "layanan", "melayani"), ("pengaduan", "aduan")],
)
def test_forms_of_an_indonesian_word_have_one_stem(words):
    assert len({stem(word, "id") for word in words}) == 1


def ways(text):
    return [sorted(" ".join(way) for way in term.ways()) for term in Query.parse(text).terms]


def test_words_that_say_nothing_are_left_out_unless_there_are_no_others():
    assert ways("bagaimana cara membuat perahu") == [
        ["membuat", "membuatperahu"],
        ["membuatperahu", "perahu"],
    ]
    assert ways("yang mana") == [["yang"], ["mana"]]


def test_phrases_that_are_known_count_as_one_term():
    assert len(Query.parse("studi banding").terms) == 1
    assert "kunjungan" in ways("studi banding")[0]
    assert "studi banding" in ways("berkunjung")[0]
    assert "ektp" in ways("kartu tanda penduduk")[0]


def test_only_the_last_word_may_be_unfinished():
    assert [term.is_prefix for term in Query.parse("uji kendar").terms] == [False, True]


def test_a_letter_after_words_is_a_word_begun():
    assert Query.parse("perahu k").terms[0].word == "perahu"
    assert len(Query.parse("perahu k").terms) == 1
    assert Query.parse("k").is_letter


def test_a_long_text_is_cut():
    query = Query.parse("perahu layar " * 2000)
    assert len(query.text) == 100
    assert len(query.terms) <= MOST_TERMS


@pytest.mark.parametrize("text", ["", "  ", "😀🎉", "%", "\0", "…—"])
def test_a_text_without_words_has_no_terms(text):
    assert not Query.parse(text)
