"""What the people of the story do again and again: sign, report, declare, put up, close."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from seeds.story.plan import LATE_BATCH, PlanOfTheStory
from workflow.actions.co_sign import co_sign
from workflow.actions.decide_sign_off import sign_off
from workflow.actions.declare_done import declare_done
from workflow.actions.judge_report import accept_report, return_report
from workflow.actions.release_report import submit_report
from workflow.actions.request_sign_off import request_sign_off
from workflow.actions.sign_for import sign_for
from workflow.actions.write_report import ReportText, ask_for_report, attach_evidence, save_report, send_for_review
from workflow.models import Assignment, Report
from workflow.states import AssignmentState, Part, ReportState, Verdict

ORDER = [ReportState.DUE, ReportState.DRAFT, ReportState.AGENCY_REVIEW, ReportState.SUBMITTED]


def sign_all(story: PlanOfTheStory, moment: dt.datetime, *, share: int, of: int, but: Collection[str], late_batch: bool) -> None:
    """Let the agencies whose turn it is sign for what they were given; `share` of `of` groups have had their turn then."""
    tasks = {pk for number, pk in story.task_ids.items() if (number in LATE_BATCH) == late_batch}
    pending = Assignment.objects.select_related("agency").filter(task__in=tasks, state=AssignmentState.PENDING)
    for part in list(pending.order_by("pk")):
        if part.agency_id % of >= share or (part.agency.short_name in but and part.task_id % 3):
            continue
        actor = story.cast.one_who_may("sign_for", part.agency_id, moment)
        if actor is not None:
            sign_for(actor=actor, assignment_id=part.pk, now=moment)


def report_until(
    story: PlanOfTheStory, report: Report, moment: dt.datetime, state: str, *, percent: int, text: ReportText | None = None
) -> None:
    """Carry a report from the empty row to a state, as its agency and the coordinator would, in the given words or in the usual ones."""
    agency_id = report.assignment.agency_id
    officer = story.cast.one_who_may("report", agency_id, moment)
    reviewer = story.cast.one_who_may("review", agency_id, moment, but=officer.user_id if officer else None)
    if officer is None or reviewer is None or state == ReportState.DUE:
        return
    save_report(actor=officer, report_id=report.pk, text=text or _text(report, percent), now=moment)
    if state == ReportState.DRAFT:
        return
    if percent == 100:  # noqa: PLR2004 - done
        attach_evidence(
            actor=officer,
            report_id=report.pk,
            filename="成果清单.txt",
            content="成果清单：制度文件、平台上线证明、运行数据。".encode(),
            now=moment,
        )
    send_for_review(actor=officer, report_id=report.pk, now=moment)
    if state == ReportState.AGENCY_REVIEW:
        return
    submit_report(actor=reviewer, report_id=report.pk, now=moment)
    if state == ReportState.ACCEPTED:
        accept_report(actor=story.coordinator(moment), report_id=report.pk, now=moment)
    elif state == ReportState.RETURNED:
        return_report(actor=story.coordinator(moment), report_id=report.pk, remark="缺少量化数据，请补充后重新报送。", now=moment)


def report_result(
    story: PlanOfTheStory,
    number: int,
    moment: dt.datetime,
    *,
    leads: int | None = None,
    until: str = ReportState.ACCEPTED,
    percent: int = 100,
) -> None:
    """Let the leads of a task report out of turn, all of them or the first few."""
    for lead in _leads(story, number)[:leads]:
        if lead.state != AssignmentState.ACCEPTED:
            continue
        _clear_the_desk(story, lead, moment)
        report = ask_for_report(actor=story.coordinator(moment), assignment_id=lead.pk, comment="请报送该事项最新进展。", now=moment)
        report.assignment = lead
        report_until(story, report, moment, until, percent=percent)


def report_in_words(story: PlanOfTheStory, number: int, text: ReportText, moment: dt.datetime) -> None:
    """Let the first lead of a task report in words of its own, and the coordinator accept it."""
    lead = _leads(story, number)[0]
    _clear_the_desk(story, lead, moment)
    report = ask_for_report(
        actor=story.coordinator(moment), assignment_id=lead.pk, comment="请说明未按期完成的原因和下步措施。", now=moment
    )
    report.assignment = lead
    report_until(story, report, moment, ReportState.ACCEPTED, percent=text.percent or 0, text=text)


def declare_leads(story: PlanOfTheStory, number: int, moment: dt.datetime, *, leads: int | None = None) -> None:
    """Let the leads declare their parts done."""
    for lead in _leads(story, number)[:leads]:
        reviewer = story.cast.one_who_may("review", lead.agency_id, moment)
        if reviewer is not None and lead.state == AssignmentState.ACCEPTED:
            _clear_the_desk(story, lead, moment)
            declare_done(
                actor=reviewer, assignment_id=lead.pk, summary="方案所列事项已全部完成，配套制度已印发，平台运行正常。", now=moment
            )


def put_up(story: PlanOfTheStory, number: int, moment: dt.datetime) -> None:
    """Let the first lead put the task up for sign-off."""
    lead = _leads(story, number)[0]
    reviewer = story.cast.one_who_may("review", lead.agency_id, moment)
    if reviewer is not None:
        request_sign_off(actor=reviewer, assignment_id=lead.pk, summary="各项举措均已落地见效，申请办结销号。", now=moment)


def close(story: PlanOfTheStory, number: int, moment: dt.datetime, *, decide: bool = True) -> None:
    """Let everybody asked agree, and the coordinator sign off unless the decision is left open."""
    round_ = story.task(number).sign_offs.order_by("-round")[0]
    for asked in round_.co_signatures.select_related("assignment").filter(verdict=Verdict.WAITING).order_by("pk"):
        actor = story.cast.one_who_may("review", asked.assignment.agency_id, moment)
        if actor is not None:
            co_sign(actor=actor, assignment_id=asked.assignment_id, verdict=Verdict.AGREE, now=moment)
    if decide:
        sign_off(actor=story.coordinator(moment), task_id=story.task_ids[number], opinion="经审核，同意销号。", now=moment)


def _leads(story: PlanOfTheStory, number: int) -> list[Assignment]:
    leads = Assignment.objects.select_related("task").filter(task=story.task_ids[number], part=Part.LEAD)
    return list(leads.exclude(state__in=[AssignmentState.REROUTED, AssignmentState.WITHDRAWN]).order_by("rank"))


def _clear_the_desk(story: PlanOfTheStory, lead: Assignment, moment: dt.datetime) -> None:
    """Let what is already under way be finished first."""
    for report in Report.objects.select_related("assignment").filter(assignment=lead, state=ReportState.SUBMITTED):
        accept_report(actor=story.coordinator(moment), report_id=report.pk, now=moment)
    for report in Report.objects.select_related("assignment").filter(assignment=lead, state=ReportState.RETURNED):
        report_until(story, report, moment, ReportState.ACCEPTED, percent=90)


def _text(report: Report, percent: int) -> ReportText:
    task = report.assignment.task
    if percent == 100:  # noqa: PLR2004 - done
        return ReportText(
            done=f"“{task.title.rstrip('。')}”各项举措已完成：配套文件已印发实施，平台（机制）已建成运行，并完成自查。",
            next_steps="做好常态化运行和跟踪评估。",
            percent=100,
            confidence=Report.Confidence.HIGH,
        )
    return ReportText(
        done=f"围绕“{task.title.rstrip('。')}”，已制定工作方案，召开专题协调会两次，完成基础调研并形成政策初稿。",
        next_steps="征求各地市和有关部门意见，按程序报批后组织实施。",
        problems="部分事项涉及中央事权，需进一步争取支持。" if percent < 50 else "",  # noqa: PLR2004 - half-way
        percent=percent,
        forecast_on=report.assignment.due_on,
        confidence=Report.Confidence.MEDIUM if percent < 50 else Report.Confidence.HIGH,  # noqa: PLR2004 - half-way
    )
