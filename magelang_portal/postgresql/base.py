"""Connections of a pool that are looked at instead of asked, and one row without any ceremony.

With `CONN_HEALTH_CHECKS` Django asks the server before each request whether it still answers. Yet
most requests get a page that is kept, and ask for nothing but one number.
"""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, for a server that may be restarted while pages are asked for."""

    def get_new_connection(self, conn_params):
        """One that its server has not closed."""
        take = super().get_new_connection
        return self._living(lambda: take(conn_params)) if self.pool else take(conn_params)

    def fetch_row(self, sql: str) -> tuple:
        """The row that `sql` gives. Raises the errors of `django.db`.

        Where no connection is in use yet, over one of the pool that goes back at once: to set one
        up as Django does, for queries to come, takes longer than the query.
        """
        if self.connection is not None or not self.pool:
            with self.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchone()
        with self.wrap_database_errors:
            self.pool.open()
            connection = self._living(self.pool.getconn)
            try:
                return connection.execute(sql).fetchone()
            finally:
                self.pool.putconn(connection)

    def _living(self, take):
        while has_hung_up(connection := take()):
            connection.close()
            self.pool.putconn(connection)  # which makes another in its place
        return connection


def has_hung_up(connection) -> bool:
    """Whether the server has said anything since the last query: most likely that it goes away."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
