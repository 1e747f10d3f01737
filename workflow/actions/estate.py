"""What a reorganised agency has left open, as far as somebody may move it: shown before it moves, and moved as shown."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field, replace

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.decision import Allowed, Decision, Denied
from agencies.models import Agency, Succession
from agencies.refusals import NotYours
from measures.models import Plan
from workflow import policy
from workflow.models import Assignment, Receiver, Task
from workflow.states import LIVE_ASSIGNMENT_STATES, LIVE_TASK_STATES, TaskState


@dataclass(frozen=True, slots=True)
class Estate:
    """What is left open.

    Attributes:
        heirs: who follows the agency today, the principal one first.
        parts: its open parts in tasks under way.
        planned: the places that drafts have for it.
        issued: the tasks it issued, unless they were terminated.
        heads: how many plans it coordinates.
    """

    heirs: list[Agency] = field(default_factory=list)
    parts: list[Assignment] = field(default_factory=list)
    planned: list[Receiver] = field(default_factory=list)
    issued: list[Task] = field(default_factory=list)
    heads: int = 0

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is left."""
        return not (self.parts or self.planned or self.issued or self.heads)

    @property
    def task_ids(self) -> set[int]:
        """Return the tasks concerned."""
        return {row.task_id for row in self.parts} | {row.task_id for row in self.planned} | {task.pk for task in self.issued}

    def within(self, task_ids: set[int]) -> Estate:
        """Return what of it lies in tasks that are locked; what came in between is left for another act."""
        return replace(
            self,
            parts=[row for row in self.parts if row.task_id in task_ids],
            planned=[row for row in self.planned if row.task_id in task_ids],
            issued=[task for task in self.issued if task.pk in task_ids],
        )

    @property
    def by_issuer(self) -> list[tuple[str, int]]:
        """Count the open parts by the agency that issued the task."""
        return Counter(part.task.issuer.name for part in self.parts).most_common()


def find_predecessor(agency_id: int) -> Agency:
    """Return an agency of the directory, which is public to everybody who works here.

    Raises:
        NotYours: there is none.
    """
    found = Agency.objects.filter(pk=agency_id).first()
    if found is None:
        raise NotYours
    return found


def to_take_over(predecessor: Agency, estate: Estate, now: dt.datetime) -> Decision:
    """Answer whether there is something to take over, and somebody to do so."""
    if predecessor.ends_on is None or predecessor.ends_on >= timezone.localdate(now) or not estate.heirs:
        return Denied(_("The agency has not been succeeded by another."))
    if estate.is_empty:
        return Denied(_("Nothing of this agency is open any more."))
    return Allowed()


def heirs_of(predecessor: Agency, today: dt.date) -> list[Agency]:
    """Return who follows an agency by the directory of a day, the principal heir first."""
    rows = Succession.objects.filter(predecessor=predecessor, effective_on__lte=today).select_related("successor").order_by("pk")
    return [row.successor for row in rows]


def open_work(agency: Agency) -> list[tuple[str, int]]:
    """Return how much an agency has open, for whoever keeps the directory; registered with `agencies.foresight`."""
    parts = Assignment.objects.filter(agency=agency, state__in=LIVE_ASSIGNMENT_STATES, task__state__in=LIVE_TASK_STATES)
    return [
        (_("open parts in tasks under way"), parts.count()),
        (_("places in drafts"), Receiver.objects.filter(agency=agency, task__state=TaskState.DRAFT).count()),
        (_("tasks it issued"), Task.objects.filter(issuer=agency).exclude(state=TaskState.TERMINATED).count()),
        (_("plans it coordinates"), Plan.objects.filter(coordinator=agency).count()),
    ]


