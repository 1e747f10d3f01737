"""The life of a task, act by act, and what each act refuses."""

from __future__ import annotations

import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries as AssertQueries

from agencies.refusals import Conflict, Forbidden, Invalid, NotYours
from tests.factories.directory import NOW, TODAY, actor_of, make_agency, make_group
from tests.factories.tasks import (
    accepted_task,
    closing_task,
    declared_task,
    dispatched_task,
    draft_task,
    make_crew,
    open_report,
    submitted_report,
)
from workflow import grants
from workflow.actions.co_sign import co_sign
from workflow.actions.decide_extension import grant_extension, refuse_extension
from workflow.actions.decide_sign_off import return_sign_off, sign_off
from workflow.actions.declare_done import declare_done
from workflow.actions.dispatch import dispatch
from workflow.actions.draw_up import PlannedReceiver
from workflow.actions.hand_back import hand_back
from workflow.actions.interrupt import reopen, resume, suspend, terminate
from workflow.actions.judge_report import accept_report, return_report
from workflow.actions.plan_task import edit_task, set_due
from workflow.actions.press import press
from workflow.actions.rearrange import withdraw_assignment
from workflow.actions.release_report import submit_report
from workflow.actions.request_extension import request_extension
from workflow.actions.request_sign_off import request_sign_off
from workflow.actions.rule_on_hand_back import reroute, uphold
from workflow.actions.sign_for import sign_for
from workflow.actions.write_report import ReportText, save_report, send_for_review
from workflow.models import Assignment, Event, Participation, Report, Task
from workflow.states import AssignmentState, Part, ReportState, Rhythm, SignOffState, TaskState
from workflow.timeline import Verb

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _link_rows_agree() -> object:
    yield
    assert grants.differences() == []


def verbs(task: Task) -> list[str]:
    return list(Event.objects.filter(task=task).order_by("sequence").values_list("verb", flat=True))


def test_dispatch_gives_each_agency_its_assignment_and_records_each() -> None:
    stage = dispatched_task(leads=2, supporters=3)
    assert stage.task.state == TaskState.DISPATCHED
    parts = list(Assignment.objects.filter(task=stage.task).order_by("part", "rank"))
    assert [(part.part, part.rank, part.state) for part in parts] == [
        ("lead", 1, "pending"),
        ("lead", 2, "pending"),
        ("support", 1, "pending"),
        ("support", 2, "pending"),
        ("support", 3, "pending"),
    ]
    assert verbs(stage.task) == ["draw_up", "dispatch", *["assign"] * 5]


def test_dispatch_expands_groups_and_asks_nobody_twice() -> None:
    stage = draft_task(leads=1, supporters=1)
    cities = [make_agency(f"第{n}市政府") for n in range(3)]
    group = make_group("各地级以上市政府", *cities, stage.leads[0].agency)
    lead, support = stage.leads[0].agency, stage.supporters[0].agency
    edit_task(
        actor=stage.coordinator_actor,
        task_id=stage.task.pk,
        title=stage.task.title,
        text=stage.task.text,
        rhythm=Rhythm.QUARTERLY,
        receivers=[
            PlannedReceiver(Part.LEAD, agency_id=lead.pk),
            PlannedReceiver(Part.SUPPORT, group_id=group.pk),
            PlannedReceiver(Part.SUPPORT, agency_id=support.pk),
        ],
        now=NOW,
    )
    dispatch(actor=stage.coordinator_actor, task_ids=[stage.task.pk], now=NOW)
    parts = list(Assignment.objects.filter(task=stage.task).order_by("part", "rank"))
    assert [(part.agency_id, part.group_id) for part in parts] == [
        (lead.pk, None),
        *[(city.pk, group.pk) for city in cities],
        (support.pk, None),
    ]
    assert list(Report.objects.filter(assignment__task=stage.task).values_list("assignment__agency", "state")) == [(lead.pk, "due")]


