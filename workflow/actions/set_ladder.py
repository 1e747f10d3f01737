"""Set the ladder of a plan, or of the house: rungs, thresholds, whether it is switched on; and see beforehand what it would do."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.refusals import Invalid, NotYours, require
from measures.models import Plan, PlanEvent, PlanVerb
from measures.policy import may_direct
from notifications.outbox import ROOM_CHANNELS
from workflow.actions.ladders import Ladders, adjusted
from workflow.actions.reports_ahead import owed_ahead
from workflow.actions.standing import Standing, standings
from workflow.deadlines import DEFAULT_THRESHOLDS, Threshold, check_thresholds
from workflow.ladder import (
    DEFAULT_LADDER,
    PREVIEW_DAYS,
    RUNG_NAMES,
    RUNG_PAPERS,
    OpenReport,
    Planned,
    Rung,
    check_ladder,
    check_rising,
    preview,
)
from workflow.models import Assignment, Firing, PlanTiming, RungSetting
from workflow.models.batches import forget_ladder_days, lock_tasks_of
from workflow.policy import may_set_house_rules
from workflow.states import SWEPT_STATES, TaskState
from workflow.thresholds import thresholds_as_data, thresholds_in_force
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
        makes_paper: whether it makes its paper; None leaves it to the default.
        channels: by which channels; empty leaves it to each person.
    """

    enabled: bool = True
    working_days: int | None = None
    audiences: tuple[str, ...] | None = None
    makes_paper: bool | None = None
    channels: tuple[str, ...] = ()


def channels_to_choose() -> list[str]:
    """Return the channels that a rung can name: those installed that carry to a person what the inbox holds anyway."""
    return [code for code in settings.DUBAN_CHANNELS if code != "inbox" and code not in ROOM_CHANNELS]


def chosen_rungs(choices: Mapping[str, RungChoice], plan: Plan | None) -> tuple[Rung, ...]:
    """Return the ladder that choices make: of a plan's from the house's, of the house's from the default.

    Raises:
        Invalid: with every reason, in words.
    """
    unknown = sorted(set(choices) - RUNG_NAMES.keys())
    if unknown:
        raise Invalid(_("There is no rung called %(code)s.") % {"code": unknown[0]})
    foreign = sorted({name for choice in choices.values() for name in choice.channels} - set(channels_to_choose()))
    if foreign:
        raise Invalid(_("A rung cannot be told by the channel %(name)s.") % {"name": foreign[0]})
    house = {} if plan is None else _rows(None)
    rungs = adjusted(DEFAULT_LADDER, house | {code: _row(plan, code, choice) for code, choice in choices.items()})
    wrong = check_ladder(rungs) + check_rising(rungs)
    if wrong:
        raise Invalid(" ".join(wrong))
    return rungs


def _rows(plan: Plan | None) -> dict[str, RungSetting]:
    return {row.rung: row for row in RungSetting.objects.filter(plan=plan)}


def _row(plan: Plan | None, code: str, choice: RungChoice) -> RungSetting:
    return RungSetting(
        plan=plan,
        rung=code,
        enabled=choice.enabled,
        working_days=choice.working_days,
        audiences=list(choice.audiences) if choice.audiences is not None else None,
        makes_paper=choice.makes_paper,
        channels=list(choice.channels) or None,
    )


def _choice(row: RungSetting) -> RungChoice:
    told = tuple(row.audiences) if row.audiences is not None else None
    return RungChoice(row.enabled, row.working_days, told, row.makes_paper, tuple(row.channels or ()))


def choices_of(plan: Plan | None) -> dict[str, RungChoice]:
    """Return the rungs of a plan as they stand, of the house without one: every one of the default ladder."""
    return _choices(*([_rows(None)] if plan is None else [_rows(plan), _rows(None)]))


def _choices(*settings: Mapping[str, RungSetting]) -> dict[str, RungChoice]:
    found = {}
    for rung in DEFAULT_LADDER:
        row = next((rows[rung.code] for rows in settings if rung.code in rows), None)
        found[rung.code] = _whole(rung, _choice(row) if row is not None else RungChoice())
    return found


