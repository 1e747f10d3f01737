"""What pages are walked over: the demonstration, and beside it what no story of it leaves open."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from agencies.actions.rename_agency import rename_agency
from agencies.actor import Actor
from agencies.models import Agency, User
from measures.actions.edit_upload import edit_upload
from measures.models import Plan
from seeds import story
from seeds.people import settle
from tests.factories.directory import actor_of
from tests.factories.documents import confirmed, facts, in_review, load_directory
from tests.factories.editions import effects
from workflow.actions.adopt_edition import adopt_edition
from workflow.actions.draw_up import draw_up_plan
from workflow.actions.edition_effects import digest
from workflow.models import Assignment, Contribution
from workflow.states import ContributionState, Part

STARTS = {
    "szfb.coordinator": ("/ledger/?state=draft", "/workbench/", "/search/?q=资本"),
    "leader": ("/workbench/", "/search/?q=资本"),
    "sjrb.officer": ("/workbench/",),
    "sjrb.reviewer": ("/workbench/",),
    "sjrb.head": ("/workbench/",),
    "rhgd.officer": ("/workbench/",),
    "admin.system": ("/",),
    "admin.security": ("/",),
    "admin.audit": ("/",),
}
"""Who walks, and from where: their own first page, and what is typed or asked for by a form."""

DRAWN_UP = """关于加快示范园区建设的实施方案

一、主要任务
（一）建设园区。新建标准厂房，完善配套。（省财政厅牵头，省科技厅配合，2027年12月底前完成）
"""
"""A plan that waits to be dispatched, which the demonstration has none of."""


def tell(now: dt.datetime) -> None:
    """Tell the demonstration, and leave a plan drawn up, an edition with nothing ticked, a renamed agency, a document under review."""
    load_directory()
    settle(now - dt.timedelta(days=300))
    story.tell(now)
    coordinator, office = User.objects.get(username="szfb.coordinator"), Agency.objects.get(name="广东省人民政府办公厅")
    plan = confirmed(coordinator, office, DRAWN_UP, now=now)
    draw_up_plan(actor=actor_of(coordinator), plan_id=plan.pk, now=now)
    _leave_an_edition(plan, coordinator, office, now)
    ended = Agency.objects.get(short_name="省发展改革委")
    rename_agency(
        actor=Actor.system(),
        now=now,
        agency=ended,
        name="广东省财税厅",
        short_name="省财税厅",
        effective_on=timezone.localdate(now),
        basis="方案",
    )
    two_sentences = DRAWN_UP.replace("园区", "港区").replace("完善配套。", "完善配套。抓好招商。")
    ready = in_review(coordinator, office, two_sentences, now=now)
    edit_upload(actor=actor_of(coordinator), upload_id=ready.pk, edit=facts(ready), now=now)


def _leave_an_edition(plan: Plan, coordinator: User, office: Agency, now: dt.datetime) -> None:
    """Confirm the next edition of a plan with nothing ticked."""
    revised = in_review(coordinator, office, DRAWN_UP.replace("新建标准厂房", "改建标准厂房"), now=now)
    edit_upload(actor=actor_of(coordinator), upload_id=revised.pk, edit=facts(revised), now=now)
    shown = digest(effects(plan, revised, now))
    adopt_edition(actor=actor_of(coordinator), upload_id=revised.pk, earlier_id=plan.pk, shown=shown, chosen=[], dropped={}, now=now)


def starts_of(who: str) -> tuple[str, ...]:
    """Return the first pages of somebody who walks; contributions that have reached a lead are opened from one of its many reports."""
    led = Assignment.objects.filter(part=Part.LEAD, agency__memberships__user__username=who).values("task")
    sent = Contribution.objects.filter(state=ContributionState.SENT, assignment__task__in=led).values_list("pk", flat=True)[:1]
    return STARTS[who] + tuple(f"/contributions/{pk}/" for pk in sent)
