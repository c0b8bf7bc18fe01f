"""What visit officers may do with the whole life of a visit, the group “host”, and the history."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

WRITE = ("add", "change", "delete", "view")
OFFICER = {
    "visits": {
        "timeslot": WRITE,
        "closeddate": WRITE,
        "visitsettings": ("change", "view"),
        "stop": ("answer",),
        "participant": WRITE,
        "message": ("view", "send"),
        "paper": ("view", "issue"),
        "feedback": ("view",),
        "innovationfeedback": ("view",),
        "askedquestion": WRITE,
        "adoption": ("add", "change", "view", "confirm"),
        "followup": ("view",),
        "visitpicture": WRITE,
    },
    "innovations": {"question": ("add", "view")},
}
MORE = ["check_in", "see_figures"]
HOST = {
    "visits": {"stop": ("view", "answer")},
    "innovations": {"innovation": ("view",), "agency": ("view",)},
}
# What the history called an event before it told more than statuses.
WHAT_OF_STATUS = {"needs_information": "asked"}


def permissions(apps, rights):
    Permission = apps.get_model("auth", "Permission")
    for label, models in rights.items():
        names = [f"{action}_{model}" for model, actions in models.items() for action in actions]
        yield from Permission.objects.filter(content_type__app_label=label, codename__in=names)


def set_rights(apps, schema_editor):
    # Permissions are made after the last migration; these groups need them now.
    config = apps.get_app_config("visits")
    config.models_module = True
    create_permissions(config, apps=apps, verbosity=0, using=schema_editor.connection.alias)
    config.models_module = None

    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    officers, _created = Group.objects.get_or_create(name="visit officer")
    officers.permissions.add(*permissions(apps, OFFICER))
    officers.permissions.add(
        *Permission.objects.filter(content_type__app_label="visits", codename__in=MORE)
    )
    hosts, _created = Group.objects.get_or_create(name="host")
    hosts.permissions.add(*permissions(apps, HOST))


def take_rights(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    Group.objects.filter(name="host").delete()


def name_events(apps, schema_editor):
    for event in apps.get_model("visits", "VisitEvent").objects.all():
        event.what = WHAT_OF_STATUS.get(event.status, event.status)
        event.actor = "staff" if event.by_id else "delegation"
        event.save(update_fields=["what", "actor"])


class Migration(migrations.Migration):
    dependencies = [
        ("visits", "0004_whole_life"),
        ("innovations", "0002_groups"),
    ]
    operations = [
        migrations.RunPython(set_rights, take_rights),
        migrations.RunPython(name_events, migrations.RunPython.noop),
    ]