def _whole(rung: Rung, choice: RungChoice) -> RungChoice:
    """Return a choice with what it leaves to the default filled in; days that a light decides stay open."""
    days = choice.working_days if choice.working_days is not None else (None if rung.threshold else rung.days)
    told = choice.audiences if choice.audiences is not None else tuple(one.value for one in rung.audiences)
    makes = bool(rung.paper) if choice.makes_paper is None else choice.makes_paper and rung.code in RUNG_PAPERS
    return RungChoice(choice.enabled, days, told, makes, choice.channels)


def timing_of(plan: Plan | None) -> tuple[bool, tuple[Threshold, ...]]:
    """Return whether the ladder of a plan is switched on, and the thresholds that hold for it; of the house without one."""
    row = PlanTiming.objects.filter(plan=plan).first() if plan is not None else None
    return row is None or row.is_on, thresholds_in_force().of_plan(plan.pk if plan is not None else None)


@transaction.atomic
def set_ladder(
    *, actor: Actor, plan_id: int, is_on: bool, choices: Mapping[str, RungChoice], thresholds: Sequence[Threshold], now: dt.datetime
) -> None:
    """Set the ladder of a plan; what is as the house has it goes on following the house.

    What has fired stays fired; what is still to come is computed anew by the next sweep.

    Raises:
        Invalid: with every reason, in words.
    """
    plan = Plan.objects.select_for_update(of=("self",), no_key=True).select_related("coordinator").filter(pk=plan_id).first()
    if plan is None:
        raise NotYours
    require(may_direct(actor, plan))
    own = () if tuple(thresholds) == thresholds_in_force().house else thresholds
    parts = Assignment.objects.filter(task__plan=plan, state__in=SWEPT_STATES)
    _keep(actor, now, plan, parts, is_on=is_on, choices=choices, thresholds=own, above=_rows(None))


@transaction.atomic
def set_house_ladder(*, actor: Actor, choices: Mapping[str, RungChoice], thresholds: Sequence[Threshold], now: dt.datetime) -> None:
    """Set the ladder of the house: it holds for what belongs to no plan, and for every plan where the plan has not set its own.

    Raises:
        Forbidden: the actor is not the system administrator.
        Invalid: with every reason, in words.
    """
    require(may_set_house_rules(actor))
    own = () if tuple(thresholds) == DEFAULT_THRESHOLDS else thresholds
    parts = Assignment.objects.filter(state__in=SWEPT_STATES)
    _keep(actor, now, None, parts, is_on=True, choices=choices, thresholds=own, above={})


def lock_timing(plan: Plan | None, now: dt.datetime) -> PlanTiming:
    """Return the row of a plan's timing, of the house's without one, locked: whoever sets what counts by it sets it alone.

    Where there is none yet, one is made that changes nothing.
    """
    rows = PlanTiming.objects.select_for_update(of=("self",), no_key=True)
    return rows.get_or_create(plan=plan, defaults={"changed_at": now})[0]


def _keep(
    actor: Actor,
    now: dt.datetime,
    plan: Plan | None,
    parts: QuerySet[Assignment],
    *,
    is_on: bool,
    choices: Mapping[str, RungChoice],
    thresholds: Sequence[Threshold],
    above: Mapping[str, RungSetting],
) -> None:
    """Write what differs from the settings above, have the parts that follow it looked at anew, and write the line of the record.

    The record comes last: who waited for a task with its head in hand could wait for ever.
    """
    chosen_rungs(choices, plan)
    if wrong := check_thresholds(thresholds):
        raise Invalid(" ".join(wrong))
    usual = _choices(above)
    own = {rung.code: _whole(rung, choices[rung.code]) for rung in DEFAULT_LADDER if rung.code in choices}
    own = {code: choice for code, choice in own.items() if choice != usual[code]}
    timing = lock_timing(plan, now)
    lock_tasks_of(parts)
    RungSetting.objects.filter(plan=plan).delete()
    RungSetting.objects.bulk_create(_row(plan, code, choice) for code, choice in own.items())
    timing.is_on, timing.thresholds = is_on, thresholds_as_data(thresholds)
    timing.changed_by_id, timing.changed_at = actor.user_id, now
    timing.save()
    forget_ladder_days(parts)
    PlanEvent.append(
        [
            PlanEvent(
                at=now,
                verb=PlanVerb.SET_LADDER.value,
                actor_id=actor.user_id,
                actor_name=actor.name,
                on_behalf_of_id=actor.on_behalf_of("coordinate", plan.coordinator_id) if plan is not None else None,
                agency=plan.coordinator if plan is not None else None,
                agency_name=plan.coordinator.name if plan is not None else "",
                plan=plan,
                data={
                    "is_on": is_on,
                    "off": sorted(code for code, choice in own.items() if not choice.enabled),
                    "days": {code: choice.working_days for code, choice in own.items() if choice.working_days is not None},
                    "told": {code: list(choice.audiences or ()) for code, choice in own.items()},
                    "papers": {code: bool(choice.makes_paper) for code, choice in own.items()},
                    "channels": {code: list(choice.channels) for code, choice in own.items() if choice.channels},
                    "thresholds": timing.thresholds,
                },
            )
        ]
    )


