"""Re-check signed-off tasks 回头看: draw a sample that anybody can draw again, and record what was found of each."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.models import Agency
from agencies.refusals import Conflict, Invalid, NotYours, require
from measures.models import Plan
from workflow import policy
from workflow.actions.door import lock_task, lock_tasks, log, of_task, said
from workflow.models import Recheck, RecheckItem, Task
from workflow.states import Finding, TaskState
from workflow.timeline import Verb

LARGEST = 200
"""The largest sample."""


def order_of(seed: str, task_ids: Sequence[int]) -> list[int]:
    """Return the keys of tasks in the order in which a seed draws them: by the SHA-256 of seed, colon, key."""
    return sorted(task_ids, key=lambda pk: hashlib.sha256(f"{seed}:{pk}".encode()).hexdigest())


@transaction.atomic
def draw_recheck(
    *,
    actor: Actor,
    agency_id: int,
    title: str,
    closed_from: dt.date,
    closed_to: dt.date,
    size: int,
    now: dt.datetime,
    seed: str = "",
    plan_id: int | None = None,
) -> Recheck:
    """Draw a sample of the tasks that an agency issued and signed off between two days.

    Args:
        actor: coordinates for the agency.
        agency_id: the issuer.
        title: of the list.
        closed_from: first day.
        closed_to: last day.
        size: of the sample; all are drawn where there are fewer.
        now: the moment; without a seed it is the seed.
        seed: what the order is drawn from; kept, so that the drawing can be repeated.
        plan_id: of one plan only.

    Raises:
        Invalid: the days, the size or the plan cannot be.
        Conflict: no such task was signed off.
    """
    require(policy.may_issue(actor, agency_id))
    title = said(title, "title")
    if closed_to < closed_from:
        raise Invalid(_("The last day lies before the first."), "closed_to")
    if size not in range(1, LARGEST + 1):
        raise Invalid(_("Draw between 1 and %(largest)d tasks.") % {"largest": LARGEST}, "size")
    if plan_id is not None and not Plan.objects.filter(pk=plan_id, coordinator_id=agency_id).exists():
        raise Invalid(_("This plan is not coordinated by the agency."), "plan_id")
    tasks = Task.objects.filter(issuer_id=agency_id, state=TaskState.CLOSED, closed_at__gte=_midnight(closed_from))
    tasks = tasks.filter(closed_at__lt=_midnight(closed_to + dt.timedelta(days=1)))
    if plan_id is not None:
        tasks = tasks.filter(plan_id=plan_id)
    keys = list(tasks.values_list("pk", flat=True))
    if not keys:
        raise Conflict(_("No task was signed off between these days."))
    seed = seed.strip()[:60] or now.isoformat(timespec="seconds")
    drawn = order_of(seed, keys)[:size]
    row = Recheck.objects.create(
        agency=Agency.objects.get(pk=agency_id),
        plan_id=plan_id,
        title=title,
        closed_from=closed_from,
        closed_to=closed_to,
        size=size,
        seed=seed,
        population=len(keys),
        drawn_by_id=actor.user_id,
        drawn_at=now,
    )
    RecheckItem.objects.bulk_create(RecheckItem(recheck=row, task_id=pk, position=place) for place, pk in enumerate(drawn, start=1))
    log(
        actor,
        now,
        *(of_task(task, Verb.DRAW_RECHECK, comment=title, recheck=row.pk, seed=seed) for task in lock_tasks(actor, drawn, now=now)),
    )
    return row


@transaction.atomic
def record_recheck(*, actor: Actor, task_id: int, result: str, finding: str, now: dt.datetime, version: int | None = None) -> RecheckItem:
    """Record what was found of a drawn task; whoever signed it off does not look again.

    Raises:
        NotYours, Conflict, Invalid: not in a sample, looked at already, or an unknown result.
    """
    task = lock_task(actor, task_id, now=now, version=version)
    require(policy.may_coordinate(actor, task))
    row = task.recheck_items.select_for_update(of=("self",), no_key=True).filter(result=Finding.WAITING).order_by("pk").first()
    if row is None:
        raise Conflict(_("The task does not wait to be looked at again."))
    require(policy.may_recheck(actor, task))
    if result not in {Finding.HOLDS, Finding.FAILS}:
        raise Invalid(_("Choose one of the answers."), "result")
    row.result, row.finding = result, said(finding, "finding")
    row.checked_by_id, row.checked_at = actor.user_id, now
    row.save()
    log(actor, now, of_task(task, Verb.RECORD_RECHECK, comment=row.finding, result=result, recheck=row.recheck_id))
    return row


def visible_recheck(actor: Actor, pk: int) -> Recheck:
    """Return a re-check of an agency the actor coordinates or leads for.

    Raises:
        NotYours: there is none.
    """
    row = Recheck.objects.select_related("agency", "plan", "drawn_by").filter(pk=pk, agency_id__in=seats(actor)).first()
    if row is None:
        raise NotYours
    return row


def seats(actor: Actor) -> frozenset[int]:
    """Return the agencies whose re-checks an actor sees."""
    return actor.agencies_where("coordinate") | actor.agencies_where("instruct")


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))
