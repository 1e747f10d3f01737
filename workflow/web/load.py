"""What pages fetch: always as the actor may see it, and in a number of queries that does not grow with what is shown."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Avg, Count, Prefetch, Q, QuerySet

from agencies.actor import Actor
from agencies.refusals import NotYours, require
from workflow import policy
from workflow.catalog import Subject, SubjectRow
from workflow.models import (
    Answer,
    Assignment,
    Comment,
    Contribution,
    CoSignature,
    Evidence,
    Extension,
    HandBack,
    Instruction,
    Material,
    Receiver,
    RecheckItem,
    Report,
    SignOff,
    Suspension,
    Task,
    Verification,
    WorkPlan,
    WorkPlanFile,
)
from workflow.states import LIVE_TASK_STATES, TaskState


def whole_task(actor: Actor, task_id: int, *, now: dt.datetime) -> Task:
    """Return a task with everything its page shows and its acts ask for.

    Raises:
        NotYours: there is none that the actor may see.
    """
    found = _whole(Task.objects.visible_to(actor, now=now)).filter(pk=task_id).first()
    if found is None:
        raise NotYours
    return found


def subject(actor: Actor, kind: Subject, pk: int, *, now: dt.datetime) -> SubjectRow:
    """Return what an act is done to, out of its whole task, so that every question about it is answered from memory.

    Raises:
        NotYours: there is none that the actor may see.
    """
    if kind == Subject.TASK:
        return whole_task(actor, pk, now=now)
    if kind == Subject.ASSIGNMENT:
        task_id = Assignment.objects.filter(pk=pk).values_list("task_id", flat=True).first()
        return part_of(whole_task(actor, task_id or 0, now=now), pk)
    if kind == Subject.CONTRIBUTION:
        return contribution(actor, pk, now=now)
    if kind == Subject.ANSWER:
        return answer(actor, pk, now=now)
    if kind == Subject.WORKPLAN:
        return work_plan(actor, pk, now=now)
    return report(actor, pk, now=now)


def answer(actor: Actor, pk: int, *, now: dt.datetime) -> Answer:
    """Return the answer that a lead owes on an instruction, out of its whole task.

    Raises:
        NotYours: the task cannot be seen by the actor.
    """
    task_id = Answer.objects.filter(pk=pk).values_list("assignment__task_id", flat=True).first()
    task = whole_task(actor, task_id or 0, now=now)
    for instruction in task.instructions.all():
        for row in instruction.answers.all():
            if row.pk == pk:
                return place(task, instruction, row)
    raise NotYours


def place(task: Task, instruction: Instruction, row: Answer) -> Answer:
    """Return an answer with its part and instruction as loaded with the task."""
    instruction.task = task
    row.instruction = instruction
    row.assignment = part_of(task, row.assignment_id)
    return row


def contribution(actor: Actor, pk: int, *, now: dt.datetime) -> Contribution:
    """Return a supporter's contribution out of its whole task.

    Raises:
        NotYours: the task cannot be seen by the actor.
    """
    task_id = Contribution.objects.filter(pk=pk).values_list("assignment__task_id", flat=True).first()
    task = whole_task(actor, task_id or 0, now=now)
    for part in task.assignments.all():
        for row in part.contributions.all():
            if row.pk == pk:
                row.assignment = part
                return row
    raise NotYours


def work_plan(actor: Actor, pk: int, *, now: dt.datetime) -> WorkPlan:
    """Return a lead's plan out of its whole task.

    Raises:
        NotYours: the task cannot be seen by the actor.
    """
    task_id = WorkPlan.objects.filter(pk=pk).values_list("assignment__task_id", flat=True).first()
    task = whole_task(actor, task_id or 0, now=now)
    found = next((row for part in task.assignments.all() for row in part.work_plans.all() if row.pk == pk), None)
    if found is None:
        raise NotYours
    return found


def report(actor: Actor, pk: int, *, now: dt.datetime) -> Report:
    """Return a report out of its whole task.

    Raises:
        NotYours: the task cannot be seen by the actor.
    """
    task_id = Report.objects.filter(pk=pk).values_list("assignment__task_id", flat=True).first()
    task = whole_task(actor, task_id or 0, now=now)
    found = next((row for part in task.assignments.all() for row in part.reports.all() if row.pk == pk), None)
    if found is None:
        raise NotYours
    return found


def comment(actor: Actor, pk: int, *, now: dt.datetime) -> Comment:
    """Return what was said about a task that the actor sees, as far as the actor may read it.

    Raises:
        NotYours: there is none.
    """
    seen = Comment.objects.readable_by(actor.agency_ids).filter(task__in=Task.objects.visible_to(actor, now=now))
    row = seen.select_related("task").filter(pk=pk).first()
    if row is None:
        raise NotYours
    return row


def evidence(actor: Actor, pk: int, *, now: dt.datetime) -> Evidence:
    """Return a file of evidence that the actor may open.

    Raises:
        NotYours: its task cannot be seen by the actor.
        Forbidden: its report has not left the agency yet.
    """
    row = (
        Evidence.objects.select_related("report__assignment__agency", "report__assignment__task__issuer")
        .filter(pk=pk, report__assignment__task__in=Task.objects.visible_to(actor, now=now))
        .first()
    )
    if row is None:
        raise NotYours
    require(policy.may_read_report(actor, row.report))
    return row


def material(actor: Actor, pk: int, *, now: dt.datetime) -> Material:
    """Return a file of a contribution that the actor may open.

    Raises:
        NotYours: its task cannot be seen by the actor.
        Forbidden: the contribution has not been sent yet.
    """
    row = (
        Material.objects.select_related("contribution__assignment__agency", "contribution__assignment__task__issuer")
        .filter(pk=pk, contribution__assignment__task__in=Task.objects.visible_to(actor, now=now))
        .first()
    )
    if row is None:
        raise NotYours
    require(policy.may_read_contribution(actor, row.contribution))
    return row


def plan_file(actor: Actor, pk: int, *, now: dt.datetime) -> WorkPlanFile:
    """Return a file of a lead's plan that the actor may open.

    Raises:
        NotYours: its task cannot be seen by the actor.
        Forbidden: the plan has not been put on record yet.
    """
    files = WorkPlanFile.objects.select_related("work_plan__assignment__agency", "work_plan__assignment__task__issuer")
    row = files.filter(pk=pk, work_plan__assignment__task__in=Task.objects.visible_to(actor, now=now)).first()
    if row is None:
        raise NotYours
    require(policy.may_read_work_plan(actor, row.work_plan))
    return row


FAMILY = 20
"""How many tasks that came of another one its page lists."""


def family(actor: Actor, task: Task, *, now: dt.datetime) -> tuple[Task | None, list[Task]]:
    """Return the task that one came of and those that came of it, as far as the actor may see them."""
    related = Task.objects.visible_to(actor, now=now).filter(Q(pk=task.parent_id) | Q(parent=task)).order_by("pk")[: FAMILY + 1]
    found = {row.pk: row for row in related}
    parent = found.pop(task.parent_id, None) if task.parent_id is not None else None
    return parent, list(found.values())


@dataclass(frozen=True, slots=True)
class OwnTasks:
    """The figures of the tasks into which an agency has decomposed its part: what everybody who sees the part sees."""

    agency: str
    all: int
    closed: int
    late: int
    mean: int


def own_tasks(task: Task, today: dt.date) -> list[OwnTasks]:
    """Return the figures of the tasks that came of one, by the agency that issued them; drafts and terminated ones do not count."""
    late = Q(due_on__lt=today, state__in=LIVE_TASK_STATES)
    rows = (
        Task.objects.filter(parent=task).exclude(state__in=[TaskState.DRAFT, TaskState.TERMINATED]).order_by("issuer__position", "issuer")
    )
    counted = rows.values("issuer", "issuer__short_name").annotate(
        number=Count("pk"), closed=Count("pk", filter=Q(state=TaskState.CLOSED)), late=Count("pk", filter=late), mean=Avg("percent")
    )
    return [OwnTasks(row["issuer__short_name"], row["number"], row["closed"], row["late"], round(row["mean"] or 0)) for row in counted]


def part_of(task: Task, pk: int) -> Assignment:
    """Return one of a whole task's parts.

    Raises:
        NotYours: it has no such part.
    """
    found = next((part for part in task.assignments.all() if part.pk == pk), None)
    if found is None:
        raise NotYours
    return found


def _whole(tasks: QuerySet[Task]) -> QuerySet[Task]:
    reports = Report.objects.select_related("author", "reviewer").prefetch_related("evidence")
    contributions = Contribution.objects.select_related("author", "reviewer").prefetch_related("files")
    plans = WorkPlan.objects.select_related("author", "reviewer").prefetch_related("steps", "files")
    hand_backs = HandBack.objects.select_related("suggested", "rerouted_to", "raised_by", "decided_by")
    parts = (
        Assignment.objects.select_related("agency", "group", "officer")
        .order_by("part", "rank", "pk")
        .prefetch_related(
            Prefetch("reports", reports.order_by("-period_end", "-pk")),
            Prefetch("contributions", contributions.order_by("-period_end", "-pk")),
            Prefetch("work_plans", plans.order_by("-pk")),
            Prefetch("extensions", Extension.objects.select_related("requested_by", "decided_by")),
            Prefetch("hand_backs", hand_backs.prefetch_related("meetings__recorded_by")),
        )
    )
    answers = CoSignature.objects.select_related("assignment__agency", "signed_by").order_by("assignment__part", "assignment__rank", "pk")
    rounds = SignOff.objects.select_related("requested_by", "decided_by").prefetch_related(
        Prefetch("co_signatures", answers), Prefetch("verifications", Verification.objects.select_related("verifier"))
    )
    given = Answer.objects.select_related("given_by", "judged_by")
    return tasks.select_related("plan", "measure__section", "issuer").prefetch_related(
        Prefetch("assignments", parts),
        Prefetch("sign_offs", rounds.order_by("-round")),
        Prefetch("receivers", Receiver.objects.select_related("agency", "group").order_by("part", "rank", "pk")),
        Prefetch("instructions", Instruction.objects.select_related("written_by").prefetch_related(Prefetch("answers", given))),
        Prefetch("recheck_items", RecheckItem.objects.select_related("recheck", "checked_by")),
        "stages",
        "participations",
        Prefetch("suspensions", Suspension.objects.select_related("suspended_by").order_by("-starts_at")),
    )
