import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models

# A work plan is seen by whoever sees its part, its steps and files by whoever sees the plan; the policy of each asks that of the one above.
BELOW = {
    'workflow_workplan': ('assignment_id', 'workflow_assignment'),
    'workflow_workstep': ('work_plan_id', 'workflow_workplan'),
    'workflow_workplanfile': ('work_plan_id', 'workflow_workplan'),
}


def bind(apps, schema_editor):
    """Let the second wall bind the new tables."""
    if schema_editor.connection.vendor != 'postgresql':
        return
    for table, (column, above) in BELOW.items():
        condition = f'(SELECT TRUE FROM {above} wall_a WHERE wall_a.id = {table}.{column} LIMIT 1)'
        schema_editor.execute(f'ALTER TABLE {table} ENABLE ROW LEVEL SECURITY', params=None)
        schema_editor.execute(f'CREATE POLICY second_wall ON {table} USING ({condition})', params=None)


def unbind(apps, schema_editor):
    """Take the policies away, so that the tables can go."""
    if schema_editor.connection.vendor == 'postgresql':
        for table in reversed(BELOW):
            schema_editor.execute(f'DROP POLICY IF EXISTS second_wall ON {table}', params=None)


class Migration(migrations.Migration):
    """The plans that leads put on record of their own."""

    dependencies = [
        ('workflow', '0023_no_ladder_day'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='WorkPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='number of the version')),
                ('state', django_fsm.FSMField(choices=[('draft', 'Draft'), ('agency_review', 'In review at the agency'), ('filed', 'On record'), ('replaced', 'Replaced by a later version')], default='draft', max_length=50, protected=True, verbose_name='state')),
                ('text', models.TextField(blank=True, verbose_name='how it will be done')),
                ('filed_at', models.DateTimeField(blank=True, null=True, verbose_name='put on record at')),
                ('remark', models.TextField(blank=True, verbose_name='remark')),
                ('version', models.PositiveIntegerField(default=1)),
                ('assignment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='work_plans', to='workflow.assignment', verbose_name='assignment')),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='written by')),
                ('reviewer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='released by')),
            ],
            options={
                'verbose_name': 'work plan',
                'verbose_name_plural': 'work plans',
                'ordering': ['assignment', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('assignment', 'number'), name='workflow_workplan_number_once'), models.UniqueConstraint(condition=models.Q(('state__in', ('draft', 'agency_review'))), fields=('assignment',), name='workflow_workplan_one_open', violation_error_message='A work plan is being written already.'), models.UniqueConstraint(condition=models.Q(('state', 'filed')), fields=('assignment',), name='workflow_workplan_one_in_force'), models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'agency_review', 'filed', 'replaced'])), name='workflow_workplan_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('filed', 'replaced')), _negated=True), models.Q(('filed_at__isnull', False), ('number__gte', 1), models.Q(('text', ''), _negated=True)), _connector='OR'), name='workflow_workplan_filed_says_something'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('filed', 'replaced')), _negated=True), models.Q(('author', models.F('reviewer')), _negated=True), _connector='OR'), name='workflow_workplan_released_by_another', violation_error_message='Nobody can approve their own work; ask a colleague.')],
            },
        ),
        migrations.CreateModel(
            name='WorkStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='day')),
                ('what', models.CharField(max_length=300, verbose_name='what is done until then')),
                ('responsible', models.CharField(max_length=100, verbose_name='who is responsible')),
                ('work_plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='workflow.workplan', verbose_name='work plan')),
            ],
            options={
                'verbose_name': 'step of a work plan',
                'verbose_name_plural': 'steps of work plans',
                'ordering': ['work_plan', 'day', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('what', ''), _negated=True), models.Q(('responsible', ''), _negated=True)), name='workflow_workstep_says_what_and_who')],
            },
        ),
        migrations.CreateModel(
            name='WorkPlanFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file', models.FileField(upload_to='evidence/%Y/%m/', verbose_name='file')),
                ('filename', models.CharField(max_length=255, verbose_name='file name')),
                ('size', models.PositiveBigIntegerField(verbose_name='size in bytes')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('uploaded_at', models.DateTimeField(verbose_name='uploaded at')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='uploaded by')),
                ('work_plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='workflow.workplan', verbose_name='work plan')),
            ],
            options={
                'verbose_name': 'file of a work plan',
                'verbose_name_plural': 'files of work plans',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('work_plan', 'sha256'), name='workflow_workplanfile_once')],
            },
        ),
        migrations.RunPython(bind, unbind),
    ]
