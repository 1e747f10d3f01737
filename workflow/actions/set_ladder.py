"""Set the ladder of a plan: its rungs, its thresholds, and whether it is switched on; and see beforehand what it would do."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.refusals import Invalid, NotYours, require
from measures.models import Plan, PlanEvent, PlanVerb
from measures.policy import may_direct
from workflow.actions.ladders import adjusted, thresholds_as_data, thresholds_of
from workflow.actions.standing import Standing, standings
from workflow.deadlines import Threshold, check_thresholds
from workflow.ladder import DEFAULT_LADDER, RUNG_NAMES, Planned, Rung, check_ladder, check_rising, preview
from workflow.models import Assignment, Firing, PlanTiming, RungSetting
from workflow.states import SWEPT_STATES, TaskState
from workflow.working_days import calendar_in_force

MOST = 2000
"""Assignments that a preview looks at."""


@dataclass(frozen=True, slots=True)
class RungChoice:
    """One rung as somebody wants it.

    Attributes:
        enabled: whether it fires at all.
        working_days: from what it counts, negative before; None leaves it to the light's threshold or to the default.
        audiences: who is told; None leaves it to the default.
    """

    enabled: bool = True
    working_days: int | None = None
    audiences: tuple[str, ...] | None = None


def chosen_rungs(choices: Mapping[str, RungChoice]) -> tuple[Rung, ...]:
    """Return the ladder that choices make of the house's.

    Raises:
        Invalid: with every reason, in words.
    """
    unknown = sorted(set(choices) - RUNG_NAMES.keys())
    if unknown:
        raise Invalid(_("There is no rung called %(code)s.") % {"code": unknown[0]})
    rungs = adjusted(DEFAULT_LADDER, _rows(None) | {code: _row(None, code, choice) for code, choice in choices.items()})
    wrong = check_ladder(rungs) + check_rising(rungs)
    if wrong:
        raise Invalid(" ".join(wrong))
    return rungs


def _rows(plan: Plan | None) -> dict[str, RungSetting]:
    return {row.rung: row for row in RungSetting.objects.filter(plan=plan)}


def _row(plan: Plan | None, code: str, choice: RungChoice) -> RungSetting:
    audiences = list(choice.audiences) if choice.audiences is not None else None
    return RungSetting(plan=plan, rung=code, enabled=choice.enabled, working_days=choice.working_days, audiences=audiences)


def choices_of(plan: Plan) -> dict[str, RungChoice]:
    """Return the rungs of a plan as they stand, every one of the default ladder."""
    house, own = _rows(None), _rows(plan)
    found = {}
    for rung in DEFAULT_LADDER:
        row = own.get(rung.code) or house.get(rung.code)
        told = row.audiences if row is not None and row.audiences is not None else [one.value for one in rung.audiences]
        days = row.working_days if row is not None and row.working_days is not None else (None if rung.threshold else rung.days)
        found[rung.code] = RungChoice(row is None or row.enabled, days, tuple(told))
    return found


def timing_of(plan: Plan) -> tuple[bool, tuple[Threshold, ...]]:
    """Return whether the ladder of a plan is switched on, and its thresholds."""
    row = PlanTiming.objects.filter(plan=plan).first()
    return row is None or row.is_on, thresholds_of(row)


@transaction.atomic
def set_ladder(
    *, actor: Actor, plan_id: int, is_on: bool, choices: Mapping[str, RungChoice], thresholds: Sequence[Threshold], now: dt.datetime
) -> None:
    """Set the ladder of a plan. What has fired stays fired; what is still to come is computed anew by the next sweep.

    Raises:
        Invalid: with every reason, in words.
    """
    plan = Plan.objects.select_for_update(of=("self",), no_key=True).select_related("coordinator").filter(pk=plan_id).first()
    if plan is None:
        raise NotYours
    require(may_direct(actor, plan))
    chosen_rungs(choices)
    wrong = check_thresholds(thresholds)
    if wrong:
        raise Invalid(" ".join(wrong))
    RungSetting.objects.filter(plan=plan).delete()
    RungSetting.objects.bulk_create(_row(plan, code, choice) for code, choice in choices.items())
    values = {"is_on": is_on, "thresholds": thresholds_as_data(thresholds), "changed_by_id": actor.user_id, "changed_at": now}
    PlanTiming.objects.update_or_create(plan=plan, defaults=values)
    Assignment.objects.filter(task__plan=plan, state__in=SWEPT_STATES).update(ladder_on=None)
    off = sorted(code for code, choice in choices.items() if not choice.enabled)
    PlanEvent.append(
        [
            PlanEvent(
                at=now,
                verb=PlanVerb.SET_LADDER.value,
                actor_id=actor.user_id,
                actor_name=actor.name,
                on_behalf_of_id=actor.on_behalf_of("coordinate", plan.coordinator_id),
                agency=plan.coordinator,
                agency_name=plan.coordinator.name,
                plan=plan,
                data={
                    "is_on": is_on,
                    "off": off,
                    "days": {code: choice.working_days for code, choice in choices.items() if choice.working_days is not None},
                    "thresholds": thresholds_as_data(thresholds),
                },
            )
        ]
    )


def preview_of(
    plan: Plan, *, rungs: Sequence[Rung], thresholds: Sequence[Threshold], now: dt.datetime
) -> tuple[list[tuple[Planned, Standing]], bool]:
    """Return what a ladder would do to a plan over the next sixty days if nobody acted, and whether everything was looked at."""
    live = Assignment.objects.filter(task__plan=plan, task__state=TaskState.DISPATCHED, state__in=SWEPT_STATES)
    ids = list(live.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    calendar = calendar_in_force()
    parts = {part.subject.ref: part for part in standings(ids[:MOST], calendar)}
    fired: dict[int, set[str]] = defaultdict(set)
    for pk, key in Firing.objects.filter(assignment_id__in=ids).values_list("assignment_id", "key"):
        fired[pk].add(key)
    planned: list[tuple[Planned, Standing]] = []
    for part in parts.values():
        found = preview(
            [part.subject], start=timezone.localdate(now), calendar=calendar, rungs=rungs, thresholds=thresholds, fired=fired[part.pk]
        )
        planned += [(one, part) for one in found]
    return sorted(planned, key=lambda pair: (pair[0].on, pair[1].pk)), len(ids) <= MOST
