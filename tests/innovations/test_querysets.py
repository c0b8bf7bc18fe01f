"""What is found, in which order, and what of it the public may see."""

import pytest

from innovations.models import Agency, Award, Innovation, Question, Source
from magelang_portal.search.results import understand
from tests.factories import (
    AgencyFactory,
    AwardFactory,
    CitationFactory,
    InnovationFactory,
    OutcomeFactory,
    QuestionFactory,
    SourceFactory,
)

pytestmark = pytest.mark.django_db


def names(innovations):
    return [innovation.name for innovation in innovations]


def search(query):
    return names(Innovation.objects.published().search(query))


@pytest.fixture
def four():
    """The four innovations with which the portal began."""
    for name, expanded_name, summary, agency, abbreviation in (
        (
            "Data Go",
            "Data Kota Magelang Open",
            "Data sektoral kota yang terbuka bagi siapa saja, tanpa harus datang.",
            "Dinas Komunikasi, Informatika dan Statistik",
            "Diskominsta",
        ),
        (
            "Siap Uji KIR Online",
            "",
            "Pendaftaran uji kendaraan bermotor lewat telepon pintar.",
            "Dinas Perhubungan",
            "Dishub",
        ),
        (
            "Galeri Inovasi",
            "",
            "Ruang pamer karya inovasi warga, dengan duta inovasi sebagai pemandu.",
            "Badan Penelitian dan Pengembangan",
            "Balitbang",
        ),
        (
            "Si Bahenol",
            "",
            "Belum dikonfirmasi oleh pemiliknya.",
            "Badan Pengelola Keuangan dan Aset Daerah",
            "BPKAD",
        ),
    ):
        InnovationFactory(
            published=True,
            name=name,
            expanded_name=expanded_name,
            summary=summary,
            agency=AgencyFactory(name=agency, abbreviation=abbreviation),
        )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("data", ["Data Go"]),
        ("kir", ["Siap Uji KIR Online"]),
        ("galeri", ["Galeri Inovasi"]),
        ("bahenol", ["Si Bahenol"]),
        ("kendaraan", ["Siap Uji KIR Online"]),
        ("DATA", ["Data Go"]),
        ("  uji   kir ", ["Siap Uji KIR Online"]),
        ("kir uji", ["Siap Uji KIR Online"]),
        ("uji galeri", ["Galeri Inovasi", "Siap Uji KIR Online"]),
        ("open", ["Data Go"]),
        ("dishub", ["Siap Uji KIR Online"]),
        ("keuangan aset", ["Si Bahenol"]),
        ("inovasi", ["Galeri Inovasi", "Data Go", "Si Bahenol", "Siap Uji KIR Online"]),
        ("badan", ["Galeri Inovasi", "Si Bahenol"]),
        ("%", []),
        ("_", []),
        ("' OR 1=1 --", []),
        ("", ["Data Go", "Galeri Inovasi", "Si Bahenol", "Siap Uji KIR Online"]),
    ],
)
def test_resident_finds_a_service_by_a_word_of_it(four, query, found):
    assert search(query) == found


def test_nothing_is_found_that_is_not_published(four):
    InnovationFactory(name="Data Rahasia")
    assert search("data") == ["Data Go"]


def test_places_of_a_word_are_weighed_name_first_other_texts_last():
    agency = AgencyFactory(name="Dinas Kir")
    for name, fields in (
        ("G", {"solution": "kir"}),
        ("F", {"agency": agency}),
        ("E", {"summary": "Untuk kir."}),
        ("D", {"expanded_name": "Layanan kir"}),
        ("Pikiran", {}),
        ("Uji Kir", {}),
        ("Kir Kota", {}),
        ("Kir", {}),
    ):
        InnovationFactory(published=True, name=name, **fields)
    assert search("kir") == ["Kir", "Kir Kota", "Uji Kir", "D", "E", "F", "G"]


def test_equals_stand_in_the_order_of_their_names():
    for name in ("Kir C", "Kir A", "Kir B"):
        InnovationFactory(published=True, name=name)
    assert search("kir") == ["Kir A", "Kir B", "Kir C"]


@pytest.mark.parametrize(
    "field",
    [
        "summary_en",
        "problem",
        "problem_en",
        "solution",
        "solution_en",
        "how_to_use",
        "how_to_use_en",
        "how_to_replicate",
        "how_to_replicate_en",
        "beneficiaries",
        "beneficiaries_en",
    ],
)
def test_every_text_in_both_languages_is_searched(field):
    InnovationFactory(published=True, name="A", **{field: "ada kata langka di sini"})
    InnovationFactory(published=True, name="B")
    assert search("langka") == ["A"]


