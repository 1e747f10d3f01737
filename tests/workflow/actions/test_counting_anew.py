"""Progress follows at once when the rule by which it rolls up changes, or who leads; and a part goes down only, also later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.actions.merge_agencies import merge_agencies
from agencies.actor import Actor
from agencies.models import Role
from agencies.refusals import Invalid
from measures.models import Plan
from tests.factories.directory import NOW, actor_of, make_member
from tests.factories.tasks import Stage, accepted_task, make_crew, open_report, submitted_report
from tests.workflow.actions.test_decisions import told
from tests.workflow.actions.test_roll_up import City, city, close, reported
from workflow import grants
from workflow.actions.change_part import change_part
from workflow.actions.decide_sign_off import sign_off, submit_sign_off
from workflow.actions.declare_done import declare_done
from workflow.actions.hand_back import hand_back
from workflow.actions.interrupt import reopen
from workflow.actions.judge_report import accept_report
from workflow.actions.rearrange import add_assignment, withdraw_assignment
from workflow.actions.release_report import submit_report
from workflow.actions.request_sign_off import request_sign_off
from workflow.actions.rule_on_hand_back import reroute
from workflow.actions.set_rules import Rules, set_plan_rules, set_rules
from workflow.actions.sign_for import sign_for
from workflow.actions.take_over import take_over
from workflow.actions.write_report import ReportText, save_report, send_for_review
from workflow.models import Assignment, Event, Task
from workflow.states import RollUp

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(days=7)


@pytest.fixture(autouse=True)
def _everything_agrees() -> Iterator[None]:
    yield
    assert grants.differences() == []
    call_command("verify_history", verbosity=0)


def ruled(made: City, rule: str) -> tuple[int, int]:
    """Set how progress rolls up, and return how far the city's part and the task above have come."""
    set_rules(actor=made.above.coordinator_actor, task_id=made.above.task.pk, now=NOW, **told(roll_up=rule))
    return made.part().percent, made.above.reload().percent


def test_another_rule_of_rolling_up_counts_at_once_and_says_so() -> None:
    made = city()
    reported(made, 0, 100)
    close(made, 0)
    reported(made, 1, 20)
    assert made.part().percent == 60
    assert ruled(made, RollUp.CLOSED) == (50, 50)
    line = Event.objects.filter(verb="roll_up").latest("sequence")
    assert (line.assignment_id, line.data) == (made.part().pk, {"rule": "closed", "percent_before": 60, "percent": 50})
    assert ruled(made, RollUp.MEAN) == (60, 60)
    lines = Event.objects.count()
    assert ruled(made, RollUp.MEAN) == (60, 60)
    assert Event.objects.count() == lines, "the rule that stands already counts nothing anew"


def test_by_reports_the_last_accepted_one_counts_and_before_there_is_one_nothing_does() -> None:
    made = city()
    reported(made, 0, 60)
    assert ruled(made, RollUp.REPORTS) == (0, 0)
    assert ruled(made, RollUp.MEAN) == (30, 30)
    report = submitted_report(made.above, made.above.leads[0], percent=75)
    accept_report(actor=made.above.coordinator_actor, report_id=report.pk, now=NOW)
    assert made.part().percent == 30
    assert ruled(made, RollUp.REPORTS) == (75, 75)


def test_the_rules_of_a_plan_count_all_its_tasks_anew_in_the_same_number_of_statements() -> None:
    counts = []
    for number in (1, 3):
        makers = [city() for _ in range(number)]
        office = makers[0].above
        plan = Plan.objects.create(
            title="试点方案", issuer=office.issuer, coordinator=office.issuer, text="一、试点。", sha256="0" * 64, confirmed_at=NOW
        )
        for made in makers:
            reported(made, 0, 60)
        Task.objects.filter(pk__in=[made.above.task.pk for made in makers]).update(plan=plan, issuer=office.issuer)
        grants.rebuild()
        with CaptureQueriesContext(connection) as asked:
            done = set_plan_rules(actor=office.coordinator_actor, plan_id=plan.pk, rules=Rules(roll_up=RollUp.CLOSED), now=NOW)
        counts.append(len(asked))
        assert done == number
        assert [(made.part().percent, made.above.reload().percent) for made in makers] == [(0, 0)] * number
        assert Event.objects.filter(verb="roll_up", data__rule="closed", task__plan=plan).count() == number
    assert counts[0] == counts[1]


