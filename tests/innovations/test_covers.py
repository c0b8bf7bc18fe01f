import re

import pytest

from innovations.covers import HEIGHT, PALETTES, WIDTH, draw_cover


@pytest.mark.parametrize("name", ["Data Go", "X", "", "1", "ꦩꦒꦼꦭꦁ", "A" * 150, "Si Bahenol"])
def test_cover_stays_inside_its_frame(name):
    cover = draw_cover(name)
    for path in (cover.far_ridge, cover.near_ridge):
        numbers = [int(number) for number in re.findall(r"-?\d+", path)]
        assert min(numbers) >= 0
        assert max(numbers) == WIDTH
    assert 0 < cover.flower_x < WIDTH
    assert 0 < cover.flower_y < HEIGHT
    assert 1 <= cover.palette <= PALETTES


def test_same_name_always_gives_the_same_cover():
    assert draw_cover("Data Go") == draw_cover("Data Go")


def test_different_names_give_different_ridges():
    names = ["Data Go", "Siap Uji KIR Online", "Galeri Inovasi", "Si Bahenol"]
    assert len({draw_cover(name).near_ridge for name in names}) == 4
