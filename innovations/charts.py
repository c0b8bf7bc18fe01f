"""Outcomes before and after, as bars drawn on the server."""

from dataclasses import dataclass
from decimal import Decimal

WIDTH = 100


@dataclass(frozen=True)
class Bars:
    """Two bars in a drawing 100 units wide: `before` and `after`, the longer one full width."""

    before: float
    after: float


def bars_of(outcome) -> Bars | None:
    """The bars of an `Outcome`; None where a bar would say nothing.

    That is so while what it was before is not known, where a number is negative, and where both
    are nothing.
    """
    before, after = outcome.before, outcome.after
    if before is None or min(before, after) < 0 or not max(before, after):
        return None
    scale = WIDTH / Decimal(max(before, after))
    return Bars(round(float(before * scale), 2), round(float(after * scale), 2))
