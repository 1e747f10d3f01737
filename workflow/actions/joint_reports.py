"""One report for several tasks 合并填报: one text, a row in each task, so that the same material is asked once.

The officer names further open reports of the same agency and period; they follow the one that is written: sent for review, released
or sent back with it. Once released each is judged by the coordinator of its own task, and stands alone from then on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.refusals import Conflict, Invalid, require
from workflow import policy
from workflow.actions.door import keep, lock_report, log, move, of_part
from workflow.models import Evidence, Report, Task
from workflow.states import AssignmentState, ReportState, TaskState
from workflow.timeline import Entry, Verb
from workflow.timing import WRITABLE_REPORTS

COPIED = ("done", "next_steps", "problems", "help_needed", "forecast_on", "confidence")
"""What of the text is the same in every row; the percentage is each task's own."""


def candidates(report: Report) -> QuerySet[Report]:
    """Return the open reports that one can be written together with: the same agency, the same period, in hand, nobody's main."""
    rows = Report.objects.filter(
        assignment__agency_id=report.assignment.agency_id,
        assignment__state=AssignmentState.ACCEPTED,
        assignment__task__state=TaskState.DISPATCHED,
        period_start=report.period_start,
        period_end=report.period_end,
        on_demand=report.on_demand,
        state__in=WRITABLE_REPORTS,
        followers__isnull=True,
    ).exclude(pk=report.pk)
    return (rows.filter(written_with__isnull=True) | rows.filter(written_with=report)).select_related("assignment__task").order_by("pk")


def lock_tasks_with(report_id: int, others: Collection[int] = ()) -> frozenset[int]:
    """Lock the tasks of a report and of those that follow it, or are to, in the order of their keys; returns them.

    Raises:
        Conflict: another report came to follow it meanwhile, whose task is not locked.
    """
    together = Q(pk__in=[report_id, *others]) | Q(written_with=report_id)
    tasks = frozenset(Report.objects.filter(together).values_list("assignment__task_id", flat=True))
    list(Task.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=tasks).order_by("pk").values_list("pk", flat=True))
    if Report.objects.filter(written_with=report_id).exclude(assignment__task__in=tasks).exists():
        raise Conflict(_("Somebody has changed this since you opened it. Load the page again and look at what has happened."))
    return tasks


@transaction.atomic
def write_together(
    *, actor: Actor, report_id: int, others: Mapping[int, int | None], now: dt.datetime, version: int | None = None
) -> Report:
    """Say which further reports this one is written for, each with its own percentage; those left out stand alone again.

    Raises:
        Invalid: one of them cannot be written together with this one, or a percentage is not between 0 and 100.
        Conflict: somebody has just said otherwise, or the page is stale.
    """
    tasks = lock_tasks_with(report_id, others)  # also of those that will be left out: they are written, too
    report = lock_report(actor, report_id, now=now, version=version)
    require(policy.may_report(actor, report))
    if report.state not in WRITABLE_REPORTS or report.written_with_id is not None:
        raise Invalid(_("This report cannot be written for others now."), "others")
    able = {row.pk: row for row in candidates(report).filter(assignment__task__in=tasks).select_for_update(of=("self",), no_key=True)}
    if not set(others) <= set(able):
        raise Invalid(_("These reports cannot be written together: another agency, another period, or sent already."), "others")
    if any(percent is not None and percent not in range(101) for percent in others.values()):
        raise Invalid(_("Give the progress as a number from 0 to 100."), "percent")
    entries, changed = [], False
    for pk, row in able.items():
        if pk in others:
            row.percent = others[pk]
            if row.written_with_id is None:
                row.written_with, changed = report, True
                entries.append(of_part(row.assignment, Verb.WRITE_TOGETHER, report=row, main=report.pk))
            keep(row)
        elif row.written_with_id is not None:
            row.written_with, changed = None, True
            keep(row)
    if changed:
        keep(report)  # a page that showed other rows is stale now
    log(actor, now, *entries)
    return report


def with_followers(report: Report, states: frozenset[str], act: Callable[[Report], tuple[str, str]], verb: Verb) -> list[Entry]:
    """Do to the reports that follow one what was done to it; returns the entries. Their tasks are locked already."""
    entries = []
    rows = Report.objects.select_for_update(of=("self",), no_key=True).select_related("assignment__task__issuer", "assignment__agency")
    for row in rows.filter(written_with=report, state__in=states).order_by("pk"):
        if row.assignment.state != AssignmentState.ACCEPTED or row.assignment.task.state != TaskState.DISPATCHED:
            continue
        done = act(row)
        keep(row)
        entries.append(of_part(row.assignment, verb, done, report=row, main=report.pk))
    return entries


def copy_and_send(main: Report, author_id: int | None) -> Callable[[Report], tuple[str, str]]:
    """Return what sends a following report for review: it takes the words and the evidence of the one it is written with."""

    def send(row: Report) -> tuple[str, str]:
        before = move(row, "save_draft", author_id=author_id)[0]
        for name in COPIED:
            setattr(row, name, getattr(main, name))
        row.percent = main.percent if row.percent is None else row.percent
        known = set(row.evidence.values_list("sha256", flat=True))
        for file in main.evidence.exclude(sha256__in=known):
            copied = {name: getattr(file, name) for name in ("filename", "size", "sha256", "uploaded_by_id", "uploaded_at")}
            Evidence.objects.create(report=row, file=file.file.name, **copied)
        return before, move(row, "send_for_review")[1]

    return send


def stands_alone(report: Report) -> None:
    """Let a report that was returned by its coordinator be written by itself again; the caller saves it."""
    if report.state == ReportState.RETURNED:
        report.written_with = None
