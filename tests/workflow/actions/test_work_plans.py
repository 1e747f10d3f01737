"""A lead's own plan: written by its officer, put on record by its reviewer, version after version, held against its reports."""

from __future__ import annotations

import datetime as dt
from functools import partial

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from agencies.actions.rename_agency import rename_agency
from agencies.actor import Actor
from agencies.models import Role, User
from agencies.refusals import Conflict, Forbidden, Invalid
from notifications.models import InboxItem
from tests.factories.directory import NOW, TODAY, actor_of, make_member
from tests.factories.tasks import (
    Stage,
    accepted_task,
    begun_work_plan,
    dispatched_task,
    drafted_work_plan,
    filed_work_plan,
    reviewed_work_plan,
    submitted_report,
)
from workflow import policy
from workflow.actions.attaching import EVIDENCE_LIMIT
from workflow.actions.change_part import change_part
from workflow.actions.hand_over import in_hand_of
from workflow.actions.rearrange import succeed
from workflow.actions.revise import move_due
from workflow.actions.work_plan_files import attach_plan_file, detach_plan_file
from workflow.actions.write_work_plan import (
    MOST,
    Step,
    begin_work_plan,
    file_work_plan,
    save_work_plan,
    send_back_work_plan,
    send_work_plan_for_review,
)
from workflow.models import Assignment, Event, Report, WorkPlan, WorkPlanFile
from workflow.plan_digests import digest
from workflow.work_plans import filed, in_force, line_of, on_record

pytestmark = pytest.mark.django_db


def on_record_of(stage: Stage) -> list[tuple[int | None, str]]:
    plans = WorkPlan.objects.filter(assignment=stage.part_of(stage.leads[0])).order_by("pk")
    return [(plan.number, plan.state) for plan in plans]


def test_a_plan_on_record_has_a_number_and_the_record_keeps_its_digest() -> None:
    stage = accepted_task()
    row = begun_work_plan(stage)
    filed_work_plan(stage, row)
    row = WorkPlan.objects.get(pk=row.pk)
    assert (row.number, row.state, row.author, row.reviewer) == (1, "filed", stage.leads[0].officer, stage.leads[0].reviewer)
    verbs = list(Event.objects.filter(data__work_plan=row.pk).order_by("sequence").values_list("verb", flat=True))
    assert verbs == ["begin_work_plan", "send_work_plan_for_review", "file_work_plan"]
    event = Event.objects.get(verb="file_work_plan")
    assert (event.data["number"], event.data["digest"]) == (1, digest(row))
    call_command("verify_history", verbosity=0)
    row.steps.filter(responsible="规划处").update(responsible="别人")
    assert digest(row) != event.data["digest"]
    assert stage.part_of(stage.leads[0]).moved_at == NOW


def test_a_later_version_takes_the_place_of_the_one_before_which_stays() -> None:
    stage = accepted_task()
    first = begun_work_plan(stage)
    filed_work_plan(stage, first)
    second = begun_work_plan(stage)
    assert (second.text, second.steps.count(), second.number) == ("成立专班，分步推进。", 2, None)
    assert in_force(stage.part_of(stage.leads[0])) == first, "until it is put on record, the one before is in force"
    filed_work_plan(stage, second, 30)
    assert on_record_of(stage) == [(1, "replaced"), (2, "filed")]
    assert [plan.number for plan in on_record(stage.part_of(stage.leads[0]))] == [2, 1]
    assert WorkPlan.objects.get(pk=first.pk).steps.count() == 2


def test_one_is_written_at_a_time_and_the_database_says_so_too() -> None:
    stage = accepted_task()
    row = begun_work_plan(stage)
    with pytest.raises(Conflict, match="正在起草"):
        begun_work_plan(stage)
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkPlan.objects.create(assignment=row.assignment)
    filed_work_plan(stage, row)
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkPlan.objects.create(assignment=row.assignment).steps.create(day=TODAY, what="", responsible="x")


