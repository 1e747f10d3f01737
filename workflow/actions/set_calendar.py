"""Set the working days of the house: the days change, and with them dates that were counted in working days, by one rule.

These dates move: of reports (of a period, of a stage, out of turn), of contributions, of the last day to hand back, of the ruling on a
hand-back, of the plans that leads are asked for.
The rule: a date that was counted from a day, that has not come yet and that what it belongs to still waits for, is counted again; it
never moves to a day that has passed. Dates that a document or a person has set stay, and so do dates that have passed, the days a
stopped clock gave back, the day of a verification, and the days that who takes a part over has at least. Rungs of the ladder are
counted anew by the next sweep.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import models, transaction
from django.db.models import Count, F
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.refusals import Invalid, require
from measures.models import PlanEvent, PlanVerb
from workflow.actions.ask_supporters import CONTRIBUTION_WORKING_DAYS
from workflow.actions.plan_days import PLAN_WORKING_DAYS
from workflow.actions.reports_ahead import REPORT_WORKING_DAYS
from workflow.actions.set_ladder import lock_timing
from workflow.actions.write_report import ON_DEMAND_WORKING_DAYS
from workflow.deadlines import ChineseCalendar, add_working_days
from workflow.deadlines.calendar import SHANGHAI
from workflow.models import Assignment, CalendarDay, Contribution, Event, HandBack, Report
from workflow.models.batches import AT_ONCE, forget_ladder_days, lock_tasks_of
from workflow.policy import may_set_house_rules
from workflow.states import LIVE_ASSIGNMENT_STATES, SWEPT_STATES, AssignmentState, ContributionState, HandBackState, ReportState
from workflow.timeline import Verb
from workflow.timing import HAND_BACK_WORKING_DAYS, RULING_WORKING_DAYS
from workflow.working_days import calendar_of

MOST_DAYS = 800
"""Days set at once: more than two years."""

MOVED = ("reports", "contributions", "hand_backs", "rulings", "work_plans")
"""The kinds of dates that are counted in working days."""

_WRITTEN = [ReportState.DUE, ReportState.DRAFT, ReportState.AGENCY_REVIEW]
_ASKED = [ContributionState.ASKED, ContributionState.DRAFT, ContributionState.AGENCY_REVIEW]


@dataclass(frozen=True, slots=True)
class Dated:
    """A kind of date that is counted in working days.

    Attributes:
        rows: what still waits for it.
        field: the column of the date.
        anchor: the day it is counted from.
        days: how many working days.
        part: path from a row to its assignment.
    """

    name: str
    rows: models.QuerySet[Any]
    field: str
    anchor: models.expressions.Combinable
    days: int
    part: str = "assignment__"


def _dated() -> tuple[Dated, ...]:
    reports = Report.objects.filter(state__in=_WRITTEN, was_missed=False, assignment__state__in=SWEPT_STATES)
    asked = Contribution.objects.filter(state__in=_ASKED, assignment__state__in=SWEPT_STATES)
    pending = Assignment.objects.filter(state__in=[AssignmentState.PENDING, AssignmentState.ACCEPTED])
    raised = HandBack.objects.filter(state=HandBackState.RAISED)
    begun, handed = TruncDate("assigned_at", tzinfo=SHANGHAI), TruncDate("raised_at", tzinfo=SHANGHAI)
    planned, signed = Assignment.objects.filter(state__in=SWEPT_STATES), TruncDate("signed_at", tzinfo=SHANGHAI)
    return (
        Dated("reports", reports.filter(on_demand=False), "due_on", F("period_end"), REPORT_WORKING_DAYS),
        Dated("reports", reports.filter(on_demand=True), "due_on", F("period_end"), ON_DEMAND_WORKING_DAYS),
        Dated("contributions", asked, "due_on", F("period_end"), CONTRIBUTION_WORKING_DAYS),
        Dated("hand_backs", pending, "hand_back_until", begun, HAND_BACK_WORKING_DAYS, part=""),
        Dated("rulings", raised, "rule_by", handed, RULING_WORKING_DAYS),
        Dated("work_plans", planned, "plan_due_on", signed, PLAN_WORKING_DAYS, part=""),
    )


@dataclass(frozen=True, slots=True)
class Move:
    """Dates that move together: counted from one day, from one date to another."""

    of: Dated
    anchor: dt.date
    before: dt.date
    after: dt.date
    count: int


@dataclass(frozen=True, slots=True)
class Change:
    """What a change of the calendar comes to.

    Attributes:
        days: the days whose answer changes, and the answer: worked, off, or None for as announced.
        moves: the dates that move.
    """

    days: Mapping[dt.date, bool | None]
    moves: tuple[Move, ...]

    def count(self, name: str) -> int:
        """Return how many dates of a kind move, one of `MOVED`."""
        return sum(move.count for move in self.moves if move.of.name == name)

    def counts(self) -> dict[str, int]:
        """Return how many dates of each kind move."""
        return {name: self.count(name) for name in MOVED}


def look(days: Mapping[dt.date, bool | None], *, now: dt.datetime) -> Change:
    """Return what setting days would change, without changing it."""
    stored = dict(CalendarDay.objects.values_list("day", "is_working"))
    fresh = {day: working for day, working in sorted(days.items()) if stored.get(day) != working}
    if not fresh:
        return Change({}, ())
    wanted = {day: working for day, working in {**stored, **fresh}.items() if working is not None}
    return Change(fresh, tuple(_moves(calendar_of(stored), calendar_of(wanted), timezone.localdate(now))))


def _moves(old: ChineseCalendar, new: ChineseCalendar, today: dt.date) -> list[Move]:
    found = []
    for dated in _dated():
        ahead = dated.rows.filter(**{f"{dated.field}__gte": today}).order_by()
        pairs = ahead.annotate(anchor=dated.anchor).values_list("anchor", dated.field).annotate(n=Count("pk"))
        for anchor, before, count in pairs:
            if add_working_days(anchor, dated.days, old) != before:
                continue  # somebody has set it
            after = max(today, add_working_days(anchor, dated.days, new))
            if after != before:
                found.append(Move(dated, anchor, before, after, count))
    return sorted(found, key=lambda move: (move.of.name, move.before, move.anchor))


@transaction.atomic
def set_calendar(*, actor: Actor, days: Mapping[dt.date, bool | None], notice: str, now: dt.datetime) -> Change:
    """Set days as worked or off, or back to what was announced (None), and count again what was counted by them.

    One line of the record for the act, and one on each task whose date has moved. Setting what is set already changes nothing.
    One act at a time: it locks the house's timing, then the tasks under way, and only then counts.

    Returns:
        What was changed; a date that somebody set in the meantime stays and is not counted.

    Raises:
        Forbidden: the actor is not the system administrator.
        Invalid: no day, too many days, or no notice.
    """
    require(may_set_house_rules(actor))
    notice = notice.strip()
    if not notice:
        raise Invalid(_("Name the notice that orders it."), "notice")
    if not 0 < len(days) <= MOST_DAYS:
        raise Invalid(_("Name at least one day and at most %(most)d.") % {"most": MOST_DAYS}, "days")
    lock_timing(None, now)
    lock_tasks_of(Assignment.objects.filter(state__in=LIVE_ASSIGNMENT_STATES))
    change = look(days, now=now)
    if not change.days:
        return change
    CalendarDay.objects.filter(day__in=[day for day, working in change.days.items() if working is None]).delete()
    rows = [CalendarDay(day=day, is_working=working, notice=notice[:200]) for day, working in change.days.items() if working is not None]
    CalendarDay.objects.bulk_create(rows, update_conflicts=True, unique_fields=["day"], update_fields=["is_working", "notice"])
    carried_out = [(move, _carry_out(actor, now, move, notice)) for move in change.moves]
    done = replace(change, moves=tuple(replace(move, count=len(lines)) for move, lines in carried_out if lines))
    forget_ladder_days(Assignment.objects.filter(state__in=SWEPT_STATES))
    _record(actor, now, done, notice)
    Event.append([event for _move, lines in carried_out for event in lines])
    return done


def _record(actor: Actor, now: dt.datetime, change: Change, notice: str) -> None:
    days = {day.isoformat(): working for day, working in change.days.items()}
    data = {"notice": notice, "days": days, **change.counts()}
    event = PlanEvent(at=now, verb=PlanVerb.SET_CALENDAR.value, actor_id=actor.user_id, actor_name=actor.name, comment=notice, data=data)
    PlanEvent.append([event])


def _carry_out(actor: Actor, now: dt.datetime, move: Move, notice: str) -> list[Event]:
    """Move the dates of one group that still stand as they were counted; returns the lines for the record, one a row."""
    dated = move.of
    rows = dated.rows.annotate(anchor=dated.anchor).filter(**{dated.field: move.before}, anchor=move.anchor)
    columns = ("pk", f"{dated.part}task_id", f"{dated.part}pk", f"{dated.part}agency_id", f"{dated.part}agency__name")
    found = list(rows.select_for_update(of=("self",), no_key=True).order_by("pk").values_list(*columns))
    model = dated.rows.model
    keys = [row[0] for row in found]
    for start in range(0, len(keys), AT_ONCE):
        model._default_manager.filter(pk__in=keys[start : start + AT_ONCE]).update(**{dated.field: move.after})
    data = {"what": dated.name, "date_before": move.before.isoformat(), "date_after": move.after.isoformat(), "notice": notice}
    return [
        Event(
            at=now,
            verb=Verb.MOVE_BY_CALENDAR.value,
            actor_id=actor.user_id,
            actor_name=actor.name,
            agency_id=agency_id,
            agency_name=agency_name,
            data=dict(data),
            task_id=task_id,
            assignment_id=part_id,
            report_id=pk if model is Report else None,
        )
        for pk, task_id, part_id, agency_id, agency_name in found
    ]
