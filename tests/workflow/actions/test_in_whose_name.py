"""What is done to another agency's part is recorded and told in the name of who does it, and of whom a deputy stands in for."""

from __future__ import annotations

import datetime as dt

import pytest

from agencies.actions.delegate import delegate
from agencies.actor import Actor
from agencies.models import Membership, Role
from notifications import guards
from notifications.models import InboxItem
from tests.factories.directory import NOW, actor_of, make_agency, make_member, make_person
from tests.factories.scenes import owed_answer
from tests.factories.tasks import Stage, accepted_task, asked_contribution, closing_task, sent_contribution
from workflow.actions.answer import close_answer, give_answer
from workflow.actions.batch import remind_many
from workflow.actions.co_sign import co_sign
from workflow.actions.hand_back import hand_back
from workflow.actions.hold_meeting import record_meeting
from workflow.actions.press import press, remind
from workflow.actions.request_extension import request_extension
from workflow.actions.rule_on_hand_back import reroute
from workflow.actions.verify import ask_verifier, verify
from workflow.actions.write_contribution import return_contribution
from workflow.models import Event
from workflow.states import Finding, Verdict
from workflow.web.timeline import line_of

pytestmark = pytest.mark.django_db


def last(verb: str) -> Event:
    return Event.objects.filter(verb=verb).latest("sequence")


def deputy_of_the_leads_reviewer(stage: Stage) -> Actor:
    lead = stage.leads[0]
    deputy = make_member(lead.agency, Role.OFFICER)
    week = NOW + dt.timedelta(days=7)
    delegate(actor=lead.reviewer_actor, now=NOW, delegator=lead.reviewer, deputy=deputy, agency=lead.agency, ends_at=week, reason="出差")
    return actor_of(deputy)


def test_a_supporter_that_its_lead_presses_is_told_that_it_was_the_lead() -> None:
    stage = accepted_task()
    lead, support = stage.leads[0], stage.supporters[0]
    InboxItem.objects.all().delete()
    press(actor=lead.reviewer_actor, assignment_id=stage.part_of(support).pk, text="请尽快提供材料", now=NOW)
    assert last("press").agency == lead.agency
    told = InboxItem.objects.filter(recipient=support.officer).get().subject
    assert told.startswith(f"{lead.agency.name}{lead.reviewer.name}")
    line = line_of(last("press"))
    assert (line.agency, line.agencies) == (lead.agency.short_name, [support.agency.short_name])


def test_a_reminder_names_the_lead_or_the_issuer_that_sends_it() -> None:
    stage = accepted_task()
    support = stage.part_of(stage.supporters[0])
    remind(actor=stage.leads[0].reviewer_actor, assignment_id=support.pk, now=NOW)
    assert line_of(last("remind")).agency == stage.leads[0].agency.short_name
    remind_many(actor=stage.coordinator_actor, shown={support.pk: None}, text="", now=NOW)
    line = line_of(last("remind"))
    assert (line.agency, line.agencies) == (stage.issuer.short_name, [support.agency.short_name])


def test_a_deputy_presses_for_whom_they_stand_in_for() -> None:
    stage = accepted_task()
    press(actor=deputy_of_the_leads_reviewer(stage), assignment_id=stage.part_of(stage.supporters[0]).pk, text="请尽快", now=NOW)
    assert last("press").on_behalf_of == stage.leads[0].reviewer


def test_what_a_lead_asks_of_a_contribution_stands_under_the_leads_name() -> None:
    stage = accepted_task()
    row = asked_contribution(stage)
    sent_contribution(stage, row)
    return_contribution(actor=stage.leads[0].officer_actor, contribution_id=row.pk, remark="补充数据", now=NOW)
    line = line_of(last("return_contribution"))
    assert (line.agency, line.agencies) == (stage.leads[0].agency.short_name, [stage.supporters[0].agency.short_name])


