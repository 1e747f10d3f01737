"""The rows of what a person owes, read for one page of the list: what is to be done, to which task, by when, and under which light."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise

from agencies.models import Agency
from workflow import duties
from workflow.deadlines import Light, WorkCalendar
from workflow.duties import Duty
from workflow.lights import light_between
from workflow.models import Answer, Assignment, Contribution, Report, Task, WorkPlan
from workflow.thresholds import Thresholds, thresholds_in_force
from workflow.working_days import calendar_in_force

Target = Task | Assignment | Report | Contribution | Answer | WorkPlan
"""What an act that ends a duty is done to."""


@dataclass(frozen=True, slots=True)
class Row:
    """A duty as it is listed.

    Attributes:
        key: where it stands in the list; what comes after it is asked for by this.
        duty: its kind.
        what: the kind in words.
        task: the task.
        agency: whose part it belongs to; the issuer where it is the whole task's.
        state: of the row that waits.
        state_label: the state in words.
        due_on: by when, or None.
        light: its time light.
        pk: of the row that waits.
        target: what the act that ends the duty is done to.
    """

    key: str
    duty: Duty
    what: str | Promise
    task: Task
    agency: str
    state: str
    state_label: str
    due_on: dt.date | None
    light: Light
    pk: int
    target: Target

    @property
    def can_be_ticked(self) -> bool:
        """Tell whether it can be done together with others."""
        return self.duty == Duty.SIGN_FOR

    @property
    def version(self) -> int:
        """Return the version that the act names as the one it has seen."""
        return self.target.version

    @property
    def subject(self) -> str:
        """Return the kind of what the act is done to, as it stands in addresses."""
        return str(self.target._meta.model_name)


def read_rows(found: Sequence[tuple[int, dt.date, int]], now: dt.datetime) -> list[Row]:
    """Return the rows of some keys (`duties.nearest`), in their order, with a query a kind."""
    wanted: dict[Duty, list[int]] = defaultdict(list)
    for kind, _day, pk in found:
        wanted[Duty(kind)].append(pk)
    loaded: dict[tuple[int, int], Any] = {}
    for duty, pks in wanted.items():
        source = duties.SOURCES[duty]
        model = source.rows(frozenset()).model
        for row in model._default_manager.select_related(*source.load).filter(pk__in=pks):
            loaded[duty, row.pk] = row
    today, calendar, thresholds = timezone.localdate(now), calendar_in_force(), thresholds_in_force()
    return [
        _row(Duty(kind), day, loaded[kind, pk], today=today, calendar=calendar, thresholds=thresholds)
        for kind, day, pk in found
        if (kind, pk) in loaded
    ]


def _row(duty: Duty, day: dt.date, row: Any, *, today: dt.date, calendar: WorkCalendar, thresholds: Thresholds) -> Row:
    target = _target(duty, row)
    task, agency = _whose(target)
    due_on = None if day == duties.FAR else day
    state, label = _state(duty, row)
    return Row(
        key=f"{day.isoformat()}.{int(duty)}.{row.pk}",
        duty=duty,
        what=duties.LABELS[duty],
        task=task,
        agency=agency.short_name,
        state=state,
        state_label=label,
        due_on=due_on,
        light=light_between(_start(duty, row), due_on, today=today, calendar=calendar, thresholds=thresholds.of_plan(task.plan_id)),
        pk=row.pk,
        target=target,
    )


def _target(duty: Duty, row: Any) -> Target:
    found: Target
    match duty:
        case Duty.CO_SIGN | Duty.RULE | Duty.EXTENSION:
            found = row.assignment
        case Duty.SIGN_OFF:
            found = row.task
        case Duty.VERIFY:
            found = row.sign_off.task
        case _:
            found = row
    return found


def _whose(target: Target) -> tuple[Task, Agency]:
    """Return the task, and the agency whose part it is; the issuer where it is the whole task's."""
    if isinstance(target, Task):
        return target, target.issuer
    part = target if isinstance(target, Assignment) else target.assignment
    return part.task, part.agency


def _state(duty: Duty, row: Any) -> tuple[str, str]:
    if duty == Duty.CO_SIGN:
        return str(row.verdict), str(row.get_verdict_display())
    if duty == Duty.VERIFY:
        return str(row.result), str(row.get_result_display())
    return str(row.state), str(row.get_state_display())


def _start(duty: Duty, row: Any) -> dt.date:
    match duty:
        case Duty.SIGN_FOR:
            moment = row.assigned_at
        case Duty.BEGIN_PLAN:
            moment = row.signed_at
        case Duty.REPORT | Duty.REVIEW | Duty.JUDGE | Duty.CONTRIBUTE | Duty.REVIEW_CONTRIBUTION:
            ended: dt.date = row.period_end
            return ended
        case Duty.ANSWER | Duty.CLOSE_ANSWER:
            moment = row.instruction.written_at
        case Duty.PLAN | Duty.REVIEW_PLAN if row.assignment.plan_due_on is not None:
            moment = row.assignment.signed_at
        case Duty.CO_SIGN | Duty.PLAN | Duty.REVIEW_PLAN:
            moment = row.assignment.assigned_at
        case Duty.RULE:
            moment = row.raised_at
        case Duty.EXTENSION | Duty.SIGN_OFF:
            moment = row.requested_at
        case Duty.VERIFY:
            moment = row.asked_at
    return timezone.localdate(moment)
