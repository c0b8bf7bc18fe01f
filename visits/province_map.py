"""Indonesia's 38 provinces as tiles of one size, placed so that the archipelago is recognised.

A real outline would show how large a province is, and hide Jakarta; here each counts the same.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from visits.models import Adoption
from visits.provinces import Province

# Column and row of each tile; islands stand apart by a part of a tile.
P = Province
PLACES = {
    P.ACEH: (0, 0),
    P.NORTH_SUMATRA: (1, 1),
    P.RIAU: (2, 1),
    P.RIAU_ISLANDS: (3.2, 1),
    P.WEST_SUMATRA: (1, 2),
    P.JAMBI: (2, 2),
    P.BENGKULU: (2, 3),
    P.SOUTH_SUMATRA: (3, 3),
    P.BANGKA_BELITUNG: (4.2, 3),
    P.LAMPUNG: (3, 4),
    P.BANTEN: (3.4, 5.2),
    P.JAKARTA: (4.4, 5.2),
    P.WEST_JAVA: (4.4, 6.2),
    P.CENTRAL_JAVA: (5.4, 5.2),
    P.YOGYAKARTA: (5.4, 6.2),
    P.EAST_JAVA: (6.4, 5.2),
    P.BALI: (7.6, 6.2),
    P.WEST_NUSA_TENGGARA: (8.8, 6.2),
    P.EAST_NUSA_TENGGARA: (10, 6.2),
    P.WEST_KALIMANTAN: (5.4, 1),
    P.CENTRAL_KALIMANTAN: (5.4, 2),
    P.SOUTH_KALIMANTAN: (6.4, 2),
    P.EAST_KALIMANTAN: (6.4, 1),
    P.NORTH_KALIMANTAN: (6.4, 0),
    P.GORONTALO: (8.8, 1),
    P.NORTH_SULAWESI: (9.8, 1),
    P.WEST_SULAWESI: (7.8, 2),
    P.CENTRAL_SULAWESI: (8.8, 2),
    P.SOUTH_SULAWESI: (7.8, 3),
    P.SOUTHEAST_SULAWESI: (8.8, 3),
    P.NORTH_MALUKU: (11, 1.5),
    P.MALUKU: (11, 3),
    P.SOUTHWEST_PAPUA: (12.2, 2),
    P.WEST_PAPUA: (13.2, 2),
    P.PAPUA: (14.2, 2),
    P.CENTRAL_PAPUA: (13.2, 3),
    P.HIGHLAND_PAPUA: (14.2, 3),
    P.SOUTH_PAPUA: (14.2, 4),
}
ORIGIN = P.CENTRAL_JAVA
# Least number of adoptions for each shade after the empty one.
SHADES = (1, 2, 5)
STEP, SIZE = 44, 40


@dataclass(frozen=True)
class Tile:
    """A province on the map: its corner in units of the drawing, and its shade from 0 to 3."""

    code: str
    name: str
    x: int
    y: int
    number: int
    shade: int
    is_origin: bool

    @property
    def middle(self) -> int:
        return self.x + SIZE // 2

    @property
    def baseline(self) -> int:
        return self.y + SIZE // 2 + 7


@dataclass(frozen=True)
class Row:
    """A province that has adopted something: how much, and how much of it runs."""

    name: str
    number: int
    running: int


@dataclass(frozen=True)
class ProvinceMap:
    """The map, and the same as a table; `elsewhere` are adopters that are of no province."""

    tiles: list[Tile]
    rows: list[Row]
    elsewhere: Row
    without: int

    width = round(max(x for x, _y in PLACES.values()) * STEP) + SIZE
    height = round(max(y for _x, y in PLACES.values()) * STEP) + SIZE
    size = SIZE


def draw_map(adoptions: Iterable[Adoption]) -> ProvinceMap:
    """The map of `adoptions`; no query."""
    return draw_places(Counter((adoption.province, adoption.state) for adoption in adoptions))


def draw_places(places: Mapping[tuple[str, str], int]) -> ProvinceMap:
    """The map of so many adoptions by province and state; no query."""
    numbers, running = Counter(), Counter()
    for (province, state), number in places.items():
        numbers[province] += number
        if state == Adoption.State.RUNNING:
            running[province] += number
    rows = [
        Row(Province(code).label, number, running[code])
        for code, number in numbers.items()
        if code
    ]
    return ProvinceMap(
        tiles=[_tile(province, numbers[province]) for province in Province],
        rows=sorted(rows, key=lambda row: (-row.number, str(row.name))),
        elsewhere=Row("", numbers[""], running[""]),
        without=len(Province) - len(rows),
    )


def _tile(province, number) -> Tile:
    column, row = PLACES[province]
    return Tile(
        code=province.value.removeprefix("ID-"),
        name=province.label,
        x=round(column * STEP),
        y=round(row * STEP),
        number=number,
        shade=sum(number >= least for least in SHADES),
        is_origin=province == ORIGIN,
    )
