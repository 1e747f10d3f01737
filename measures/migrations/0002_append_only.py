"""The record is only ever appended to; the database itself sees to it."""

from django.db import migrations

from agencies.migration_operations import AppendOnly


class Migration(migrations.Migration):
    """Guard the record."""

    dependencies = [("measures", "0001_initial")]

    operations = [AppendOnly("measures_planevent")]
