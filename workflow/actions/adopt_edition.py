"""Confirm a document as the next edition of a plan 修订方案: the tasks of the edition before follow, by acts, in one transaction."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.refusals import Conflict, Invalid, NotYours, require
from measures import policy as plans
from measures.actions.confirm_upload import confirm_upload
from measures.actions.door import lock_upload
from measures.comparing import Change
from measures.editions import changes_of
from measures.models import Measure, Plan, Upload
from measures.reviewing import review
from workflow.actions.door import lock_tasks, log, of_task
from workflow.actions.edition_acts import EditionActs
from workflow.actions.edition_effects import Effect, What, digest, effects_of, tasks_by_measure
from workflow.actions.interrupt import terminate
from workflow.models import Participation, Task
from workflow.timeline import Verb

TERMINATE, KEEP = "terminate", "keep"
"""What becomes of the task of a measure that the new edition drops."""


@dataclass(frozen=True, slots=True)
class Adopted:
    """The plan that came of it, how many things were done to tasks of each kind, and whether that was now or before."""

    plan: Plan
    done: Counter[What] = field(default_factory=Counter)
    is_new: bool = True


@transaction.atomic
def adopt_edition(
    *,
    actor: Actor,
    upload_id: int,
    earlier_id: int,
    shown: str,
    chosen: Collection[str],
    dropped: Mapping[int, str],
    now: dt.datetime,
    version: int | None = None,
) -> Adopted:
    """Confirm a document as the next edition of a plan, and do to its tasks what was chosen.

    Every task whose measure lives on goes over to the new edition, with state, dates, parts, reports and history; what it is
    then made to do is an act of its own, with its event and its notices. Confirming a second time changes nothing.

    Args:
        actor: a coordinator of the plan.
        upload_id: the document, in review.
        earlier_id: the plan that it replaces.
        shown: the digest of the effects that the actor has seen.
        chosen: keys of the effects that are to happen; the others are left, and recorded as left.
        dropped: by task, `terminate` or `keep`, for each task whose measure is dropped.
        now: when.
        version: of the document, as the actor's page showed it.

    Raises:
        Conflict: what would happen is not what was shown any more, or another document is the next edition already.
        Invalid: for a dropped measure nobody said what becomes of its task.
    """
    upload = lock_upload(actor, upload_id)
    require(plans.may_review(actor, upload))
    if upload.state == Upload.State.CONFIRMED and upload.plan is not None and upload.plan.earlier_id == earlier_id:
        return Adopted(upload.plan, is_new=False)
    upload = lock_upload(actor, upload_id, version=version)
    earlier = _lock_earlier(actor, upload, earlier_id)
    rows = Task.objects.filter(plan=earlier, issuer=earlier.coordinator_id).values_list("pk", flat=True)
    lock_tasks(actor, list(rows), now=now)
    if upload.state != Upload.State.READ:
        raise Conflict(_("This is not possible any more: the document is “%(state)s”.") % {"state": upload.get_state_display()})
    today = timezone.localdate(now)
    changes = changes_of(earlier, review(upload, today), today)
    tasks = tasks_by_measure(earlier)
    effects = effects_of(changes, tasks, now)
    if digest(effects) != shown:
        raise Conflict(
            _("What confirming would do has changed since you opened the page: somebody has acted on the tasks. Look at it again.")
        )
    wanted = [effect for effect in effects if effect.key in set(chosen) and effect.decision and effect.what is not What.DROP]
    ends = _ends(effects, dropped)
    left = [effect for effect in effects if effect not in wanted and effect.what is not What.DROP]
    plan = confirm_upload(actor=actor, upload_id=upload_id, now=now, version=version, earlier=earlier)
    acts = EditionActs(actor, plan, _measures(plan, changes), now)
    _carry_over(acts, earlier, changes, tasks, left)
    done = acts.follow(wanted)
    if ended := _end(acts, ends):
        done[What.DROP] = ended
    return Adopted(plan, done)


def _lock_earlier(actor: Actor, upload: Upload, earlier_id: int) -> Plan:
    found = (
        Plan.objects.select_for_update(of=("self",), no_key=True)  # tasks of the plan go on being written beside
        .select_related("coordinator", "issuer")
        .filter(plans.plans_directed_by(actor), coordinator=upload.agency, pk=earlier_id)
        .first()
    )
    if found is None:
        raise NotYours
    require(plans.may_direct(actor, found))
    later = Plan.objects.filter(earlier=found).first()
    if later is not None:
        at = timezone.localtime(later.confirmed_at).strftime("%Y-%m-%d %H:%M")
        raise Conflict(_("“%(plan)s” was confirmed as the next edition of this plan at %(at)s.") % {"plan": later.title, "at": at})
    return found


def _ends(effects: Sequence[Effect], dropped: Mapping[int, str]) -> list[tuple[Task, str]]:
    """Return for each task whose measure is dropped what becomes of it.

    Raises:
        Invalid: nobody has said so.
    """
    ends = []
    for effect in effects:
        task = effect.task
        if effect.what is not What.DROP or task is None:
            continue
        end = dropped.get(task.pk, "")
        if end not in {TERMINATE, KEEP}:
            raise Invalid(_("Say for each dropped measure whether its task ends or goes on: %(task)s.") % {"task": task}, "dropped")
        ends.append((task, end))
    return ends


def _end(acts: EditionActs, ends: Sequence[tuple[Task, str]]) -> int:
    """Do to the tasks of dropped measures what was said; returns how many were terminated."""
    done = 0
    for task, end in ends:
        if end == TERMINATE:
            terminate(actor=acts.actor, task_id=task.pk, reason=acts.reason, now=acts.now)
            done += 1
        else:
            log(acts.actor, acts.now, of_task(task, Verb.KEEP, comment=acts.reason))
    return done


def _measures(plan: Plan, changes: Sequence[Change]) -> dict[int | str, Measure]:
    """Return the measures of the new edition by the keys that they had in review."""
    made = plan.measures.prefetch_related("responsibilities").order_by("pk")
    after = [change.after for change in changes if change.after is not None]
    return {side.key: row for side, row in zip(after, made, strict=True)}


def _carry_over(
    acts: EditionActs, earlier: Plan, changes: Sequence[Change], tasks: Mapping[int, Sequence[Task]], left: Sequence[Effect]
) -> None:
    """Let every task whose measure lives on rest on the new edition; a constant number of statements."""
    moved: list[Task] = []
    entries = []
    for change in changes:
        if change.before is None or change.after is None:
            continue
        measure = acts.measures[change.after.key]
        for task in tasks.get(int(change.before.key), []):
            entry = of_task(task, Verb.CARRY_OVER, comment=acts.reason, plan_before=earlier.pk, measure_before=task.measure_id)
            entry.data["left"] = [effect.key for effect in left if effect.task is not None and effect.task.pk == task.pk]
            if task.number == change.before.number and task.number != measure.number:
                entry.data["number_before"], task.number = task.number, measure.number
            task.plan, task.measure = acts.plan, measure
            moved.append(task)
            entries.append(entry)
    Task.objects.bulk_update(moved, ["plan", "measure", "number"], batch_size=500)
    Participation.objects.filter(task__in=[task.pk for task in moved]).update(plan=acts.plan)
    log(acts.actor, acts.now, *entries)
