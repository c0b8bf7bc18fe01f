"""The one place that chooses between the two databases."""

from django.db import connection

from magelang_portal.search import postgresql, sqlite


def backend():
    """The module of the database in use; both have the same functions."""
    return sqlite if connection.vendor == "sqlite" else postgresql