def test_dispatch_costs_the_same_for_one_task_and_for_ten(django_assert_max_num_queries: AssertQueries) -> None:
    stages = [draft_task() for _ in range(2)]
    with django_assert_max_num_queries(40) as few:
        dispatch(actor=stages[0].coordinator_actor, task_ids=[stages[0].task.pk], now=NOW)
    many = draft_task()
    more = [many.task.pk]
    for _ in range(9):
        other = draft_task()
        Task.objects.filter(pk=other.task.pk).update(issuer=many.issuer)
        Participation.objects.filter(task=other.task, tie="issuer").update(agency=many.issuer)
        more.append(other.task.pk)
    with django_assert_max_num_queries(len(few.captured_queries)):
        dispatch(actor=many.coordinator_actor, task_ids=more, now=NOW)


def test_dispatch_is_refused_while_a_receiver_is_unknown() -> None:
    stage = draft_task()
    stage.task.receivers.create(name_as_written="省不存在的厅", part=Part.SUPPORT, rank=9)
    with pytest.raises(Conflict, match="省不存在的厅"):
        dispatch(actor=stage.coordinator_actor, task_ids=[stage.task.pk], now=NOW)
    assert stage.reload().state == TaskState.DRAFT


def test_dispatch_twice_is_a_conflict() -> None:
    stage = dispatched_task()
    with pytest.raises(Conflict):
        dispatch(actor=stage.coordinator_actor, task_ids=[stage.task.pk], now=NOW)
    assert Assignment.objects.filter(task=stage.task).count() == 2


def test_a_draft_is_invisible_to_the_agencies_it_will_go_to() -> None:
    stage = draft_task()
    assert not Task.objects.visible_to(stage.leads[0].officer_actor, now=NOW).exists()
    assert Task.objects.visible_to(stage.coordinator_actor, now=NOW).get() == stage.task


def test_sign_for_by_another_agency_is_404() -> None:
    stage, stranger = dispatched_task(), make_crew()
    with pytest.raises(NotYours):
        sign_for(actor=stranger.officer_actor, assignment_id=stage.part_of(stage.leads[0]).pk, now=NOW)


def test_sign_for_the_part_of_a_fellow_agency_is_403() -> None:
    stage = dispatched_task()
    with pytest.raises(Forbidden):
        sign_for(actor=stage.supporters[0].officer_actor, assignment_id=stage.part_of(stage.leads[0]).pk, now=NOW)


def test_sign_for_twice_is_409_and_leaves_one_event() -> None:
    stage = dispatched_task()
    lead = stage.leads[0]
    part = stage.part_of(lead)
    sign_for(actor=lead.officer_actor, assignment_id=part.pk, now=NOW)
    with pytest.raises(Conflict):
        sign_for(actor=lead.reviewer_actor, assignment_id=part.pk, now=NOW)
    assert verbs(stage.task).count("sign_for") == 1
    assert stage.part_of(lead).officer == lead.officer


def test_a_stale_page_is_409() -> None:
    stage = dispatched_task()
    lead = stage.leads[0]
    with pytest.raises(Conflict):
        sign_for(actor=lead.officer_actor, assignment_id=stage.part_of(lead).pk, version=99, now=NOW)


def test_a_report_goes_from_draft_over_review_to_accepted_and_moves_the_progress() -> None:
    stage = accepted_task(leads=2)
    report = submitted_report(stage, stage.leads[0], percent=60)
    assert report.state == ReportState.SUBMITTED
    accept_report(actor=stage.coordinator_actor, report_id=report.pk, now=NOW)
    assert stage.part_of(stage.leads[0]).percent == 60
    assert stage.reload().percent == 30


def test_nobody_releases_what_they_wrote() -> None:
    stage = accepted_task()
    lead = stage.leads[0]
    report = open_report(stage, lead)
    save_report(actor=lead.reviewer_actor, report_id=report.pk, text=ReportText(done="完成", percent=10), now=NOW)
    send_for_review(actor=lead.reviewer_actor, report_id=report.pk, now=NOW)
    with pytest.raises(Forbidden):
        submit_report(actor=lead.reviewer_actor, report_id=report.pk, now=NOW)


