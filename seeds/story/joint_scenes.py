"""Joint scenes: supporters who write their contribution to a report, and tasks that are looked at again after their sign-off."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from agencies.models import User
from seeds.story.cast import agency_of
from seeds.story.plan import COORDINATOR, PlanOfTheStory
from workflow.actions.recheck import draw_recheck, record_recheck
from workflow.actions.write_contribution import save_contribution, send_contribution, send_contribution_for_review
from workflow.models import Contribution
from workflow.states import ContributionState, Part, TaskState

LEAD = "sjrb.officer"


def joint_work(story: PlanOfTheStory) -> None:
    """Enter what supporters contribute to a lead's report, and a re-check with one answer of two."""
    story.diary.enter(1, 14, lambda now: _supporters_write(story, now))
    story.diary.enter(4, 15, lambda now: _looked_at_again(story, now))


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
