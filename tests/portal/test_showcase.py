"""The showcase: sourced, in both languages, and loaded once in the life of a database."""

import datetime
import io
import re
import tomllib

import pytest
from django.core.management import CommandError, call_command
from django.core.serializers import serialize
from django.urls import reverse

from innovations.models import Agency, Award, Innovation, Outcome, Source
from magelang_portal.management.commands.load_showcase import FOLDER, MODELS
from magelang_portal.models import ShowcaseRecord
from visits.models import Stop, Visit

CITED = re.compile(r"\[@([-\w]+)\]")
FILES = sorted(FOLDER.glob("*/*.toml"))


def load(folder=FOLDER):
    call_command("load_showcase", folder=folder, stdout=io.StringIO())


def everything():
    models = (*MODELS.values(), Outcome, Stop, ShowcaseRecord)
    return [serialize("json", model.objects.order_by("pk")) for model in models]


@pytest.fixture
def showcase(db):
    load()


def write(folder, key, text):
    path = folder / f"{key}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


SMALL = {
    "sources/berita": 'title = "Berita"\nurl = "https://berita.example/1"\n',
    "agencies/dinas": 'name = "Dinas"\nname_en = "Department"\nabbreviation = "D"\n',
    "innovations/layanan": (
        'name = "Layanan"\nsummary = "Satu."\nsummary_en = "One."\nagency = "dinas"\n'
        '[[citations]]\nfact = "name"\nsource = "berita"\n'
    ),
    "visits/2019-tamu": (
        'organisation = "Tamu"\norganisation_kind = "other"\nheld_on = 2019-09-04\n'
        'sources = ["berita"]\n[[stops]]\ninnovation = "layanan"\nanswer = "accepted"\n'
    ),
}


@pytest.fixture
def small(tmp_path):
    """A folder with a showcase of one source, agency, innovation and visit."""
    for key, text in SMALL.items():
        write(tmp_path, key, text)
    return tmp_path


# Loading


def test_a_small_showcase_becomes_public(small, db):
    load(small)
    innovation = Innovation.objects.published().get()
    assert (innovation.slug, innovation.agency.slug) == ("layanan", "dinas")
    visit = Visit.objects.published().get()
    assert [stop.innovation for stop in visit.stops.all()] == [innovation]
    assert visit.held_on == datetime.date(2019, 9, 4)


def test_second_run_changes_nothing(showcase):
    before = everything()
    load()
    assert everything() == before


def test_each_file_becomes_one_thing(showcase):
    for kind, model in MODELS.items():
        slugs = sorted(path.stem for path in (FOLDER / kind).glob("*.toml"))
        assert sorted(model.objects.values_list("slug", flat=True)) == slugs, kind


def test_what_staff_changed_renamed_or_deleted_stays_so(small, db):
    load(small)
    Innovation.objects.update(name="Nama baru", slug="nama-baru", summary="Lain.")
    Visit.objects.all().delete()
    load(small)
    assert list(Innovation.objects.values_list("name", "slug", "summary")) == [
        ("Nama baru", "nama-baru", "Lain.")
    ]
    assert Visit.objects.count() == 0


def test_new_file_finds_what_staff_renamed(small, db):
    load(small)
    Innovation.objects.update(slug="nama-baru")
    write(
        small,
        "awards/juara",
        'name = "Juara"\nname_en = "First"\nawarded_on = "2020"\ninnovation = "layanan"\n'
        'source = "berita"\n',
    )
    load(small)
    assert Award.objects.get().innovation.slug == "nama-baru"


def test_new_file_about_what_staff_deleted_is_left_out(small, db):
    load(small)
    Visit.objects.all().delete()
    Innovation.objects.all().delete()
    write(small, "visits/2020-tamu", SMALL["visits/2019-tamu"])
    load(small)
    assert Visit.objects.count() == 0


def test_what_staff_wrote_before_is_left_alone(small, db):
    own = Agency.objects.create(name="Milik pegawai", abbreviation="D", slug="dinas")
    load(small)
    own.refresh_from_db()
    assert own.name == "Milik pegawai"
    assert Innovation.objects.get().agency == own


@pytest.mark.parametrize(
    ("key", "text", "told"),
    [
        ("sources/rusak", "title = ", "sources/rusak"),
        ("sources/tanpa-judul", 'publisher = "X"\n', "title"),
        ("sources/salah", 'titel = "X"\n', "titel"),
        ("awards/salah", 'name = "X"\nawarded_on = "2020"\nsource = "tiada"\n', "sources/tiada"),
        (
            "innovations/tanpa-sumber",
            'name = "X"\nsummary = "X"\nagency = "dinas"\n',
            "innovations/tanpa-sumber",
        ),
    ],
)
def test_faulty_file_is_named_and_nothing_is_loaded(small, db, key, text, told):
    write(small, key, text)
    with pytest.raises(CommandError, match=told):
        load(small)
    assert ShowcaseRecord.objects.count() == Agency.objects.count() == 0


