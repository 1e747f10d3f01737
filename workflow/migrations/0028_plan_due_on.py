import zoneinfo

from django.db import migrations, models

from workflow.deadlines import ChineseCalendar, Stop, add_working_days, shift_for_stops

DAYS = 10
RUNGS = ('work_plan_missing', 'work_plan_missing_long')
SHANGHAI = zoneinfo.ZoneInfo('Asia/Shanghai')


def give_days(apps, schema_editor):
    """Give parts under way the day until which their plan is due, with the days that stops since have held it up; fired rungs stay fired."""
    assignments, firings = apps.get_model('workflow', 'Assignment'), apps.get_model('workflow', 'Firing')
    owing = assignments.objects.filter(part='lead', task__asks_work_plans=True, signed_at__isnull=False)
    owing = owing.exclude(state__in=['rerouted', 'withdrawn']).exclude(work_plans__state='filed')
    stored = dict(apps.get_model('workflow', 'CalendarDay').objects.values_list('day', 'is_working'))
    calendar = ChineseCalendar(stored)
    for part in owing.prefetch_related('task__suspensions', 'hand_backs').iterator(chunk_size=500):
        signed = day_of(part.signed_at)
        spans = [(row.starts_at, row.ends_at) for row in part.task.suspensions.all()]
        spans += [(row.raised_at, row.decided_at) for row in part.hand_backs.all()]
        stops = [Stop(day_of(max(start, part.signed_at)), day_of(end)) for start, end in spans if end is not None and end > part.signed_at]
        part.plan_due_on = shift_for_stops(add_working_days(signed, DAYS, calendar), stops, calendar, today=signed)
        part.climbs_anew = True
        part.save(update_fields=['plan_due_on', 'climbs_anew'])
        for rung in RUNGS:
            fired = firings.objects.filter(key=f'assignment:{part.pk}|{rung}|{signed.isoformat()}')
            fired.update(key=f'assignment:{part.pk}|{rung}|{part.plan_due_on.isoformat()}')


def day_of(moment):
    return moment.astimezone(SHANGHAI).date()


def count_from_the_day(apps, schema_editor):
    """Let ladders that were set count from that day: what was counted from the signing comes so many working days after it."""
    _shift_rungs(apps, -DAYS)


def count_from_signing(apps, schema_editor):
    """Let ladders count from the signing again."""
    _shift_rungs(apps, DAYS)


def _shift_rungs(apps, days):
    least = 0
    for rung in RUNGS:
        least += 1
        for row in apps.get_model('workflow', 'RungSetting').objects.filter(rung=rung, working_days__isnull=False):
            row.working_days = max(least, row.working_days + days)
            row.save(update_fields=['working_days'])


class Migration(migrations.Migration):
    """The day until which an asked work plan is due stands on the part; the rungs count from it, and stops move it."""

    dependencies = [
        ('workflow', '0027_links_by_state'),
    ]

    operations = [
        migrations.AddField(
            model_name='assignment',
            name='plan_due_on',
            field=models.DateField(blank=True, help_text='While the rules ask the lead for a work plan of its own and none is on record.', null=True, verbose_name='work plan due on'),
        ),
        migrations.RunPython(give_days, migrations.RunPython.noop),
        migrations.RunPython(count_from_the_day, count_from_signing),
    ]
