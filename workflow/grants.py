"""The one writer of sights of tasks, and the proof that link rows agree with what they were copied from.

An agency keeps sight of a task that ended while it had a part; it loses it when its part is rerouted, or withdrawn from a task
that goes on.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from django.contrib.auth.models import Permission
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from agencies.heirs import ancestry
from agencies.models import Agency, Delegation, Membership, User
from agencies.models.agency import in_force
from agencies.permissions import delegations_in_force
from workflow.models import Assignment, Notice, Participation, Task, TaskUserPermission
from workflow.states import LIVE_TASK_STATES, AssignmentState, NoticeState, Tie

LOST = Q(state=AssignmentState.REROUTED) | Q(taken_back=True)
"""Parts whose agency lost sight of the task through them."""


def show(task: Task, user: User, *, until: dt.datetime, reason: str, or_longer: bool = False) -> TaskUserPermission:
    """Let a person see a task until a moment; a later call replaces the end and the reason.

    Args:
        task: the task.
        user: who is to see it.
        until: the end.
        reason: as a person wrote it, or the verb of the act that it comes with.
        or_longer: leave a sight that was granted for longer as it is.
    """
    permission = Permission.objects.get(codename="see_task", content_type__app_label="workflow")
    row: TaskUserPermission | None = None
    if or_longer:
        row = TaskUserPermission.objects.filter(user=user, permission=permission, content_object=task, expires_at__gt=until).first()
    if row is not None:
        return row
    row, _created = TaskUserPermission.objects.update_or_create(
        user=user, permission=permission, content_object=task, defaults={"expires_at": until, "reason": reason}
    )
    return row


def link_line(task: Task) -> list[Participation]:
    """Return the unsaved link rows of the task's issuer and of the agencies above it in the line that issued it."""
    line: list[int] = []
    if task.plan is not None and task.plan.issuer_id != task.issuer_id:
        line.append(task.plan.issuer_id)
    if task.parent_id is not None:
        above = Participation.objects.filter(task_id=task.parent_id, tie__in=[Tie.ISSUER, Tie.ABOVE]).order_by("pk")
        line.extend(above.values_list("agency_id", flat=True))
    rows = [_link(task, task.issuer_id, Tie.ISSUER)]
    rows.extend(_link(task, agency_id, Tie.ABOVE) for agency_id in dict.fromkeys(line) if agency_id != task.issuer_id)
    return rows


def link_part(assignment: Assignment) -> Participation:
    """Return the unsaved link row of an assignment."""
    row = _link(assignment.task, assignment.agency_id, Tie.LEAD if assignment.is_lead else Tie.SUPPORT)
    row.assignment, row.assignment_state, row.due_on = assignment, assignment.state, assignment.due_on
    return row


def _link(task: Task, agency_id: int, tie: Tie) -> Participation:
    return Participation(task=task, agency_id=agency_id, tie=tie, plan_id=task.plan_id, task_state=task.state, due_on=task.due_on)


def follow_issuer(task_ids: Collection[int], predecessor_id: int, successor_id: int) -> None:
    """Let link rows follow when the issuer of tasks was succeeded: its own, and those above tasks that came of these.

    With them go drafts of papers, which its coordinators alone see: what waits for a signature is the successor's to sign.
    """
    ids = list(task_ids)
    heir = Agency.objects.get(pk=successor_id)
    Notice.objects.filter(task__in=ids, issuer=predecessor_id, state=NoticeState.DRAFT).update(issuer=heir, issuer_name=heir.name)
    Participation.objects.filter(task__in=ids, agency=successor_id, tie=Tie.ABOVE).delete()
    Participation.objects.filter(task__in=ids, agency=predecessor_id, tie=Tie.ISSUER).update(agency=successor_id)
    below: set[int] = set()
    level = ids
    while level:
        level = list(Task.objects.filter(parent__in=level).exclude(pk__in=below).values_list("pk", flat=True))
        below.update(level)
    if not below:
        return
    above = Participation.objects.filter(task__in=below, agency=predecessor_id, tie=Tie.ABOVE).exclude(plan__issuer=predecessor_id)
    known = Participation.objects.filter(task__in=below, agency=successor_id, tie__in=[Tie.ISSUER, Tie.ABOVE])
    double = set(known.values_list("task_id", flat=True))
    above.filter(task__in=double).delete()
    above.exclude(task__in=double).update(agency=successor_id)