@pytest.mark.parametrize(("before", "shown"), [((100,), (0, None)), ((60, 100), (60, 60))])
def test_a_part_reopened_while_it_rolled_up_does_not_take_the_percentage_it_was_done_with(
    before: tuple[int, ...], shown: tuple[int, int | None]
) -> None:
    made = city()
    lead, office, task = made.above.leads[0], made.above.coordinator_actor, made.above.task
    for percent in before:
        accept_report(actor=office, report_id=submitted_report(made.above, lead, percent=percent).pk, now=NOW)
    declare_done(actor=lead.reviewer_actor, assignment_id=made.part().pk, summary="完成", now=NOW)
    request_sign_off(actor=lead.reviewer_actor, assignment_id=made.part().pk, summary="完成", now=NOW)
    submit_sign_off(actor=office, task_id=task.pk, now=NOW)
    sign_off(actor=office, task_id=task.pk, opinion="", now=NOW)
    reopen(actor=office, task_id=task.pk, reason="未达标", now=NOW)
    ruled(made, RollUp.REPORTS)
    assert (made.part().percent, made.part().known_percent) == shown
    ruled(made, RollUp.MEAN)
    assert made.part().known_percent == 0, "its own tasks say how far it has come"
    report = open_report(made.above, lead)
    save_report(actor=lead.officer_actor, report_id=report.pk, text=ReportText(done="补做", percent=100), now=LATER)
    send_for_review(actor=lead.officer_actor, report_id=report.pk, now=LATER)
    submit_report(actor=lead.reviewer_actor, report_id=report.pk, now=LATER)
    accept_report(actor=office, report_id=report.pk, now=LATER)
    assert ruled(made, RollUp.REPORTS)[0] == made.part().known_percent == 100


def reporting(percents: tuple[int, ...]) -> Stage:
    """Bring a task to where each lead has come as far as is given."""
    stage = accepted_task(leads=len(percents), supporters=1)
    for crew, percent in zip(stage.leads, percents, strict=True):
        report = submitted_report(stage, crew, percent=percent)
        accept_report(actor=stage.coordinator_actor, report_id=report.pk, now=NOW)
    return stage


def last_line(stage: Stage, verb: str) -> tuple[int, int]:
    data = Event.objects.filter(task=stage.task, verb=verb).latest("sequence").data
    return data["task_percent_before"], data["task_percent"]


def test_when_a_lead_comes_or_goes_the_task_is_counted_by_those_who_lead_now() -> None:
    stage = reporting((60, 20))
    actor, task = stage.coordinator_actor, stage.task.pk
    assert stage.reload().percent == 40
    added = add_assignment(actor=actor, task_id=task, agency_id=make_crew().agency.pk, part="lead", now=NOW)
    assert (stage.reload().percent, last_line(stage, "assign")) == (27, (40, 27))
    withdraw_assignment(actor=actor, assignment_id=added.pk, reason="调整", now=NOW)
    assert (stage.reload().percent, last_line(stage, "withdraw")) == (40, (27, 40))
    change_part(actor=actor, assignment_id=stage.part_of(stage.leads[1]).pk, part="support", reason="调整", now=NOW)
    assert (stage.reload().percent, last_line(stage, "change_part")) == (60, (40, 60))
    change_part(actor=actor, assignment_id=stage.part_of(stage.leads[1]).pk, part="first_lead", reason="调整", now=NOW)
    assert stage.reload().percent == 40
    first = stage.leads[0]
    part = stage.part_of(first)
    hand_back(actor=first.officer_actor, assignment_id=part.pk, reason="非职责", legal_basis="三定规定", now=NOW)
    reroute(actor=actor, assignment_id=part.pk, agency_id=make_crew().agency.pk, opinion="改派", now=NOW)
    assert (stage.reload().percent, last_line(stage, "reroute")) == (10, (40, 10))


