"""Tasks with a history, made by the acts that make them in service."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from agencies.actor import Actor
from agencies.models import Agency, Role, User
from tests.factories.directory import NOW, TODAY, actor_of, make_agency, make_member
from workflow.actions.ask_supporters import ask_supporters
from workflow.actions.declare_done import declare_done
from workflow.actions.dispatch import dispatch
from workflow.actions.draw_up import PlannedReceiver, draw_up_task
from workflow.actions.judge_report import accept_report
from workflow.actions.release_report import submit_report
from workflow.actions.request_sign_off import request_sign_off
from workflow.actions.sign_for import sign_for
from workflow.actions.write_contribution import save_contribution, send_contribution, send_contribution_for_review
from workflow.actions.write_report import ReportText, ask_for_report, save_report, send_for_review
from workflow.actions.write_work_plan import Step, begin_work_plan, file_work_plan, save_work_plan, send_work_plan_for_review
from workflow.models import Assignment, Contribution, Report, Task, WorkPlan
from workflow.states import Part, Rhythm


@dataclass
class Crew:
    """An agency with one person in each role it needs."""

    agency: Agency
    officer: User
    reviewer: User

    @property
    def officer_actor(self) -> Actor:
        return actor_of(self.officer)

    @property
    def reviewer_actor(self) -> Actor:
        return actor_of(self.reviewer)


@dataclass
class Stage:
    """An issuer, a leader, leads and supporters, and the task between them."""

    issuer: Agency
    coordinator: User
    leader: User
    leads: list[Crew]
    supporters: list[Crew]
    task: Task
    now: dt.datetime = field(default=NOW)

    @property
    def coordinator_actor(self) -> Actor:
        return actor_of(self.coordinator)

    @property
    def leader_actor(self) -> Actor:
        return actor_of(self.leader)

    def part_of(self, crew: Crew) -> Assignment:
        """Return the crew's assignment as it stands."""
        return Assignment.objects.get(task=self.task, agency=crew.agency)

    def reload(self) -> Task:
        """Return the task as it stands."""
        self.task = Task.objects.get(pk=self.task.pk)
        return self.task


def make_crew(name: str = "") -> Crew:
    """Make an agency with an officer and a reviewer."""
    agency = make_agency(name)
    return Crew(agency, make_member(agency, Role.OFFICER), make_member(agency, Role.REVIEWER))


def draft_task(
    *, leads: int = 1, supporters: int = 1, due_on: dt.date | None = TODAY + dt.timedelta(days=60), rhythm: str = Rhythm.NONE
) -> Stage:
    """Make a task that has been drawn up and not dispatched."""
    issuer = make_agency()
    coordinator, leader = make_member(issuer, Role.COORDINATOR), make_member(issuer, Role.LEADER)
    lead_crews = [make_crew() for _ in range(leads)]
    support_crews = [make_crew() for _ in range(supporters)]
    receivers = [PlannedReceiver(Part.LEAD, agency_id=crew.agency.pk) for crew in lead_crews]
    receivers += [PlannedReceiver(Part.SUPPORT, agency_id=crew.agency.pk) for crew in support_crews]
    task = draw_up_task(
        actor=actor_of(coordinator),
        issuer_id=issuer.pk,
        title="规范发展地方要素交易场所",
        text="推动大宗商品交易中心规范发展。每半年评估一次成效。",
        receivers=receivers,
        due_on=due_on,
        rhythm=rhythm,
        now=NOW,
    )
    return Stage(issuer, coordinator, leader, lead_crews, support_crews, task)


def dispatched_task(**traits: Any) -> Stage:
    """Make a task that has gone out and that nobody has signed for."""
    stage = draft_task(**traits)
    dispatch(actor=stage.coordinator_actor, task_ids=[stage.task.pk], now=NOW)
    stage.reload()
    return stage


def accepted_task(**traits: Any) -> Stage:
    """Make a task that every agency has signed for."""
    stage = dispatched_task(**traits)
    for crew in [*stage.leads, *stage.supporters]:
        sign_for(actor=crew.officer_actor, assignment_id=stage.part_of(crew).pk, now=NOW)
    return stage


