"""What is raced: every act of the catalog, and the acts beside it that change a task, a part or a report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from agencies.actor import Actor
from agencies.decision import Decision
from agencies.refusals import Conflict
from tests.factories.directory import NOW, TODAY
from tests.workflow.races.clones import Clone
from workflow import policy
from workflow.actions.batch import Outcome, dispatch_many, press_many, remind_many, set_due_many, sign_for_many
from workflow.actions.comment import retract
from workflow.actions.contribution_files import attach_material
from workflow.actions.draw_up import PlannedReceiver
from workflow.actions.hand_over import hand_over
from workflow.actions.joint_reports import write_together
from workflow.actions.plan_task import edit_task
from workflow.actions.take_over import Fate, take_over
from workflow.actions.work_plan_files import attach_plan_file
from workflow.actions.write_contribution import save_contribution
from workflow.actions.write_report import ReportText, attach_evidence, save_report
from workflow.actions.write_work_plan import Step, save_work_plan
from workflow.catalog import CATALOG, Act, Subject
from workflow.models import Answer, Assignment, Comment, Contribution, Report, Task, WorkPlan
from workflow.states import Rhythm

MODELS: dict[str, Any] = {
    Subject.TASK: Task, Subject.ASSIGNMENT: Assignment, Subject.REPORT: Report,
    Subject.CONTRIBUTION: Contribution, Subject.ANSWER: Answer, Subject.WORKPLAN: WorkPlan, "comment": Comment,
}  # fmt: skip


@dataclass(frozen=True)
class Sides:
    """What an act is told beside its subject: a fresh agency, persons, the subject's other rows."""

    fresh_agency: int
    officer: int
    stranger: int
    successor: int
    other_report: int
    agency: int


Run = Callable[[Actor, Any, int, Clone, Sides], object]
"""Do an act: by whom, the original row, the key of its copy, the copy, and what it is told."""


@dataclass(frozen=True)
class Raced:
    """An act as it is raced: what it is done to, who may, and how it is done to a copy."""

    name: str
    subject: str
    may: Callable[[Actor, Any], Decision]
    run: Run


def _all_done(outcomes: list[Outcome]) -> None:
    """Tell a row that a batch left as the single act would have told it."""
    for outcome in outcomes:
        if not outcome.is_done:
            raise Conflict(outcome.reason)


def _moved(moved: bool) -> None:
    if not moved:
        raise Conflict("left, for it was changed")


def _told(act: Act, sides: Sides) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for field in act.fields:
        match field.kind:
            case "date":
                told[field.name] = TODAY if field.name == "held_on" else TODAY + dt.timedelta(days=100)
            case "agency":
                told[field.name] = sides.fresh_agency
            case "successor":
                told[field.name] = sides.successor
            case "officer":
                told[field.name] = sides.officer
            case "person":
                told[field.name] = sides.stranger
            case "sentences":
                told[field.name] = [0]
            case "choice":
                told[field.name] = field.choices[0][0]
            case _:
                told[field.name] = "2026-12-31 完成方案" if field.name == "stages" else "说明"
    return told


UNVERSIONED = {"dispatch", "set_due"}


def _of_catalog(act: Act) -> Raced:
    def run(actor: Actor, row: Any, pk: int, clone: Clone, sides: Sides) -> object:
        more = {} if act.name in UNVERSIONED else {"version": row.version}
        return act.run(actor=actor, now=NOW, **{f"{act.subject}_id": pk}, **more, **_told(act, sides))

    return Raced(act.name, str(act.subject), act.may, run)


def _edit(actor: Actor, row: Task, pk: int, clone: Clone, sides: Sides) -> object:
    receivers = [PlannedReceiver("lead", agency_id=sides.agency)]
    return edit_task(
        actor=actor, task_id=pk, title="改", text="", rhythm=Rhythm.NONE, receivers=receivers, now=NOW, version=row.version
    )  # fmt: skip


def _hand_over(actor: Actor, row: Assignment, pk: int, clone: Clone, sides: Sides) -> None:
    done = hand_over(
        actor=actor, agency_id=row.agency_id, person_id=row.officer_id or 0, officer_id=sides.officer, reason="轮岗",
        shown={pk: row.version}, now=NOW,
    )  # fmt: skip
    _moved(pk in {part.pk for part in done.parts})


def _take_over(actor: Actor, row: Assignment, pk: int, clone: Clone, sides: Sides) -> None:
    done = take_over(actor=actor, predecessor_id=row.agency_id, basis="机构改革", shown={pk: row.version}, now=NOW)
    _moved(pk in {outcome.assignment_id for outcome in done.outcomes if outcome.fate != Fate.CHANGED})


