"""A city decomposes its part: the same program one level down, figures upwards by the stated rule, reports only when opened."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from agencies.models import Role, User
from agencies.refusals import Conflict, Invalid
from tests.factories.directory import NOW, actor_of, join, make_group, make_member
from tests.factories.tasks import Crew, Stage, accepted_task, dispatched_task, make_crew, submitted_report
from workflow import policy
from workflow.actions.decide_sign_off import sign_off, submit_sign_off
from workflow.actions.declare_done import declare_done
from workflow.actions.dispatch import dispatch
from workflow.actions.draw_up import PlannedReceiver, draw_up_task
from workflow.actions.interrupt import reopen, terminate
from workflow.actions.judge_report import accept_report
from workflow.actions.plan_task import edit_task
from workflow.actions.release_report import submit_report
from workflow.actions.request_sign_off import request_sign_off
from workflow.actions.set_rules import Rules
from workflow.actions.show_reports_above import show_reports_above
from workflow.actions.sign_for import sign_for
from workflow.actions.write_report import ReportText, ask_for_report, save_report, send_for_review
from workflow.models import Assignment, Event, Report, Task
from workflow.states import Part, RollUp

pytestmark = pytest.mark.django_db


@dataclass
class City:
    """A city that leads a province's task and has decomposed its part into tasks for its own departments."""

    above: Stage
    coordinator: User
    tasks: list[Task]
    departments: list[Crew]

    def part(self) -> Assignment:
        """Return the city's part as it stands."""
        return self.above.part_of(self.above.leads[0])


def city(rule: str = RollUp.MEAN, number: int = 2) -> City:
    """Have a city decompose its part and its departments sign for theirs."""
    above = accepted_task(leads=1, supporters=1)
    Task.objects.filter(pk=above.task.pk).update(roll_up=rule)
    lead = above.leads[0]
    coordinator = make_member(lead.agency, Role.COORDINATOR)
    departments = [make_crew() for _ in range(number)]
    tasks = [
        draw_up_task(
            actor=actor_of(coordinator),
            issuer_id=lead.agency.pk,
            title=f"市级分解事项{place}",
            text="",
            receivers=[PlannedReceiver(Part.LEAD, agency_id=crew.agency.pk)],
            due_on=above.task.due_on,
            parent_id=above.task.pk,
            now=NOW,
        )
        for place, crew in enumerate(departments)
    ]
    dispatch(actor=actor_of(coordinator), task_ids=[task.pk for task in tasks], now=NOW)
    for task, crew in zip(tasks, departments, strict=True):
        sign_for(actor=crew.officer_actor, assignment_id=Assignment.objects.get(task=task).pk, now=NOW)
    return City(above, coordinator, tasks, departments)


def reported(made: City, place: int, percent: int) -> Report:
    """Have a department report, and the city accept it."""
    crew, task = made.departments[place], made.tasks[place]
    part = Assignment.objects.get(task=task)
    report = ask_for_report(actor=actor_of(made.coordinator), assignment_id=part.pk, comment="", now=NOW)
    save_report(actor=crew.officer_actor, report_id=report.pk, text=ReportText(done="内部进展", percent=percent), now=NOW)
    send_for_review(actor=crew.officer_actor, report_id=report.pk, now=NOW)
    submit_report(actor=crew.reviewer_actor, report_id=report.pk, now=NOW)
    return accept_report(actor=actor_of(made.coordinator), report_id=report.pk, now=NOW)


def close(made: City, place: int) -> None:
    """Have a department declare its task done and the city sign it off."""
    crew, task = made.departments[place], made.tasks[place]
    part = Assignment.objects.get(task=task)
    declare_done(actor=crew.reviewer_actor, assignment_id=part.pk, summary="完成", now=NOW)
    request_sign_off(actor=crew.reviewer_actor, assignment_id=part.pk, summary="完成", now=NOW)
    sign_off(actor=actor_of(made.coordinator), task_id=task.pk, opinion="", now=NOW)


def test_the_city_is_the_issuer_of_its_tasks_and_their_mean_becomes_the_progress_of_its_part() -> None:
    made = city()
    reported(made, 0, 60)
    assert made.part().percent == 30
    reported(made, 1, 20)
    assert (made.part().percent, made.above.reload().percent) == (40, 40)
    event = Event.objects.filter(verb="roll_up").latest("sequence")
    assert (event.task_id, event.data["percent"], event.data["rule"]) == (made.above.task.pk, 40, "mean")


def test_by_the_share_signed_off_only_what_is_closed_counts() -> None:
    made = city(RollUp.CLOSED)
    reported(made, 0, 100)
    assert made.part().percent == 0
    close(made, 0)
    assert made.part().percent == 50


def test_by_reports_the_city_says_itself_how_far_it_is() -> None:
    made = city(RollUp.REPORTS)
    reported(made, 0, 100)
    assert made.part().percent == 0
    lead = made.above.leads[0]
    report = ask_for_report(actor=made.above.coordinator_actor, assignment_id=made.part().pk, comment="", now=NOW)
    save_report(actor=lead.officer_actor, report_id=report.pk, text=ReportText(done="完成", percent=70), now=NOW)
    send_for_review(actor=lead.officer_actor, report_id=report.pk, now=NOW)
    submit_report(actor=lead.reviewer_actor, report_id=report.pk, now=NOW)
    accept_report(actor=made.above.coordinator_actor, report_id=report.pk, now=NOW)
    assert made.part().percent == 70


