"""Decisions are worked one after another: after each the next, and back when none is left."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import Client

from tests.factories.directory import NOW, TODAY
from tests.factories.tasks import Stage, accepted_task
from tests.oversight.test_ledger import more_tasks
from workflow.actions.request_extension import request_extension
from workflow.actions.sign_for import sign_for
from workflow.models import Assignment, Extension

pytestmark = pytest.mark.django_db


def asking(count: int) -> Stage:
    """Make a coordinator with so many requests for more time."""
    stage = accepted_task(due_on=TODAY + dt.timedelta(days=30))
    actor = stage.leads[0].officer_actor
    for task in more_tasks(stage, count):
        part = Assignment.objects.get(task=task, agency=stage.leads[0].agency)
        sign_for(actor=actor, assignment_id=part.pk, now=NOW)
        asked_for = TODAY + dt.timedelta(days=60)
        request_extension(actor=actor, assignment_id=part.pk, asked_for=asked_for, reason="需要时间", now=NOW)
    return stage


@time_machine.travel(NOW, tick=False)
def test_after_each_decision_comes_the_next_until_none_is_left(client: Client) -> None:
    stage = asking(3)
    client.force_login(stage.coordinator)
    assert "/command/next/extension/" in client.get("/command/").content.decode()
    for left in (3, 2, 1):
        assert Extension.objects.filter(state="requested").count() == left
        onward = client.get("/command/next/extension/")
        assert onward.status_code == 302
        page = client.get(onward["Location"])
        assert f"还有 {left} 件" in page.content.decode()
        answer = client.post(
            onward["Location"],
            {"granted_to": "2026-12-01", "opinion": "同意", "version": "", "next": "/command/next/extension/"},
        )
        assert answer["Location"] == "/command/next/extension/", answer.content.decode()[:500]
    assert client.get("/command/next/extension/")["Location"] == "/command/"
    assert "已全部处理完毕" in client.get("/command/").content.decode()


@time_machine.travel(NOW, tick=False)
def test_a_decision_can_be_left_for_later_and_answered_the_other_way(client: Client) -> None:
    stage = asking(3)
    client.force_login(stage.coordinator)
    centre = client.get("/command/").content.decode()
    assert all(f"<th>{head}</th>" in centre for head in ("申请日期", "申请延至"))
    first, second, third = Extension.objects.order_by("due_before", "pk")
    page = client.get("/command/next/extension/", follow=True)
    assert page.context["subject"].pk == first.assignment_id
    assert page.context["back_url"] == "/command/#queue-extension"
    page = client.get(page.context["skip_url"], follow=True)
    assert page.context["subject"].pk == second.assignment_id
    [(label, refusing)] = page.context["others"]
    assert (label, f"/assignments/{second.assignment_id}/acts/refuse_extension/" in refusing) == ("不予延期", True)
    answer = client.post(refusing, {"opinion": "抓紧办理", "version": ""}, follow=True)
    assert Extension.objects.get(pk=second.pk).state == "refused"
    assert answer.context["subject"].pk == third.assignment_id
    ended = client.get(answer.context["skip_url"], follow=True)
    assert ended.redirect_chain[-1][0] == "/command/"
    assert "已逐件看完，尚有 2 件留待处理" in ended.content.decode()


def test_only_queues_of_decisions_are_worked_so_and_only_by_coordinators(client: Client) -> None:
    stage = asking(1)
    client.force_login(stage.coordinator)
    assert client.get("/command/next/overdue/").status_code == 404
    client.force_login(stage.leads[0].officer)
    assert client.get("/command/next/extension/").status_code == 403
