"""Statistics through a reorganisation: as held, under today's names, under the names of those who had it first."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from agencies.actions.rename_agency import rename_agency
from agencies.actor import Actor
from oversight import burden
from oversight.holders import Names
from tests.factories.directory import NOW, actor_of
from tests.factories.tasks import accepted_task, closing_task
from workflow.actions.decide_sign_off import sign_off
from workflow.actions.dispatch import dispatch
from workflow.actions.draw_up import PlannedReceiver, draw_up_task
from workflow.actions.take_over import take_over

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(days=7)


def test_a_part_counts_under_the_name_that_is_asked_for(client: Client) -> None:
    stage = closing_task(supporters=0)
    sign_off(actor=stage.coordinator_actor, task_id=stage.task.pk, opinion="", now=NOW)
    lead = stage.leads[0]
    running = draw_up_task(
        actor=stage.coordinator_actor, issuer_id=stage.issuer.pk, title="在办", text="", due_on=None, now=NOW,
        receivers=[PlannedReceiver("lead", agency_id=lead.agency.pk)],
    )  # fmt: skip
    dispatch(actor=stage.coordinator_actor, task_ids=[running.pk], now=NOW)
    rename_agency(
        actor=Actor.system(), now=LATER, agency=lead.agency, name="广东省新厅", short_name="省新厅", effective_on=LATER.date(), basis="方案"
    )
    coordinator = actor_of(stage.coordinator, LATER)
    take_over(actor=coordinator, predecessor_id=lead.agency.pk, basis="方案", now=LATER)
    old = lead.agency.short_name

    def counted(names: Names) -> dict[str, int]:
        return {line.label: line.figures[0].value for line in burden.by_agency(coordinator, now=LATER, names=names)}

    assert counted(Names.HELD) == {old: 1, "省新厅": 1}
    assert counted(Names.TODAY) == {"省新厅": 2}
    assert counted(Names.FIRST) == {old: 2}
    client.force_login(stage.coordinator, backend="django.contrib.auth.backends.ModelBackend")
    for names in Names:
        assert client.get("/statistics/", {"names": names.value}).status_code == 200


def test_without_a_reorganisation_all_three_say_the_same() -> None:
    stage = accepted_task(leads=2, supporters=2)
    lines = [
        [
            (line.label, [figure.value for figure in line.figures])
            for line in burden.by_agency(stage.coordinator_actor, now=NOW, names=names)
        ]
        for names in Names
    ]
    assert lines[0] == lines[1] == lines[2]
    assert len(lines[0]) == 4
