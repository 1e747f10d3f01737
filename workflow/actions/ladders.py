"""The ladder of each plan: the default one, changed by what the house has set, changed by what the plan has set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from workflow.deadlines import WorkCalendar
from workflow.ladder import DEFAULT_LADDER, Rung, Timetable
from workflow.models import RungSetting


class Ladders:
    """The timetables in force, by plan, loaded in one query.

    Args:
        calendar: the working days.
    """

    def __init__(self, calendar: WorkCalendar) -> None:
        by_plan: dict[int | None, dict[str, RungSetting]] = defaultdict(dict)
        for row in RungSetting.objects.order_by():
            by_plan[row.plan_id][row.rung] = row
        house = by_plan.pop(None, {})
        self._house = Timetable(adjusted(DEFAULT_LADDER, house), calendar)
        self._by_plan = {plan_id: Timetable(adjusted(DEFAULT_LADDER, house | rows), calendar) for plan_id, rows in by_plan.items()}

    def of_plan(self, plan_id: int | None) -> Timetable:
        """Return the timetable of a plan; of the house for what belongs to no plan."""
        return self._by_plan.get(plan_id, self._house) if plan_id is not None else self._house


def adjusted(rungs: Iterable[Rung], rows: Mapping[str, RungSetting]) -> tuple[Rung, ...]:
    """Return a ladder as rows change it."""
    changed = []
    for rung in rungs:
        row = rows.get(rung.code)
        if row is None:
            changed.append(rung)
        elif row.enabled:
            changed.append(rung if row.working_days is None else replace(rung, days=row.working_days, threshold=""))
    return tuple(changed)
