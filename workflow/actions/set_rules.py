"""The rules of a task, or of all tasks of a plan 办理规则: when it closes, who looks first, what reports need, how progress rolls up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.db import transaction
from django.db.models import Q

from agencies.actor import Actor
from agencies.refusals import Invalid, NotYours, require
from measures.models import Plan
from workflow import policy, timing
from workflow.actions.door import expect, keep, lock_task, lock_tasks, log, of_task
from workflow.actions.plan_days import set_plan_days
from workflow.actions.roll_up import lock_above, recount
from workflow.actions.roll_up import roll_up as roll_up_from
from workflow.models import Assignment, PlanRules, Task
from workflow.states import SWEPT_STATES, ClosingRule, Part, RollUp, TaskState
from workflow.timeline import Verb

YES, NO = "yes", "no"
CHANGEABLE = (TaskState.DRAFT, TaskState.DISPATCHED, TaskState.SUSPENDED)
"""States in which a task takes new rules; a round that is open is decided by those it was opened under."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What holds for a task."""

    closing_rule: str = ClosingRule.ALL_LEADS
    needs_verification: bool = False
    evidence_required: bool = False
    asks_supporters: bool = True
    asks_work_plans: bool = False
    roll_up: str = RollUp.MEAN

    def check(self) -> None:
        """Go on when every value is known.

        Raises:
            Invalid: naming the one that is not.
        """
        if self.closing_rule not in ClosingRule.values:
            raise Invalid("", "closing_rule")
        if self.roll_up not in RollUp.values:
            raise Invalid("", "roll_up")


def rules_of(plan: Plan | None) -> Rules:
    """Return the rules of a plan; those of the house where it has none of its own."""
    row = PlanRules.objects.filter(plan=plan).first() if plan is not None else None
    return Rules() if row is None else Rules(**{name: getattr(row, name) for name in asdict(Rules())})


@transaction.atomic
def set_rules(
    *,
    actor: Actor,
    task_id: int,
    closing_rule: str,
    needs_verification: str,
    evidence_required: str,
    asks_supporters: str,
    asks_work_plans: str,
    roll_up: str,
    now: dt.datetime,
    version: int | None = None,
) -> Task:
    """Set the rules of one task; the four questions are answered with yes or no.

    Where progress rolls up by another rule than before, it is counted anew at once.
    """
    lock_above([task_id])
    task = lock_task(actor, task_id, now=now, version=version)
    require(policy.may_coordinate(actor, task))
    expect(timing.to_set_rules(task, now))
    rules = Rules(
        closing_rule=closing_rule,
        needs_verification=needs_verification == YES,
        evidence_required=evidence_required == YES,
        asks_supporters=asks_supporters == YES,
        asks_work_plans=asks_work_plans == YES,
        roll_up=roll_up,
    )
    rules.check()
    before = task.roll_up
    if _take(task, rules):
        _set_plan_days([task], now)
        counted = recount([task]) if task.roll_up != before else []
        keep(task)
        log(actor, now, of_task(task, Verb.SET_RULES, **asdict(rules)), *counted)
        roll_up_from(actor, task, now)
    return task


@transaction.atomic
def set_plan_rules(*, actor: Actor, plan_id: int, rules: Rules, now: dt.datetime) -> int:
    """Set the rules of a plan, and of its tasks that have not ended and are not up for sign-off; see `set_rules` for progress.

    Returns:
        How many tasks took other rules than they had.

    Raises:
        NotYours: there is no such plan.
    """
    plan = Plan.objects.select_for_update(of=("self",), no_key=True).filter(pk=plan_id).first()
    if plan is None:
        raise NotYours
    require(policy.may_issue(actor, plan.coordinator_id))
    rules.check()
    PlanRules.objects.update_or_create(plan=plan, defaults=asdict(rules))
    ids = list(Task.objects.filter(plan=plan, issuer=plan.coordinator_id, state__in=CHANGEABLE).values_list("pk", flat=True))
    lock_above(ids)
    tasks = [task for task in lock_tasks(actor, ids, now=now) if task.state in CHANGEABLE]
    rolling = [task for task in tasks if task.roll_up != rules.roll_up]
    changed = [task for task in tasks if _take(task, rules)]
    counted = recount(rolling) if rolling else []
    for task in changed:
        task.version += 1
    Task.objects.bulk_update(changed, [*asdict(rules), "percent", "version"], batch_size=500)
    _set_plan_days(changed, now)
    Assignment.objects.filter(task__in=changed, state__in=SWEPT_STATES).update(climbs_anew=True)
    log(actor, now, *(of_task(task, Verb.SET_RULES, **asdict(rules)) for task in changed), *counted)
    for task in rolling:
        roll_up_from(actor, task, now)
    return len(changed)


def _set_plan_days(tasks: Sequence[Task], now: dt.datetime) -> None:
    """Have the leads of locked tasks owe a plan of their own from now on, or no longer."""
    by_key = {task.pk: task for task in tasks}
    asking = [task.pk for task in tasks if task.asks_work_plans]
    signed = Assignment.objects.filter(part=Part.LEAD, signed_at__isnull=False, task__in=by_key)
    parts = list(signed.filter(Q(task__in=asking) | Q(plan_due_on__isnull=False)).order_by("pk"))
    for part in parts:
        part.task = by_key[part.task_id]
    Assignment.objects.bulk_update(set_plan_days(parts, now), ["plan_due_on"], batch_size=500)


def _take(task: Task, rules: Rules) -> bool:
    """Set a task's rules, without saving; tells whether any is new."""
    wanted = asdict(rules)
    changed = any(getattr(task, name) != value for name, value in wanted.items())
    for name, value in wanted.items():
        setattr(task, name, value)
    return changed
