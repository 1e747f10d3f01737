"""What each person owes 待办, by kind: to sign for, to report, to review, to co-sign, to decide; the same for the page and the API.

A kind is a query of three columns (kind, due day, key), so that all of them together are one union, sorted by the day they are
due; the rows of one page are then read kind by kind. Nothing here depends on how much is stored.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from django.db.models import Count, DateField, Exists, IntegerField, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.actor import Actor
from workflow.models import (
    Answer,
    Assignment,
    Contribution,
    CoSignature,
    Extension,
    HandBack,
    Participation,
    Report,
    SignOff,
    Task,
    Verification,
    WorkPlan,
)
from workflow.states import (
    LIVE_TASK_STATES,
    OPEN_WORK_PLAN_STATES,
    AnswerState,
    AssignmentState,
    ContributionState,
    Finding,
    ReportState,
    SignOffState,
    TaskState,
    Tie,
    Verdict,
    WorkPlanState,
)

FAR = dt.date(9999, 12, 31)
"""Stands for "no due date", so that what has none comes last."""


class Duty(IntEnum):
    """The kinds of what is owed; the number orders them within a day."""

    SIGN_FOR = 1
    REPORT = 2
    REVIEW = 3
    CO_SIGN = 4
    RULE = 5
    EXTENSION = 6
    SIGN_OFF = 7
    JUDGE = 8
    CONTRIBUTE = 9
    REVIEW_CONTRIBUTION = 10
    ANSWER = 11
    CLOSE_ANSWER = 12
    VERIFY = 13
    PLAN = 14
    REVIEW_PLAN = 15
    BEGIN_PLAN = 16


LABELS: dict[Duty, str | Promise] = {
    Duty.SIGN_FOR: _("To sign for"),
    Duty.REPORT: _("To report"),
    Duty.REVIEW: _("To review"),
    Duty.CO_SIGN: _("To co-sign"),
    Duty.RULE: _("Hand-backs to rule on"),
    Duty.EXTENSION: _("Requests for more time"),
    Duty.SIGN_OFF: _("Sign-offs to decide"),
    Duty.JUDGE: _("Reports to accept"),
    Duty.CONTRIBUTE: _("To contribute"),
    Duty.REVIEW_CONTRIBUTION: _("Contributions to review"),
    Duty.ANSWER: _("Instructions to answer"),
    Duty.CLOSE_ANSWER: _("Answers to close"),
    Duty.VERIFY: _("To verify from outside"),
    Duty.PLAN: _("Work plans to finish"),
    Duty.REVIEW_PLAN: _("Work plans to review"),
    Duty.BEGIN_PLAN: _("Work plans to draw up"),
}


@dataclass(frozen=True, slots=True)
class Source:
    """Where the duties of a kind come from.

    Attributes:
        holds: the permission that makes them somebody's; empty for what is asked of a person, whatever they hold.
        rows: those of some agencies, or of one person.
        due: the column of the day; the first of them that has one.
        load: what is read with the rows of a page.
        task: the way from a row to its task.
    """

    holds: str
    rows: Callable[[frozenset[int]], QuerySet[Any]]
    due: str | tuple[str, ...]
    load: tuple[str, ...]
    task: str = "assignment__task__"

    @property
    def days(self) -> tuple[str, ...]:
        """Return the columns of the day, in the order in which they are asked."""
        return (self.due,) if isinstance(self.due, str) else self.due

    def owners(self, actor: Actor) -> frozenset[int]:
        """Return whose rows are the actor's: agencies, or the person."""
        if self.holds:
            return actor.agencies_where(self.holds)
        return frozenset() if actor.user_id is None else frozenset({actor.user_id})


def _to_sign(agencies: frozenset[int]) -> QuerySet[Any]:
    return Assignment.objects.filter(
        pk__in=Participation.objects.filter(
            agency_id__in=agencies, assignment_state=AssignmentState.PENDING, task_state=TaskState.DISPATCHED
        ).values("assignment_id")
    )


def _under_way(agencies: frozenset[int]) -> QuerySet[Any]:
    return Report.objects.filter(
        assignment__in=Participation.objects.filter(
            agency_id__in=agencies, assignment_state=AssignmentState.ACCEPTED, task_state=TaskState.DISPATCHED
        ).values("assignment_id")
    )


