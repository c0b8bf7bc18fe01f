"""Django's own PostgreSQL, with two shortcuts for what every request does: see `base`."""
