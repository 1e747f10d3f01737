"""What the ladder will do to a plan if nobody acts: shown before it is switched on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from workflow.deadlines import DEFAULT_THRESHOLDS, Threshold, WorkCalendar, end_of_day, next_working_day
from workflow.ladder.firing import Firing, Subject, next_rung_on, rungs_due
from workflow.ladder.rungs import Rung

PREVIEW_DAYS = 60


@dataclass(frozen=True, slots=True)
class Planned:
    """A firing with the day it would happen."""

    on: dt.date
    firing: Firing


def preview(
    subjects: Iterable[Subject],
    *,
    start: dt.date,
    calendar: WorkCalendar,
    rungs: Sequence[Rung],
    thresholds: Sequence[Threshold] = DEFAULT_THRESHOLDS,
    fired: Collection[str] = frozenset(),
    days: int = PREVIEW_DAYS,
) -> list[Planned]:
    """Return every firing from `start` over so many days, in order of day, as if nothing moved meanwhile; skipped rungs are left out."""
    planned: list[Planned] = []
    last = start + dt.timedelta(days=days)
    for subject in subjects:
        known = set(fired)
        while (due := next_rung_on(subject, calendar=calendar, rungs=rungs, thresholds=thresholds, fired=known)) is not None:
            on = next_working_day(max(due, start), calendar)
            if on > last:
                break
            noon = end_of_day(on) - dt.timedelta(hours=12)
            firings = rungs_due(subject, now=noon, calendar=calendar, rungs=rungs, thresholds=thresholds, fired=known)
            known |= {firing.key for firing in firings}
            planned += [Planned(on, firing) for firing in firings if not firing.skipped]
    return sorted(planned, key=lambda plan: (plan.on, plan.firing.subject))