def test_a_report_that_says_nothing_is_not_sent_for_review() -> None:
    stage = accepted_task()
    lead = stage.leads[0]
    report = open_report(stage, lead)
    save_report(actor=lead.officer_actor, report_id=report.pk, text=ReportText(percent=10), now=NOW)
    with pytest.raises(Conflict):
        send_for_review(actor=lead.officer_actor, report_id=report.pk, now=NOW)


@pytest.mark.parametrize("percent", [-1, 101])
def test_progress_outside_0_to_100_is_invalid(percent: int) -> None:
    stage = accepted_task()
    report = open_report(stage, stage.leads[0])
    with pytest.raises(Invalid):
        save_report(actor=stage.leads[0].officer_actor, report_id=report.pk, text=ReportText(percent=percent), now=NOW)


def test_a_returned_report_is_written_and_submitted_again() -> None:
    stage = accepted_task()
    lead = stage.leads[0]
    report = submitted_report(stage, lead)
    return_report(actor=stage.coordinator_actor, report_id=report.pk, remark="请补充数据。", now=NOW)
    save_report(actor=lead.officer_actor, report_id=report.pk, text=ReportText(done="补充数据。", percent=50), now=NOW)
    send_for_review(actor=lead.officer_actor, report_id=report.pk, now=NOW)
    assert submit_report(actor=lead.reviewer_actor, report_id=report.pk, now=NOW).state == ReportState.SUBMITTED


def test_a_hand_back_upheld_stays_with_the_agency_and_gives_the_days_back() -> None:
    stage = dispatched_task()
    lead = stage.leads[0]
    part = stage.part_of(lead)
    hand_back(actor=lead.officer_actor, assignment_id=part.pk, reason="非我单位职责", legal_basis="三定规定", now=NOW)
    assert stage.part_of(lead).state == AssignmentState.DISPUTED
    later = NOW + dt.timedelta(days=7)
    uphold(actor=stage.coordinator_actor, assignment_id=part.pk, opinion="属你单位职责。", now=later)
    part = stage.part_of(lead)
    assert part.state == AssignmentState.PENDING
    assert part.due_on is not None
    assert part.first_due_on == TODAY + dt.timedelta(days=60)
    assert part.due_on > part.first_due_on
    assert part.due_version == 2


def test_a_hand_back_rerouted_moves_the_part_and_takes_the_sight_away() -> None:
    stage = dispatched_task()
    lead, other = stage.leads[0], make_crew()
    hand_back(actor=lead.officer_actor, assignment_id=stage.part_of(lead).pk, reason="非我单位职责", legal_basis="三定规定", now=NOW)
    successor = reroute(
        actor=stage.coordinator_actor, assignment_id=stage.part_of(lead).pk, agency_id=other.agency.pk, opinion="改由你单位牵头。", now=NOW
    )
    assert (successor.agency, successor.part, successor.state) == (other.agency, Part.LEAD, AssignmentState.PENDING)
    assert not Task.objects.visible_to(lead.officer_actor, now=NOW).exists()
    assert Task.objects.visible_to(other.officer_actor, now=NOW).exists()


def test_a_hand_back_after_ten_working_days_is_refused() -> None:
    stage = dispatched_task()
    lead = stage.leads[0]
    with pytest.raises(Conflict):
        hand_back(
            actor=lead.officer_actor,
            assignment_id=stage.part_of(lead).pk,
            reason="非我单位职责",
            legal_basis="三定规定",
            now=NOW + dt.timedelta(days=15),
        )


def test_granting_more_time_keeps_the_first_date_and_moves_the_task() -> None:
    stage = accepted_task()
    lead = stage.leads[0]
    part = stage.part_of(lead)
    asked, granted = TODAY + dt.timedelta(days=90), TODAY + dt.timedelta(days=80)
    request_extension(actor=lead.officer_actor, assignment_id=part.pk, asked_for=asked, reason="需要协调", now=NOW)
    grant_extension(actor=stage.coordinator_actor, assignment_id=part.pk, granted_to=granted, opinion="", now=NOW)
    part = stage.part_of(lead)
    assert (part.due_on, part.first_due_on, part.due_version) == (granted, TODAY + dt.timedelta(days=60), 2)
    assert stage.reload().due_on == granted
    assert stage.part_of(stage.supporters[0]).due_on == granted


