"""The truth table of what is not in the catalog: writing, files, drafts, plans, batches, papers. An act without a row fails."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.db import transaction

from agencies.actions.rename_agency import rename_agency
from agencies.actor import Actor
from agencies.models import Role
from agencies.refusals import Refusal
from measures.models import Plan, Upload
from tests.architecture.test_every_act_has_two_doors import ACTS
from tests.factories.directory import NOW, TODAY, make_agency, make_member
from tests.factories.documents import SMALL, confirmed, in_review
from tests.factories.scenes import closed
from tests.factories.tasks import Stage, accepted_task, asked_contribution, begun_work_plan, draft_task, make_crew
from tests.workflow.test_truth_table import BLIND, ISSUER, OWN, ROLES, SUPPORTER, actors
from workflow.actions import (
    adopt_edition,
    batch,
    comment,
    contribution_files,
    draw_up,
    follow,
    follow_edition,
    hand_over,
    joint_reports,
    papers,
    plan_task,
    recheck,
    set_calendar,
    set_ladder,
    set_rules,
    take_over,
    work_plan_files,
    write_contribution,
    write_report,
    write_work_plan,
)
from workflow.actions.draw_up import PlannedReceiver
from workflow.actions.sweep import sweep
from workflow.catalog import CATALOG
from workflow.models import Contribution, Notice, Report, Task, WorkPlan

pytestmark = pytest.mark.django_db

EVERYBODY = set(ROLES) - BLIND


@dataclass
class World:
    """A stage with everything that the acts are done to."""

    stage: Stage
    report: Report
    contribution: Contribution
    work_plan: WorkPlan
    draft: Stage
    plan: Plan
    upload: Upload
    people: dict[str, Actor]
    spare: int

    @property
    def part(self) -> int:
        return self.stage.part_of(self.stage.leads[0]).pk


Run = Callable[[World, Actor], object]


@dataclass(frozen=True)
class Row:
    """One act: who may, how the others are answered who do not see the task, and those who do."""

    run: Run
    may: set[str]
    blind: int = 404
    others: int = 403
    given: int = 200
    leader: int = 403


def _receivers(world: World) -> list[PlannedReceiver]:
    return [PlannedReceiver("lead", agency_id=world.spare)]


def _retract(world: World, actor: Actor) -> object:
    officer = world.people["officer"]
    row = comment.comment(actor=officer, task_id=world.stage.task.pk, text="误写", now=NOW)
    return comment.retract(actor=actor, comment_id=row.pk, now=NOW)


def _paper(world: World) -> int:
    found = Notice.objects.filter(kind="bulletin", task=world.stage.task).values_list("pk", flat=True).first()
    return found or 0


def _recheck(world: World, actor: Actor) -> object:
    return recheck.draw_recheck(
        actor=actor, agency_id=world.stage.issuer.pk, title="x", closed_from=TODAY, closed_to=TODAY, size=1, now=NOW
    )


def _hand_over(world: World, actor: Actor) -> object:
    lead = world.stage.leads[0]
    return hand_over.hand_over(
        actor=actor, agency_id=lead.agency.pk, person_id=lead.officer.pk, officer_id=lead.reviewer.pk, reason="x", now=NOW
    )


def _take_over(world: World, actor: Actor) -> object:
    gone = world.stage.leads[1].agency
    rename_agency(
        actor=Actor.system(), now=NOW, agency=gone, name="改名厅", short_name="改名厅", effective_on=TODAY - dt.timedelta(days=1), basis="x"
    )
    return take_over.take_over(actor=actor, predecessor_id=gone.pk, basis="x", now=NOW)


TABLE: dict[str, Row] = {
    "save_report": Row(
        lambda w, a: write_report.save_report(actor=a, report_id=w.report.pk, text=write_report.ReportText(done="x"), now=NOW), OWN
    ),
    "attach_evidence": Row(
        lambda w, a: write_report.attach_evidence(actor=a, report_id=w.report.pk, filename="一", content=b"1", now=NOW), OWN
    ),
    "detach_evidence": Row(
        lambda w, a: write_report.detach_evidence(actor=a, report_id=w.report.pk, evidence_id=0, now=NOW), OWN, given=409
    ),
    "write_together": Row(lambda w, a: joint_reports.write_together(actor=a, report_id=w.report.pk, others={}, now=NOW), OWN),
    "save_contribution": Row(
        lambda w, a: write_contribution.save_contribution(actor=a, contribution_id=w.contribution.pk, text="x", now=NOW), SUPPORTER
    ),
    "attach_material": Row(
        lambda w, a: contribution_files.attach_material(
            actor=a, contribution_id=w.contribution.pk, filename="一", content=b"1", now=NOW
        ),
        SUPPORTER,
    ),
    "detach_material": Row(
        lambda w, a: contribution_files.detach_material(actor=a, contribution_id=w.contribution.pk, material_id=0, now=NOW),
        SUPPORTER,
        given=409,
    ),
    "save_work_plan": Row(
        lambda w, a: write_work_plan.save_work_plan(actor=a, workplan_id=w.work_plan.pk, text="x", steps=[], now=NOW), OWN
    ),
    "attach_plan_file": Row(
        lambda w, a: work_plan_files.attach_plan_file(actor=a, workplan_id=w.work_plan.pk, filename="一", content=b"1", now=NOW), OWN
    ),
    "detach_plan_file": Row(
        lambda w, a: work_plan_files.detach_plan_file(actor=a, workplan_id=w.work_plan.pk, file_id=0, now=NOW), OWN, given=409
    ),
    "retract": Row(_retract, {"officer"}),
    "follow_task": Row(lambda w, a: follow.follow_task(actor=a, task_id=w.stage.task.pk, now=NOW), EVERYBODY),
    "follow_plan": Row(lambda w, a: follow.follow_plan(actor=a, plan_id=w.plan.pk, now=NOW), {"coordinator", "leader"}, others=404),
    "draw_up_task": Row(
        lambda w, a: draw_up.draw_up_task(
            actor=a, issuer_id=w.stage.issuer.pk, title="x", text="", receivers=_receivers(w), due_on=None, now=NOW
        ),
        ISSUER,
        blind=403,
    ),
    "draw_up_plan": Row(lambda w, a: draw_up.draw_up_plan(actor=a, plan_id=w.plan.pk, now=NOW), ISSUER, blind=403),
    "edit_task": Row(
        lambda w, a: plan_task.edit_task(
            actor=a, task_id=w.draft.task.pk, title="x", text="", rhythm="none", receivers=_receivers(w), now=NOW
        ),
        ISSUER,
        others=404,
    ),
    "settle_receiver": Row(
        lambda w, a: plan_task.settle_receiver(actor=a, task_id=w.draft.task.pk, receiver_id=0, agency_id=None, now=NOW),
        ISSUER,
        others=404,
        given=409,
    ),
    "set_due_many": Row(
        lambda w, a: batch.set_due_many(actor=a, shown={w.draft.task.pk: None}, due_on=TODAY, now=NOW), ISSUER, others=404
    ),
    "dispatch_many": Row(lambda w, a: batch.dispatch_many(actor=a, shown={w.draft.task.pk: None}, now=NOW), ISSUER, others=404),
    "press_many": Row(lambda w, a: batch.press_many(actor=a, shown={w.part: None}, text="x", now=NOW), ISSUER),
    "remind_many": Row(lambda w, a: batch.remind_many(actor=a, shown={w.part: None}, text="x", now=NOW), ISSUER),
    "sign_for_many": Row(lambda w, a: batch.sign_for_many(actor=a, shown={w.part: None}, now=NOW), set(ROLES)),
    "set_plan_rules": Row(lambda w, a: set_rules.set_plan_rules(actor=a, plan_id=w.plan.pk, rules=set_rules.Rules(), now=NOW), ISSUER, 403),
    "set_ladder": Row(
        lambda w, a: set_ladder.set_ladder(
            actor=a, plan_id=w.plan.pk, is_on=True, choices={}, thresholds=set_ladder.timing_of(w.plan)[1], now=NOW
        ),
        ISSUER,
        blind=403,
    ),
    "set_house_ladder": Row(
        lambda w, a: set_ladder.set_house_ladder(
            actor=a, choices=set_ladder.choices_of(None), thresholds=set_ladder.timing_of(None)[1], now=NOW
        ),
        {"system_admin"},
        blind=403,
    ),
    "set_calendar": Row(
        lambda w, a: set_calendar.set_calendar(actor=a, days={TODAY: False}, notice="x", now=NOW), {"system_admin"}, blind=403
    ),
    "draw_recheck": Row(_recheck, ISSUER, blind=403),
    "sign_paper": Row(
        lambda w, a: papers.sign_paper(actor=a, notice_id=_paper(w), title="x", body="x", now=NOW), ISSUER, others=404, leader=404
    ),
    "put_paper_aside": Row(
        lambda w, a: papers.put_paper_aside(actor=a, notice_id=_paper(w), reason="x", now=NOW), ISSUER, others=404, leader=404
    ),
    "hand_over": Row(_hand_over, set(), blind=403),
    "take_over": Row(_take_over, ISSUER | {"system_admin"}, blind=403),
    "adopt_edition": Row(
        lambda w, a: adopt_edition.adopt_edition(
            actor=a, upload_id=w.upload.pk, earlier_id=w.plan.pk, shown="", chosen=[], dropped={}, now=NOW
        ),
        ISSUER,
        others=404,
        given=409,
        leader=404,
    ),
    "follow_edition": Row(
        lambda w, a: follow_edition.follow_edition(actor=a, plan_id=w.plan.pk, shown="", chosen=["x"], aside=[], now=NOW),
        ISSUER,
        others=404,
        given=409,
    ),
}  # fmt: skip
"""`given`: what who may is told in this scene, where nothing is there to remove, settle or adopt as it was shown."""

IN_CATALOG = {act.run.__name__ for act in CATALOG.values()} | {"set_due", "dispatch"}


def build_world() -> World:
    stage = accepted_task(leads=2)
    contribution, work_plan = asked_contribution(stage), begun_work_plan(stage)
    draft = draft_task()
    Task.objects.filter(pk=draft.task.pk).update(issuer=stage.issuer)
    draft.task.participations.filter(tie="issuer").update(agency=stage.issuer)
    plan = confirmed(stage.coordinator, stage.issuer)
    upload = in_review(stage.coordinator, stage.issuer, SMALL.replace("新建", "改建"))
    done = closed()
    Task.objects.filter(pk=done.task.pk).update(issuer=stage.issuer)
    done.task.participations.filter(tie="issuer").update(agency=stage.issuer)
    sweep(NOW.replace(month=5, day=25))
    report = Report.objects.get(assignment__task=stage.task)
    return World(stage, report, contribution, work_plan, draft, plan, upload, actors(stage), make_agency().pk)


def expected(row: Row, role: str) -> int:
    if role in row.may:
        return row.given
    if role == "leader" and row.others == 404:  # sees what the issuer has drawn up
        return row.leader
    return row.blind if role in BLIND else row.others


def answer(row: Row, world: World, actor: Actor) -> int:
    try:
        with transaction.atomic():
            row.run(world, actor)
            transaction.set_rollback(True)
    except Refusal as refusal:
        return refusal.status
    return 200


def test_every_act_stands_in_one_of_the_two_tables() -> None:
    assert set(ACTS) - IN_CATALOG == set(TABLE)


def test_the_other_table_is_true() -> None:
    world = build_world()
    wrong = {}
    for name, row in TABLE.items():
        for role in ROLES:
            given, wanted = answer(row, world, world.people[role]), expected(row, role)
            if given != wanted:
                wrong[name, role] = (given, wanted)
    assert wrong == {}, "\n".join(f"{key}: {value}" for key, value in wrong.items())


def test_a_head_hands_over_for_its_own_agency_and_for_no_other() -> None:
    world = build_world()
    head = make_member(world.stage.leads[0].agency, Role.HEAD)
    other = make_member(make_crew().agency, Role.HEAD)
    row = TABLE["hand_over"]
    assert [answer(row, world, Actor.load(user, now=NOW)) for user in (head, other)] == [200, 403]
