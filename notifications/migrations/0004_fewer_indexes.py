import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Each notice is written to two indexes less: what waits or was sent is found by person, and what was digested by its digest."""

    dependencies = [
        ('notifications', '0003_conversation'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='message',
            name='digest',
            field=models.ForeignKey(blank=True, db_index=False, help_text='The digest this notice went into.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='items', to='notifications.digest', verbose_name='digest'),
        ),
        migrations.AlterField(
            model_name='message',
            name='recipient',
            field=models.ForeignKey(blank=True, db_index=False, help_text='Nobody for a channel that speaks to a room.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='recipient'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('digest__isnull', False)), fields=['digest'], name='notifications_msg_digested'),
        ),
    ]
