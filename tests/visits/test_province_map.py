import itertools

import pytest
from lxml import html

from tests.factories import AdoptionFactory, InnovationFactory
from visits.models import Adoption
from visits.province_map import PLACES, SIZE, draw_map
from visits.provinces import Province


def adoption(province, state="planned"):
    return Adoption(organisation="X", province=province, state=state)


def tiles(adoptions):
    return {tile.code: tile for tile in draw_map(adoptions).tiles}


def test_every_province_has_a_tile_with_its_own_letters():
    assert set(PLACES) == set(Province)
    assert len(tiles([])) == len(Province) == 38


def test_no_tile_covers_another():
    for one, other in itertools.combinations(draw_map([]).tiles, 2):
        assert abs(one.x - other.x) >= SIZE or abs(one.y - other.y) >= SIZE


def test_tiles_lie_within_the_drawing():
    drawn = draw_map([])
    assert max(tile.x for tile in drawn.tiles) + SIZE == drawn.width
    assert max(tile.y for tile in drawn.tiles) + SIZE == drawn.height
    assert min(tile.x for tile in drawn.tiles) == min(tile.y for tile in drawn.tiles) == 0


@pytest.mark.parametrize(
    ("west", "east"),
    [
        ("AC", "SU"),
        ("LA", "BT"),
        ("JB", "JT"),
        ("JT", "JI"),
        ("JI", "BA"),
        ("KB", "KI"),
        ("KS", "SN"),
        ("SA", "MU"),
        ("MA", "PA"),
    ],
)
def test_archipelago_is_recognised_from_west_to_east(west, east):
    assert tiles([])[west].x < tiles([])[east].x


@pytest.mark.parametrize(
    ("north", "south"),
    [
        ("AC", "LA"),
        ("LA", "BT"),
        ("JK", "JB"),
        ("JT", "YO"),
        ("KU", "KS"),
        ("SA", "SN"),
        ("MU", "MA"),
        ("PA", "PS"),
    ],
)
def test_archipelago_is_recognised_from_north_to_south(north, south):
    assert tiles([])[north].y < tiles([])[south].y


@pytest.mark.parametrize(("number", "shade"), [(0, 0), (1, 1), (2, 2), (4, 2), (5, 3), (60, 3)])
def test_more_adoptions_are_darker(number, shade):
    tile = tiles([adoption("ID-KS")] * number)["KS"]
    assert (tile.number, tile.shade) == (number, shade)


def test_central_java_alone_is_marked_as_origin():
    assert [code for code, tile in tiles([]).items() if tile.is_origin] == ["JT"]


def test_table_says_the_same_as_the_map():
    adoptions = [
        adoption("ID-KS", "running"),
        adoption("ID-KS"),
        adoption("ID-JT", "running"),
        adoption("", "running"),
    ]
    drawn = draw_map(adoptions)
    assert [(str(row.name), row.number, row.running) for row in drawn.rows] == [
        ("Kalimantan Selatan", 2, 1),
        ("Jawa Tengah", 1, 1),
    ]
    assert (drawn.elsewhere.number, drawn.elsewhere.running, drawn.without) == (1, 1, 36)


@pytest.mark.django_db
def test_page_draws_38_tiles_and_says_the_numbers_in_words_too(client):
    innovation = InnovationFactory(published=True)
    AdoptionFactory(innovation=innovation, confirmed=True, province="ID-KS", state="running")
    AdoptionFactory(innovation=innovation, confirmed=True, province="")
    page = html.fromstring(client.get(innovation.get_absolute_url()).text)
    (figure,) = page.xpath("//figure[@class='provinces']")
    assert len(figure.xpath(".//svg//rect")) == 38
    assert figure.xpath("boolean(.//svg[@role='img']/@aria-label)")
    assert [[cell.text_content() for cell in row] for row in figure.xpath(".//tbody/tr")] == [
        ["Kalimantan Selatan", "1", "1"],
        ["tidak terikat satu provinsi", "1", "0"],
        ["37 provinsi lainnya", "0", "0"],
    ]
    assert figure.xpath(".//title[contains(text(),'Kalimantan Selatan')]/text()") == [
        "Kalimantan Selatan: 1"
    ]
