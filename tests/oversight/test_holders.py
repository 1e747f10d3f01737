"""Statistics through a reorganisation: as held, under today's names, under the names of those who had it first."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.http import QueryDict
from django.test import Client

from agencies.actions.rename_agency import rename_agency
from agencies.actor import Actor
from oversight import burden
from oversight.filters import Dates, Filter, LedgerForm
from oversight.holders import Names
from oversight.ledger import counted
from oversight.lights import Lights
from tests.factories.directory import NOW, actor_of
from tests.factories.tasks import accepted_task, closing_task
from workflow.actions.decide_extension import grant_extension
from workflow.actions.decide_sign_off import sign_off
from workflow.actions.dispatch import dispatch
from workflow.actions.draw_up import PlannedReceiver, draw_up_task
from workflow.actions.request_extension import request_extension
from workflow.actions.revise import move_due
from workflow.actions.sweep import sweep
from workflow.actions.take_over import take_over
from workflow.models import Assignment

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

    def numbered(names: Names) -> dict[str, int]:
        return {line.label: line.figures[0].value for line in burden.by_agency(coordinator, now=LATER, names=names)}

    assert numbered(Names.HELD) == {old: 1, "省新厅": 1}
    assert numbered(Names.TODAY) == {"省新厅": 2}
    assert numbered(Names.FIRST) == {old: 2}
    client.force_login(stage.coordinator, backend="django.contrib.auth.backends.ModelBackend")
    for names in Names:
        assert client.get("/statistics/", {"names": names.value}).status_code == 200


def test_lateness_is_counted_by_the_first_due_date_or_by_the_one_in_force(client: Client) -> None:
    stage = accepted_task(leads=3, supporters=0)
    granted, kept, quick = stage.leads
    first_due = stage.part_of(granted).due_on
    assert first_due is not None
    for crew in (granted, quick):
        part, later = stage.part_of(crew).pk, first_due + dt.timedelta(days=60)
        request_extension(actor=crew.officer_actor, assignment_id=part, asked_for=later, reason="招标未完成", now=NOW)
        grant_extension(actor=stage.coordinator_actor, assignment_id=part, granted_to=later, opinion="同意", now=NOW)
    sweep(after := NOW + dt.timedelta(days=70))
    coordinator = actor_of(stage.coordinator, after)

    def late(dates: Dates) -> dict[str, tuple[int, int]]:
        """Return how many parts are and were late, after seeing that each number leads to as many rows of the ledger."""
        lines = burden.by_agency(coordinator, now=after, dates=dates)
        for figure in (figure for line in lines for figure in line.figures[4:6]):
            asked = LedgerForm(QueryDict(figure.url.partition("?")[2]), actor=coordinator, now=after)
            assert asked.is_valid()
            listed = Filter(asked.cleaned_data, actor=coordinator, now=after, lights=Lights.on(after))
            assert counted(listed, "parts") == figure.value
        return {line.label: (line.figures[4].value, line.figures[5].value) for line in lines}

    names = {crew.agency.short_name: crew for crew in stage.leads}
    assert late(Dates.CURRENT) == {name: (int(names[name] is kept),) * 2 for name in names}
    assert late(Dates.FIRST) == dict.fromkeys(names, (1, 1))
    Assignment.objects.filter(pk=stage.part_of(quick).pk).update(state="declared", declared_at=NOW)
    assert late(Dates.FIRST)[quick.agency.short_name] == (0, 0)
    Assignment.objects.filter(pk=stage.part_of(quick).pk).update(declared_at=after)
    assert late(Dates.FIRST)[quick.agency.short_name] == (0, 1), "done after the first date, though before the one in force"
    client.force_login(stage.coordinator, backend="django.contrib.auth.backends.ModelBackend")
    with time_machine.travel(after, tick=False):
        page = client.get("/statistics/", {"dates": "first"})
    assert "按首次时限" in page.content.decode()
    assert page.context["dates"] == "first"


@pytest.mark.parametrize("rows", ["parts", "tasks"])
def test_the_ledger_asks_for_lateness_and_due_days_by_the_dates_that_are_chosen(client: Client, rows: str) -> None:
    stage = accepted_task(supporters=0)
    part = stage.part_of(stage.leads[0])
    assert part.due_on is not None
    first_due = part.due_on
    move_due(actor=stage.coordinator_actor, task_id=stage.task.pk, due_on=first_due + dt.timedelta(days=60), reason="调整", now=NOW)
    after = NOW + dt.timedelta(days=70)
    client.force_login(stage.coordinator, backend="django.contrib.auth.backends.ModelBackend")

    def listed(**asked: str) -> int:
        with time_machine.travel(after, tick=False):
            return int(client.get("/ledger/", {"rows": rows, **asked}).context["total"])

    day = first_due.isoformat()
    assert (listed(overdue="on"), listed(overdue="on", dates="first")) == (0, 1)
    assert (listed(due_from=day, due_to=day), listed(due_from=day, due_to=day, dates="first")) == (0, 1)


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
