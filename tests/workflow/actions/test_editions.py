"""A new edition of a plan acts on running tasks by acts: what it says differently, and nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from agencies.chain_check import verify
from agencies.models import Role
from agencies.refusals import Conflict, Invalid, NotYours
from measures.models import Plan, PlanEvent, Upload
from notifications.models import InboxItem
from tests.factories.directory import NOW, TODAY, actor_of, make_agency, make_member
from tests.factories.editions import FIRST, Office, adopt, effects, make_office, next_edition, parts_of, running_plan, task_of
from workflow import grants
from workflow.actions.adopt_edition import adopt_edition
from workflow.actions.edition_effects import digest
from workflow.actions.interrupt import suspend, terminate
from workflow.actions.rearrange import add_assignment, withdraw_assignment
from workflow.actions.sign_for import sign_for
from workflow.actions.write_report import ask_for_report
from workflow.models import Assignment, Event, Participation, Report, Task

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _records_and_link_rows_hold() -> Iterator[None]:
    yield
    assert grants.differences() == []
    assert verify(Event) == []
    assert verify(PlanEvent) == []


@pytest.fixture
def office() -> Office:
    return make_office()


@pytest.fixture
def plan(office: Office) -> Plan:
    return running_plan(office)


def told(office: Office, plan: Plan, text: str) -> list[tuple[str, str, str, str]]:
    upload = next_edition(office, text)
    found = effects(plan, upload)
    return [(str(one.what), "、".join(agency.short_name for agency in one.agencies), one.before, one.after) for one in found]


def test_what_a_new_edition_does_is_shown_before_it_is_confirmed(office: Office, plan: Plan) -> None:
    upload = next_edition(office)
    found = [
        (str(one.what), one.task.title if one.task else "", one.after, [a.short_name for a in one.agencies])
        for one in effects(plan, upload)
    ]
    assert found == [
        ("revise", "建设园区", "建设园区", []),
        ("move_due", "建设园区", "2027-03-31", []),
        ("add", "建设园区", "support", ["省四局"]),
        ("withdraw", "建设园区", "", ["省二厅"]),
        ("draw_up", "", "数字赋能", []),
        ("drop", "培养人才", "", []),
        ("revise", "绿色低碳", "绿色低碳", []),
        ("change_part", "绿色低碳", "lead", ["省二厅"]),
        ("change_part", "绿色低碳", "support", ["省一厅"]),
    ]
    assert Event.objects.filter(verb="carry_over").count() == 0
    assert Task.objects.count() == 4


def test_confirming_acts_on_each_task_by_events_and_tells_those_concerned(office: Office, plan: Plan) -> None:
    newcomer, leaver = make_member(office.others["省四局"]), make_member(office.others["省二厅"])
    garden = task_of(plan, "建设园区")
    before = Event.objects.filter(task=garden).count()
    new = adopt(office, plan, next_edition(office)).plan
    garden = Task.objects.get(pk=garden.pk)
    assert (new.earlier, garden.plan, garden.due_on, garden.first_due_on) == (plan, new, dt.date(2027, 3, 31), dt.date(2026, 12, 31))
    assert "50亿元" in garden.text
    assert parts_of(garden) == [("省一厅", "lead", "pending"), ("省三厅", "support", "pending"), ("省四局", "support", "pending")]
    assert [part.due_on for part in garden.assignments.exclude(state="withdrawn")] == [dt.date(2027, 3, 31)] * 3
    verbs = list(Event.objects.filter(task=garden).order_by("sequence").values_list("verb", flat=True))[before:]
    assert verbs == ["carry_over", "withdraw", "revise", "move_due", "assign"]
    assert InboxItem.objects.filter(recipient=newcomer, subject__contains="建设园区").exists()
    of_leaver = InboxItem.objects.filter(recipient=leaver, subject__contains="建设园区")
    assert [(item.subject.partition("：")[0], item.link) for item in of_leaver] == [("省二厅不再承担该事项", "")]


def test_a_task_whose_measure_stays_the_same_goes_over_untouched(office: Office, plan: Plan) -> None:
    task = task_of(plan, "引进项目")
    lead = make_member(office.others["省二厅"])
    part = Assignment.objects.get(task=task, part="lead")
    sign_for(actor=actor_of(lead), assignment_id=part.pk, now=NOW)
    ask_for_report(actor=office.actor, assignment_id=part.pk, comment="", now=NOW)
    kept = Task.objects.filter(pk=task.pk).values("state", "due_on", "version", "percent", "title", "text").get()
    parts, reports = list(Assignment.objects.filter(task=task).values()), list(Report.objects.filter(assignment__task=task).values())
    events, inbox = Event.objects.filter(task=task).count(), InboxItem.objects.filter(recipient=lead, subject__contains="引进项目").count()
    new = adopt(office, plan, next_edition(office)).plan
    assert Task.objects.filter(pk=task.pk).values("state", "due_on", "version", "percent", "title", "text").get() == kept
    assert list(Assignment.objects.filter(task=task).values()) == parts
    assert list(Report.objects.filter(assignment__task=task).values()) == reports
    assert [one.verb for one in Event.objects.filter(task=task).order_by("sequence")[events:]] == ["carry_over"]
    assert set(Participation.objects.filter(task=task).values_list("plan_id", flat=True)) == {new.pk}
    assert InboxItem.objects.filter(recipient=lead, subject__contains="引进项目").count() == inbox


def test_the_task_of_a_dropped_measure_ends_or_goes_on_as_the_coordinator_says(office: Office, plan: Plan) -> None:
    task = task_of(plan, "培养人才")
    adopt(office, plan, next_edition(office), dropped={task.pk: "keep"})
    task = Task.objects.get(pk=task.pk)
    assert (task.state, task.plan) == ("dispatched", plan)
    assert Event.objects.filter(task=task, verb="keep").count() == 1


def test_without_a_word_on_a_dropped_measure_nothing_is_confirmed(office: Office, plan: Plan) -> None:
    task = task_of(plan, "培养人才")
    upload = next_edition(office)
    with pytest.raises(Invalid, match="培养人才"):
        adopt(office, plan, upload, dropped={task.pk: ""})
    assert Plan.objects.count() == 1
    assert not Event.objects.filter(verb__in=["carry_over", "revise"]).exists()


def test_a_dropped_measures_task_is_terminated_by_the_act_with_its_parts_withdrawn(office: Office, plan: Plan) -> None:
    task = task_of(plan, "培养人才")
    adopt(office, plan, next_edition(office))
    task = Task.objects.get(pk=task.pk)
    assert (task.state, task.plan) == ("terminated", plan)
    assert Event.objects.get(task=task, verb="terminate").comment.startswith("依据方案新版本")


def test_a_new_measure_is_drawn_up_and_waits_to_be_dispatched(office: Office, plan: Plan) -> None:
    new = adopt(office, plan, next_edition(office)).plan
    task = task_of(plan, "数字赋能")
    assert (task.state, task.plan, task.due_on, task.number) == ("draft", new, dt.date(2026, 12, 31), "（三）")
    assert not task.assignments.exists()
    assert Event.objects.filter(verb="draw_up", task=task).count() == 1


def test_lead_and_supporter_change_places_without_the_task_ever_lacking_a_lead(office: Office, plan: Plan) -> None:
    adopt(office, plan, next_edition(office))
    assert parts_of(task_of(plan, "绿色低碳")) == [("省二厅", "lead", "pending"), ("省一厅", "support", "pending")]


def test_another_first_lead_is_an_act_of_its_own(office: Office) -> None:
    text = FIRST.replace("省三厅牵头，", "省三厅、省四局牵头，")
    plan = running_plan(office, text)
    upload = next_edition(office, text.replace("省三厅、省四局牵头，", "省四局、省三厅牵头，"))
    assert [(str(one.what), one.part) for one in effects(plan, upload)] == [("revise", ""), ("change_part", "first_lead")]
    adopt(office, plan, upload)
    assert [name for name, _part, _state in parts_of(task_of(plan, "培养人才"))] == ["省四局", "省三厅"]
    assert Event.objects.get(verb="change_part").data == {"before": "lead", "after": "first_lead"}


def test_what_is_not_ticked_stays_and_is_recorded_as_left(office: Office, plan: Plan) -> None:
    upload = next_edition(office)
    task = task_of(plan, "建设园区")
    key = f"move_due-{task.pk}"
    adopt(office, plan, upload, without=frozenset({key}))
    task = Task.objects.get(pk=task.pk)
    assert task.due_on == dt.date(2026, 12, 31)
    assert Event.objects.get(task=task, verb="carry_over").data["left"] == [key]


def test_confirming_twice_changes_nothing_the_second_time(office: Office, plan: Plan) -> None:
    upload = next_edition(office)
    found = effects(plan, upload)
    adopted = adopt(office, plan, upload)
    events, inbox = Event.objects.count(), InboxItem.objects.count()
    again = adopt_edition(
        actor=office.actor, upload_id=upload.pk, earlier_id=plan.pk, shown=digest(found), chosen=[], dropped={}, now=NOW, version=1
    )
    assert (again.plan, again.is_new, bool(again.done)) == (adopted.plan, False, False)
    assert (Event.objects.count(), InboxItem.objects.count(), Plan.objects.count()) == (events, inbox, 2)


def test_the_same_edition_read_again_has_no_effect_on_any_task(office: Office, plan: Plan) -> None:
    new = adopt(office, plan, next_edition(office)).plan
    third = next_edition(office, Upload.objects.get(plan=new).text.replace("（2026年修订）", "（2026年第二次修订）"))
    assert effects(new, third) == []


def test_what_the_coordinator_has_arranged_since_stays_where_the_edition_says_nothing_of_it(office: Office, plan: Plan) -> None:
    task, helper = task_of(plan, "建设园区"), make_agency("省五局")
    add_assignment(actor=office.actor, task_id=task.pk, agency_id=helper.pk, part="support", now=NOW)
    gone = Assignment.objects.get(task=task, agency=office.others["省三厅"])
    withdraw_assignment(actor=office.actor, assignment_id=gone.pk, reason="另行安排", now=NOW)
    adopt(office, plan, next_edition(office))
    assert [name for name, _part, _state in parts_of(task)] == ["省一厅", "省五局", "省四局"]


def test_an_act_on_a_task_after_the_page_was_shown_is_told_and_nothing_happens(office: Office, plan: Plan) -> None:
    upload = next_edition(office)
    shown = digest(effects(plan, upload))
    terminate(actor=office.actor, task_id=task_of(plan, "建设园区").pk, reason="另行安排", now=NOW)
    with pytest.raises(Conflict, match="重新核对"):
        adopt_edition(actor=office.actor, upload_id=upload.pk, earlier_id=plan.pk, shown=shown, chosen=[], dropped={}, now=NOW)
    assert Plan.objects.count() == 1


def test_a_suspended_task_is_left_with_the_reason(office: Office, plan: Plan) -> None:
    task = task_of(plan, "建设园区")
    suspend(actor=office.actor, task_id=task.pk, reason="待批", now=NOW)
    upload = next_edition(office)
    of_task = [one for one in effects(plan, upload) if one.task == task]
    assert of_task
    assert not any(one.decision for one in of_task)
    adopt(office, plan, upload)
    task = Task.objects.get(pk=task.pk)
    assert (task.state, task.due_on, "30亿元" in task.text) == ("suspended", dt.date(2026, 12, 31), True)


def test_a_plan_has_one_next_edition_and_the_second_is_told_which(office: Office, plan: Plan) -> None:
    adopt(office, plan, next_edition(office))
    other = next_edition(office, FIRST.replace("示范园区", "样板园区"))
    with pytest.raises(Conflict, match="示范园区方案（修订）"):
        adopt_edition(actor=office.actor, upload_id=other.pk, earlier_id=plan.pk, shown="", chosen=[], dropped={}, now=NOW)


def test_nobody_else_confirms_an_edition(office: Office, plan: Plan) -> None:
    upload = next_edition(office)
    for stranger in (make_member(make_agency(), Role.COORDINATOR), make_member(office.agency, Role.LEADER)):
        with pytest.raises(NotYours):
            adopt_edition(actor=actor_of(stranger), upload_id=upload.pk, earlier_id=plan.pk, shown="", chosen=[], dropped={}, now=NOW)


def test_a_group_joins_and_leaves_as_one(office: Office, plan: Plan) -> None:
    second = FIRST.replace("省三厅牵头，2026年9月底前完成", "省三厅牵头，各地级以上市政府配合，2026年9月底前完成")
    upload = next_edition(office, second)
    [_wording, joined] = effects(plan, upload)
    assert joined.group is not None
    assert [agency.short_name for agency in joined.agencies] == ["甲市", "乙市"]
    new = adopt(office, plan, upload).plan
    task = task_of(plan, "培养人才")
    assert {part.group_id for part in task.assignments.filter(part="support")} == {joined.group.pk}
    back = next_edition(office, FIRST + "附件略\n")
    assert {(str(one.what), len(one.agencies)) for one in effects(new, back) if one.group} == {("withdraw", 2)}
    adopt(office, new, back)
    assert [name for name, _part, _state in parts_of(task)] == ["省三厅"]


def test_a_deadline_that_has_passed_is_not_set(office: Office, plan: Plan) -> None:
    upload = next_edition(office, FIRST.replace("2026年10月底前完成", "2026年2月底前完成"))
    [moved] = [one for one in effects(plan, upload) if one.what == "move_due"]
    assert moved.after == "2026-02-28"
    assert not moved.decision
    assert dt.date(2026, 2, 28) < TODAY


def test_a_draft_is_drawn_up_anew_and_put_aside_when_its_measure_is_dropped(office: Office, plan: Plan) -> None:
    first = adopt(office, plan, next_edition(office)).plan
    draft = task_of(plan, "数字赋能")
    text = Upload.objects.get(plan=first).text
    second = adopt(office, first, next_edition(office, text.replace("省四局牵头，省一厅配合", "省三厅牵头"))).plan
    assert [str(one.agency) for one in draft.receivers.all()] == [str(office.others["省三厅"])]
    third = next_edition(office, "\n".join(line for line in text.splitlines() if "数字赋能" not in line))
    adopt(office, second, third)
    draft = Task.objects.get(pk=draft.pk)
    assert (draft.state, draft.dispatched_at) == ("terminated", None)


def test_what_is_left_is_recorded_on_the_task_that_it_concerns_and_on_no_other(office: Office, plan: Plan) -> None:
    upload = next_edition(office)
    found = [one for one in effects(plan, upload) if one.task is not None and one.what != "drop"]
    adopt(office, plan, upload, without=frozenset(one.key for one in found))
    for event in Event.objects.filter(verb="carry_over"):
        assert event.data["left"] == [one.key for one in found if one.task is not None and one.task.pk == event.task_id]
    assert any("withdraw-" in key for event in Event.objects.filter(verb="carry_over") for key in event.data["left"])
