"""Editions confirmed, and tasks changed, by two people at once: one act each, the other is told. On PostgreSQL."""

from __future__ import annotations

import datetime as dt

import pytest

from agencies.actor import Actor
from agencies.chain_check import verify
from agencies.models import Role
from measures.models import Plan, PlanEvent
from tests.factories.directory import NOW, TODAY, actor_of, make_member
from tests.factories.editions import adopt, effects, make_office, next_edition, running_plan, task_of
from tests.factories.tasks import accepted_task
from tests.workflow.test_races import together
from workflow import grants
from workflow.actions.adopt_edition import adopt_edition
from workflow.actions.change_part import change_part
from workflow.actions.edition_effects import digest
from workflow.actions.follow_edition import follow_edition, left_of
from workflow.actions.interrupt import terminate
from workflow.actions.revise import move_due
from workflow.models import Event

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ROUNDS = 4


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_two_coordinators_confirm_the_same_edition_and_it_happens_once(_round: int) -> None:
    office = make_office()
    plan = running_plan(office)
    upload = next_edition(office)
    found = effects(plan, upload)
    ends = {one.task.pk: "keep" for one in found if one.what == "drop" and one.task is not None}
    other = actor_of(make_member(office.agency, Role.COORDINATOR))

    def confirm(actor: object) -> object:
        return adopt_edition(
            actor=actor,  # type: ignore[arg-type]
            upload_id=upload.pk,
            earlier_id=plan.pk,
            shown=digest(found),
            chosen={one.key for one in found},
            dropped=ends,
            now=NOW,
            version=upload.version,
        )

    mine = office.actor
    assert together(lambda: confirm(mine), lambda: confirm(other)) == {200: 2}
    assert Plan.objects.filter(earlier=plan).count() == 1
    assert Event.objects.filter(verb="move_due").count() == 1
    assert Event.objects.filter(verb="carry_over").count() == 3
    assert (verify(Event), verify(PlanEvent), grants.differences()) == ([], [], [])


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_an_edition_against_an_act_on_one_of_its_tasks(_round: int) -> None:
    """Whoever comes second finds what the first has done: the edition is told to look again, or the act finds the task as it is now."""
    office = make_office()
    plan = running_plan(office)
    upload = next_edition(office)
    found = effects(plan, upload)
    ends = {one.task.pk: "keep" for one in found if one.what == "drop" and one.task is not None}
    mine, task = office.actor, task_of(plan, "建设园区")
    answers = together(
        lambda: adopt_edition(
            actor=mine,
            upload_id=upload.pk,
            earlier_id=plan.pk,
            shown=digest(found),
            chosen={one.key for one in found},
            dropped=ends,
            now=NOW,
        ),
        lambda: terminate(actor=mine, task_id=task.pk, reason="另行安排", now=NOW),
    )
    adopted = Plan.objects.filter(earlier=plan).exists()
    assert answers == ({200: 2} if adopted else {200: 1, 409: 1})
    assert Event.objects.filter(task=task, verb="revise").count() == int(adopted)
    assert (verify(Event), verify(PlanEvent), grants.differences()) == ([], [], [])


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_what_an_edition_left_is_done_once_when_two_do_it_at_once(_round: int) -> None:
    office = make_office()
    plan = running_plan(office)
    upload = next_edition(office)
    left = frozenset(one.key for one in effects(plan, upload) if one.what == "move_due")
    new = adopt(office, plan, upload, without=left).plan
    shown = digest(left_of(new, NOW))
    other = actor_of(make_member(office.agency, Role.COORDINATOR))

    def follow(actor: Actor) -> object:
        return follow_edition(actor=actor, plan_id=new.pk, shown=shown, chosen=left, aside=[], now=NOW)

    assert together(lambda: follow(office.actor), lambda: follow(other)) == {200: 1, 409: 1}
    assert Event.objects.filter(verb="follow_edition").count() == 1
    assert (verify(Event), grants.differences()) == ([], [])


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_two_due_dates_and_two_parts_at_once_have_one_winner_each(_round: int) -> None:
    stage = accepted_task(leads=2)
    actor, version, part = stage.coordinator_actor, stage.task.version, stage.part_of(stage.supporters[0])
    version = stage.reload().version
    days = (TODAY + dt.timedelta(days=200), TODAY + dt.timedelta(days=300))
    answers = together(
        *[lambda day=day: move_due(actor=actor, task_id=stage.task.pk, due_on=day, reason="调整", now=NOW, version=version) for day in days]
    )
    assert answers == {200: 1, 409: 1}
    answers = together(
        *[
            lambda to=to: change_part(actor=actor, assignment_id=part.pk, part=to, reason="调整", now=NOW, version=part.version + 1)
            for to in ("lead", "first_lead")
        ]
    )
    assert answers == {200: 1, 409: 1}
    assert Event.objects.filter(verb="change_part").count() == 1
    assert (verify(Event), grants.differences()) == ([], [])
