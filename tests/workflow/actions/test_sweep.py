"""The sweep: what the day brings is a row, once."""

from __future__ import annotations

import datetime as dt
import io
from itertools import pairwise
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import DjangoAssertNumQueries as AssertQueries

from notifications.models import InboxItem, Message
from tests.factories.directory import NOW, TODAY, make_agency, make_member
from tests.factories.tasks import Stage, accepted_task, dispatched_task, sent_contribution, submitted_report
from workflow.actions.hand_back import hand_back
from workflow.actions.interrupt import resume, suspend, terminate
from workflow.actions.judge_report import accept_report
from workflow.actions.press import press
from workflow.actions.rule_on_hand_back import uphold
from workflow.actions.sign_for import sign_for
from workflow.actions.sweep import Swept, sweep
from workflow.models import Assignment, CalendarDay, Contribution, Event, Firing, Report, RungSetting, Task
from workflow.models.batches import NEVER
from workflow.states import Rhythm

pytestmark = pytest.mark.django_db

DUE = TODAY + dt.timedelta(days=60)
NOTHING = Swept(became_overdue=0, reports_opened=0, reports_missed=0, rungs_fired=0)


def at(day: dt.date) -> dt.datetime:
    return NOW.replace(year=day.year, month=day.month, day=day.day)


def first_working_day_after(day: dt.date) -> dt.datetime:
    moment = at(day + dt.timedelta(days=1))
    while moment.weekday() >= 5 or not sweep_is_on(moment):
        moment += dt.timedelta(days=1)
    return moment


def sweep_is_on(moment: dt.datetime) -> bool:
    from workflow.working_days import calendar_in_force

    return calendar_in_force().is_working(moment.date())


def test_the_first_sweep_after_the_due_date_marks_and_reminds_and_the_second_does_nothing() -> None:
    stage = accepted_task(supporters=0)
    later = first_working_day_after(DUE)
    done = sweep(later)
    assert done.became_overdue == 1
    assert done.rungs_fired >= 1
    rung = Event.objects.filter(task=stage.task, verb="rung").get(data__rung="overdue")
    assert rung.assignment == stage.part_of(stage.leads[0])
    told = set(InboxItem.objects.filter(topic="escalation").values_list("recipient__username", flat=True))
    assert {stage.leads[0].officer.username, stage.coordinator.username, stage.leader.username} <= told
    counts = (Event.objects.count(), InboxItem.objects.count(), Message.objects.count(), Firing.objects.count())
    assert sweep(later) == NOTHING
    assert counts == (Event.objects.count(), InboxItem.objects.count(), Message.objects.count(), Firing.objects.count())
    assert Task.objects.get(pk=stage.task.pk).was_overdue


def test_due_soon_tells_the_officer_in_charge_only() -> None:
    stage = accepted_task(supporters=0)
    InboxItem.objects.all().delete()
    soon = at(DUE - dt.timedelta(days=10))
    while not sweep_is_on(soon):
        soon += dt.timedelta(days=1)
    sweep(soon)
    told = InboxItem.objects.filter(topic="deadline")
    assert {item.recipient for item in told} <= {stage.leads[0].officer, stage.coordinator}
    assert stage.leads[0].officer in {item.recipient for item in told}


def test_nothing_fires_on_a_holiday_that_the_office_entered() -> None:
    accepted_task()
    later = first_working_day_after(DUE)
    CalendarDay.objects.create(day=later.date(), is_working=False, notice="临时放假")
    assert sweep(later).rungs_fired == 0


def test_a_suspended_task_reminds_nobody() -> None:
    stage = accepted_task()
    suspend(actor=stage.coordinator_actor, task_id=stage.task.pk, reason="政策调整", now=NOW)
    assert sweep(first_working_day_after(DUE)).rungs_fired == 0


def test_an_unsigned_assignment_is_reminded_and_no_more_once_signed() -> None:
    stage = dispatched_task(supporters=0)
    third = at(TODAY + dt.timedelta(days=5))
    sweep(third)
    assert Firing.objects.filter(rung="unsigned").count() == 1
    sign_for(actor=stage.leads[0].officer_actor, assignment_id=stage.part_of(stage.leads[0]).pk, now=third)
    sweep(third + dt.timedelta(days=7))
    assert not Firing.objects.filter(rung="unsigned_long").exists()


