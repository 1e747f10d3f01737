"""How things moved over the last weeks: what went out, what was signed off, what was late; from the counters by day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from oversight.counters.asking import Cases
from oversight.counts import Counts
from oversight.models import Standing

WEEKS = 12


@dataclass(frozen=True, slots=True)
class Week:
    """How it stood at the end of a day: tasks out so far, signed off so far, and late on that day by the due dates of today."""

    on: dt.date
    out: int
    done: int
    late: int


def weeks(counts: Counts, today: dt.date, *, number: int = WEEKS) -> list[Week]:
    """Return the last weeks, today last; in four statements whatever is stored."""
    days = [today - dt.timedelta(weeks=back) for back in reversed(range(number))]
    if counts.plan is not None:
        return _of_plan(counts, days)
    out = counts.sums("out", since=_first_day(days, "began_on__lte"))
    done = counts.sums("end", since=_first_day(days, "due_on__lte"))
    # What runs is late since its alarm, if it was out by then; what was signed off late was late until that day.
    running = counts.sums("clock", where=Q(due_on__lt=today, began_on__lte=today), since=_first_day(days, "due_on__lt", "began_on__lte"))
    until = _first_day(days, "began_on__lte")
    ended = counts.sums("late", where=Q(began_on__gt=days[0]), since=_first_day(days, "due_on__lt"), until=until)
    return [
        Week(
            day,
            _total(row for row in out if row["since"] <= number),
            _total(row for row in done if row["since"] <= number),
            _total(row for row in running if row["since"] <= number)
            + _total(row for row in ended if row["since"] <= number < row["until"]),
        )
        for number, day in enumerate(days)
    ]


def _first_day(days: Sequence[dt.date], *lookups: str) -> Cases:
    """Return the number of the first of some days for which the lookups hold, asked of counters; how many days there are for none."""
    return Cases([(Q(**dict.fromkeys(lookups, day)), number) for number, day in enumerate(days)], otherwise=len(days))


def _total(rows: Iterable[dict[str, Any]]) -> int:
    return sum(int(row["total"]) for row in rows)


def _of_plan(counts: Counts, days: Sequence[dt.date]) -> list[Week]:
    """Return the weeks of one plan from its tasks, which are some hundreds at most."""
    overseen = Q(task__participations__agency_id__in=counts.seats, task__participations__tie__in=counts.ties)
    rows = Standing.objects.filter(overseen, plan_id=counts.plan).exclude(state="draft").distinct()
    if counts.scope:
        rows = rows.filter(counts.scope.of_tasks())
    found = list(rows.values_list("began_on", "closed_on", "alarm_on", "due_on"))
    return [
        Week(
            day,
            sum(1 for began, _closed, _alarm, _due in found if began and began <= day),
            sum(1 for _began, closed, _alarm, _due in found if closed and closed <= day),
            sum(1 for began, closed, alarm, due in found if began and began <= day and _late_on(day, closed, alarm, due)),
        )
        for day in days
    ]


def _late_on(day: dt.date, closed: dt.date | None, alarm: dt.date | None, due: dt.date | None) -> bool:
    if closed is not None:
        return due is not None and due < day < closed
    return alarm is not None and alarm < day
