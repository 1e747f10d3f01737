"""待办 over the API: the rows of the page and no others, with what the act that ends each of them needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from agencies.models import Office, Role, User
from tests.factories.directory import NOW, TODAY, make_agency, make_member, make_person
from tests.factories.scenes import SCENES
from tests.factories.tasks import Stage, accepted_task, closing_task, dispatched_task, make_crew, open_report
from tests.workflow.api.test_api import client_of
from tests.workflow.web.test_todo import many_tasks
from workflow.actions.verify import ask_verifier
from workflow.catalog import Subject
from workflow.models import Task

pytestmark = pytest.mark.django_db
OWED = reverse("api:todo")


@pytest.fixture(autouse=True)
def _at_the_moment_of_the_story() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def owed(client: Client, **query: Any) -> Any:
    answer = client.get(OWED, query)
    assert answer.status_code == 200
    return answer.json()


def everybody(stage: Stage) -> list[User]:
    crews = (*stage.leads, *stage.supporters)
    return [stage.coordinator, stage.leader, *(user for crew in crews for user in (crew.officer, crew.reviewer)), make_crew().officer]


WAITING = [
    (Subject.TASK, "closing"), (Subject.TASK, "closing_reviewed"), (Subject.ASSIGNMENT, "pending"),
    (Subject.ASSIGNMENT, "disputed"), (Subject.ASSIGNMENT, "extending"), (Subject.REPORT, "due"), (Subject.REPORT, "agency_review"),
    (Subject.REPORT, "submitted"), (Subject.ANSWER, "owed"), (Subject.ANSWER, "given"), (Subject.CONTRIBUTION, "agency_review"),
    (Subject.WORKPLAN, "draft"), (Subject.WORKPLAN, "agency_review"),
]  # fmt: skip
"""What somebody has to do something about."""


@pytest.mark.parametrize(("subject", "name"), WAITING)
def test_each_person_is_told_what_their_page_shows_and_nothing_they_cannot_see(subject: Subject, name: str) -> None:
    stage, other = SCENES[subject][name]().stage, accepted_task()
    open_report(other, other.leads[0])
    told = 0
    for user in everybody(stage):
        client = client_of(user)
        body = owed(client)
        told += len(body["results"])
        shown = client.get(reverse("todo")).context["rows"]
        assert [(row["kind"], row["id"]) for row in body["results"]] == [(row.duty.name.lower(), row.target.pk) for row in shown]
        assert sum(body["counts"].values()) == len(shown)
        for row in body["results"]:
            assert client.get(reverse("api:task", args=[row["task"]["id"]])).status_code == 200
            assert row["task"]["id"] == stage.task.pk
    assert told > 0


def test_the_act_that_ends_a_duty_is_done_to_what_the_row_names() -> None:
    stage = dispatched_task(leads=1, supporters=0)
    client = client_of(stage.leads[0].officer)
    (row,) = owed(client)["results"]
    part = stage.part_of(stage.leads[0])
    assert (row["kind"], row["subject"], row["id"], row["state"], row["due_on"]) == (
        "sign_for", "assignment", part.pk, "pending", part.due_on.isoformat() if part.due_on else None,
    )  # fmt: skip
    address = f"/api/v1/{row['subject']}s/{row['id']}/sign_for/"
    assert client.post(address, {"version": row["version"]}, content_type="application/json").status_code == 200
    assert "sign_for" not in {left["kind"] for left in owed(client)["results"]}


def test_what_is_asked_of_a_person_by_name_is_told_while_they_see_the_task() -> None:
    stage, outsider = closing_task(), make_member(make_agency(), Role.OFFICER)
    ask_verifier(actor=stage.coordinator_actor, task_id=stage.task.pk, verifier_id=outsider.pk, now=NOW)
    (row,) = owed(client_of(outsider))["results"]
    stage.reload()
    assert (row["kind"], row["subject"], row["id"], row["version"]) == ("verify", "task", stage.task.pk, stage.task.version)
    with time_machine.travel(NOW + dt.timedelta(days=60), tick=False):
        assert owed(client_of(outsider))["results"] == []


def test_the_list_is_narrowed_and_paged_without_gaps() -> None:
    crew, _coordinator = many_tasks(3)
    tasks = list(Task.objects.values_list("pk", flat=True))
    client = client_of(crew.officer)
    first = owed(client, page_size=2)
    second = client.get(first["next"]).json()
    assert sorted(row["task"]["id"] for row in [*first["results"], *second["results"]]) == sorted(tasks)
    assert (len(first["results"]), second["next"]) == (2, None)
    Task.objects.filter(pk=tasks[0]).update(number="7-1")
    assert [row["task"]["id"] for row in owed(client, q="7-1")["results"]] == [tasks[0]]
    assert owed(client, kind="report")["results"] == []
    assert len(owed(client, kind="sign_for")["results"]) == 3
    assert owed(client, due_until=(TODAY - dt.timedelta(days=1)).isoformat())["results"] == []


@pytest.mark.parametrize(
    ("query", "status"),
    [({"kind": "breathe"}, 400), ({"due_until": "soon"}, 400), ({"page_size": 1000}, 400), ({"after": "what.ever"}, 404)],
)
def test_what_cannot_be_asked_is_refused(query: dict[str, Any], status: int) -> None:
    assert client_of(make_crew().officer).get(OWED, query).status_code == status


def test_administrators_owe_nothing_and_strangers_are_not_let_in() -> None:
    dispatched_task()
    assert owed(client_of(make_person(office=Office.SYSTEM))) == {"next": None, "counts": {}, "results": []}
    assert Client().get(OWED).status_code == 403


def test_nothing_is_written_through_it() -> None:
    assert client_of(make_crew().officer).post(OWED, {}, content_type="application/json").status_code == 405
