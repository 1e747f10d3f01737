"""Whom an act goes to, in full, for the list that is shown before it is confirmed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from agencies.models import Agency
from workflow.actions.dispatch import preview
from workflow.catalog import SubjectRow
from workflow.models import Assignment, Report, Task, WorkPlan
from workflow.states import LIVE_ASSIGNMENT_STATES, AssignmentState, Part

STILL_CONCERNED = LIVE_ASSIGNMENT_STATES | {AssignmentState.CONFIRMED}


@dataclass(frozen=True, slots=True)
class Group:
    """Receivers of one kind."""

    label: str
    names: list[str]


def receivers(act_name: str, subject: SubjectRow, *, now: dt.datetime) -> list[Group]:
    """Return the agencies an act goes to, by their part; empty groups are left out."""
    match subject:
        case Task():
            groups = _of_dispatch(subject, now) if act_name == "dispatch" else _of_parts(subject.assignments.all())
        case Assignment():
            groups = _of_part_act(act_name, subject)
        case Report() | WorkPlan():
            groups = [Group(_("Issuer"), [subject.assignment.task.issuer.name])]
        case _:
            leads = (part for part in subject.assignment.task.assignments.all() if part.is_lead and part.state in STILL_CONCERNED)
            groups = [Group(_("Leads"), [part.agency.name for part in leads])]
    return [group for group in groups if group.names]


def _of_dispatch(task: Task, now: dt.datetime) -> list[Group]:
    routed = preview([task], {task.pk: list(task.receivers.all())}, now)[task]
    agencies = Agency.objects.in_bulk([part.agency_id for part in routed])
    return [
        Group(str(label), [agencies[part.agency_id].name for part in routed if part.part == value])
        for value, label in ((Part.LEAD.value, _("Leads")), (Part.SUPPORT.value, _("Supports")))
    ]


def _of_parts(parts: Iterable[Assignment]) -> list[Group]:
    concerned = [part for part in parts if part.state in STILL_CONCERNED]
    return [
        Group(_("Leads"), [part.agency.name for part in concerned if part.is_lead]),
        Group(_("Supports"), [part.agency.name for part in concerned if not part.is_lead]),
    ]


def _of_part_act(act_name: str, part: Assignment) -> list[Group]:
    if act_name == "request_sign_off":
        others = (other for other in part.task.assignments.all() if other.pk != part.pk)
        asked = [other.agency.name for other in others if other.state in {AssignmentState.ACCEPTED, AssignmentState.DECLARED}]
        return [Group(_("Asked to co-sign"), asked), Group(_("Decides"), [part.task.issuer.name])]
    label = {
        "reroute": _("Leaves the task; the agency chosen above takes its part"),
        "succeed": _("Passes its part to the successor chosen above"),
        "withdraw_assignment": _("Leaves the task"),
    }.get(act_name, _("Receives it"))
    return [Group(label, [part.agency.name])]
