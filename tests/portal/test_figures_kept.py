"""Figures over everything are counted once for each state of what is public."""

import pytest
from django.db import connection
from django.urls import reverse

from magelang_portal import planner
from magelang_portal.public_state import kept
from tests.factories import InnovationFactory, VisitFactory

pytestmark = pytest.mark.django_db


def test_figure_is_counted_once_until_something_public_changes():
    counted = []

    def count():
        counted.append(1)
        return len(counted)

    assert [kept("test", count), kept("test", count)] == [1, 1]
    InnovationFactory(published=True)
    assert [kept("test", count), kept("test", count)] == [2, 2]


def test_figure_of_another_release_is_not_read(monkeypatch):
    assert kept("test", lambda: "of the old code") == "of the old code"
    monkeypatch.setattr("magelang_portal.public_state.release", lambda: "another")
    assert kept("test", lambda: "of the new code") == "of the new code"


def test_nothing_is_a_figure_too():
    assert [kept("nothing", int), kept("nothing", list)] == [0, 0]


@pytest.mark.parametrize(("name", "figures"), [("home", "figures"), ("visits:list", "totals")])
def test_pages_show_the_figures_of_now(client, name, figures):
    for number in (1, 2):
        VisitFactory(completed=True)
        assert client.get(reverse(name)).context[figures]["visits"] == number


def test_list_of_visits_has_as_many_pages_as_the_visits_that_it_counts(client):
    VisitFactory.create_batch(13, completed=True)
    page = client.get(reverse("visits:list"), {"page": 2})
    assert (page.context["paginator"].count, len(page.context["visits"])) == (13, 1)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL counts by itself")
def test_sqlite_learns_how_its_indexes_are_spread():
    InnovationFactory.create_batch(3, published=True)
    planner.learn()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT stat FROM sqlite_stat1 WHERE idx = 'innovation_status_name'",
        )
        assert cursor.fetchone()[0].split()[:2] == ["3", "3"]
