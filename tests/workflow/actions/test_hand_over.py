"""A person leaves, and everything they had in hand goes to colleagues in one act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.actions.delegate import delegate
from agencies.actor import Actor
from agencies.models import Delegation, Membership, Office, Role
from agencies.permissions import differences
from agencies.refusals import Conflict, Invalid, Refusal
from notifications.models import InboxItem
from tests.factories.directory import NOW, TODAY, actor_of, make_agency, make_member, make_person
from tests.factories.tasks import Crew, Stage, accepted_task, open_report
from workflow import grants
from workflow.actions.dispatch import dispatch
from workflow.actions.draw_up import PlannedReceiver, draw_up_task
from workflow.actions.hand_over import hand_over, in_hand_of
from workflow.actions.release_report import submit_report
from workflow.actions.sign_for import sign_for
from workflow.actions.write_report import ReportText, save_report, send_for_review
from workflow.models import Assignment, Event
from workflow.states import Part

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _everything_agrees() -> Iterator[None]:
    yield
    assert grants.differences() == []
    assert differences(now=NOW) == []
    call_command("verify_history", verbosity=0)


def head_of(crew: Crew) -> Actor:
    return actor_of(make_member(crew.agency, Role.HEAD))


def busy(stage: Stage, number: int) -> Crew:
    """Have the lead's officer sign for more tasks."""
    lead = stage.leads[0]
    for index in range(number):
        task = draw_up_task(
            actor=stage.coordinator_actor,
            issuer_id=stage.issuer.pk,
            title=f"事项{index}",
            text="",
            receivers=[PlannedReceiver(Part.LEAD, agency_id=lead.agency.pk)],
            due_on=TODAY + dt.timedelta(days=60),
            now=NOW,
        )
        dispatch(actor=stage.coordinator_actor, task_ids=[task.pk], now=NOW)
        sign_for(actor=lead.officer_actor, assignment_id=task.assignments.get().pk, now=NOW)
    return lead


def test_everything_goes_to_a_colleague_in_one_act_and_they_are_told_once() -> None:
    stage = accepted_task()
    lead = busy(stage, 2)
    colleague = make_member(lead.agency)
    deputy = make_member(lead.agency)
    delegate(
        actor=lead.officer_actor, now=NOW, delegator=lead.officer, deputy=deputy, agency=lead.agency,
        ends_at=NOW + dt.timedelta(days=5), reason="出差",
    )  # fmt: skip
    head = head_of(lead)
    InboxItem.objects.all().delete()
    done = hand_over(
        actor=head,
        agency_id=lead.agency.pk,
        person_id=lead.officer.pk,
        officer_id=colleague.pk,
        reason="调离",
        leaves=True,
        now=NOW,
    )
    assert (len(done.parts), done.delegations, done.memberships) == (3, 1, 1)
    assert set(Assignment.objects.filter(agency=lead.agency).values_list("officer", flat=True)) == {colleague.pk}
    assert Event.objects.filter(verb="hand_over").count() == 3
    assert Event.objects.filter(verb="hand_over").first().data["before"] == lead.officer.name  # type: ignore[union-attr]
    assert Delegation.objects.get().revoked_at == NOW
    assert Membership.objects.get(user=lead.officer).ends_on == TODAY - dt.timedelta(days=1)
    assert InboxItem.objects.filter(recipient=colleague).count() == 1
    assert actor_of(lead.officer).agency_ids == frozenset()


def test_the_number_of_statements_does_not_grow_with_what_is_in_hand() -> None:
    counts = []
    for number in (1, 8):
        stage = accepted_task()
        lead = busy(stage, number)
        colleague, head = make_member(lead.agency), head_of(lead)
        with CaptureQueriesContext(connection) as queries:
            hand_over(actor=head, agency_id=lead.agency.pk, person_id=lead.officer.pk, officer_id=colleague.pk, reason="调离", now=NOW)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_report_begun_goes_on_under_whoever_took_the_part_over() -> None:
    stage = accepted_task()
    lead = stage.leads[0]
    report = open_report(stage, lead)
    save_report(actor=lead.officer_actor, report_id=report.pk, text=ReportText(done="一半", percent=50), now=NOW)
    colleague, head = make_member(lead.agency), head_of(lead)
    assert [row.pk for row in in_hand_of(lead.agency.pk, lead.officer.pk, now=NOW).drafts] == [report.pk]
    hand_over(actor=head, agency_id=lead.agency.pk, person_id=lead.officer.pk, officer_id=colleague.pk, reason="调离", leaves=True, now=NOW)
    send_for_review(actor=actor_of(colleague), report_id=report.pk, now=NOW)
    assert submit_report(actor=lead.reviewer_actor, report_id=report.pk, now=NOW).author == lead.officer