def test_an_answer_is_closed_and_a_meeting_recorded_in_the_name_of_the_issuer() -> None:
    stage = accepted_task()
    lead, row = stage.leads[0], owed_answer(stage)
    give_answer(actor=lead.reviewer_actor, answer_id=row.pk, text="已落实。", now=NOW)
    assert last("give_answer").agency == lead.agency
    close_answer(actor=stage.coordinator_actor, answer_id=row.pk, now=NOW)
    assert last("close_answer").agency == stage.issuer
    part = stage.part_of(lead)
    hand_back(actor=lead.officer_actor, assignment_id=part.pk, reason="非职责", legal_basis="三定规定", now=NOW)
    record_meeting(
        actor=stage.coordinator_actor,
        assignment_id=part.pk,
        held_on=NOW.date(),
        participants="两家单位",
        minutes="未达成一致",
        outcome="open",
        now=NOW,
    )
    assert last("record_meeting").agency == stage.issuer


def test_the_last_to_co_sign_speaks_for_its_own_agency_and_the_record_says_what_was_answered() -> None:
    stage = closing_task(supporters=1)
    supporter = stage.supporters[0]
    InboxItem.objects.all().delete()
    co_sign(actor=supporter.reviewer_actor, assignment_id=stage.part_of(supporter).pk, verdict="object", remark="数据不符", now=NOW)
    assert last("submit_sign_off").agency == supporter.agency
    assert line_of(last("co_sign")).details == [str(Verdict.OBJECT.label)]
    subjects = InboxItem.objects.filter(recipient=stage.coordinator).values_list("subject", flat=True)
    assert list(subjects) == [f"会签结束，请审定：{stage.task}"]


def test_who_verifies_from_outside_does_not_speak_for_the_issuer() -> None:
    stage = closing_task(supporters=1)
    outsider, nobodys = make_member(make_agency()), make_person()
    for person in (outsider, nobodys):
        ask_verifier(actor=stage.coordinator_actor, task_id=stage.task.pk, verifier_id=person.pk, now=NOW)
    asked = line_of(last("ask_verifier")).details
    assert [detail.startswith(f"{nobodys.name}，") for detail in asked] == [True], "whom, and by when; not a new due date of the task"
    InboxItem.objects.all().delete()
    verify(actor=actor_of(outsider), task_id=stage.task.pk, result="fails", finding="台账不符", now=NOW)
    seat = Membership.objects.get(user=outsider).agency
    assert last("verify").agency == seat
    assert line_of(last("verify")).details == [str(Finding.FAILS.label)]
    assert InboxItem.objects.get(recipient=stage.coordinator).subject.startswith(f"{seat.name}{outsider.name}")
    verify(actor=actor_of(nobodys), task_id=stage.task.pk, result="holds", finding="属实", now=NOW)
    assert (last("verify").agency, last("verify").agency_name) == (None, "")


def test_who_handed_back_is_told_that_it_was_granted_and_led_nowhere() -> None:
    stage = accepted_task()
    crew, other = stage.supporters[0], make_agency()
    part = stage.part_of(crew)
    hand_back(actor=crew.reviewer_actor, assignment_id=part.pk, reason="不属本单位职责", legal_basis="三定规定", now=NOW)
    InboxItem.objects.all().delete()
    reroute(actor=stage.coordinator_actor, assignment_id=part.pk, agency_id=other.pk, opinion="改由他单位", now=NOW)
    told = InboxItem.objects.get(recipient=crew.officer)
    assert told.subject == f"{crew.agency.short_name}提出的退回已获同意，不再承办：{stage.task}"
    assert (told.link, told.subject_ref) == ("", f"lost:{part.pk}")
    assert guards.allowed([(crew.officer.pk, told.subject_ref)], NOW)


def test_the_record_says_until_when_more_time_was_asked_for() -> None:
    stage = accepted_task()
    part = stage.part_of(stage.leads[0])
    assert part.due_on is not None
    wanted = part.due_on + dt.timedelta(days=30)
    request_extension(actor=stage.leads[0].reviewer_actor, assignment_id=part.pk, asked_for=wanted, reason="联调", now=NOW)
    assert f"申请延至 {wanted}" in line_of(last("request_extension")).details
