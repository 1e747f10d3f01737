"""The ledger 台账: rows of tasks, or of the parts agencies have in them, a page at a time in a constant number of queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, QuerySet, Window
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.listing import listed, noted
from oversight.filters import Filter
from oversight.keyset import Key, Pager, page_of
from oversight.lights import FINISHED, Lights
from workflow import policy
from workflow.deadlines.lights import Colour, Light
from workflow.models import Assignment, Extension, Report, Task
from workflow.states import ENDED_ASSIGNMENT_STATES, AssignmentState, ExtensionState, Part, ReportState, TaskState

PAGE_SIZE = 50

MOST_COUNTED = 1_000
"""Rows counted one by one for a list; the numbers of the boards are exact, for they read counters."""

COLUMNS: Mapping[str, Promise] = {
    "plan": _("Plan"),
    "section": _("Section"),
    "leads": _("Lead agencies"),
    "supporters": _("Supporting agencies"),
    "state": _("State"),
    "light": _("Warning light"),
    "due_on": _("Due on"),
    "first_due_on": _("First due on"),
    "percent": _("Progress"),
    "dispatched_on": _("Dispatched on"),
    "signed_on": _("Signed for on"),
    "moved_on": _("Last movement"),
    "latest": _("Latest report"),
    "officer": _("Officer"),
}
"""The columns that can be chosen beside number and title, in the order in which they stand."""

PARTS_ONLY = frozenset({"signed_on", "officer"})
TASKS_ONLY = frozenset({"leads", "supporters"})
USUAL = {
    "tasks": ("leads", "supporters", "state", "light", "due_on", "percent", "moved_on"),
    "parts": ("state", "light", "due_on", "percent", "signed_on", "moved_on"),
}


def columns_for(rows: str, chosen: Iterable[str]) -> list[str]:
    """Return the chosen columns that rows of this kind have, in order; the usual ones when none of them was chosen."""
    known = [name for name in COLUMNS if name not in (TASKS_ONLY if rows == "parts" else PARTS_ONLY)]
    wanted = set(chosen)
    return [name for name in known if name in wanted] or [name for name in known if name in USUAL[rows]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One row as the page and the export show it."""

    pk: int
    task_id: int
    number: str
    title: str
    plan: str
    section: str
    agency: str
    part: str
    leads: str
    supporters: str
    state: str
    state_label: str
    light: str
    light_reason: str
    was_overdue: bool
    due_on: dt.date | None
    first_due_on: dt.date | None
    percent: int
    dispatched_on: dt.date | None
    signed_on: dt.date | None
    moved_on: dt.date | None
    officer: str
    latest: str


DUE = Key("due_on", dt.date, nullable=True)
SORTS: Mapping[str, Mapping[str, Sequence[Key]]] = {
    "tasks": {"due": (DUE, Key("pk")), "number": (Key("pk"),), "light": (Key("alarm", dt.date, nullable=True), Key("pk"))},
    "parts": {
        "due": (DUE, Key("pk")),
        "number": (Key("task_id"), Key("pk")),
        "light": (Key("severity", descending=True), DUE, Key("pk")),
    },
    "links": {"due": (DUE, Key("assignment_id")), "number": (Key("task_id"), Key("assignment_id"))},
}
"""What lists are sorted by; link rows stand in for parts, and their addresses are the same."""

_TASK = {
    "number": F("task__number"),
    "title": F("task__title"),
    "task_state": F("task__state"),
    "plan_id": F("task__plan_id"),
    "plan_title": F("task__plan__title"),
    "section_title": F("task__measure__section__title"),
    "dispatched_at": F("task__dispatched_at"),
}


def queryset(asked: Filter, rows: str, sort: str = "") -> QuerySet[Any]:
    """Return the rows asked for, unsorted, with what the light is sorted by: of tasks the earliest clock that runs, the latest last."""
    found: QuerySet[Any] = asked.parts() if rows == "parts" else asked.tasks()
    if sort != "light" or "severity" in found.query.annotations:
        return found
    worst: QuerySet[Any] = (
        found.annotate(severity=asked.lights.severity()) if rows == "parts" else found.annotate(alarm=F("standing__alarm_on"))
    )
    return worst


def _places(asked: Filter, rows: str, sort: str = "") -> tuple[QuerySet[Any], Sequence[Key]]:
    """Return what is sorted and counted, and by what: in place of tasks how they stand, in place of parts, where these say it, links."""
    by = sort or "due"
    if rows == "tasks":
        return asked.standings().annotate(alarm=F("alarm_on")) if sort == "light" else asked.standings(), SORTS[rows][by]
    links = asked.links() if sort != "light" else None
    return (queryset(asked, rows, sort), SORTS[rows][by]) if links is None else (links, SORTS["links"][by])


