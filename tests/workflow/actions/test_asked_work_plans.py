"""Where the rules ask the leads for plans of their own: who owes one, who is reminded, and from when on nobody is."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from notifications.models import InboxItem
from tests.factories.directory import NOW, TODAY
from tests.factories.tasks import Stage, accepted_task, begun_work_plan, dispatched_task, filed_work_plan
from tests.workflow.actions.test_decisions import told
from workflow.actions.set_rules import set_rules
from workflow.actions.sign_for import sign_for
from workflow.actions.sweep import sweep
from workflow.deadlines import add_working_days, official_calendar
from workflow.duties import Duty
from workflow.models import Firing
from workflow.web.todo_rows import page_of

pytestmark = pytest.mark.django_db

CALENDAR = official_calendar()


def on(days: int) -> dt.datetime:
    """Return eleven o'clock of the working day so many later."""
    return dt.datetime.combine(add_working_days(TODAY, days, CALENDAR), dt.time(11), NOW.tzinfo)


def asked(stage: Stage) -> Stage:
    set_rules(actor=stage.coordinator_actor, task_id=stage.task.pk, now=NOW, **told(asks_work_plans="yes"))
    return stage


def fired(rung: str) -> set[int | None]:
    return set(Firing.objects.filter(rung=rung).values_list("assignment_id", flat=True))


def test_a_lead_without_a_plan_is_reminded_ten_working_days_after_it_signed_and_the_coordinator_after_fifteen() -> None:
    stage = asked(dispatched_task(leads=2))
    for crew in (stage.leads[0], stage.supporters[0]):
        sign_for(actor=crew.officer_actor, assignment_id=stage.part_of(crew).pk, now=on(1))
    part = stage.part_of(stage.leads[0])
    sweep(on(10))
    assert fired("work_plan_missing") == set()
    sweep(on(11))
    assert fired("work_plan_missing") == {part.pk}, "who has not signed is reminded of that, and a supporter plans nothing"
    reminded = set(InboxItem.objects.filter(subject__contains="落实方案尚未报备").values_list("recipient_id", flat=True))
    assert reminded == {stage.leads[0].officer.pk, stage.leads[0].reviewer.pk}
    sweep(on(16))
    assert fired("work_plan_missing_long") == {part.pk}
    assert InboxItem.objects.filter(subject__contains="落实方案尚未报备", recipient=stage.coordinator).exists()


def test_nobody_is_reminded_once_a_plan_is_on_record_or_where_none_is_asked() -> None:
    stage, other = asked(accepted_task(supporters=0)), accepted_task(supporters=0)
    row = begun_work_plan(stage)
    sweep(on(10))
    assert fired("work_plan_missing") == {stage.part_of(stage.leads[0]).pk}, "what is only being written is not on record"
    filed_work_plan(stage, row)
    sweep(on(15))
    assert fired("work_plan_missing_long") == set()
    assert not Firing.objects.filter(assignment__task=other.task, rung__startswith="work_plan").exists()


def test_a_rule_that_is_set_later_counts_for_parts_under_way() -> None:
    stage = accepted_task(supporters=0)
    sweep(on(11))
    assert fired("work_plan_missing") == set()
    asked(stage)
    sweep(on(11))
    assert fired("work_plan_missing") == {stage.part_of(stage.leads[0]).pk}


def test_it_stands_on_the_list_of_what_is_owed_and_on_the_page_of_the_task(client: Client) -> None:
    stage = asked(accepted_task())
    lead = stage.leads[0]
    client.force_login(lead.officer)
    rows = client.get(reverse("todo")).context["rows"]
    assert [(row.duty, row.pk) for row in rows] == [(Duty.BEGIN_PLAN, stage.part_of(lead).pk)]
    assert client.get(page_of(rows[0])).status_code == 200
    page = client.get(reverse("task", args=[stage.task.pk])).content.decode()
    assert "按办理规则，各牵头单位均须报备落实方案。" in page
    filed_work_plan(stage, begun_work_plan(stage))
    assert client.get(reverse("todo")).context["rows"] == []
    client.force_login(stage.supporters[0].officer)
    assert client.get(reverse("todo")).context["rows"] == []


def test_the_rule_is_read_over_the_api(client: Client) -> None:
    stage = asked(accepted_task())
    client.force_login(stage.coordinator)
    assert client.get(reverse("api:task", args=[stage.task.pk])).json()["asks_work_plans"] is True
