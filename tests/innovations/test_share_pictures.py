import io
import re

import pytest
from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils import translation
from PIL import Image

from innovations import share_pictures
from innovations.covers import draw_cover
from innovations.share_pictures import SharePicture
from tests.factories import AgencyFactory, InnovationFactory


def url_of(innovation):
    return reverse("share_innovation", args=[innovation.slug])


def opened(png):
    return Image.open(io.BytesIO(png))


@pytest.fixture
def drawn(monkeypatch):
    """The title of each picture that was drawn and did not come from the cache."""
    cache.clear()
    titles = []
    draw = SharePicture.draw

    def note_and_draw(picture):
        titles.append(picture.title)
        return draw(picture)

    monkeypatch.setattr(SharePicture, "draw", note_and_draw)
    yield titles
    cache.clear()


@pytest.mark.django_db
def test_picture_is_a_png_of_the_size_that_pages_state(client):
    response = client.get(url_of(InnovationFactory(published=True)))
    assert response["Content-Type"] == "image/png"
    assert response["Cache-Control"] == "public, max-age=300"
    with opened(response.content) as picture:
        assert (picture.format, picture.size) == ("PNG", (1200, 630))


@pytest.mark.django_db
def test_who_has_the_picture_is_told_so_without_drawing(client, drawn):
    url = url_of(InnovationFactory(published=True))
    etag = client.get(url)["ETag"]
    cache.clear()
    response = client.get(url, headers={"if-none-match": etag})
    assert (response.status_code, response.content) == (304, b"")
    assert (response["ETag"], response["Cache-Control"]) == (etag, "public, max-age=300")
    assert len(drawn) == 1


@pytest.mark.django_db
def test_picture_is_drawn_once_for_all_readers(client, drawn):
    innovation = InnovationFactory(published=True, name="Data Go")
    first, second = (client.get(url_of(innovation)).content for _reader in range(2))
    assert first == second
    assert drawn == ["Data Go"]


@pytest.mark.django_db
@pytest.mark.parametrize("renamed", ["innovation", "agency"])
def test_new_name_makes_a_new_picture(client, drawn, renamed):
    innovation = InnovationFactory(published=True)
    url = url_of(innovation)
    etag = client.get(url)["ETag"]
    item = innovation if renamed == "innovation" else innovation.agency
    item.name = "Nama Baru"
    item.save()
    assert client.get(url, headers={"if-none-match": etag}).status_code == 200
    assert len(drawn) == 2


@pytest.mark.django_db
def test_english_picture_names_the_agency_in_english(client, drawn):
    agency = AgencyFactory(name="Dinas Perhubungan", name_en="Transport Office")
    innovation = InnovationFactory(published=True, agency=agency)
    etags = set()
    for language in ("id", "en"):
        with translation.override(language):
            etags.add(client.get(url_of(innovation))["ETag"])
    assert len(etags) == 2


@pytest.mark.django_db
def test_draft_has_no_picture_not_even_for_staff(client, admin_client):
    url = url_of(InnovationFactory())
    assert client.get(url).status_code == 404
    assert admin_client.get(url).status_code == 404


@pytest.mark.django_db
def test_picture_takes_one_query(client, drawn, django_assert_num_queries):
    url = url_of(InnovationFactory(published=True))
    for _cached in (False, True):
        with django_assert_num_queries(1):
            client.get(url)


LONG = "Sistem Informasi Pertanggungjawaban Penyelenggaraan Keuangan Daerah " * 3


@pytest.mark.parametrize("title", ["Data Go", LONG, "W" * 150, "i" * 150, "", "Ågård “Łódź” 数"])
@pytest.mark.parametrize("line", ["Dinas", LONG, "W" * 200])
def test_words_stay_between_the_margins_and_above_the_foot(title, line):
    with opened(SharePicture(title, line, "Portal").draw()) as palette_picture:
        picture = palette_picture.convert("RGB")
    ground = picture.getpixel((1199, 629))
    margins = [(0, 310, 63, 630), (1138, 310, 1200, 630), (0, 546, 1200, 556)]
    strips = [picture.crop(box).getcolors(maxcolors=9) for box in margins]
    assert [[colour for _count, colour in strip] for strip in strips] == [[ground]] * 3


def test_letters_are_as_large_as_their_room_allows():
    def height_of_white(title):
        with opened(SharePicture(title, "", "").draw()) as picture:
            white = picture.convert("L").point(lambda value: 255 * (value > 250))
        return white.crop((0, 300, 1200, 500)).getbbox()

    short, long = height_of_white("HHHH"), height_of_white("HHHH " * 8)
    first_line = long[1] + (short[3] - short[1])
    assert first_line < long[3]
    assert long[2] > short[2]


def test_ridge_follows_the_curves_of_the_cover():
    cover = draw_cover("Data Go")
    anchors = [
        (float(x), float(y)) for x, y in re.findall(r" (\d+) (\d+)(?=C|V180Z)", cover.far_ridge)
    ]
    crest = share_pictures.ridge_points(cover.far_ridge)
    assert crest[0] == (0, int(re.match(r"M0 180V(\d+)", cover.far_ridge)[1]))
    assert crest[share_pictures.STEPS :: share_pictures.STEPS] == anchors
    assert crest == sorted(crest)
    assert anchors[-1][0] == 320


def test_pictures_wear_the_colours_of_the_covers():
    css = (settings.BASE_DIR / "static" / "css" / "site.css").read_text(encoding="utf-8")
    covers = re.findall(r"\.cover--[1-9] { ([^}]+) }", css)
    palettes = [tuple(re.findall(r"--(?:sky|far|near|bloom): ([^;]+);", each)) for each in covers]
    assert palettes == list(share_pictures.PALETTES)
