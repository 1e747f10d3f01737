"""What the rules say, written by hand: which moves each machine knows, what each act records, what must hold at any moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Model, Q

from agencies import permissions
from agencies.chain_check import verify
from agencies.models import DirectoryEvent
from measures.models import PlanEvent
from oversight.counters import account
from workflow import grants
from workflow.models import (
    Answer,
    Assignment,
    Contribution,
    CoSignature,
    Event,
    Extension,
    HandBack,
    Participation,
    Report,
    SignOff,
    Suspension,
    Task,
    WorkPlan,
)

MOVES: dict[type[Model], set[tuple[str, str]]] = {
    Task: {
        ("", "draft"), ("draft", "dispatched"), ("dispatched", "closing"), ("closing", "dispatched"), ("closing", "closed"),
        ("dispatched", "suspended"), ("suspended", "dispatched"), ("closed", "dispatched"), ("draft", "terminated"),
        ("dispatched", "terminated"), ("closing", "terminated"), ("suspended", "terminated"),
    },
    Assignment: {
        ("", "pending"), ("pending", "accepted"), ("pending", "disputed"), ("accepted", "disputed"), ("disputed", "pending"),
        ("disputed", "accepted"), ("disputed", "rerouted"), ("accepted", "declared"), ("declared", "accepted"),
        ("confirmed", "accepted"), ("accepted", "confirmed"), ("declared", "confirmed"), ("pending", "withdrawn"),
        ("accepted", "withdrawn"), ("declared", "withdrawn"), ("disputed", "withdrawn"),
    },
    Report: {
        ("", "due"), ("due", "draft"), ("returned", "draft"), ("draft", "agency_review"), ("agency_review", "draft"),
        ("agency_review", "submitted"), ("submitted", "accepted"), ("submitted", "returned"), ("due", "waived"),
        ("draft", "waived"), ("returned", "waived"),
    },
    SignOff: {
        ("", "collecting"), ("", "under_review"), ("collecting", "under_review"), ("collecting", "returned"),
        ("under_review", "returned"), ("under_review", "approved"), ("collecting", "withdrawn"), ("under_review", "withdrawn"),
    },
    Contribution: {
        ("", "asked"), ("asked", "draft"), ("returned", "draft"), ("draft", "agency_review"), ("agency_review", "draft"),
        ("agency_review", "sent"), ("sent", "returned"), ("asked", "waived"), ("draft", "waived"), ("returned", "waived"),
        ("asked", "passed_on"), ("draft", "passed_on"), ("agency_review", "passed_on"), ("returned", "passed_on"),
    },
    WorkPlan: {
        ("", "draft"), ("draft", "agency_review"), ("agency_review", "draft"), ("agency_review", "filed"), ("filed", "replaced"),
    },
    Answer: {
        ("", "owed"), ("owed", "given"), ("given", "returned"), ("returned", "given"), ("given", "closed"), ("owed", "passed_on"),
        ("returned", "passed_on"),
    },
    Extension: {("", "requested"), ("requested", "granted"), ("requested", "refused"), ("requested", "withdrawn")},
    HandBack: {("", "raised"), ("raised", "upheld"), ("raised", "rerouted"), ("raised", "withdrawn")},
}  # fmt: skip
"""The moves of the machines (DESIGN section 4)."""

CONSEQUENCES: dict[str, set[str]] = {
    "dispatch": {"assign"},
    "split_task": {"draw_up"},
    "reroute": {"assign"},
    "sign_off": {"confirm", "withdraw"},
    "terminate": {"withdraw"},
    "co_sign": {"submit_sign_off"},
    "succeed": {"withdraw", "submit_sign_off"},
}
"""What an act records beside itself."""

BY_A_PART = {"request_sign_off", "withdraw_sign_off"}
"""Verbs by which a lead moves the whole task: they stand on the line of its part."""

OF_THE_ROUND = "submit_sign_off"
"""The verb that stands on the line of a task and tells the states of its closing round."""

RECORDED_BY_AGENCY = {"ask_supporters"}
"""Acts that record a line for each agency they concern."""

RECORDED_AS = {
    "add_assignment": "assign",
    "withdraw_assignment": "withdraw",
    "ask_for_report": "open_report",
    "accept_report": "accept_report",
}
"""The verb of an act where it is not its name."""

States = dict[tuple[type[Model], int], str]


def states() -> States:
    """Return the state of everything that has one."""
    return {(model, pk): state for model in MOVES for pk, state in model._default_manager.values_list("pk", "state")}


def illegal(before: States, after: States) -> list[str]:
    """Return the moves that no machine knows, and rows that are gone."""
    found = [f"{model.__name__} {pk} is gone" for model, pk in before.keys() - after.keys()]
    for (model, pk), state in after.items():
        was = before.get((model, pk), "")
        if was != state and (was, state) not in MOVES[model]:
            found.append(f"{model.__name__} {pk}: {was or 'nothing'} → {state}")
    return found


def broken() -> list[str]:
    """Return everything that does not hold now, in words."""
    return list(_broken())


def _broken() -> Iterator[str]:
    yield from grants.differences()
    yield from (str(row) for row in account.differences())
    for record in (Event, PlanEvent, DirectoryEvent):
        yield from (str(fault) for fault in verify(record))
    yield from _counts()
    yield from _paths()
    live = {"pending", "accepted", "declared", "disputed"}
    rounds = Counter(SignOff.objects.filter(state__in=["collecting", "under_review"]).values_list("task_id", flat=True))
    stops = Counter(Suspension.objects.filter(ends_at__isnull=True).values_list("task_id", flat=True))
    parts: dict[int, list[Assignment]] = {}
    for part in Assignment.objects.order_by("pk"):
        parts.setdefault(part.task_id, []).append(part)
    for task in Task.objects.all():
        yield from _of_task(task, parts.get(task.pk, []), rounds[task.pk], stops[task.pk], live)
    raised = set(HandBack.objects.filter(state="raised").values_list("assignment_id", flat=True))
    asked = set(Extension.objects.filter(state="requested").values_list("assignment_id", flat=True))
    for part in (row for rows in parts.values() for row in rows):
        yield from _of_part(part, part.pk in raised, part.pk in asked, live)
    yield from _plan_days()
    for report in Report.objects.exclude(reviewer=None).exclude(author=None):
        if report.author_id == report.reviewer_id:
            yield f"report {report.pk} was released by its author"
    yield from _plans()


def _paths() -> Iterator[str]:
    """Hold the record of each task against its machine: every line goes on from the one before, the last is where the task stands."""
    of_the_task = Q(assignment=None, report=None) & ~Q(verb=OF_THE_ROUND) | Q(verb__in=BY_A_PART)
    lines = Event.objects.filter(of_the_task).exclude(from_state="", to_state="").order_by("sequence")
    at: dict[int, str] = {}
    for task, was, became in lines.values_list("task_id", "from_state", "to_state"):
        if at.get(task, was) != was or (was != became and (was, became) not in MOVES[Task]):
            yield f"task {task}: {at.get(task, '')} then {was} → {became}"
        at[task] = became
    for pk, state in Task.objects.values_list("pk", "state"):
        if at.get(pk, state) != state:
            yield f"task {pk} is {state}, its record ends at {at[pk]}"


def _plans() -> Iterator[str]:
    """Look whether each part's plans on record are numbered from one without a gap, and the last of them alone is in force."""
    numbers: dict[int, list[tuple[int, str]]] = {}
    for plan in WorkPlan.objects.filter(number__isnull=False).order_by("assignment", "number"):
        numbers.setdefault(plan.assignment_id, []).append((plan.number or 0, str(plan.state)))
    for part, found in numbers.items():
        if found != [(place, "filed" if place == len(found) else "replaced") for place in range(1, len(found) + 1)]:
            yield f"assignment {part} has plans on record {found}"


