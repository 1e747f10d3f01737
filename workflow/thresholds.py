"""The thresholds in force: from when on the lights of a plan warn, by what the plan has set, else the house, else the default."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from workflow.deadlines import DEFAULT_THRESHOLDS, Threshold
from workflow.models import PlanTiming

Rows = tuple[Threshold, ...]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The thresholds of the house, and of the plans that have their own.

    Attributes:
        house: for everything else, also what belongs to no plan.
        own: by plan.
    """

    house: Rows = DEFAULT_THRESHOLDS
    own: Mapping[int, Rows] = field(default_factory=dict)

    def of_plan(self, plan_id: int | None) -> Rows:
        """Return the thresholds of a plan; None for what belongs to no plan."""
        return self.house if plan_id is None else self.own.get(plan_id, self.house)

    def by_rows(self) -> dict[Rows, list[int]]:
        """Return the plans with thresholds of their own, those together that have the same."""
        found: dict[Rows, list[int]] = {}
        for plan_id, rows in sorted(self.own.items()):
            found.setdefault(rows, []).append(plan_id)
        return found


def thresholds_in_force() -> Thresholds:
    """Return the thresholds as they stand, in one query."""
    return thresholds_of(PlanTiming.objects.exclude(thresholds=[]).order_by())


def thresholds_of(timings: Iterable[PlanTiming]) -> Thresholds:
    """Return the thresholds that timings set; the one without a plan is the house's."""
    found = {timing.plan_id: tuple(Threshold(**row) for row in timing.thresholds) for timing in timings if timing.thresholds}
    house = found.pop(None, DEFAULT_THRESHOLDS)
    return Thresholds(house, {plan_id: rows for plan_id, rows in found.items() if plan_id is not None})


def thresholds_as_data(thresholds: Sequence[Threshold]) -> list[dict[str, Any]]:
    """Return thresholds as a JSON value, for the column of a timing."""
    return [asdict(threshold) for threshold in thresholds]
