"""Notices of comments."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Name the topic."""

    dependencies = [
        ('notifications', '0002_leaner_indexes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='inboxitem',
            name='topic',
            field=models.CharField(choices=[('assigned', 'New work'), ('deadline', 'Deadlines coming near'), ('escalation', 'Overdue and escalation'), ('instruction', 'Instructions of leaders'), ('review', 'Waiting for my decision'), ('decision', 'Decisions on what I asked'), ('progress', 'Progress of others'), ('conversation', 'Comments and calls'), ('paper', 'Formal papers'), ('system', 'Notices of the system')], max_length=20, verbose_name='topic'),
        ),
        migrations.AlterField(
            model_name='message',
            name='topic',
            field=models.CharField(choices=[('assigned', 'New work'), ('deadline', 'Deadlines coming near'), ('escalation', 'Overdue and escalation'), ('instruction', 'Instructions of leaders'), ('review', 'Waiting for my decision'), ('decision', 'Decisions on what I asked'), ('progress', 'Progress of others'), ('conversation', 'Comments and calls'), ('paper', 'Formal papers'), ('system', 'Notices of the system')], max_length=20, verbose_name='topic'),
        ),
        migrations.AlterField(
            model_name='preference',
            name='topic',
            field=models.CharField(choices=[('assigned', 'New work'), ('deadline', 'Deadlines coming near'), ('escalation', 'Overdue and escalation'), ('instruction', 'Instructions of leaders'), ('review', 'Waiting for my decision'), ('decision', 'Decisions on what I asked'), ('progress', 'Progress of others'), ('conversation', 'Comments and calls'), ('paper', 'Formal papers'), ('system', 'Notices of the system')], max_length=20, verbose_name='topic'),
        ),
    ]
