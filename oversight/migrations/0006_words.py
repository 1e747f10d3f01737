from django.db import migrations

from oversight.words import upkeep


def build(apps, schema_editor):
    upkeep.make_tables(schema_editor.connection)


def tear_down(apps, schema_editor):
    upkeep.remove(schema_editor.connection)
    upkeep.drop_tables(schema_editor.connection)


class Migration(migrations.Migration):
    """The index of words; its rows and triggers come after the migrations (`oversight.apps`)."""

    dependencies = [
        ('oversight', '0005_boards_by_index'),
        ('workflow', '0011_second_wall'),
    ]

    operations = [migrations.RunPython(build, tear_down)]