def open_report(stage: Stage, crew: Crew) -> Report:
    """Open a report out of turn for a crew."""
    return ask_for_report(actor=stage.coordinator_actor, assignment_id=stage.part_of(crew).pk, comment="", now=NOW)


def submitted_report(stage: Stage, crew: Crew, percent: int = 100) -> Report:
    """Have a crew write, review and submit a report."""
    report = open_report(stage, crew)
    save_report(actor=crew.officer_actor, report_id=report.pk, text=ReportText(done="已完成。", percent=percent), now=NOW)
    send_for_review(actor=crew.officer_actor, report_id=report.pk, now=NOW)
    return submit_report(actor=crew.reviewer_actor, report_id=report.pk, now=NOW)


def asked_contribution(stage: Stage) -> Contribution:
    """Open a report out of turn for the first lead and ask the first supporter for its contribution."""
    report = open_report(stage, stage.leads[0])
    ask_supporters(actor=stage.leads[0].officer_actor, report_id=report.pk, now=NOW)
    return Contribution.objects.get(assignment=stage.part_of(stage.supporters[0]))


def drafted_contribution(stage: Stage, row: Contribution) -> None:
    """Have the first supporter write its contribution."""
    officer = stage.supporters[0].officer_actor
    save_contribution(actor=officer, contribution_id=row.pk, text="已提供交易数据。", now=NOW)


def reviewed_contribution(stage: Stage, row: Contribution) -> None:
    """Have the first supporter write its contribution and send it for review."""
    drafted_contribution(stage, row)
    send_contribution_for_review(actor=stage.supporters[0].officer_actor, contribution_id=row.pk, now=NOW)


def sent_contribution(stage: Stage, row: Contribution) -> None:
    """Have the first supporter's reviewer release its contribution."""
    reviewed_contribution(stage, row)
    send_contribution(actor=stage.supporters[0].reviewer_actor, contribution_id=row.pk, now=NOW)


def begun_work_plan(stage: Stage) -> WorkPlan:
    """Have the first lead begin a plan of its own, or its next version."""
    lead = stage.leads[0]
    return begin_work_plan(actor=lead.officer_actor, assignment_id=stage.part_of(lead).pk, now=NOW)


def drafted_work_plan(stage: Stage, row: WorkPlan, *days: int) -> None:
    """Have the first lead write its plan, with a step on each of some days from today."""
    steps = [Step(TODAY + dt.timedelta(days=day), f"第{day}天的步骤", "规划处") for day in days or (20, 50)]
    officer = stage.leads[0].officer_actor
    save_work_plan(actor=officer, workplan_id=row.pk, text="成立专班，分步推进。", steps=steps, now=NOW)


def reviewed_work_plan(stage: Stage, row: WorkPlan, *days: int) -> None:
    """Have the first lead write its plan and send it for review."""
    drafted_work_plan(stage, row, *days)
    send_work_plan_for_review(actor=stage.leads[0].officer_actor, workplan_id=row.pk, now=NOW)


def filed_work_plan(stage: Stage, row: WorkPlan, *days: int) -> None:
    """Have the first lead's reviewer put its plan on record."""
    reviewed_work_plan(stage, row, *days)
    file_work_plan(actor=stage.leads[0].reviewer_actor, workplan_id=row.pk, now=NOW)


def declared_task(**traits: Any) -> Stage:
    """Make a task whose leads have reported and declared their parts done."""
    stage = accepted_task(**traits)
    for crew in stage.leads:
        report = submitted_report(stage, crew)
        accept_report(actor=stage.coordinator_actor, report_id=report.pk, now=NOW)
        declare_done(actor=crew.reviewer_actor, assignment_id=stage.part_of(crew).pk, summary="任务完成。", now=NOW)
    return stage


def closing_task(**traits: Any) -> Stage:
    """Make a task put up for sign-off."""
    stage = declared_task(**traits)
    first = stage.leads[0]
    request_sign_off(actor=first.reviewer_actor, assignment_id=stage.part_of(first).pk, summary="任务完成，请予销号。", now=NOW)
    stage.reload()
    return stage