def counted(asked: Filter, rows: str) -> int:
    """Return how many rows there are, counting no further than one beyond `MOST_COUNTED`."""
    places, _keys = _places(asked, rows)
    return places.order_by()[: MOST_COUNTED + 1].count()


def page(
    asked: Filter, *, rows: str, sort: str, address: QueryDict, columns: Container[str] = COLUMNS, size: int = PAGE_SIZE
) -> tuple[list[LedgerRow], Pager]:
    """Return one page of the ledger; the number of queries depends on neither the rows shown nor the rows stored.

    Args:
        asked: which rows.
        rows: `tasks` or `parts`.
        sort: one of `SORTS`, empty for the due date.
        address: the query string, which says where the page begins.
        columns: those of `COLUMNS` that are shown; what only others show may be left empty.
        size: rows a page.
    """
    places, keys = _places(asked, rows, sort)
    found, pager = page_of(places.values(*(key.name for key in keys)), keys, address, size=size)
    return _drawn_up(found, keys, rows, asked, columns), pager


def counted_page(
    asked: Filter, *, rows: str, sort: str, address: QueryDict, columns: Container[str] = COLUMNS, size: int = PAGE_SIZE
) -> tuple[list[LedgerRow], Pager, int]:
    """Return one page of the ledger as `page` does, and how many rows there are, `counted` no further than there or exactly.

    Whatever contains some words has to be found in full before it is sorted: the first page then counts it in the same statement.
    """
    if "q" not in asked.asked or "after" in address or "before" in address:
        number = counted(asked, rows)
        return *page(asked, rows=rows, sort=sort, address=address, columns=columns, size=size), number
    places, keys = _places(asked, rows, sort)
    together = places.values(*(key.name for key in keys)).annotate(number=Window(Count("*")))
    found, pager = page_of(together, keys, address, size=size)
    return _drawn_up(found, keys, rows, asked, columns), pager, found[0]["number"] if found else 0


def _drawn_up(
    found: Sequence[Mapping[str, Any]], keys: Sequence[Key], rows: str, asked: Filter, columns: Container[str]
) -> list[LedgerRow]:
    return dressed(_whole([place[keys[-1].name] for place in found], rows), rows, asked, columns)


def _whole(pks: Sequence[int], rows: str) -> list[dict[str, Any]]:
    """Return whole rows in the order of their keys: the database sorts only what it must, and reads the rest for one page."""
    model: type[Assignment | Task] = Assignment if rows == "parts" else Task
    by_pk = {row["pk"]: row for row in values(model._default_manager.filter(pk__in=pks), rows)}
    return [by_pk[pk] for pk in pks if pk in by_pk]


def values(found: QuerySet[Any], rows: str) -> QuerySet[Any, dict[str, Any]]:
    """Return the columns of rows as the database gives them."""
    shared = ("pk", "state", "due_on", "first_due_on", "percent", "moved_at", "was_overdue")
    extra = ("severity",) if "severity" in found.query.annotations else ()
    if rows == "parts":
        own = ("task_id", "part", "rank", "assigned_at", "signed_at", "declared_at")
        return found.values(*shared, *own, *extra, agency_name=F("agency__short_name"), officer_name=F("officer__name"), **_TASK)
    return found.values(
        *shared, *extra, "plan_id", "number", "title", "dispatched_at", "closed_at", alarm_on=F("standing__alarm_on"),
        plan_title=F("plan__title"), section_title=F("measure__section__title"),
    )  # fmt: skip


def dressed(found: Sequence[Mapping[str, Any]], rows: str, asked: Filter, columns: Container[str]) -> list[LedgerRow]:
    """Return rows with what belongs to them: lights with reasons, agencies, the latest report that the reader may read if it is shown."""
    lights = asked.lights
    said = (
        Report.objects.exclude(policy.unreadable_above(asked.actor, "assignment__task__")) if "latest" in columns else Report.objects.none()
    )
    if rows == "parts":
        waiting = _waiting([row["pk"] for row in found])
        latest = _latest(said, assignments=[row["pk"] for row in found])
        return [_part_row(row, lights, waiting, latest.get(row["pk"], "")) for row in found]
    task_ids = [row["pk"] for row in found]
    parts = _parts_of(task_ids)
    latest = _latest(said, tasks=task_ids)
    return [_task_row(row, parts[row["pk"]], lights, latest.get(row["pk"], "")) for row in found]