@pytest.mark.row("A5")
def test_three_days_without_a_sweep_are_caught_up_once_and_not_for_what_was_ended_meanwhile() -> None:
    due = dt.date(2026, 5, 12)  # a Tuesday, followed by working days
    stages = [accepted_task(supporters=0, due_on=due) for _ in range(4)]
    sweep(at(due))
    InboxItem.objects.all().delete()
    for stage in stages[:2]:
        terminate(actor=stage.coordinator_actor, task_id=stage.task.pk, reason="机构改革，另行部署。", now=at(due + dt.timedelta(days=2)))
    started = at(due + dt.timedelta(days=3))
    assert [sweep(started).rungs_fired, sweep(started).rungs_fired] == [2, 0]
    told = list(InboxItem.objects.filter(topic="escalation").values_list("subject_ref", "recipient"))
    assert {ref for ref, _person in told} == {f"task:{stage.task.pk}" for stage in stages[2:]}
    assert len(told) == len(set(told))


@pytest.mark.row("A5")
def test_after_weeks_without_a_sweep_only_the_highest_rung_is_told() -> None:
    accepted_task(supporters=0)
    much_later = first_working_day_after(DUE + dt.timedelta(days=20))
    sweep(much_later)
    told = [event.data for event in Event.objects.filter(verb="rung")]
    assert [data["rung"] for data in told if "|v" in data["key"]] == ["leadership"]


def test_a_plan_can_switch_a_rung_off() -> None:
    RungSetting.objects.create(rung="overdue", enabled=False)
    accepted_task(supporters=0)
    sweep(first_working_day_after(DUE))
    assert not Firing.objects.filter(rung="overdue").exists()


def test_reports_are_opened_ahead_once_and_stay_missed_after_they_are_caught_up() -> None:
    stage = dispatched_task(rhythm=Rhythm.MONTHLY, supporters=0)
    lead = stage.leads[0]
    part = sign_for(actor=lead.officer_actor, assignment_id=stage.part_of(lead).pk, now=NOW)
    assert Report.objects.filter(assignment=part).count() == 1
    april = at(dt.date(2026, 4, 15))
    done = sweep(april)
    assert (done.reports_opened, done.reports_missed) == (1, 1)
    assert sweep(april).reports_opened == 0
    assert Report.objects.get(assignment=part, was_missed=True).due_on < april.date()


def test_an_act_has_the_ladder_looked_at_again() -> None:
    stage = accepted_task(supporters=0)
    sweep(NOW)
    part = stage.part_of(stage.leads[0])
    assert not part.climbs_anew
    report = submitted_report(stage, stage.leads[0], percent=10)
    accept_report(actor=stage.coordinator_actor, report_id=report.pk, now=NOW)
    assert stage.part_of(stage.leads[0]).climbs_anew


def test_a_sweep_with_nothing_due_costs_the_same_for_two_tasks_and_for_twelve(
    django_assert_max_num_queries: AssertQueries,
) -> None:
    for _ in range(2):
        accepted_task()
    sweep(NOW)
    with django_assert_max_num_queries(60) as few:
        sweep(NOW)
    for _ in range(10):
        accepted_task()
    sweep(NOW)
    with django_assert_max_num_queries(len(few.captured_queries)):
        sweep(NOW)


def test_pressing_tells_the_agency_and_nobody_else() -> None:
    stage = accepted_task()
    InboxItem.objects.all().delete()
    lead = stage.leads[0]
    press(actor=stage.coordinator_actor, assignment_id=stage.part_of(lead).pk, text="请于本周五前报送进展。", now=NOW)
    assert {item.recipient for item in InboxItem.objects.all()} == {lead.officer, lead.reviewer}


def test_nobody_is_told_of_their_own_act() -> None:
    stage = accepted_task()
    assert not InboxItem.objects.filter(recipient=stage.coordinator).exists()


def test_the_command_takes_a_moment_and_refuses_what_is_none() -> None:
    accepted_task(supporters=0)
    out = io.StringIO()
    call_command("sweep", now=first_working_day_after(DUE).isoformat(), stdout=out)
    assert "overdue 1" in out.getvalue()
    with pytest.raises(CommandError):
        call_command("sweep", now="tomorrow")


def test_a_person_who_left_may_not_be_told() -> None:
    from workflow.grants import may_be_told

    stage = accepted_task()
    stranger = make_member(make_agency())
    ref = f"task:{stage.task.pk}"
    officer = stage.leads[0].officer
    assert may_be_told({officer.pk, stranger.pk}, {ref}, NOW) == {(officer.pk, ref)}
    officer.is_active = False
    officer.save()
    assert may_be_told({officer.pk}, {ref}, NOW) == set()


