"""What only real connections show, each with a transaction of its own, in parallel."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

# PostgreSQL's own limit, less what others may hold.
SPARE_CONNECTIONS = 20


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/concurrency/" in item.nodeid:
            item.add_marker(pytest.mark.concurrency)


def most_connections():
    if connection.vendor != "postgresql":
        return 200
    with connection.cursor() as cursor:
        cursor.execute("SHOW max_connections")
        return int(cursor.fetchone()[0]) - SPARE_CONNECTIONS


@pytest.fixture
def at_once(transactional_db):
    """Call `act` with each of `arguments` in a thread and connection of its own, all at once.

    Returns what each call returned, in the order of the arguments; the first exception is raised.
    """

    def at_once(act, arguments):
        arguments = list(arguments)
        crowd = min(len(arguments), most_connections())
        gate = threading.Barrier(crowd)

        def alone(index, argument):
            try:
                connection.ensure_connection()
                if index < crowd:
                    gate.wait(timeout=60)
                return act(argument)
            finally:
                connection.close()

        with ThreadPoolExecutor(crowd) as threads:
            return list(threads.map(alone, range(len(arguments)), arguments))

    return at_once


@pytest.fixture
def database_url(tmp_path):
    """A database that no other test has, on the server that the tests use."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'portal.sqlite3'}"
        return
    import psycopg

    place = connection.settings_dict
    server = {"host": place["HOST"], "port": place["PORT"], "user": place["USER"]}
    server["password"] = place["PASSWORD"]
    with psycopg.connect(dbname="postgres", autocommit=True, **server) as maintenance:
        maintenance.execute("CREATE DATABASE portal_killed")
        user = "{user}:{password}@{host}:{port}".format(**server)
        yield f"postgres://{user}/portal_killed"
        maintenance.execute("DROP DATABASE portal_killed WITH (FORCE)")
