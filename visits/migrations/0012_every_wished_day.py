from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("visits", "0011_indexes_of_long_lists")]

    operations = [
        migrations.RemoveIndex(model_name="visit", name="visit_wished"),
        migrations.AddIndex(
            model_name="visit", index=models.Index(fields=["wished_on"], name="visit_wished")
        ),
    ]