def _parts_of(task_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    grouped: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = (
        Assignment.objects.filter(task_id__in=task_ids)
        .exclude(state__in=list(ENDED_ASSIGNMENT_STATES))
        .order_by("part", "rank", "pk")
        .values(
            "pk", "task_id", "part", "state", "due_on", "assigned_at", "declared_at", "moved_at", "was_overdue",
            agency_name=F("agency__short_name"), group_name=F("group__name"),
        )
    )  # fmt: skip
    for row in rows:
        grouped[row["task_id"]].append(dict(row))
    return grouped


def _waiting(assignment_ids: Sequence[int]) -> set[int]:
    rows = Extension.objects.filter(assignment_id__in=assignment_ids, state=ExtensionState.REQUESTED)
    return set(rows.values_list("assignment_id", flat=True))


def _latest(said: QuerySet[Report], *, assignments: Sequence[int] = (), tasks: Sequence[int] = ()) -> dict[int, str]:
    """Return what was last reported, by assignment or by task; only what has left its agency counts."""
    reports = said.filter(state__in=[ReportState.SUBMITTED, ReportState.ACCEPTED]).order_by("submitted_at", "pk")
    if tasks:
        return dict(reports.filter(assignment__task_id__in=tasks).values_list("assignment__task_id", "done"))
    return dict(reports.filter(assignment_id__in=assignments).values_list("assignment_id", "done"))


def light_of_part(row: Mapping[str, Any], task_state: str, lights: Lights, waiting: set[int]) -> Light:
    """Return the light of a part, the one that `Lights.severity` sorts it by."""
    idle = task_state in {TaskState.SUSPENDED, TaskState.TERMINATED, TaskState.DRAFT}
    finished = row["state"] in FINISHED or task_state == TaskState.CLOSED
    ended = row["declared_at"] or row["moved_at"]
    return lights.of(
        plan_id=row["plan_id"],
        due_on=row["due_on"],
        assigned_at=row["assigned_at"],
        finished_on=timezone.localdate(ended) if finished else None,
        paused=idle or row["state"] == AssignmentState.DISPUTED or row["pk"] in waiting,
        was_overdue=row["was_overdue"],
    )


def light_of_task(row: Mapping[str, Any], lights: Lights) -> Light:
    """Return the light of a task by the earliest clock of it that runs, the one that `Lights.severity_of_task` sorts it by."""
    closed = row["state"] == TaskState.CLOSED
    return lights.of(
        plan_id=row["plan_id"],
        due_on=row["due_on"] if closed else row["alarm_on"] or row["due_on"],
        assigned_at=row["dispatched_at"],
        finished_on=timezone.localdate(row["closed_at"]) if closed and row["closed_at"] else None,
        paused=row["alarm_on"] is None,
        was_overdue=row["was_overdue"],
    )


def _part_row(row: Mapping[str, Any], lights: Lights, waiting: set[int], latest: str) -> LedgerRow:
    light = light_of_part(row, row["task_state"], lights, waiting)
    return LedgerRow(
        **_shared(row, light, latest),
        task_id=row["task_id"],
        agency=row["agency_name"],
        part=str(Part(row["part"]).label),
        leads="",
        supporters="",
        state_label=str(AssignmentState(row["state"]).label),
        signed_on=_day(row["signed_at"]),
        officer=row["officer_name"] or "",
    )


def _task_row(row: Mapping[str, Any], parts: Sequence[Mapping[str, Any]], lights: Lights, latest: str) -> LedgerRow:
    light = light_of_task(row, lights)
    return LedgerRow(
        **_shared(row, light, latest),
        task_id=row["pk"],
        agency="",
        part="",
        leads=_names([part for part in parts if part["part"] == Part.LEAD]),
        supporters=_names([part for part in parts if part["part"] == Part.SUPPORT]),
        state_label=str(TaskState(row["state"]).label),
        signed_on=None,
        officer="",
    )


def _shared(row: Mapping[str, Any], light: Light, latest: str) -> dict[str, Any]:
    return {
        "pk": row["pk"],
        "number": row["number"],
        "title": row["title"],
        "plan": row["plan_title"] or "",
        "section": row["section_title"] or "",
        "state": row["state"],
        "light": "" if light.colour == Colour.NONE else str(light.colour.value),
        "light_reason": str(light.reason),
        "was_overdue": light.was_overdue or row["was_overdue"],
        "due_on": row["due_on"],
        "first_due_on": row["first_due_on"],
        "percent": row["percent"],
        "dispatched_on": _day(row["dispatched_at"]),
        "moved_on": _day(row["moved_at"]),
        "latest": latest,
    }


def _names(parts: Iterable[Mapping[str, Any]]) -> str:
    """Return agencies in order; the members of a group stand as the group and their number."""
    names: dict[str, int] = {}
    for part in parts:
        name = part["group_name"] or part["agency_name"]
        names[name] = names.get(name, 0) + (1 if part["group_name"] else 0)
    return listed(noted(name, count) if count else name for name, count in names.items())


def _day(moment: dt.datetime | None) -> dt.date | None:
    return timezone.localdate(moment) if moment else None