def estate_of(actor: Actor, predecessor: Agency, *, now: dt.datetime, lock: bool = False) -> Estate:
    """Return what of an agency the actor may move, in a constant number of queries.

    Args:
        actor: coordinates the tasks, or keeps the directory.
        predecessor: the agency that has ended.
        now: the moment.
        lock: whether the parts are to be changed; their tasks are locked already.
    """
    heirs = heirs_of(predecessor, timezone.localdate(now))
    mine = _mine(actor, predecessor, heirs)
    parts = (
        Assignment.objects.select_related("agency", "task__issuer", "task__plan")
        .filter(agency=predecessor, state__in=LIVE_ASSIGNMENT_STATES, task__state__in=LIVE_TASK_STATES)
        .filter(mine)
        .order_by("pk")
    )
    planned = (
        Receiver.objects.select_related("task__issuer")
        .filter(agency=predecessor, task__state=TaskState.DRAFT)
        .filter(mine)
        .order_by("task_id", "pk")
    )
    heads_it = policy.keeps_directory(actor) or any(actor.may("coordinate", heir.pk) for heir in heirs)
    issued = Task.objects.select_related("issuer").filter(issuer=predecessor).exclude(state=TaskState.TERMINATED).order_by("pk")
    return Estate(
        heirs,
        list(parts.select_for_update(of=("self",), no_key=True) if lock else parts),
        list(planned),
        list(issued) if heads_it else [],
        Plan.objects.filter(coordinator=predecessor).count() if heads_it else 0,
    )


def _mine(actor: Actor, predecessor: Agency, heirs: list[Agency]) -> Q:
    """Return the condition on rows of a task that the actor may move them."""
    if policy.keeps_directory(actor):
        return Q()
    seats = set(actor.agencies_where("coordinate"))
    if seats & {heir.pk for heir in heirs}:
        seats.add(predecessor.pk)
    return Q(task__issuer__in=seats)


@dataclass(frozen=True, slots=True)
class Left:
    """An agency that has ended, with the number of open parts it still has."""

    agency: Agency
    parts: int


def how_many_wait(actor: Actor, *, now: dt.datetime) -> int:
    """Return how many agencies `reorganised` lists; one statement where no agency has been followed by another."""
    today = timezone.localdate(now)
    is_any = Succession.objects.filter(effective_on__lte=today).exists()
    return len(reorganised(actor, now=now)) if is_any else 0


def reorganised(actor: Actor, *, now: dt.datetime) -> list[Left]:
    """Return the agencies that have ended and still have something open that the actor may move, in the order of the directory."""
    today = timezone.localdate(now)
    ended = Agency.objects.filter(ends_on__lt=today, successions__effective_on__lte=today).distinct().order_by("position", "pk")
    open_parts = Q(
        assignments__state__in=LIVE_ASSIGNMENT_STATES,
        assignments__task__state__in=LIVE_TASK_STATES,
    )
    open_drafts = Receiver.objects.filter(task__state=TaskState.DRAFT, agency__isnull=False)
    if not policy.keeps_directory(actor):
        seats = actor.agencies_where("coordinate")
        open_parts &= Q(assignments__task__issuer__in=seats)
        open_drafts = open_drafts.filter(task__issuer__in=seats)
        followed = Agency.objects.filter(successions__successor__in=seats)
    else:
        followed = Agency.objects.all()
    issuing = Task.objects.exclude(state=TaskState.TERMINATED).filter(issuer__in=followed.values("pk"))
    heading = Plan.objects.filter(coordinator__in=followed.values("pk"))
    left = ended.filter(
        open_parts
        | Q(pk__in=open_drafts.values("agency_id"))
        | Q(pk__in=issuing.values("issuer_id"))
        | Q(pk__in=heading.values("coordinator_id"))
    )
    counted = Assignment.objects.filter(
        agency__in=left.order_by().values("pk"), state__in=LIVE_ASSIGNMENT_STATES, task__state__in=LIVE_TASK_STATES
    )
    if not policy.keeps_directory(actor):
        counted = counted.filter(task__issuer__in=actor.agencies_where("coordinate"))
    numbers = Counter(counted.values_list("agency_id", flat=True))
    return [Left(agency, numbers[agency.pk]) for agency in left]
