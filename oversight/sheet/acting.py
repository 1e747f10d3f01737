"""Acting on a sheet that came back: each changed row by the acts of the workflow, tried first and taken back, then done as one."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import wall
from agencies.actor import Actor
from agencies.listing import listed
from agencies.names import NameIndex, name_index
from agencies.refusals import Conflict, Refusal
from oversight.sheet.columns import COLUMNS, EDITABLE, Row, plain, rows_of
from oversight.sheet.drawing_up import Plans, draw_up, lock_plans
from oversight.sheet.reading import FORMULA, NO_RHYTHM, Returned
from oversight.sheet.steps import AGENCIES, change_draft, change_running, expect_fits, names
from workflow import policy
from workflow.actions.door import lock_tasks
from workflow.actions.roll_up import lock_above
from workflow.models import Task
from workflow.states import Rhythm, TaskState

LONGEST_ID = 18
NEW = ("plan", "number", "title", "text", "due_on", "rhythm", "leads", "supporters")
"""What is shown of a task that is drawn up."""


@dataclass(frozen=True, slots=True)
class CellChange:
    """What a row changes in one column; for agencies those that come and go."""

    column: str
    before: str
    after: str
    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a row: its changes, or why it is refused, and in which column."""

    line: int
    task_id: int | None
    title: str
    changes: tuple[CellChange, ...] = ()
    refusal: str = ""
    column: str = ""


@dataclass(slots=True)
class Outcomes:
    """What becomes of a sheet; of a task that is drawn up the key is known only once it has been done."""

    changed: list[Outcome] = field(default_factory=list)
    drawn_up: list[Outcome] = field(default_factory=list)
    refused: list[Outcome] = field(default_factory=list)
    unchanged: int = 0

    def mark(self) -> str:
        """Return what the outcome is known by: applying does what was shown, or nothing."""
        lines = [f"{row.line}:{row.task_id}:{'、'.join(change.column for change in row.changes)}" for row in self.changed]
        lines += [f"{row.line}:{'、'.join(change.after for change in row.changes)}" for row in self.drawn_up]
        told = ";".join(lines)
        return hashlib.sha256(told.encode()).hexdigest()[:32]


class RowRefused(Exception):  # noqa: N818 - it is an answer
    """A row that cannot be taken, and the column at fault."""

    def __init__(self, reason: str, column: str = "") -> None:
        super().__init__(reason)
        self.reason, self.column = reason, column


def rehearse(*, actor: Actor, rows: Sequence[Returned], now: dt.datetime) -> Outcomes:
    """Return what acting on a sheet would do: everything is done, and taken back."""
    with wall.lifted(), transaction.atomic():
        outcomes = _act(actor, rows, now)
        transaction.set_rollback(True)
    return outcomes


@transaction.atomic
def act(*, actor: Actor, rows: Sequence[Returned], shown: str, now: dt.datetime) -> Outcomes:
    """Do what a sheet changes, all of it in one transaction; refused rows are left out, as they were when it was shown.

    Args:
        actor: who does it.
        rows: as they came back.
        shown: the mark of the outcome that the actor has seen.
        now: when.

    Raises:
        Conflict: something else would happen than what was shown.
    """
    outcomes = _act(actor, rows, now)
    if outcomes.mark() != shown:
        raise Conflict(_("Somebody has changed some of these tasks since the list was shown; look at it again."))
    return outcomes


def _act(actor: Actor, rows: Sequence[Returned], now: dt.datetime) -> Outcomes:
    outcomes = Outcomes()
    plans = lock_plans(actor, [row for row in rows if not row.key])
    ids = {row.line: _id(row.key) for row in rows}
    visible = set(Task.objects.visible_to(actor, now=now).filter(pk__in=[pk for pk in ids.values() if pk]).values_list("pk", flat=True))
    # All are locked first, those above them too, in the order of their keys, as every act locks them.
    lock_above(visible)
    lock_tasks(actor, visible, now=now)
    current = rows_of(visible)
    index = name_index(timezone.localdate(now))
    seen: set[int] = set()
    for row in rows:
        task_id = ids[row.line]
        today = current.get(task_id) if task_id is not None else None
        title = today.task.title if today is not None else row.values.get("title", "")
        try:
            if not row.key:
                outcomes.drawn_up.append(_new(row, actor=actor, plans=plans, index=index, now=now))
                continue
            changes = _row(row, today, seen, actor=actor, index=index, now=now)
        except RowRefused as refused:
            outcomes.refused.append(Outcome(row.line, task_id, title, (), refused.reason, refused.column))
            continue
        if changes:
            outcomes.changed.append(Outcome(row.line, task_id, title, tuple(changes)))
        else:
            outcomes.unchanged += 1
    return outcomes


