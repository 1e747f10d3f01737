"""Acts on many at once: press, remind, sign for, dispatch, each in a constant number of statements with an answer for each row.

A row that somebody changed since it was shown is reported and left, and so is one for which it is not the moment; what the
actor may not do at all stops the whole act, for no page offers it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction
from django.db.models import Max, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.decision import Allowed, Decision, Denied
from agencies.refusals import Invalid, NotYours, require
from workflow import policy, timing
from workflow.actions.dispatch import dispatch, lock_to_dispatch, receivers_of, to_go_out
from workflow.actions.door import lock_tasks, log, move, of_part, said
from workflow.actions.plan_days import set_plan_days
from workflow.actions.plan_task import write_due
from workflow.actions.press import urging
from workflow.models import Assignment, Event, Participation, Task
from workflow.states import AssignmentState, TaskState
from workflow.timeline import CONVERSATION, INSIDE_THE_AGENCY, Entry, Verb

MOST = 500
"""How many rows one act takes at most."""

Shown = Mapping[int, int | None]
"""The rows chosen, by key, each with the version the actor has seen; None where nothing was shown."""


class Fate(StrEnum):
    """What became of a row."""

    DONE = "done"
    CHANGED = "changed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row, and why it was left."""

    pk: int
    task: Task | None
    fate: Fate
    reason: str = ""

    @property
    def is_done(self) -> bool:
        """Tell whether the act was done to it."""
        return self.fate == Fate.DONE


Ready = Callable[[Assignment], Decision]


def changed_meanwhile(events: Mapping[int, Event], pk: int) -> str:
    """Return why a row whose version differs is left, with the last that happened to it."""
    why = _("Somebody has changed this since it was shown.")
    event = events.get(pk)
    if event is None:
        return why
    happened = {"at": timezone.localtime(event.at).strftime("%m-%d %H:%M"), "who": event.actor_name, "what": Verb(event.verb).label}
    return why + " " + _("Last: %(at)s %(who)s %(what)s.") % happened


def last_events(field: str, keys: Collection[int]) -> dict[int, Event]:
    """Return the last event of tasks or parts by key, in one query, without what agencies do inside themselves.

    Args:
        field: `task_id` or `assignment_id`.
        keys: of the rows.
    """
    if not keys:
        return {}
    told = Event.objects.filter(**{f"{field}__in": keys}).exclude(verb__in=INSIDE_THE_AGENCY | CONVERSATION)
    last = told.order_by().values(field).annotate(last=Max("sequence")).values("last")
    return {getattr(event, field): event for event in Event.objects.filter(sequence__in=last)}


@transaction.atomic
def press_many(*, actor: Actor, shown: Shown, text: str, now: dt.datetime) -> list[Outcome]:
    """Press several agencies for action, in the same words 催办.

    Raises:
        NotYours: the actor does not see one of them.
        Forbidden: one is not the actor's to press.
    """
    text = said(text, "text")
    parts = _lock(actor, shown, now)
    for part in parts:
        require(policy.may_press(actor, part))
    ready, left = _sort(parts, shown, timing.owes_something)
    log(actor, now, *(urging(actor, part, Verb.PRESS, text) for part in ready))
    return _outcomes(ready, left)


@transaction.atomic
def remind_many(*, actor: Actor, shown: Shown, text: str, now: dt.datetime) -> list[Outcome]:
    """Remind several agencies 提醒; each of their people hears of one part once a day at most, with the day's digest.

    Raises:
        NotYours: the actor does not see one of them.
        Forbidden: one is not the actor's to remind.
    """
    parts = _lock(actor, shown, now)
    for part in parts:
        require(policy.may_press(actor, part))
    ready, left = _sort(parts, shown, timing.owes_something)
    log(actor, now, *(urging(actor, part, Verb.REMIND, text.strip()) for part in ready))
    return _outcomes(ready, left)


@transaction.atomic
def sign_for_many(*, actor: Actor, shown: Shown, now: dt.datetime) -> list[Outcome]:
    """Sign for several assignments on behalf of their agencies 批量签收.

    The list comes from a page that may be hours old: what is not the actor's to sign for is reported with the reason, what the actor
    does not see (any more) without a name, and neither keeps the rest from being signed for.
    """
    visible = Task.objects.visible_to(actor, now=now)
    seen = set(Assignment.objects.filter(pk__in=_within(shown), task__in=visible.values("pk")).values_list("pk", flat=True))
    parts = _lock(actor, {pk: version for pk, version in shown.items() if pk in seen}, now) if seen else []
    mine = [part for part in parts if policy.may_sign_for(actor, part)]
    ready, left = _sort(mine, shown, _to_sign_for)
    entries: list[Entry] = []
    for part in ready:
        entries.append(of_part(part, Verb.SIGN_FOR, move(part, "sign_for", officer_id=actor.user_id, now=now)))
        part.version += 1
        part.climbs_anew = True
    set_plan_days(ready, now)
    Assignment.objects.bulk_update(ready, ["state", "signed_at", "moved_at", "officer", "plan_due_on", "version", "climbs_anew"])
    Participation.objects.filter(assignment__in=ready).update(assignment_state=AssignmentState.ACCEPTED)
    log(actor, now, *entries)
    others = [Outcome(part.pk, part.task, Fate.REFUSED, _refusal(policy.may_sign_for(actor, part))) for part in parts if part not in mine]
    unseen = [Outcome(pk, None, Fate.REFUSED, str(NotYours().reason)) for pk in shown if pk not in seen]
    return [*_outcomes(ready, left), *others, *unseen]


