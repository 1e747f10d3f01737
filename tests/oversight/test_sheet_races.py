"""A sheet applied by two at once, and beside other acts: once, and nothing half. On PostgreSQL."""

from __future__ import annotations

import pytest
from django.test import Client

from agencies.chain_check import verify
from oversight.models import ReturnedSheet
from oversight.sheet.acting import act, rehearse
from oversight.sheet.reading import read
from tests.factories.directory import NOW
from tests.factories.tasks import accepted_task
from tests.oversight.test_sheet import edited, sheet
from tests.workflow.test_races import together
from workflow import grants
from workflow.actions.interrupt import suspend
from workflow.models import Event

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ROUNDS = 4


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_a_sheet_sent_twice_at_once_is_applied_once(_round: int) -> None:
    stage = accepted_task()
    rows = read(edited(sheet(stage.task.pk), r0_title="新的标题", r0_reason="会议要求"))
    kept = ReturnedSheet.objects.create(
        owner=stage.coordinator, filename="台账.xlsx", returned_at=NOW, rows=[row.to_json() for row in rows]
    )
    shown = rehearse(actor=stage.coordinator_actor, rows=rows, now=NOW).mark()
    client = Client()
    client.force_login(stage.coordinator)
    cookie = client.cookies["sessionid"].value
    statuses: list[int] = []

    def send() -> None:
        own = Client()
        own.cookies["sessionid"] = cookie
        statuses.append(own.post(f"/ledger/import/{kept.pk}/", {"shown": shown}).status_code)

    together(send, send)
    assert sorted(statuses) == [302, 409]
    assert Event.objects.filter(verb="revise").count() == 1
    assert (verify(Event), grants.differences()) == ([], [])


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_a_sheet_of_two_tasks_against_an_act_on_one_is_done_whole_or_not_at_all(_round: int) -> None:
    stage, other = accepted_task(), accepted_task()
    other.task.__class__.objects.filter(pk=other.task.pk).update(issuer=stage.issuer)
    grants.rebuild()
    actor = stage.coordinator_actor
    data = edited(sheet(stage.task.pk, other.task.pk), r0_title="甲", r0_reason="调整", r1_title="乙", r1_reason="调整")
    rows = read(data)
    shown = rehearse(actor=actor, rows=rows, now=NOW).mark()
    answers = together(
        lambda: act(actor=actor, rows=rows, shown=shown, now=NOW),
        lambda: suspend(actor=actor, task_id=other.task.pk, reason="待批", now=NOW),
    )
    revised = Event.objects.filter(verb="revise").count()
    assert (answers, revised) in [({200: 2}, 2), ({200: 1, 409: 1}, 0)]
    assert (verify(Event), grants.differences()) == ([], [])
