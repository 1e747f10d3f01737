"""The second wall: with the scoped querysets taken away, a request still shows no row of others. On PostgreSQL."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import DataError, InterfaceError, OperationalError, connection
from django.test import Client
from django.urls import reverse

from agencies import wall
from agencies.models import Office
from oversight import checkup
from oversight.checkup import Level
from tests.factories.directory import NOW, actor_of, make_person
from tests.factories.tasks import accepted_task, closing_task, dispatched_task, make_crew, submitted_report
from workflow.actions.show import show
from workflow.actions.sweep import sweep
from workflow.models import Assignment, CoSignature, Event, Receiver, Report, SignOff, Task
from workflow.models.task import TaskQuerySet

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

BOUND: list[tuple[Any, str]] = [
    (Task, "pk"), (Assignment, "task_id"), (Receiver, "task_id"), (Event, "task_id"), (Report, "assignment__task_id"),
    (SignOff, "task_id"), (CoSignature, "sign_off__task_id"),
]  # fmt: skip


OPEN = {"workflow_participation", "workflow_taskuserpermission", "workflow_follow", "workflow_visit", "workflow_noticereader"}
"""What says who sees a task or a bulletin, by which the wall itself asks; and people's own lists of keys."""


@pytest.fixture
def first_wall_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every scoped queryset of tasks return everything, as if somebody had forgotten to scope it."""
    monkeypatch.setattr(TaskQuerySet, "visible_to", lambda self, actor, *, now: self)


def test_the_wall_stands() -> None:
    assert wall.stands(str(connection.settings_dict["NAME"]))


def test_a_wall_without_its_role_is_put_up_later() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {wall.ROLE}")
    wall.stands.cache_clear()
    assert checkup.second_wall(NOW).level == Level.WARNING
    call_command("build_wall")
    assert checkup.second_wall(NOW).level == Level.FINE


@pytest.mark.parametrize(("made", "said"), [(True, "GRANT duban_reader TO plain;"), (False, "CREATE ROLE duban_nobody NOLOGIN; GRANT")])
def test_what_is_missing_is_said_as_it_has_to_be_said(monkeypatch: pytest.MonkeyPatch, made: bool, said: str) -> None:
    assert wall.missing() == ""
    if not made:
        monkeypatch.setattr(wall, "ROLE", "duban_nobody")
    with connection.cursor() as cursor:  # a role of this transaction only, which owns nothing
        cursor.execute("CREATE ROLE plain NOLOGIN; GRANT plain TO CURRENT_USER")
        cursor.execute("SET LOCAL ROLE plain")
        assert said in wall.missing()
        cursor.execute("RESET ROLE")
    monkeypatch.setattr(wall, "build", lambda: False)
    monkeypatch.setattr(wall, "missing", lambda: said)
    with pytest.raises(CommandError, match="GRANT"):
        call_command("build_wall")


@pytest.mark.usefixtures("first_wall_down")
def test_an_unscoped_query_in_a_request_shows_no_row_of_others(client: Client) -> None:
    with time_machine.travel(NOW, tick=False):
        mine, theirs = accepted_task(), closing_task()
        submitted_report(mine, mine.leads[0], percent=10)
        client.force_login(mine.leads[0].officer, backend="django.contrib.auth.backends.ModelBackend")
        assert client.get(reverse("task", args=[mine.task.pk])).status_code == 200
        assert client.get(reverse("task", args=[theirs.task.pk])).status_code == 404
        listed = client.get(reverse("api:tasks")).json()["results"]
        assert [row["id"] for row in listed] == [mine.task.pk]
        assert client.get(reverse("api:events", args=[theirs.task.pk])).status_code == 404
    assert Task.objects.count() == 2, "outside the request the owner sees everything again"


def test_behind_the_wall_every_bound_table_shows_ones_own_only() -> None:
    mine, theirs = closing_task(), closing_task()
    with wall.behind(actor_of(mine.leads[0].officer), now=NOW):
        for model, path in BOUND:
            assert set(model.objects.values_list(path, flat=True)) == {mine.task.pk}, model
        assert Task.objects.filter(title=theirs.task.title).count() == 1
    for model, _path in BOUND:
        assert model.objects.count() > 1
    with wall.behind(actor_of(make_crew().officer), now=NOW):
        assert [model.objects.count() for model, _path in BOUND] == [0] * len(BOUND)


def test_what_is_rehearsed_while_reading_is_done_outside_and_the_wall_stands_again_even_when_it_fails() -> None:
    dispatched_task()
    with wall.behind(actor_of(make_crew().officer), now=NOW):
        with wall.lifted():
            assert Task.objects.exists()
        assert not Task.objects.exists()
        with pytest.raises(ZeroDivisionError), wall.lifted():
            raise ZeroDivisionError
        assert not Task.objects.exists()
    assert Task.objects.exists()


def test_the_issuer_a_leader_and_a_person_it_was_shown_to_see_it_behind_the_wall_too() -> None:
    stage, guest = dispatched_task(), make_crew()
    show(
        actor=stage.coordinator_actor, task_id=stage.task.pk, user_id=guest.officer.pk, until=NOW.date() + dt.timedelta(days=1),
        reason="知会", now=NOW,
    )  # fmt: skip
    for actor in (stage.coordinator_actor, stage.leader_actor, actor_of(guest.officer)):
        with wall.behind(actor, now=NOW):
            assert Task.objects.count() == 1
    with wall.behind(actor_of(guest.officer), now=NOW + dt.timedelta(days=3)):
        assert Task.objects.count() == 0


def test_under_the_role_without_settings_nothing_is_seen() -> None:
    dispatched_task()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('role', %s, true)", [wall.ROLE])
        cursor.execute("SELECT count(*) FROM workflow_task")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT set_config('role', 'none', true)")


def test_workers_and_administrators_are_not_bound() -> None:
    dispatched_task()
    assert sweep(NOW + dt.timedelta(days=90)).became_overdue > 0
    with wall.behind(actor_of(make_person(office=Office.AUDIT)), now=NOW):
        assert Event.objects.exists()


def test_every_table_with_a_tie_to_tasks_is_bound() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relname LIKE 'workflow_%'")
        bound = {name for (name,) in cursor.fetchall()}
    assert {model._meta.db_table for model, _path in BOUND} <= bound
    tied = {
        model._meta.db_table
        for model in apps.get_app_config("workflow").get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if field.related_model is not None and field.related_model._meta.db_table in bound
    }
    assert tied - bound == OPEN


def _broken_query(*_arguments: object, **_more: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")


@pytest.mark.django_db(transaction=True)
def test_an_error_of_a_request_is_told_as_itself_and_the_connection_serves_on(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    with time_machine.travel(NOW, tick=False):
        stage = dispatched_task()
        client.force_login(stage.leads[0].officer, backend="django.contrib.auth.backends.ModelBackend")
        address = reverse("api:tasks")
        with monkeypatch.context() as patch:
            patch.setattr(TaskQuerySet, "visible_to", _broken_query)
            with pytest.raises(DataError, match="division by zero"):
                client.get(address)
        assert client.get(address).status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_setting('duban.agencies', true)")
        user, agencies = cursor.fetchone()
    assert user != wall.ROLE
    assert not agencies


@pytest.mark.django_db(transaction=True)
def test_a_connection_lost_while_reading_is_told_as_itself() -> None:
    officer = actor_of(make_crew().officer)

    def read() -> None:
        with wall.behind(officer, now=NOW):
            connection.connection.close()
            Task.objects.count()

    with pytest.raises((OperationalError, InterfaceError), match="closed"):
        read()
    connection.close()
    assert Task.objects.count() == 0
