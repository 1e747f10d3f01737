"""Decisions that are rows: rules and closing, dispute meetings, verification, re-checks, answers to instructions, stages."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from agencies.models import Role
from agencies.refusals import Conflict, Forbidden, Invalid, NotYours
from notifications.models import InboxItem
from tests.factories.directory import NOW, TODAY, actor_of, join, make_member, make_person
from tests.factories.documents import confirmed, load_directory, office_of_the_sample
from tests.factories.scenes import closed, closing, closing_reviewed, owed_answer
from tests.factories.tasks import (
    Stage,
    accepted_task,
    closing_task,
    declared_task,
    dispatched_task,
    draft_task,
    open_report,
)
from workflow.actions.answer import close_answer, give_answer, return_answer
from workflow.actions.co_sign import co_sign
from workflow.actions.decide_sign_off import sign_off, submit_sign_off
from workflow.actions.declare_done import declare_done
from workflow.actions.dispatch import dispatch
from workflow.actions.draw_up import draw_up_plan
from workflow.actions.hand_back import hand_back
from workflow.actions.hold_meeting import record_meeting
from workflow.actions.interrupt import reopen
from workflow.actions.judge_report import accept_report
from workflow.actions.recheck import draw_recheck, order_of, record_recheck
from workflow.actions.release_report import submit_report
from workflow.actions.request_sign_off import request_sign_off
from workflow.actions.set_rules import Rules, set_plan_rules, set_rules
from workflow.actions.set_stages import read_stages, set_stages
from workflow.actions.show import show
from workflow.actions.verify import SIGHT_DAYS, ask_verifier, verify
from workflow.actions.write_report import ReportText, save_report, send_for_review
from workflow.deadlines import end_of_day
from workflow.models import (
    Answer,
    Contribution,
    DisputeMeeting,
    Event,
    Recheck,
    RecheckItem,
    Report,
    Task,
    TaskUserPermission,
    Verification,
)
from workflow.states import ClosingRule
from workflow.web.timeline import line_of

pytestmark = pytest.mark.django_db


def told(**values: Any) -> dict[str, Any]:
    """Return the rules of a task in the words of the act."""
    usual = {
        "closing_rule": "all_leads",
        "needs_verification": "no",
        "asks_work_plans": "no",
        "evidence_required": "no",
        "asks_supporters": "yes",
        "roll_up": "mean",
    }
    return usual | values


def test_the_rules_of_a_plan_hold_for_its_tasks_and_for_those_drawn_up_later() -> None:
    load_directory()
    agency, user = office_of_the_sample()
    plan = confirmed(user, agency)
    rules = Rules(closing_rule=ClosingRule.FIRST_LEAD, needs_verification=True, asks_supporters=False, asks_work_plans=True)
    assert set_plan_rules(actor=actor_of(user), plan_id=plan.pk, rules=rules, now=NOW) == 0
    tasks = draw_up_plan(actor=actor_of(user), plan_id=plan.pk, now=NOW)
    taken = {(task.closing_rule, task.needs_verification, task.asks_supporters, task.asks_work_plans) for task in tasks}
    assert taken == {("first_lead", True, False, True)}
    assert set_plan_rules(actor=actor_of(user), plan_id=plan.pk, rules=Rules(), now=NOW) == len(tasks)
    assert set(Task.objects.filter(plan=plan).values_list("closing_rule", flat=True)) == {"all_leads"}
    assert Event.objects.filter(verb="set_rules").count() == len(tasks)
    with pytest.raises(Forbidden):
        set_plan_rules(actor=actor_of(make_member(agency, Role.OFFICER)), plan_id=plan.pk, rules=rules, now=NOW)


def test_rules_do_not_change_under_an_open_round() -> None:
    stage = closing_task()
    with pytest.raises(Conflict):
        set_rules(actor=stage.coordinator_actor, task_id=stage.task.pk, now=NOW, **told(closing_rule="first_lead"))


def first_lead_round() -> Stage:
    """Bring a task with two leads, closing by the first, to a round in which the second is asked."""
    stage = accepted_task(leads=2, supporters=0)
    set_rules(actor=stage.coordinator_actor, task_id=stage.task.pk, now=NOW, **told(closing_rule="first_lead"))
    first = stage.leads[0]
    report = open_report(stage, first)
    save_report(actor=first.officer_actor, report_id=report.pk, text=ReportText(done="完成", percent=100), now=NOW)
    send_for_review(actor=first.officer_actor, report_id=report.pk, now=NOW)
    submit_report(actor=first.reviewer_actor, report_id=report.pk, confidence="medium", now=NOW)
    assert Report.objects.get(pk=report.pk).reviewer_confidence == "medium"
    accept_report(actor=stage.coordinator_actor, report_id=report.pk, now=NOW)
    declare_done(actor=first.reviewer_actor, assignment_id=stage.part_of(first).pk, summary="完成", now=NOW)
    request_sign_off(actor=first.reviewer_actor, assignment_id=stage.part_of(first).pk, summary="完成", now=NOW)
    return stage


def test_by_the_first_lead_a_task_closes_after_the_co_leads_co_signed_and_not_before() -> None:
    stage = first_lead_round()
    with pytest.raises(Conflict, match=stage.leads[1].agency.short_name):
        submit_sign_off(actor=stage.coordinator_actor, task_id=stage.task.pk, now=NOW)
    second = stage.leads[1]
    co_sign(actor=second.reviewer_actor, assignment_id=stage.part_of(second).pk, verdict="agree", now=NOW)
    sign_off(actor=stage.coordinator_actor, task_id=stage.task.pk, opinion="", now=NOW)
    assert stage.reload().state == "closed"


def test_a_co_lead_that_objects_keeps_the_task_open() -> None:
    stage = first_lead_round()
    second = stage.leads[1]
    co_sign(actor=second.reviewer_actor, assignment_id=stage.part_of(second).pk, verdict="object", remark="未完成", now=NOW)
    with pytest.raises(Conflict, match=second.agency.short_name):
        sign_off(actor=stage.coordinator_actor, task_id=stage.task.pk, opinion="", now=NOW)


def test_by_all_leads_one_that_has_not_declared_holds_the_task_and_is_named() -> None:
    stage = declared_task(leads=2)
    part = stage.part_of(stage.leads[1])
    part.return_to_work(now=NOW)
    part.save()
    with pytest.raises(Conflict, match=stage.leads[1].agency.short_name):
        request_sign_off(actor=stage.leads[0].reviewer_actor, assignment_id=stage.part_of(stage.leads[0]).pk, summary="完成", now=NOW)


def verified_round(result: str) -> tuple[Stage, Verification]:
    """Bring a task that needs an outsider's look before the coordinator, looked at."""
    stage = closing_reviewed()
    Task.objects.filter(pk=stage.task.pk).update(needs_verification=True)
    outsider = make_person("第三方专家")
    ask_verifier(actor=stage.coordinator_actor, task_id=stage.task.pk, verifier_id=outsider.pk, now=NOW)
    row = verify(actor=actor_of(outsider), task_id=stage.task.pk, result=result, finding="现场核验", now=NOW)
    return stage, row


