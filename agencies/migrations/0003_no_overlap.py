from django.db import migrations

FORWARDS = [
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    """ALTER TABLE agencies_membership ADD CONSTRAINT agencies_membership_no_overlap EXCLUDE USING gist
       (user_id WITH =, agency_id WITH =, role WITH =, daterange(starts_on, ends_on, '[]') WITH &&)""",
    """ALTER TABLE agencies_groupmember ADD CONSTRAINT agencies_groupmember_no_overlap EXCLUDE USING gist
       (group_id WITH =, agency_id WITH =, daterange(starts_on, ends_on, '[]') WITH &&)""",
]
BACKWARDS = [
    "ALTER TABLE agencies_groupmember DROP CONSTRAINT agencies_groupmember_no_overlap",
    "ALTER TABLE agencies_membership DROP CONSTRAINT agencies_membership_no_overlap",
]


def run(statements):
    def on_postgresql(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            for statement in statements:
                schema_editor.execute(statement)

    return on_postgresql


class Migration(migrations.Migration):
    """Nobody holds a role twice at a time, no agency is twice in a group: what PostgreSQL can hold, it holds.

    SQLite knows no exclusion constraints; the actions check the same under a lock.
    """

    dependencies = [("agencies", "0002_append_only")]

    operations = [migrations.RunPython(run(FORWARDS), run(BACKWARDS))]
