"""E6: a notice imported after due dates were computed, over many open tasks; short in the suite, at full size as a proof."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from agencies.actor import Actor
from measures.models import PlanEvent
from tests.factories.directory import NOW
from tests.factories.tasks import accepted_task
from workflow.actions.climb import climb
from workflow.actions.set_calendar import set_calendar
from workflow.deadlines import ChineseCalendar, add_working_days, official_calendar
from workflow.models import Assignment, Event, Firing, Report, Task
from workflow.working_days import calendar_in_force


@dataclass(frozen=True, slots=True)
class Late:
    """How much: open tasks, and the days that the notice makes free."""

    tasks: int
    first: dt.date = dt.date(2026, 4, 8)
    days: int = 5


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted."""

    tasks: int
    moved: int
    stayed: int
    events: int
    reminders: int


def late_notice(asked: Late) -> Figures:
    """Run it, and hold every single date against a recount from its period."""
    ends = [dt.date(2026, 3, 31) + dt.timedelta(days=n) for n in range(-8, 24)]
    old = official_calendar()
    stage = accepted_task(leads=1, supporters=0)
    part = stage.part_of(stage.leads[0])
    tasks = Task.objects.bulk_create(
        [Task(issuer=stage.issuer, title=f"事项{n}", state="dispatched", dispatched_at=NOW) for n in range(asked.tasks)], batch_size=500
    )
    parts = Assignment.objects.bulk_create(
        [
            Assignment(
                task=task, agency=part.agency, part="lead", rank=1, state="accepted", assigned_at=NOW, signed_at=NOW, moved_at=NOW,
                hand_back_until=dt.date(2026, 12, 30),
            )
            for task in tasks
        ],
        batch_size=500,
    )  # fmt: skip
    reports = Report.objects.bulk_create(
        [
            Report(
                assignment=row,
                period_start=ends[n % len(ends)].replace(day=1),
                period_end=ends[n % len(ends)],
                due_on=add_working_days(ends[n % len(ends)], 5, old) + dt.timedelta(days=n % 97 == 0),
            )
            for n, row in enumerate(parts)
        ],
        batch_size=500,
    )
    before = {row.pk: row.due_on for row in reports}
    days = {asked.first + dt.timedelta(days=n): False for n in range(asked.days)}
    change = set_calendar(actor=Actor.system(), days=days, notice="国办发明电", now=NOW)
    new = ChineseCalendar(overrides=days)
    meant = {
        row.pk: add_working_days(row.period_end, 5, new) if row.due_on == add_working_days(row.period_end, 5, old) else row.due_on
        for row in reports
    }
    stored = dict(Report.objects.filter(pk__in=before).values_list("pk", "due_on"))
    assert stored == meant, "a date moved that should not, or stayed that should not"
    moved = {pk for pk, due_on in stored.items() if due_on != before[pk]}
    told = Counter(Event.objects.filter(verb="move_by_calendar", data__what="reports").values_list("report_id", flat=True))
    assert told == Counter(moved), "one line for each date moved"
    assert change.count("reports") == len(moved)
    assert 0 < len(moved) < asked.tasks, "some move and some stay, or the test shows nothing"
    again = set_calendar(actor=Actor.system(), days=days, notice="国办发明电", now=NOW)
    assert not again.days
    assert not again.moves
    assert PlanEvent.objects.filter(verb="set_calendar").count() == 1
    assert Event.objects.filter(verb="move_by_calendar").count() == sum(move.count for move in change.moves)
    return Figures(asked.tasks, len(moved), asked.tasks - len(moved), sum(told.values()), _reminders(moved, stored))


def _reminders(moved: set[int], stored: dict[int, dt.date]) -> int:
    """Let the day after the last date come; each moved report is told once, under its new date."""
    calendar = calendar_in_force()
    for n in (1, 2):
        climb(dt.datetime.combine(add_working_days(max(stored.values()), n, calendar), dt.time(10), NOW.tzinfo))
    keys = Firing.objects.filter(rung="report_missed").values_list("key", flat=True)
    found = Counter("{1}|{3}".format(*key.split("|")) for key in keys)
    for pk in moved:
        assert found[f"report:{pk}|{stored[pk].isoformat()}"] == 1
    return len(moved)