def test_nobody_puts_on_record_what_they_wrote_and_the_database_says_so_too() -> None:
    stage = accepted_task()
    reviewer, row = stage.leads[0].reviewer_actor, begun_work_plan(stage)
    save_work_plan(actor=reviewer, workplan_id=row.pk, text="自拟", steps=[Step(TODAY, "一", "本人")], now=NOW)
    send_work_plan_for_review(actor=reviewer, workplan_id=row.pk, now=NOW)
    with pytest.raises(Forbidden, match="本人"):
        file_work_plan(actor=reviewer, workplan_id=row.pk, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkPlan.objects.filter(pk=row.pk).update(state="filed", number=1, filed_at=NOW, reviewer=stage.leads[0].reviewer)
    second = actor_of(make_member(stage.leads[0].agency, Role.REVIEWER))
    assert file_work_plan(actor=second, workplan_id=row.pk, now=NOW).number == 1


def test_no_step_ends_after_the_due_date_when_it_is_sent_nor_when_it_is_put_on_record() -> None:
    stage = accepted_task()
    row = begun_work_plan(stage)
    with pytest.raises(Conflict, match=r"第61天的步骤.*晚于办结时限"):
        reviewed_work_plan(stage, row, 20, 61)
    reviewed_work_plan(stage, row, 20, 60)
    sooner = TODAY + dt.timedelta(days=40)
    move_due(actor=stage.coordinator_actor, task_id=stage.task.pk, due_on=sooner, reason="提前", now=NOW)
    with pytest.raises(Conflict, match=sooner.isoformat()):
        file_work_plan(actor=stage.leads[0].reviewer_actor, workplan_id=row.pk, now=NOW)
    send_back_work_plan(actor=stage.leads[0].reviewer_actor, workplan_id=row.pk, remark="时限已提前", now=NOW)
    filed_work_plan(stage, row, 40)
    assert on_record_of(stage) == [(1, "filed")]


def test_a_plan_says_how_and_by_which_steps_before_it_is_sent() -> None:
    stage = accepted_task()
    officer, row = stage.leads[0].officer_actor, begun_work_plan(stage)
    step = Step(TODAY, "一", "规划处")
    for text, steps, why in ((" ", [step], "如何落实"), ("有", [], "至少列出")):
        save_work_plan(actor=officer, workplan_id=row.pk, text=text, steps=steps, now=NOW)
        with pytest.raises(Conflict, match=why):
            send_work_plan_for_review(actor=officer, workplan_id=row.pk, now=NOW)
    for wrong in ([Step(TODAY, "一", " ")], [step] * (MOST + 1)):
        with pytest.raises(Invalid):
            save_work_plan(actor=officer, workplan_id=row.pk, text="有", steps=wrong, now=NOW)
    later = Step(TODAY + dt.timedelta(days=9), "后", "处室")
    save_work_plan(actor=officer, workplan_id=row.pk, text="有", steps=[later, step], now=NOW)
    assert [one.what for one in row.steps.all()] == ["一", "后"], "in the order of their days"


def test_leads_plan_and_supporters_do_not_nor_leads_that_have_not_signed() -> None:
    stage = accepted_task(leads=2)
    co_lead, supporter = stage.leads[1], stage.supporters[0]
    assert begin_work_plan(actor=co_lead.officer_actor, assignment_id=stage.part_of(co_lead).pk, now=NOW).state == "draft"
    with pytest.raises(Forbidden, match="牵头单位"):
        begin_work_plan(actor=supporter.officer_actor, assignment_id=stage.part_of(supporter).pk, now=NOW)
    unsigned = dispatched_task()
    with pytest.raises(Conflict, match="签收"):
        begun_work_plan(unsigned)


def test_who_leads_no_more_writes_no_plan_and_what_was_on_record_stays() -> None:
    stage = accepted_task(leads=2)
    filed_work_plan(stage, begun_work_plan(stage))
    row = begun_work_plan(stage)
    part = stage.part_of(stage.leads[0])
    change_part(actor=stage.coordinator_actor, assignment_id=part.pk, part="support", reason="调整", now=NOW)
    with pytest.raises(Conflict, match="牵头单位"):
        drafted_work_plan(stage, row)
    assert on_record_of(stage) == [(1, "filed"), (None, "draft")]
    parts = Assignment.objects.filter(task=stage.task)
    assert (filed(parts).leads, filed(parts).without) == (1, [stage.leads[1].agency.short_name])


def test_a_draft_is_read_by_its_own_agency_and_what_is_on_record_by_who_sees_the_task() -> None:
    stage = accepted_task(leads=2)
    row = begun_work_plan(stage)
    others = [stage.leads[1].officer_actor, stage.supporters[0].officer_actor, stage.coordinator_actor, stage.leader_actor]
    reviewed_work_plan(stage, row)
    row = WorkPlan.objects.get(pk=row.pk)
    assert policy.may_read_work_plan(stage.leads[0].reviewer_actor, row)
    assert not any(policy.may_read_work_plan(actor, row) for actor in others)
    file_work_plan(actor=stage.leads[0].reviewer_actor, workplan_id=row.pk, now=NOW)
    row = WorkPlan.objects.get(pk=row.pk)
    assert all(policy.may_read_work_plan(actor, row) for actor in others)


def test_steps_whose_day_has_passed_stand_against_the_first_report_that_went_out_since() -> None:
    stage = accepted_task()
    filed_work_plan(stage, begun_work_plan(stage), 0, 5, 50)
    report = submitted_report(stage, stage.leads[0], percent=30)
    Report.objects.filter(pk=report.pk).update(submitted_at=NOW + dt.timedelta(days=3))
    plan = WorkPlan.objects.get()
    line = line_of(plan, TODAY + dt.timedelta(days=6))
    assert [(one.is_past, one.report) for one in line.steps] == [(True, report), (True, None), (False, None)]
    assert line.unreported == 1
    assert not any(one.is_past for one in line_of(plan, TODAY).steps), "on its own day a step has not passed"
    Report.objects.filter(pk=report.pk).update(state="draft")
    assert line_of(WorkPlan.objects.get(), TODAY + dt.timedelta(days=6)).unreported == 2, "what is written anew has not gone out"


def test_the_coordinator_is_told_of_what_goes_on_record_and_the_reviewer_of_what_waits() -> None:
    stage = accepted_task()

    def told(user: User) -> set[str]:
        return set(InboxItem.objects.filter(recipient=user).values_list("subject", flat=True))

    row = begun_work_plan(stage)
    reviewed_work_plan(stage, row)
    assert any("提交落实方案审核" in subject for subject in told(stage.leads[0].reviewer))
    assert not any("落实方案" in subject for subject in told(stage.coordinator))
    file_work_plan(actor=stage.leads[0].reviewer_actor, workplan_id=row.pk, now=NOW)
    assert any("报备落实方案" in subject for subject in told(stage.coordinator))


def test_a_plan_goes_with_the_part_to_a_successor_and_is_listed_when_its_author_leaves() -> None:
    stage = accepted_task()
    filed_work_plan(stage, begun_work_plan(stage))
    row = begun_work_plan(stage)
    lead = stage.leads[0]
    assert in_hand_of(lead.agency.pk, lead.officer.pk, now=NOW).plans == [row]
    heir = rename_agency(
        actor=Actor.system(), now=NOW, agency=lead.agency, name="改革后单位", short_name="改革后", effective_on=TODAY, basis="改革"
    )
    part = stage.part_of(lead)
    succeed(actor=stage.coordinator_actor, assignment_id=part.pk, successor_id=heir.pk, basis="改革", now=NOW)
    officer, reviewer = (actor_of(make_member(heir, role, since=TODAY)) for role in (Role.OFFICER, Role.REVIEWER))
    save_work_plan(actor=officer, workplan_id=row.pk, text="承接后续", steps=[Step(TODAY, "一", "处")], now=NOW)
    send_work_plan_for_review(actor=officer, workplan_id=row.pk, now=NOW)
    assert file_work_plan(actor=reviewer, workplan_id=row.pk, now=NOW).number == 2


def test_a_plan_takes_files_while_it_is_written() -> None:
    stage = accepted_task()
    row, officer = begun_work_plan(stage), stage.leads[0].officer_actor
    attach = partial(attach_plan_file, actor=officer, workplan_id=row.pk, now=NOW)
    file = attach(filename="分工表.xlsx", content=b"one")
    assert attach(filename="再传.xlsx", content=b"one").pk == file.pk
    gone = attach(filename="误传.xlsx", content=b"two")
    detach_plan_file(actor=officer, workplan_id=row.pk, file_id=gone.pk, now=NOW)
    for content in (b"", b"x" * (EVIDENCE_LIMIT + 1)):
        with pytest.raises(Invalid):
            attach(filename="空", content=content)
    with pytest.raises(Forbidden):
        attach_plan_file(actor=stage.supporters[0].officer_actor, workplan_id=row.pk, filename="一", content=b"3", now=NOW)
    reviewed_work_plan(stage, row)
    with pytest.raises(Conflict):
        attach(filename="补.xlsx", content=b"three")
    assert list(WorkPlanFile.objects.values_list("filename", flat=True)) == ["分工表.xlsx"]
    assert list(Event.objects.filter(verb__in=["attach", "detach"]).values_list("verb", flat=True)) == ["attach", "attach", "detach"]
