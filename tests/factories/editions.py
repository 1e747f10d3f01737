"""A plan with running tasks, and the document that is to be its next edition."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from agencies.actor import Actor
from agencies.models import Agency, Role, User
from measures.actions.edit_upload import edit_upload
from measures.editions import changes_of
from measures.models import Plan, Upload
from measures.reviewing import review
from tests.factories.directory import NOW, TODAY, actor_of, make_agency, make_group, make_member
from tests.factories.documents import confirmed, facts, in_review
from workflow.actions.adopt_edition import Adopted, adopt_edition
from workflow.actions.dispatch import dispatch
from workflow.actions.draw_up import draw_up_plan
from workflow.actions.edition_effects import Effect, digest, effects_of, tasks_by_measure
from workflow.models import Assignment, Task

FIRST = """关于加快示范园区建设的实施方案

一、主要任务
（一）建设园区。新建标准厂房，完善配套。到2027年，园区产值达到30亿元。（省一厅牵头，省二厅、省三厅配合，2026年12月底前完成）
（二）引进项目。面向全国招商。每季度举办一次推介会。（省二厅牵头，省三厅配合，2026年10月底前完成）
（三）培养人才。办好技工院校，扩大招生。（省三厅牵头，2026年9月底前完成）
（四）绿色低碳。推广分布式光伏，降低能耗。（省一厅牵头，省二厅配合，2026年11月底前完成）
"""

SECOND = """关于加快示范园区建设的实施方案（2026年修订）

一、主要任务
（一）建设园区。新建标准厂房，完善配套。到2027年，园区产值达到50亿元。（省一厅牵头，省三厅、省四局配合，2027年3月底前完成）
（二）引进项目。面向全国招商。每季度举办一次推介会。（省二厅牵头，省三厅配合，2026年10月底前完成）
（三）数字赋能。建设园区统一平台，实行一网通办。（省四局牵头，省一厅配合，2026年12月底前完成）
（四）绿色低碳。推广分布式光伏，降低能耗。（省二厅牵头，省一厅配合，2026年11月底前完成）
"""


@dataclass
class Office:
    """The office that coordinates, its people, and the agencies that the documents name."""

    agency: Agency
    coordinator: User
    others: dict[str, Agency]

    @property
    def actor(self) -> Actor:
        return actor_of(self.coordinator)


def make_office() -> Office:
    """Make the office and the four agencies, and a group of two cities."""
    others = {name: make_agency(name) for name in ("省一厅", "省二厅", "省三厅", "省四局", "甲市", "乙市")}
    make_group("各地级以上市政府", others["甲市"], others["乙市"])
    office = make_agency("省府办")
    return Office(office, make_member(office, Role.COORDINATOR), others)


def running_plan(office: Office, text: str = FIRST) -> Plan:
    """Confirm the first edition, draw its tasks up and dispatch them."""
    plan = confirmed(office.coordinator, office.agency, text)
    tasks = draw_up_plan(actor=office.actor, plan_id=plan.pk, now=NOW)
    for task in tasks:
        if task.due_on is None:
            task.due_on = task.first_due_on = TODAY + dt.timedelta(days=200)
            task.save()
    dispatch(actor=office.actor, task_ids=[task.pk for task in tasks], now=NOW)
    return plan


def next_edition(office: Office, text: str = SECOND) -> Upload:
    """Bring the second document into review, with its facts entered."""
    upload = in_review(office.coordinator, office.agency, text)
    edit_upload(actor=office.actor, upload_id=upload.pk, edit=facts(upload, title="示范园区方案（修订）"), now=NOW)
    return Upload.objects.get(pk=upload.pk)


def effects(plan: Plan, upload: Upload, now: dt.datetime = NOW) -> list[Effect]:
    """Return what the page would show."""
    return effects_of(changes_of(plan, review(upload, now.date()), now.date()), tasks_by_measure(plan), now)


def adopt(
    office: Office,
    plan: Plan,
    upload: Upload,
    *,
    without: frozenset[str] = frozenset(),
    dropped: Mapping[int, str] | None = None,
    now: dt.datetime = NOW,
) -> Adopted:
    """Confirm with everything ticked but what is left out; every dropped measure's task ends unless told otherwise."""
    found = effects(plan, upload, now)
    ends = {one.task.pk: "terminate" for one in found if one.what == "drop" and one.task is not None} | dict(dropped or {})
    return adopt_edition(
        actor=office.actor,
        upload_id=upload.pk,
        earlier_id=plan.pk,
        shown=digest(found),
        chosen={one.key for one in found} - without,
        dropped=ends,
        now=now,
        version=upload.version,
    )


def task_of(plan: Plan, title: str) -> Task:
    """Return the task of a measure, on whichever edition it rests."""
    return Task.objects.get(title=title, issuer=plan.coordinator)


def parts_of(task: Task) -> list[tuple[str, str, str]]:
    """Return the live parts of a task in their order: the agency, its part, its state."""
    rows = Assignment.objects.filter(task=task).exclude(state="withdrawn").order_by("part", "rank", "pk")
    return [(row.agency.short_name, row.part, row.state) for row in rows]