def test_a_task_that_needs_verification_is_signed_off_only_after_an_outsider_found_that_it_holds() -> None:
    stage = closing_reviewed()
    Task.objects.filter(pk=stage.task.pk).update(needs_verification=True)
    with pytest.raises(Conflict):
        sign_off(actor=stage.coordinator_actor, task_id=stage.task.pk, opinion="", now=NOW)
    failing, _row = verified_round("fails")
    with pytest.raises(Conflict):
        sign_off(actor=failing.coordinator_actor, task_id=failing.task.pk, opinion="", now=NOW)
    holding, _row = verified_round("holds")
    sign_off(actor=holding.coordinator_actor, task_id=holding.task.pk, opinion="", now=NOW)
    assert holding.reload().state == "closed"


def test_nobody_of_an_agency_with_a_part_verifies_and_only_who_was_asked_does() -> None:
    stage = closing()
    insider = stage.supporters[0].officer
    with pytest.raises(Invalid):
        ask_verifier(actor=stage.coordinator_actor, task_id=stage.task.pk, verifier_id=insider.pk, now=NOW)
    outsider, other = make_person("外部专家"), make_person("路人")
    with pytest.raises(NotYours):
        verify(actor=actor_of(outsider), task_id=stage.task.pk, result="holds", finding="属实", now=NOW)
    ask_verifier(actor=stage.coordinator_actor, task_id=stage.task.pk, verifier_id=outsider.pk, now=NOW)
    with pytest.raises(NotYours):
        verify(actor=actor_of(other), task_id=stage.task.pk, result="holds", finding="属实", now=NOW)
    with pytest.raises(Forbidden):
        verify(actor=stage.coordinator_actor, task_id=stage.task.pk, result="holds", finding="属实", now=NOW)
    shown = stage.reload().version
    verify(actor=actor_of(outsider), task_id=stage.task.pk, result="holds", finding="属实", now=NOW, version=shown)
    with pytest.raises(Conflict):
        verify(actor=actor_of(outsider), task_id=stage.task.pk, result="holds", finding="属实", now=NOW, version=shown)
    with pytest.raises(Forbidden):
        verify(actor=actor_of(outsider), task_id=stage.task.pk, result="holds", finding="属实", now=NOW)


