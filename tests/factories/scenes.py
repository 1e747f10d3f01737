"""Scenes: a task, a part or a report in each state it can be in, brought there by acts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from tests.factories.directory import NOW, TODAY
from tests.factories.tasks import (
    Stage,
    accepted_task,
    asked_contribution,
    begun_work_plan,
    closing_task,
    declared_task,
    dispatched_task,
    draft_task,
    drafted_contribution,
    drafted_work_plan,
    filed_work_plan,
    make_crew,
    open_report,
    reviewed_contribution,
    reviewed_work_plan,
    sent_contribution,
    submitted_report,
)
from workflow.actions.answer import close_answer, give_answer, return_answer
from workflow.actions.co_sign import co_sign
from workflow.actions.decide_sign_off import sign_off
from workflow.actions.hand_back import hand_back
from workflow.actions.instruct import instruct
from workflow.actions.interrupt import suspend, terminate
from workflow.actions.judge_report import accept_report, return_report, waive_report
from workflow.actions.rearrange import withdraw_assignment
from workflow.actions.release_report import submit_report
from workflow.actions.request_extension import request_extension
from workflow.actions.request_sign_off import request_sign_off
from workflow.actions.rule_on_hand_back import reroute
from workflow.actions.write_contribution import return_contribution, waive_contribution
from workflow.actions.write_report import ReportText, save_report, send_for_review
from workflow.catalog import Subject
from workflow.models import Answer, Contribution, Report, WorkPlan


@dataclass
class Scene:
    """A stage with the subject the act is done to, and the crew whose part it is."""

    stage: Stage
    pk: int


def _task(make: Callable[[], Stage]) -> Callable[[], Scene]:
    def build() -> Scene:
        stage = make()
        return Scene(stage, stage.task.pk)

    return build


def _lead(make: Callable[[], Stage], then: Callable[[Stage], None] = lambda stage: None) -> Callable[[], Scene]:
    def build() -> Scene:
        stage = make()
        pk = stage.part_of(stage.leads[0]).pk
        then(stage)
        return Scene(stage, pk)

    return build


def _report(then: Callable[[Stage, Report], None]) -> Callable[[], Scene]:
    def build() -> Scene:
        stage = accepted_task(leads=2)
        report = open_report(stage, stage.leads[0])
        then(stage, report)
        return Scene(stage, report.pk)

    return build


def closing() -> Stage:
    return closing_task(leads=2)


def closing_reviewed() -> Stage:
    stage = closing()
    for crew in (stage.leads[1], stage.supporters[0]):
        co_sign(actor=crew.reviewer_actor, assignment_id=stage.part_of(crew).pk, verdict="agree", now=NOW)
    return stage


def closed() -> Stage:
    stage = closing_reviewed()
    sign_off(actor=stage.coordinator_actor, task_id=stage.task.pk, opinion="", now=NOW)
    return stage


def suspended() -> Stage:
    stage = accepted_task(leads=2)
    suspend(actor=stage.coordinator_actor, task_id=stage.task.pk, reason="政策调整", now=NOW)
    return stage


def terminated() -> Stage:
    stage = accepted_task(leads=2)
    terminate(actor=stage.coordinator_actor, task_id=stage.task.pk, reason="取消", now=NOW)
    return stage


def _dispute(stage: Stage) -> None:
    lead = stage.leads[0]
    hand_back(actor=lead.officer_actor, assignment_id=stage.part_of(lead).pk, reason="非职责", legal_basis="三定规定", now=NOW)


def _reroute(stage: Stage) -> None:
    _dispute(stage)
    part = stage.part_of(stage.leads[0])
    reroute(actor=stage.coordinator_actor, assignment_id=part.pk, agency_id=make_crew().agency.pk, opinion="改派", now=NOW)


def _withdraw(stage: Stage) -> None:
    withdraw_assignment(actor=stage.coordinator_actor, assignment_id=stage.part_of(stage.leads[0]).pk, reason="调整", now=NOW)


def _extend(stage: Stage) -> None:
    lead = stage.leads[0]
    request_extension(
        actor=lead.officer_actor,
        assignment_id=stage.part_of(lead).pk,
        asked_for=TODAY + dt.timedelta(days=90),
        reason="需要协调",
        now=NOW,
    )


def _reported(stage: Stage) -> None:
    report = submitted_report(stage, stage.leads[0])
    accept_report(actor=stage.coordinator_actor, report_id=report.pk, now=NOW)


def _asked() -> Scene:
    """The second lead put the task up; the first lead is asked to co-sign."""
    stage = declared_task(leads=2)
    second = stage.leads[1]
    request_sign_off(actor=second.reviewer_actor, assignment_id=stage.part_of(second).pk, summary="完成", now=NOW)
    return Scene(stage, stage.part_of(stage.leads[0]).pk)


def _drafted(stage: Stage, report: Report) -> None:
    officer = stage.leads[0].officer_actor
    save_report(actor=officer, report_id=report.pk, text=ReportText(done="完成", percent=80), now=NOW)


def _in_review(stage: Stage, report: Report) -> None:
    _drafted(stage, report)
    send_for_review(actor=stage.leads[0].officer_actor, report_id=report.pk, now=NOW)


def _submitted(stage: Stage, report: Report) -> None:
    _in_review(stage, report)
    submit_report(actor=stage.leads[0].reviewer_actor, report_id=report.pk, now=NOW)


def _accepted(stage: Stage, report: Report) -> None:
    _submitted(stage, report)
    accept_report(actor=stage.coordinator_actor, report_id=report.pk, now=NOW)


def _returned(stage: Stage, report: Report) -> None:
    _submitted(stage, report)
    return_report(actor=stage.coordinator_actor, report_id=report.pk, remark="请补充", now=NOW)


def _waived(stage: Stage, report: Report) -> None:
    waive_report(actor=stage.coordinator_actor, report_id=report.pk, reason="免报", now=NOW)


def _contribution(then: Callable[[Stage, Contribution], None]) -> Callable[[], Scene]:
    def build() -> Scene:
        stage = accepted_task(leads=2)
        row = asked_contribution(stage)
        then(stage, row)
        return Scene(stage, row.pk)

    return build


def _contribution_returned(stage: Stage, row: Contribution) -> None:
    sent_contribution(stage, row)
    return_contribution(actor=stage.leads[0].officer_actor, contribution_id=row.pk, remark="请补充数据", now=NOW)


def _contribution_waived(stage: Stage, row: Contribution) -> None:
    waive_contribution(actor=stage.leads[0].officer_actor, contribution_id=row.pk, reason="本期无需提供", now=NOW)


def _work_plan(then: Callable[[Stage, WorkPlan], None]) -> Callable[[], Scene]:
    def build() -> Scene:
        stage = accepted_task(leads=2)
        row = begun_work_plan(stage)
        then(stage, row)
        return Scene(stage, row.pk)

    return build


def _replaced(stage: Stage, row: WorkPlan) -> None:
    filed_work_plan(stage, row)
    filed_work_plan(stage, begun_work_plan(stage))


def _answer(then: Callable[[Stage, Answer], None]) -> Callable[[], Scene]:
    def build() -> Scene:
        stage = accepted_task(leads=2)
        row = owed_answer(stage)
        then(stage, row)
        return Scene(stage, row.pk)

    return build


def owed_answer(stage: Stage) -> Answer:
    """Have the leader write an instruction with a day, and return what the first lead owes on it."""
    day = TODAY + dt.timedelta(days=10)
    instruct(actor=stage.leader_actor, task_id=stage.task.pk, text="请抓紧推进，月底前报进展。", answer_by=day, now=NOW)
    return Answer.objects.get(assignment=stage.part_of(stage.leads[0]))


def _given(stage: Stage, row: Answer) -> None:
    give_answer(actor=stage.leads[0].reviewer_actor, answer_id=row.pk, text="已召开专题会部署。", now=NOW)


def _answer_closed(stage: Stage, row: Answer) -> None:
    _given(stage, row)
    close_answer(actor=stage.coordinator_actor, answer_id=row.pk, now=NOW)


def _answer_returned(stage: Stage, row: Answer) -> None:
    _given(stage, row)
    return_answer(actor=stage.leader_actor, answer_id=row.pk, remark="请补充时间表", now=NOW)


SCENES: dict[Subject, dict[str, Callable[[], Scene]]] = {
    Subject.TASK: {
        "draft": _task(lambda: draft_task(leads=2)),
        "dispatched": _task(lambda: accepted_task(leads=2)),
        "closing": _task(closing),
        "closing_reviewed": _task(closing_reviewed),
        "closed": _task(closed),
        "suspended": _task(suspended),
        "terminated": _task(terminated),
    },
    Subject.ASSIGNMENT: {
        "pending": _lead(lambda: dispatched_task(leads=2)),
        "accepted": _lead(lambda: accepted_task(leads=2)),
        "reported": _lead(lambda: accepted_task(leads=2), _reported),
        "extending": _lead(lambda: accepted_task(leads=2), _extend),
        "disputed": _lead(lambda: dispatched_task(leads=2), _dispute),
        "declared": _lead(lambda: declared_task(leads=2)),
        "closing": _lead(closing),
        "asked": _asked,
        "confirmed": _lead(closed),
        "rerouted": _lead(lambda: dispatched_task(leads=2), _reroute),
        "withdrawn": _lead(lambda: dispatched_task(leads=2), _withdraw),
    },
    Subject.REPORT: {
        "due": _report(lambda stage, report: None),
        "draft": _report(_drafted),
        "agency_review": _report(_in_review),
        "submitted": _report(_submitted),
        "accepted": _report(_accepted),
        "returned": _report(_returned),
        "waived": _report(_waived),
    },
    Subject.ANSWER: {
        "owed": _answer(lambda stage, row: None),
        "given": _answer(_given),
        "returned": _answer(_answer_returned),
        "closed": _answer(_answer_closed),
    },
    Subject.CONTRIBUTION: {
        "asked": _contribution(lambda stage, row: None),
        "draft": _contribution(drafted_contribution),
        "agency_review": _contribution(reviewed_contribution),
        "sent": _contribution(sent_contribution),
        "returned": _contribution(_contribution_returned),
        "waived": _contribution(_contribution_waived),
    },
    Subject.WORKPLAN: {
        "begun": _work_plan(lambda stage, row: None),
        "draft": _work_plan(drafted_work_plan),
        "agency_review": _work_plan(reviewed_work_plan),
        "filed": _work_plan(filed_work_plan),
        "replaced": _work_plan(_replaced),
    },
}
