"""Comments, what people follow and what they looked at last."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from agencies.migration_operations import AppendOnly


class Migration(migrations.Migration):
    """Make the tables; what was said is only ever appended to."""

    dependencies = [
        ('agencies', '0003_no_overlap'),
        ('measures', '0003_editions'),
        ('workflow', '0006_contributions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Call',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'person called',
                'verbose_name_plural': 'people called',
            },
        ),
        migrations.CreateModel(
            name='Comment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('inside', models.BooleanField(default=False, verbose_name='inside the agency')),
                ('text', models.TextField(verbose_name='text')),
                ('written_at', models.DateTimeField(verbose_name='written at')),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency', verbose_name='agency')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='author')),
                ('called', models.ManyToManyField(related_name='+', through='workflow.Call', to=settings.AUTH_USER_MODEL, verbose_name='people called')),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='workflow.task', verbose_name='task')),
            ],
            options={
                'verbose_name': 'comment',
                'verbose_name_plural': 'comments',
                'ordering': ['written_at', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='call',
            name='comment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='workflow.comment', verbose_name='comment'),
        ),
        migrations.CreateModel(
            name='Follow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField(verbose_name='since')),
                ('plan', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='measures.plan', verbose_name='plan')),
                ('task', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='followers', to='workflow.task', verbose_name='task')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'what is followed',
                'verbose_name_plural': 'what is followed',
                'ordering': ['-since', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Retraction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('retracted_at', models.DateTimeField(verbose_name='retracted at')),
                ('comment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='retraction', to='workflow.comment', verbose_name='comment')),
            ],
            options={
                'verbose_name': 'retraction',
                'verbose_name_plural': 'retractions',
            },
        ),
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workflow.task', verbose_name='task')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'visit',
                'verbose_name_plural': 'visits',
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(fields=['task', 'written_at'], name='workflow_co_task_id_9dd3fc_idx'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.UniqueConstraint(fields=('comment', 'user'), name='workflow_call_once'),
        ),
        migrations.AddConstraint(
            model_name='follow',
            constraint=models.UniqueConstraint(fields=('user', 'task'), name='workflow_follow_task_once'),
        ),
        migrations.AddConstraint(
            model_name='follow',
            constraint=models.UniqueConstraint(fields=('user', 'plan'), name='workflow_follow_plan_once'),
        ),
        migrations.AddConstraint(
            model_name='follow',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('plan__isnull', False), ('task__isnull', True)), models.Q(('plan__isnull', True), ('task__isnull', False)), _connector='OR'), name='workflow_follow_one_thing'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(fields=['user', '-at'], name='workflow_vi_user_id_eda059_idx'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.UniqueConstraint(fields=('user', 'task'), name='workflow_visit_once'),
        ),
        AppendOnly("workflow_comment"),
        AppendOnly("workflow_call"),
        AppendOnly("workflow_retraction"),
    ]
