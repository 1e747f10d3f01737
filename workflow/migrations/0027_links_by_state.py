from django.db import migrations, models


class Migration(migrations.Migration):
    """The index by state goes without the tie: with it, PostgreSQL read sight itself from there, all rows of an issuer to count a few."""

    dependencies = [
        ('agencies', '0003_no_overlap'),
        ('measures', '0003_editions'),
        ('workflow', '0026_lists_from_the_index'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='participation',
            name='workflow_part_by_own_state',
        ),
        migrations.AddIndex(
            model_name='participation',
            index=models.Index(fields=['agency', 'assignment_state', 'due_on', 'task', 'task_state', 'assignment'], name='workflow_part_by_own_state'),
        ),
    ]