@transaction.atomic
def dispatch_many(*, actor: Actor, shown: Shown, now: dt.datetime) -> list[Outcome]:
    """Dispatch the tasks among several that can go out, as they were shown 交办.

    Raises:
        NotYours: the actor does not see one of them.
        Forbidden: one is not the actor's to dispatch.
    """
    tasks = lock_to_dispatch(actor, _within(shown), now=now)
    receivers = receivers_of(tasks)
    for task in tasks:
        require(policy.may_coordinate(actor, task))
    ready = to_go_out(tasks, receivers, now)
    going, left = _sort_tasks(tasks, shown, lambda task: ready[task.pk])
    sent = dispatch(actor=actor, task_ids=[task.pk for task in going], now=now) if going else []
    return [*(Outcome(task.pk, task, Fate.DONE) for task in sent), *left]


@transaction.atomic
def set_due_many(*, actor: Actor, shown: Shown, due_on: dt.date, now: dt.datetime) -> list[Outcome]:
    """Set the due date of several tasks that have not gone out; done again it changes nothing and answers the same.

    A task that has the date already is done, whatever was shown of it.

    Raises:
        NotYours: the actor does not see one of them.
        Forbidden: one is not the actor's to change.
        Invalid: the date has passed.
    """
    if due_on < timezone.localdate(now):
        raise Invalid(_("The due date lies in the past."), "due_on")
    tasks = lock_tasks(actor, _within(shown), now=now)
    for task in tasks:
        require(policy.may_coordinate(actor, task))
    already = [task for task in tasks if task.state == TaskState.DRAFT and task.due_on == due_on]
    going, left = _sort_tasks([task for task in tasks if task not in already], shown, _to_set_due)
    write_due(actor, going, due_on, now)
    return [*(Outcome(task.pk, task, Fate.DONE) for task in (*already, *going)), *left]


def _to_set_due(task: Task) -> Decision:
    return Allowed() if task.state == TaskState.DRAFT else Denied(_("The task has been dispatched already."))


def _sort_tasks(tasks: Collection[Task], shown: Shown, ready: Callable[[Task], Decision]) -> tuple[list[Task], list[Outcome]]:
    """Part the tasks that can go from those that are left, with the reason; see `_sort`."""
    going: list[Task] = []
    left: list[Outcome] = []
    changed: list[Task] = []
    for task in tasks:
        decision = ready(task)
        if isinstance(decision, Denied):
            left.append(Outcome(task.pk, task, Fate.REFUSED, str(decision.reason)))
        else:
            (changed if shown[task.pk] not in {None, task.version} else going).append(task)
    events = last_events("task_id", [task.pk for task in changed])
    return going, [*left, *(Outcome(task.pk, task, Fate.CHANGED, changed_meanwhile(events, task.pk)) for task in changed)]


def _within(shown: Shown) -> Collection[int]:
    """Return the keys chosen.

    Raises:
        Invalid: none, or more than an act takes.
    """
    if not shown:
        raise Invalid(_("Choose at least one row first."))
    if len(shown) > MOST:
        raise Invalid(_("Choose fewer rows: at most %(most)d at once.") % {"most": MOST})
    return list(shown)


def _lock(actor: Actor, shown: Shown, now: dt.datetime) -> list[Assignment]:
    """Return the assignments chosen, their tasks locked before them, in the order in which every act locks."""
    keys = _within(shown)
    tasks = {task.pk: task for task in lock_tasks(actor, set(_tasks_of(keys)), now=now)}
    parts = list(
        Assignment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("agency")
        .filter(pk__in=keys, task__in=tasks)
        .order_by("task_id", "pk")
    )
    if len(parts) != len(keys):
        raise NotYours
    prefetch_related_objects(list(tasks.values()), "assignments")
    for part in parts:
        part.task = tasks[part.task_id]
    return parts


def _tasks_of(keys: Collection[int]) -> Collection[int]:
    return list(Assignment.objects.filter(pk__in=keys).values_list("task_id", flat=True))


def _sort(parts: Collection[Assignment], shown: Shown, ready: Ready) -> tuple[list[Assignment], list[Outcome]]:
    """Part what can be done from what is left, with the reason."""
    going: list[Assignment] = []
    left: list[Outcome] = []
    changed: list[Assignment] = []
    for part in parts:
        decision = ready(part)
        if isinstance(decision, Denied):
            left.append(Outcome(part.pk, part.task, Fate.REFUSED, str(decision.reason)))
        else:
            (changed if shown[part.pk] not in {None, part.version} else going).append(part)
    events = last_events("assignment_id", [part.pk for part in changed])
    return going, [*left, *(Outcome(part.pk, part.task, Fate.CHANGED, changed_meanwhile(events, part.pk)) for part in changed)]


def _to_sign_for(part: Assignment) -> Decision:
    if part.state != AssignmentState.PENDING:
        return Denied(_("This is not possible any more: it is now “%(state)s”.") % {"state": part.get_state_display()})
    return timing.in_hand(part)


def _refusal(decision: Decision) -> str:
    return str(decision.reason) if isinstance(decision, Denied) else ""


def _outcomes(done: Collection[Assignment], left: list[Outcome]) -> list[Outcome]:
    return [*(Outcome(part.pk, part.task, Fate.DONE) for part in done), *left]
