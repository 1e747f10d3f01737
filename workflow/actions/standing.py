"""How assignments stand towards the ladder, read for a whole batch in a few queries and without models."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models.functions import TruncDate

from workflow.deadlines import WorkCalendar, working_days_between
from workflow.ladder import OpenReport, Subject
from workflow.models import Assignment, Contribution, Extension, Report
from workflow.states import SWEPT_STATES, ContributionState, ExtensionState, Part, ReportState, TaskState

_OWED = (ReportState.DUE, ReportState.DRAFT, ReportState.RETURNED)
_ASKED = (ContributionState.ASKED, ContributionState.DRAFT, ContributionState.RETURNED)


@dataclass(frozen=True, slots=True)
class Standing:
    """One assignment: what the ladder looks at, and the names and keys that telling of it takes."""

    pk: int
    task_id: int
    plan_id: int | None
    issuer_id: int
    agency_id: int
    officer_id: int | None
    due_on: dt.date | None
    task_name: str
    task_title: str
    agency_name: str
    agency_short_name: str
    is_lead: bool
    subject: Subject


_FIELDS = (
    "pk", "part", "state", "officer_id", "due_on", "due_version", TruncDate("assigned_at"), TruncDate("signed_at"), TruncDate("moved_at"),
    "task_id", "agency_id", "task__plan_id", "task__issuer_id", "task__state", "task__number", "task__title",
    "agency__name", "agency__short_name", "plan_due_on",
)  # fmt: skip


def standings(assignment_ids: Collection[int], calendar: WorkCalendar) -> list[Standing]:
    """Return how these assignments stand, those that still climb, in the order of their keys."""
    chosen = Assignment.objects.filter(pk__among=assignment_ids, state__in=SWEPT_STATES)
    owed: dict[int, list[OpenReport]] = defaultdict(list)
    reports = Report.objects.filter(assignment__pk__among=assignment_ids, state__in=_OWED).order_by("period_start", "pk")
    for assignment_id, report_id, due_on in reports.values_list("assignment_id", "pk", "due_on"):
        owed[assignment_id].append(OpenReport(f"report:{report_id}", due_on))
    asked: dict[int, list[OpenReport]] = defaultdict(list)
    material = Contribution.objects.filter(assignment__pk__among=assignment_ids, state__in=_ASKED).order_by("period_start", "pk")
    for assignment_id, contribution_id, due_on in material.values_list("assignment_id", "pk", "due_on"):
        asked[assignment_id].append(OpenReport(f"contribution:{contribution_id}", due_on))
    asking = Extension.objects.filter(assignment__pk__among=assignment_ids, state=ExtensionState.REQUESTED)
    waiting = set(asking.values_list("assignment_id", flat=True))
    rows = list(chosen.order_by("pk").values_list(*_FIELDS))
    return [_standing(row, owed.get(row[0], ()), asked.get(row[0], ()), calendar, waits=row[0] in waiting) for row in rows]


def _standing(
    row: tuple[Any, ...],
    owed: Collection[OpenReport],
    asked: Collection[OpenReport],
    calendar: WorkCalendar,
    *,
    waits: bool,
) -> Standing:
    """Return one assignment: leads answer for the due date, for reports and movement, supporters for signing and their contributions."""
    pk, part, _state, officer_id, due_on, version, dispatched_on, signed_on, moved_on, task_id, agency_id, *rest = row
    plan_id, issuer_id, task_state, number, title, agency_name, agency_short_name, plan_due_on = rest
    leads = part == Part.LEAD
    subject = Subject(
        ref=f"assignment:{pk}",
        due_on=due_on if leads else None,
        due_version=version,
        dispatched_on=dispatched_on,
        signed=signed_on is not None,
        last_movement_on=moved_on if leads else None,
        total_working_days=working_days_between(dispatched_on, due_on, calendar) if due_on else 0,
        open_reports=tuple(owed),
        open_contributions=() if leads else tuple(asked),
        plan_due_on=plan_due_on if leads else None,
        finished=task_state not in {TaskState.DISPATCHED, TaskState.SUSPENDED},
        paused=waits or task_state == TaskState.SUSPENDED,
    )
    name = f"{number} {title}".strip()
    return Standing(
        pk, task_id, plan_id, issuer_id, agency_id, officer_id, due_on, name, title, agency_name, agency_short_name, leads, subject
    )
