"""What hangs on a task as rows over the API: what is owed, what was asked and decided, closing rounds, stops; and the comparison."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from tests.factories.directory import NOW, TODAY
from tests.factories.scenes import closed, closing, suspended
from tests.factories.tasks import Stage, accepted_task, asked_contribution, make_crew
from tests.workflow.api.test_api import client_of
from workflow.actions.decide_extension import grant_extension
from workflow.actions.hand_back import hand_back
from workflow.actions.hold_meeting import record_meeting
from workflow.actions.request_extension import request_extension
from workflow.actions.verify import ask_verifier
from workflow.models import Assignment, Contribution, Report

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def shown(stage: Stage) -> dict[str, Any]:
    answer = client_of(stage.coordinator).get(reverse("api:task", args=[stage.task.pk]))
    assert answer.status_code == 200
    body: dict[str, Any] = answer.json()
    return body


def part_in(body: dict[str, Any], part: Assignment) -> dict[str, Any]:
    found: dict[str, Any] = next(row for row in body["assignments"] if row["id"] == part.pk)
    return found


def test_an_agency_finds_what_it_owes_from_the_task() -> None:
    stage = accepted_task()
    row = asked_contribution(stage)
    report = Report.objects.get(assignment__task=stage.task)
    body = shown(stage)
    listed = part_in(body, stage.part_of(stage.leads[0]))["reports"]
    assert report.pk in {line["id"] for line in listed}
    assert {line["state"] for line in listed} == {"due"}
    assert "done" not in listed[0], "what it says stands at its own address, for who may read it"
    (asked,) = part_in(body, stage.part_of(stage.supporters[0]))["contributions"]
    assert (asked["id"], asked["state"], asked["due_on"]) == (row.pk, "asked", row.due_on.isoformat())


def test_a_request_for_more_time_shows_what_was_asked_and_what_was_granted() -> None:
    stage = accepted_task()
    lead = stage.leads[0]
    part = stage.part_of(lead)
    assert part.due_on is not None
    asked, granted = part.due_on + dt.timedelta(days=60), part.due_on + dt.timedelta(days=30)
    request_extension(actor=lead.officer_actor, assignment_id=part.pk, asked_for=asked, reason="协调需时", now=NOW)
    grant_extension(actor=stage.coordinator_actor, assignment_id=part.pk, granted_to=granted, opinion="同意一个月", now=NOW)
    (row,) = part_in(shown(stage), part)["extensions"]
    assert (row["state"], row["asked_for"], row["granted_to"]) == ("granted", asked.isoformat(), granted.isoformat())
    assert (row["requested_by"], row["decided_by"]) == (str(lead.officer), str(stage.coordinator))


def test_a_hand_back_shows_by_when_it_is_ruled_on_and_its_meetings() -> None:
    stage = accepted_task(leads=2)
    lead = stage.leads[0]
    part = stage.part_of(lead)
    hand_back(actor=lead.officer_actor, assignment_id=part.pk, reason="非我职责", legal_basis="三定规定", now=NOW)
    record_meeting(
        actor=stage.coordinator_actor,
        assignment_id=part.pk,
        held_on=TODAY,
        participants="两家单位",
        minutes="未达成一致",
        outcome="open",
        now=NOW,
    )
    (row,) = part_in(shown(stage), part)["hand_backs"]
    assert (row["state"], row["legal_basis"], row["raised_by"]) == ("raised", "三定规定", str(lead.officer))
    assert row["rule_by"] > TODAY.isoformat()
    assert [(meeting["outcome"], meeting["minutes"]) for meeting in row["meetings"]] == [("open", "未达成一致")]


def test_a_closing_round_shows_who_co_signed_and_who_was_asked_to_verify() -> None:
    stage = closing()
    outsider = make_crew().officer
    ask_verifier(actor=stage.coordinator_actor, task_id=stage.task.pk, verifier_id=outsider.pk, now=NOW)
    (row,) = shown(stage)["sign_offs"]
    assert (row["round"], row["state"]) == (1, "collecting")
    assert {answer["verdict"] for answer in row["co_signatures"]} == {"waiting"}
    assert {answer["agency_name"] for answer in row["co_signatures"]} == {
        crew.agency.short_name for crew in (stage.leads[1], *stage.supporters)
    }
    assert [(look["verifier"], look["result"]) for look in row["verifications"]] == [(str(outsider), "waiting")]
    (row,) = shown(closed())["sign_offs"]
    assert (row["state"], {answer["verdict"] for answer in row["co_signatures"]}) == ("approved", {"agree"})


def test_a_stop_of_the_clock_shows_why_and_since_when() -> None:
    (row,) = shown(suspended())["suspensions"]
    assert (row["reason"], row["ends_at"]) == ("政策调整", None)


def test_the_comparison_counts_and_names_who_is_late() -> None:
    stage = accepted_task(leads=3)
    late = stage.part_of(stage.leads[1])
    Assignment.objects.filter(pk=late.pk).update(due_on=TODAY - dt.timedelta(days=1), first_due_on=TODAY - dt.timedelta(days=9))
    address = reverse("api:comparison", args=[stage.task.pk])
    body = client_of(stage.leads[0].officer).get(address).json()
    parts = len(stage.leads) + len(stage.supporters)
    assert (body["counts"]["all"], body["counts"]["signed"], body["counts"]["late"]) == (parts, parts, 1)
    assert [row["assignment"] for row in body["rows"] if row["is_late"]] == [late.pk]
    assert next(row["light"] for row in body["rows"] if row["assignment"] == late.pk) == "red"
    assert client_of(make_crew().officer).get(address).status_code == 404


def test_the_comparison_is_narrowed_to_a_group_and_refuses_what_is_none() -> None:
    stage = accepted_task()
    address = reverse("api:comparison", args=[stage.task.pk])
    client = client_of(stage.coordinator)
    body = client.get(address).json()
    assert client.get(address, {"group": 1}).json() == {**body, "counts": dict.fromkeys(body["counts"], 0), "rows": []}
    assert client.get(address, {"group": "x"}).status_code == 400


def test_the_comparison_goes_by_the_period_that_is_named_and_else_by_the_one_the_page_begins_with() -> None:
    stage = accepted_task(supporters=2)
    early, running = TODAY - dt.timedelta(days=20), TODAY
    first, second = (stage.part_of(crew) for crew in stage.supporters)
    for part, day, sent in ((first, early, False), (second, early, True), (first, running, True), (second, running, False)):
        said = {"text": "材料", "sent_at": NOW, "author": stage.coordinator, "reviewer": stage.leader} if sent else {}
        state, due_on = "sent" if sent else "asked", day + dt.timedelta(days=5)
        Contribution.objects.create(assignment=part, period_start=day, period_end=day, due_on=due_on, state=state, **said)
    client, address = client_of(stage.coordinator), reverse("api:comparison", args=[stage.task.pk])

    def reported(**asked: str) -> tuple[str, list[int]]:
        body = client.get(address, asked).json()
        assert body["periods"] == [running.isoformat(), early.isoformat()]
        assert body["counts"]["reported"] == 1
        return body["period"], [row["assignment"] for row in body["rows"] if row["has_reported"]]

    assert reported() == (early.isoformat(), [second.pk])
    assert reported(period=early.isoformat()) == (early.isoformat(), [second.pk])
    assert reported(period=running.isoformat()) == (running.isoformat(), [first.pk])
    unknown = client.get(address, {"period": "1999-01-01"})
    assert (unknown.status_code, unknown.json()["field"]) == (400, "period")
    assert client.get(address, {"period": "上月"}).status_code == 400