_STEPS = [Step(TODAY + dt.timedelta(days=10), "推进", "规划处")]
_TEXT = ReportText(done="新的进展", percent=90)

OTHERS: dict[str, Raced] = {
    act.name: act
    for act in (
        Raced("edit_task", "task", policy.may_coordinate, _edit),
        Raced("dispatch_many", "task", policy.may_coordinate,
              lambda actor, row, pk, clone, sides: _all_done(dispatch_many(actor=actor, shown={pk: row.version}, now=NOW))),
        Raced("set_due_many", "task", policy.may_coordinate,
              lambda actor, row, pk, clone, sides: _all_done(set_due_many(
                  actor=actor, shown={pk: row.version}, due_on=TODAY + dt.timedelta(days=77), now=NOW))),
        Raced("sign_for_many", "assignment", policy.may_sign_for,
              lambda actor, row, pk, clone, sides: _all_done(sign_for_many(actor=actor, shown={pk: row.version}, now=NOW))),
        Raced("press_many", "assignment", policy.may_press,
              lambda actor, row, pk, clone, sides: _all_done(press_many(actor=actor, shown={pk: row.version}, text="请抓紧", now=NOW))),
        Raced("remind_many", "assignment", policy.may_press,
              lambda actor, row, pk, clone, sides: _all_done(remind_many(actor=actor, shown={pk: row.version}, text="", now=NOW))),
        Raced("hand_over", "assignment", lambda actor, row: policy.may_hand_over(actor, row.agency), _hand_over),
        Raced("take_over", "assignment", lambda actor, row: policy.may_coordinate(actor, row.task), _take_over),
        Raced("save_report", "report", policy.may_report,
              lambda actor, row, pk, clone, sides: save_report(actor=actor, report_id=pk, text=_TEXT, now=NOW, version=row.version)),
        Raced("attach_evidence", "report", policy.may_report,
              lambda actor, row, pk, clone, sides: attach_evidence(
                  actor=actor, report_id=pk, filename="证明.txt", content=b"x", now=NOW, version=row.version)),
        Raced("write_together", "report", policy.may_report,
              lambda actor, row, pk, clone, sides: write_together(
                  actor=actor, report_id=pk, others={clone.key_of(Report, sides.other_report): 60}, now=NOW, version=row.version)),
        Raced("save_contribution", "contribution", policy.may_contribute,
              lambda actor, row, pk, clone, sides: save_contribution(
                  actor=actor, contribution_id=pk, text="数据", now=NOW, version=row.version)),
        Raced("attach_material", "contribution", policy.may_contribute,
              lambda actor, row, pk, clone, sides: attach_material(
                  actor=actor, contribution_id=pk, filename="数据.txt", content=b"x", now=NOW)),
        Raced("save_work_plan", "workplan", policy.may_write_work_plan,
              lambda actor, row, pk, clone, sides: save_work_plan(
                  actor=actor, workplan_id=pk, text="另一份方案", steps=_STEPS, now=NOW, version=row.version)),
        Raced("attach_plan_file", "workplan", policy.may_write_work_plan,
              lambda actor, row, pk, clone, sides: attach_plan_file(
                  actor=actor, workplan_id=pk, filename="方案.txt", content=b"x", now=NOW)),
        Raced("retract", "comment", policy.may_retract,
              lambda actor, row, pk, clone, sides: retract(actor=actor, comment_id=pk, now=NOW)),
    )
}  # fmt: skip
"""Acts that no button of the catalog stands for."""

ACTS: Mapping[str, Raced] = {name: _of_catalog(act) for name, act in CATALOG.items()} | OTHERS

NOT_RACED = {
    "adopt_edition": "raced by tests/workflow/test_edition_races.py",
    "follow_edition": "raced by tests/workflow/test_edition_races.py",
    "draw_up_plan": "makes tasks of its own; locked by its plan",
    "draw_up_task": "makes a task that nobody else knows yet",
    "draw_recheck": "makes rows of its own",
    "follow_task": "a person's own list",
    "follow_plan": "a person's own list",
    "unfollow": "a person's own list",
    "detach_evidence": "the other half of attach_evidence",
    "detach_material": "the other half of attach_material",
    "detach_plan_file": "the other half of attach_plan_file",
    "settle_receiver": "of a draft, like edit_task",
    "set_plan_rules": "on a plan",
    "set_ladder": "on a plan",
    "set_house_ladder": "on the rules of the house",
    "set_calendar": "on the rules of the house",
    "sign_paper": "on a paper",
    "put_paper_aside": "on a paper",
}
"""Acts that are not raced here, and why."""