def test_a_dispute_meeting_is_kept_with_its_minutes_and_does_not_rule() -> None:
    stage = dispatched_task()
    part = stage.part_of(stage.leads[0])
    words: dict[str, Any] = {"held_on": TODAY, "participants": "省一厅、省二厅", "minutes": "双方陈述意见。", "outcome": "open", "now": NOW}
    with pytest.raises(Conflict):
        record_meeting(actor=stage.coordinator_actor, assignment_id=part.pk, **words)
    hand_back(actor=stage.leads[0].officer_actor, assignment_id=part.pk, reason="非职责", legal_basis="三定规定", now=NOW)
    for wrong in ({"held_on": TODAY + dt.timedelta(days=1)}, {"held_on": TODAY - dt.timedelta(days=1)}, {"minutes": " "}, {"outcome": "x"}):
        with pytest.raises(Invalid):
            record_meeting(actor=stage.coordinator_actor, assignment_id=part.pk, **words | wrong)
    record_meeting(actor=stage.coordinator_actor, assignment_id=part.pk, **words)
    assert DisputeMeeting.objects.get().hand_back.state == "raised"
    assert stage.part_of(stage.leads[0]).state == "disputed"
    assert Event.objects.get(verb="record_meeting").data["participants"] == "省一厅、省二厅"


def draw(stage: Stage, **values: Any) -> Recheck:
    """Draw a re-check of what a stage's issuer has closed."""
    usual: dict[str, Any] = {"title": "一季度回头看", "closed_from": TODAY, "closed_to": TODAY, "size": 3, "seed": "芙蓉", "now": NOW}
    return draw_recheck(actor=stage.coordinator_actor, agency_id=stage.issuer.pk, **usual | values)


def test_the_same_seed_draws_the_same_tasks_and_another_seed_others() -> None:
    keys = list(range(1, 101))
    assert order_of("a", keys) == order_of("a", keys[::-1])
    assert order_of("a", keys)[:10] != order_of("b", keys)[:10]
    assert sorted(order_of("a", keys)) == keys


def test_a_sample_is_drawn_from_what_was_closed_between_the_days_and_keeps_its_criteria() -> None:
    stage = closed()
    row = draw(stage)
    assert (row.population, row.seed, [item.task_id for item in row.items.all()]) == (1, "芙蓉", [stage.task.pk])
    assert Event.objects.get(verb="draw_recheck").data["seed"] == "芙蓉"
    with pytest.raises(Conflict):
        draw(stage, closed_from=TODAY + dt.timedelta(days=1), closed_to=TODAY + dt.timedelta(days=2))
    for wrong in ({"size": 0}, {"closed_to": TODAY - dt.timedelta(days=1)}, {"title": ""}):
        with pytest.raises(Invalid):
            draw(stage, **wrong)


