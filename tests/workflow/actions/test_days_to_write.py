"""What nobody can write is not missed: a suspension, a hand-back and a closing round charge no day to write."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.factories.directory import NOW, TODAY
from tests.factories.tasks import Stage, accepted_task, asked_contribution, closing_task
from workflow.actions.decide_sign_off import return_sign_off, sign_off
from workflow.actions.hand_back import hand_back
from workflow.actions.interrupt import reopen, resume, suspend
from workflow.actions.request_extension import request_extension
from workflow.actions.rule_on_hand_back import uphold
from workflow.actions.sweep import sweep
from workflow.deadlines import add_working_days, official_calendar
from workflow.lights import contribution_light, report_light
from workflow.models import Contribution, Event, Report
from workflow.states import Rhythm
from workflow.thresholds import thresholds_in_force

pytestmark = pytest.mark.django_db

CALENDAR = official_calendar()


def on(days: int) -> dt.datetime:
    """Return eleven o'clock of the working day so many later."""
    return dt.datetime.combine(add_working_days(TODAY, days, CALENDAR), dt.time(11), NOW.tzinfo)


def owed_in(days: int, stage: Stage) -> Report:
    """Return the report of the first lead, due so many working days from today."""
    report = Report.objects.get(assignment=stage.part_of(stage.leads[0]), on_demand=False)
    Report.objects.filter(pk=report.pk).update(due_on=add_working_days(TODAY, days, CALENDAR))
    return anew(report)


def anew(report: Report) -> Report:
    """Return the report as it stands now."""
    return Report.objects.select_related("assignment__task").get(pk=report.pk)


def suspended_from(stage: Stage, first: int, last: int) -> None:
    suspend(actor=stage.coordinator_actor, task_id=stage.task.pk, reason="等待上级政策明确。", now=on(first))
    sweep(on(last))
    resume(actor=stage.coordinator_actor, task_id=stage.task.pk, now=on(last))


def test_a_report_that_falls_due_while_the_task_is_suspended_is_not_missed_and_gets_its_days_back() -> None:
    stage = accepted_task(rhythm=Rhythm.MONTHLY, supporters=0)
    report = owed_in(3, stage)
    suspended_from(stage, 1, 6)
    report = anew(report)
    assert (report.due_on, report.was_missed) == (add_working_days(TODAY, 3 + 5, CALENDAR), False)
    assert sweep(on(8)).reports_missed == 0
    assert sweep(on(9)).reports_missed == 1, "it is charged again once it could be written"


def test_a_report_that_was_late_before_the_suspension_stays_late() -> None:
    stage = accepted_task(rhythm=Rhythm.MONTHLY, supporters=0)
    report = owed_in(1, stage)
    sweep(on(2))
    suspended_from(stage, 3, 6)
    report = anew(report)
    assert (report.due_on, report.was_missed) == (add_working_days(TODAY, 1, CALENDAR), True)


def test_a_contribution_gets_its_days_back_too_and_shows_no_red_light_meanwhile() -> None:
    stage = accepted_task()
    row = asked_contribution(stage)
    Contribution.objects.filter(pk=row.pk).update(due_on=add_working_days(TODAY, 2, CALENDAR))
    suspend(actor=stage.coordinator_actor, task_id=stage.task.pk, reason="等待上级政策明确。", now=on(0))
    row = Contribution.objects.select_related("assignment__task").get(pk=row.pk)
    shown = contribution_light(row, on(4).date(), CALENDAR, thresholds_in_force())
    assert (shown.colour, shown.was_overdue) == ("none", False)
    resume(actor=stage.coordinator_actor, task_id=stage.task.pk, now=on(4))
    assert Contribution.objects.get(pk=row.pk).due_on == add_working_days(TODAY, 2 + 4, CALENDAR)


def test_a_part_that_was_handed_back_gets_the_days_of_its_report_back_when_it_is_upheld() -> None:
    stage = accepted_task(rhythm=Rhythm.MONTHLY, supporters=0)
    lead, report = stage.leads[0], owed_in(3, stage)
    part = stage.part_of(lead)
    hand_back(actor=lead.officer_actor, assignment_id=part.pk, reason="不属本单位职责。", legal_basis="三定方案", now=on(1))
    assert report_light(anew(report), on(5).date(), CALENDAR, thresholds_in_force()).colour == "none"
    uphold(actor=stage.coordinator_actor, assignment_id=part.pk, opinion="属你单位职责。", now=on(5))
    report = anew(report)
    assert report.due_on == add_working_days(TODAY, 3 + 4, CALENDAR)


def test_a_stop_inside_another_gives_the_days_to_write_back_once() -> None:
    stage = accepted_task(rhythm=Rhythm.MONTHLY, supporters=0)
    lead, report = stage.leads[0], owed_in(9, stage)
    part = stage.part_of(lead)
    suspend(actor=stage.coordinator_actor, task_id=stage.task.pk, reason="等待上级政策明确。", now=on(1))
    resume(actor=stage.coordinator_actor, task_id=stage.task.pk, now=on(2))
    hand_back(actor=lead.officer_actor, assignment_id=part.pk, reason="不属本单位职责。", legal_basis="三定方案", now=on(2))
    suspended_from(stage, 3, 4)
    uphold(actor=stage.coordinator_actor, assignment_id=part.pk, opinion="属你单位职责。", now=on(6))
    report = anew(report)
    assert report.due_on == add_working_days(TODAY, 9 + 1 + 4, CALENDAR)


def test_who_asks_for_more_time_reports_on_its_day() -> None:
    stage = accepted_task(rhythm=Rhythm.MONTHLY, supporters=0)
    lead, report = stage.leads[0], owed_in(3, stage)
    part = stage.part_of(lead)
    assert part.due_on is not None
    later = part.due_on + dt.timedelta(days=30)
    request_extension(actor=lead.reviewer_actor, assignment_id=part.pk, asked_for=later, reason="会签未完成。", now=on(1))
    suspended_from(stage, 2, 4)
    report = anew(report)
    assert report.due_on == add_working_days(TODAY, 3 + 2, CALENDAR), "the request holds up none of it, the suspension does"


def test_what_fell_due_in_a_closing_round_is_expected_again_when_it_is_returned() -> None:
    stage = closing_task(rhythm=Rhythm.MONTHLY)
    report = owed_in(2, stage)
    assert sweep(on(4)).reports_missed == 0
    return_sign_off(actor=stage.coordinator_actor, task_id=stage.task.pk, opinion="补充佐证。", now=on(5))
    report = anew(report)
    assert report.due_on == add_working_days(TODAY, 2 + 5, CALENDAR)
    assert sweep(on(5)).reports_missed == 0


def test_what_fell_due_after_a_task_was_signed_off_is_expected_again_when_it_is_reopened() -> None:
    stage = closing_task(rhythm=Rhythm.MONTHLY, supporters=0)
    report = owed_in(2, stage)
    sign_off(actor=stage.coordinator_actor, task_id=stage.task.pk, opinion="", now=on(0))
    reopen(actor=stage.coordinator_actor, task_id=stage.task.pk, reason="回头看发现问题。", now=on(8))
    report = anew(report)
    assert report.due_on == add_working_days(TODAY, 2 + 8, CALENDAR)
    sweep(on(8))
    assert not Event.objects.filter(task=stage.task, verb="miss_report").exists()
