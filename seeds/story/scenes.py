"""The scenes: what becomes of each task, so that every state, light and queue has something to show."""

from __future__ import annotations

import datetime as dt
from functools import partial

from seeds.story.joint_scenes import joint_work
from seeds.story.leader_scenes import what_the_leader_reads
from seeds.story.plan import DISPATCHED_DAYS_AGO, LATE_BATCH, LATE_BATCH_DAYS_AGO, PlanOfTheStory
from seeds.story.players import (
    close,
    declare_leads,
    put_up,
    report_result,
    report_until,
    sign_all,
)
from seeds.story.side_scenes import tasks_by_hand
from workflow.actions.co_sign import co_sign
from workflow.actions.decide_extension import grant_extension
from workflow.actions.hand_back import hand_back
from workflow.actions.instruct import instruct
from workflow.actions.interrupt import reopen, suspend, terminate
from workflow.actions.press import press
from workflow.actions.request_extension import request_extension
from workflow.actions.rule_on_hand_back import reroute
from workflow.models import Assignment, Report
from workflow.states import AssignmentState, Part, ReportState, TaskState

DILIGENT = frozenset({3, 4, 5, 7, 10, 11, 12, 13, 14, 15, 16, 17})
"""Measures whose leads report every period; the others' reports are missed now and then."""

NEVER_SIGNED = frozenset({"梅州市政府", "汕尾市政府", "云浮市政府"})
"""Cities that have not signed for everything, so that the list of the unsigned is not empty."""


def play(story: PlanOfTheStory) -> None:
    """Enter every scene into the diary."""
    _signing(story)
    _closed_and_closing(story)
    _interrupted(story)
    _late_and_pressed(story)
    _requests(story)
    _reports_in_every_state(story)
    tasks_by_hand(story)
    joint_work(story)
    what_the_leader_reads(story)


