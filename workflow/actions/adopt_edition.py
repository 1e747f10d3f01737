"""Confirm a document as the next edition of a plan 修订方案: the tasks of the edition before follow, by acts, in one transaction."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.heirs import heirs_of
from agencies.refusals import Conflict, Invalid, NotYours, require
from measures import policy as plans
from measures.actions.confirm_upload import confirm_upload
from measures.actions.door import lock_upload
from measures.comparing import Change
from measures.editions import changes_of
from measures.models import Measure, Plan, Upload
from measures.reviewing import review
from workflow.actions.change_part import FIRST_LEAD, change_part
from workflow.actions.door import copy_task, lock_tasks, log, of_task
from workflow.actions.draw_up import draw_up_plan, receivers_from
from workflow.actions.edition_effects import Effect, What, digest, effects_of, tasks_by_measure
from workflow.actions.interrupt import terminate
from workflow.actions.rearrange import add_assignment, withdraw_assignment
from workflow.actions.revise import move_due, revise
from workflow.models import Assignment, Participation, Receiver, Task
from workflow.states import ENDED_ASSIGNMENT_STATES, Part
from workflow.timeline import Verb

TERMINATE, KEEP = "terminate", "keep"
"""What becomes of the task of a measure that the new edition drops."""

_STEPS = (What.REDRAFT, What.REVISE, What.MOVE_DUE, What.ADD, What.CHANGE_PART, What.WITHDRAW)
"""The order of the acts on one task: who comes is there before the last lead goes."""


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
    edition = _Edition(actor, plan, earlier, now, changes)
    edition.carry_over(tasks, left)
    done = edition.act(wanted, ends)
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


def _ends(effects: Sequence[Effect], dropped: Mapping[int, str]) -> list[tuple[Effect, str]]:
    """Return for each task whose measure is dropped what becomes of it.

    Raises:
        Invalid: nobody has said so.
    """
    ends = []
    for effect in effects:
        if effect.what is not What.DROP or effect.task is None:
            continue
        end = dropped.get(effect.task.pk, "")
        if end not in {TERMINATE, KEEP}:
            raise Invalid(_("Say for each dropped measure whether its task ends or goes on: %(task)s.") % {"task": effect.task}, "dropped")
        ends.append((effect, end))
    return ends


class _Edition:
    """One confirming: who confirms what, and the measures of the new edition by their keys in review."""

    def __init__(self, actor: Actor, plan: Plan, earlier: Plan, now: dt.datetime, changes: Sequence[Change]) -> None:
        self.actor, self.plan, self.earlier, self.now, self.changes = actor, plan, earlier, now, changes
        made = plan.measures.prefetch_related("responsibilities").order_by("pk")
        after = [change.after for change in changes if change.after is not None]
        self.measures: dict[int | str, Measure] = {side.key: row for side, row in zip(after, made, strict=True)}
        with translation.override(settings.LANGUAGE_CODE):
            name = f"《{plan.title}》{plan.number}".strip()
            self.reason = _("By the new edition of the plan, %(plan)s") % {"plan": name}

    def carry_over(self, tasks: Mapping[int, Sequence[Task]], left: Sequence[Effect]) -> None:
        """Let every task whose measure lives on rest on the new edition; a constant number of statements."""
        moved: list[Task] = []
        entries = []
        for change in self.changes:
            if change.before is None or change.after is None:
                continue
            measure = self.measures[change.after.key]
            for task in tasks.get(int(change.before.key), []):
                entry = of_task(task, Verb.CARRY_OVER, comment=self.reason, plan_before=self.earlier.pk, measure_before=task.measure_id)
                entry.data["left"] = [effect.key for effect in left if effect.task is not None and effect.task.pk == task.pk]
                if task.number == change.before.number and task.number != measure.number:
                    entry.data["number_before"], task.number = task.number, measure.number
                task.plan, task.measure = self.plan, measure
                moved.append(task)
                entries.append(entry)
        Task.objects.bulk_update(moved, ["plan", "measure", "number"], batch_size=500)
        Participation.objects.filter(task__in=[task.pk for task in moved]).update(plan=self.plan)
        log(self.actor, self.now, *entries)

    def act(self, wanted: Sequence[Effect], ends: Sequence[tuple[Effect, str]]) -> Counter[What]:
        """Do what was chosen, task by task, and draw up what is new."""
        done: Counter[What] = Counter()
        for effect in sorted(wanted, key=_order):
            if effect.what is What.DRAW_UP:
                continue
            self._do(effect)
            done[effect.what] += max(1, len(effect.agencies))
        for effect, end in ends:
            assert effect.task is not None  # noqa: S101 - a dropped measure's task
            if end == TERMINATE:
                terminate(actor=self.actor, task_id=effect.task.pk, reason=self.reason, now=self.now)
                done[What.DROP] += 1
            else:
                log(self.actor, self.now, of_task(effect.task, Verb.KEEP, comment=self.reason))
        if any(effect.what is What.DRAW_UP for effect in wanted):
            done[What.DRAW_UP] = len(draw_up_plan(actor=self.actor, plan_id=self.plan.pk, now=self.now))
        return done

    def _do(self, effect: Effect) -> None:
        task = effect.task
        assert task is not None  # noqa: S101 - all but drawing up concern a task
        measure = self.measures[effect.measure]
        match effect.what:
            case What.REDRAFT:
                self._redraft(task, measure)
            case What.REVISE:
                revise(actor=self.actor, task_id=task.pk, title=measure.title, text=measure.text, reason=self.reason, now=self.now)
            case What.MOVE_DUE:
                due_on = dt.date.fromisoformat(effect.after)
                move_due(actor=self.actor, task_id=task.pk, due_on=due_on, reason=self.reason, now=self.now)
            case What.ADD:
                for agency in effect.agencies:
                    add_assignment(
                        actor=self.actor, task_id=task.pk, agency_id=agency.pk, part=effect.part, now=self.now, reason=self.reason,
                        group_id=effect.group.pk if effect.group is not None else None,
                    )  # fmt: skip
            case What.CHANGE_PART:
                for part in self._parts(effect):
                    change_part(actor=self.actor, assignment_id=part, part=effect.part, reason=self.reason, now=self.now)
            case What.WITHDRAW:
                for part in self._parts(effect):
                    withdraw_assignment(actor=self.actor, assignment_id=part, reason=self.reason, now=self.now)
            case _:
                raise AssertionError(effect.what)

    def _parts(self, effect: Effect) -> list[int]:
        """Return the parts that agencies have in a task now.

        Raises:
            Conflict: one of them has none, because its coming was not chosen.
        """
        rows = Assignment.objects.filter(task=effect.task, agency__in=effect.agencies).exclude(state__in=ENDED_ASSIGNMENT_STATES)
        found = list(rows.order_by("pk").values_list("pk", flat=True))
        if len(found) != len(effect.agencies):
            names = "、".join(agency.short_name for agency in effect.agencies)
            raise Conflict(
                _("%(agencies)s has no part in “%(task)s”, so that it cannot be changed.") % {"agencies": names, "task": effect.task}
            )
        return found

    def _redraft(self, task: Task, measure: Measure) -> None:
        """Draw up anew a task that has not gone out; a date set by hand stays where the document has none."""
        task = Task.objects.select_related("issuer", "plan").get(pk=task.pk)
        task.title, task.text = measure.title, measure.text
        if measure.deadline is not None:
            task.due_on = task.first_due_on = measure.deadline
        task.version += 1
        task.save()
        copy_task(task)
        task.receivers.all().delete()
        named = list(measure.responsibilities.all())
        heirs = heirs_of({row.agency_id for row in named}, timezone.localdate(self.now))
        Receiver.objects.bulk_create(receivers_from(task, named, heirs))
        log(self.actor, self.now, of_task(task, Verb.EDIT, comment=self.reason))


def _order(effect: Effect) -> tuple[int, int, int]:
    """Return where an effect stands among the acts: task by task, step by step.

    Supporters that go go first, so that they are not told of changes that concern them no more; of the parts leads are given
    before the first lead, and that before supporters.
    """
    if effect.what not in _STEPS or effect.task is None:
        return (0, 0, 0)
    goes_first = effect.what is What.WITHDRAW and effect.part == Part.SUPPORT
    rank = {Part.LEAD.value: 0, FIRST_LEAD: 1, Part.SUPPORT.value: 2}.get(effect.part, 0)
    return (effect.task.pk, -1 if goes_first else _STEPS.index(effect.what), rank)
