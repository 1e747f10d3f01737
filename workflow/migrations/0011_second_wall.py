from django.db import migrations

from agencies.wall import ROLE

# Who sees a task: its agencies have a link row, or it was shown to the person until a moment that has not come. The settings are those
# of the transaction; without them, under this role, nothing is seen.
SEEN = """
    EXISTS (SELECT 1 FROM workflow_participation wall_p WHERE wall_p.task_id = {task}
            AND wall_p.agency_id = ANY (string_to_array(current_setting('duban.agencies', true), ',')::bigint[]))
    OR EXISTS (SELECT 1 FROM workflow_taskuserpermission wall_s WHERE wall_s.content_object_id = {task}
               AND wall_s.user_id = NULLIF(current_setting('duban.person', true), '')::bigint
               AND wall_s.expires_at > NULLIF(current_setting('duban.now', true), '')::timestamptz)
"""

OF_TASK = {
    'workflow_task': 'id',
    'workflow_assignment': 'task_id',
    'workflow_receiver': 'task_id',
    'workflow_event': 'task_id',
    'workflow_signoff': 'task_id',
    'workflow_suspension': 'task_id',
    'workflow_instruction': 'task_id',
    'workflow_firing': 'task_id',
    'workflow_comment': 'task_id',
    'workflow_stage': 'task_id',
    'workflow_recheckitem': 'task_id',
    'workflow_notice': 'task_id',
}
# What hangs on a row that is bound itself is seen with it.
BELOW = {
    'workflow_report': ('assignment_id', 'workflow_assignment'),
    'workflow_extension': ('assignment_id', 'workflow_assignment'),
    'workflow_handback': ('assignment_id', 'workflow_assignment'),
    'workflow_contribution': ('assignment_id', 'workflow_assignment'),
    'workflow_answer': ('assignment_id', 'workflow_assignment'),
    'workflow_disputemeeting': ('hand_back_id', 'workflow_handback'),
    'workflow_verification': ('sign_off_id', 'workflow_signoff'),
    'workflow_evidence': ('report_id', 'workflow_report'),
    'workflow_cosignature': ('sign_off_id', 'workflow_signoff'),
    'workflow_call': ('comment_id', 'workflow_comment'),
    'workflow_retraction': ('comment_id', 'workflow_comment'),
}

MAKE_ROLE = f"""
DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}') THEN
        BEGIN
            CREATE ROLE {ROLE} NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;  -- another database of the same server was quicker
        WHEN insufficient_privilege THEN
            RAISE NOTICE 'The role {ROLE} cannot be made; the second wall stays down until somebody makes and grants it.';
        END;
    END IF;
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}')
       AND NOT pg_has_role(current_user, '{ROLE}', 'MEMBER') THEN
        BEGIN
            EXECUTE format('GRANT {ROLE} TO %I', current_user);
        EXCEPTION WHEN insufficient_privilege OR internal_error THEN NULL;
        END;
    END IF;
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}') THEN
        GRANT USAGE ON SCHEMA public TO {ROLE};
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {ROLE};
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {ROLE};
        ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {ROLE};
        ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO {ROLE};
    END IF;
END $$
"""


def build(apps, schema_editor):
    if schema_editor.connection.vendor != 'postgresql':
        return
    schema_editor.execute(MAKE_ROLE, params=None)
    for table, column in OF_TASK.items():
        _bind(schema_editor, table, SEEN.format(task=f'{table}.{column}'))
    for table, (column, above) in BELOW.items():
        _bind(schema_editor, table, f'EXISTS (SELECT 1 FROM {above} wall_a WHERE wall_a.id = {table}.{column})')


def _bind(schema_editor, table, condition):
    schema_editor.execute(f'ALTER TABLE {table} ENABLE ROW LEVEL SECURITY', params=None)
    schema_editor.execute(f'CREATE POLICY second_wall ON {table} USING ({condition})', params=None)


def tear_down(apps, schema_editor):
    if schema_editor.connection.vendor != 'postgresql':
        return
    for table in [*BELOW, *OF_TASK]:
        schema_editor.execute(f'DROP POLICY IF EXISTS second_wall ON {table}', params=None)
        schema_editor.execute(f'ALTER TABLE {table} DISABLE ROW LEVEL SECURITY', params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0003_no_overlap'),
        ('workflow', '0010_lists_by_index'),
    ]

    operations = [migrations.RunPython(build, tear_down)]
