from django.db import migrations

ENTRIES = "magelang_portal_searchentry"
MASS = 4 << 40  # `entries.FIRST_MASS_ID`: visits and questions, of which there are most
VECTORS = {"names": "names_vector", "heads": "heads_vector", "all": "vector"}


def words_and_stems(column):
    return (
        f"to_tsvector('simple', {column} || ' ' || {column}_en)"
        f" || to_tsvector('indonesian', {column}) || to_tsvector('english', {column}_en)"
    )


# What is found by an index is still looked up in its row, so the texts and the vector of everything
# stand apart from it. The small vectors stay: they are read for each of the newest visits.
# A common word stands in so much that the planner would rather read the whole table: it does not
# reckon with what it costs to fetch each vector. Hence the functions, and `id + 0`.
FORWARD = (
    f"ALTER TABLE {ENTRIES} SET (toast_tuple_target = 128)",
    f"ALTER TABLE {ENTRIES} ALTER COLUMN title SET STORAGE MAIN, ALTER COLUMN keys SET STORAGE MAIN",
    f"ALTER TABLE {ENTRIES} DROP COLUMN heads,"
    " ADD COLUMN names_vector tsvector NOT NULL"
    f" GENERATED ALWAYS AS (strip({words_and_stems('names')})) STORED,"
    " ADD COLUMN heads_vector tsvector NOT NULL"
    f" GENERATED ALWAYS AS (strip({words_and_stems('names')} || {words_and_stems('leads')})) STORED,"
    " ALTER COLUMN names_vector SET STORAGE MAIN, ALTER COLUMN heads_vector SET STORAGE MAIN",
    f"CREATE INDEX search_entry_names ON {ENTRIES} USING gin (names_vector)"
    f" WITH (fastupdate = off) WHERE id < {MASS}",
    f"CREATE INDEX search_entry_heads ON {ENTRIES} USING gin (heads_vector)"
    f" WITH (fastupdate = off) WHERE id < {MASS}",
    "DROP FUNCTION search_found(tsquery, bigint, bigint)",
    *(
        f"CREATE FUNCTION search_{scope}(wanted tsquery, first_id bigint, last_id bigint, most bigint)"
        " RETURNS SETOF bigint LANGUAGE sql STABLE ROWS 500 SET enable_seqscan = off AS $$"
        f" SELECT id FROM {ENTRIES} WHERE {vector} @@ wanted AND id < {MASS}"
        " AND id + 0 BETWEEN first_id AND last_id LIMIT most $$"
        for scope, vector in VECTORS.items()
    ),
    "DROP INDEX search_entry_vector_of_mass",
    *(
        statement
        for kind in ("visit", "question")
        for statement in (
            f"CREATE INDEX search_entry_vector_of_{kind} ON {ENTRIES} USING gin (vector)"
            f" WITH (fastupdate = off) WHERE kind = '{kind}'",
            f"CREATE FUNCTION search_newest_{kind}(wanted tsquery, most bigint)"
            " RETURNS SETOF bigint LANGUAGE sql STABLE ROWS 500 SET enable_seqscan = off AS $$"
            f" SELECT id FROM {ENTRIES} WHERE vector @@ wanted AND kind = '{kind}'"
            " ORDER BY id + 0 DESC LIMIT most $$",
        )
    ),
)


def narrow(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in FORWARD:
            schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [
        ('magelang_portal', '0007_search_by_index'),
    ]

    operations = [migrations.RunPython(narrow)]
