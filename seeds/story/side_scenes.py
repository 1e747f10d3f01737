"""Side scenes: tasks that come from elsewhere than the plan, and a city that splits its part."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from agencies.actions.delegate import delegate
from agencies.models import Agency, User
from measures.models import Target
from oversight.models import TargetReading
from seeds.story.cast import agency_of
from seeds.story.plan import COORDINATOR, PlanOfTheStory
from workflow.actions.comment import comment, note
from workflow.actions.dispatch import dispatch
from workflow.actions.draw_up import PlannedReceiver, draw_up_task
from workflow.actions.follow import follow_task
from workflow.actions.papers import sign_paper
from workflow.actions.sign_for import sign_for
from workflow.ladder import Paper
from workflow.models import Assignment, Notice
from workflow.states import Circle, NoticeState, Part, Rhythm


def tasks_by_hand(story: PlanOfTheStory) -> None:
    """Enter a task from minutes, one not dispatched, a city's own split, a deputy, a bulletin, and values of targets."""
    story.diary.enter(9, 10, lambda now: _from_the_minutes(story, now))
    story.diary.enter(1, 11, lambda now: _not_dispatched(story, now))
    story.diary.enter(60, 10, lambda now: _city_splits(story, now))
    story.diary.enter(2, 17, lambda now: _deputy(story, now))
    story.diary.enter(6, 15, lambda now: _bulletin(story, now))
    story.diary.enter(5, 10, lambda now: _values_of_targets(story, now))


def _agency(short_name: str) -> int:
    return Agency.objects.get(short_name=short_name, ends_on=None).pk


def _from_the_minutes(story: PlanOfTheStory, moment: dt.datetime) -> None:
    actor = story.coordinator(moment)
    task = draw_up_task(
        actor=actor,
        issuer_id=agency_of(COORDINATOR, moment).pk,
        title="梳理要素市场化配置改革堵点问题清单",
        text="按照省政府专题会议纪要要求，梳理本领域改革堵点问题，形成清单并提出对策建议。",
        receivers=[
            PlannedReceiver(Part.LEAD, agency_id=_agency("省发展改革委")),
            PlannedReceiver(Part.SUPPORT, agency_id=_agency("省财政厅")),
            PlannedReceiver(Part.SUPPORT, agency_id=_agency("省科技厅")),
        ],
        due_on=story.diary.today + dt.timedelta(days=3),
        now=moment,
    )
    dispatch(actor=actor, task_ids=[task.pk], now=moment)
    lead = Assignment.objects.get(task=task, part=Part.LEAD)
    officer = story.cast.one_who_may("sign_for", lead.agency_id, moment)
    if officer is not None:
        sign_for(actor=officer, assignment_id=lead.pk, now=moment)
        comment(actor=officer, task_id=task.pk, text=f"@{actor.name} 清单模板是否沿用去年格式？", now=moment)
        note(actor=officer, task_id=task.pk, text="先请各处室于周三前报送堵点，再汇总。", now=moment)
    comment(actor=actor, task_id=task.pk, text="沿用去年格式，另增“建议牵头单位”一栏。", now=moment)
    follow_task(actor=actor, task_id=task.pk, now=moment)


def _not_dispatched(story: PlanOfTheStory, moment: dt.datetime) -> None:
    draw_up_task(
        actor=story.coordinator(moment),
        issuer_id=agency_of(COORDINATOR, moment).pk,
        title="开展行动方案实施情况中期评估",
        text="对照行动方案逐项评估目标完成情况，形成评估报告报领导小组。",
        receivers=[
            PlannedReceiver(Part.LEAD, agency_id=_agency("省委金融办")),
            PlannedReceiver(Part.SUPPORT, agency_id=_agency("人民银行广东省分行")),
        ],
        due_on=story.diary.today + dt.timedelta(days=75),
        rhythm=Rhythm.MONTHLY,
        now=moment,
    )


