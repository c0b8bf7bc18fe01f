
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('innovations', '0002_groups'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='innovation',
            index=models.Index(fields=['government_affair', 'status', 'name'], name='innovation_of_affair'),
        ),
        migrations.AddIndex(
            model_name='award',
            index=models.Index(fields=['-awarded_on', 'name', 'id'], name='award_newest'),
        ),
        migrations.AddIndex(
            model_name='innovation',
            index=models.Index(fields=['status', '-featured', 'name', 'id'], name='innovation_status_featured'),
        ),
        migrations.AddIndex(
            model_name='innovation',
            index=models.Index(fields=['status', '-featured', '-published_at', 'name'], name='innovation_of_home'),
        ),
        migrations.AddIndex(
            model_name='innovation',
            index=models.Index(fields=['status', 'updated_at'], name='innovation_status_changed'),
        ),
        migrations.AddIndex(
            model_name='innovation',
            index=models.Index(fields=['agency', 'status', 'name'], name='innovation_of_agency'),
        ),
        migrations.AddIndex(
            model_name='question',
            index=models.Index(fields=['-created_at', '-id'], name='question_newest'),
        ),
        migrations.AddIndex(
            model_name='source',
            index=models.Index(fields=['title', 'id'], name='source_by_title'),
        ),
        migrations.AddIndex(
            model_name='suggestion',
            index=models.Index(fields=['-created_at', '-id'], name='suggestion_newest'),
        ),
    ]