def _to_report(agencies: frozenset[int]) -> QuerySet[Any]:
    return _under_way(agencies).filter(state__in=[ReportState.DUE, ReportState.DRAFT, ReportState.RETURNED])


def _to_review(agencies: frozenset[int]) -> QuerySet[Any]:
    return _under_way(agencies).filter(state=ReportState.AGENCY_REVIEW)


def _contributions(agencies: frozenset[int], *states: ContributionState) -> QuerySet[Any]:
    own = Participation.objects.filter(
        agency_id__in=agencies,
        tie=Tie.SUPPORT,
        assignment_state__in=[AssignmentState.ACCEPTED, AssignmentState.DECLARED],
        task_state=TaskState.DISPATCHED,
    )
    return Contribution.objects.filter(assignment__in=own.values("assignment_id"), state__in=states)


def _to_contribute(agencies: frozenset[int]) -> QuerySet[Any]:
    return _contributions(agencies, ContributionState.ASKED, ContributionState.DRAFT, ContributionState.RETURNED)


def _to_review_contribution(agencies: frozenset[int]) -> QuerySet[Any]:
    return _contributions(agencies, ContributionState.AGENCY_REVIEW)


def _plans(agencies: frozenset[int], state: WorkPlanState) -> QuerySet[Any]:
    own = Participation.objects.filter(
        agency_id__in=agencies, tie=Tie.LEAD, assignment_state=AssignmentState.ACCEPTED, task_state=TaskState.DISPATCHED
    )
    return WorkPlan.objects.filter(assignment__in=own.values("assignment_id"), state=state)


def _to_plan(agencies: frozenset[int]) -> QuerySet[Any]:
    return _plans(agencies, WorkPlanState.DRAFT)


def _to_review_plan(agencies: frozenset[int]) -> QuerySet[Any]:
    return _plans(agencies, WorkPlanState.AGENCY_REVIEW)


def _to_begin_plan(agencies: frozenset[int]) -> QuerySet[Any]:
    """Return the parts of leads of whom the rules ask a plan of their own, that have none on record and are writing none."""
    own = Participation.objects.filter(
        agency_id__in=agencies, tie=Tie.LEAD, assignment_state=AssignmentState.ACCEPTED, task_state=TaskState.DISPATCHED
    )
    written = WorkPlan.objects.filter(assignment=OuterRef("pk"), state__in=OPEN_WORK_PLAN_STATES)
    return Assignment.objects.filter(~Exists(written), pk__in=own.values("assignment_id"), plan_due_on__isnull=False)


def _to_answer(agencies: frozenset[int]) -> QuerySet[Any]:
    own = Participation.objects.filter(agency_id__in=agencies, tie=Tie.LEAD, task_state__in=LIVE_TASK_STATES)
    return Answer.objects.filter(assignment__in=own.values("assignment_id"), state__in=[AnswerState.OWED, AnswerState.RETURNED])


def _to_close_answer(agencies: frozenset[int]) -> QuerySet[Any]:
    return Answer.objects.filter(state=AnswerState.GIVEN, assignment__task__issuer__in=agencies)


def _to_co_sign(agencies: frozenset[int]) -> QuerySet[Any]:
    return CoSignature.objects.filter(
        verdict=Verdict.WAITING,
        sign_off__state=SignOffState.COLLECTING,
        assignment__in=Participation.objects.filter(
            agency_id__in=agencies, task_state=TaskState.CLOSING, tie__in=[Tie.LEAD, Tie.SUPPORT]
        ).values("assignment_id"),
    )


def _issued(path: str, agencies: frozenset[int], *states: TaskState) -> dict[str, Any]:
    """Return the conditions that a task was issued by an agency and is in a state; what waits is few, so the row leads to its task."""
    return {f"{path}issuer__in": agencies, f"{path}state__in": states}


def _to_rule(agencies: frozenset[int]) -> QuerySet[Any]:
    return HandBack.objects.filter(state="raised", **_issued("assignment__task__", agencies, TaskState.DISPATCHED, TaskState.SUSPENDED))


def _to_extend(agencies: frozenset[int]) -> QuerySet[Any]:
    return Extension.objects.filter(state="requested", **_issued("assignment__task__", agencies, TaskState.DISPATCHED, TaskState.SUSPENDED))


