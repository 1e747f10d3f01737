"""What a new edition of a plan would do to the tasks of the edition before: worked out for the page, and again when it is confirmed.

Only what the two editions say differently has an effect. A task that the coordinator has arranged otherwise since stays so in
everything the new edition does not touch.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.decision import Allowed, Decision, Denied
from agencies.heirs import heirs_of
from agencies.listing import listed
from agencies.models import Agency, AgencyGroup
from measures.comparing import Change, Facet, Kind, Side
from measures.models import Plan
from workflow import routing, timing
from workflow.actions.change_part import FIRST_LEAD
from workflow.models import Assignment, Task
from workflow.routing import Planned, Routed
from workflow.states import ENDED_ASSIGNMENT_STATES, AssignmentState, Part, TaskState

ENDED = frozenset({TaskState.CLOSED, TaskState.TERMINATED})
WORDING = frozenset({Facet.TITLE, Facet.TEXT})
NAMED = frozenset({Facet.LEAD, Facet.FIRST_LEAD, Facet.SUPPORT})


class What(StrEnum):
    """What would happen to a task."""

    DRAW_UP = "draw_up"
    REDRAFT = "redraft"
    REVISE = "revise"
    MOVE_DUE = "move_due"
    ADD = "add"
    CHANGE_PART = "change_part"
    WITHDRAW = "withdraw"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that would happen.

    Attributes:
        key: names it in the form; the same for the same effect, whoever works it out.
        measure: key of the measure, in the document in review, or of the dropped one.
        task: the running task; none where one is drawn up.
        agencies: whom it concerns; several where they are members of one group.
        part: what they are given.
        before: what was, in words (a date, a part).
        after: what will be.
        decision: whether it can be done now, or why not.
    """

    what: What
    key: str
    measure: int | str
    task: Task | None = None
    agencies: tuple[Agency, ...] = ()
    group: AgencyGroup | None = None
    part: str = ""
    before: str = ""
    after: str = ""
    decision: Decision = Allowed()  # noqa: RUF009 - it is frozen

    @property
    def is_group(self) -> bool:
        """Tell whether it concerns a group as one."""
        return self.group is not None


def digest(effects: Sequence[Effect]) -> str:
    """Return what a page of effects is known by: another digest means that something has changed since it was shown."""
    told = "\n".join(f"{one.key} {len(one.agencies)} {one.before} {one.after} {bool(one.decision)}" for one in effects)
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def tasks_by_measure(plan: Plan) -> dict[int, list[Task]]:
    """Return the tasks of an edition by the measure they rest on, with their parts."""
    rows = (
        Task.objects.filter(plan=plan, measure__isnull=False, issuer=plan.coordinator_id)
        .select_related("issuer", "plan")
        .prefetch_related("assignments__agency", "receivers")
        .order_by("pk")
    )
    found: dict[int, list[Task]] = defaultdict(list)
    for task in rows:
        assert task.measure_id is not None  # noqa: S101 - filtered
        found[task.measure_id].append(task)
    return dict(found)


def effects_of(changes: Sequence[Change], tasks: dict[int, list[Task]], now: dt.datetime) -> list[Effect]:
    """Return what confirming would do, in the order of the document; the number of queries does not grow with it."""
    world = _World(changes, now)
    found: list[Effect] = []
    drawn = bool(tasks)
    for change in changes:
        own = tasks.get(int(change.before.key), []) if change.before is not None else []
        if change.kind is Kind.DROPPED:
            found += [_drop(change.before, task) for task in own if change.before is not None and task.state not in ENDED]
        elif change.after is not None and not own and drawn:
            found.append(Effect(What.DRAW_UP, f"draw_up-{change.after.key}", change.after.key, after=change.after.title))
        elif change.kind is Kind.CHANGED:
            for task in own:
                found += _changed(world, change, task, is_split=len(own) > 1)
    return found


def _drop(before: Side | None, task: Task) -> Effect:
    assert before is not None  # noqa: S101 - a dropped measure was there
    return Effect(What.DROP, f"drop-{task.pk}", before.key, task)


