"""One row of PostgreSQL without a cursor, over a connection of the pool."""

import psycopg
import pytest
from django.db import connection

from magelang_portal.postgresql.base import row_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no pool"),
]


@pytest.fixture
def pooled(db):
    """A connection as the pool makes them."""
    parameters = connection.get_connection_params()
    with psycopg.connect(**parameters, autocommit=True) as made:
        yield made


def test_row_is_the_one_that_a_cursor_gives_as_text(pooled):
    for _time in range(2):
        assert row_of(pooled, "SELECT 1, NULL, -5::bigint, 'ü'") == ("1", None, "-5", "ü")
    assert row_of(pooled, "SELECT 2") == ("2",)


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        ("SELECT 1/0", psycopg.errors.DivisionByZero),
        ("SELECT nothing FROM nowhere", psycopg.errors.UndefinedTable),
    ],
)
def test_mistake_is_psycopgs_own_and_leaves_the_connection_whole(pooled, sql, error):
    for _time in range(2):
        with pytest.raises(error):
            row_of(pooled, sql)
    assert row_of(pooled, "SELECT 3") == ("3",)


def test_server_that_went_away_is_an_operational_error(pooled):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 1000)", [pooled.info.backend_pid])
    with pytest.raises(psycopg.OperationalError):
        row_of(pooled, "SELECT 4")