def _to_sign_off(agencies: frozenset[int]) -> QuerySet[Any]:
    return SignOff.objects.filter(state=SignOffState.UNDER_REVIEW, **_issued("task__", agencies, TaskState.CLOSING))


def _to_judge(agencies: frozenset[int]) -> QuerySet[Any]:
    live = _issued("assignment__task__", agencies, TaskState.DISPATCHED, TaskState.SUSPENDED, TaskState.CLOSING)
    return Report.objects.filter(state=ReportState.SUBMITTED, **live)


def _to_verify(people: frozenset[int]) -> QuerySet[Any]:
    """Return what people were asked to look at from outside, in rounds that are not decided yet."""
    open_rounds = {"sign_off__state__in": [SignOffState.COLLECTING, SignOffState.UNDER_REVIEW]}
    return Verification.objects.filter(verifier__in=people, result=Finding.WAITING, **open_rounds)


_PART = ("task__issuer", "task__plan", "agency")
_VIA_PART = ("assignment__task__issuer", "assignment__task__plan", "assignment__agency")
_PLAN_DUE = ("assignment__plan_due_on", "assignment__due_on")  # a later version is asked for by no day of its own
SOURCES: dict[Duty, Source] = {
    Duty.SIGN_FOR: Source("sign_for", _to_sign, "due_on", _PART, "task__"),
    Duty.REPORT: Source("report", _to_report, "due_on", _VIA_PART),
    Duty.REVIEW: Source("review", _to_review, "due_on", _VIA_PART),
    Duty.CO_SIGN: Source("review", _to_co_sign, "assignment__due_on", (*_VIA_PART, "sign_off")),
    Duty.RULE: Source("coordinate", _to_rule, "rule_by", _VIA_PART),
    Duty.EXTENSION: Source("coordinate", _to_extend, "due_before", _VIA_PART),
    Duty.SIGN_OFF: Source("coordinate", _to_sign_off, "task__due_on", ("task__issuer", "task__plan"), "task__"),
    Duty.JUDGE: Source("coordinate", _to_judge, "due_on", _VIA_PART),
    Duty.CONTRIBUTE: Source("report", _to_contribute, "due_on", _VIA_PART),
    Duty.ANSWER: Source("review", _to_answer, "due_on", (*_VIA_PART, "instruction")),
    Duty.CLOSE_ANSWER: Source("coordinate", _to_close_answer, "due_on", (*_VIA_PART, "instruction")),
    Duty.REVIEW_CONTRIBUTION: Source("review", _to_review_contribution, "due_on", _VIA_PART),
    Duty.PLAN: Source("report", _to_plan, _PLAN_DUE, _VIA_PART),
    Duty.REVIEW_PLAN: Source("review", _to_review_plan, _PLAN_DUE, _VIA_PART),
    Duty.BEGIN_PLAN: Source("report", _to_begin_plan, "plan_due_on", _PART, "task__"),
    Duty.VERIFY: Source("", _to_verify, "due_on", ("sign_off__task__issuer", "sign_off__task__plan"), "sign_off__task__"),
}

Key = tuple[dt.date, int, int]
"""Where a row stands in the list: its day, its kind, its key."""


def kinds_of(actor: Actor) -> list[Duty]:
    """Return the kinds of duties that the actor's roles can have."""
    return [duty for duty, source in SOURCES.items() if source.owners(actor)]


def rows_of(actor: Actor, duty: Duty, *, now: dt.datetime, text: str = "") -> QuerySet[Any]:
    """Return the rows of a kind that are the actor's, those whose task's title or number contains a text.

    What is asked of a person by name is theirs only for as long as they see the task.
    """
    source = SOURCES[duty]
    rows = source.rows(source.owners(actor))
    if not source.holds:
        rows = rows.filter(**{f"{source.task}in": Task.objects.seen_by(actor, now=now)})
    if text:
        rows = rows.filter(Q(**{f"{source.task}title__icontains": text}) | Q(**{f"{source.task}number": text}))
    return rows


