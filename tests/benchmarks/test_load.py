import pytest

from benchmarks.load import Measured, Row, missed_by_all
from benchmarks.serving import gunicorn_options


def measured(p95=10.0, **changes):
    return Measured(**({"rate": 500, "p50": 5, "p95": p95, "p99": 20, "failures": 0} | changes))


def row(**changes):
    numbers = {
        "name": "home",
        "audience": "public",
        "mode": "uncached",
        "small": measured(),
        "large": measured(),
        "bare": 1000,
        "queries": (9, 9),
    }
    return Row(**(numbers | changes))


def test_a_page_within_its_limits_misses_none():
    assert row().missed() == []


@pytest.mark.parametrize(
    ("changes", "limit"),
    [
        ({"large": measured(16)}, "home (uncached): p95 grows 1.60 times, at most 1.5"),
        (
            {"large": measured(31), "audience": "staff"},
            "home (uncached): p95 grows 3.10 times, at most 3.0",
        ),
        ({"bare": 5001}, "home (uncached): 10.0% of the bare view, at least 10%"),
        ({"mode": "cached"}, "home (cached): 50.0% of the bare view, at least 60%"),
        ({"queries": (9, 12)}, "home (uncached): 9 queries become 12"),
        (
            {"small": measured(failures=2)},
            "home (uncached): 2 answers were broken or other than expected",
        ),
    ],
)
def test_a_limit_that_is_missed_is_named(changes, limit):
    assert row(**changes).missed() == [limit]


def test_a_page_that_never_answers_grows_beyond_any_limit():
    assert row(large=measured(float("inf"))).missed() == [
        "home (uncached): p95 grows inf times, at most 1.5"
    ]


def test_search_memory_and_start_are_held_to_their_limits_too():
    rows = [
        row(name="innovation", large=measured(10)),
        row(name="site search", audience="search", large=measured(40)),
    ]
    assert missed_by_all(rows, memory=151, start=6) == [
        "site search: p95 4.0 times that of an innovation, at most 3",
        "a worker holds 151 MiB, at most 150",
        "a second start takes 6.0 s, at most 5",
    ]
    assert missed_by_all(rows[:1], memory=150, start=5) == []


def test_gunicorn_is_started_as_make_run_starts_it():
    assert gunicorn_options()[:2] == ["--worker-class", "gthread"]
