"""What the preview of a ladder says beforehand is what fires in the sixty days after it, day by day, if nobody acts."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest

from measures.models import Plan
from tests.factories.directory import NOW, TODAY
from tests.factories.tasks import Stage, accepted_task, dispatched_task
from workflow.actions.plan_days import set_plan_days
from workflow.actions.set_ladder import choices_of, chosen_rungs, preview_of, preview_of_house
from workflow.actions.sweep import sweep
from workflow.deadlines import DEFAULT_THRESHOLDS
from workflow.models import Assignment, Event, Task
from workflow.states import Rhythm

DAYS = 60
Happening = tuple[dt.date, int, str]


@pytest.fixture
def plan(db: None) -> Plan:
    """A plan with a task of each rhythm, one that nobody has signed for, and one that falls due and asks for work plans."""
    stages: list[Stage] = [
        accepted_task(rhythm=Rhythm.WEEKLY, leads=2, supporters=1, due_on=TODAY + dt.timedelta(days=200)),
        accepted_task(rhythm=Rhythm.HALF_MONTHLY, due_on=TODAY + dt.timedelta(days=30)),
        accepted_task(rhythm=Rhythm.MONTHLY, due_on=None),
        accepted_task(rhythm=Rhythm.QUARTERLY, supporters=2),
        dispatched_task(rhythm=Rhythm.WEEKLY, due_on=TODAY + dt.timedelta(days=12)),
    ]
    issuer = stages[0].issuer
    made = Plan.objects.create(title="试点方案", issuer=issuer, coordinator=issuer, text="一、试点。", sha256="0" * 64, confirmed_at=NOW)
    Task.objects.update(plan=made, asks_supporters=True)
    Task.objects.filter(pk=stages[1].task.pk).update(asks_work_plans=True)
    for part in set_plan_days(Assignment.objects.filter(task=stages[1].task).select_related("task"), NOW):
        part.save()
    return made


def live_through(days: int) -> Counter[Happening]:
    """Sweep every day and return which rung told of which part on which day."""
    for n in range(days + 1):
        sweep(NOW + dt.timedelta(days=n))
    lines = Event.objects.filter(verb="rung").values_list("at", "assignment_id", "data__rung")
    return Counter((at.astimezone(NOW.tzinfo).date(), part, rung) for at, part, rung in lines)


def test_what_the_preview_says_comes_true_and_nothing_else_does(plan: Plan) -> None:
    rungs = chosen_rungs(choices_of(plan), plan)
    planned, complete = preview_of(plan, rungs=rungs, thresholds=DEFAULT_THRESHOLDS, now=NOW)
    of_the_house = preview_of_house(choices=choices_of(None), thresholds=DEFAULT_THRESHOLDS, now=NOW)
    said = Counter((one.on, part.pk, one.firing.rung.code) for one, part in planned)
    lived = live_through(DAYS)
    assert complete
    assert sorted((lived - said).elements()) == [], "it fired and the preview did not say so"
    assert sorted((said - lived).elements()) == [], "the preview said so and it did not fire"
    assert {code for _day, _part, code in said} >= {"due_soon", "overdue", "bulletin", "unsigned", "standstill", "work_plan_missing"}
    missed = Counter(code for _day, _part, code in said.elements())
    assert missed["report_missed"] > 20
    assert missed["contribution_missed"] > 10
    assert {code: now for code, now, _then in of_the_house.sums if now} == missed