class _World:
    """What effects are worked out from: today, the members of the groups named, who follows whom, the agencies by key."""

    def __init__(self, changes: Sequence[Change], now: dt.datetime) -> None:
        self.today = timezone.localdate(now)
        sides = [side for change in changes if set(change.facets) & NAMED for side in (change.before, change.after) if side is not None]
        named = [one for side in sides for one in (*side.leads.values(), *side.supports.values())]
        self.groups = AgencyGroup.objects.in_bulk({one.group_id for one in named if one.group_id is not None})
        self.members = {pk: list(group.members_on(self.today).values_list("pk", flat=True)) for pk, group in self.groups.items()}
        self.heirs = heirs_of({one.agency_id for one in named}, self.today)
        everybody = {one.agency_id for one in named} | set(self.heirs.values()) | {pk for all_of in self.members.values() for pk in all_of}
        self.agencies = Agency.objects.in_bulk([pk for pk in everybody if pk is not None])

    def routes(self, side: Side) -> dict[int, Routed]:
        """Return one part an agency, as dispatching the measure today would give."""
        planned = [
            Planned(self.heirs.get(one.agency_id, one.agency_id) if one.agency_id is not None else None, one.group_id, part.value)
            for part, names in ((Part.LEAD, side.leads), (Part.SUPPORT, side.supports))
            for one in names.values()
        ]
        return {row.agency_id: row for row in routing.route(planned, self.members)}

    def unknown(self, side: Side) -> list[str]:
        """Return the names that would have to be settled first."""
        everybody = [*side.leads.values(), *side.supports.values()]
        return [
            one.name
            for one in everybody
            if one.group_id is None and (one.agency_id is None or self.heirs.get(one.agency_id, one.agency_id) is None)
        ]


def _changed(world: _World, change: Change, task: Task, *, is_split: bool = False) -> Iterator[Effect]:
    """Return what a changed measure does to one of its tasks; nothing to one that has ended.

    Where the measure was split by its sentences, none of its tasks takes the whole text: that is changed by hand.
    """
    before, after, facets = change.before, change.after, set(change.facets)
    assert before is not None and after is not None  # noqa: S101, PT018 - it has changed
    if task.state in ENDED:
        return
    if task.state == TaskState.DRAFT:
        yield Effect(What.REDRAFT, f"redraft-{task.pk}", after.key, task, decision=_whole(is_split))
        return
    live = timing.task_is_live(task)
    if facets & WORDING and (task.title, task.text) != (after.title, after.text):
        wording = live and _whole(is_split)
        yield Effect(What.REVISE, f"revise-{task.pk}", after.key, task, before=task.title, after=after.title, decision=wording)
    if Facet.DEADLINE in facets and after.deadline is not None and after.deadline != task.due_on:
        passed = Denied(_("The date has passed already.")) if after.deadline < world.today else live
        was = task.due_on.isoformat() if task.due_on else ""
        yield Effect(
            What.MOVE_DUE, f"move_due-{task.pk}", after.key, task, before=was, after=after.deadline.isoformat(), decision=live and passed
        )
    if facets & NAMED:
        yield from _parts(world, before, after, task, live)


def _whole(is_split: bool) -> Decision:
    return Denied(_("The measure was split by its sentences; change the words of each task by hand.")) if is_split else Allowed()