def test_more_time_is_asked_for_before_the_due_date_only() -> None:
    stage = accepted_task()
    lead = stage.leads[0]
    with pytest.raises(Conflict):
        request_extension(
            actor=lead.officer_actor,
            assignment_id=stage.part_of(lead).pk,
            asked_for=TODAY + dt.timedelta(days=90),
            reason="需要协调",
            now=NOW + dt.timedelta(days=61),
        )


def test_refusing_more_time_needs_a_reason() -> None:
    stage = accepted_task()
    lead = stage.leads[0]
    part = stage.part_of(lead)
    request_extension(actor=lead.officer_actor, assignment_id=part.pk, asked_for=TODAY + dt.timedelta(days=90), reason="需要协调", now=NOW)
    with pytest.raises(Invalid):
        refuse_extension(actor=stage.coordinator_actor, assignment_id=part.pk, opinion="  ", now=NOW)


def test_a_lead_declares_done_only_after_a_report_was_accepted() -> None:
    stage = accepted_task()
    lead = stage.leads[0]
    with pytest.raises(Conflict):
        declare_done(actor=lead.reviewer_actor, assignment_id=stage.part_of(lead).pk, summary="完成", now=NOW)


def test_sign_off_waits_for_every_lead() -> None:
    stage = accepted_task(leads=2)
    first = stage.leads[0]
    report = submitted_report(stage, first)
    accept_report(actor=stage.coordinator_actor, report_id=report.pk, now=NOW)
    declare_done(actor=first.reviewer_actor, assignment_id=stage.part_of(first).pk, summary="完成", now=NOW)
    with pytest.raises(Conflict, match=stage.leads[1].agency.short_name):
        request_sign_off(actor=first.reviewer_actor, assignment_id=stage.part_of(first).pk, summary="完成", now=NOW)


def test_a_task_is_signed_off_after_everybody_asked_has_answered() -> None:
    stage = closing_task(leads=2, supporters=1)
    with pytest.raises(Conflict):
        sign_off(actor=stage.coordinator_actor, task_id=stage.task.pk, opinion="", now=NOW)
    for crew in (stage.leads[1], stage.supporters[0]):
        co_sign(actor=crew.reviewer_actor, assignment_id=stage.part_of(crew).pk, verdict="agree", now=NOW)
    assert stage.task.sign_offs.get().state == SignOffState.UNDER_REVIEW
    task = sign_off(actor=stage.coordinator_actor, task_id=stage.task.pk, opinion="同意销号。", now=NOW)
    assert task.state == TaskState.CLOSED
    assert set(Assignment.objects.filter(task=task).values_list("state", flat=True)) == {AssignmentState.CONFIRMED}
    with pytest.raises(Conflict):
        sign_off(actor=stage.coordinator_actor, task_id=stage.task.pk, opinion="", now=NOW)
    assert verbs(task).count("sign_off") == 1


def test_an_objection_says_why() -> None:
    stage = closing_task()
    supporter = stage.supporters[0]
    with pytest.raises(Invalid):
        co_sign(actor=supporter.reviewer_actor, assignment_id=stage.part_of(supporter).pk, verdict="object", now=NOW)


def test_a_returned_task_goes_back_to_its_leads_and_can_be_put_up_again() -> None:
    stage = closing_task(supporters=0)
    return_sign_off(actor=stage.coordinator_actor, task_id=stage.task.pk, opinion="材料不全。", now=NOW)
    lead = stage.leads[0]
    assert stage.reload().state == TaskState.DISPATCHED
    assert stage.part_of(lead).state == AssignmentState.ACCEPTED
    declare_done(actor=lead.reviewer_actor, assignment_id=stage.part_of(lead).pk, summary="补充完成", now=NOW)
    again = request_sign_off(actor=lead.reviewer_actor, assignment_id=stage.part_of(lead).pk, summary="补充完成", now=NOW)
    assert again.round == 2


