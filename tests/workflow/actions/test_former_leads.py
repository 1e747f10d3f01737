"""An agency that led once and leads no more decides nothing for a lead, through whatever other agency its people still see the task."""

from __future__ import annotations

import pytest

from agencies.models import Role, User
from agencies.refusals import Forbidden
from tests.factories.directory import NOW, actor_of, join
from tests.factories.tasks import Stage, accepted_task, asked_contribution, sent_contribution
from workflow.actions.press import press
from workflow.actions.rearrange import withdraw_assignment
from workflow.actions.write_contribution import return_contribution

pytestmark = pytest.mark.django_db


def once_led(stage: Stage) -> User:
    """Take its part from the second lead; its reviewer sees the task as a leader of the issuer."""
    former = stage.leads[1]
    withdraw_assignment(actor=stage.coordinator_actor, assignment_id=stage.part_of(former).pk, reason="职责调整", now=NOW)
    join(former.reviewer, stage.issuer, Role.LEADER)
    return former.reviewer


def test_who_led_once_presses_no_supporter_any_more() -> None:
    stage = accepted_task(leads=2)
    actor = actor_of(once_led(stage))
    with pytest.raises(Forbidden):
        press(actor=actor, assignment_id=stage.part_of(stage.supporters[0]).pk, text="请尽快推进", now=NOW)


def test_who_led_once_returns_no_contribution_any_more() -> None:
    stage = accepted_task(leads=2)
    row = asked_contribution(stage)
    sent_contribution(stage, row)
    actor = actor_of(once_led(stage))
    with pytest.raises(Forbidden):
        return_contribution(actor=actor, contribution_id=row.pk, remark="补充", now=NOW)
