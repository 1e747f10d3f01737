"""The ladder climbs: rungs whose day has come fire once, are recorded, and tell the people they name."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.models import Role
from notifications import outbox
from notifications.outbox import NewMessage
from notifications.topics import Topic
from workflow import policy, timing
from workflow.deadlines import WorkCalendar, working_days_between
from workflow.ladder import DEFAULT_LADDER, Audience, Firing, OpenReport, Rung, Subject, Trigger, next_rung_on, rungs_due, still_holds
from workflow.models import Assignment, Participation, RungSetting
from workflow.models import Firing as FiringRow
from workflow.states import AssignmentState, ReportState, TaskState, Tie
from workflow.timeline import Entry, Verb, record
from workflow.working_days import calendar_in_force

BATCH = 500
"""Assignments looked at in one transaction."""

NEVER = dt.date(9999, 12, 31)
"""Stands in `ladder_on` for "no rung ahead"."""

CLIMBING = (AssignmentState.PENDING, AssignmentState.ACCEPTED)
"""Assignments that still climb: neither disputed nor declared nor ended."""


def climb(now: dt.datetime) -> int:
    """Fire every rung that is due, batch by batch; doing it again at once fires nothing.

    Returns:
        The number of rungs that told somebody.
    """
    calendar = calendar_in_force()
    today = timezone.localdate(now)
    if not calendar.is_working(today):
        return 0
    ladders = _ladders()
    told, last = 0, 0
    while True:
        count, last = _climb_batch(last, now, calendar, ladders)
        told += count
        if not last:
            return told


@transaction.atomic
def _climb_batch(after: int, now: dt.datetime, calendar: WorkCalendar, ladders: Mapping[int | None, Sequence[Rung]]) -> tuple[int, int]:
    """Fire what is due among the next assignments; returns how many rungs told somebody and the last key looked at, 0 at the end."""
    today = timezone.localdate(now)
    due = Assignment.objects.filter(Q(ladder_on__isnull=True) | Q(ladder_on__lte=today), state__in=CLIMBING, pk__gt=after).order_by("pk")
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True, of=("self",))
    batch = list(due.select_related("task", "task__issuer", "agency").prefetch_related("reports", "extensions")[:BATCH])
    if not batch:
        return 0, 0
    fired = _fired(batch)
    firings: list[tuple[Assignment, Firing]] = []
    for part in batch:
        rungs = ladders.get(part.task.plan_id, ladders[None])
        subject = _subject(part, calendar)
        fresh = rungs_due(subject, now=now, calendar=calendar, rungs=rungs, fired=fired[part.pk])
        firings += [(part, firing) for firing in fresh]
        seen = fired[part.pk] | {firing.key for firing in fresh}
        part.ladder_on = next_rung_on(subject, calendar=calendar, rungs=rungs, fired=seen) or NEVER
    FiringRow.objects.bulk_create(
        FiringRow(key=firing.key, rung=firing.rung.code, task=part.task, assignment=part, agency=part.agency, fired_at=now)
        for part, firing in firings
    )
    Assignment.objects.bulk_update(batch, ["ladder_on"])
    loud = [(part, firing) for part, firing in firings if not firing.skipped]
    _tell(loud, now)
    return len(loud), batch[-1].pk


def _ladders() -> dict[int | None, tuple[Rung, ...]]:
    """Return the rungs by plan; under None those of plans that have none of their own."""
    settings_by_plan: dict[int | None, dict[str, RungSetting]] = defaultdict(dict)
    for row in RungSetting.objects.all():
        settings_by_plan[row.plan_id][row.rung] = row
    house = settings_by_plan.pop(None, {})
    ladders: dict[int | None, tuple[Rung, ...]] = {None: _adjusted(DEFAULT_LADDER, house)}
    for plan_id, rows in settings_by_plan.items():
        ladders[plan_id] = _adjusted(DEFAULT_LADDER, house | rows)
    return ladders


def _adjusted(rungs: Iterable[Rung], rows: Mapping[str, RungSetting]) -> tuple[Rung, ...]:
    adjusted = []
    for rung in rungs:
        row = rows.get(rung.code)
        if row is None:
            adjusted.append(rung)
        elif row.enabled:
            adjusted.append(rung if row.working_days is None else replace(rung, days=row.working_days, threshold=""))
    return tuple(adjusted)


def _fired(batch: Sequence[Assignment]) -> dict[int, set[str]]:
    fired: dict[int, set[str]] = defaultdict(set)
    for assignment_id, key in FiringRow.objects.filter(assignment__in=batch).values_list("assignment_id", "key"):
        fired[assignment_id].add(key)
    return fired


def _subject(part: Assignment, calendar: WorkCalendar) -> Subject:
    """Return what the ladder looks at: leads answer for the due date and for movement, supporters for signing only."""
    dispatched_on = timezone.localdate(part.assigned_at)
    owed = {ReportState.DUE, ReportState.DRAFT, ReportState.RETURNED}
    return Subject(
        ref=f"assignment:{part.pk}",
        due_on=part.due_on if part.is_lead else None,
        due_version=part.due_version,
        dispatched_on=dispatched_on,
        signed=part.signed_at is not None,
        last_movement_on=timezone.localdate(part.moved_at) if part.is_lead else None,
        total_working_days=working_days_between(dispatched_on, part.due_on, calendar) if part.due_on else 0,
        open_reports=tuple(OpenReport(f"report:{row.pk}", row.due_on) for row in part.reports.all() if row.state in owed),
        finished=part.task.state not in {TaskState.DISPATCHED, TaskState.SUSPENDED},
        paused=timing.is_paused(part),
    )


def _tell(firings: Sequence[tuple[Assignment, Firing]], now: dt.datetime) -> None:
    if not firings:
        return
    record(
        Actor.system(),
        now,
        *(
            Entry(task=part.task, verb=Verb.RUNG, agency=part.agency, assignment=part, data={"rung": firing.rung.code, "key": firing.key})
            for part, firing in firings
        ),
    )
    people = _people(firings, now)
    messages = []
    with translation.override(settings.LANGUAGE_CODE):
        for part, firing in firings:
            named = dict.fromkeys(user for audience in firing.rung.audiences for user in people(part, audience))
            messages += [_message(part, firing, user) for user in named]
        outbox.post(messages, now=now)


def _message(part: Assignment, firing: Firing, user_id: int) -> NewMessage:
    words = {"task": str(part.task), "agency": part.agency.short_name, "due_on": part.due_on.isoformat() if part.due_on else ""}
    match firing.rung.trigger:
        case Trigger.DUE if firing.rung.code in {"due_soon", "warning"}:
            subject, topic = _("Due soon: %(task)s (%(agency)s, due on %(due_on)s)") % words, Topic.DEADLINE
        case Trigger.DUE:
            subject, topic = _("Overdue: %(task)s (%(agency)s, was due on %(due_on)s)") % words, Topic.ESCALATION
        case Trigger.UNSIGNED:
            subject, topic = _("Not signed for yet: %(task)s (%(agency)s)") % words, Topic.DEADLINE
        case Trigger.REPORT:
            subject, topic = _("Report missing: %(task)s (%(agency)s)") % words, Topic.DEADLINE
        case _:
            subject, topic = _("No movement for a long time: %(task)s (%(agency)s)") % words, Topic.DEADLINE
    return NewMessage(
        key=f"{firing.key}|{user_id}",
        recipient_id=user_id,
        topic=topic,
        subject=subject,
        body=subject,
        link=reverse("task", args=[part.task_id]),
        ref=f"task:{part.task_id}",
        urgent=firing.rung.urgent,
        channels=firing.rung.channels,
    )


def _people(firings: Sequence[tuple[Assignment, Firing]], now: dt.datetime) -> Callable[[Assignment, Audience], Iterable[int]]:
    """Return a function from a part and an audience to people, everything loaded beforehand."""
    agencies = {part.agency_id for part, _firing in firings}
    above: dict[int, set[int]] = defaultdict(set)
    rows = Participation.objects.filter(task_id__in={part.task_id for part, _firing in firings}, tie__in=[Tie.ISSUER, Tie.ABOVE])
    for task_id, agency_id in rows.values_list("task_id", "agency_id"):
        above[task_id].add(agency_id)
    officers = policy.people_who_hold("report", agencies, now=now)
    reviewers = policy.people_who_hold("review", agencies, now=now)
    heads = policy.people_in_role(Role.HEAD, agencies, now=now)
    coordinators = policy.people_who_hold("coordinate", {part.task.issuer_id for part, _firing in firings}, now=now)
    leaders = policy.people_in_role(Role.LEADER, {agency for line in above.values() for agency in line}, now=now)

    def people(part: Assignment, audience: Audience) -> Iterable[int]:
        match audience:
            case Audience.OFFICER:
                own = officers.get(part.agency_id, [])
                return [part.officer_id] if part.officer_id in own else own
            case Audience.AGENCY_HEAD:
                return heads.get(part.agency_id) or reviewers.get(part.agency_id, [])
            case Audience.COORDINATOR:
                return coordinators.get(part.task.issuer_id, [])
            case _:
                return [user for agency in sorted(above[part.task_id]) for user in leaders.get(agency, ())]

    return people


def still_true(keys: Collection[str], now: dt.datetime) -> set[str]:
    """Answer, at the moment of sending, which of the ladder's reminders are still so; registered with the outbox for `assignment:…`."""
    parts = {key: int(key.partition("|")[0].partition(":")[2]) for key in keys}
    climbing = (
        Assignment.objects.filter(pk__in=parts.values(), state__in=CLIMBING)
        .select_related("task")
        .prefetch_related("reports", "extensions")
    )
    calendar = calendar_in_force()
    subjects = {part.pk: _subject(part, calendar) for part in climbing}
    return {key for key, part in parts.items() if part in subjects and still_holds(key, subjects[part], DEFAULT_LADDER)}
