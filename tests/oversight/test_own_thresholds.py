"""A plan's own thresholds decide its lights everywhere: on pages, in lists and filters, and in the counters of the boards."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest

from measures.models import Plan
from oversight.board import Board
from oversight.counters import account
from oversight.lights import COLOURS, Lights
from oversight.models import Tally
from tests.factories.directory import NOW, TODAY
from tests.factories.tasks import Stage, dispatched_task
from tests.oversight.test_lights import moments
from workflow.actions.set_ladder import choices_of, set_ladder
from workflow.deadlines import DEFAULT_THRESHOLDS, Threshold
from workflow.deadlines.lights import Colour
from workflow.lights import assignment_light, task_light
from workflow.models import Assignment, Participation, PlanTiming, Task
from workflow.states import Tie
from workflow.thresholds import thresholds_as_data

pytestmark = pytest.mark.django_db

EARLY = (Threshold(10, 8, 4), Threshold(30, 15, 9), Threshold(None, 40, 25))
LATE = (Threshold(None, 1, 0),)
HOUSE = (Threshold(20, 2, 2), Threshold(None, 6, 3))


@pytest.fixture
def stage() -> Stage:
    return dispatched_task(leads=1, supporters=0)


def make_plan(stage: Stage, title: str, thresholds: tuple[Threshold, ...] = ()) -> Plan:
    plan = Plan.objects.create(title=title, issuer=stage.issuer, coordinator=stage.issuer, text=title, sha256=title * 32, confirmed_at=NOW)
    if thresholds:
        _set(stage, plan, thresholds)
    return plan


def _set(stage: Stage, plan: Plan, thresholds: tuple[Threshold, ...]) -> None:
    set_ladder(actor=stage.coordinator_actor, plan_id=plan.pk, is_on=True, choices=choices_of(plan), thresholds=thresholds, now=NOW)


def fill(stage: Stage) -> list[int | None]:
    """Put tasks of every length and due date under plans with their own thresholds, under one without, and under none."""
    PlanTiming.objects.create(thresholds=thresholds_as_data(HOUSE), changed_at=NOW)
    plans = [
        None,
        make_plan(stage, "甲", EARLY).pk,
        make_plan(stage, "乙", LATE).pk,
        make_plan(stage, "丙", EARLY).pk,
        make_plan(stage, "丁").pk,
    ]
    tasks = Task.objects.bulk_create(
        Task(issuer=stage.issuer, title="事项", state="dispatched", due_on=due_on, first_due_on=due_on, dispatched_at=at, plan_id=plan)
        for due_on, at in moments(TODAY)
        for plan in plans
    )
    Participation.objects.bulk_create(
        Participation(task=task, agency=stage.issuer, tie=Tie.ISSUER, task_state=task.state, plan_id=task.plan_id) for task in tasks
    )
    return plans


def test_tasks_of_each_plan_are_sorted_counted_and_explained_by_its_thresholds(stage: Stage) -> None:
    plans = fill(stage)
    lights = Lights.on(NOW)
    assert lights.thresholds.house == HOUSE
    rows = list(Task.objects.all())
    severities = dict(Task.objects.annotate(severity=lights.severity_of_task()).values_list("pk", "severity"))
    shown = {row.pk: task_light(row, TODAY, lights.calendar, lights.thresholds) for row in rows}
    assert {pk: COLOURS[severity] for pk, severity in severities.items()} == {pk: light.colour for pk, light in shown.items()}
    by_colour = {colour: set(Task.objects.filter(lights.tasks_lit(colour)).values_list("pk", flat=True)) for colour in Colour}
    for colour, found in by_colour.items():
        assert found == {pk for pk, light in shown.items() if light.colour == colour}
    reasons = [shown[row.pk].reason for row in rows if row.plan_id == plans[2]]
    told = {reason.params["limit"] for reason in reasons if "limit" in reason.params}
    assert told <= {0, 1}, "the sentence names the plan's own limit"
    for plan in ("", *(str(pk) for pk in plans if pk)):
        board = Board(stage.coordinator_actor, now=NOW, plan=plan)
        counted = {figure.look: figure.value for figure in board.by_light()}
        meant = Counter(str(shown[row.pk].colour.value) for row in rows if not plan or row.plan_id == int(plan))
        assert {look: value for look, value in counted.items() if value} == dict(meant)
    assert account.differences() == []


def test_parts_are_sorted_by_the_thresholds_of_their_plan(stage: Stage) -> None:
    plans = fill(stage)
    Assignment.objects.bulk_create(
        Assignment(
            task=task, agency=stage.leads[0].agency, part="support", rank=9, due_on=task.due_on, assigned_at=task.dispatched_at or NOW,
            hand_back_until=TODAY, moved_at=NOW,
        )
        for task in Task.objects.filter(title="事项")
    )  # fmt: skip
    lights = Lights.on(NOW)
    rows = Assignment.objects.select_related("task").prefetch_related("extensions").annotate(severity=lights.severity())
    seen: Counter[tuple[int | None, Colour]] = Counter()
    for row in rows:
        assert COLOURS[row.severity] == assignment_light(row, TODAY, lights.calendar, lights.thresholds).colour
        seen[row.task.plan_id, COLOURS[row.severity]] += 1
    assert seen[plans[1], Colour.YELLOW] > seen[plans[2], Colour.YELLOW], "the plans differ, or the test shows nothing"


def test_the_counters_follow_when_a_plan_sets_takes_over_and_drops_its_thresholds(stage: Stage) -> None:
    plan = make_plan(stage, "甲")
    Task.objects.filter(pk=stage.task.pk).update(plan=plan, due_on=TODAY + dt.timedelta(days=20), dispatched_at=NOW)
    Assignment.objects.filter(task=stage.task).update(due_on=TODAY + dt.timedelta(days=20))

    def lit() -> set[str]:
        return {figure.look for figure in Board(stage.coordinator_actor, now=NOW).by_light() if figure.value}

    assert lit() == {"green"}
    for thresholds, colour in ((EARLY, "yellow"), ((Threshold(None, 40, 39),), "orange"), (DEFAULT_THRESHOLDS, "green")):
        _set(stage, plan, thresholds)
        assert lit() == {colour}
        assert account.differences() == []
    account.fold()
    assert not Tally.objects.filter(grain="clock", plan_id=plan.pk).exists()
    PlanTiming.objects.all().delete()
    assert account.differences() == []
