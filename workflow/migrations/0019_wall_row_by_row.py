from django.db import migrations

# What the second wall asks of each row (0011, 0014), asked as scalar subqueries with a limit: the database then looks the one row up.
# An EXISTS it may instead turn into a table of everything that an agency sees, made anew by every statement that comes across a single row
# of somebody else: 77,000 link rows read to list fifty tasks. Pages read few rows; lists and counts go by the link rows, which are open.
AGENCIES = "(SELECT string_to_array(current_setting('duban.agencies', true), ',')::bigint[])::bigint[]"
PERSON = "(SELECT NULLIF(current_setting('duban.person', true), '')::bigint)"
NOW = "(SELECT NULLIF(current_setting('duban.now', true), '')::timestamptz)"
SEEN = f"""
    (SELECT TRUE FROM workflow_participation wall_p WHERE wall_p.task_id = {{task}} AND wall_p.agency_id = ANY ({AGENCIES}) LIMIT 1)
    OR (SELECT TRUE FROM workflow_taskuserpermission wall_s WHERE wall_s.content_object_id = {{task}}
        AND wall_s.user_id = {PERSON} AND wall_s.expires_at > {NOW} LIMIT 1)
"""
OWN = {
    'workflow_task': f'issuer_id = ANY ({AGENCIES}) OR ',
    'workflow_assignment': f"(agency_id = ANY ({AGENCIES}) AND state NOT IN ('rerouted', 'withdrawn')) OR ",
}
PUBLISHED = f"""
    OR (SELECT TRUE FROM workflow_noticereader wall_r WHERE wall_r.notice_id = workflow_notice.id
        AND wall_r.agency_id = ANY ({AGENCIES}) LIMIT 1)
"""
OF_TASK = (
    'workflow_task',
    'workflow_assignment',
    'workflow_receiver',
    'workflow_event',
    'workflow_signoff',
    'workflow_suspension',
    'workflow_instruction',
    'workflow_firing',
    'workflow_comment',
    'workflow_stage',
    'workflow_recheckitem',
    'workflow_notice',
)
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
    'workflow_material': ('contribution_id', 'workflow_contribution'),
}


def build(apps, schema_editor):
    if schema_editor.connection.vendor != 'postgresql':
        return
    for table in OF_TASK:
        column = 'id' if table == 'workflow_task' else 'task_id'
        condition = OWN.get(table, '') + SEEN.format(task=f'{table}.{column}') + (PUBLISHED if table == 'workflow_notice' else '')
        _ask(schema_editor, table, condition)
    for table, (column, above) in BELOW.items():
        _ask(schema_editor, table, f'(SELECT TRUE FROM {above} wall_a WHERE wall_a.id = {table}.{column} LIMIT 1)')


def _ask(schema_editor, table, condition):
    schema_editor.execute(f'ALTER POLICY second_wall ON {table} USING ({condition})', params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('workflow', '0018_fewer_indexes'),
    ]

    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
