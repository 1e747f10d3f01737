"""How a part counts in statistics: under which name 按原单位/现单位, and by which of its due dates 按现行时限/按首次时限.

It counts as it is held and by the date in force; what counts otherwise is read by itself and added, so that only parts that were taken
over, or whose date was moved, are looked at.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models
from django.db.models import BigIntegerField, Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.actor import Actor
from agencies.heirs import Ways
from agencies.models import Agency
from oversight import sight
from oversight.counters.facts import PROMPT_DAYS
from oversight.filters import Dates, done, overdue, owed, was_late
from oversight.scope import Scope
from workflow.models import Event
from workflow.timeline import Verb

MOVED = Q(due_on__gt=F("first_due_on")) | Q(due_on__lt=F("first_due_on"))
"""The condition that the due date of a part is another than its first one."""


class Names(models.TextChoices):
    """The three ways of counting through reorganisations."""

    HELD = "held", _("As held now; what is over under its old name")
    TODAY = "today", _("Everything under today’s successors")
    FIRST = "first", _("Everything under the agency that had it first")


def moved(actor: Actor, *, now: dt.datetime, dates: str = Dates.CURRENT) -> list[dict[str, Any]]:
    """Return what parts that were taken over add to those who had them first, and take from those who hold them.

    Rows of numbers by `holder`, to be added to what everybody holds; only parts that were taken over are read.
    """
    moves = Event.objects.filter(assignment__isnull=False, verb=Verb.SUCCEED, data__has_key="predecessor_id")
    parts = sight.overseen_parts(actor, now=now).filter(pk__in=moves.values("assignment_id")).order_by()
    first = moves.filter(assignment=OuterRef("pk")).order_by("sequence")
    before = first.annotate(before=Cast(KT("data__predecessor_id"), BigIntegerField())).values("before")[:1]
    held = _numbers(parts.annotate(holder=F("agency_id")), now, dates)
    had = _numbers(parts.annotate(holder=Coalesce(Subquery(before), F("agency_id"), output_field=BigIntegerField())), now, dates)
    return [*_taken(held), *had]


def by_first_dates(actor: Actor, *, now: dt.datetime) -> list[dict[str, Any]]:
    """Return what parts whose due date was moved add to, or take from, the numbers of who holds them, when the first date counts.

    Rows of numbers by `holder`, to be added to those by the date in force.
    """
    parts = sight.overseen_parts(actor, now=now).filter(MOVED).order_by().annotate(holder=F("agency_id"))
    return [*_taken(_numbers(parts, now, Dates.CURRENT)), *_numbers(parts, now, Dates.FIRST)]


def shifts(actor: Actor, *, now: dt.datetime, plan: str = "", scope: Scope | None = None) -> list[dict[str, Any]]:
    """Return by how much counts of parts differ when the first date counts, of the parts whose due date was moved, in one statement.

    Rows by `agency_id`, `part`, `plan_id` and `section_id` with what is `late`, `was` late once, and is done though it `was_done` late;
    those that differ in nothing are left out.

    Args:
        actor: coordinates or leads somewhere.
        now: the moment.
        plan: primary key of a plan, as text; empty for everything.
        scope: only these tasks.
    """
    parts: QuerySet[Any] = sight.overseen_parts(actor, now=now).filter(MOVED).order_by()
    if plan:
        parts = parts.filter(task__plan_id=plan)
    if scope:
        parts = parts.filter(scope.of_tasks(plan="task__plan_id", key="task_id"))
    today, names = timezone.localdate(now), ("late", "was", "was_done")
    by_current = (overdue(today), was_late(Dates.CURRENT, today), done() & was_late(Dates.CURRENT, today))
    by_first = (overdue(today, "first_due_on"), was_late(Dates.FIRST, today), done() & was_late(Dates.FIRST, today))
    differences = {
        name: Count("pk", filter=first) - Count("pk", filter=current)
        for name, current, first in zip(names, by_current, by_first, strict=True)
    }
    rows = parts.values("agency_id", "part", plan_id=F("task__plan_id"), section_id=F("task__measure__section_id"))
    return [row for row in rows.annotate(**differences) if any(row[name] for name in names)]


def _taken(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: number if name == "holder" else -number for name, number in row.items()} for row in rows]


def _numbers(parts: QuerySet[Any], now: dt.datetime, dates: str) -> list[dict[str, Any]]:
    today = timezone.localdate(now)
    late = overdue(today) if dates == Dates.CURRENT else overdue(today, "first_due_on")
    return list(
        parts.values("holder").annotate(
            all=Count("pk"),
            owed=Count("pk", filter=owed()),
            signed=Count("pk", filter=Q(signed_at__isnull=False)),
            in_time=Count("pk", filter=Q(signed_at__lte=F("assigned_at") + dt.timedelta(days=PROMPT_DAYS))),
            late=Count("pk", filter=late),
            was=Count("pk", filter=was_late(dates, today)),
        )
    )


def under_names(rows: Sequence[Mapping[str, Any]], names: str, today: dt.date) -> list[dict[str, Any]]:
    """Return rows of numbers by `holder` with the name, position and key of the agency under which they count, in the directory's order.

    Args:
        rows: with `holder` and numbers.
        names: one of `Names`; for `TODAY`, an agency with exactly one successor counts under that one, through any number of steps.
        today: the day whose directory decides.

    Returns:
        The rows, those of one agency added up; `whole` tells whether nothing was added to what the agency holds itself.
    """
    ways = Ways(today) if names == Names.TODAY else None
    sums: dict[int, dict[str, Any]] = {}
    for row in rows:
        key = row["holder"] if ways is None else ways.last(row["holder"])[0]
        into = sums.setdefault(key, {"agency_id": key, "whole": names == Names.HELD})
        for name, number in row.items():
            if name != "holder":
                into[name] = into.get(name, 0) + number
    agencies = Agency.objects.in_bulk(sums)
    for key, row in sums.items():
        row |= {"name": agencies[key].short_name, "position": agencies[key].position}
    return sorted(sums.values(), key=lambda row: (row["position"], row["agency_id"]))