def test_a_signed_off_task_is_reopened_with_its_history() -> None:
    stage = closing_task(supporters=0)
    sign_off(actor=stage.coordinator_actor, task_id=stage.task.pk, opinion="", now=NOW)
    reopen(actor=stage.coordinator_actor, task_id=stage.task.pk, reason="回头看发现问题。", now=NOW)
    assert stage.reload().state == TaskState.DISPATCHED
    assert stage.part_of(stage.leads[0]).state == AssignmentState.ACCEPTED
    assert verbs(stage.task)[-1] == Verb.REOPEN


def test_a_suspension_gives_the_days_back_to_the_task_and_its_parts() -> None:
    stage = accepted_task()
    suspend(actor=stage.coordinator_actor, task_id=stage.task.pk, reason="政策调整", now=NOW)
    lead = stage.leads[0]
    with pytest.raises(Conflict):
        press(actor=stage.coordinator_actor, assignment_id=stage.part_of(lead).pk, text="请抓紧", now=NOW)
    resume(actor=stage.coordinator_actor, task_id=stage.task.pk, now=NOW + dt.timedelta(days=14))
    task = stage.reload()
    assert task.due_on is not None
    assert task.due_on > TODAY + dt.timedelta(days=60)
    assert stage.part_of(lead).due_on == task.due_on


def test_terminating_ends_every_open_part_and_leaves_it_readable() -> None:
    stage = accepted_task()
    terminate(actor=stage.coordinator_actor, task_id=stage.task.pk, reason="任务取消", now=NOW)
    assert set(Assignment.objects.filter(task=stage.task).values_list("state", flat=True)) == {AssignmentState.WITHDRAWN}
    assert Task.objects.visible_to(stage.leads[0].officer_actor, now=NOW).exists()


def test_a_withdrawn_agency_loses_sight_and_the_last_lead_cannot_be_withdrawn() -> None:
    stage = accepted_task()
    supporter = stage.supporters[0]
    withdraw_assignment(actor=stage.coordinator_actor, assignment_id=stage.part_of(supporter).pk, reason="调整分工", now=NOW)
    assert not Task.objects.visible_to(supporter.officer_actor, now=NOW).exists()
    with pytest.raises(Conflict):
        withdraw_assignment(actor=stage.coordinator_actor, assignment_id=stage.part_of(stage.leads[0]).pk, reason="调整分工", now=NOW)


def test_setting_a_due_date_in_the_past_is_invalid() -> None:
    stage = draft_task()
    with pytest.raises(Invalid):
        set_due(actor=stage.coordinator_actor, task_ids=[stage.task.pk], due_on=TODAY - dt.timedelta(days=1), now=NOW)


def test_acts_of_the_issuer_are_forbidden_to_the_agencies() -> None:
    stage = declared_task()
    actor = actor_of(stage.leads[0].reviewer)
    with pytest.raises(Forbidden):
        suspend(actor=actor, task_id=stage.task.pk, reason="理由", now=NOW)
    with pytest.raises(Forbidden):
        terminate(actor=actor, task_id=stage.task.pk, reason="理由", now=NOW)


def test_a_returned_report_that_its_reviewer_writes_again_was_released_by_nobody() -> None:
    stage = accepted_task()
    lead = stage.leads[0]
    report = submitted_report(stage, lead)
    return_report(actor=stage.coordinator_actor, report_id=report.pk, remark="请补充", now=NOW)
    save_report(actor=lead.reviewer_actor, report_id=report.pk, text=ReportText(done="重写", percent=50), now=NOW)
    report.refresh_from_db(fields=["author", "reviewer", "reviewer_confidence"])
    assert (report.author_id, report.reviewer_id, report.reviewer_confidence) == (lead.reviewer.pk, None, "")
