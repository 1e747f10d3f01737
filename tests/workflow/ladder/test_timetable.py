"""A sweep in batches does what a sweep one assignment at a time does, whatever the world looks like."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F, Model
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries as AssertQueries

from agencies.models import User
from measures.models import Plan
from notifications.models import InboxItem, Message
from seeds.synthesis import Synthesis
from tests.factories.directory import NOW
from tests.factories.tasks import accepted_task
from tests.workflow.ladder.slow_sweep import slow_sweep
from workflow.actions import climb as climbing
from workflow.actions.climb import climb
from workflow.actions.sweep import sweep
from workflow.deadlines import add_working_days, end_of_day, next_working_day, official_calendar
from workflow.ladder import DEFAULT_LADDER, OpenReport, Subject, Timetable, next_rung_on, rungs_due
from workflow.models import Assignment, Contribution, Event, Firing, Report, RungSetting, Task

CALENDAR = official_calendar()
DAYS = st.dates(dt.date(2025, 1, 1), dt.date(2026, 6, 30))
SUBJECTS = st.builds(
    Subject,
    ref=st.just("assignment:1"),
    due_on=st.none() | DAYS,
    dispatched_on=DAYS,
    signed=st.booleans(),
    last_movement_on=st.none() | DAYS,
    total_working_days=st.integers(0, 120),
    open_reports=st.lists(st.builds(OpenReport, st.sampled_from(["report:1", "report:2"]), DAYS), max_size=2).map(tuple),
    open_contributions=st.lists(st.builds(OpenReport, st.sampled_from(["contribution:1"]), DAYS), max_size=1).map(tuple),
    finished=st.just(value=False),
    paused=st.sampled_from([False, False, False, True]),
)


@given(subject=SUBJECTS, day=DAYS, gone=st.lists(DAYS, max_size=3))
def test_one_walk_answers_what_two_separate_questions_answer(subject: Subject, day: dt.date, gone: list[dt.date]) -> None:
    table = Timetable(DEFAULT_LADDER, CALENDAR)
    fired: set[str] = set()
    for earlier in [*sorted(gone), day]:
        today = next_working_day(earlier, CALENDAR)
        noon = end_of_day(today) - dt.timedelta(hours=12)
        due = rungs_due(subject, now=noon, calendar=CALENDAR, rungs=DEFAULT_LADDER, fired=fired)
        found, following = table.advance(subject, today, frozenset(fired))
        assert [(f.key, f.fires_on, f.skipped) for f in found] == [(f.key, f.fires_on, f.skipped) for f in due]
        fired |= {firing.key for firing in due}
        assert following == next_rung_on(subject, calendar=CALENDAR, rungs=DEFAULT_LADDER, fired=fired)
        assert following is None or following > today


def outcome() -> dict[str, set[tuple[Any, ...]]]:
    """Return everything a sweep leaves behind, without the order in which it was written: reports go by their period."""
    reports = {f"report:{pk}": f"report of {start}" for pk, start in Report.objects.values_list("pk", "period_start")}
    asked = Contribution.objects.values_list("pk", "assignment", "period_start")
    reports |= {f"contribution:{pk}": f"contribution {part} {start}" for pk, part, start in asked}

    def rows(model: type[Model], *fields: str) -> set[tuple[Any, ...]]:
        found = model._default_manager.values_list("key", *fields)
        return {(re.sub(r"(report|contribution):\d+", lambda match: reports[match[0]], key), *rest) for key, *rest in found}

    return {
        "firings": rows(Firing, "rung", "assignment"),
        "record": {
            (verb, task, part, data.get("rung"), data.get("due_on"))
            for verb, task, part, data in Event.objects.values_list("verb", "task", "assignment", "data")
        },
        "lines": {(Event.objects.count(),)},
        "inbox": rows(InboxItem, "recipient", "topic", "subject", "link", "subject_ref", "urgent"),
        "messages": rows(Message, "recipient", "topic", "subject", "channel", "state", "urgent"),
        "reports": set(Report.objects.values_list("assignment", "period_start", "period_end", "due_on", "was_missed")),
        "contributions": set(Contribution.objects.values_list("assignment", "period_start", "period_end", "due_on")),
        "late parts": set(Assignment.objects.filter(was_overdue=True).values_list("pk")),
        "late tasks": set(Task.objects.filter(was_overdue=True).values_list("pk")),
    }


def history(sweep_once: Callable[[dt.datetime], object], seed: int) -> list[dict[str, set[tuple[Any, ...]]]]:
    """Return what is there after each of some sweeps, with things happening in between; everything is taken back."""
    dice, story = random.Random(seed), []  # noqa: S311
    with transaction.atomic():
        moment = NOW
        for _ in range(5):
            sweep_once(moment)
            story.append(outcome())
            parts = list(Assignment.objects.filter(state__in=["pending", "accepted"]).order_by("pk").values_list("pk", flat=True))
            moved, signed = dice.sample(parts, 6), dice.sample(parts, 6)
            seen_again = {"climbs_anew": True, "report_on": None}  # as the door leaves it after every act
            Assignment.objects.filter(pk__in=moved).update(
                due_on=moment.date() + dt.timedelta(days=dice.randrange(1, 20)), due_version=F("due_version") + 1, **seen_again
            )
            Assignment.objects.filter(pk__in=signed).update(state="accepted", signed_at=moment, moved_at=moment, **seen_again)
            moment += dt.timedelta(days=dice.choice((1, 1, 2, 7, 31)))
        transaction.set_rollback(True)
    return story


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2, pytest.param(3, marks=pytest.mark.proof), pytest.param(4, marks=pytest.mark.proof)])
def test_sweeps_in_batches_leave_behind_what_sweeps_one_by_one_leave_behind(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    Synthesis(now=NOW, seed=seed, say=lambda _words: None).run(agencies=12, users=40, tasks=45)
    User.objects.update(email="somebody@example.test")
    plan = Plan.objects.earliest("pk")
    RungSetting.objects.create(plan=None, rung="standstill", enabled=False)
    RungSetting.objects.create(plan=plan, rung="standstill", enabled=True)
    RungSetting.objects.create(plan=plan, rung="warning", enabled=False)
    Task.objects.filter(plan=plan).update(asks_work_plans=True)
    asked = Assignment.objects.filter(task__plan=plan, part="lead", signed_at__isnull=False)
    for part in asked:
        part.plan_due_on = add_working_days(timezone.localdate(part.signed_at), 10, official_calendar())
    Assignment.objects.bulk_update(asked, ["plan_due_on"])
    monkeypatch.setattr(climbing, "BATCH", 7)
    quick, slow = history(sweep, seed), history(slow_sweep, seed)
    assert quick == slow
    assert len(quick[-1]["firings"]) > 50
    assert any(rung == "work_plan_missing" for _key, rung, _part in quick[-1]["firings"])


@pytest.mark.django_db
def test_a_batch_costs_the_same_number_of_statements_for_two_parts_and_for_twenty(
    django_assert_max_num_queries: AssertQueries,
) -> None:
    def overdue(tasks: int) -> dt.datetime:
        for _ in range(tasks):
            accepted_task()
        Assignment.objects.filter(due_version=1).update(climbs_anew=True)
        last = Assignment.objects.latest("due_on").due_on
        assert last is not None
        return dt.datetime.combine(next_working_day(last + dt.timedelta(days=14), CALENDAR), dt.time(10), NOW.tzinfo)

    later = overdue(1)
    with django_assert_max_num_queries(60) as few:
        assert climb(later) >= 1
    overdue(10)
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert climb(later) >= 10


@pytest.mark.django_db
def test_a_key_that_is_on_record_already_is_neither_told_nor_recorded_again(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = accepted_task(supporters=0)
    due_on = stage.task.due_on
    assert due_on is not None
    later = NOW.replace(year=due_on.year, month=due_on.month, day=due_on.day) + dt.timedelta(days=3)
    while not CALENDAR.is_working(later.date()):
        later += dt.timedelta(days=1)
    climb(later)
    before = outcome()
    monkeypatch.setattr(climbing, "_fired", lambda _ids: {})  # as if another sweeper had fired meanwhile
    Assignment.objects.update(climbs_anew=True)
    assert climb(later) == 0
    assert outcome() == before