def _plan_days() -> Iterator[str]:
    """Look whether those have a day for a plan, and those only, of whom one is asked and who have none on record."""
    filed = set(WorkPlan.objects.filter(state="filed").values_list("assignment_id", flat=True))
    for part in Assignment.objects.select_related("task"):
        leads = part.part == "lead" and part.signed_at is not None and part.state not in {"rerouted", "withdrawn"}
        if (part.plan_due_on is not None) != (leads and part.task.asks_work_plans and part.pk not in filed):
            yield f"assignment {part.pk} is {part.state}, its plan is due on {part.plan_due_on}"


def _of_task(task: Task, parts: list[Assignment], rounds: int, stops: int, live: set[str]) -> Iterator[str]:
    open_parts = [part for part in parts if part.state in live]
    if (task.state == "closing") != (rounds == 1) or rounds > 1:
        yield f"task {task.pk} is {task.state} with {rounds} closing rounds"
    if (task.state == "suspended") != (stops == 1) or stops > 1:
        yield f"task {task.pk} is {task.state} with {stops} open suspensions"
    if task.state == "draft" and parts:
        yield f"task {task.pk} has not gone out and has parts"
    if task.state in {"closed", "terminated"} and open_parts:
        yield f"task {task.pk} is {task.state} and {len(open_parts)} parts are open"
    if task.state in {"dispatched", "closing", "suspended"} and not any(part.part == "lead" for part in open_parts):
        yield f"task {task.pk} is {task.state} and nobody leads it"
    if task.state == "closing" and not any(part.state == "declared" for part in open_parts):
        yield f"task {task.pk} is up for sign-off and no part is declared done"
    if task.state != "closed" and any(part.state == "confirmed" for part in parts):
        yield f"task {task.pk} is {task.state} and has a confirmed part"


