"""Who has a part changes while a task is under way: agencies join, successors take over, officers are named, people are shown it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from agencies.actions.rename_agency import rename_agency
from agencies.actor import Actor
from agencies.models import Succession
from agencies.refusals import Conflict, Forbidden, Invalid
from notifications.models import InboxItem
from tests.factories.directory import NOW, TODAY, actor_of, make_agency, make_member
from tests.factories.tasks import accepted_task, dispatched_task, make_crew
from workflow import grants
from workflow.actions.instruct import instruct
from workflow.actions.interrupt import terminate
from workflow.actions.pass_on import pass_on
from workflow.actions.rearrange import add_assignment, succeed, withdraw_assignment
from workflow.actions.show import show
from workflow.models import Assignment, Event, Participation, Task
from workflow.states import AssignmentState, Part

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(days=7)


@pytest.fixture(autouse=True)
def _link_rows_agree() -> Iterator[None]:
    yield
    assert grants.differences() == []


def test_an_open_part_moves_to_the_successor_by_an_act_and_keeps_its_history() -> None:
    stage = accepted_task()
    lead = stage.leads[0]
    part = stage.part_of(lead)
    old_name = lead.agency.name
    rename_agency(
        actor=Actor.system(),
        now=LATER,
        agency=lead.agency,
        name="广东省改名后的厅",
        short_name="省新厅",
        effective_on=LATER.date(),
        basis="机构改革方案",
    )
    successor = Succession.objects.get(predecessor=lead.agency).successor
    moved = succeed(actor=actor_of(stage.coordinator, LATER), assignment_id=part.pk, successor_id=successor.pk, basis="机构改革", now=LATER)
    assert (moved.agency, moved.state, moved.due_on, moved.signed_at) == (successor, part.state, part.due_on, part.signed_at)
    assert Event.objects.get(task=stage.task, verb="succeed").data["predecessor"] == old_name
    assert Event.objects.filter(task=stage.task, agency_name=old_name).exists()
    newcomer = make_member(successor, now=LATER, since=LATER.date())
    assert Task.objects.visible_to(actor_of(newcomer, LATER), now=LATER).exists()


def test_an_agency_that_is_no_successor_takes_nothing_over() -> None:
    stage = accepted_task()
    with pytest.raises(Invalid):
        succeed(
            actor=stage.coordinator_actor,
            assignment_id=stage.part_of(stage.leads[0]).pk,
            successor_id=make_agency().pk,
            basis="机构改革",
            now=NOW,
        )
    assert stage.part_of(stage.leads[0]).state == AssignmentState.ACCEPTED


def test_another_agency_is_given_a_part_and_told() -> None:
    stage, crew = accepted_task(), make_crew()
    part = add_assignment(actor=stage.coordinator_actor, task_id=stage.task.pk, agency_id=crew.agency.pk, part=Part.SUPPORT, now=NOW)
    assert (part.state, part.rank, part.due_on) == (AssignmentState.PENDING, 2, stage.task.due_on)
    assert InboxItem.objects.filter(recipient=crew.officer, topic="assigned").exists()
    with pytest.raises(Invalid):
        add_assignment(actor=stage.coordinator_actor, task_id=stage.task.pk, agency_id=crew.agency.pk, part=Part.LEAD, now=NOW)


def test_a_reviewer_names_the_officer_and_only_one_of_the_agency() -> None:
    stage = dispatched_task()
    lead, stranger = stage.leads[0], make_crew()
    part = pass_on(actor=lead.reviewer_actor, assignment_id=stage.part_of(lead).pk, officer_id=lead.officer.pk, now=NOW)
    assert part.officer == lead.officer
    with pytest.raises(Invalid):
        pass_on(actor=lead.reviewer_actor, assignment_id=part.pk, officer_id=stranger.officer.pk, now=NOW)
    with pytest.raises(Forbidden):
        pass_on(actor=lead.officer_actor, assignment_id=part.pk, officer_id=lead.officer.pk, now=NOW)


def test_a_person_is_shown_a_task_until_a_moment_and_no_longer() -> None:
    stage, stranger = dispatched_task(), make_crew()
    show(
        actor=stage.coordinator_actor,
        task_id=stage.task.pk,
        user_id=stranger.officer.pk,
        until=TODAY + dt.timedelta(days=2),
        reason="知会",
        now=NOW,
    )
    assert Task.objects.visible_to(stranger.officer_actor, now=NOW).exists()
    assert not Task.objects.visible_to(stranger.officer_actor, now=NOW + dt.timedelta(days=3)).exists()
    assert not Task.objects.visible_to(stranger.reviewer_actor, now=NOW).exists()
    with pytest.raises(Invalid):
        show(
            actor=stage.coordinator_actor,
            task_id=stage.task.pk,
            user_id=stranger.officer.pk,
            until=TODAY - dt.timedelta(days=1),
            reason="知会",
            now=NOW,
        )


def test_a_leader_writes_an_instruction_that_coordinators_and_leads_are_told_of() -> None:
    stage = accepted_task()
    InboxItem.objects.all().delete()
    row = instruct(actor=stage.leader_actor, task_id=stage.task.pk, text="请抓紧落实。", answer_by=TODAY + dt.timedelta(days=5), now=NOW)
    assert row.written_by == stage.leader
    told = set(InboxItem.objects.filter(topic="instruction").values_list("recipient_id", flat=True))
    assert {stage.coordinator.pk, stage.leads[0].officer.pk} <= told
    assert stage.supporters[0].officer.pk not in told
    with pytest.raises(Forbidden):
        instruct(actor=stage.coordinator_actor, task_id=stage.task.pk, text="请抓紧落实。", now=NOW)
    with pytest.raises(Invalid):
        instruct(actor=stage.leader_actor, task_id=stage.task.pk, text="一", answer_by=TODAY - dt.timedelta(days=1), now=NOW)


def test_an_ended_part_is_not_taken_over() -> None:
    stage = accepted_task()
    part = stage.part_of(stage.supporters[0])
    withdraw_assignment(actor=stage.coordinator_actor, assignment_id=part.pk, reason="调整", now=NOW)
    with pytest.raises(Conflict):
        succeed(actor=stage.coordinator_actor, assignment_id=part.pk, successor_id=make_agency().pk, basis="机构改革", now=NOW)
    assert Assignment.objects.get(pk=part.pk).state == AssignmentState.WITHDRAWN


def test_who_was_taken_back_before_a_task_ended_does_not_see_it_again_when_link_rows_are_rebuilt() -> None:
    stage = accepted_task(leads=2)
    gone, stays = stage.leads
    withdraw_assignment(actor=stage.coordinator_actor, assignment_id=stage.part_of(gone).pk, reason="调整", now=NOW)
    terminate(actor=stage.coordinator_actor, task_id=stage.task.pk, reason="取消", now=NOW)
    assert grants.differences() == []
    before = set(Participation.objects.values_list("agency_id", "tie"))
    grants.rebuild()
    assert set(Participation.objects.values_list("agency_id", "tie")) == before
    assert not Task.objects.visible_to(gone.officer_actor, now=NOW).exists()
    assert Task.objects.visible_to(stays.officer_actor, now=NOW).exists()
    Participation.objects.filter(agency=stays.agency).delete()
    assert grants.differences() == [f"assignment {stage.part_of(stays).pk}: no link row"]
    grants.rebuild()