def test_each_part_can_go_to_another_colleague_and_a_changed_one_stays() -> None:
    stage = accepted_task()
    lead = busy(stage, 2)
    one, other, head = make_member(lead.agency), make_member(lead.agency), head_of(lead)
    parts = in_hand_of(lead.agency.pk, lead.officer.pk, now=NOW).parts
    shown = {part.pk: part.version for part in parts} | {parts[2].pk: parts[2].version - 1}
    done = hand_over(
        actor=head,
        agency_id=lead.agency.pk,
        person_id=lead.officer.pk,
        officer_id=one.pk,
        choices={parts[1].pk: other.pk},
        shown=shown,
        reason="调离",
        now=NOW,
    )
    assert [part.pk for part in done.left] == [parts[2].pk]
    assert [Assignment.objects.get(pk=part.pk).officer for part in parts] == [one, other, lead.officer]


def test_only_a_colleague_who_prepares_reports_can_take_over() -> None:
    stage = accepted_task()
    lead = stage.leads[0]
    head, stranger = head_of(lead), make_member(make_agency())
    for officer_id in (None, stranger.pk, lead.officer.pk):
        with pytest.raises(Invalid):
            hand_over(actor=head, agency_id=lead.agency.pk, person_id=lead.officer.pk, officer_id=officer_id, reason="调离", now=NOW)
    with pytest.raises(Conflict):
        hand_over(actor=head, agency_id=lead.agency.pk, person_id=lead.reviewer.pk, officer_id=lead.officer.pk, reason="调离", now=NOW)


ANSWERS = {
    "head": 200, "reviewer": 403, "officer": 403, "coordinator": 403, "leader": 403, "other_head": 403, "system_admin": 403,
    "security_admin": 403, "audit_admin": 403, "nobody": 403,
}  # fmt: skip
"""Who hands over, and what everybody else is told; written by hand."""


@pytest.mark.parametrize("role", ANSWERS)
def test_who_hands_over(role: str) -> None:
    stage = accepted_task()
    lead = stage.leads[0]
    actor = {
        "head": lambda: head_of(lead),
        "reviewer": lambda: lead.reviewer_actor,
        "officer": lambda: lead.officer_actor,
        "coordinator": lambda: stage.coordinator_actor,
        "leader": lambda: stage.leader_actor,
        "other_head": lambda: head_of(stage.supporters[0]),
        "system_admin": lambda: actor_of(make_person(office=Office.SYSTEM)),
        "security_admin": lambda: actor_of(make_person(office=Office.SECURITY)),
        "audit_admin": lambda: actor_of(make_person(office=Office.AUDIT)),
        "nobody": lambda: Actor(user_id=-1, name=""),
    }[role]()
    try:
        hand_over(actor=actor, agency_id=lead.agency.pk, person_id=lead.officer.pk, officer_id=lead.reviewer.pk, reason="调离", now=NOW)
        answer = 200
    except Refusal as refusal:
        answer = refusal.status
    assert answer == ANSWERS[role]


def test_the_page_and_the_api_do_the_same(client: Client) -> None:
    stage = accepted_task()
    lead = stage.leads[0]
    head, colleague = make_member(lead.agency, Role.HEAD), make_member(lead.agency)
    client.force_login(head, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("hand-over", args=[lead.agency.pk, lead.officer.pk])
    assert address in client.get(reverse("people")).content.decode()
    assert stage.task.title in client.get(address).content.decode()
    part = stage.part_of(lead)
    assert client.post(address, {"reason": "调离", f"version-{part.pk}": part.version}).status_code == 400
    told = {"reason": "调离", "officer_id": colleague.pk, f"version-{part.pk}": part.version}
    assert "已移交 1 项任务分派" in client.post(address, told, follow=True).content.decode()
    assert stage.part_of(lead).officer == colleague
    over_http = reverse("api:hand-over", args=[lead.agency.pk, colleague.pk])
    shown = client.get(over_http).json()["parts"]
    body = {"reason": "休假", "officer": lead.officer.pk, "parts": [{"id": row["id"], "version": row["version"]} for row in shown]}
    answer = client.post(over_http, body, content_type="application/json")
    assert (answer.status_code, answer.json()["handed_over"]) == (200, [part.pk])
    assert stage.part_of(lead).officer == lead.officer
    client.force_login(stage.coordinator, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(address).status_code == 404
