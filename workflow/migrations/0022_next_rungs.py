import django.db.models.deletion
from django.db import migrations, models

BY_PART = '(SELECT TRUE FROM workflow_assignment wall_a WHERE wall_a.id = workflow_nextrung.assignment_id LIMIT 1)'


def take_along(apps, schema_editor):
    """Keep the days that are known; where none is, it is to be computed."""
    schema_editor.execute(
        'INSERT INTO workflow_nextrung (assignment_id, day) SELECT id, ladder_on FROM workflow_assignment WHERE ladder_on IS NOT NULL'
    )
    apps.get_model('workflow', 'Assignment').objects.filter(ladder_on__isnull=True).update(climbs_anew=True)


def bring_back(apps, schema_editor):
    """Have the next sweep compute every day."""
    apps.get_model('workflow', 'Assignment').objects.update(ladder_on=None)


def bind(apps, schema_editor):
    """Let the second wall bind the new table, as all that hangs on a part."""
    if schema_editor.connection.vendor == 'postgresql':
        schema_editor.execute('ALTER TABLE workflow_nextrung ENABLE ROW LEVEL SECURITY', params=None)
        schema_editor.execute(f'CREATE POLICY second_wall ON workflow_nextrung USING ({BY_PART})', params=None)


class Migration(migrations.Migration):
    """The day of the next rung goes to a table of its own: on the part it stood in an index, so that moving it wrote all of its indexes."""

    dependencies = [
        ('workflow', '0021_lean_firings'),
    ]

    operations = [
        migrations.CreateModel(
            name='NextRung',
            fields=[
                ('assignment', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='next_rung', serialize=False, to='workflow.assignment', verbose_name='assignment')),
                ('day', models.DateField(verbose_name='day')),
            ],
            options={
                'verbose_name': 'next rung',
                'verbose_name_plural': 'next rungs',
                'indexes': [models.Index(fields=['day', 'assignment'], name='workflow_next_rung_by_day')],
            },
        ),
        migrations.RunPython(bind, migrations.RunPython.noop),
        migrations.AddField(
            model_name='assignment',
            name='climbs_anew',
            field=models.BooleanField(default=False, editable=False, help_text='The day of the next rung is to be computed.'),
        ),
        migrations.RunPython(take_along, bring_back),
    ]