def test_every_climbing_assignment_has_its_next_day_after_a_sweep() -> None:
    accepted_task()
    sweep(NOW)
    climbing = Assignment.objects.filter(state__in=["pending", "accepted"])
    assert climbing.exists()
    assert not climbing.exclude(climbs_anew=False, next_rung__isnull=False).exists()


def test_a_part_that_climbs_no_more_is_come_across_once_and_tells_nothing() -> None:
    stage = accepted_task(supporters=0)
    sweep(NOW)
    day = stage.part_of(stage.leads[0]).next_rung.day
    Assignment.objects.update(state="confirmed", climbs_anew=True)
    fired = Firing.objects.count()
    sweep(at(day))
    assert stage.part_of(stage.leads[0]).next_rung.day == NEVER
    assert Firing.objects.count() == fired


@pytest.mark.parametrize("steps", [40, pytest.param(1000, marks=pytest.mark.proof)])
def test_e8_a_clock_that_steps_back_and_forth_around_the_end_of_the_due_date_repeats_nothing(steps: int) -> None:
    accepted_task(supporters=0, due_on=dt.date(2026, 5, 13))  # a Wednesday, followed by a working day
    midnight = at(dt.date(2026, 5, 14)).replace(hour=0, minute=0, second=0, microsecond=0)
    sweep(midnight - dt.timedelta(hours=12))
    assert not Firing.objects.filter(rung="overdue").exists()
    for step in range(steps):
        sweep(midnight + dt.timedelta(seconds=step % 2 * 2 - 1))
    assert Firing.objects.filter(rung="overdue").count() == 1
    told = InboxItem.objects.filter(topic="escalation").values_list("recipient", flat=True)
    assert len(told) == len(set(told)) > 0
    assert Event.objects.filter(data__rung="overdue").count() == 1


def test_a_missing_contribution_is_reminded_once_a_rung_and_no_more_once_it_is_there() -> None:
    stage = accepted_task(rhythm=Rhythm.MONTHLY)
    lead, support = stage.leads[0], stage.supporters[0]
    row = Contribution.objects.get()
    InboxItem.objects.all().delete()
    sweep(first_working_day_after(row.due_on))
    sweep(first_working_day_after(row.due_on))
    fired = Firing.objects.filter(rung="contribution_missed")
    assert [one.assignment_id for one in fired] == [row.assignment_id]
    told = InboxItem.objects.filter(subject__contains="配合材料未报").values_list("recipient_id", flat=True)
    assert set(told) == {support.officer.pk, support.reviewer.pk}
    sweep(first_working_day_after(row.due_on + dt.timedelta(days=7)))
    assert Firing.objects.filter(rung="contribution_missed_long").count() == 1
    told = InboxItem.objects.filter(subject__contains="配合材料未报").values_list("recipient_id", flat=True)
    assert lead.officer.pk in told
    sent_contribution(stage, row)
    assert stage.part_of(support).climbs_anew
    sweep(first_working_day_after(row.due_on + dt.timedelta(days=14)))
    assert Firing.objects.filter(rung__startswith="contribution_missed", key__contains=f"contribution:{row.pk}|").count() == 2


def test_the_ladder_looks_again_at_a_supporter_when_the_next_period_asks_it() -> None:
    stage = accepted_task(rhythm=Rhythm.MONTHLY)
    sent_contribution(stage, Contribution.objects.get())
    sweep(NOW)
    part = stage.part_of(stage.supporters[0])
    april = at(dt.date(2026, 4, 15))
    sweep(april)
    row = Contribution.objects.get(assignment=part, state="asked")
    part = stage.part_of(stage.supporters[0])
    assert april.date() < part.next_rung.day <= first_working_day_after(row.due_on).date()


WEEKS_AWAY = 6


def weekly_task_left_alone(**traits: Any) -> tuple[Stage, Assignment, dt.datetime]:
    """Make a task with a weekly rhythm, swept on the day it goes out; return with it the moment at which the sweep comes back."""
    stage = accepted_task(rhythm=Rhythm.WEEKLY, **traits)
    sweep(NOW)
    InboxItem.objects.all().delete()
    return stage, stage.part_of(stage.leads[0]), NOW + dt.timedelta(weeks=WEEKS_AWAY)


