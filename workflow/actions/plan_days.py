"""The day until which a lead's own plan 落实方案 is due, where the rules of its task ask for one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils import timezone

from workflow.actions.clock import standing_still
from workflow.deadlines import add_working_days
from workflow.models import Assignment, WorkPlan
from workflow.states import ENDED_ASSIGNMENT_STATES, WorkPlanState
from workflow.working_days import calendar_in_force

PLAN_WORKING_DAYS = 10
"""Within how many working days a plan is put on record: after signing, or after the rule was set where that came later."""


def set_plan_days(parts: Iterable[Assignment], now: dt.datetime) -> list[Assignment]:
    """Give parts the day until which their plan is due where one is asked of them, and take it from those of whom none is.

    One that runs already stays. Where the clock of a part stands still, the day is counted from where it stopped: it is given back when
    the clock runs on, as all days are. Where no plan is asked it costs no statement, else one that does not grow with the parts.

    Args:
        parts: locked with their tasks, which are loaded; the caller saves those returned.
        now: the moment.

    Returns:
        Those whose day is another than before.
    """
    rows = list(parts)
    asked = [part for part in rows if _is_asked(part)]
    fresh = [part for part in asked if part.plan_due_on is None]
    changed = [part for part in rows if part.plan_due_on is not None and part not in asked]
    for part in changed:
        part.plan_due_on = None
    if not fresh:
        return changed
    filed = set(WorkPlan.objects.filter(assignment__in=fresh, state=WorkPlanState.FILED).values_list("assignment_id", flat=True))
    owing = [part for part in fresh if part.pk not in filed]
    stopped, calendar = standing_still(owing, with_requests=False), calendar_in_force()
    for part in owing:
        since = min(moment for moment in (now, stopped.get(part.pk), part.declared_at) if moment is not None)
        part.plan_due_on = add_working_days(timezone.localdate(since), PLAN_WORKING_DAYS, calendar)
    return [*changed, *owing]


def _is_asked(part: Assignment) -> bool:
    """Tell whether the rules ask the agency of a part for a plan of its own: it leads, has signed, and the part is still its own."""
    return part.task.asks_work_plans and part.is_lead and part.signed_at is not None and part.state not in ENDED_ASSIGNMENT_STATES
