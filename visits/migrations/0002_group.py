"""The group “visit officer”: who receives requests, answers them, and publishes visits."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

RIGHTS = {
    "visits": [
        "add_visit",
        "change_visit",
        "decide_visit",
        "publish_visit",
        "view_visit",
        "add_stop",
        "change_stop",
        "delete_stop",
        "view_stop",
        "view_visitevent",
    ],
    "innovations": ["view_innovation", "view_agency", "view_source", "add_source"],
}


def create_group(apps, schema_editor):
    # Permissions are made after the last migration; this group needs them now.
    config = apps.get_app_config("visits")
    config.models_module = True
    create_permissions(config, apps=apps, verbosity=0, using=schema_editor.connection.alias)
    config.models_module = None

    group, _created = apps.get_model("auth", "Group").objects.get_or_create(name="visit officer")
    Permission = apps.get_model("auth", "Permission")
    for label, codenames in RIGHTS.items():
        group.permissions.add(
            *Permission.objects.filter(content_type__app_label=label, codename__in=codenames)
        )


def delete_group(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name="visit officer").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("visits", "0001_initial"),
        ("innovations", "0002_groups"),
    ]
    operations = [migrations.RunPython(create_group, delete_group)]
