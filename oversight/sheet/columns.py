"""The columns of the sheet, and what each row of it says of a task today."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from django.db.models import Prefetch
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from oversight.export import cell_text
from workflow.models import Assignment, Receiver, Task
from workflow.states import ENDED_ASSIGNMENT_STATES, Part, Rhythm, TaskState

COLUMNS: Mapping[str, Promise] = {
    "key": _("Key (leave as it is)"),
    "number": _("No."),
    "plan": _("Plan"),
    "state": _("State"),
    "title": _("Task"),
    "text": _("What is to be done"),
    "due_on": _("Due on"),
    "rhythm": _("Reporting rhythm"),
    "leads": _("Lead agencies"),
    "supporters": _("Supporting agencies"),
    "reason": _("Reason for the change"),
}
"""All columns, in their order."""

EDITABLE = ("title", "text", "due_on", "rhythm", "leads", "supporters", "reason")
"""What may be changed in the sheet."""

COMPARED = ("number", "plan", "title", "text", "due_on", "rhythm", "leads", "supporters")
"""What a returned row is held against. The state is only shown, in the language of whoever exported."""

BETWEEN = "、"
LANGUAGES = ("zh-hans", "en")


def labels() -> dict[str, str]:
    """Return the name of a column by each label it has in any language."""
    return _by_label(COLUMNS.items())


def rhythms() -> dict[str, str]:
    """Return a reporting rhythm by each label it has in any language."""
    return _by_label((value, label) for value, label in Rhythm.choices)


def _by_label(named: Iterable[tuple[str, str | Promise]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for language, (name, label) in product(LANGUAGES, list(named)):
        with translation.override(language):
            found[str(label)] = name
    return found


@dataclass(frozen=True, slots=True)
class Row:
    """A task as the sheet shows it."""

    task: Task
    values: dict[str, Any]

    @property
    def key(self) -> str:
        """Return what the row is known by when it comes back: the task, and a mark of what it said."""
        told = "\n".join(text_of(self.values[name]) for name in COMPARED) + self.task.state
        return f"{self.task.pk}-{hashlib.sha256(told.encode()).hexdigest()[:10]}"

    def told(self, name: str) -> str:
        """Return a value as it comes back from a sheet that nobody has changed."""
        return plain(cell_text(text_of(self.values[name])))


def plain(text: str) -> str:
    """Return a text as it is compared: blanks at the ends of its lines may go on the way through a spreadsheet."""
    return "\n".join(part.strip() for part in text.strip().splitlines())


def text_of(value: Any) -> str:
    """Return a value as it is compared."""
    return value.isoformat() if isinstance(value, dt.date) else str(value or "")


def rows_of(task_ids: Collection[int]) -> dict[int, Row]:
    """Return tasks as the sheet shows them, by their keys, in a constant number of queries."""
    live = Assignment.objects.exclude(state__in=list(ENDED_ASSIGNMENT_STATES)).select_related("agency").order_by("rank", "pk")
    planned = Receiver.objects.select_related("agency", "group").order_by("rank", "pk")
    tasks = (
        Task.objects.filter(pk__in=task_ids)
        .select_related("plan", "issuer")
        .prefetch_related(Prefetch("assignments", live, to_attr="live_parts"), Prefetch("receivers", planned))
        .order_by("pk")
    )
    return {task.pk: Row(task, _values(task)) for task in tasks}


def _values(task: Task) -> dict[str, Any]:
    return {
        "number": task.number,
        "plan": task.plan.title if task.plan is not None else "",
        "state": str(TaskState(task.state).label),
        "title": task.title,
        "text": task.text,
        "due_on": task.due_on,
        "rhythm": task.rhythm,
        "leads": BETWEEN.join(_names(task, Part.LEAD)),
        "supporters": BETWEEN.join(_names(task, Part.SUPPORT)),
        "reason": "",
    }


def _names(task: Task, part: Part) -> Iterable[str]:
    if task.state == TaskState.DRAFT:
        return [name_of(row) for row in task.receivers.all() if row.part == part]
    return [row.agency.short_name for row in task.live_parts if row.part == part]  # type: ignore[attr-defined]


def name_of(receiver: Receiver) -> str:
    """Return a planned receiver as the sheet names it."""
    if receiver.agency is not None:
        return receiver.agency.short_name
    return receiver.group.name if receiver.group is not None else receiver.name_as_written
