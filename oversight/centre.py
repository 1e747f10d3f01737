"""The supervision centre 督办中心: what waits for a coordinator's hand, each row with what can be done about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.actor import Actor
from agencies.listing import listed
from oversight import counts
from oversight.counts import Counts
from oversight.filters import ledger_url, overdue, stalled, unsigned
from workflow.models import Assignment, Extension, HandBack, Report, SignOff
from workflow.states import (
    ENDED_ASSIGNMENT_STATES,
    AssignmentState,
    ExtensionState,
    HandBackState,
    Part,
    ReportState,
    SignOffState,
    TaskState,
)

UNSIGNED_DAYS = 3
"""After how many days an unsigned part is shown."""

DECISIONS = frozenset({"hand_back", "extension", "sign_off", "report"})
"""Queues of decisions, worked one after another."""

MOVED, REQUESTED, DUE = gettext_lazy("Last movement"), gettext_lazy("Requested on"), gettext_lazy("Due on")
"""What the two days of a row are called in most queues."""

NAMED = 3
"""How many agencies are named before they are only counted."""

GATHERED = 8
"""How many parts are looked at for each task that is shown."""

STALLED_DAYS = 30
"""After how many days without movement a part in hand is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """One row of a queue.

    Attributes:
        subject: what the acts are done to, `task`, `assignment` or `report`.
        subject_id: its primary key.
        acts: names of the catalog's acts that answer it.
        part_id: the part that can be pressed; 0 for none.
    """

    task_id: int
    title: str
    agency: str
    due_on: dt.date | None
    since: dt.date | None
    note: str
    subject: str
    subject_id: int
    acts: tuple[str, ...]
    part_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What waits for one reason."""

    name: str
    label: str | Promise
    advice: str | Promise
    count: int = 0
    rows: Sequence[QueueRow] = ()
    url: str = ""
    since_label: str | Promise = MOVED
    due_label: str | Promise = DUE


def _issued(actor: Actor, prefix: str) -> Q:
    """Return the condition that a task is one that the actor coordinates."""
    return Q(**{f"{prefix}issuer_id__in": actor.agencies_where("coordinate")})


def queues(
    actor: Actor,
    *,
    now: dt.datetime,
    shown: int,
    gathered: bool = False,
    unsigned_days: int = UNSIGNED_DAYS,
    stalled_days: int = STALLED_DAYS,
) -> list[Queue]:
    """Return the queues of a coordinator, decisions first.

    Args:
        actor: coordinates somewhere.
        now: the moment.
        shown: rows of each queue.
        gathered: whether parts that can be pressed stand as one row a task.
        unsigned_days: after how many days an unsigned part counts.
        stalled_days: after how many days without movement a part counts.
    """
    parts = Assignment.objects.filter(_issued(actor, "task__")).exclude(state__in=list(ENDED_ASSIGNMENT_STATES))
    today = timezone.localdate(now)
    base = {"rows": "parts", "scope": "issued"}
    late = Queue(
        name="overdue",
        label=gettext_lazy("Overdue"),
        advice=gettext_lazy("The due date has passed and the part is not done."),
        url=ledger_url(**base, overdue="on"),
    )
    not_signed = Queue(
        name="unsigned",
        label=gettext_lazy("Not signed for"),
        advice=gettext_lazy("Assigned days ago and still not signed for."),
        since_label=gettext_lazy("Dispatched on"),
        url=ledger_url(**base, unsigned=unsigned_days),
    )
    standing = Queue(
        name="stalled",
        label=gettext_lazy("Stalled"),
        advice=gettext_lazy("In hand, without any movement for weeks."),
        url=ledger_url(**base, stalled=stalled_days),
    )
    waiting = [
        (late, overdue(today), "due_on"),
        (not_signed, unsigned(now, unsigned_days), "assigned_at"),
        (standing, stalled(now, stalled_days), "moved_at"),
    ]
    counted = _counted(actor, today, unsigned_days, stalled_days)
    found = _decisions(actor, shown, counted)
    for queue, condition, first in waiting:
        rows = parts.filter(condition).order_by(first, "pk")
        listed = by_task(rows, first, shown) if gathered else _pressable(queue.name, rows, shown)
        found.append(replace(queue, count=counted[queue.name], rows=listed if counted[queue.name] else ()))
    return found


def _counted(actor: Actor, today: dt.date, unsigned_days: int, stalled_days: int) -> dict[str, int]:
    """Return how long each queue is, from the counters, in three statements."""
    kept = Counts(actor, issued=True)
    queues = {row["state"]: row["total"] for row in kept.sums("queue", "state")}
    waits = kept.several(
        "wait",
        unsigned=counts.waiting(AssignmentState.PENDING, today, unsigned_days),
        stalled=counts.waiting(AssignmentState.ACCEPTED, today, stalled_days),
    )
    return {
        **{name: queues.get(name, 0) for name in ("hand_back", "extension", "sign_off")},
        "report": queues.get("report_waiting", 0),
        "overdue": kept.total("due", where=counts.late(today)),
        "unsigned": waits[0]["unsigned"] if waits else 0,
        "stalled": waits[0]["stalled"] if waits else 0,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """Where a queue of decisions is read from, and what answers it."""

    name: str
    label: str | Promise
    advice: str | Promise
    acts: tuple[str, ...]
    note: str
    due: str
    since: str
    subject: str = "assignment"
    since_label: str | Promise = REQUESTED
    due_label: str | Promise = DUE


HAND_BACKS = _Kind(
    name="hand_back",
    label=gettext_lazy("Hand-backs to rule on"),
    advice=gettext_lazy("An agency says the task is not its own; the clock stands still."),
    acts=("uphold", "reroute"),
    note="reason",
    due="rule_by",
    since="raised_at",
    since_label=gettext_lazy("Handed back on"),
    due_label=gettext_lazy("To be ruled on by"),
)
EXTENSIONS = _Kind(
    name="extension",
    label=gettext_lazy("Requests for more time"),
    advice=gettext_lazy("The clock stands still until it is decided."),
    acts=("grant_extension", "refuse_extension"),
    note="reason",
    due="asked_for",
    since="requested_at",
    due_label=gettext_lazy("Asked for"),
)
REPORTS = _Kind(
    name="report",
    label=gettext_lazy("Reports to accept"),
    advice=gettext_lazy("Submitted by the agencies; accept them or ask for more."),
    acts=("accept_report", "return_report"),
    note="done",
    due="due_on",
    since="submitted_at",
    subject="report",
    since_label=gettext_lazy("Submitted on"),
    due_label=gettext_lazy("Report due on"),
)


def decisions(actor: Actor, *, now: dt.datetime, shown: int) -> list[Queue]:
    """Return the queues of decisions alone, with so many rows of each."""
    return _decisions(actor, shown, _counted(actor, timezone.localdate(now), UNSIGNED_DAYS, STALLED_DAYS))


def _decisions(actor: Actor, shown: int, counted: Mapping[str, int]) -> list[Queue]:
    issued = _issued(actor, "assignment__task__")
    closing = SignOff.objects.filter(_issued(actor, "task__"), state__in=[SignOffState.COLLECTING, SignOffState.UNDER_REVIEW])
    found = [
        _decision(HAND_BACKS, HandBack.objects.filter(issued, state=HandBackState.RAISED).order_by("rule_by", "pk"), shown),
        _decision(EXTENSIONS, Extension.objects.filter(issued, state=ExtensionState.REQUESTED).order_by("due_before", "pk"), shown),
        _sign_offs(closing.order_by("requested_at", "pk"), shown),
        _decision(REPORTS, Report.objects.filter(issued, state=ReportState.SUBMITTED).order_by("submitted_at", "pk"), shown),
    ]
    return [replace(queue, count=counted[queue.name]) for queue in found]


def _decision(kind: _Kind, rows: QuerySet[Any], shown: int) -> Queue:
    first = rows[:shown].values(
        "pk",
        "assignment_id",
        *{kind.note, kind.due, kind.since},
        task_id=F("assignment__task_id"),
        title=F("assignment__task__title"),
        agency=F("assignment__agency__short_name"),
    )
    found = [
        QueueRow(
            task_id=row["task_id"],
            title=row["title"],
            agency=row["agency"],
            due_on=row[kind.due],
            since=timezone.localdate(row[kind.since]),
            note=row[kind.note],
            subject=kind.subject,
            subject_id=row["pk"] if kind.subject == "report" else row["assignment_id"],
            acts=kind.acts,
        )
        for row in first
    ]
    queue = Queue(name=kind.name, label=kind.label, advice=kind.advice, rows=found)
    return replace(queue, since_label=kind.since_label, due_label=kind.due_label)


def _sign_offs(rows: QuerySet[SignOff], shown: int) -> Queue:
    leads = Assignment.objects.filter(task_id=OuterRef("task_id"), part=Part.LEAD).exclude(state__in=list(ENDED_ASSIGNMENT_STATES))
    lead = leads.order_by("rank", "pk").values("agency__short_name")[:1]
    first = rows[:shown].values(
        "state", "summary", "requested_at", "task_id", title=F("task__title"), due_on=F("task__due_on"), agency=Subquery(lead)
    )
    found = [
        QueueRow(
            task_id=row["task_id"],
            title=row["title"],
            agency=row["agency"] or "",
            due_on=row["due_on"],
            since=timezone.localdate(row["requested_at"]),
            note=_("%(state)s: %(summary)s") % {"state": SignOffState(row["state"]).label, "summary": row["summary"]},
            subject="task",
            subject_id=row["task_id"],
            acts=("sign_off", "return_sign_off") if row["state"] == SignOffState.UNDER_REVIEW else ("submit_sign_off",),
        )
        for row in first
    ]
    return Queue(
        name="sign_off", label=gettext_lazy("Tasks to sign off"), advice=gettext_lazy("The leads have declared them done."),
        rows=found, url=ledger_url(scope="issued", state=TaskState.CLOSING.value), since_label=REQUESTED,
    )  # fmt: skip


def by_task(rows: QuerySet[Assignment], key: str, shown: int) -> list[QueueRow]:
    """Return parts gathered by task, one row a task with the agencies it concerns, those first in a key first, in two queries.

    Args:
        rows: parts.
        key: the column by which they wait.
        shown: how many tasks.
    """
    ahead = rows.order_by(key, "pk").values_list("task_id", flat=True)[: shown * GATHERED]
    wanted = list(dict.fromkeys(ahead))[:shown]
    found: dict[int, list[dict[str, Any]]] = {task_id: [] for task_id in wanted}
    columns = ("task_id", "due_on", "moved_at", "agency__short_name")
    for row in rows.filter(task_id__in=wanted).order_by("part", "rank", "pk").values(*columns, title=F("task__title")):
        found[row["task_id"]].append(row)
    return [
        QueueRow(
            task_id=task_id,
            title=parts[0]["title"],
            agency=some_names([part["agency__short_name"] for part in parts]),
            due_on=min((part["due_on"] for part in parts if part["due_on"]), default=None),
            since=timezone.localdate(min(part["moved_at"] for part in parts)),
            note="",
            subject="task",
            subject_id=task_id,
            acts=(),
        )
        for task_id, parts in found.items()
        if parts
    ]


def some_names(names: Sequence[str]) -> str:
    """Return the first names, and how many there are in all."""
    if len(names) <= NAMED:
        return listed(names)
    return _("%(names)s and others, %(count)d agencies") % {"names": listed(names[:NAMED]), "count": len(names)}


def _pressable(queue: str, rows: QuerySet[Assignment], shown: int) -> list[QueueRow]:
    """Return the first rows of a queue, each of which can be pressed."""
    columns = ("pk", "task_id", "due_on", "assigned_at", "moved_at", "state")
    first = rows[:shown].values(*columns, title=F("task__title"), agency_name=F("agency__short_name"))
    return [
        QueueRow(
            task_id=row["task_id"],
            title=row["title"],
            agency=row["agency_name"],
            due_on=row["due_on"],
            since=timezone.localdate(row["assigned_at"] if queue == "unsigned" else row["moved_at"]),
            note=str(AssignmentState(row["state"]).label),
            subject="assignment",
            subject_id=row["pk"],
            acts=("press",),
            part_id=row["pk"],
        )
        for row in first
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class FanOut:
    """How the agencies of one group stand in one task, side by side."""

    task_id: int
    title: str
    group: str
    total: int
    signed: int
    reported: int
    done: int
    late: int

    @property
    def sentence(self) -> str:
        """Return it in one line: 17/21 signed for, 15/21 reported, 2 overdue."""
        counts = {"signed": self.signed, "reported": self.reported, "total": self.total, "late": self.late}
        if not self.late:
            return _("%(signed)d/%(total)d signed for, %(reported)d/%(total)d reported") % counts
        return _("%(signed)d/%(total)d signed for, %(reported)d/%(total)d reported, %(late)d overdue") % counts


def fan_outs(actor: Actor, *, now: dt.datetime, shown: int) -> list[FanOut]:
    """Return the groups that tasks under way went to, those with the most to sign for first, in one query."""
    reported = Report.objects.filter(state__in=[ReportState.SUBMITTED, ReportState.ACCEPTED]).values("assignment_id")
    signed = Q(signed_at__isnull=False)
    rows = (
        Assignment.objects.filter(_issued(actor, "task__"), group__isnull=False, task__state__in=[TaskState.DISPATCHED, TaskState.CLOSING])
        .exclude(state__in=list(ENDED_ASSIGNMENT_STATES))
        .values("task_id", "group_id", title=F("task__title"), group_name=F("group__name"))
        .annotate(
            total=Count("pk"),
            signed=Count("pk", filter=signed),
            reported=Count("pk", filter=Q(pk__in=reported)),
            done=Count("pk", filter=Q(state__in=[AssignmentState.DECLARED, AssignmentState.CONFIRMED])),
            late=Count("pk", filter=overdue(timezone.localdate(now))),
        )
        .annotate(unsigned=F("total") - F("signed"))
        .order_by("-late", "-unsigned", "task_id", "group_id")[:shown]
    )
    return [
        FanOut(
            task_id=row["task_id"], title=row["title"], group=row["group_name"], total=row["total"], signed=row["signed"],
            reported=row["reported"], done=row["done"], late=row["late"],
        )
        for row in rows
    ]  # fmt: skip