def test_who_signed_it_off_does_not_look_again_and_what_fails_is_reopened_from_the_list() -> None:
    stage = closed()
    draw(stage)
    with pytest.raises(Forbidden):
        record_recheck(actor=stage.coordinator_actor, task_id=stage.task.pk, result="fails", finding="未落实", now=NOW)
    colleague = actor_of(make_member(stage.issuer, Role.COORDINATOR))
    record_recheck(actor=colleague, task_id=stage.task.pk, result="fails", finding="现场未见落实", now=NOW)
    with pytest.raises(Conflict):
        record_recheck(actor=colleague, task_id=stage.task.pk, result="holds", finding="再看", now=NOW)
    reopen(actor=colleague, task_id=stage.task.pk, reason="回头看不属实", now=NOW)
    item = RecheckItem.objects.get()
    assert (item.result, item.reopened_at, stage.reload().state) == ("fails", NOW, "dispatched")


def test_the_database_keeps_results_with_their_words() -> None:
    stage = closed()
    draw(stage)
    with pytest.raises(IntegrityError), transaction.atomic():
        RecheckItem.objects.update(result="holds")
    with pytest.raises(IntegrityError), transaction.atomic():
        RecheckItem.objects.update(reopened_at=NOW)


def test_an_instruction_with_a_day_is_a_duty_of_each_lead_until_it_is_closed() -> None:
    stage = accepted_task(leads=2)
    row = owed_answer(stage)
    assert Answer.objects.count() == 2
    with pytest.raises(Forbidden):
        give_answer(actor=stage.leads[1].reviewer_actor, answer_id=row.pk, text="代答", now=NOW)
    late = NOW + dt.timedelta(days=30)
    give_answer(actor=stage.leads[0].reviewer_actor, answer_id=row.pk, text="已部署", now=late)
    return_answer(actor=stage.leader_actor, answer_id=row.pk, remark="请报时间表", now=late)
    give_answer(actor=stage.leads[0].reviewer_actor, answer_id=row.pk, text="时间表如下", now=late)
    close_answer(actor=stage.leader_actor, answer_id=row.pk, now=late)
    row = Answer.objects.get(pk=row.pk)
    assert (row.state, row.was_late, row.text) == ("closed", True, "时间表如下")


