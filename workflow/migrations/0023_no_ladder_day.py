from django.db import migrations, models


class Migration(migrations.Migration):
    """The column that 0022 has copied goes, with its index."""

    dependencies = [
        ('workflow', '0022_next_rungs'),
    ]

    operations = [
        migrations.RemoveIndex(model_name='assignment', name='workflow_part_ladder'),
        migrations.RemoveField(model_name='assignment', name='ladder_on'),
        migrations.AlterField(
            model_name='assignment',
            name='climbs_anew',
            field=models.BooleanField(default=True, editable=False, help_text='The day of the next rung is to be computed.'),
        ),
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(condition=models.Q(('climbs_anew', True), ('state__in', ['pending', 'accepted'])), fields=['id'], name='workflow_part_climbs_anew'),
        ),
    ]