def reminded_of() -> set[int]:
    """Return the missed reports of which somebody was reminded."""
    keys = [event.data["key"].split("|") for event in Event.objects.filter(verb="rung", data__rung__startswith="report_missed")]
    return {int(report.removeprefix("report:")) for _part, report, *_rest in keys}


def test_each_period_that_passed_while_no_sweep_ran_has_its_row_and_is_missed_once() -> None:
    stage, part, later = weekly_task_left_alone()
    done = sweep(later)
    rows = list(Report.objects.filter(assignment=part).order_by("period_start"))
    assert done.reports_opened == WEEKS_AWAY
    assert len(rows) == WEEKS_AWAY + 1
    assert all(after.period_start == before.period_end + dt.timedelta(days=1) for before, after in pairwise(rows))
    late = [row for row in rows if row.due_on < later.date()]
    assert [row for row in rows if row.was_missed] == late
    assert [row.state for row in rows] == ["due"] * len(rows), "each can still be written"
    missed = Event.objects.filter(task=stage.task, verb="miss_report")
    assert sorted(missed.values_list("report_id", flat=True)) == [row.pk for row in late], "a line each in the record"
    assert sweep(later) == NOTHING


def test_of_the_periods_that_passed_long_ago_nobody_is_reminded() -> None:
    _stage, part, later = weekly_task_left_alone()
    sweep(later)
    first = Report.objects.filter(assignment=part).earliest("period_start")
    assert Report.objects.filter(assignment=part, was_missed=True).count() > 3
    assert reminded_of() == {first.pk}, "the one that was there is told as ever"
    sweep(later + dt.timedelta(days=1))
    assert reminded_of() == {first.pk}


def test_the_latest_missed_period_reminds_where_it_is_the_only_one() -> None:
    stage = accepted_task(rhythm=Rhythm.MONTHLY, supporters=0)
    sweep(NOW)
    later = at(dt.date(2026, 5, 20))
    sweep(later)
    april = Report.objects.get(assignment__task=stage.task, period_start=dt.date(2026, 4, 1))
    assert april.was_missed
    assert april.pk in reminded_of()


def test_supporters_are_asked_for_what_can_still_be_reported_in_time() -> None:
    stage, part, later = weekly_task_left_alone()
    sweep(later)
    asked = Contribution.objects.filter(assignment=stage.part_of(stage.supporters[0])).values_list("period_start", flat=True)
    in_time = Report.objects.filter(assignment=part, due_on__gte=later.date()).values_list("period_start", flat=True)
    first = Report.objects.filter(assignment=part).earliest("period_start").period_start
    assert set(asked) == {first, *in_time}


def test_nothing_is_owed_for_periods_that_passed_before_the_task_went_on() -> None:
    stage, part, later = weekly_task_left_alone()
    suspend(actor=stage.coordinator_actor, task_id=stage.task.pk, reason="政策调整", now=NOW + dt.timedelta(days=1))
    resumed = NOW + dt.timedelta(weeks=4)
    resume(actor=stage.coordinator_actor, task_id=stage.task.pk, now=resumed)
    sweep(later)
    starts = Report.objects.filter(assignment=part).order_by("period_start").values_list("period_start", flat=True)[1:]
    monday = resumed.date() - dt.timedelta(days=resumed.weekday())
    assert list(starts) == [monday + dt.timedelta(weeks=week) for week in range(3)]


def test_nothing_is_owed_for_periods_that_passed_while_a_part_was_handed_back() -> None:
    stage, part, later = weekly_task_left_alone()
    lead = stage.leads[0]
    hand_back(actor=lead.officer_actor, assignment_id=part.pk, reason="非职责", legal_basis="三定规定", now=NOW + dt.timedelta(days=1))
    upheld = NOW + dt.timedelta(weeks=5)
    uphold(actor=stage.coordinator_actor, assignment_id=part.pk, opinion="属你单位职责。", now=upheld)
    sweep(later)
    assert Report.objects.filter(assignment=part).count() == 1 + 2


def test_a_batch_full_of_leads_of_one_task_passes_over_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflow.actions.sweep.BATCH", 2)
    accepted_task(leads=3, supporters=0)
    later_lead = accepted_task(supporters=0)
    accepted_task(supporters=0)
    Task.objects.filter(pk=later_lead.task.pk).update(was_overdue=True)  # the task was late once, its part is for the first time
    overdue = first_working_day_after(DUE)
    sweep(overdue)
    assert not Assignment.objects.filter(was_overdue=False).exists()
    assert sweep(overdue) == NOTHING