def _id(key: str) -> int | None:
    head = key.partition("-")[0]
    return int(head) if head.isascii() and head.isdigit() and len(head) <= LONGEST_ID else None


def _row(row: Returned, today: Row | None, seen: set[int], *, actor: Actor, index: NameIndex, now: dt.datetime) -> list[CellChange]:
    """Act on one row, and return what it has changed; nothing is done where it is refused.

    Raises:
        RowRefused: why.
    """
    if today is None:
        raise RowRefused(_("There is no such task, or it is not yours to see. A new task has no key."), "key")
    if today.task.pk in seen:
        raise RowRefused(_("This task stands in the sheet twice."), "key")
    seen.add(today.task.pk)
    wanted = {name: row.values.get(name, "") for name in EDITABLE}
    changed = [name for name in EDITABLE if name != "reason" and not _same(name, today.told(name), wanted[name])]
    if not changed and not row.faults:
        return []
    _expect_fair(row, today)
    decision = policy.may_coordinate(actor, today.task)
    if not decision:
        raise RowRefused(str(getattr(decision, "reason", "")))
    changes = [_cell(name, today.told(name), wanted[name]) for name in changed]
    with _in_words():
        expect_fits(wanted["title"], wanted["text"] if "text" in changed else "")
        if today.task.state == TaskState.DRAFT:
            change_draft(actor=actor, today=today, wanted=wanted, changed=changed, index=index, now=now)
        else:
            change_running(actor=actor, today=today, wanted=wanted, changed=changed, index=index, now=now)
    return changes


def _new(row: Returned, *, actor: Actor, plans: Plans, index: NameIndex, now: dt.datetime) -> Outcome:
    """Draw a task up as a row without a key says, and return what it is.

    Raises:
        RowRefused: why not.
    """
    _refuse_faults(row)
    with _in_words():
        task = draw_up(actor=actor, row=row, plans=plans, index=index, now=now)
    made = rows_of([task.pk])[task.pk]
    changes = [_cell(name, "", told) for name in NEW if (told := made.told(name))]
    return Outcome(row.line, task.pk, task.title, tuple(changes))


@contextmanager
def _in_words() -> Iterator[None]:
    """Take back what was begun of a row when an act is refused.

    Raises:
        RowRefused: with the reason of the act, and its column where it has one.
    """
    try:
        with transaction.atomic():
            yield
    except Refusal as refused:
        column = {"receivers": "leads"}.get(refused.field, refused.field)
        raise RowRefused(str(refused.reason), column if column in COLUMNS else "") from refused


def _expect_fair(row: Returned, today: Row) -> None:
    """Refuse a row that is older than the task, that changes what may not be changed, or whose cells hold no values."""
    _refuse_faults(row)
    if row.key != today.key:
        raise RowRefused(_("The task has changed since the sheet was exported; export it again and repeat this change."), "key")
    for name in ("number", "plan"):
        if name in row.values and row.values[name] != today.told(name):
            raise RowRefused(_("This column may not be edited."), name)


def _refuse_faults(row: Returned) -> None:
    """Refuse a row whose cells hold no values."""
    for name, fault in row.faults.items():
        if fault == FORMULA:
            raise RowRefused(_("The cell holds a formula; write the value itself."), name)
        if fault == NO_RHYTHM:
            known = listed(label for _value, label in Rhythm.choices)
            raise RowRefused(_("This rhythm is not known. Write one of: %(known)s.") % {"known": known}, name)
        raise RowRefused(_("This is not a date. Write it as 2026-12-31."), name)


def _same(name: str, before: str, after: str) -> bool:
    """Tell whether a cell says the same: of agencies the names in their order, of words all but the blanks around lines."""
    return names(before) == names(after) if name in AGENCIES else before == plain(after)


def _cell(name: str, before: str, after: str) -> CellChange:
    if name not in AGENCIES:
        return CellChange(name, before, after)
    had, has = names(before), names(after)
    return CellChange(name, before, after, tuple(one for one in has if one not in had), tuple(one for one in had if one not in has))