def everyday_reports(story: PlanOfTheStory, moment: dt.datetime) -> None:
    """Let the diligent leads submit what falls due soon, and the coordinator accept it."""
    soon = moment.date() + dt.timedelta(days=12)
    numbers = {story.task_ids[number] for number in DILIGENT}
    due = Report.objects.select_related("assignment", "assignment__task").filter(
        state=ReportState.DUE,
        on_demand=False,
        due_on__lte=soon,
        assignment__task__in=numbers,
        assignment__task__state=TaskState.DISPATCHED,
        assignment__state=AssignmentState.ACCEPTED,
    )
    for report in list(due.order_by("pk")):
        elapsed = (moment.date() - (story.diary.today - dt.timedelta(days=DISPATCHED_DAYS_AGO))).days
        length = max(((report.assignment.due_on or moment.date()) - story.diary.today).days + DISPATCHED_DAYS_AGO, 1)
        report_until(story, report, moment, ReportState.ACCEPTED, percent=min(90, 100 * elapsed // length))


def _signing(story: PlanOfTheStory) -> None:
    for day in range(1, 6):
        story.diary.enter(
            DISPATCHED_DAYS_AGO - day,
            10,
            partial(sign_all, story, share=day, of=5, but=NEVER_SIGNED, late_batch=False),
        )
    story.diary.enter(LATE_BATCH_DAYS_AGO - 2, 11, lambda now: sign_all(story, now, share=2, of=5, but=NEVER_SIGNED, late_batch=True))


def _closed_and_closing(story: PlanOfTheStory) -> None:
    enter = story.diary.enter
    for number, done_days_ago in ((1, 52), (2, 33), (17, 70)):
        enter(done_days_ago + 6, 9, partial(report_result, story, number))
        enter(done_days_ago + 4, 10, partial(declare_leads, story, number))
        enter(done_days_ago + 3, 11, partial(put_up, story, number))
        enter(done_days_ago, 15, partial(close, story, number))
    enter(
        25,
        10,
        lambda now: reopen(
            actor=story.coordinator(now), task_id=story.task_ids[17], reason="回头看抽查发现部分平台数据尚未实现共享，需继续整改。", now=now
        ),
    )
    enter(9, 9, lambda now: report_result(story, 3, now))
    enter(7, 10, lambda now: declare_leads(story, 3, now))
    enter(5, 11, lambda now: put_up(story, 3, now))
    enter(3, 15, lambda now: _one_remark(story, 3, now))
    enter(12, 9, lambda now: report_result(story, 4, now))
    enter(8, 10, lambda now: declare_leads(story, 4, now))
    enter(6, 11, lambda now: put_up(story, 4, now))
    enter(2, 15, lambda now: close(story, 4, now, decide=False))
    enter(4, 9, lambda now: report_result(story, 7, now, leads=2))
    enter(3, 10, lambda now: declare_leads(story, 7, now, leads=2))


def _one_remark(story: PlanOfTheStory, number: int, moment: dt.datetime) -> None:
    """Let the first agency asked agree with a remark; the others have not answered yet."""
    asked = story.task(number).sign_offs.get().co_signatures.select_related("assignment").first()
    if asked is None:
        return
    actor = story.cast.one_who_may("review", asked.assignment.agency_id, moment)
    if actor is not None:
        co_sign(actor=actor, assignment_id=asked.assignment_id, verdict="remark", remark="建议补充与监管部门的数据衔接安排。", now=moment)


def _interrupted(story: PlanOfTheStory) -> None:
    story.diary.enter(
        20,
        10,
        lambda now: suspend(
            actor=story.coordinator(now), task_id=story.task_ids[5], reason="国家有关部门正在修订配套制度，待新制度出台后恢复。", now=now
        ),
    )
    story.diary.enter(
        15,
        10,
        lambda now: terminate(
            actor=story.coordinator(now),
            task_id=story.task_ids[6],
            reason="经领导小组会议研究，该事项并入其他改革任务，不再单列。",
            now=now,
        ),
    )


def _late_and_pressed(story: PlanOfTheStory) -> None:
    def press_leads(number: int, text: str, moment: dt.datetime) -> None:
        leads = Assignment.objects.filter(task=story.task_ids[number], part=Part.LEAD, state=AssignmentState.ACCEPTED)
        for lead in leads:
            press(actor=story.coordinator(moment), assignment_id=lead.pk, text=text, now=moment)

    story.diary.enter(14, 9, lambda now: press_leads(8, "该事项已超期，请于三个工作日内报送进展和完成计划。", now))
    story.diary.enter(1, 9, lambda now: press_leads(9, "该事项已到期，请尽快补报。", now))
    story.diary.enter(
        10,
        16,
        lambda now: instruct(
            actor=story.cast.named("leader", now),
            task_id=story.task_ids[8],
            text="请金融办说明迟滞原因，提出赶超措施，按期专报。",
            answer_by=story.diary.today + dt.timedelta(days=9),
            now=now,
        ),
    )


def _requests(story: PlanOfTheStory) -> None:
    def ask(number: int, days: int, reason: str, moment: dt.datetime) -> None:
        lead = _lead(story, number)
        actor = story.cast.one_who_may("report", lead.agency_id, moment)
        if actor is not None:
            asked_for = story.diary.today + dt.timedelta(days=days)
            request_extension(actor=actor, assignment_id=lead.pk, asked_for=asked_for, reason=reason, now=moment)

    story.diary.enter(2, 14, lambda now: ask(12, 90, "跨境结算系统升级需与境外机构联调，联调窗口安排在下一季度。", now))
    story.diary.enter(30, 14, lambda now: ask(13, 80, "试验区申报材料需按国家部委意见修改完善。", now))
    story.diary.enter(
        26,
        10,
        lambda now: grant_extension(
            actor=story.coordinator(now),
            assignment_id=_lead(story, 13).pk,
            granted_to=story.diary.today + dt.timedelta(days=65),
            opinion="同意延期，请倒排工期，不得再次延期。",
            now=now,
        ),
    )
    story.diary.enter(3, 10, lambda now: _hand_back(story, 18, "省财政厅", "农业保险保费补贴不涉及本单位所列平台建设事项。", now))
    story.diary.enter(4, 10, lambda now: _hand_back(story, 20, "广州市政府", "碳排放权交易市场由省级统筹，本市无相应职权。", now))
    story.diary.enter(1, 10, lambda now: _reroute(story, 20, "广州市政府", "深圳市政府", now))


def _lead(story: PlanOfTheStory, number: int) -> Assignment:
    return Assignment.objects.filter(task=story.task_ids[number], part=Part.LEAD).order_by("rank")[0]


def _part(story: PlanOfTheStory, number: int, agency: str) -> Assignment:
    return Assignment.objects.get(task=story.task_ids[number], agency__short_name=agency, agency__ends_on=None)


def _hand_back(story: PlanOfTheStory, number: int, agency: str, reason: str, moment: dt.datetime) -> None:
    part = _part(story, number, agency)
    actor = story.cast.one_who_may("report", part.agency_id, moment)
    if actor is not None:
        hand_back(actor=actor, assignment_id=part.pk, reason=reason, legal_basis="本单位职能配置、内设机构和人员编制规定", now=moment)


def _reroute(story: PlanOfTheStory, number: int, agency: str, to: str, moment: dt.datetime) -> None:
    target = Assignment.objects.filter(agency__short_name=to, agency__ends_on=None).values_list("agency_id", flat=True)[0]
    reroute(
        actor=story.coordinator(moment),
        assignment_id=_part(story, number, agency).pk,
        agency_id=target,
        opinion="改由深圳市政府配合，广州市政府不再承担。",
        now=moment,
    )


def _reports_in_every_state(story: PlanOfTheStory) -> None:
    for number, state in (
        (9, ReportState.RETURNED),
        (14, ReportState.AGENCY_REVIEW),
        (15, ReportState.DRAFT),
        (16, ReportState.SUBMITTED),
        (10, ReportState.DUE),
    ):
        story.diary.enter(2, 9, partial(report_result, story, number, until=state, percent=55))


__all__ = ["LATE_BATCH", "everyday_reports", "play"]