def _of_part(part: Assignment, raised: bool, asked: bool, live: set[str]) -> Iterator[str]:
    if raised != (part.state == "disputed"):
        yield f"assignment {part.pk} is {part.state}, hand-back open: {raised}"
    if asked and part.state not in live - {"declared"}:
        yield f"assignment {part.pk} is {part.state} and a request for more time is open"
    if (part.state in {"accepted", "declared", "confirmed"}) and part.signed_at is None:
        yield f"assignment {part.pk} is {part.state} and was never signed for"
    if (part.due_on is None) != (part.first_due_on is None):
        yield f"assignment {part.pk} lost its first date"


def _counts() -> Iterator[str]:
    """Compare the numbers that lists show, which read link rows, with the parts themselves."""
    linked = Participation.objects.filter(assignment__isnull=False).order_by()
    shown = {
        (row["agency_id"], row["assignment_state"]): row["n"]
        for row in linked.values("agency_id", "assignment_state").annotate(n=Count("pk"))
    }
    counted: Counter[tuple[int, str]] = Counter()
    for part in Assignment.objects.select_related("task"):
        went_on = part.state == "withdrawn" and part.task.state in {"dispatched", "closing", "suspended"}
        if went_on and not part.taken_back:
            yield f"assignment {part.pk} is withdrawn from a task that goes on, and its agency may look"
        counted[part.agency_id, str(part.state)] += part.state != "rerouted" and not part.taken_back
    if +counted != Counter(shown):
        yield f"link rows count {shown}, parts {dict(+counted)}"
    waiting = CoSignature.objects.filter(verdict="waiting", sign_off__state="collecting")
    if waiting.exclude(assignment__state__in=["accepted", "declared", "disputed", "pending"]).exists():
        yield "a closing round waits for a part that has ended"


def permissions_differ(now: Any) -> list[str]:
    """Return the permissions that memberships and delegations do not give, or that are missing."""
    return permissions.differences(now=now)
