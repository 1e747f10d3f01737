"""What is red: what it is, why, who has it, since when, and what comes next; each from the record, none guessed."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from agencies.actor import Actor
from oversight import sight
from oversight.lights import RUNNING_TASKS, Lights, waiting_for_time
from oversight.scope import Scope
from workflow import policy
from workflow.models import Assignment, HandBack, Participation, Report
from workflow.states import HandBackState, Part, ReportState, TaskState, Tie

SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One red task.

    Attributes:
        title: with the number it has in its plan.
        name: without it, for papers, which count by themselves.
        who: the agencies that are late, leads first.
        since: the first day on which it was late.
        days: calendar days it has been late.
        why: what the late lead has reported of its problems, or what is missing.
        ahead: what it has announced as its next step, or whose move it is.
        forecast_on: when its lead expects to be done; None when it did not say.
        is_announced: whether anything is known to come next; else `ahead` advises the reader what to do.
    """

    task_id: int
    title: str
    name: str
    plan: str
    who: Sequence[str]
    since: dt.date
    days: int
    why: str
    ahead: str
    help_needed: str
    forecast_on: dt.date | None
    percent: int
    may_instruct: bool
    is_announced: bool = True


def red(actor: Actor, *, lights: Lights, now: dt.datetime, plan: str = "", scope: Scope | None = None) -> list[Matter]:
    """Return the tasks that have been red for longest, in a constant number of queries."""
    rows = sight.overseen_tasks(actor, now=now).filter(standing__alarm_on__lt=lights.today)
    if plan:
        rows = rows.filter(plan_id=plan)
    if scope:
        rows = rows.filter(scope.of_tasks())
    first = list(
        rows.order_by("standing__alarm_on", "pk").values(
            "pk", "number", "title", "state", "percent", alarm_on=F("standing__alarm_on"), plan_title=F("plan__title")
        )[:SHOWN]
    )
    tasks = [row["pk"] for row in first]
    late = _late_parts(tasks, lights.today)
    words = _words(actor, [part for parts in late.values() for part, _name, _state in parts])
    disputed = set(
        HandBack.objects.filter(assignment__task__in=tasks, state=HandBackState.RAISED).values_list("assignment__task_id", flat=True)
    )
    instructed = to_instruct(actor, tasks)
    found = []
    for row in first:
        parts = late[row["pk"]]
        report = next((words[part] for part, _name, _state in parts if part in words), None)
        ahead = _ahead(report, row["state"], is_disputed=row["pk"] in disputed)
        found.append(
            Matter(
                task_id=row["pk"],
                title=f"{row['number']} {row['title']}".strip(),
                name=row["title"],
                plan=row["plan_title"] or "",
                who=[name for _part, name, _state in parts],
                since=row["alarm_on"] + dt.timedelta(days=1),
                days=(lights.today - row["alarm_on"]).days,
                why=str(_why(report, [state for _part, _name, state in parts])),
                ahead=str(ahead or _("No next step is announced: press, or write an instruction.")),
                is_announced=bool(ahead),
                help_needed=report["help_needed"] if report else "",
                forecast_on=report["forecast_on"] if report else None,
                percent=row["percent"],
                may_instruct=row["pk"] in instructed,
            )
        )
    return found


def to_instruct(actor: Actor, tasks: Sequence[int]) -> set[int]:
    """Return the tasks on which the actor may write an instruction, as `policy.may_instruct` answers for one."""
    seats = actor.agencies_where("instruct")
    if not seats:
        return set()
    ties = Participation.objects.filter(task__in=tasks, agency__in=seats, tie__in=[Tie.ISSUER, Tie.ABOVE])
    return set(ties.values_list("task_id", flat=True))


def _late_parts(tasks: Sequence[int], today: dt.date) -> dict[int, list[tuple[int, str, str]]]:
    """Return, by task, the late parts: key, name of the agency, state; leads first."""
    condition = Q(due_on__lt=today, state__in=["pending", "accepted"], task__state__in=RUNNING_TASKS)
    waiting = Exists(waiting_for_time().filter(assignment_id=OuterRef("pk")))
    rows = Assignment.objects.filter(condition, ~waiting, task__in=tasks)
    found: dict[int, list[tuple[int, str, str]]] = defaultdict(list)
    for row in rows.order_by("part", "rank", "pk").values("pk", "task_id", "part", "state", name=F("agency__short_name")):
        if row["part"] == Part.LEAD or not any(True for _one in found[row["task_id"]]):
            found[row["task_id"]].append((row["pk"], row["name"], row["state"]))
    return found


def _words(actor: Actor, parts: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return the last report of each part that has left its agency, of those that the actor reads and not only the figures of."""
    rows = Report.objects.filter(assignment__in=parts, state__in=[ReportState.SUBMITTED, ReportState.ACCEPTED])
    rows = rows.exclude(policy.unreadable_above(actor, "assignment__task__"))
    columns = ("assignment_id", "problems", "help_needed", "next_steps", "forecast_on", "done")
    return {row["assignment_id"]: dict(row) for row in rows.order_by("submitted_at", "pk").values(*columns)}


def _why(report: dict[str, Any] | None, states: Sequence[str]) -> str | Promise:
    if report and report["problems"]:
        return str(report["problems"])
    if not states:
        return _("Every part is declared done; the sign-off is late.")
    if "pending" in states:
        return _("Not even signed for.")
    return _("The last report names no problem.") if report else _("Nothing has been reported.")


def _ahead(report: dict[str, Any] | None, state: str, *, is_disputed: bool) -> str | Promise:
    if is_disputed:
        return _("A hand-back waits for the coordinator's ruling.")
    if state == TaskState.CLOSING:
        return _("The sign-off waits for the coordinator.")
    return str(report["next_steps"]) if report else ""
