"""Draw tasks up 拟办: one a measure of a confirmed plan, or one by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.heirs import heirs_of
from agencies.models import Agency, AgencyGroup
from agencies.models.agency import in_force
from agencies.refusals import Conflict, Invalid, NotYours, require
from measures.models import Measure, Plan, Responsibility
from workflow import grants, policy
from workflow.actions.door import log, of_task, said
from workflow.actions.downwards import expect_downwards
from workflow.actions.set_rules import rules_of
from workflow.models import Participation, Receiver, Task
from workflow.states import Part, Rhythm
from workflow.timeline import Verb

LONGEST_NUMBER = 40


@dataclass(frozen=True, slots=True)
class PlannedReceiver:
    """An agency or a group that a task drawn up by hand is to go to."""

    part: str
    agency_id: int | None = None
    group_id: int | None = None


@transaction.atomic
def draw_up_plan(*, actor: Actor, plan_id: int, now: dt.datetime) -> list[Task]:
    """Draw up one task for each measure of a plan that has none yet; the number of statements does not grow with the plan.

    A measure's deadline becomes the due date; where the document sets none, the coordinator does before dispatch. An agency
    that has been succeeded since the document was issued is followed to its successor, under the name as written; where it
    was split, the coordinator has to say who it is.
    """
    plan = Plan.objects.select_for_update(of=("self",), no_key=True).select_related("coordinator").get(pk=plan_id)
    require(policy.may_issue(actor, plan.coordinator_id))
    _expect_latest(plan)
    measures = list(plan.measures.filter(tasks__isnull=True).prefetch_related("responsibilities").order_by("start"))
    rules = asdict(rules_of(plan))
    tasks = Task.objects.bulk_create(
        Task(
            plan=plan,
            measure=measure,
            issuer=plan.coordinator,
            number=measure.number,
            title=measure.title,
            text=measure.text,
            due_on=measure.deadline,
            first_due_on=measure.deadline,
            **rules,
        )
        for measure in measures
    )
    heirs = heirs_of({row.agency_id for measure in measures for row in measure.responsibilities.all()}, timezone.localdate(now))
    receivers = []
    for task, measure in zip(tasks, measures, strict=True):
        receivers.extend(receivers_from(task, list(measure.responsibilities.all()), heirs))
    Receiver.objects.bulk_create(receivers)
    Participation.objects.bulk_create(row for task in tasks for row in grants.link_line(task))
    log(actor, now, *(of_task(task, Verb.DRAW_UP, ("", task.state)) for task in tasks))
    return tasks


@transaction.atomic
def draw_up_task(
    *,
    actor: Actor,
    issuer_id: int,
    title: str,
    text: str,
    receivers: Sequence[PlannedReceiver],
    due_on: dt.date | None,
    now: dt.datetime,
    rhythm: str = Rhythm.NONE,
    parent_id: int | None = None,
    measure_id: int | None = None,
) -> Task:
    """Draw up a task by hand: from the minutes of a meeting, an instruction, as a part of another task, or for a measure.

    For a measure it bears its number, with a part behind it where there are tasks of that measure already, and the rules of its plan.

    Raises:
        NotYours: there is no such measure in a plan that the issuer coordinates.
        Invalid: there is no title, nobody is to receive it, or the due date has passed.
        Conflict: the parent is not a task in which the issuer has a part or which it issued, or the plan has a later edition.
    """
    require(policy.may_issue(actor, issuer_id))
    measure = _measure_of(issuer_id, measure_id) if measure_id is not None else None
    title = said(title, "title")
    if not receivers:
        raise Invalid(_("Name at least one agency that leads it."), "receivers")
    if rhythm not in Rhythm.values:
        raise Invalid(_("Choose one of the answers."), "rhythm")
    today = timezone.localdate(now)
    if due_on is not None and due_on < today:
        raise Invalid(_("The due date lies in the past."), "due_on")
    expect_known(receivers, today)
    if parent_id is not None:  # nobody comes to the task above, or goes, until this one is there
        Task.objects.select_for_update(of=("self",), no_key=True).filter(pk=parent_id).first()
    if parent_id is not None and not Participation.objects.filter(task_id=parent_id, agency_id=issuer_id).exists():
        raise Conflict(_("The parent task is not one of this agency's."))
    expect_downwards(parent_id, issuer_id, receivers, today)
    task = Task.objects.create(
        issuer=Agency.objects.get(pk=issuer_id),
        parent_id=parent_id,
        title=title,
        text=text.strip(),
        due_on=due_on,
        first_due_on=due_on,
        rhythm=rhythm,
        **(_from_measure(measure) if measure is not None else {}),
    )
    Receiver.objects.bulk_create(
        Receiver(task=task, agency_id=receiver.agency_id, group_id=receiver.group_id, part=receiver.part, rank=rank)
        for rank, receiver in enumerate(receivers, start=1)
    )
    Participation.objects.bulk_create(grants.link_line(task))
    log(actor, now, of_task(task, Verb.DRAW_UP, ("", task.state)))
    return task


def _measure_of(issuer_id: int, measure_id: int) -> Measure:
    """Return a measure of a plan that an agency coordinates; the plan is locked.

    Raises:
        NotYours: there is none.
        Conflict: a later edition has replaced the plan.
    """
    plan = Plan.objects.select_for_update(of=("self",), no_key=True).filter(coordinator=issuer_id, measures=measure_id).first()
    if plan is None:
        raise NotYours
    _expect_latest(plan)
    return Measure.objects.select_related("plan").get(pk=measure_id)


def _from_measure(measure: Measure) -> dict[str, Any]:
    """Return what a task has from the measure that it is drawn up for."""
    number = measure.number
    if Task.objects.filter(measure=measure).exists():
        number = f"{number}-{parts_of(measure.pk, number) + 1}"[:LONGEST_NUMBER] if number else ""
    return {"plan": measure.plan, "measure": measure, "number": number, **asdict(rules_of(measure.plan))}


def parts_of(measure_id: int, number: str) -> int:
    """Return how many tasks of a measure bear a number with a part behind it."""
    return Task.objects.filter(measure=measure_id, number__startswith=f"{number}-").count()


def _expect_latest(plan: Plan) -> None:
    if Plan.objects.filter(earlier=plan).exists():
        raise Conflict(_("A later edition has replaced this plan; draw its tasks up."))


def expect_known(receivers: Sequence[PlannedReceiver], today: dt.date) -> None:
    """Go on when each receiver is one agency or one group that the directory knows on a day, named once.

    Raises:
        Invalid: one is not.
    """
    agencies = [row.agency_id for row in receivers if row.agency_id is not None]
    groups = [row.group_id for row in receivers if row.group_id is not None]
    if any((row.agency_id is None) == (row.group_id is None) or row.part not in Part.values for row in receivers):
        raise Invalid(_("A receiver is either an agency or a group."), "receivers")
    if len(set(agencies)) != len(agencies) or len(set(groups)) != len(groups):
        raise Invalid(_("An agency is named twice."), "receivers")
    known = Agency.objects.filter(in_force(today), pk__in=agencies)
    if known.count() != len(agencies) or AgencyGroup.objects.filter(pk__in=groups).count() != len(groups):
        raise Invalid(_("The directory does not know this agency today."), "receivers")


def receivers_from(task: Task, responsibilities: list[Responsibility], heirs: Mapping[int, int | None]) -> list[Receiver]:
    """Return the planned receivers of a task; an agency named twice keeps its first part, leads before supporters."""
    chosen: dict[tuple[int | None, int | None, str], Receiver] = {}
    for part in (Responsibility.Role.LEAD, Responsibility.Role.SUPPORT):
        for row in sorted((row for row in responsibilities if row.role == part), key=lambda row: row.rank):
            agency_id = row.agency_id if row.agency_id is None else heirs.get(row.agency_id, row.agency_id)
            key = (agency_id, row.group_id, "" if agency_id or row.group_id else row.name_as_written)
            chosen.setdefault(
                key,
                Receiver(
                    task=task,
                    agency_id=agency_id,
                    group_id=row.group_id,
                    name_as_written=row.name_as_written,
                    part=Part.LEAD if part == Responsibility.Role.LEAD else Part.SUPPORT,
                    rank=row.rank,
                ),
            )
    return list(chosen.values())