def _city_splits(story: PlanOfTheStory, moment: dt.datetime) -> None:
    """Let Shenzhen split its part among its own departments: the same program one level down."""
    actor = story.cast.named("shenzhen.coordinator", moment)
    city = agency_of("shenzhen.coordinator", moment)
    parent = story.task(16)
    task = draw_up_task(
        actor=actor,
        issuer_id=city.pk,
        title="深化数字人民币应用创新试点（深圳市分工）",
        text="分解落实省行动方案第16项任务，拓展数字人民币应用场景。",
        receivers=[
            PlannedReceiver(Part.LEAD, agency_id=_agency("深圳市委金融办")),
            PlannedReceiver(Part.SUPPORT, agency_id=_agency("福田区政府")),
        ],
        due_on=story.diary.today + dt.timedelta(days=100),
        rhythm=Rhythm.MONTHLY,
        parent_id=parent.pk,
        now=moment,
    )
    dispatch(actor=actor, task_ids=[task.pk], now=moment)
    for part in Assignment.objects.filter(task=task):
        officer = story.cast.one_who_may("sign_for", part.agency_id, moment)
        if officer is not None:
            sign_for(actor=officer, assignment_id=part.pk, now=moment)


def _bulletin(story: PlanOfTheStory, moment: dt.datetime) -> None:
    """Let the coordinator sign the first bulletin that the ladder drafted, and publish it to all with a part in the plan."""
    draft = Notice.objects.filter(kind=Paper.BULLETIN.value, state=NoticeState.DRAFT).order_by("pk").first()
    if draft is not None:
        actor = story.coordinator(moment)
        sign_paper(actor=actor, notice_id=draft.pk, title=draft.title, body=draft.body, circle=Circle.PLAN, now=moment)


VALUES = {
    "本外币贷款余额": {"2023-12-31": "27.1", "2024-06-30": "28.0", "2024-12-31": "28.9", "2025-06-30": "29.6", "2025-12-31": "30.2"},
    "制造业贷款余额": {"2023-12-31": "2.5", "2024-12-31": "2.8", "2025-06-30": "2.9", "2025-12-31": "3.1"},
    "普惠贷款余额": {"2023-12-31": "3.1", "2024-12-31": "3.3", "2025-12-31": "3.4"},
    "境内外上市公司总数": {"2023-12-31": "1290", "2024-12-31": "1370", "2025-12-31": "1420"},
    "绿色信贷余额": {"2024-06-30": "2.6", "2024-12-31": "2.9", "2025-06-30": "3.2"},
}
"""What was reported of some targets, by the day it speaks of; made up for the demonstration."""


def _values_of_targets(story: PlanOfTheStory, moment: dt.datetime) -> None:
    """Report how far some targets have come; of others nothing has been heard."""
    actor, agency = story.coordinator(moment), agency_of(COORDINATOR, moment)
    for target in Target.objects.filter(plan=story.plan, metric__in=VALUES):
        for day, value in VALUES[target.metric].items():
            if dt.date.fromisoformat(day) <= story.diary.today:
                TargetReading.objects.create(
                    target=target, read_on=dt.date.fromisoformat(day), value=Decimal(value), source="演示数据", agency=agency,
                    reported_by_id=actor.user_id or 0, reported_at=moment,
                )  # fmt: skip


def _deputy(story: PlanOfTheStory, moment: dt.datetime) -> None:
    """Let a reviewer name a deputy for the coming days."""
    reviewer = User.objects.get(username="sjrb.reviewer")
    delegate(
        actor=story.cast.named("sjrb.reviewer", moment),
        now=moment,
        delegator=reviewer,
        deputy=User.objects.get(username="sjrb.officer2"),
        agency=agency_of("sjrb.reviewer", moment),
        ends_at=story.diary.now + dt.timedelta(days=10),
        reason="出差期间由潘启航代为审核。",
    )
