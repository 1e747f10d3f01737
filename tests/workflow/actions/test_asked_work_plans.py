"""Where the rules ask the leads for plans of their own: who owes one, who is reminded, and from when on nobody is."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from measures.models import Plan
from notifications.models import InboxItem
from tests.factories.directory import NOW, TODAY
from tests.factories.tasks import (
    Stage,
    accepted_task,
    begun_work_plan,
    closing_task,
    declared_task,
    dispatched_task,
    filed_work_plan,
    submitted_report,
)
from tests.workflow.actions.test_decisions import told
from workflow.actions.batch import sign_for_many
from workflow.actions.change_part import change_part
from workflow.actions.decide_sign_off import return_sign_off
from workflow.actions.declare_done import declare_done
from workflow.actions.hand_back import hand_back
from workflow.actions.interrupt import resume, suspend
from workflow.actions.judge_report import accept_report
from workflow.actions.rearrange import withdraw_assignment
from workflow.actions.request_sign_off import request_sign_off
from workflow.actions.rule_on_hand_back import uphold
from workflow.actions.set_rules import Rules, set_plan_rules, set_rules
from workflow.actions.sign_for import sign_for
from workflow.actions.sweep import sweep
from workflow.deadlines import add_working_days, official_calendar
from workflow.duties import Duty
from workflow.models import Assignment, Event, Firing, Participation, Task
from workflow.states import AssignmentState, ClosingRule
from workflow.web.todo_rows import page_of

pytestmark = pytest.mark.django_db

CALENDAR = official_calendar()


def on(days: int) -> dt.datetime:
    """Return eleven o'clock of the working day so many later."""
    return dt.datetime.combine(add_working_days(TODAY, days, CALENDAR), dt.time(11), NOW.tzinfo)


def asked(stage: Stage) -> Stage:
    set_rules(actor=stage.coordinator_actor, task_id=stage.task.pk, now=NOW, **told(asks_work_plans="yes"))
    return stage


def day_of(stage: Stage, lead: int = 0) -> dt.date | None:
    return stage.part_of(stage.leads[lead]).plan_due_on


def plan_of(stage: Stage) -> Plan:
    """Put the task under a plan of its issuer, and return that."""
    plan = Plan.objects.create(title="高质量发展行动方案", issuer=stage.issuer, coordinator=stage.issuer, sha256="0" * 64, confirmed_at=NOW)
    Task.objects.filter(pk=stage.task.pk).update(plan=plan)
    return plan


def fired(rung: str) -> set[int | None]:
    return set(Firing.objects.filter(rung=rung).values_list("assignment_id", flat=True))


def test_a_lead_without_a_plan_is_reminded_once_the_ten_working_days_after_it_signed_are_over_and_the_coordinator_after_fifteen() -> None:
    stage = asked(dispatched_task(leads=2))
    for crew in (stage.leads[0], stage.supporters[0]):
        sign_for(actor=crew.officer_actor, assignment_id=stage.part_of(crew).pk, now=on(1))
    part = stage.part_of(stage.leads[0])
    assert day_of(stage) == on(1 + 10).date()
    sweep(on(11))
    assert fired("work_plan_missing") == set(), "it has until the end of the day"
    sweep(on(12))
    assert fired("work_plan_missing") == {part.pk}, "who has not signed is reminded of that, and a supporter plans nothing"
    reminded = set(InboxItem.objects.filter(subject__contains="落实方案尚未报备").values_list("recipient_id", flat=True))
    assert reminded == {stage.leads[0].officer.pk, stage.leads[0].reviewer.pk}
    sweep(on(16))
    assert fired("work_plan_missing_long") == {part.pk}
    assert InboxItem.objects.filter(subject__contains="落实方案尚未报备", recipient=stage.coordinator).exists()


def test_nobody_is_reminded_once_a_plan_is_on_record_or_where_none_is_asked() -> None:
    stage, other = asked(accepted_task(supporters=0)), accepted_task(supporters=0)
    row = begun_work_plan(stage)
    sweep(on(11))
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


def test_a_rule_that_is_set_later_gives_parts_under_way_ten_working_days_from_then() -> None:
    stage = accepted_task(supporters=0)
    set_rules(actor=stage.coordinator_actor, task_id=stage.task.pk, now=on(30), **told(asks_work_plans="yes"))
    assert day_of(stage) == on(40).date()
    set_rules(actor=stage.coordinator_actor, task_id=stage.task.pk, now=on(32), **told(asks_work_plans="yes", roll_up="reports"))
    assert day_of(stage) == on(40).date(), "another rule that is set moves nothing"
    set_rules(actor=stage.coordinator_actor, task_id=stage.task.pk, now=on(33), **told(asks_work_plans="no"))
    assert day_of(stage) is None