def keys(
    actor: Actor, duty: Duty, *, now: dt.datetime, text: str = "", due_until: dt.date | None = None
) -> QuerySet[Any, tuple[int, dt.date, int]]:
    """Return the (kind, day, key) of a kind's rows."""
    rows: QuerySet[Any, Any] = rows_of(actor, duty, now=now, text=text).annotate(
        kind=Value(int(duty), IntegerField()), day=Coalesce(*SOURCES[duty].days, Value(FAR, DateField()))
    )
    if due_until is not None:
        rows = rows.filter(day__lte=due_until)
    found: QuerySet[Any, tuple[int, dt.date, int]] = rows.order_by().values_list("kind", "day", "pk")
    return found


def counted(actor: Actor, kinds: Collection[Duty], *, now: dt.datetime) -> dict[Duty, int]:
    """Return how many rows of some kinds are the actor's, those of which there is any, in one query."""
    numbers = [
        rows_of(actor, duty, now=now).order_by().annotate(kind=Value(int(duty), IntegerField())).values("kind").annotate(number=Count("pk"))
        for duty in kinds
        if SOURCES[duty].owners(actor)
    ]
    if not numbers:
        return {}
    first, *others = [rows.values_list("kind", "number") for rows in numbers]
    return {Duty(kind): number for kind, number in (first.union(*others, all=True) if others else first) if number}


def after(rows: QuerySet[Any, tuple[int, dt.date, int]], duty: Duty, key: Key) -> QuerySet[Any, tuple[int, dt.date, int]]:
    """Keep the rows of a kind that come after a key."""
    day, kind, pk = key
    same_day = Q(day=day) if duty > kind else Q(day=day, pk__gt=pk) if duty == kind else Q(pk__in=[])
    return rows.filter(Q(day__gt=day) | same_day)


def before(rows: QuerySet[Any, tuple[int, dt.date, int]], duty: Duty, key: Key) -> QuerySet[Any, tuple[int, dt.date, int]]:
    """Keep the rows of a kind that come before a key."""
    day, kind, pk = key
    same_day = Q(day=day) if duty < kind else Q(day=day, pk__lt=pk) if duty == kind else Q(pk__in=[])
    return rows.filter(Q(day__lt=day) | same_day)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What of the list is wanted.

    Attributes:
        kinds: which kinds.
        text: the task's title contains it, or its number is it; empty for any.
        due_until: the last day, or None for any.
    """

    kinds: Collection[Duty]
    text: str = ""
    due_until: dt.date | None = None


def nearest(
    actor: Actor, chosen: Chosen, *, now: dt.datetime, size: int, follows: Key | None = None, precedes: Key | None = None
) -> tuple[list[tuple[int, dt.date, int]], bool]:
    """Return one page of what the actor owes, in one query, the nearest first.

    Args:
        actor: whose duties.
        chosen: what of them.
        now: the moment.
        size: how many at most.
        follows: the page begins after this key.
        precedes: the page ends before this key; then `follows` is not looked at.

    Returns:
        The (kind, day, key) of the rows, and whether there are more in the direction in which they were read.
    """
    parts = []
    for duty in chosen.kinds:
        part = keys(actor, duty, now=now, text=chosen.text, due_until=chosen.due_until)
        if precedes is not None:
            part = before(part, duty, precedes)
        elif follows is not None:
            part = after(part, duty, follows)
        parts.append(part)
    if not parts:
        return [], False
    together = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    order = ("-day", "-kind", "-pk") if precedes is not None else ("day", "kind", "pk")
    found = list(together.order_by(*order)[: size + 1])
    page, has_more = found[:size], len(found) > size
    return page[::-1] if precedes is not None else page, has_more


def key_from(text: str) -> Key | None:
    """Return the key that an address names, None where it names none."""
    parts = text.split(".")
    try:
        return dt.date.fromisoformat(parts[0]), int(parts[1]), int(parts[2])
    except (IndexError, ValueError):
        return None


def count_by_kind(actor: Actor, *, now: dt.datetime) -> dict[Duty, int]:
    """Return how many duties of each kind the actor has, in one query.

    Kinds that are not theirs are left out, and so is what is asked of a person by name while nothing is.
    """
    kinds = kinds_of(actor)
    found = counted(actor, kinds, now=now)
    return {duty: found.get(duty, 0) for duty in kinds if duty in found or SOURCES[duty].holds}


def count(actor: Actor, *, now: dt.datetime) -> int:
    """Return how much the actor owes, in one query: the number on the menu."""
    return sum(count_by_kind(actor, now=now).values())
