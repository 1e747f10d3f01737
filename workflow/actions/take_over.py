"""Let successors take over everything that a reorganised agency still has open 承接: one signed act for all of it.

Parts under way, places planned in drafts, tasks it issued and plans it coordinated move to the successor; ended parts, the record
and papers of before keep the old name. What has changed since it was shown stays where it is, and is reported.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.models import Agency
from agencies.refusals import Invalid, require
from measures.actions.move_plans import move_plans
from measures.models import Plan
from workflow import grants, policy
from workflow.actions.door import expect, log, move, of_part, of_task, said
from workflow.actions.ending import ask_no_longer, close_requests
from workflow.actions.estate import Estate, estate_of, find_predecessor, to_take_over
from workflow.actions.go_over import go_over
from workflow.actions.roll_up import count_leads, lock_above, roll_up
from workflow.models import Assignment, Event, Participation, Receiver, SignOff, Task
from workflow.states import AssignmentState, Part
from workflow.timeline import Entry, Verb

PROGRESS = (AssignmentState.PENDING, AssignmentState.DISPUTED, AssignmentState.ACCEPTED, AssignmentState.DECLARED)
"""States of open parts, the one that has come furthest last."""


class Fate(StrEnum):
    """What became of one part."""

    MOVED = "moved"
    MERGED = "merged"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one part: moved, merged with the part the successor had already, or left because it has changed since."""

    assignment_id: int
    task: Task
    fate: Fate
    successor: Agency | None = None


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What one act moved."""

    outcomes: list[Outcome] = field(default_factory=list)
    planned: int = 0
    issued: int = 0
    plans: int = 0

    @property
    def moved(self) -> int:
        """Count the parts that are the successors' now."""
        return sum(row.fate != Fate.CHANGED for row in self.outcomes)

    @property
    def left(self) -> list[Outcome]:
        """List the parts that stayed where they were."""
        return [row for row in self.outcomes if row.fate == Fate.CHANGED]


@transaction.atomic
def take_over(
    *,
    actor: Actor,
    predecessor_id: int,
    basis: str,
    now: dt.datetime,
    successor_id: int | None = None,
    choices: Mapping[int, int] | None = None,
    shown: Mapping[int, int] | None = None,
) -> TakenOver:
    """Move everything open of a reorganised agency to its successors, in a number of statements that does not grow with it.

    Args:
        actor: coordinates the tasks (moves those), or keeps the directory (moves all, where there is one successor).
        predecessor_id: an agency that has ended.
        basis: the paper on which the act rests.
        now: the moment.
        successor_id: who takes over what `choices` does not name; the only successor when not said.
        choices: the successor chosen for a part, by the assignment's key; for an agency that was split.
        shown: versions of the assignments the actor has seen, by key; a part that is not among them, or has another version, stays.

    Raises:
        Invalid: a successor is missing or is none.
        Conflict: the agency has no successor yet, or nothing of it is open that the actor may move.
    """
    predecessor = find_predecessor(predecessor_id)
    require(policy.may_take_over(actor, predecessor, now=now))
    basis = said(basis, "basis")
    seen = estate_of(actor, predecessor, now=now)
    if seen.heads:
        list(Plan.objects.select_for_update(of=("self",), no_key=True).filter(coordinator=predecessor).order_by("pk").values_list("pk"))
    lock_above(seen.task_ids)
    list(Task.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=seen.task_ids).order_by("pk").values_list("pk"))
    estate = estate_of(actor, predecessor, now=now, lock=True).within(seen.task_ids)
    expect(to_take_over(predecessor, estate, now))
    heirs = {heir.pk: heir for heir in estate.heirs}
    heir = _heir(heirs, successor_id)
    goes_to = _goes_to(estate, heirs, heir, choices or {})
    changed = [part for part in estate.parts if shown is not None and shown.get(part.pk) != part.version]
    going = [part for part in estate.parts if part not in changed]
    plans = move_plans(actor=actor, predecessor=predecessor, successor=heir, basis=basis, now=now) if estate.heads and heir else []
    outcomes, entries = _move_parts(going, goes_to, predecessor, basis, now)
    merged = list({row.task.pk: row.task for row in outcomes if row.fate == Fate.MERGED}.values())
    entries += _count_anew(merged)
    if heir is not None:
        entries += _move_planned(estate.planned, heir, predecessor, basis)
        entries += _move_issued(estate.issued, heir, predecessor, basis)
    if policy.keeps_directory(actor):  # who acts for no agency does not act for the issuer either
        entries = [replace(entry, data=entry.data | {"by": ""}) for entry in entries]
    log(actor, now, *entries)
    for task in merged:
        roll_up(actor, task, now)
    left = [Outcome(part.pk, part.task, Fate.CHANGED) for part in changed]
    return TakenOver([*outcomes, *left], len(estate.planned) if heir else 0, len(estate.issued) if heir else 0, len(plans))


