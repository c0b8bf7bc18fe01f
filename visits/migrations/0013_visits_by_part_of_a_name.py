from django.db import migrations

# The fields in which the admin looks for part of a word (`VisitAdmin.search_fields`), as Django's
# `icontains` asks PostgreSQL for them. SQLite has nothing of the kind that follows its rows.
FIELDS = ("reference", "organisation", "unit", "contact_name", "contact_email")
COLUMNS = ", ".join(f"UPPER({field}::text) gin_trgm_ops" for field in FIELDS)


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"CREATE INDEX visit_by_part ON visits_visit USING gin ({COLUMNS})")


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX visit_by_part")


class Migration(migrations.Migration):

    dependencies = [
        ('magelang_portal', '0006_search'),  # which adds pg_trgm
        ('visits', '0012_every_wished_day'),
    ]

    operations = [migrations.RunPython(create, drop)]
