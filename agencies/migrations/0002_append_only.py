from django.db import migrations

from agencies.migration_operations import AppendOnly


class Migration(migrations.Migration):
    """The record of the directory cannot be rewritten."""

    dependencies = [("agencies", "0001_initial")]

    operations = [AppendOnly("agencies_directoryevent")]
