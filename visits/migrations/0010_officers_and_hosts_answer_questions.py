"""The groups “visit officer” and “host” answer questions; publishers let the answers through."""

from django.db import migrations

RIGHTS = {
    "visit officer": ("change_question",),
    "host": ("view_question", "change_question"),
}


def groups_and_rights(apps):
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    for name, codenames in RIGHTS.items():
        rights = Permission.objects.filter(
            content_type__app_label="innovations", codename__in=codenames
        )
        for group in Group.objects.filter(name=name):
            yield group, rights


def give_rights(apps, schema_editor):
    for group, rights in groups_and_rights(apps):
        group.permissions.add(*rights)


def take_rights(apps, schema_editor):
    for group, rights in groups_and_rights(apps):
        group.permissions.remove(*rights)


class Migration(migrations.Migration):
    dependencies = [
        ("visits", "0009_history_tells_of_corrections"),
        ("innovations", "0002_groups"),
    ]
    operations = [migrations.RunPython(give_rights, take_rights)]