def test_who_only_supports_changes_no_progress() -> None:
    stage = reporting((60,))
    add_assignment(actor=stage.coordinator_actor, task_id=stage.task.pk, agency_id=make_crew().agency.pk, part="support", now=NOW)
    withdraw_assignment(actor=stage.coordinator_actor, assignment_id=stage.part_of(stage.supporters[0]).pk, reason="调整", now=NOW)
    assert stage.reload().percent == 60
    assert not any("task_percent" in data for data in Event.objects.values_list("data", flat=True))


def test_where_two_leads_become_one_the_task_is_counted_by_the_one_that_stays() -> None:
    stage = reporting((60, 20))
    one, gone = (crew.agency for crew in stage.leads)
    merge_agencies(actor=Actor.system(), now=LATER, agencies=[gone], into=one, effective_on=LATER.date(), basis="机构改革方案")
    take_over(actor=actor_of(stage.coordinator, LATER), predecessor_id=gone.pk, basis="机构改革", now=LATER)
    [left] = stage.task.assignments.filter(part="lead").exclude(state="withdrawn")
    assert stage.reload().percent == left.percent != 40
    assert last_line(stage, "roll_up") == (40, left.percent)


def test_a_lead_that_comes_below_is_counted_in_the_part_above() -> None:
    made = city(number=1)
    reported(made, 0, 60)
    city_hall, task = actor_of(made.coordinator), made.tasks[0]
    assert made.part().percent == 60
    add_assignment(actor=city_hall, task_id=task.pk, agency_id=make_crew().agency.pk, part="lead", now=NOW)
    assert (Task.objects.get(pk=task.pk).percent, made.part().percent, made.above.reload().percent) == (30, 30, 30)


def test_a_task_that_has_gone_out_is_not_given_sideways_either() -> None:
    made = city(number=1)
    city_hall, task, crew = actor_of(made.coordinator), made.tasks[0], made.departments[0]
    [sideways, upwards] = [made.above.supporters[0].agency, made.above.issuer]
    part = Assignment.objects.get(task=task)
    for agency in (sideways, upwards):
        with pytest.raises(Invalid, match=agency.short_name) as refused:
            add_assignment(actor=city_hall, task_id=task.pk, agency_id=agency.pk, part="support", now=NOW)
        assert refused.value.field == "agency_id"
    hand_back(actor=crew.officer_actor, assignment_id=part.pk, reason="非职责", legal_basis="三定规定", now=NOW)
    with pytest.raises(Invalid, match=sideways.short_name):
        reroute(actor=city_hall, assignment_id=part.pk, agency_id=sideways.pk, opinion="改派", now=NOW)
    below = make_crew()
    moved = reroute(actor=city_hall, assignment_id=part.pk, agency_id=below.agency.pk, opinion="改派", now=NOW)
    sign_for(actor=below.officer_actor, assignment_id=moved.pk, now=NOW)


def test_who_issued_the_task_above_may_still_divide_it_among_its_own() -> None:
    made = city(number=1)
    office = actor_of(make_member(made.above.issuer, Role.COORDINATOR))
    Task.objects.filter(pk=made.tasks[0].pk).update(issuer=made.above.issuer)
    grants.rebuild()
    supporter = made.above.supporters[0].agency
    assert add_assignment(actor=office, task_id=made.tasks[0].pk, agency_id=supporter.pk, part="support", now=NOW).agency == supporter
