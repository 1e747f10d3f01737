"""The ladder of each plan: the default one, changed by what the house has set, changed by what the plan has set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from workflow.deadlines import WorkCalendar
from workflow.ladder import DEFAULT_LADDER, RUNG_PAPERS, Audience, Paper, Rung, Timetable
from workflow.models import PlanTiming, RungSetting
from workflow.thresholds import Rows, thresholds_of


class Ladders:
    """The ladders in force, by plan, loaded in two queries.

    Args:
        calendar: the working days.
        house: the rungs of the house, where they are only tried; None for those that are set.
        thresholds: the thresholds of the house, where they are only tried.
    """

    def __init__(self, calendar: WorkCalendar, *, house: Mapping[str, RungSetting] | None = None, thresholds: Rows | None = None) -> None:
        by_plan: dict[int | None, dict[str, RungSetting]] = defaultdict(dict)
        for row in RungSetting.objects.order_by():
            by_plan[row.plan_id][row.rung] = row
        stored = by_plan.pop(None, {})
        self._calendar = calendar
        self._rows: Mapping[str, RungSetting] = stored if house is None else house
        self._own = by_plan
        timings = list(PlanTiming.objects.order_by())
        in_force = thresholds_of(timings)
        self._thresholds = in_force if thresholds is None else replace(in_force, house=thresholds)
        self._off = {timing.plan_id for timing in timings if timing.plan_id is not None and not timing.is_on}
        self._timetables: dict[int | None, Timetable] = {}

    def set_for(self, plan_id: int | None) -> tuple[tuple[Rung, ...], Rows]:
        """Return the rungs and the thresholds of a plan; no rungs where its ladder is switched off."""
        own = self._own.get(plan_id, {})
        rungs = () if plan_id in self._off else adjusted(DEFAULT_LADDER, {**self._rows, **own})
        return rungs, self._thresholds.of_plan(plan_id)

    def of_plan(self, plan_id: int | None) -> Timetable:
        """Return the timetable of a plan; of the house for what belongs to no plan."""
        known = plan_id if plan_id in self._own or plan_id in self._off or plan_id in self._thresholds.own else None
        found = self._timetables.get(known)
        if found is None:
            rungs, thresholds = self.set_for(known)
            found = self._timetables[known] = Timetable(rungs, self._calendar, thresholds)
        return found


def adjusted(rungs: Iterable[Rung], rows: Mapping[str, RungSetting]) -> tuple[Rung, ...]:
    """Return a ladder as rows change it."""
    changed = []
    for rung in rungs:
        row = rows.get(rung.code)
        if row is None:
            changed.append(rung)
        elif row.enabled:
            told = tuple(Audience(name) for name in row.audiences) if row.audiences is not None else rung.audiences
            moved = rung if row.working_days is None else replace(rung, days=row.working_days, threshold="")
            paper = rung.paper if row.makes_paper is None else RUNG_PAPERS.get(rung.code, Paper.NONE) if row.makes_paper else Paper.NONE
            changed.append(replace(moved, audiences=told, paper=paper, channels=tuple(row.channels or ())))
    return tuple(changed)
