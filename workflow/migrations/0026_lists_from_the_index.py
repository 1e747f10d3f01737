from django.db import migrations, models


class Migration(migrations.Migration):
    """Two indexes of link rows take along what lists ask besides, so that the rows themselves need not be read."""

    dependencies = [
        ('agencies', '0003_no_overlap'),
        ('measures', '0003_editions'),
        ('workflow', '0025_asked_work_plans'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='participation',
            name='workflow_part_by_own_state',
        ),
        migrations.RemoveIndex(
            model_name='participation',
            name='workflow_part_by_plan',
        ),
        migrations.AddIndex(
            model_name='participation',
            index=models.Index(fields=['agency', 'assignment_state', 'due_on', 'task', 'task_state', 'tie', 'assignment'], name='workflow_part_by_own_state'),
        ),
        migrations.AddIndex(
            model_name='participation',
            index=models.Index(condition=models.Q(('tie__in', ['lead', 'support'])), fields=['agency', 'plan', 'task_state'], name='workflow_part_by_plan_state'),
        ),
    ]
