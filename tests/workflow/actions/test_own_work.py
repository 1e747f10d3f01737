"""Nobody approves their own work, whichever of their agencies they do it for."""

from __future__ import annotations

import datetime as dt

import pytest

from agencies.models import Role
from agencies.refusals import Forbidden
from tests.factories.directory import NOW, actor_of, join, make_member
from tests.factories.tasks import accepted_task, asked_contribution, closing_task, dispatched_task, sent_contribution, submitted_report
from tests.workflow.actions.test_roll_up import city
from workflow import policy
from workflow.actions.decide_extension import grant_extension
from workflow.actions.decide_sign_off import sign_off, submit_sign_off
from workflow.actions.hand_back import hand_back
from workflow.actions.instruct import instruct
from workflow.actions.judge_report import accept_report
from workflow.actions.request_extension import request_extension
from workflow.actions.rule_on_hand_back import uphold
from workflow.models import Contribution
from workflow.states import ContributionState

pytestmark = pytest.mark.django_db


def test_who_handed_a_part_back_does_not_rule_on_it() -> None:
    stage = dispatched_task()
    both, part = stage.leads[0].officer, stage.part_of(stage.leads[0])
    hand_back(actor=actor_of(both), assignment_id=part.pk, reason="不属我单位职责", legal_basis="三定规定", now=NOW)
    join(both, stage.issuer, Role.COORDINATOR)
    with pytest.raises(Forbidden):
        uphold(actor=actor_of(both), assignment_id=part.pk, opinion="维持", now=NOW)


def test_who_asked_for_more_time_does_not_grant_it() -> None:
    stage = accepted_task()
    both, part = stage.leads[0].officer, stage.part_of(stage.leads[0])
    until = (part.due_on or NOW.date()) + dt.timedelta(days=30)
    request_extension(actor=actor_of(both), assignment_id=part.pk, asked_for=until, reason="需要协调", now=NOW)
    join(both, stage.issuer, Role.COORDINATOR)
    with pytest.raises(Forbidden):
        grant_extension(actor=actor_of(both), assignment_id=part.pk, granted_to=until, opinion="", now=NOW)


def test_who_put_a_task_up_does_not_sign_it_off() -> None:
    stage = closing_task()
    submit_sign_off(actor=stage.coordinator_actor, task_id=stage.task.pk, now=NOW)
    both = stage.leads[0].reviewer
    assert stage.task.sign_offs.get().requested_by == both
    join(both, stage.issuer, Role.COORDINATOR)
    with pytest.raises(Forbidden):
        sign_off(actor=actor_of(both), task_id=stage.task.pk, opinion="", now=NOW)


def test_who_released_a_report_does_not_accept_it() -> None:
    stage = accepted_task()
    report = submitted_report(stage, stage.leads[0])
    both = stage.leads[0].reviewer
    join(both, stage.issuer, Role.COORDINATOR)
    with pytest.raises(Forbidden):
        accept_report(actor=actor_of(both), report_id=report.pk, now=NOW)


def test_a_leader_of_another_agency_writes_no_instruction_on_a_task_that_they_only_see() -> None:
    stage = dispatched_task()
    leader = make_member(stage.leads[0].agency, Role.LEADER)
    with pytest.raises(Forbidden):
        instruct(actor=actor_of(leader), task_id=stage.task.pk, text="请抓紧", now=NOW)


def test_the_level_above_reads_no_contribution_of_a_task_whose_reports_were_not_opened() -> None:
    made, stage = city(number=1), accepted_task()
    row = asked_contribution(stage)
    sent_contribution(stage, row)
    task = stage.task
    assert policy.may_read_contribution(stage.leader_actor, Contribution.objects.get(pk=row.pk))
    task.parent = made.above.task
    task.save()
    task.participations.create(agency=made.above.issuer, tie="above", task_state=task.state, due_on=task.due_on)
    fresh = Contribution.objects.get(pk=row.pk)
    assert fresh.state == ContributionState.SENT
    assert not policy.may_read_contribution(made.above.leader_actor, fresh)


def test_who_wrote_a_report_does_not_accept_it_for_the_issuer() -> None:
    stage = accepted_task()
    report = submitted_report(stage, stage.leads[0])
    both = stage.leads[0].officer
    join(both, stage.issuer, Role.COORDINATOR)
    with pytest.raises(Forbidden):
        accept_report(actor=actor_of(both), report_id=report.pk, now=NOW)
    accept_report(actor=stage.coordinator_actor, report_id=report.pk, now=NOW)
