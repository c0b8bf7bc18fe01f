"""Charts drawn on the server: where each bar stands, in the units of an SVG's view box."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 360, 176
LEFT, TOP, BASE = 30, 16, 148
GROUP_GAP = 0.24  # of a group's width
NICE_STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Column:
    """A bar of a series (0, 1, …) with its value; `middle` is where its value is written."""

    series: int
    value: int
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 2)


@dataclass(frozen=True)
class Group:
    """What stands above one label of the axis."""

    label: str
    middle: float
    columns: list[Column]


@dataclass(frozen=True)
class Chart:
    """Columns in groups, with lines across at (value, y)."""

    groups: list[Group]
    lines: list[tuple[int, float]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    base: int = BASE


def column_chart(groups: Sequence[tuple[str, Sequence[int]]]) -> Chart:
    """The chart of `groups`: a label, and one number of at least 0 for each series."""
    top = _nice(max((value for _label, values in groups for value in values), default=0))
    scale = (BASE - TOP) / top
    step = (WIDTH - LEFT) / max(1, len(groups))
    drawn = []
    for place, (label, values) in enumerate(groups):
        width = step * (1 - GROUP_GAP) / max(1, len(values))
        start = LEFT + step * (place + GROUP_GAP / 2)
        columns = [
            Column(
                series,
                value,
                x=round(start + width * series, 2),
                y=round(BASE - value * scale, 2),
                width=round(width, 2),
                height=round(value * scale, 2),
            )
            for series, value in enumerate(values)
        ]
        drawn.append(Group(label, round(LEFT + step * (place + 0.5), 2), columns))
    marks = (0, top // 2, top) if top % 2 == 0 else (0, top)
    return Chart(drawn, [(mark, round(BASE - mark * scale, 2)) for mark in marks])


def _nice(largest: int) -> int:
    """The round number at which an axis ends: 1, 2, 5, 10, 20, 50 …"""
    power = 1
    while True:
        for step in NICE_STEPS:
            if step * power >= largest:
                return step * power
        power *= 10


def shares(values: Sequence[float]) -> list[float]:
    """Each value in hundredths of the largest, for a bar in a view box 100 units wide."""
    largest = max(values, default=0)
    return [round(100 * value / largest, 2) if largest else 0 for value in values]
