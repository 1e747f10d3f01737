"""A request that waited for another acts after it, whichever of them came to the door first."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from tests.factories.directory import NOW
from tests.factories.tasks import accepted_task
from workflow.actions.interrupt import resume, suspend, terminate
from workflow.models import Suspension, Task

pytestmark = pytest.mark.django_db

NEW_DAY = dt.datetime(2026, 3, 11, 0, 0, 0, 5_000, tzinfo=NOW.tzinfo)


@time_machine.travel(NEW_DAY, tick=False)
def test_who_resumes_came_a_moment_before_the_one_who_suspended() -> None:
    stage = accepted_task(supporters=0)
    due = stage.task.due_on
    suspend(actor=stage.coordinator_actor, task_id=stage.task.pk, reason="待批", now=NEW_DAY)
    task = resume(actor=stage.coordinator_actor, task_id=stage.task.pk, now=NEW_DAY - dt.timedelta(milliseconds=20))
    stop = Suspension.objects.get()
    assert (task.state, task.due_on, stop.starts_at, stop.ends_at) == ("dispatched", due, NEW_DAY, NEW_DAY)


def test_who_terminates_came_a_moment_before_the_one_who_suspended() -> None:
    stage = accepted_task(supporters=0)
    suspend(actor=stage.coordinator_actor, task_id=stage.task.pk, reason="待批", now=NEW_DAY)
    terminate(actor=stage.coordinator_actor, task_id=stage.task.pk, reason="另行安排", now=NEW_DAY - dt.timedelta(milliseconds=20))
    assert Task.objects.get(pk=stage.task.pk).state == "terminated"
    assert Suspension.objects.get().ends_at == NEW_DAY
