from django.db import migrations

# A firing is seen by whoever sees its part, whose own policy is asked.
BY_PART = '(SELECT TRUE FROM workflow_assignment wall_a WHERE wall_a.id = workflow_firing.assignment_id LIMIT 1)'


def ask_the_part(apps, schema_editor):
    if schema_editor.connection.vendor == 'postgresql':
        schema_editor.execute(f'ALTER POLICY second_wall ON workflow_firing USING ({BY_PART})', params=None)


class Migration(migrations.Migration):
    """A firing names its part alone: its task and its agency are those of the part, and every reference is checked for every row."""

    dependencies = [
        ('workflow', '0020_links_by_due'),
    ]

    operations = [
        migrations.RunPython(ask_the_part, migrations.RunPython.noop),
        migrations.RemoveField(model_name='firing', name='agency'),
        migrations.RemoveField(model_name='firing', name='task'),
    ]
