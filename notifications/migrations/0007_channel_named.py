from django.db import migrations, models


class Migration(migrations.Migration):
    """A notice keeps whether its channel was named with it; the database knows the default, for processes of the release before."""

    dependencies = [
        ('notifications', '0006_recipients_known'),
    ]

    operations = [
        migrations.AddField(
            model_name='message',
            name='channel_named',
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
    ]
