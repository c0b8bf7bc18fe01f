"""What is told after a visit: once by each, and confirmed before it is public."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('innovations', '0002_groups'),
        ('visits', '0005_groups_of_the_whole_life'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='adoption',
            name='reported',
            field=models.JSONField(editable=False, null=True, verbose_name='change to confirm'),
        ),
        migrations.AddField(
            model_name='askedquestion',
            name='told_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='answer told to the delegation at'),
        ),
        migrations.AddField(
            model_name='feedback',
            name='sender_hash',
            field=models.CharField(editable=False, max_length=64, null=True, unique=True),
        ),
        migrations.AlterField(
            model_name='visitevent',
            name='what',
            field=models.CharField(choices=[('submitted', 'Request received'), ('asked', 'Information asked for'), ('answered', 'Question answered'), ('waiting_list', 'Put on the waiting list'), ('offered', 'Freed seats offered'), ('offer_accepted', 'Offer accepted'), ('offer_declined', 'Offer declined'), ('offer_expired', 'Offer expired'), ('stop_accepted', 'Stop accepted by its host'), ('stop_declined', 'Stop declined by its host'), ('confirmed', 'Visit confirmed'), ('declined', 'Request declined'), ('cancelled', 'Visit cancelled'), ('completed', 'Visit completed'), ('moved', 'Visit moved'), ('numbers', 'Number of people changed'), ('letter', 'Letter replaced'), ('participants', 'List of participants changed'), ('adoption', 'Told what was adopted'), ('checked_in', 'Checked in as a group'), ('link_sent', 'Private link sent again'), ('link_revoked', 'Private link revoked'), ('erased', 'Personal data erased')], max_length=20, verbose_name='what'),
        ),
        migrations.AddConstraint(
            model_name='adoption',
            constraint=models.CheckConstraint(condition=models.Q(('reported__isnull', True), ('confirmed_at__isnull', False), _connector='OR'), name='adoption_change_is_of_what_was_confirmed'),
        ),
    ]
