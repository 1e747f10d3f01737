import django.db.models.deletion
from django.db import migrations, models


class AlterFieldOnPostgreSQL(migrations.AlterField):
    """Leave SQLite as it is, which would rebuild the table, and lose the triggers that keep it append-only."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == 'postgresql':
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        self.database_forwards(app_label, schema_editor, from_state, to_state)


def drop_index_of_patterns(apps, schema_editor):
    """Nobody looks for the beginning of a hash."""
    if schema_editor.connection.vendor == 'postgresql':
        schema_editor.execute('DROP INDEX IF EXISTS "workflow_event_digest_444c14ce_like"')


class Migration(migrations.Migration):
    """What a sweep writes goes to fewer indexes: those that another one begins with, and those that nobody asks."""

    dependencies = [
        ('agencies', '0003_no_overlap'),
        ('workflow', '0017_words_of_rungs'),
    ]

    operations = [
        AlterFieldOnPostgreSQL(
            model_name='assignment',
            name='agency',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='agencies.agency', verbose_name='agency'),
        ),
        AlterFieldOnPostgreSQL(
            model_name='event',
            name='task',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='workflow.task', verbose_name='task'),
        ),
        AlterFieldOnPostgreSQL(
            model_name='firing',
            name='agency',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency', verbose_name='agency'),
        ),
        migrations.RunPython(drop_index_of_patterns, migrations.RunPython.noop),
    ]
