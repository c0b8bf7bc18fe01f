"""What SQLite knows of its tables when it chooses between indexes; PostgreSQL sees to it itself.

Without it, SQLite takes every index to be as good as any other, and reads ten thousand published
innovations to find the three that a visit saw.
"""

from django.db import connections

# Rows looked at for each index, however many there are: half a second for a million of them.
LOOKED_AT = 1000


def learn(using: str = "default") -> None:
    """Count anew how the values of each index are spread."""
    connection = connections[using]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA analysis_limit = {LOOKED_AT}")
            cursor.execute("ANALYZE")


def learn_after_migrate(sender, using, **kwargs):
    """After each `migrate`, and so at each start of the portal."""
    learn(using)
