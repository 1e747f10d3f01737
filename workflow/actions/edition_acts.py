"""The acts by which tasks follow a new edition of their plan: one act an effect, each with its event and its notices."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.heirs import heirs_of
from agencies.listing import listed
from agencies.refusals import Conflict
from measures.models import Measure, Plan
from workflow.actions.change_part import FIRST_LEAD, change_part
from workflow.actions.door import copy_task, log, of_task
from workflow.actions.draw_up import draw_up_plan, receivers_from
from workflow.actions.edition_effects import Effect, What
from workflow.actions.rearrange import add_assignment, withdraw_assignment
from workflow.actions.revise import move_due, revise
from workflow.models import Assignment, Receiver, Task
from workflow.states import ENDED_ASSIGNMENT_STATES, Part
from workflow.timeline import Verb

_STEPS = (What.REDRAFT, What.REVISE, What.MOVE_DUE, What.ADD, What.CHANGE_PART, What.WITHDRAW)
"""The order of the acts on one task: who comes is there before the last lead goes."""


def by_the_edition(plan: Plan) -> str:
    """Return the reason that every act gives which a new edition rings, in the language of the record."""
    with translation.override(settings.LANGUAGE_CODE):
        name = f"《{plan.title}》{plan.number}".strip()
        return _("By the new edition of the plan, %(plan)s") % {"plan": name}


class EditionActs:
    """What one edition makes of tasks, done by one actor at one moment.

    Args:
        actor: a coordinator of the plan.
        plan: the edition.
        measures: its measures by the keys that the effects name them by.
        now: when.
    """

    def __init__(self, actor: Actor, plan: Plan, measures: Mapping[int | str, Measure], now: dt.datetime) -> None:
        self.actor, self.plan, self.measures, self.now = actor, plan, measures, now
        self.reason = by_the_edition(plan)

    def follow(self, wanted: Sequence[Effect]) -> Counter[What]:
        """Do what was chosen, task by task, and draw up what is new; returns how many things of each kind were done."""
        done: Counter[What] = Counter()
        for effect in sorted(wanted, key=_order):
            if effect.task is not None:
                self._do(effect, effect.task, self.measures[effect.measure])
                done[effect.what] += max(1, len(effect.agencies))
        if any(effect.what is What.DRAW_UP for effect in wanted):
            done[What.DRAW_UP] = len(draw_up_plan(actor=self.actor, plan_id=self.plan.pk, now=self.now))
        return done

    def _do(self, effect: Effect, task: Task, measure: Measure) -> None:
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
            names = listed(agency.short_name for agency in effect.agencies)
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
