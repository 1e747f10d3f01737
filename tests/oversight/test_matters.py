"""What is red, as far as the reader may read what the agencies have reported about it."""

from __future__ import annotations

import datetime as dt

import pytest

from agencies.actor import Actor
from agencies.models import Role
from oversight import matters
from oversight.lights import Lights
from tests.factories.directory import NOW, actor_of, join, make_agency
from tests.factories.tasks import dispatched_task
from tests.workflow.actions.test_roll_up import City, city
from workflow.actions.release_report import submit_report
from workflow.actions.show_reports_above import show_reports_above
from workflow.actions.write_report import ReportText, ask_for_report, save_report, send_for_review
from workflow.models import Assignment

pytestmark = pytest.mark.django_db

LATER = NOW + dt.timedelta(days=90)


def red(actor: Actor) -> dict[int, matters.Matter]:
    """Return what an actor is shown as red, by task."""
    return {row.task_id: row for row in matters.red(actor, lights=Lights.on(LATER), now=LATER)}


def complained() -> City:
    """Have a department of a city report a problem, and its task run late."""
    made = city(number=1)
    crew, part = made.departments[0], Assignment.objects.get(task=made.tasks[0])
    report = ask_for_report(actor=actor_of(made.coordinator), assignment_id=part.pk, comment="", now=NOW)
    text = ReportText(done="进展", problems="内部困难", help_needed="请求协调", next_steps="下一步", percent=10)
    save_report(actor=crew.officer_actor, report_id=report.pk, text=text, now=NOW)
    send_for_review(actor=crew.officer_actor, report_id=report.pk, now=NOW)
    submit_report(actor=crew.reviewer_actor, report_id=report.pk, now=NOW)
    return made


def test_the_level_above_reads_why_a_task_is_red_only_when_its_reports_are_opened() -> None:
    made = complained()
    task = made.tasks[0].pk
    above = made.above.leader_actor
    shown = red(above)[task]
    assert "内部困难" not in shown.why
    assert (shown.help_needed, shown.ahead == "下一步") == ("", False)
    assert red(actor_of(made.coordinator))[task].why == "内部困难"
    show_reports_above(actor=actor_of(made.coordinator), task_id=task, shown="yes", now=NOW)
    assert red(above)[task].help_needed == "请求协调"


def test_an_instruction_is_offered_only_where_it_may_be_written() -> None:
    stage, elsewhere = dispatched_task(), make_agency()
    both = stage.coordinator
    join(both, elsewhere, Role.LEADER)
    assert not red(actor_of(both))[stage.task.pk].may_instruct
    assert red(stage.leader_actor)[stage.task.pk].may_instruct