# Content


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_file_has_both_languages_and_known_sources(path):
    values = tomllib.loads(path.read_text("utf-8"))
    model = MODELS[path.parent.name]
    bilingual = getattr(model, "bilingual_fields", ())
    assert [name for name in bilingual if values.get(name) and not values.get(f"{name}_en")] == []
    cited = set(CITED.findall(path.read_text("utf-8")))
    assert [slug for slug in cited if not (FOLDER / "sources" / f"{slug}.toml").exists()] == []


def test_each_text_cites_only_what_its_page_lists(showcase):
    """A `[@key]` that the page does not know would vanish without a word."""
    for innovation in Innovation.objects.for_page():
        listed = {
            item.source.slug
            for related in (innovation.citations, innovation.outcomes, innovation.awards)
            for item in related.all()
        }
        texts = " ".join(str(value) for value in vars(innovation).values())
        assert set(CITED.findall(texts)) <= listed, innovation
    for model in (Agency, Visit):
        for item in model.objects.prefetch_related("sources"):
            texts = " ".join(str(value) for value in vars(item).values())
            assert set(CITED.findall(texts)) <= {s.slug for s in item.sources.all()}, item


def test_every_source_is_cited_somewhere(showcase):
    texts = "".join(path.read_text("utf-8") for path in FILES if path.parent.name != "sources")
    slugs = Source.objects.values_list("slug", flat=True)
    assert [slug for slug in slugs if f'"{slug}"' not in texts] == []


def test_four_innovations_of_the_tour_are_public_and_sourced(showcase):
    innovations = Innovation.objects.published().select_related("agency")
    assert {(i.slug, i.name, i.agency.abbreviation) for i in innovations} == {
        ("data-go", "Data Go", "Diskominsta"),
        ("siap-uji-kir-online", "Siap Uji KIR Online", "Dishub"),
        ("galeri-inovasi", "Galeri Inovasi", "Balitbang"),
        ("si-bahenol", "Si Bahenol", "BPKAD"),
    }
    assert all(innovation.citations.exists() for innovation in innovations)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("data", "data-go"),
        ("kir", "siap-uji-kir-online"),
        ("galeri", "galeri-inovasi"),
        ("bahenol", "si-bahenol"),
        ("kendaraan", "siap-uji-kir-online"),
        ("datago", "data-go"),
        ("dishub", "siap-uji-kir-online"),
    ],
)
def test_search_finds_the_right_innovation_first(showcase, client, query, first):
    response = client.get(reverse("innovations:list"), {"q": query})
    assert response.context["innovations"][0].slug == first


def test_what_nobody_could_verify_is_empty(showcase):
    bahenol = Innovation.objects.get(slug="si-bahenol")
    assert len(bahenol.missing_fields) == len(Innovation.expected_fields)
    assert not bahenol.outcomes.exists()
    for innovation in Innovation.objects.all():
        assert (innovation.running, innovation.visitable, innovation.confirmed_on) == (None,) * 3
        assert (innovation.initiator, innovation.contact) == ("", "")
    assert set(Agency.objects.values_list("address", flat=True)) == {""}


def test_kemensos_visit_is_told_as_its_source_tells_it(showcase, client):
    visit = Visit.objects.get(slug="2019-09-04-kemensos")
    assert (visit.held_on, visit.participants) == (datetime.date(2019, 9, 4), 78)
    assert (visit.led_by, visit.host) == ("Mulia Jonie", "Machbub Yani Arfian")
    assert visit.venue == "Ruang Adipura Kencana"
    assert "VIII dan IX" in visit.unit
    page = client.get(visit.get_absolute_url()).content.decode()
    for fact in ("78", "Adipura Kencana", "Mulia Jonie", "Machbub Yani Arfian"):
        assert fact in page
    innovations = Innovation.objects.published()
    assert innovations.count() == 4
    for innovation in innovations:
        assert f'href="{innovation.get_absolute_url()}"' in page
        back = client.get(innovation.get_absolute_url()).content.decode()
        assert f'href="{visit.get_absolute_url()}"' in back


def test_six_sourced_visits_are_public(showcase):
    visits = Visit.objects.published().order_by("slug")
    assert [(str(visit.day), visit.participants) for visit in visits] == [
        ("2015-03-04", None),
        ("2018-04-26", 10),
        ("2019-07-30", 30),
        ("2019-09-04", 78),
        ("2019-10-31", 25),
        ("2025-10-06", 80),
    ]
    assert all(visit.sources.exists() for visit in visits)


def test_nomination_of_2019_is_no_award(showcase):
    nominations = Award.objects.filter(is_nomination=True)
    assert {award.awarded_on[:4] for award in nominations} == {"2019"}
    assert "si-bahenol" not in Innovation.objects.award_winning().values_list("slug", flat=True)
