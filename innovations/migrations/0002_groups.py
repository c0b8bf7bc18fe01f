"""The groups “editor” and “publisher”: who may write the catalogue, and who may show it."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

WRITE = ("add", "change", "delete", "view")
EDITOR = {
    "agency": ("view",),
    "award": WRITE,
    "citation": WRITE,
    "document": WRITE,
    "innovation": ("add", "change", "view"),
    "outcome": WRITE,
    "picture": WRITE,
    "source": ("add", "view"),
    "question": ("view",),
    "suggestion": ("view",),
}
PUBLISHER = {
    **EDITOR,
    "agency": WRITE,
    "innovation": ("add", "change", "delete", "publish", "view"),
    "source": WRITE,
    "question": WRITE,
    "suggestion": WRITE,
}


def codenames(rights):
    return [f"{action}_{model}" for model, actions in rights.items() for action in actions]


def create_groups(apps, schema_editor):
    # Permissions are made after the last migration; these groups need them now.
    config = apps.get_app_config("innovations")
    config.models_module = True
    create_permissions(config, apps=apps, verbosity=0, using=schema_editor.connection.alias)
    config.models_module = None

    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    for name, rights in (("editor", EDITOR), ("publisher", PUBLISHER)):
        group, _created = Group.objects.get_or_create(name=name)
        group.permissions.set(
            Permission.objects.filter(
                content_type__app_label="innovations", codename__in=codenames(rights)
            )
        )


def delete_groups(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=["editor", "publisher"]).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("innovations", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(create_groups, delete_groups)]
