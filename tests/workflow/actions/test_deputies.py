"""Whoever stands in for somebody approves nothing of theirs, and is told as long as there is somebody to stand in for."""

from __future__ import annotations

import datetime as dt

import pytest

from agencies.actions.delegate import delegate
from agencies.models import Role
from agencies.refusals import Forbidden
from tests.factories.directory import NOW, TODAY, actor_of, join, make_member
from tests.factories.tasks import accepted_task, asked_contribution, sent_contribution
from workflow import policy
from workflow.actions.write_contribution import return_contribution
from workflow.grants import may_be_told

pytestmark = pytest.mark.django_db


def test_a_deputy_of_whoever_released_a_contribution_does_not_judge_it_for_a_lead() -> None:
    stage = accepted_task()
    row = asked_contribution(stage)
    sent_contribution(stage, row)
    lead, both = stage.leads[0].agency, stage.supporters[0].reviewer
    join(both, lead, Role.REVIEWER)
    deputy = make_member(lead, Role.COORDINATOR)
    delegate(actor=actor_of(both), now=NOW, delegator=both, deputy=deputy, agency=lead, ends_at=NOW + dt.timedelta(days=9), reason="出差")
    assert policy.may_report(actor_of(deputy), stage.part_of(stage.leads[0]).reports.get())
    with pytest.raises(Forbidden):
        return_contribution(actor=actor_of(deputy), contribution_id=row.pk, remark="补充", now=NOW)


def test_a_deputy_is_told_as_long_as_whom_they_stand_in_for_works_there() -> None:
    stage = accepted_task()
    ref, agency, ends_on = f"task:{stage.task.pk}", stage.leads[0].agency, TODAY + dt.timedelta(days=3)
    absent, deputy = make_member(agency, Role.REVIEWER, until=ends_on), make_member(agency, until=ends_on)
    month = NOW + dt.timedelta(days=30)
    delegate(actor=actor_of(absent), now=NOW, delegator=absent, deputy=deputy, agency=agency, ends_at=month, reason="出差")
    assert may_be_told({deputy.pk}, {ref}, NOW) == {(deputy.pk, ref)}
    later = NOW + dt.timedelta(days=5)
    assert not actor_of(deputy, later).permissions
    assert may_be_told({deputy.pk}, {ref}, later) == set()
