"""One changed row as acts of the workflow: a task that has not gone out is changed as drawn up, one under way act by act."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.names import NameIndex
from agencies.refusals import Invalid
from oversight.export import LONGEST_CELL
from oversight.sheet.columns import Row, name_of
from workflow.actions.change_part import FIRST_LEAD, change_part
from workflow.actions.door import expect
from workflow.actions.draw_up import PlannedReceiver
from workflow.actions.plan_task import edit_task, set_due, settle_receiver
from workflow.actions.rearrange import add_assignment, withdraw_assignment
from workflow.actions.revise import LONGEST_TITLE, move_due, revise
from workflow.models import Assignment, Task
from workflow.states import ENDED_ASSIGNMENT_STATES, Part, Rhythm
from workflow.timing import task_is_live

AGENCIES = ("leads", "supporters")
LONGEST_TEXT = 20_000
"""Signs that the pages take of what is to be done."""
_PARTED = re.compile(r"[、,，;；\n]")


@dataclass(frozen=True, slots=True)
class Wanted:
    """An agency as a row wants it."""

    agency_id: int
    part: str
    group_id: int | None


def change_draft(
    *, actor: Actor, today: Row, wanted: Mapping[str, str], changed: Sequence[str], index: NameIndex, now: dt.datetime
) -> None:
    """Change a task that has not gone out.

    Raises:
        Refusal: the act was refused.
    """
    task = today.task
    if "rhythm" in changed:
        _expect_rhythm(task, wanted["rhythm"])
    if "due_on" in changed:
        set_due(actor=actor, task_ids=[task.pk], due_on=_day(wanted["due_on"]), now=now)
    if set(changed) & set(AGENCIES):
        _drop_unsettled(actor, today, wanted, now)
    if set(changed) - {"due_on"}:
        edit_task(
            actor=actor,
            task_id=task.pk,
            title=wanted["title"],
            text=_text(today, wanted, changed),
            rhythm=wanted["rhythm"],
            receivers=_planned(task, wanted, index),
            now=now,
        )


def _expect_rhythm(task: Task, rhythm: str) -> None:
    """Go on when a task that has not gone out can take a rhythm.

    Raises:
        Invalid: it cannot.
    """
    if not rhythm:
        raise Invalid(_("Say how often it reports."), "rhythm")
    if rhythm == Rhythm.BY_STAGE and not task.stages.exists():
        raise Invalid(_("Set the stages on the page of the task; it reports by stage from then on."), "rhythm")


def _text(today: Row, wanted: Mapping[str, str], changed: Sequence[str]) -> str:
    """Return what a task is to say; where the row says the same as before, with the blanks that a spreadsheet takes away.

    Raises:
        Invalid: it is too long, or the cell has never shown all of it.
    """
    if "text" not in changed:
        return today.task.text
    if len(today.task.text) > LONGEST_CELL:
        raise Invalid(_("A cell does not hold all of this text; change it on the page of the task."), "text")
    return wanted["text"]


def expect_fits(title: str, text: str) -> None:
    """Go on when words are as short as the pages want them.

    Raises:
        Invalid: they are not.
    """
    for words, column, most in ((title, "title", LONGEST_TITLE), (text, "text", LONGEST_TEXT)):
        if len(words) > most:
            raise Invalid(_("At most %(most)d signs.") % {"most": most}, column)


def _planned(task: Task, wanted: Mapping[str, str], index: NameIndex) -> list[PlannedReceiver]:
    """Return who is to receive a draft, in the order of the row; names that are not settled stay as they are."""
    known = {name_of(row): (row.agency_id, row.group_id) for row in task.receivers.all()}
    receivers = []
    for column, part in (("leads", Part.LEAD.value), ("supporters", Part.SUPPORT.value)):
        for written in names(wanted[column]):
            whom = known[written] if written in known else meaning(written, column, index)
            if whom != (None, None):
                receivers.append(PlannedReceiver(part, *whom))
    return receivers


def _drop_unsettled(actor: Actor, today: Row, wanted: Mapping[str, str], now: dt.datetime) -> None:
    """Drop the names of a draft that the directory does not know and that the row has left out.

    Raises:
        Invalid: such a name has another part or another place.
    """
    unsettled = [row for row in today.task.receivers.all() if row.agency_id is None and row.group_id is None]
    for column, part in (("leads", Part.LEAD), ("supporters", Part.SUPPORT)):
        cell, had = names(wanted[column]), names(today.told(column))
        for receiver in (row for row in unsettled if row.part == part):
            name = name_of(receiver)
            if name in names(wanted["supporters" if column == "leads" else "leads"]) or (name in cell and _moved(name, had, cell)):
                raise Invalid(_("“%(name)s” is not settled yet; settle it on the page of the task first.") % {"name": name}, column)
            if name not in cell:
                settle_receiver(actor=actor, task_id=today.task.pk, receiver_id=receiver.pk, agency_id=None, now=now)


def _moved(name: str, had: Sequence[str], has: Sequence[str]) -> bool:
    """Tell whether a name stands behind others than before, of those that stay."""
    before = {one for one in had[: had.index(name)] if one in has}
    return before != {one for one in has[: has.index(name)] if one in had}


def change_running(
    *, actor: Actor, today: Row, wanted: Mapping[str, str], changed: Sequence[str], index: NameIndex, now: dt.datetime
) -> None:
    """Change a task under way, act by act; who comes is there before the last lead goes.

    Raises:
        Refusal: an act was refused.
    """
    task, reason = today.task, wanted["reason"]
    expect(task_is_live(task))
    if not reason:
        raise Invalid(_("Give a reason for the change."), "reason")
    parts: list[Assignment] = task.live_parts  # type: ignore[attr-defined]
    if "rhythm" in changed:
        raise Invalid(_("How often a task reports is not changed once it has gone out."), "rhythm")
    for column in (name for name in AGENCIES if name in changed):
        _expect_order(column, names(today.told(column)), names(wanted[column]))
    agencies = _agencies(parts, wanted, index) if set(changed) & set(AGENCIES) else None
    if agencies is not None:
        _withdraw(parts, agencies, Part.SUPPORT, actor=actor, reason=reason, now=now)
    if set(changed) & {"title", "text"}:
        text = _text(today, wanted, changed)
        revise(actor=actor, task_id=task.pk, title=wanted["title"], text=text, reason=reason, now=now)
    if "due_on" in changed:
        move_due(actor=actor, task_id=task.pk, due_on=_day(wanted["due_on"]), reason=reason, now=now)
    if agencies is not None:
        _rearrange(task.pk, parts, agencies, actor=actor, reason=reason, now=now)
        _withdraw(parts, agencies, Part.LEAD, actor=actor, reason=reason, now=now)


def _expect_order(column: str, had: Sequence[str], has: Sequence[str]) -> None:
    """Go on when those who stay in a task under way keep their order, but for a first lead named anew.

    Raises:
        Invalid: they do not.
    """
    stay, before = [name for name in has if name in had], [name for name in had if name in has]
    if column == "leads" and stay and stay[0] == has[0]:
        before = [stay[0], *(name for name in before if name != stay[0])]
    if stay != before:
        raise Invalid(_("The order is changed before a task goes out; of one under way only the first lead is named anew."), column)


def names(cell: str) -> list[str]:
    """Return the names in a cell, each once, in their order."""
    return list(dict.fromkeys(name for part in _PARTED.split(cell) if (name := part.strip())))


def _day(written: str) -> dt.date:
    """Return the due date of a row.

    Raises:
        Invalid: there is none.
    """
    if not written:
        raise Invalid(_("A due date can be changed, and not be taken away."), "due_on")
    return dt.date.fromisoformat(written)


def meaning(name: str, column: str, index: NameIndex) -> tuple[int | None, int | None]:
    """Return the agency or the group that a name means today.

    Raises:
        Invalid: none, or more than one.
    """
    found = {(one.agency_id, one.group_id) for one in index.meanings(name) if one.in_force}
    if not found:
        raise Invalid(_("The directory does not know “%(name)s”.") % {"name": name}, column)
    if len(found) > 1:
        raise Invalid(_("“%(name)s” means several agencies. Write the full name.") % {"name": name}, column)
    return found.pop()


def _agencies(parts: Sequence[Assignment], wanted: Mapping[str, str], index: NameIndex) -> dict[int, Wanted]:
    """Return who is to have which part: names that stand in the task mean whom they mean there, others whom the directory says.

    Raises:
        Invalid: a name means nobody, or an agency is to lead and to support.
    """
    here = {part.agency.short_name: part.agency_id for part in parts}
    found: dict[int, Wanted] = {}
    for column, part in (("leads", Part.LEAD.value), ("supporters", Part.SUPPORT.value)):
        for name in names(wanted[column]):
            agency_id, group_id = (here[name], None) if name in here else meaning(name, column, index)
            members = (agency_id,) if agency_id is not None else index.groups[group_id].members if group_id is not None else ()
            for member in members:
                if member in found and found[member].part != part and group_id is None:
                    raise Invalid(_("“%(name)s” cannot both lead and support.") % {"name": name}, column)
                found.setdefault(member, Wanted(member, part, group_id))
    if not any(one.part == Part.LEAD for one in found.values()):
        raise Invalid(_("Name at least one agency that leads it."), "leads")
    return found


def _withdraw(
    parts: Sequence[Assignment], agencies: Mapping[int, Wanted], role: Part, *, actor: Actor, reason: str, now: dt.datetime
) -> None:
    for part in parts:
        if part.part == role and part.agency_id not in agencies:
            withdraw_assignment(actor=actor, assignment_id=part.pk, reason=reason, now=now)


def _rearrange(
    task_id: int, parts: Sequence[Assignment], agencies: Mapping[int, Wanted], *, actor: Actor, reason: str, now: dt.datetime
) -> None:
    """Let agencies join and change their parts: leads first, then the first lead, supporters last."""
    current = {part.agency_id: part for part in parts}
    for one in agencies.values():
        if one.agency_id not in current:
            add_assignment(
                actor=actor, task_id=task_id, agency_id=one.agency_id, part=one.part, now=now, reason=reason, group_id=one.group_id
            )
    moved = [one for one in agencies.values() if one.agency_id in current and current[one.agency_id].part != one.part]
    for one in (row for row in moved if row.part == Part.LEAD):
        change_part(actor=actor, assignment_id=current[one.agency_id].pk, part=one.part, reason=reason, now=now)
    _lead_first(actor, task_id, agencies, reason, now)
    for one in (row for row in moved if row.part == Part.SUPPORT):
        change_part(actor=actor, assignment_id=current[one.agency_id].pk, part=one.part, reason=reason, now=now)


def _lead_first(actor: Actor, task_id: int, agencies: Mapping[int, Wanted], reason: str, now: dt.datetime) -> None:
    """Let the agency that the row names first lead before all others that stay."""
    first = next(one.agency_id for one in agencies.values() if one.part == Part.LEAD)
    staying = [pk for pk, one in agencies.items() if one.part == Part.LEAD]
    leads = Assignment.objects.filter(task=task_id, part=Part.LEAD, agency__in=staying).exclude(state__in=list(ENDED_ASSIGNMENT_STATES))
    order = list(leads.order_by("rank", "pk"))
    if order and order[0].agency_id != first:
        part = next(row for row in order if row.agency_id == first)
        change_part(actor=actor, assignment_id=part.pk, part=FIRST_LEAD, reason=reason, now=now)
