from django.db import migrations, models
from django.db.models import Q


def say_what_was_taken_back(apps, schema_editor):
    """Parts withdrawn before: whoever has no link row has lost sight."""
    parts = apps.get_model('workflow', 'Assignment').objects.filter(state='withdrawn', participation__isnull=True)
    parts.update(taken_back=True)


class Migration(migrations.Migration):

    dependencies = [
        ('workflow', '0011_second_wall'),
    ]

    operations = [
        migrations.AddField(
            model_name='assignment',
            name='taken_back',
            field=models.BooleanField(
                default=False, editable=False,
                help_text='Withdrawn from a task that went on: the agency sees it no more, also when it has ended.',
            ),
        ),
        migrations.RunPython(say_what_was_taken_back, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(
                condition=Q(taken_back=False) | Q(state='withdrawn'), name='workflow_assignment_taken_back',
            ),
        ),
    ]