def _parts(world: _World, before: Side, after: Side, task: Task, live: Decision) -> Iterator[Effect]:
    """Return who comes, who has another part and who goes: what the two editions say differently, held against who has a part today."""
    had, has = world.routes(before), world.routes(after)
    current = {part.agency_id: part for part in task.assignments.all() if part.state not in ENDED_ASSIGNMENT_STATES}
    unknown = world.unknown(after)
    refusal = live
    if live and unknown:
        refusal = Denied(_("The directory does not know: %(names)s. Settle them first.") % {"names": listed(unknown)})
    come = [row for pk, row in has.items() if pk not in current and (pk not in had or had[pk].part != row.part)]
    yield from _joined(world, after, task, come, refusal)
    for pk, row in has.items():
        if pk in current and current[pk].part != row.part and (pk not in had or had[pk].part != row.part):
            yield _other_part(after, task, current[pk], row.part, refusal and _movable(current[pk]))
    first = _first(has)
    if first is not None and first != _first(had):
        stay = [part for pk, part in current.items() if part.is_lead and (pk not in had or (pk in has and has[pk].part == Part.LEAD))]
        order = [part.agency_id for part in sorted(stay, key=lambda part: (part.rank, part.pk))]
        order += [row.agency_id for row in come if row.part == Part.LEAD]
        order += [pk for pk, row in has.items() if row.part == Part.LEAD and pk in current and not current[pk].is_lead]
        if order[:1] != [first]:
            part = current.get(first)
            movable = _movable(part) if part is not None else Allowed()
            yield _new_first(after, task, world.agencies[first] if part is None else part.agency, refusal and movable)
    goes = [current[pk] for pk in had if pk not in has and pk in current]
    stays = any(row.part == Part.LEAD for row in has.values())
    yield from _left(world, after, task, goes, refusal if stays or not live else Denied(_("The new edition names no lead.")))


def _joined(world: _World, after: Side, task: Task, come: Sequence[Routed], decision: Decision) -> Iterator[Effect]:
    """Return the agencies that come: each named one by itself, the members of a group together."""
    by_group: dict[tuple[int, str], list[Agency]] = defaultdict(list)
    for row in come:
        if row.group_id is not None:
            by_group[row.group_id, row.part].append(world.agencies[row.agency_id])
            continue
        agency = world.agencies[row.agency_id]
        gone = Denied(_("This agency exists no more.")) if agency.ends_on is not None and agency.ends_on < world.today else decision
        yield Effect(
            What.ADD, f"add-{task.pk}-{agency.pk}-{row.part}", after.key, task, (agency,), None, row.part, "", row.part, decision and gone
        )
    for (group, part), members in by_group.items():
        yield Effect(
            What.ADD, f"add-{task.pk}-g{group}-{part}", after.key, task, tuple(members), world.groups[group], part, "", part, decision
        )


def _left(world: _World, after: Side, task: Task, goes: Sequence[Assignment], decision: Decision) -> Iterator[Effect]:
    """Return the agencies that go, likewise; what an agency has been confirmed to have done stays its own."""
    by_group: dict[int, list[Assignment]] = defaultdict(list)
    for part in goes:
        if part.group_id is not None and part.group_id in world.groups and _withdrawable(part):
            by_group[part.group_id].append(part)
            continue
        yield Effect(
            What.WITHDRAW,
            f"withdraw-{part.pk}",
            after.key,
            task,
            (part.agency,),
            None,
            part.part,
            part.part,
            "",
            decision and _withdrawable(part),
        )
    for group, parts in by_group.items():
        key = f"withdraw-{task.pk}-g{group}"
        agencies = tuple(part.agency for part in parts)
        yield Effect(What.WITHDRAW, key, after.key, task, agencies, world.groups[group], parts[0].part, parts[0].part, "", decision)


def _other_part(after: Side, task: Task, part: Assignment, to: str, decision: Decision) -> Effect:
    return Effect(What.CHANGE_PART, f"part-{part.pk}-{to}", after.key, task, (part.agency,), None, to, part.part, to, decision)


def _new_first(after: Side, task: Task, agency: Agency, decision: Decision) -> Effect:
    return Effect(What.CHANGE_PART, f"first-{task.pk}-{agency.pk}", after.key, task, (agency,), None, FIRST_LEAD, "", FIRST_LEAD, decision)


def _first(routes: dict[int, Routed]) -> int | None:
    return next((row.agency_id for row in routes.values() if row.part == Part.LEAD), None)


def _movable(part: Assignment) -> Decision:
    return timing.owes_something(part)


def _withdrawable(part: Assignment) -> Decision:
    if part.state == AssignmentState.CONFIRMED:
        return Denied(_("Its part has been confirmed done already."))
    return Allowed()
