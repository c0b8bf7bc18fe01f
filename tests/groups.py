"""The groups of staff that migrations make, also where an earlier test has emptied every table."""

from importlib import import_module
from types import SimpleNamespace

from django.apps import apps
from django.contrib.auth.models import Group
from django.db import connection

MAKERS = (
    ("innovations", "0002_groups", "create_groups"),
    ("visits", "0002_group", "create_group"),
    ("visits", "0005_groups_of_the_whole_life", "set_rights"),
    ("visits", "0010_officers_and_hosts_answer_questions", "give_rights"),
)


def group(name):
    """The group of this name with its rights."""
    if not Group.objects.filter(name=name).exists():
        for label, migration, maker in MAKERS:
            config = apps.get_app_config(label)
            module = config.models_module
            make = getattr(import_module(f"{label}.migrations.{migration}"), maker)
            make(apps, SimpleNamespace(connection=connection))
            # A migration takes it away from the stand-in that it is given.
            config.models_module = module
    return Group.objects.get(name=name)
