"""Cover art drawn from an innovation's own name: its letters are the ridges of a range.

Magelang lies in a ring of mountains and calls itself the city of a million flowers, so each cover
is a range of mountains with a flower above it. The same name always gives the same cover.
"""

import itertools
from dataclasses import dataclass

WIDTH, HEIGHT = 320, 180
PALETTES = 6


@dataclass(frozen=True)
class Cover:
    """A drawing of 320 x 180 units: two ridges as SVG paths, a flower, and a palette (1 to 6)."""

    far_ridge: str
    near_ridge: str
    flower_x: int
    flower_y: int
    petals: list[float]
    palette: int


def _ridge(letters: list[int], *, base: int, reach: int) -> str:
    """An SVG path whose peaks follow `letters` (0 to 25), from `base` up to `reach` units."""
    step = WIDTH / (len(letters) - 1)
    points = [
        (round(index * step), round(base - reach * letter / 25))
        for index, letter in enumerate(letters)
    ]
    path = f"M0 {HEIGHT}V{points[0][1]}"
    for (x_before, y_before), (x, y) in itertools.pairwise(points):
        middle = (x_before + x) // 2
        path += f"C{middle} {y_before} {middle} {y} {x} {y}"
    return f"{path}V{HEIGHT}Z"


def draw_cover(name: str, *, petals: int = 6) -> Cover:
    """The cover of whatever is called `name`; the flower has `petals` petals."""
    letters = [ord(letter) % 26 for letter in name.casefold() if letter.isalnum()] or [0]
    letters = (letters * 8)[: max(8, len(letters))]
    total = sum(letters)
    return Cover(
        far_ridge=_ridge(letters[::-1][:7], base=128, reach=72),
        near_ridge=_ridge(letters[:6], base=165, reach=58),
        flower_x=60 + total * 7 % 200,
        flower_y=42 + total * 3 % 26,
        petals=[index * 360 / petals for index in range(petals)],
        palette=total % PALETTES + 1,
    )
