from django.db import migrations

# A common word stands in so much that the planner would rather read the whole table: it does not
# reckon with what it costs to fetch each vector, which is large and stored apart from its row.
# The index answers in a sixth of the time. The ids are those of `entries.FIRST_MASS_ID` and less.
CREATE = f"""
CREATE FUNCTION search_found(wanted tsquery, first_id bigint, last_id bigint)
RETURNS SETOF bigint LANGUAGE sql STABLE ROWS 500 SET enable_seqscan = off AS $$
    SELECT id FROM magelang_portal_searchentry
    WHERE vector @@ wanted AND id < {4 << 40} AND id + 0 BETWEEN first_id AND last_id
$$
"""
DROP = "DROP FUNCTION search_found(tsquery, bigint, bigint)"


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(CREATE)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(DROP)


class Migration(migrations.Migration):

    dependencies = [
        ('magelang_portal', '0006_search'),
    ]

    operations = [migrations.RunPython(create, drop)]
