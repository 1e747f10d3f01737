"""The sweep as it is easiest to believe: one assignment at a time, everything read anew, no column that remembers a day.

It is the oracle that the sweep in batches is held to.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.models import Role
from notifications import outbox
from notifications.outbox import NewMessage
from notifications.topics import Topic
from workflow import policy, timing
from workflow.actions.door import of_part
from workflow.deadlines import Period, PeriodKind, add_working_days, period_of, working_days_between
from workflow.ladder import DEFAULT_LADDER, Audience, Firing, OpenReport, Rung, Subject, Trigger, rungs_due
from workflow.models import Assignment, Contribution, Participation, Report, RungSetting, Task
from workflow.models import Firing as FiringRow
from workflow.timeline import Entry, Verb, record
from workflow.working_days import calendar_in_force


@transaction.atomic
def slow_sweep(now: dt.datetime) -> None:
    """Do what a sweep does."""
    today = timezone.localdate(now)
    leads = Assignment.objects.filter(part="lead", state__in=["pending", "accepted"]).select_related("task")
    for part in leads.filter(due_on__lt=today, task__state__in=["dispatched", "closing"]):
        Assignment.objects.filter(pk=part.pk).update(was_overdue=True)
    Task.objects.filter(due_on__lt=today, state__in=["dispatched", "closing"]).update(was_overdue=True)
    for part in leads.filter(task__state="dispatched").exclude(task__rhythm="none"):
        _catch_up(part, now)
        _open(part, period_of(PeriodKind(part.task.rhythm), today), today)
    for report in Report.objects.filter(state__in=["due", "draft", "agency_review"], due_on__lt=today, was_missed=False):
        part = report.assignment
        if part.state in {"pending", "accepted"} and part.task.state == "dispatched":
            Report.objects.filter(pk=report.pk).update(was_missed=True)
            record(Actor.system(), now, of_part(part, Verb.MISS_REPORT, report=report, due_on=report.due_on.isoformat()))
    if calendar_in_force().is_working(today):
        for part in Assignment.objects.filter(state__in=["pending", "accepted"]):
            _climb(part, now)


def _catch_up(part: Assignment, now: dt.datetime) -> None:
    """Open what passed since the last report: the periods with a day on which the part could be worked on."""
    today, last = timezone.localdate(now), part.reports.filter(on_demand=False).order_by("period_end").last()
    if last is None or last.period_end >= today:
        return
    day, made = last.period_end + dt.timedelta(days=1), []
    while (period := period_of(PeriodKind(part.task.rhythm), day)).ends_on < today:
        days = [period.starts_on + dt.timedelta(days=n) for n in range((period.ends_on - period.starts_on).days + 1)]
        worked = next((one for one in days if _in_hand(part, one)[0]), None)
        if period.starts_on == day and worked is not None:
            made.append(_open(part, period, today, worked=worked))
        day = period.ends_on + dt.timedelta(days=1)
    for report in made[:-1]:
        if report.due_on < today:
            for rung in ("report_missed", "report_missed_long"):
                key = f"assignment:{part.pk}|report:{report.pk}|{rung}|{report.due_on}"
                FiringRow.objects.create(key=key, rung=rung, assignment=part, fired_at=now)


def _in_hand(part: Assignment, day: dt.date) -> tuple[bool, bool]:
    """Tell whether a part could be worked on at any moment of a day, and at its end: the record is read anew for each day."""
    running, disputed, declared = False, False, False
    found = [False]
    for event in part.task.events.order_by("sequence"):
        then = timezone.localdate(event.at)
        if then > day:
            break
        if then == day:
            found.append(running and not disputed and not declared)
        if event.to_state == "dispatched":
            running, declared = True, declared and event.from_state == "suspended"
        elif event.from_state == "dispatched":
            running = False
        elif event.assignment_id == part.pk and "disputed" in {event.from_state, event.to_state}:
            disputed = event.to_state == "disputed"
        elif event.assignment_id == part.pk and event.to_state == "declared":
            declared = True
    at_the_end = running and not disputed and not declared
    return at_the_end or any(found), at_the_end


def _open(part: Assignment, period: Period, today: dt.date, worked: dt.date | None = None) -> Report:
    due_on, day = add_working_days(period.ends_on, 5, calendar_in_force()), worked or today
    while day < today and day <= due_on:
        if calendar_in_force().is_working(day) and not _in_hand(part, day)[1]:
            due_on = add_working_days(due_on, 1, calendar_in_force())
        day += dt.timedelta(days=1)
    report, is_new = Report.objects.get_or_create(
        assignment=part,
        period_start=period.starts_on,
        period_end=period.ends_on,
        on_demand=False,
        defaults={"due_on": due_on},
    )
    if not is_new or not part.task.asks_supporters or report.due_on < today:
        return report
    least = dt.date.min if worked is None else today
    for support in part.task.assignments.filter(part="support", state__in=["pending", "accepted", "declared", "disputed"]):
        Contribution.objects.get_or_create(
            assignment=support,
            period_start=report.period_start,
            period_end=report.period_end,
            on_demand=False,
            defaults={"due_on": min(max(add_working_days(period.ends_on, 3, calendar_in_force()), least), report.due_on)},
        )
    return report


def _climb(part: Assignment, now: dt.datetime) -> None:
    fired = set(FiringRow.objects.filter(assignment=part).values_list("key", flat=True))
    rungs = _rungs(part.task.plan_id)
    for firing in rungs_due(_subject(part), now=now, calendar=calendar_in_force(), rungs=rungs, fired=fired):
        FiringRow.objects.create(key=firing.key, rung=firing.rung.code, assignment=part, fired_at=now)
        if not firing.skipped:
            data = {"rung": firing.rung.code, "key": firing.key}
            record(Actor.system(), now, Entry(task=part.task, verb=Verb.RUNG, agency=part.agency, assignment=part, data=data))
            with translation.override(settings.LANGUAGE_CODE):
                people = dict.fromkeys(user for audience in firing.rung.audiences for user in _people(part, audience, now))
                outbox.post([_message(part, firing, user) for user in people], now=now)


def _rungs(plan_id: int | None) -> list[Rung]:
    off = set(RungSetting.objects.filter(plan__isnull=True, enabled=False).values_list("rung", flat=True))
    if plan_id is not None:
        own = dict(RungSetting.objects.filter(plan=plan_id).values_list("rung", "enabled"))
        off = {code for code in off | own.keys() if not own.get(code, code not in off)}
    return [rung for rung in DEFAULT_LADDER if rung.code not in off]


def _subject(part: Assignment) -> Subject:
    calendar = calendar_in_force()
    dispatched_on = timezone.localdate(part.assigned_at)
    return Subject(
        ref=f"assignment:{part.pk}",
        due_on=part.due_on if part.is_lead else None,
        due_version=part.due_version,
        dispatched_on=dispatched_on,
        signed=part.signed_at is not None,
        last_movement_on=timezone.localdate(part.moved_at) if part.is_lead else None,
        total_working_days=working_days_between(dispatched_on, part.due_on, calendar) if part.due_on else 0,
        open_reports=tuple(
            OpenReport(f"report:{row.pk}", row.due_on) for row in part.reports.all() if row.state in {"due", "draft", "returned"}
        ),
        open_contributions=tuple(
            OpenReport(f"contribution:{row.pk}", row.due_on)
            for row in part.contributions.all()
            if row.state in {"asked", "draft", "returned"} and not part.is_lead
        ),
        plan_due_on=part.plan_due_on if _owes_a_plan(part) else None,
        finished=part.task.state not in {"dispatched", "suspended"},
        paused=timing.is_paused(part),
    )


def _owes_a_plan(part: Assignment) -> bool:
    return part.is_lead and part.task.asks_work_plans and not part.work_plans.filter(state="filed").exists()


def _people(part: Assignment, audience: Audience, now: dt.datetime) -> Iterable[int]:
    agency, issuer = part.agency_id, part.task.issuer_id
    match audience:
        case Audience.OFFICER:
            own = policy.people_who_hold("report", {agency}, now=now).get(agency, [])
            return [part.officer_id] if part.officer_id in own and part.officer_id is not None else own
        case Audience.AGENCY_HEAD:
            heads = policy.people_in_role(Role.HEAD, {agency}, now=now).get(agency, [])
            return heads or policy.people_who_hold("review", {agency}, now=now).get(agency, [])
        case Audience.LEAD:
            leading = Participation.objects.filter(task=part.task, tie="lead").order_by("agency_id").values_list("agency_id", flat=True)
            found = policy.people_who_hold("report", set(leading), now=now)
            return [user for agency in leading for user in found.get(agency, [])]
        case Audience.COORDINATOR:
            return policy.people_who_hold("coordinate", {issuer}, now=now).get(issuer, [])
        case _:
            line = set(Participation.objects.filter(task=part.task, tie__in=["issuer", "above"]).values_list("agency_id", flat=True))
            leaders = policy.people_in_role(Role.LEADER, line, now=now)
            return [user for above in sorted(line) for user in leaders.get(above, [])]


def _message(part: Assignment, firing: Firing, user_id: int) -> NewMessage:
    words = {"task": str(part.task), "agency": part.agency.short_name, "due_on": part.due_on.isoformat() if part.due_on else ""}
    text, topic = {
        Trigger.UNSIGNED: (_("Not signed for yet: %(task)s (%(agency)s)"), Topic.DEADLINE),
        Trigger.REPORT: (_("Report missing: %(task)s (%(agency)s)"), Topic.DEADLINE),
        Trigger.CONTRIBUTION: (_("Contribution missing: %(task)s (%(agency)s)"), Topic.DEADLINE),
        Trigger.WORK_PLAN: (_("Work plan not on record yet: %(task)s (%(agency)s)"), Topic.DEADLINE),
        Trigger.STANDSTILL: (_("No movement for a long time: %(task)s (%(agency)s)"), Topic.DEADLINE),
        Trigger.DUE: (_("Due soon: %(task)s (%(agency)s, due on %(due_on)s)"), Topic.DEADLINE)
        if firing.rung.code in {"due_soon", "warning"}
        else (_("Overdue: %(task)s (%(agency)s, was due on %(due_on)s)"), Topic.ESCALATION),
    }[firing.rung.trigger]
    return NewMessage(
        key=f"{firing.key}|{user_id}",
        recipient_id=user_id,
        topic=topic,
        subject=text % words,
        body=text % words,
        link=reverse("task", args=[part.task_id]),
        ref=f"task:{part.task_id}",
        urgent=firing.rung.urgent,
    )
