"""Joint scenes: plans of leads, contributions of supporters to a report, and tasks that are looked at again after their sign-off."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from agencies.models import User
from seeds.story.cast import agency_of
from seeds.story.plan import COORDINATOR, PlanOfTheStory
from workflow.actions.recheck import draw_recheck, record_recheck
from workflow.actions.write_contribution import save_contribution, send_contribution, send_contribution_for_review
from workflow.actions.write_work_plan import (
    Step,
    begin_work_plan,
    file_work_plan,
    save_work_plan,
    send_work_plan_for_review,
)
from workflow.models import Assignment, Contribution
from workflow.states import AssignmentState, ContributionState, Part, TaskState

LEAD = "sjrb.officer"


def joint_work(story: PlanOfTheStory) -> None:
    """Enter the plans of a lead, what supporters contribute to its report, and a re-check with one answer of two."""
    story.diary.enter(120, 10, lambda now: _plans(story, now, slice(2), "成立工作专班，按季度推进，年底前形成可推广成果。"))
    story.diary.enter(28, 11, lambda now: _plans(story, now, slice(1), "结合中期评估调整进度，先行试点，成熟一项推广一项。"))
    story.diary.enter(1, 16, lambda now: _plans(story, now, slice(2, 3), "会同配合单位制定任务清单，逐项销号。", release=False))
    story.diary.enter(1, 14, lambda now: _supporters_write(story, now))
    story.diary.enter(4, 15, lambda now: _looked_at_again(story, now))


def _plans(story: PlanOfTheStory, moment: dt.datetime, which: slice, text: str, *, release: bool = True) -> None:
    """Let a lead plan some of the parts that it has longest to do, with steps from now to the due date."""
    agency, today = agency_of(LEAD, moment), timezone.localdate(moment)
    officer = story.cast.named(LEAD, moment)
    reviewer = story.cast.one_who_may("review", agency.pk, moment, but=officer.user_id)
    parts = Assignment.objects.filter(
        agency=agency, part=Part.LEAD, state=AssignmentState.ACCEPTED, task__state=TaskState.DISPATCHED, due_on__gt=today
    )
    for part in parts.order_by("-due_on", "pk")[which]:
        due_on = part.due_on or today
        days = [min(today + dt.timedelta(days=14), due_on), today + (due_on - today) / 2, due_on]
        tasks = ("印发实施细则，明确责任分工", "完成首批试点并组织评估", "总结推广，报送办理结果")
        steps = [Step(day, what, who) for day, what, who in zip(days, tasks, ("综合处", "业务处", "综合处"), strict=True)]
        row = begin_work_plan(actor=officer, assignment_id=part.pk, now=moment)
        save_work_plan(actor=officer, workplan_id=row.pk, text=text, steps=steps, now=moment)
        send_work_plan_for_review(actor=officer, workplan_id=row.pk, now=moment)
        if release and reviewer is not None:
            file_work_plan(actor=reviewer, workplan_id=row.pk, now=moment)


def _supporters_write(story: PlanOfTheStory, moment: dt.datetime) -> None:
    waiting = Contribution.objects.filter(
        state=ContributionState.ASKED,
        period_end__gte=timezone.localdate(moment),  # the lead's report of that period has not gone out yet
        assignment__task__state=TaskState.DISPATCHED,
        assignment__task__assignments__agency=agency_of(LEAD, moment),
        assignment__task__assignments__part=Part.LEAD,
    )
    asked = waiting.select_related("assignment").order_by("due_on", "pk")
    words = ("已完成本部门负责的数据接口改造，可供本期汇总。", "本部门配套措施已征求意见，拟于下月印发。")
    for row, text in zip(asked, words, strict=False):
        agency_id = row.assignment.agency_id
        officer = story.cast.one_who_may("report", agency_id, moment)
        if officer is None:
            continue
        save_contribution(actor=officer, contribution_id=row.pk, text=text, now=moment)
        send_contribution_for_review(actor=officer, contribution_id=row.pk, now=moment)
        reviewer = story.cast.one_who_may("review", agency_id, moment, but=officer.user_id)
        if reviewer is not None and text == words[0]:
            send_contribution(actor=reviewer, contribution_id=row.pk, now=moment)


def _looked_at_again(story: PlanOfTheStory, moment: dt.datetime) -> None:
    today = timezone.localdate(moment)
    sample = draw_recheck(
        actor=story.coordinator(moment),
        agency_id=agency_of(COORDINATOR, moment).pk,
        title="已销号事项“回头看”抽查",
        closed_from=today - dt.timedelta(days=90),
        closed_to=today,
        size=2,
        now=moment,
    )
    first = sample.items.order_by("pk").first()
    second = User.objects.get(username="szfb.coordinator2")
    if first is not None:
        finding = "现场抽查，成果持续运行，未见反弹。"
        record_recheck(actor=story.cast.named(second.username, moment), task_id=first.task_id, result="holds", finding=finding, now=moment)
