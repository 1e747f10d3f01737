"""What is owed with a part goes over with it: contributions and answers, after a reroute and after a reorganisation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.core.management import call_command

from agencies.actions.merge_agencies import merge_agencies
from agencies.actions.rename_agency import rename_agency
from agencies.actor import Actor
from tests.factories.directory import NOW, TODAY, actor_of
from tests.factories.tasks import (
    Crew,
    Stage,
    accepted_task,
    asked_contribution,
    dispatched_task,
    drafted_contribution,
    make_crew,
    sent_contribution,
)
from workflow import grants
from workflow.actions.answer import give_answer
from workflow.actions.change_part import change_part
from workflow.actions.hand_back import hand_back
from workflow.actions.instruct import instruct
from workflow.actions.rearrange import add_assignment
from workflow.actions.rule_on_hand_back import reroute
from workflow.actions.set_stages import set_stages
from workflow.actions.sign_for import sign_for
from workflow.actions.take_over import take_over
from workflow.actions.write_contribution import save_contribution
from workflow.collecting import collected
from workflow.lights import answer_light, contribution_light
from workflow.models import Answer, Assignment, Contribution, Event, Report
from workflow.states import Rhythm
from workflow.thresholds import thresholds_in_force
from workflow.working_days import calendar_in_force

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(days=7)


@pytest.fixture(autouse=True)
def _everything_agrees() -> Iterator[None]:
    yield
    assert grants.differences() == []
    call_command("verify_history", verbosity=0)


def rerouted(stage: Stage, crew: Crew, to: Crew, *, now: dt.datetime = NOW) -> Assignment:
    part = stage.part_of(crew)
    hand_back(actor=crew.officer_actor, assignment_id=part.pk, reason="非职责", legal_basis="三定规定", now=now)
    return reroute(actor=stage.coordinator_actor, assignment_id=part.pk, agency_id=to.agency.pk, opinion="改派", now=now)


def test_a_rerouted_supporters_open_contribution_is_asked_of_the_next_one_and_its_draft_stays_its_own() -> None:
    stage, other = accepted_task(), make_crew()
    row = asked_contribution(stage)
    drafted_contribution(stage, row)
    successor = rerouted(stage, stage.supporters[0], other)
    before, after = Contribution.objects.get(pk=row.pk), Contribution.objects.get(assignment=successor)
    assert (before.state, before.text) == ("passed_on", "已提供交易数据。")
    assert (after.state, after.text, after.period_end) == ("asked", "", row.period_end)
    assert after.due_on > TODAY
    assert Event.objects.get(verb="reroute").data["contributions_gone_over"] == [row.pk]
    sign_for(actor=other.officer_actor, assignment_id=successor.pk, now=NOW)
    save_contribution(actor=other.officer_actor, contribution_id=after.pk, text="我单位补充。", now=NOW)
    assert [one.pk for one in collected(Report.objects.get()).missing] == [after.pk]


def test_what_a_supporter_has_sent_stays_under_its_name_and_is_not_asked_again() -> None:
    stage, other = accepted_task(), make_crew()
    row = asked_contribution(stage)
    sent_contribution(stage, row)
    successor = rerouted(stage, stage.supporters[0], other)
    assert not Contribution.objects.filter(assignment=successor).exists()
    assert [one.assignment.agency for one in collected(Report.objects.get()).there] == [stage.supporters[0].agency]


def test_an_answer_to_an_instruction_is_owed_by_who_takes_the_part_over() -> None:
    stage, other = accepted_task(), make_crew()
    lead = stage.leads[0]
    instruct(actor=stage.leader_actor, task_id=stage.task.pk, text="请说明。", answer_by=TODAY + dt.timedelta(days=1), now=NOW)
    successor = rerouted(stage, lead, other)
    before, after = Answer.objects.get(assignment=stage.part_of(lead)), Answer.objects.get(assignment=successor)
    assert (before.state, after.state) == ("passed_on", "owed")
    assert after.due_on > before.due_on, "at least three working days remain"
    give_answer(actor=other.reviewer_actor, answer_id=after.pk, text="已部署。", now=NOW)
    assert Event.objects.get(verb="reroute").data["answers_gone_over"] == [before.pk]


def test_what_went_over_shows_no_light_any_more_and_late_stays_late() -> None:
    stage, other, third = accepted_task(), make_crew(), make_crew()
    asked_contribution(stage)
    instruct(actor=stage.leader_actor, task_id=stage.task.pk, text="请说明。", answer_by=TODAY + dt.timedelta(days=1), now=NOW)
    Answer.objects.update(was_late=True)
    rerouted(stage, stage.leads[0], other)
    rerouted(stage, stage.supporters[0], third)
    answer, row = Answer.objects.get(state="passed_on"), Contribution.objects.get(state="passed_on")
    year = (TODAY + dt.timedelta(days=365), calendar_in_force(), thresholds_in_force())
    lights = [answer_light(answer, *year), contribution_light(row, *year)]
    assert [(light.colour, light.reason.code, light.was_overdue) for light in lights] == [("none", "ended", True), ("none", "ended", False)]


def test_an_answer_that_was_given_stays_with_who_gave_it() -> None:
    stage, other = accepted_task(), make_crew()
    lead = stage.leads[0]
    instruct(actor=stage.leader_actor, task_id=stage.task.pk, text="请说明。", answer_by=TODAY + dt.timedelta(days=9), now=NOW)
    give_answer(actor=lead.reviewer_actor, answer_id=Answer.objects.get().pk, text="已完成。", now=NOW)
    successor = rerouted(stage, lead, other)
    assert Answer.objects.get().state == "given"
    assert not Answer.objects.filter(assignment=successor).exists()


def test_under_a_new_name_the_same_rows_go_on() -> None:
    stage = accepted_task()
    row, support = asked_contribution(stage), stage.supporters[0]
    drafted_contribution(stage, row)
    renamed = rename_agency(
        actor=Actor.system(), now=LATER, agency=support.agency, name="广东省新厅", short_name="省新厅", effective_on=LATER.date(),
        basis="机构改革方案",
    )  # fmt: skip
    take_over(actor=actor_of(stage.coordinator, LATER), predecessor_id=support.agency.pk, basis="机构改革", now=LATER)
    kept = Contribution.objects.get(pk=row.pk)
    assert (kept.assignment.agency, kept.state, kept.text) == (renamed, "draft", "已提供交易数据。")
    save_contribution(actor=actor_of(support.officer, LATER), contribution_id=row.pk, text="续写。", now=LATER)


def test_where_two_parts_become_one_the_stronger_owes_what_the_weaker_did() -> None:
    stage = accepted_task(leads=2, supporters=2)
    first, second = stage.supporters
    asked_contribution(stage)
    mine = Contribution.objects.get(assignment=stage.part_of(first))
    sent_contribution(stage, mine)
    instruct(actor=stage.leader_actor, task_id=stage.task.pk, text="请说明。", answer_by=TODAY + dt.timedelta(days=30), now=NOW)
    common = {"actor": Actor.system(), "now": LATER, "effective_on": LATER.date(), "basis": "机构改革方案"}
    merge_agencies(**common, agencies=[second.agency], into=first.agency)  # type: ignore[arg-type]
    merge_agencies(**common, agencies=[stage.leads[1].agency], into=stage.leads[0].agency)  # type: ignore[arg-type]
    for gone in (second, stage.leads[1]):
        take_over(actor=actor_of(stage.coordinator, LATER), predecessor_id=gone.agency.pk, basis="机构改革", now=LATER)
    states = dict(Contribution.objects.filter(assignment__task=stage.task).values_list("assignment__agency__name", "state"))
    assert states[first.agency.name] == "sent", "what was sent for the period is not asked again"
    assert sorted(Answer.objects.values_list("state", flat=True)) == ["owed", "passed_on"]
    assert Answer.objects.get(state="owed").assignment.agency == stage.leads[0].agency


def test_who_comes_as_a_lead_owes_the_reports_of_the_stages_to_come() -> None:
    stage, other = dispatched_task(leads=2), make_crew()
    tomorrow, later = TODAY + dt.timedelta(days=1), TODAY + dt.timedelta(days=30)
    set_stages(actor=stage.coordinator_actor, task_id=stage.task.pk, stages=f"{tomorrow} 方案\n{later} 成果", now=NOW)
    successor = rerouted(stage, stage.leads[0], other)
    added = add_assignment(
        actor=stage.coordinator_actor, task_id=stage.task.pk, agency_id=make_crew().agency.pk, part="lead", now=NOW + dt.timedelta(days=2)
    )
    support = stage.part_of(stage.supporters[0])
    change_part(actor=stage.coordinator_actor, assignment_id=support.pk, part="lead", reason="调整", now=NOW)
    owed = {part.pk: list(part.reports.order_by("period_end").values_list("stage", flat=True)) for part in (successor, added, support)}
    assert owed == {successor.pk: ["方案", "成果"], added.pk: ["成果"], support.pk: ["方案", "成果"]}


def test_who_takes_a_lead_over_owes_the_running_periods_report_at_once() -> None:
    stage, other = dispatched_task(rhythm=Rhythm.MONTHLY), make_crew()
    successor = rerouted(stage, stage.leads[0], other)
    assert Report.objects.filter(assignment=successor, state="due").count() == 1
