#!/usr/bin/env python
"""Django's command line for the portal."""

import os
import sys

from django.core.management import execute_from_command_line
from django.db import OperationalError, connection

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "magelang_portal.settings")
    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        # Why it cannot be stands above, where PostgreSQL's pool has tried.
        name = connection.settings_dict["NAME"]
        sys.exit(f"The database {name} cannot be used: {error}")