def test_the_rules_of_a_plan_give_its_leads_their_day_and_take_it_from_them() -> None:
    stage = accepted_task(leads=2)
    plan = plan_of(stage)
    set_plan_rules(actor=stage.coordinator_actor, plan_id=plan.pk, rules=Rules(asks_work_plans=True), now=on(3))
    assert {crew: day_of(stage, crew) for crew in range(2)} == {0: on(13).date(), 1: on(13).date()}
    assert stage.part_of(stage.supporters[0]).plan_due_on is None
    set_plan_rules(actor=stage.coordinator_actor, plan_id=plan.pk, rules=Rules(), now=on(4))
    assert {day_of(stage, 0), day_of(stage, 1)} == {None}


def test_a_suspension_moves_the_day_and_one_that_was_late_stays_late() -> None:
    stage, late = asked(accepted_task(supporters=0)), asked(accepted_task(supporters=0))
    for one, first, last in ((stage, 4, 9), (late, 12, 20)):
        suspend(actor=one.coordinator_actor, task_id=one.task.pk, reason="等待上级政策明确。", now=on(first))
        resume(actor=one.coordinator_actor, task_id=one.task.pk, now=on(last))
    assert day_of(stage) == on(10 + 5).date()
    assert day_of(late) == on(10).date()
    sweep(on(15))
    assert stage.part_of(stage.leads[0]).pk not in fired("work_plan_missing")
    sweep(on(16))
    assert stage.part_of(stage.leads[0]).pk in fired("work_plan_missing")


def test_a_hand_back_and_a_closing_round_move_the_day() -> None:
    stage, closing = asked(accepted_task(supporters=0)), closing_task(supporters=0)
    lead, part = stage.leads[0], stage.part_of(stage.leads[0])
    hand_back(actor=lead.officer_actor, assignment_id=part.pk, reason="不属本单位职责。", legal_basis="三定方案", now=on(2))
    uphold(actor=stage.coordinator_actor, assignment_id=part.pk, opinion="属你单位职责。", now=on(6))
    assert day_of(stage) == on(10 + 4).date()
    Task.objects.filter(pk=closing.task.pk).update(asks_work_plans=True)
    Assignment.objects.filter(task=closing.task).update(plan_due_on=on(10).date())
    return_sign_off(actor=closing.coordinator_actor, task_id=closing.task.pk, opinion="补充佐证材料。", now=on(7))
    assert day_of(closing) == on(10 + 7).date()


def test_a_lead_that_had_not_declared_when_the_round_began_gets_the_days_of_the_round_for_its_plan() -> None:
    stage = asked(accepted_task(leads=2, supporters=0))
    first, second = stage.leads
    Task.objects.filter(pk=stage.task.pk).update(closing_rule=ClosingRule.FIRST_LEAD)
    accept_report(actor=stage.coordinator_actor, report_id=submitted_report(stage, first).pk, now=NOW)
    declare_done(actor=first.reviewer_actor, assignment_id=stage.part_of(first).pk, summary="任务完成。", now=on(1))
    request_sign_off(actor=first.reviewer_actor, assignment_id=stage.part_of(first).pk, summary="任务完成。", now=on(3))
    assert [day_of(stage, lead) for lead in (0, 1)] == [on(10).date()] * 2
    return_sign_off(actor=stage.coordinator_actor, task_id=stage.task.pk, opinion="补充佐证材料。", now=on(7))
    assert stage.part_of(second).state == AssignmentState.ACCEPTED
    assert [day_of(stage, lead) for lead in (0, 1)] == [on(10 + 6).date(), on(10 + 4).date()]


def test_a_rule_set_while_the_task_is_suspended_gives_the_whole_time_once_it_goes_on() -> None:
    stage = accepted_task(supporters=0)
    suspend(actor=stage.coordinator_actor, task_id=stage.task.pk, reason="等待上级政策明确。", now=on(2))
    set_rules(actor=stage.coordinator_actor, task_id=stage.task.pk, now=on(20), **told(asks_work_plans="yes"))
    resume(actor=stage.coordinator_actor, task_id=stage.task.pk, now=on(30))
    assert day_of(stage) == on(40).date()


