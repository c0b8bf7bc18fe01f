"""Which innovations have which value of a facet, as bitmaps: numbers in which bit n is key n.

However many innovations there are, what several choices leave is a few operations on numbers of a
kilobyte or so; the database is asked once after each public change, not for each combination.
"""

from collections import defaultdict
from collections.abc import Iterable

EVERYTHING = -1
# The one choice of a facet that is true or not.
YES = "yes"


def bitmap(keys: Iterable[int]) -> int:
    """The bitmap of these keys."""
    keys = list(keys)
    bits = bytearray(max(keys, default=0) // 8 + 1)
    for key in keys:
        bits[key // 8] |= 1 << key % 8
    return int.from_bytes(bits, "little")


def keys_in(keys: list[int], bits: int) -> list[int]:
    """Those of `keys` whose bit is set, in their order."""
    if bits == EVERYTHING:
        return keys
    octets = bits.to_bytes(bits.bit_length() // 8 + 1, "little")
    return [key for key in keys if key // 8 < len(octets) and octets[key // 8] >> key % 8 & 1]


def holders_of(queryset, columns: dict[str, str]) -> dict[str, dict]:
    """By facet and by value the bitmap of its holders; `columns` by facet. One query."""
    keys = {name: defaultdict(list) for name in columns}
    rows = queryset.order_by().prefetch_related(None).values_list("pk", *columns.values())
    for key, *values in rows.iterator():
        for name, value in zip(columns, values, strict=True):
            keys[name][YES if value is True else value].append(key)
    return {
        name: {value: bitmap(keys) for value, keys in values.items()}
        for name, values in keys.items()
    }