def preview_of(
    plan: Plan, *, rungs: Sequence[Rung], thresholds: Sequence[Threshold], now: dt.datetime
) -> tuple[list[tuple[Planned, Standing]], bool]:
    """Return what a ladder would do to a plan over the next sixty days if nobody acted, and whether everything was looked at."""
    ahead = _Ahead(Assignment.objects.filter(task__plan=plan), now)
    planned = [(one, part) for part in ahead.parts for one in ahead.of(part, rungs, thresholds)]
    return sorted(planned, key=lambda pair: (pair[0].on, pair[1].pk)), ahead.complete


@dataclass(frozen=True, slots=True)
class HousePreview:
    """What a ladder of the house would do over the next sixty days if nobody acted: in numbers, for who sets it reads no tasks.

    Attributes:
        parts: how many parts of agencies were looked at.
        complete: whether those are all.
        sums: by rung, how often it would fire as the ladder is now, and as it was chosen.
    """

    parts: int
    complete: bool
    sums: tuple[tuple[str, int, int], ...]


def preview_of_house(*, choices: Mapping[str, RungChoice], thresholds: Sequence[Threshold], now: dt.datetime) -> HousePreview:
    """Return what a ladder of the house would do to everything that follows it, and what the present one would."""
    calendar = calendar_in_force()
    rows = {code: _row(None, code, choice) for code, choice in choices.items()}
    ladders = (Ladders(calendar), Ladders(calendar, house=rows, thresholds=tuple(thresholds)))
    ahead = _Ahead(Assignment.objects.all(), now)
    counts = []
    for ladder in ladders:
        fired = (one.firing.rung.code for part in ahead.parts for one in ahead.of(part, *ladder.set_for(part.plan_id)))
        counts.append(Counter(fired))
    sums = tuple((rung.code, counts[0][rung.code], counts[1][rung.code]) for rung in DEFAULT_LADDER)
    return HousePreview(len(ahead.parts), ahead.complete, sums)


class _Ahead:
    """Parts that climb, what they have fired, and the days and periods ahead of them; no more than `MOST`."""

    def __init__(self, rows: QuerySet[Assignment], now: dt.datetime) -> None:
        live = rows.filter(task__state=TaskState.DISPATCHED, state__in=SWEPT_STATES)
        ids = list(live.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
        self.complete = len(ids) <= MOST
        self.start, self.calendar = timezone.localdate(now), calendar_in_force()
        coming = owed_ahead(ids[:MOST], self.start, self.start + dt.timedelta(days=PREVIEW_DAYS), self.calendar)
        self.parts = [_with_coming(part, coming.get(part.pk, ())) for part in standings(ids[:MOST], self.calendar)]
        self._fired: dict[int, set[str]] = defaultdict(set)
        for pk, key in Firing.objects.filter(assignment_id__in=ids[:MOST]).values_list("assignment_id", "key"):
            self._fired[pk].add(key)

    def of(self, part: Standing, rungs: Sequence[Rung], thresholds: Sequence[Threshold]) -> list[Planned]:
        """Return what would fire for a part."""
        return preview(
            [part.subject], start=self.start, calendar=self.calendar, rungs=rungs, thresholds=thresholds, fired=self._fired[part.pk]
        )


def _with_coming(part: Standing, coming: tuple[OpenReport, ...]) -> Standing:
    """Return a part that owes already what its coming periods will ask of it."""
    subject = part.subject
    if part.is_lead:
        subject = replace(subject, open_reports=(*subject.open_reports, *coming))
    else:
        subject = replace(subject, open_contributions=(*subject.open_contributions, *coming))
    return replace(part, subject=subject)
