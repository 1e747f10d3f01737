"""What holds for the whole house, set by two at once or while a sweep runs: as if one had come after the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.actor import Actor
from agencies.chain_check import verify
from agencies.models import Office
from measures.models import Plan, PlanEvent
from tests.factories.directory import NOW, make_person
from tests.factories.tasks import accepted_task, dispatched_task
from tests.workflow.test_races import together
from workflow.actions.climb import climb
from workflow.actions.set_calendar import set_calendar
from workflow.actions.set_ladder import RungChoice, choices_of, set_house_ladder, set_ladder
from workflow.deadlines import DEFAULT_THRESHOLDS, add_working_days, official_calendar
from workflow.models import Assignment, CalendarDay, Event, Firing, Report, RungSetting, Task

PERIOD_END = dt.date(2026, 3, 31)
DUE = add_working_days(PERIOD_END, 5, official_calendar())
OFF = {DUE - dt.timedelta(days=1): False}


def keeper() -> Actor:
    return Actor.load(make_person(office=Office.SYSTEM), now=NOW)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(4))
def test_two_first_settings_of_the_houses_ladder_leave_one_of_the_two(_round: int) -> None:
    one, other, usual = keeper(), keeper(), choices_of(None)
    chosen = [usual | {"standstill": RungChoice(enabled=False)}, usual | {"unsigned": RungChoice(enabled=False)}]
    answers = together(
        *[
            lambda actor=actor, rungs=rungs: set_house_ladder(actor=actor, choices=rungs, thresholds=DEFAULT_THRESHOLDS, now=NOW)
            for actor, rungs in zip((one, other), chosen, strict=True)
        ]
    )
    assert answers == {200: 2}
    [last] = PlanEvent.objects.order_by("-sequence")[:1]
    assert list(RungSetting.objects.values_list("rung", flat=True)) == last.data["off"]
    assert len(last.data["off"]) == 1
    assert verify(PlanEvent) == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(4))
def test_the_same_notice_entered_twice_at_once_moves_dates_once(_round: int) -> None:
    stage, one, other = accepted_task(supporters=0), keeper(), keeper()
    part = stage.part_of(stage.leads[0])
    Report.objects.create(assignment=part, period_start=dt.date(2026, 3, 1), period_end=PERIOD_END, due_on=DUE)
    answers = together(*[lambda actor=actor: set_calendar(actor=actor, days=OFF, notice="放假", now=NOW) for actor in (one, other)])
    assert answers == {200: 2}
    assert CalendarDay.objects.count() == PlanEvent.objects.filter(verb="set_calendar").count() == 1
    assert Event.objects.filter(verb="move_by_calendar", data__what="reports").count() == 1
    assert (verify(Event), verify(PlanEvent)) == ([], [])


@pytest.mark.postgres
@pytest.mark.django_db
def test_setting_a_ladder_or_the_calendar_locks_tasks_before_anything_of_their_parts() -> None:
    stage = accepted_task(supporters=0)
    plan = Plan.objects.create(
        title="试点方案", issuer=stage.issuer, coordinator=stage.issuer, text="一、试点。", sha256="0" * 64, confirmed_at=NOW
    )
    Task.objects.filter(pk=stage.task.pk).update(plan=plan)
    actor, admin, chosen = stage.coordinator_actor, keeper(), choices_of(None) | {"standstill": RungChoice(enabled=False)}
    acts: list[Callable[[], object]] = [
        lambda: set_ladder(actor=actor, plan_id=plan.pk, is_on=True, choices=chosen, thresholds=DEFAULT_THRESHOLDS, now=NOW),
        lambda: set_house_ladder(actor=admin, choices=chosen, thresholds=DEFAULT_THRESHOLDS, now=NOW),
        lambda: set_calendar(actor=admin, days=OFF, notice="放假", now=NOW),
    ]
    for act in acts:
        with CaptureQueriesContext(connection) as asked:
            act()
        said = [query["sql"] for query in asked]
        tasks = [n for n, sql in enumerate(said) if "FOR NO KEY UPDATE" in sql and 'FROM "workflow_task"' in sql]
        parts = [n for n, sql in enumerate(said) if sql.startswith('UPDATE "workflow_assignment"')]
        record = [n for n, sql in enumerate(said) if 'FROM "agencies_chainhead"' in sql]
        assert tasks
        assert parts
        assert max(tasks) < min(parts) <= max(parts) < min(record)


@pytest.mark.django_db
def test_a_ladder_switched_off_while_a_sweep_runs_holds_from_its_next_batch_on(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = dispatched_task(leads=1, supporters=0), dispatched_task(leads=1, supporters=0)
    admin, chosen = keeper(), choices_of(None) | {"unsigned": RungChoice(enabled=False)}
    monkeypatch.setattr("workflow.actions.climb.BATCH", 1)
    batches: list[None] = []

    def between() -> bool:
        batches.append(None)
        if len(batches) == 2:
            set_house_ladder(actor=admin, choices=chosen, thresholds=DEFAULT_THRESHOLDS, now=NOW)
        return False

    moment = dt.datetime.combine(add_working_days(NOW.date(), 3, official_calendar()), dt.time(10), NOW.tzinfo)
    climb(moment, between)
    told = list(Firing.objects.filter(rung="unsigned").values_list("assignment__task_id", flat=True))
    assert told == [first.task.pk], "one had fired by then"
    assert not Assignment.objects.get(task=second.task).climbs_anew
