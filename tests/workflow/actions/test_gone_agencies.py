"""Tasks go to agencies that exist on the day they go out."""

from __future__ import annotations

import datetime as dt

import pytest

from agencies.models import Agency
from agencies.refusals import Conflict
from tests.factories.directory import NOW, TODAY
from tests.factories.tasks import draft_task
from workflow.actions.dispatch import dispatch

pytestmark = pytest.mark.django_db


def test_a_task_does_not_go_out_to_an_agency_that_exists_no_more() -> None:
    stage = draft_task()
    gone = stage.supporters[0].agency
    Agency.objects.filter(pk=gone.pk).update(ends_on=TODAY - dt.timedelta(days=1))
    with pytest.raises(Conflict, match=gone.short_name):
        dispatch(actor=stage.coordinator_actor, task_ids=[stage.task.pk], now=NOW)
    Agency.objects.filter(pk=gone.pk).update(ends_on=TODAY)
    dispatch(actor=stage.coordinator_actor, task_ids=[stage.task.pk], now=NOW)
