"""The ladder of each plan: the default one, changed by what the house has set, changed by what the plan has set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from workflow.deadlines import DEFAULT_THRESHOLDS, Threshold, WorkCalendar
from workflow.ladder import DEFAULT_LADDER, Audience, Rung, Timetable
from workflow.models import PlanTiming, RungSetting


class Ladders:
    """The timetables in force, by plan, loaded in two queries.

    Args:
        calendar: the working days.
    """

    def __init__(self, calendar: WorkCalendar) -> None:
        by_plan: dict[int | None, dict[str, RungSetting]] = defaultdict(dict)
        for row in RungSetting.objects.order_by():
            by_plan[row.plan_id][row.rung] = row
        house = by_plan.pop(None, {})
        timings = {timing.plan_id: timing for timing in PlanTiming.objects.order_by()}
        self._house = Timetable(adjusted(DEFAULT_LADDER, house), calendar)
        self._by_plan: dict[int | None, Timetable] = {}
        for plan_id in by_plan.keys() | timings.keys():
            timing = timings.get(plan_id) if plan_id is not None else None
            is_on = timing is None or timing.is_on
            rungs = adjusted(DEFAULT_LADDER, house | by_plan.get(plan_id, {})) if is_on else ()
            self._by_plan[plan_id] = Timetable(rungs, calendar, thresholds_of(timing))

    def of_plan(self, plan_id: int | None) -> Timetable:
        """Return the timetable of a plan; of the house for what belongs to no plan."""
        return self._by_plan.get(plan_id, self._house)


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
            changed.append(replace(moved, audiences=told))
    return tuple(changed)


def thresholds_of(timing: PlanTiming | None) -> tuple[Threshold, ...]:
    """Return a plan's thresholds of the lights."""
    rows: list[dict[str, Any]] = timing.thresholds if timing is not None else []
    return tuple(Threshold(**row) for row in rows) or DEFAULT_THRESHOLDS


def thresholds_as_data(thresholds: Sequence[Threshold]) -> list[dict[str, Any]]:
    """Return thresholds as a JSON value, for the plan's column."""
    return [asdict(threshold) for threshold in thresholds]