def test_nobody_closes_their_own_answer() -> None:
    stage = accepted_task()
    row = owed_answer(stage)
    both = stage.leads[0].reviewer
    join(both, stage.issuer, Role.COORDINATOR)
    give_answer(actor=actor_of(both), answer_id=row.pk, text="已部署", now=NOW)
    with pytest.raises(Forbidden):
        close_answer(actor=actor_of(both), answer_id=row.pk, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.filter(pk=row.pk).update(state="closed", judged_by=both, judged_at=NOW)


def test_stages_are_read_one_a_line_in_any_usual_writing_of_the_day() -> None:
    read = read_stages("2026年6月30日 完成方案\n\n2026-12-31：建成投产")
    assert read == [(dt.date(2026, 6, 30), "完成方案"), (dt.date(2026, 12, 31), "建成投产")]
    for wrong in ("", "明天 完成", "2026-02-30 不存在", "2026-06-30 甲\n2026-06-30 乙"):
        with pytest.raises(Invalid):
            read_stages(wrong)


def test_a_task_by_stage_owes_a_report_a_stage_from_its_dispatch_on() -> None:
    stage = draft_task(leads=2, supporters=1)
    set_stages(actor=stage.coordinator_actor, task_id=stage.task.pk, stages="2026-06-30 完成方案\n2026-12-31 建成", now=NOW)
    dispatch(actor=stage.coordinator_actor, task_ids=[stage.task.pk], now=NOW)
    rows = Report.objects.filter(assignment=stage.part_of(stage.leads[0])).order_by("period_end")
    assert [(row.stage, row.period_start, row.period_end) for row in rows] == [
        ("完成方案", TODAY, dt.date(2026, 6, 30)),
        ("建成", dt.date(2026, 7, 1), dt.date(2026, 12, 31)),
    ]
    assert Report.objects.count() == 4
    assert Contribution.objects.count() == 2


def test_changing_the_stages_waives_what_nobody_has_sent_and_keeps_the_rest() -> None:
    stage = draft_task(supporters=0)
    set_stages(actor=stage.coordinator_actor, task_id=stage.task.pk, stages="2026-06-30 甲\n2026-12-31 乙", now=NOW)
    dispatch(actor=stage.coordinator_actor, task_ids=[stage.task.pk], now=NOW)
    set_stages(actor=stage.coordinator_actor, task_id=stage.task.pk, stages="2026-06-30 甲\n2027-03-31 丙", now=NOW)
    states = dict(Report.objects.values_list("stage", "state"))
    assert states == {"甲": "due", "乙": "waived", "丙": "due"}


@pytest.mark.parametrize(("language", "sentence"), [("zh-hans", "阶段已调整。"), ("en", "The stages have changed.")])
def test_why_a_report_was_waived_after_changed_stages_is_told_in_the_readers_language(language: str, sentence: str) -> None:
    stage = dispatched_task(supporters=0)
    with translation.override("en"):
        for stages in ("2026-06-30 甲\n2026-12-31 乙", "2026-06-30 甲"):
            set_stages(actor=stage.coordinator_actor, task_id=stage.task.pk, stages=stages, now=NOW)
    event = Event.objects.get(verb="waive_report")
    assert (event.comment, event.data["why"]) == ("", "stages")
    with translation.override(language):
        assert line_of(event).comment == sentence
    assert "阶段已调整。" in InboxItem.objects.get(recipient=stage.leads[0].officer, topic="decision").body


def test_asking_somebody_to_verify_leaves_a_longer_sight_and_writes_no_language_into_the_grant() -> None:
    stage, known, fresh = closing(), make_person("特邀专家"), make_person("外部专家")
    far = TODAY + dt.timedelta(days=90)
    show(actor=stage.coordinator_actor, task_id=stage.task.pk, user_id=known.pk, until=far, reason="长期跟踪", now=NOW)
    for person in (known, fresh):
        ask_verifier(actor=stage.coordinator_actor, task_id=stage.task.pk, verifier_id=person.pk, now=NOW)
    sights = {row.user_id: (row.expires_at, row.reason) for row in TaskUserPermission.objects.all()}
    assert sights == {known.pk: (end_of_day(far), "长期跟踪"), fresh.pk: (NOW + dt.timedelta(days=SIGHT_DAYS), "ask_verifier")}


def test_a_reopened_task_falls_back_to_what_was_reported_before_it_was_done() -> None:
    stage = accepted_task(leads=2)
    first, second = stage.leads
    for crew, percents in ((first, (60, 100)), (second, (100,))):
        for number, percent in enumerate(percents):
            report = open_report(stage, crew)
            moment = NOW + dt.timedelta(hours=number)
            save_report(actor=crew.officer_actor, report_id=report.pk, text=ReportText(done="完成", percent=percent), now=moment)
            send_for_review(actor=crew.officer_actor, report_id=report.pk, now=moment)
            submit_report(actor=crew.reviewer_actor, report_id=report.pk, now=moment)
            accept_report(actor=stage.coordinator_actor, report_id=report.pk, now=moment)
        declare_done(actor=crew.reviewer_actor, assignment_id=stage.part_of(crew).pk, summary="完成", now=NOW)
    request_sign_off(actor=first.reviewer_actor, assignment_id=stage.part_of(first).pk, summary="完成", now=NOW)
    submit_sign_off(actor=stage.coordinator_actor, task_id=stage.task.pk, now=NOW)
    sign_off(actor=stage.coordinator_actor, task_id=stage.task.pk, opinion="", now=NOW)
    assert stage.reload().percent == 100
    reopen(actor=stage.coordinator_actor, task_id=stage.task.pk, reason="未达标", now=NOW)
    assert [(stage.part_of(crew).percent, stage.part_of(crew).known_percent) for crew in stage.leads] == [(60, 60), (0, None)]
    assert stage.reload().percent == 30
    data = Event.objects.get(verb="reopen").data
    assert (data["percent_before"], data["percent"]) == (100, 30)
    report = open_report(stage, second)
    save_report(actor=second.officer_actor, report_id=report.pk, text=ReportText(done="补做", percent=80), now=NOW)
    send_for_review(actor=second.officer_actor, report_id=report.pk, now=NOW)
    submit_report(actor=second.reviewer_actor, report_id=report.pk, now=NOW)
    accept_report(actor=stage.coordinator_actor, report_id=report.pk, now=NOW)
    assert stage.part_of(second).reopened_at is None
    assert stage.reload().percent == 70