def test_a_suspension_after_a_lead_has_declared_its_part_done_gives_no_day_back_twice() -> None:
    stage = declared_task(supporters=0)
    Task.objects.filter(pk=stage.task.pk).update(asks_work_plans=True)
    Assignment.objects.filter(task=stage.task).update(plan_due_on=on(10).date())
    suspend(actor=stage.coordinator_actor, task_id=stage.task.pk, reason="等待上级政策明确。", now=on(2))
    resume(actor=stage.coordinator_actor, task_id=stage.task.pk, now=on(5))
    lead = stage.leads[0]
    request_sign_off(actor=lead.reviewer_actor, assignment_id=stage.part_of(lead).pk, summary="任务完成。", now=on(6))
    return_sign_off(actor=stage.coordinator_actor, task_id=stage.task.pk, opinion="补充佐证材料。", now=on(8))
    assert day_of(stage) == on(10 + 8).date()


def test_who_becomes_a_lead_has_a_day_and_who_leads_no_more_has_none() -> None:
    stage = asked(accepted_task(leads=2))
    supporter, second = stage.part_of(stage.supporters[0]), stage.part_of(stage.leads[1])
    acts: dict[str, Any] = {"actor": stage.coordinator_actor, "reason": "调整分工。", "now": on(5)}
    change_part(assignment_id=supporter.pk, part="lead", **acts)
    change_part(assignment_id=second.pk, part="support", **acts)
    assert stage.part_of(stage.supporters[0]).plan_due_on == on(15).date()
    assert day_of(stage, 1) is None
    withdraw_assignment(assignment_id=supporter.pk, **acts)
    assert stage.part_of(stage.supporters[0]).plan_due_on is None


def test_signing_for_many_gives_each_its_day_in_a_number_of_statements_that_does_not_grow(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    def sign(stages: list[Stage]) -> int:
        lead = stages[0].leads[0]
        shown = {one.part_of(one.leads[0]).pk: None for one in stages}
        with django_assert_max_num_queries(200) as counted:
            sign_for_many(actor=lead.officer_actor, shown=shown, now=on(1))
        return len(counted)

    stages = [asked(dispatched_task(supporters=0)) for _ in range(4)]
    lead = stages[0].leads[0]
    for stage in stages[1:]:
        Assignment.objects.filter(task=stage.task).update(agency=lead.agency)
        Participation.objects.filter(task=stage.task, tie="lead").update(agency=lead.agency)
        stage.leads = [lead]
    one, three = sign(stages[:1]), sign(stages[1:])
    assert one == three
    assert {day_of(stage) for stage in stages} == {on(11).date()}


def test_it_stands_on_the_list_of_what_is_owed_and_on_the_page_of_the_task(client: Client) -> None:
    stage = asked(accepted_task())
    lead = stage.leads[0]
    client.force_login(lead.officer)
    rows = client.get(reverse("todo")).context["rows"]
    assert [(row.duty, row.pk, row.due_on) for row in rows] == [(Duty.BEGIN_PLAN, stage.part_of(lead).pk, on(10).date())]
    assert client.get(page_of(rows[0])).status_code == 200
    page = client.get(reverse("task", args=[stage.task.pk])).content.decode()
    assert "按办理规则，各牵头单位均须报备落实方案。" in page
    assert f"{on(10).date()}前报备落实方案" in page
    filed_work_plan(stage, begun_work_plan(stage))
    assert client.get(reverse("todo")).context["rows"] == []
    client.force_login(stage.supporters[0].officer)
    assert client.get(reverse("todo")).context["rows"] == []


def test_the_rule_is_read_over_the_api(client: Client) -> None:
    stage = asked(accepted_task())
    client.force_login(stage.coordinator)
    read = client.get(reverse("api:task", args=[stage.task.pk])).json()
    assert read["asks_work_plans"] is True
    assert [part["plan_due_on"] for part in read["assignments"]] == [on(10).date().isoformat(), None]


def test_the_list_of_what_is_owed_names_the_day_over_the_api_while_the_plan_is_written_too(client: Client) -> None:
    stage = asked(accepted_task(supporters=0))
    client.force_login(stage.leads[0].officer)

    def rows() -> list[tuple[str, str]]:
        return [(row["kind"], row["due_on"]) for row in client.get(reverse("api:todo")).json()["results"]]

    day = on(10).date().isoformat()
    assert rows() == [("begin_plan", day)]
    row = begun_work_plan(stage)
    assert rows() == [("plan", day)]
    filed_work_plan(stage, row)
    assert day_of(stage) is None
    assert Event.objects.get(verb="file_work_plan").data["plan_due_on"] == day
    begun_work_plan(stage)
    assert rows() == [("plan", str(stage.part_of(stage.leads[0]).due_on))], "a later version is asked for by no day of its own"