def test_where_progress_rolls_up_the_citys_own_report_does_not_overwrite_it() -> None:
    made = city()
    reported(made, 0, 60)
    lead = made.above.leads[0]
    report = ask_for_report(actor=made.above.coordinator_actor, assignment_id=made.part().pk, comment="", now=NOW)
    save_report(actor=lead.officer_actor, report_id=report.pk, text=ReportText(done="完成", percent=95), now=NOW)
    send_for_review(actor=lead.officer_actor, report_id=report.pk, now=NOW)
    submit_report(actor=lead.reviewer_actor, report_id=report.pk, now=NOW)
    accept_report(actor=made.above.coordinator_actor, report_id=report.pk, now=NOW)
    assert (made.part().percent, Report.objects.get(pk=report.pk).percent) == (30, 95)


def test_a_reopened_part_into_which_its_own_tasks_roll_up_is_known_to_have_come_as_far_as_they_say() -> None:
    made = city()
    lead, coordinator, task = made.above.leads[0], made.above.coordinator_actor, made.above.task
    accept_report(actor=coordinator, report_id=submitted_report(made.above, lead).pk, now=NOW)
    declare_done(actor=lead.reviewer_actor, assignment_id=made.part().pk, summary="完成", now=NOW)
    request_sign_off(actor=lead.reviewer_actor, assignment_id=made.part().pk, summary="完成", now=NOW)
    submit_sign_off(actor=coordinator, task_id=task.pk, now=NOW)
    sign_off(actor=coordinator, task_id=task.pk, opinion="", now=NOW)
    reopen(actor=coordinator, task_id=task.pk, reason="未达标", now=NOW)
    assert (made.part().known_percent, made.part().reopened_at) == (0, None)


def test_what_is_terminated_does_not_count() -> None:
    made = city()
    reported(made, 0, 60)
    terminate(actor=actor_of(made.coordinator), task_id=made.tasks[1].pk, reason="取消", now=NOW)
    assert made.part().percent == 60


def test_the_level_above_sees_the_task_and_its_figures_and_its_reports_only_when_opened() -> None:
    made = city()
    report = reported(made, 0, 60)
    above = made.above.coordinator_actor
    assert Task.objects.visible_to(above, now=NOW).filter(pk=made.tasks[0].pk).exists()
    fresh = Report.objects.get(pk=report.pk)
    assert not policy.may_read_report(above, fresh)
    assert policy.may_read_report(actor_of(made.coordinator), fresh)
    hidden = Report.objects.filter(policy.unreadable_above(above, "assignment__task__"))
    assert [row.pk for row in hidden] == [report.pk]
    assert not Report.objects.filter(policy.unreadable_above(actor_of(made.coordinator), "assignment__task__")).exists()
    show_reports_above(actor=actor_of(made.coordinator), task_id=made.tasks[0].pk, shown="yes", now=NOW)
    assert policy.may_read_report(above, Report.objects.get(pk=report.pk))
    with pytest.raises(Conflict):
        show_reports_above(actor=above, task_id=made.above.task.pk, shown="yes", now=NOW)


def test_who_also_works_in_a_department_reads_its_reports() -> None:
    made = city()
    report = reported(made, 0, 60)
    both = made.above.coordinator
    join(both, made.departments[0].agency, Role.OFFICER)
    assert policy.may_read_report(actor_of(both), Report.objects.get(pk=report.pk))


def test_progress_rolls_up_through_more_levels_than_one() -> None:
    made = city(number=1)
    county = make_member(made.departments[0].agency, Role.COORDINATOR)
    town = make_crew()
    task = draw_up_task(
        actor=actor_of(county),
        issuer_id=made.departments[0].agency.pk,
        title="县级分解事项",
        text="",
        receivers=[PlannedReceiver(Part.LEAD, agency_id=town.agency.pk)],
        due_on=made.above.task.due_on,
        parent_id=made.tasks[0].pk,
        now=NOW,
    )
    dispatch(actor=actor_of(county), task_ids=[task.pk], now=NOW)
    sign_for(actor=town.officer_actor, assignment_id=Assignment.objects.get(task=task).pk, now=NOW)
    reported(City(made.above, county, [task], [town]), 0, 80)
    assert Task.objects.get(pk=made.tasks[0].pk).percent == 80
    assert made.part().percent == 80


def test_the_rule_of_the_house_is_the_mean() -> None:
    assert Rules().roll_up == RollUp.MEAN == dispatched_task().task.roll_up


def test_a_part_is_passed_down_and_never_sideways_or_up() -> None:
    above = accepted_task(leads=2, supporters=1)
    mine, below = above.leads[0].agency, make_crew().agency
    coordinator = actor_of(make_member(mine, Role.COORDINATOR))
    group = make_group("全体单位", below, above.supporters[0].agency)

    def draw_up(*receivers: PlannedReceiver) -> Task:
        return draw_up_task(
            actor=coordinator, issuer_id=mine.pk, title="分解", text="", receivers=receivers, due_on=None, parent_id=above.task.pk, now=NOW
        )

    for agency in (above.leads[1].agency, above.supporters[0].agency, above.issuer):
        with pytest.raises(Invalid, match=agency.short_name):
            draw_up(PlannedReceiver(Part.LEAD, agency_id=agency.pk))
    with pytest.raises(Invalid):
        draw_up(PlannedReceiver(Part.LEAD, group_id=group.pk))
    task = draw_up(PlannedReceiver(Part.LEAD, agency_id=below.pk), PlannedReceiver(Part.SUPPORT, agency_id=mine.pk))
    with pytest.raises(Invalid):
        edit_task(
            actor=coordinator, task_id=task.pk, title="分解", text="", rhythm="none", now=NOW,
            receivers=[PlannedReceiver(Part.LEAD, agency_id=above.leads[1].agency.pk)],
        )  # fmt: skip