def test_words_past_the_twelfth_are_left_out():
    name = "satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas belasan"
    InnovationFactory(published=True, name=name)
    query = understand(f"{name} tidak terdapat")
    assert query.needs_all
    assert len(query.terms) == 12
    assert search(f"{name} tidak terdapat") == [name]


def test_related_are_those_of_the_same_affair_then_agency_then_form():
    agency = AgencyFactory()
    shown = InnovationFactory(agency=agency, government_affair="health", form="governance")
    for name, fields in (
        ("Lain", {}),
        ("Bentuk", {"form": "governance"}),
        ("Sekantor", {"agency": agency}),
        ("Sekantor dan bentuk", {"agency": agency, "form": "governance"}),
        ("Urusan", {"government_affair": "health"}),
        ("Semua", {"agency": agency, "government_affair": "health", "form": "governance"}),
    ):
        InnovationFactory(name=name, **fields)
    assert names(Innovation.objects.related_to(shown)) == [
        "Semua",
        "Urusan",
        "Sekantor dan bentuk",
        "Sekantor",
        "Bentuk",
        "Lain",
    ]


def test_what_is_unknown_of_two_innovations_does_not_relate_them():
    shown = InnovationFactory(government_affair="", form="")
    InnovationFactory(name="B", government_affair="", form="")
    InnovationFactory(name="A", government_affair="health", form="governance")
    assert names(Innovation.objects.related_to(shown)) == ["A", "B"]


def test_award_winning_leaves_nominations_apart():
    won = AwardFactory(innovation=InnovationFactory(published=True)).innovation
    AwardFactory(innovation=won)
    AwardFactory(innovation=won, is_nomination=True)
    AwardFactory(innovation=InnovationFactory(published=True), is_nomination=True)
    AwardFactory(innovation=None)
    InnovationFactory(published=True)
    assert list(Innovation.objects.award_winning()) == [won]


def test_years_are_those_of_what_is_published_latest_first():
    for date in ("2017-01", "2019", "2019-06-27", ""):
        InnovationFactory(published=True, started_on=date)
    InnovationFactory(started_on="2025")
    assert Innovation.objects.published_years() == [("2019", "2019"), ("2017", "2017")]


@pytest.mark.parametrize(
    ("fields", "is_open"),
    [
        ({"published": True}, True),
        ({"published": True, "visitable": True, "running": True}, True),
        ({"published": True, "visitable": False}, False),
        ({"published": True, "running": False, "stopped_reason": "Digabung."}, False),
        ({"visitable": True}, False),
    ],
)
def test_delegations_may_ask_for_what_is_public_and_not_closed(fields, is_open):
    innovation = InnovationFactory(**fields)
    assert (innovation in Innovation.objects.open_to_visitors()) is is_open


def test_public_awards_are_the_citys_and_those_of_published_innovations():
    of_city = AwardFactory(innovation=None, awarded_on="2018")
    of_published = AwardFactory(innovation=InnovationFactory(published=True), awarded_on="2019")
    AwardFactory(innovation=InnovationFactory())
    assert list(Award.objects.published()) == [of_published, of_city]


def test_public_voices_passed_a_moderator_on_a_public_innovation():
    innovation = InnovationFactory(published=True)
    shown = QuestionFactory(innovation=innovation, published=True)
    QuestionFactory(innovation=innovation)
    QuestionFactory(innovation=innovation, moderation="hidden")
    QuestionFactory(innovation=InnovationFactory(), published=True)
    assert list(Question.objects.published()) == [shown]


def test_sources_cited_in_public_are_those_of_public_facts_outcomes_and_awards():
    public, draft = InnovationFactory(published=True), InnovationFactory()
    expected = {public.citations.get().source}
    for innovation, in_public in ((public, True), (draft, False)):
        sources = {
            CitationFactory(innovation=innovation, fact="name").source,
            OutcomeFactory(innovation=innovation).source,
            AwardFactory(innovation=innovation).source,
        }
        if in_public:
            expected |= sources
    expected.add(AwardFactory(innovation=None).source)
    SourceFactory()
    cited = Source.objects.cited_in_public()
    assert set(cited) == expected
    assert len(cited) == len(expected)


def test_agencies_in_the_catalogue_own_something_public():
    owner = AgencyFactory()
    InnovationFactory.create_batch(2, agency=owner, published=True)
    InnovationFactory(agency=AgencyFactory())
    assert list(Agency.objects.with_published_innovations()) == [owner]
