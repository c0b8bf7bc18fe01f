
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('innovations', '0003_indexes_of_long_lists'),
        ('visits', '0010_officers_and_hosts_answer_questions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='message',
            name='message_newest',
        ),
        migrations.RemoveIndex(
            model_name='visit',
            name='visit_newest',
        ),
        migrations.AddIndex(
            model_name='adoption',
            index=models.Index(fields=['-reported_at', '-id'], name='adoption_newest'),
        ),
        migrations.AddIndex(
            model_name='adoption',
            index=models.Index(condition=models.Q(('confirmed_at__isnull', False)), fields=['innovation', 'province', 'state', 'organisation'], name='adoption_public'),
        ),
        migrations.AddIndex(
            model_name='feedback',
            index=models.Index(fields=['-created_at', '-id'], name='feedback_newest'),
        ),
        migrations.AddIndex(
            model_name='feedback',
            index=models.Index(fields=['rating'], name='feedback_rating'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['-created_at', '-id'], name='message_newest'),
        ),
        migrations.AddIndex(
            model_name='paper',
            index=models.Index(fields=['-issued_at', '-id'], name='paper_newest'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(fields=['-created_at', '-id'], name='visit_newest'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(models.OrderBy(django.db.models.functions.comparison.Coalesce('held_on', 'reported_on'), descending=True), models.F('id'), condition=models.Q(('published_at__isnull', False)), name='visit_public_by_day'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(condition=models.Q(('published_at__isnull', False)), fields=['-published_at', '-id'], name='visit_public_newest'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(condition=models.Q(('published_at__isnull', False)), fields=['held_on'], name='visit_public_held'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(condition=models.Q(('published_at__isnull', False)), fields=['updated_at'], name='visit_public_changed'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(condition=models.Q(('published_at__isnull', False)), fields=['participants'], name='visit_public_people'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(fields=['held_on'], name='visit_day'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(condition=models.Q(('held_on__isnull', True), ('slot__isnull', True)), fields=['wished_on'], name='visit_wished'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(condition=models.Q(('offered_until__isnull', False)), fields=['offered_until'], name='visit_offered'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(condition=models.Q(('held_until__isnull', False)), fields=['held_until'], name='visit_of_several_days'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(condition=models.Q(('erased_at__isnull', True)), fields=['status', 'updated_at'], name='visit_to_erase'),
        ),
        migrations.AddIndex(
            model_name='visitevent',
            index=models.Index(fields=['what', 'at'], name='event_what_when'),
        ),
    ]