def differences() -> list[str]:
    """Return in words every link row that disagrees with its task or assignment, and every one that is missing or too many."""
    found = [
        f"participation {pk}: task state {copy!r} is {real!r}"
        for pk, copy, real in Participation.objects.exclude(task_state=F("task__state")).values_list("pk", "task_state", "task__state")
    ]
    found += [
        f"participation {pk}: assignment state {copy!r} is {real!r}"
        for pk, copy, real in Participation.objects.filter(assignment__isnull=False)
        .exclude(assignment_state=F("assignment__state"))
        .values_list("pk", "assignment_state", "assignment__state")
    ]
    wrong_due = Q(assignment__isnull=False) & ~Q(due_on=F("assignment__due_on")) & ~Q(due_on=None, assignment__due_on=None)
    wrong_due |= Q(assignment__isnull=True) & ~Q(due_on=F("task__due_on")) & ~Q(due_on=None, task__due_on=None)
    found += [f"participation {pk}: due date differs" for pk in Participation.objects.filter(wrong_due).values_list("pk", flat=True)]
    missing = Assignment.objects.exclude(LOST).filter(participation__isnull=True)
    found += [f"assignment {pk}: no link row" for pk in missing.values_list("pk", flat=True)]
    surplus = Participation.objects.filter(assignment__in=Assignment.objects.filter(LOST).values("pk"))
    found += [f"participation {pk}: its assignment has ended" for pk in surplus.values_list("pk", flat=True)]
    kept = Assignment.objects.filter(state=AssignmentState.WITHDRAWN, taken_back=False, task__state__in=LIVE_TASK_STATES)
    found += [f"assignment {pk}: withdrawn from a task that goes on, and still in sight" for pk in kept.values_list("pk", flat=True)]
    unissued = Task.objects.exclude(pk__in=Participation.objects.filter(tie=Tie.ISSUER).values("task_id"))
    found += [f"task {pk}: no link row of its issuer" for pk in unissued.values_list("pk", flat=True)]
    return found


def rebuild() -> int:
    """Write every link row anew from tasks and assignments; returns how many there are."""
    Participation.objects.all().delete()
    for task in Task.objects.select_related("plan").order_by("pk").iterator(chunk_size=500):
        rows = link_line(task)
        parts = Assignment.objects.filter(task=task).exclude(LOST).order_by("pk")
        for part in parts:
            part.task = task
            rows.append(link_part(part))
        Participation.objects.bulk_create(rows)
    return Participation.objects.count()


def seats_of(people: Collection[int], now: dt.datetime) -> list[tuple[int, int]]:
    """Return who works in which agency at a moment, as a member or as the deputy of one, in two queries; as `Actor.load` judges."""
    today = timezone.localdate(now)
    seated = Membership.objects.filter(in_force(today), in_force(today, "agency__"), user__is_active=True, user__office="")
    lends = seated.filter(user=OuterRef("delegator"), agency=OuterRef("agency"))
    deputies = Delegation.objects.filter(delegations_in_force(now), Exists(lends), delegate_id__in=people, delegate__office="")
    members = seated.filter(user_id__in=people)
    return [*members.values_list("user_id", "agency_id"), *deputies.values_list("delegate_id", "agency_id")]


def sights_of(people: Collection[int], now: dt.datetime) -> set[tuple[int, int]]:
    """Return whose matters each person reads at a moment: those of the agencies they work in, and of all that these came from."""
    seats = seats_of(people, now)
    line = ancestry({agency for _person, agency in seats}, timezone.localdate(now))
    return {(person, one) for person, agency in seats for one in line[agency]}


def may_be_told(people: Collection[int], refs: Collection[str], now: dt.datetime) -> set[tuple[int, str]]:
    """Answer, at the moment of sending, which people may still see which tasks; registered with the outbox for `task:…`.

    The number of queries does not grow with the number of people or tasks.
    """
    tasks = {int(ref.partition(":")[2]): ref for ref in refs}
    seats: dict[int, set[int]] = defaultdict(set)
    for person, agency in sights_of(people, now):
        seats[person].add(agency)
    involved: dict[int, set[int]] = defaultdict(set)
    for task, agency in Participation.objects.filter(task_id__in=tasks).values_list("task_id", "agency_id"):
        involved[task].add(agency)
    told = {(person, ref) for person in people for task, ref in tasks.items() if seats[person] & involved[task]}
    shown = TaskUserPermission.objects.filter(user_id__in=people, content_object_id__in=tasks, expires_at__gt=now, user__is_active=True)
    return told | {(person, tasks[task]) for person, task in shown.values_list("user_id", "content_object_id")}


def may_be_told_all(people: Collection[int], refs: Collection[str], now: dt.datetime) -> set[tuple[int, str]]:
    """Answer which people may still see every task of which a notice of many speaks; registered with the outbox for `tasks:…`."""
    tasks = {ref: {f"task:{key}" for key in ref.partition(":")[2].split(",")} for ref in refs}
    told = may_be_told(people, set().union(*tasks.values()), now)
    return {(person, ref) for person in people for ref, every in tasks.items() if all((person, task) in told for task in every)}


def may_be_told_of_loss(people: Collection[int], refs: Collection[str], now: dt.datetime) -> set[tuple[int, str]]:
    """Answer whom it concerns that a part was withdrawn; registered with the outbox for `lost:…`.

    The agency whose part it was, or its successor, has lost sight of the task, and is told of just that, by the name that it knew.
    """
    parts = {int(ref.partition(":")[2]): ref for ref in refs}
    lost = Assignment.objects.filter(pk__in=parts).values_list("pk", "agency_id")
    seats = sights_of(people, now)
    return {(person, parts[pk]) for pk, agency in lost for person in people if (person, agency) in seats}
