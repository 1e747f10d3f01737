"""The commands that prove the record and the permissions say what is wrong, in words and by their exit code."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries as AssertQueries

from agencies import permissions
from agencies.models import AgencyUserPermission
from seeds.synthesis import Synthesis
from tests.factories.directory import NOW
from tests.factories.tasks import accepted_task, begun_work_plan, filed_work_plan
from workflow import grants
from workflow.actions.work_plan_files import attach_plan_file
from workflow.models import Assignment, Event, Participation, Task, WorkPlan

pytestmark = pytest.mark.django_db


def run(command: str, *arguments: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command(command, *arguments, stdout=out, stderr=err)
    except CommandError as error:
        return out.getvalue(), f"{err.getvalue()}{error}"
    return out.getvalue(), err.getvalue()


def tamper(statement: str) -> None:
    """Write past the guard of the record, as somebody with the database in hand would."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'workflow_event'")
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")
        cursor.execute(statement)


def test_a_sound_history_is_said_to_be_sound_with_its_anchors() -> None:
    accepted_task()
    out, err = run("verify_history")
    assert not err
    assert "督办事项记录" in out
    anchors = [line.strip() for line in out.splitlines() if line.startswith("  ")]
    assert len(anchors) == 3
    assert run("verify_history", *(f"--anchor={anchor}" for anchor in anchors))[1] == ""


@pytest.mark.sqlite
def test_an_altered_line_is_named() -> None:
    accepted_task()
    tamper("UPDATE workflow_event SET comment = '改过' WHERE sequence = 2")
    _out, err = run("verify_history")
    assert "第 2 行与当初记录的内容不符" in err
    assert "审计管理员" in err


@pytest.mark.sqlite
def test_a_removed_line_is_named() -> None:
    accepted_task()
    tamper("DELETE FROM workflow_event WHERE sequence = 3")
    _out, err = run("verify_history")
    assert "第 3 行缺失" in err


def plan_on_record() -> WorkPlan:
    """Put a lead's plan with a file on record, in the place of a first version."""
    stage = accepted_task()
    filed_work_plan(stage, begun_work_plan(stage))
    row = begun_work_plan(stage)
    attach_plan_file(actor=stage.leads[0].officer_actor, workplan_id=row.pk, filename="附表.txt", content=b"1", now=NOW)
    filed_work_plan(stage, row)
    return row


def test_plans_on_record_are_said_to_be_as_the_record_says() -> None:
    plan_on_record()
    out, err = run("verify_history")
    assert "落实方案共 2 份，与办理记录一致" in out
    assert not err


def _other_text(row: WorkPlan) -> None:
    WorkPlan.objects.filter(pk=row.pk).update(text="另一套办法")


def _other_step(row: WorkPlan) -> None:
    row.steps.update(responsible="别的处室")


def _other_number(row: WorkPlan) -> None:
    WorkPlan.objects.filter(pk=row.pk).update(number=7)


def _other_file(row: WorkPlan) -> None:
    Path(row.files.get().file.path).write_bytes(b"2")


def _no_file(row: WorkPlan) -> None:
    Path(row.files.get().file.path).unlink()


def _slipped_in(row: WorkPlan) -> None:
    first = WorkPlan.objects.get(assignment=row.assignment_id, number=1)
    first.pk, first.number = None, 3
    first.save()


def _gone(row: WorkPlan) -> None:
    WorkPlan.objects.filter(assignment=row.assignment_id, number=1).update(state="draft")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_other_text, "第 2 版）与报备时的内容不符"),
        (_other_step, "第 2 版）与报备时的内容不符"),
        (_other_number, "第 7 版）与报备时的内容不符"),
        (_other_file, "第 2 版）附件缺失，或者与当初上传的不符"),
        (_no_file, "第 2 版）附件缺失，或者与当初上传的不符"),
        (_slipped_in, "没有报备的记载"),
        (_gone, "第 1 版）曾经报备，现已不在"),
    ],
)
def test_a_plan_that_is_not_as_the_record_says_is_named(change: Callable[[WorkPlan], None], said: str) -> None:
    change(plan_on_record())
    out, err = run("verify_history")
    assert said in err
    assert "审计管理员" in err
    assert "与办理记录一致" not in out


def test_an_anchor_that_was_never_printed_is_refused() -> None:
    assert "不是有效的锚点" in run("verify_history", "--anchor=workflow.Event:x:y")[1]


def test_grants_that_agree_are_said_to_agree() -> None:
    accepted_task()
    out, err = run("check_grants", "--rebuild")
    assert not err
    assert "一致" in out


def test_a_grant_without_a_reason_and_a_lost_link_row_are_found_and_put_right() -> None:
    accepted_task()
    permissions.rebuild(now=timezone.now())
    AgencyUserPermission.objects.all()[0].delete()
    Participation.objects.filter(tie="lead").delete()
    _out, err = run("check_grants")
    assert "2 处不一致" in err
    assert run("check_grants", "--rebuild")[1] == ""
    assert Participation.objects.filter(tie="lead").count() == 1


def test_synthesized_data_are_as_asked_agree_and_have_a_sound_record() -> None:
    Synthesis(now=timezone.now(), events=True, say=lambda _words: None).run(agencies=30, users=40, tasks=250)
    assert Task.objects.count() == 250
    assert Assignment.objects.count() > 400
    assert Event.objects.count() > 400
    assert grants.differences() == []
    assert permissions.differences(now=timezone.now()) == []
    assert run("verify_history")[1] == ""


def test_the_number_of_statements_of_a_batch_does_not_grow_with_the_tasks(django_assert_max_num_queries: AssertQueries) -> None:
    synthesis = Synthesis(now=timezone.now(), say=lambda _words: None)
    synthesis.run(agencies=30, users=10, tasks=1)
    with django_assert_max_num_queries(40):
        synthesis._tasks(synthesis._plan()[:100])