def _heir(heirs: Mapping[int, Agency], successor_id: int | None) -> Agency | None:
    """Return who takes over what no choice names; None when several could and none is said."""
    if successor_id is None:
        return next(iter(heirs.values())) if len(heirs) == 1 else None
    if successor_id not in heirs:
        raise Invalid(_("The directory records no such succession."), "successor_id")
    return heirs[successor_id]


def _goes_to(estate: Estate, heirs: Mapping[int, Agency], heir: Agency | None, choices: Mapping[int, int]) -> dict[int, Agency]:
    goes_to: dict[int, Agency] = {}
    for part in estate.parts:
        chosen = heirs.get(choices[part.pk]) if part.pk in choices else heir
        if chosen is None:
            raise Invalid(_("Choose which successor takes over “%(task)s”.") % {"task": part.task.title}, "choices")
        goes_to[part.pk] = chosen
    if heir is None and (estate.planned or estate.issued or estate.heads):
        raise Invalid(_("Choose which successor takes over the drafts and what the agency issued."), "successor_id")
    return goes_to


# --- Parts ---------------------------------------------------------------------------------------------


def _move_parts(
    parts: Sequence[Assignment], goes_to: Mapping[int, Agency], predecessor: Agency, basis: str, now: dt.datetime
) -> tuple[list[Outcome], list[Entry]]:
    """Give parts to their successors; where a successor has a part already, the two become the stronger one."""
    theirs = _parts_of(parts, goes_to)
    ending: list[tuple[Assignment, Assignment]] = []
    kept: list[Assignment] = []
    stayed: set[int] = set()
    outcomes: list[Outcome] = []
    for part in parts:
        heir = goes_to[part.pk]
        other = theirs.get((part.task_id, heir.pk))
        if other is None:
            part.agency = heir
            kept.append(part)
            outcomes.append(Outcome(part.pk, part.task, Fate.MOVED, heir))
            continue
        stronger, weaker = sorted((part, other), key=_strength, reverse=True)
        stronger.rank = min(part.rank, other.rank) if part.part == other.part else stronger.rank
        ending.append((weaker, stronger))
        if stronger is part:
            part.agency = heir
        else:
            stayed.add(other.pk)
        kept.append(stronger)
        theirs[part.task_id, heir.pk] = stronger
        outcomes.append(Outcome(part.pk, part.task, Fate.MERGED, heir))
    entries = _end(ending, basis, now)
    entries += _keep(kept, stayed, predecessor, basis, now)
    return outcomes, entries


def _parts_of(parts: Sequence[Assignment], goes_to: Mapping[int, Agency]) -> dict[tuple[int, int], Assignment]:
    """Return the open parts that successors have in the same tasks, locked."""
    rows = (
        Assignment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("agency", "task__issuer")
        .filter(task__in={part.task_id for part in parts}, agency__in={heir.pk for heir in goes_to.values()}, state__in=PROGRESS)
        .order_by("pk")
    )
    return {(row.task_id, row.agency_id): row for row in rows}


def _strength(part: Assignment) -> tuple[bool, int, int]:
    return part.is_lead, PROGRESS.index(AssignmentState(part.state)), -part.rank


def _end(pairs: Sequence[tuple[Assignment, Assignment]], basis: str, now: dt.datetime) -> list[Entry]:
    """End parts that become one with another; what was owed with them goes over."""
    if not pairs:
        return []
    parts = [weaker for weaker, _stronger in pairs]
    close_requests(parts, now)
    gone = go_over(pairs, now)
    entries = [
        of_part(part, Verb.WITHDRAW, move(part, "withdraw", now=now, goes_on=True), basis, merged=True, **gone[part.pk].as_data())
        for part in parts
    ]
    for part in parts:
        part.version += 1
        part.climbs_anew = True
    Assignment.objects.bulk_update(parts, ["state", "moved_at", "plan_due_on", "taken_back", "version", "climbs_anew"])
    Participation.objects.filter(assignment__in=parts).delete()
    entries += [_forward(row) for row in ask_no_longer(parts)]
    return entries


