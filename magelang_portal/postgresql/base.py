"""Connections of a pool that are looked at instead of asked, and one row without any ceremony.

With `CONN_HEALTH_CHECKS` Django asks the server before each request whether it still answers. Yet
most requests get a page that is kept, and ask for nothing but one number.
"""

import select
from weakref import WeakKeyDictionary

import psycopg
from django.db.backends.postgresql import base
from psycopg.pq import ConnStatus, ExecStatus

# The names of what a server has prepared on a connection.
_prepared: WeakKeyDictionary[psycopg.Connection, set[bytes]] = WeakKeyDictionary()


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, for a server that may be restarted while pages are asked for."""

    def get_new_connection(self, conn_params):
        """One that its server has not closed."""
        take = super().get_new_connection
        return self._living(lambda: take(conn_params)) if self.pool else take(conn_params)

    def fetch_row(self, sql: str) -> tuple[str | None, ...]:
        """The row that `sql` gives, its values as text. Raises the errors of `django.db`.

        Where no connection is in use yet, over one of the pool that goes back at once: to set one
        up as Django does, for queries to come, takes longer than the query.
        """
        if self.connection is not None or not self.pool:
            with self.cursor() as cursor:
                cursor.execute(sql)
                return tuple(None if value is None else str(value) for value in cursor.fetchone())
        with self.wrap_database_errors:
            self.pool.open()
            connection = self._living(self.pool.getconn)
            try:
                return row_of(connection, sql)
            finally:
                self.pool.putconn(connection)

    def _living(self, take):
        while has_hung_up(connection := take()):
            connection.close()
            self.pool.putconn(connection)  # which makes another in its place
        return connection


def row_of(connection: psycopg.Connection, sql: str) -> tuple[str | None, ...]:
    """The row that `sql` gives, its values as text. Raises the errors of psycopg.

    The server prepares it once for each connection; a cursor would take longer than the server.
    """
    server, name = connection.pgconn, f"row {hash(sql)}".encode()
    prepared = _prepared.setdefault(connection, set())
    if name not in prepared:
        result = server.prepare(name, sql.encode())
        if result.status != ExecStatus.COMMAND_OK:
            raise _error_of(result, server)
        prepared.add(name)
    result = server.exec_prepared(name, [])
    if result.status != ExecStatus.TUPLES_OK:
        raise _error_of(result, server)
    values = (result.get_value(0, column) for column in range(result.nfields))
    return tuple(None if value is None else value.decode() for value in values)


def _error_of(result, server) -> psycopg.Error:
    if server.status != ConnStatus.OK:
        return psycopg.OperationalError(result.get_error_message())
    return psycopg.errors.error_from_result(result)


def has_hung_up(connection) -> bool:
    """Whether the server has said anything since the last query: most likely that it goes away."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
