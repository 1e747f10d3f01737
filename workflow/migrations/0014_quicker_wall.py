from django.db import migrations

# What the second wall asks of each row (0011), asked so that it costs less: the settings of the transaction are read once a statement
# (as subqueries of their own) and not once a row, and what a row says itself is looked at first. The issuer of a task and the agency of a part
# that has not ended have link rows by construction (`workflow.grants`), so the answers are the same.
AGENCIES = "(SELECT string_to_array(current_setting('duban.agencies', true), ',')::bigint[])::bigint[]"
PERSON = "(SELECT NULLIF(current_setting('duban.person', true), '')::bigint)"
NOW = "(SELECT NULLIF(current_setting('duban.now', true), '')::timestamptz)"
SEEN = f"""
    EXISTS (SELECT 1 FROM workflow_participation wall_p WHERE wall_p.task_id = {{task}} AND wall_p.agency_id = ANY ({AGENCIES}))
    OR EXISTS (SELECT 1 FROM workflow_taskuserpermission wall_s WHERE wall_s.content_object_id = {{task}}
               AND wall_s.user_id = {PERSON} AND wall_s.expires_at > {NOW})
"""
OWN = {
    'workflow_task': f'issuer_id = ANY ({AGENCIES}) OR ',
    'workflow_assignment': f"(agency_id = ANY ({AGENCIES}) AND state NOT IN ('rerouted', 'withdrawn')) OR ",
}
# Papers keep their own policy, which lets the readers of bulletins see them (0013).
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
}


def build(apps, schema_editor):
    if schema_editor.connection.vendor != 'postgresql':
        return
    for table, column in OF_TASK.items():
        condition = OWN.get(table, '') + SEEN.format(task=f'{table}.{column}')
        schema_editor.execute(f'ALTER POLICY second_wall ON {table} USING ({condition})', params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('workflow', '0013_readers_of_bulletins'),
    ]

    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