def _count_anew(tasks: Sequence[Task]) -> list[Entry]:
    """Write the progress of tasks in which two parts have become one, where it is another now."""
    counted = count_leads(tasks)
    changed = [task for task in tasks if task.pk in counted]
    for task in changed:
        task.version += 1
    Task.objects.bulk_update(changed, ["percent", "version"], batch_size=500)
    return [of_task(task, Verb.ROLL_UP, **counted[task.pk]) for task in changed]


def _forward(row: SignOff) -> Entry:
    return of_task(row.task, Verb.SUBMIT_SIGN_OFF, ("collecting", row.state), round=row.round)


def _keep(parts: Sequence[Assignment], stayed: Collection[int], predecessor: Agency, basis: str, now: dt.datetime) -> list[Entry]:
    """Save the parts that go on, let their link rows follow, and leave the officer in charge only where he works for the successor.

    The record tells a part that the predecessor had from one of the successor's own that took it in, whose keys are `stayed`.
    """
    staff = policy.people_who_hold("report", {part.agency_id for part in parts}, now=now)
    for part in parts:
        part.version += 1
        part.climbs_anew = True
        if part.officer_id not in staff.get(part.agency_id, ()):
            part.officer = None
    Assignment.objects.bulk_update(parts, ["agency", "officer", "rank", "version", "climbs_anew"], batch_size=500)
    links = {row.assignment_id: row for row in Participation.objects.filter(assignment__in=parts)}
    for part in parts:
        links[part.pk].agency_id = part.agency_id
    Participation.objects.bulk_update(links.values(), ["agency"], batch_size=500)
    entries = []
    for part in parts:
        entry = of_part(part, Verb.SUCCEED, comment=basis, predecessor=predecessor.name)
        key = "joined_id" if part.pk in stayed else "predecessor_id"
        entries.append(replace(entry, data=entry.data | {key: predecessor.pk}))
    return entries


# --- Drafts, and what the agency issued ------------------------------------------------------------------


def _move_planned(rows: Sequence[Receiver], heir: Agency, predecessor: Agency, basis: str) -> list[Entry]:
    """Let drafts name the successor; where it is named already, once is enough, in the stronger part."""
    if not rows:
        return []
    tasks = {row.task_id: row.task for row in rows}
    named = {row.task_id: row for row in Receiver.objects.filter(task__in=tasks, agency=heir)}
    for row in rows:
        double = named.get(row.task_id)
        if double is not None and (row.part == Part.LEAD, -row.rank) > (double.part == Part.LEAD, -double.rank):
            double.part, double.rank = row.part, row.rank
    Receiver.objects.bulk_update(named.values(), ["part", "rank"])
    Receiver.objects.filter(pk__in=[row.pk for row in rows if row.task_id in named]).delete()
    Receiver.objects.filter(pk__in=[row.pk for row in rows if row.task_id not in named]).update(agency=heir)
    Task.objects.filter(pk__in=tasks).update(version=F("version") + 1)
    return [
        of_task(
            task,
            Verb.EDIT,
            comment=basis,
            predecessor=predecessor.name,
            predecessor_id=predecessor.pk,
            successor=heir.name,
        )
        for task in tasks.values()
    ]


def _move_issued(tasks: Sequence[Task], heir: Agency, predecessor: Agency, basis: str) -> list[Entry]:
    """Make the successor the issuer, with its link rows and those below it in the line."""
    if not tasks:
        return []
    ids = [task.pk for task in tasks]
    Task.objects.filter(pk__in=ids).update(issuer=heir, version=F("version") + 1)
    grants.follow_issuer(ids, predecessor.pk, heir.pk)
    entries = []
    for task in tasks:
        task.issuer = heir
        entries.append(of_task(task, Verb.SUCCEED, comment=basis, predecessor=predecessor.name, predecessor_id=predecessor.pk))
    return entries


# --- The record, read the other way round ----------------------------------------------------------------


def first_holders(assignment_ids: Iterable[int]) -> dict[int, int]:
    """Return for parts that were taken over the agency that had them first, in one query."""
    rows = Event.objects.filter(assignment__in=list(assignment_ids), verb=Verb.SUCCEED).order_by("sequence")
    held: dict[int, list[int]] = defaultdict(list)
    for assignment_id, data in rows.values_list("assignment_id", "data"):
        if assignment_id is not None and "predecessor_id" in data:
            held[assignment_id].append(int(data["predecessor_id"]))
    return {assignment_id: found[0] for assignment_id, found in held.items()}
