from django.db import migrations


class Migration(migrations.Migration):
    """Reports of parts that have ended leave the index of words: it is written anew after the migrations (`oversight.apps`)."""

    dependencies = [
        ('oversight', '0006_words'),
    ]

    operations = []
