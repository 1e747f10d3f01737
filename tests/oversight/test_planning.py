"""The calendar of a month and the Gantt chart of a plan: what is due when, for those who may see it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from agencies.models import Role, User
from oversight.calendar import Day, first_of, month
from oversight.gantt import WIDTH, chart
from tests.factories.directory import NOW, TODAY, actor_of, make_agency, make_member
from tests.factories.documents import confirmed
from tests.factories.tasks import dispatched_task, make_crew
from workflow.actions.dispatch import dispatch
from workflow.actions.draw_up import draw_up_plan
from workflow.actions.rearrange import add_assignment, withdraw_assignment
from workflow.models import Task

pytestmark = pytest.mark.django_db

DUE = TODAY + dt.timedelta(days=9)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def day_of(user: User, day: dt.date) -> Day:
    weeks = month(actor_of(user), day.replace(day=1), now=NOW).weeks
    return next(found for week in weeks for found in week if found.day == day)


def test_a_task_stands_on_the_day_it_is_due_for_those_who_see_it() -> None:
    stage = dispatched_task(due_on=DUE)
    shown = day_of(stage.leads[0].officer, DUE)
    assert [entry.title for entry in shown.tasks] == [str(stage.task)]
    assert shown.tasks_total == 1
    assert day_of(make_crew().officer, DUE).tasks_total == 0


def test_a_full_day_shows_a_few_and_counts_the_rest() -> None:
    stages = [dispatched_task(due_on=DUE) for _number in range(3)]
    stages += [dispatched_task(due_on=DUE + dt.timedelta(days=1)) for _number in range(2)]
    issuer, leader = stages[0].issuer, stages[0].leader
    for stage in stages[1:]:
        Task.objects.filter(pk=stage.task.pk).update(issuer=issuer)
    for stage in stages[1:]:
        stage.task.participations.filter(tie="issuer").update(agency=issuer)
    more = dispatched_task(due_on=DUE)
    more.task.participations.filter(tie="issuer").update(agency=issuer)
    shown = day_of(leader, DUE)
    assert (len(shown.tasks), shown.tasks_total, shown.more) == (3, 4, 1)
    assert day_of(leader, DUE + dt.timedelta(days=1)).tasks_total == 2


def test_weeks_are_whole_and_free_days_are_marked() -> None:
    found = month(dispatched_task().leader_actor, dt.date(2026, 10, 1), now=NOW)
    assert (found.before, found.after) == ("2026-09", "2026-11")
    days = [day for week in found.weeks for day in week]
    assert days[0].day.weekday() == 0
    assert len(days) % 7 == 0
    free = {day.day for day in days if not day.is_working}
    assert dt.date(2026, 10, 1) in free
    assert dt.date(2026, 10, 10) not in free, "a Saturday on which offices work"


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "x", "9" * 40, "0001-01", "9999-12"])
def test_a_month_that_is_none_is_the_present_one(text: str) -> None:
    assert first_of(text, TODAY) == TODAY.replace(day=1)


PLAN = """关于加快示范园区建设的实施方案

一、主要任务
（一）建设园区。新建标准厂房。（省财政厅牵头，2027年12月底前完成）
（二）引进项目。引进一批项目。（省财政厅牵头，2026年6月底前完成）
"""


def test_the_chart_draws_what_one_sees_to_scale() -> None:
    office, lead = make_agency("省政府办公厅"), make_agency("省财政厅", name="广东省财政厅")
    coordinator = make_member(office, Role.COORDINATOR)
    plan = confirmed(coordinator, office, PLAN, now=NOW)
    draw_up_plan(actor=actor_of(coordinator), plan_id=plan.pk, now=NOW)
    drawn = chart(actor_of(coordinator), plan, now=NOW)
    assert [bar.due_on for bar in drawn.bars] == [dt.date(2027, 12, 31), dt.date(2026, 6, 30)]
    assert drawn.bars[0].x == drawn.today == 0
    assert drawn.bars[0].width > drawn.bars[1].width > 0
    assert all(bar.x + bar.width <= WIDTH + 2 for bar in drawn.bars)
    officer = make_member(lead)
    assert chart(actor_of(officer), plan, now=NOW).bars == []
    dispatch(actor=actor_of(coordinator), task_ids=[Task.objects.order_by("pk")[0].pk], now=NOW)
    assert len(chart(actor_of(officer), plan, now=NOW).bars) == 1
    client = Client()
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("plan-gantt", args=[plan.pk])).status_code == 200
    client.force_login(make_crew().officer, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("plan-gantt", args=[plan.pk])).status_code == 404


def test_the_chart_names_only_the_leads_that_still_lead() -> None:
    office, lead, other = make_agency("省政府办公厅"), make_agency("省财政厅", name="广东省财政厅"), make_agency("省审计厅")
    coordinator = make_member(office, Role.COORDINATOR)
    actor = actor_of(coordinator)
    plan = confirmed(coordinator, office, PLAN, now=NOW)
    task = draw_up_plan(actor=actor, plan_id=plan.pk, now=NOW)[0]
    dispatch(actor=actor, task_ids=[task.pk], now=NOW)
    add_assignment(actor=actor, task_id=task.pk, agency_id=other.pk, part="lead", now=NOW)
    withdraw_assignment(actor=actor, assignment_id=task.assignments.get(agency=lead).pk, reason="职责调整", now=NOW)
    bar = next(bar for bar in chart(actor, plan, now=NOW).bars if bar.title == str(task))
    assert bar.leads == "省审计厅"
