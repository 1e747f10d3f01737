"""A reorganised agency's open work goes to its successors by one act; what is over keeps the old name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.actions.abolish_agency import abolish_agency
from agencies.actions.merge_agencies import merge_agencies
from agencies.actions.rename_agency import rename_agency
from agencies.actions.split_agency import split_agency
from agencies.actor import Actor
from agencies.models import Agency, Office, Role
from agencies.refusals import Conflict, Forbidden, Invalid, Refusal
from notifications.models import InboxItem
from tests.factories.directory import NOW, TODAY, actor_of, make_agency, make_group, make_member, make_person
from tests.factories.tasks import Crew, Stage, accepted_task, closing_task, dispatched_task, draft_task, make_crew
from workflow import grants
from workflow.actions.decide_sign_off import sign_off, submit_sign_off
from workflow.actions.dispatch import dispatch
from workflow.actions.draw_up import PlannedReceiver, draw_up_task
from workflow.actions.estate import estate_of, reorganised
from workflow.actions.paper_words import Matter
from workflow.actions.papers import NewPaper, make_papers, sign_paper
from workflow.actions.request_extension import request_extension
from workflow.actions.sign_for import sign_for
from workflow.actions.take_over import Fate, first_holders, take_over
from workflow.ladder import Paper
from workflow.models import Assignment, CoSignature, Event, Extension, Notice, Participation, Task
from workflow.states import AssignmentState, Part

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(days=7)
SYSTEM = Actor.system()


@pytest.fixture(autouse=True)
def _everything_agrees() -> Iterator[None]:
    yield
    assert grants.differences() == []
    call_command("verify_history", verbosity=0)


def renamed(agency: Agency, name: str = "省新厅") -> Agency:
    return rename_agency(
        actor=SYSTEM, now=LATER, agency=agency, name=f"广东省{name}", short_name=name, effective_on=LATER.date(), basis="机构改革方案"
    )


def merged(into: Agency, *agencies: Agency) -> None:
    merge_agencies(actor=SYSTEM, now=LATER, agencies=agencies, into=into, effective_on=LATER.date(), basis="机构改革方案")


def tasks_for(stage: Stage, crew: Crew, number: int) -> list[Task]:
    """Dispatch more tasks of the same issuer to a crew."""
    drawn = [
        draw_up_task(
            actor=stage.coordinator_actor,
            issuer_id=stage.issuer.pk,
            title=f"事项{index}",
            text="",
            receivers=[PlannedReceiver(Part.LEAD, agency_id=crew.agency.pk)],
            due_on=TODAY + dt.timedelta(days=60),
            now=NOW,
        )
        for index in range(number)
    ]
    return dispatch(actor=stage.coordinator_actor, task_ids=[task.pk for task in drawn], now=NOW)


def test_a_renamed_agency_moves_as_a_whole_and_its_people_go_on() -> None:
    stage = accepted_task()
    lead = stage.leads[0]
    tasks_for(stage, lead, 3)
    successor = renamed(lead.agency)
    coordinator = actor_of(stage.coordinator, LATER)
    assert [(row.agency, row.parts) for row in reorganised(coordinator, now=LATER)] == [(lead.agency, 4)]
    InboxItem.objects.all().delete()
    done = take_over(actor=coordinator, predecessor_id=lead.agency.pk, basis="粤编〔2026〕1号", now=LATER)
    assert [row.fate for row in done.outcomes] == [Fate.MOVED] * 4
    assert set(Assignment.objects.filter(agency=successor).values_list("state", flat=True)) == {"accepted", "pending"}
    assert not Assignment.objects.filter(agency=lead.agency).exists()
    assert Assignment.objects.get(task=stage.task, agency=successor).officer == lead.officer, "the officer went with the agency"
    assert Event.objects.filter(verb="succeed").count() == 4
    assert Event.objects.filter(verb="sign_for", agency_name=lead.agency.name).exists(), "the record keeps the old name"
    assert InboxItem.objects.filter(recipient=lead.officer, topic="assigned").count() == 4
    assert reorganised(coordinator, now=LATER) == []
    pending = Assignment.objects.filter(agency=successor, state="pending").first()
    assert pending is not None
    sign_for(actor=actor_of(lead.officer, LATER), assignment_id=pending.pk, now=LATER)


def test_the_number_of_statements_does_not_grow_with_what_moves() -> None:
    counts = []
    for number in (2, 12):
        stage = accepted_task()
        tasks_for(stage, stage.leads[0], number)
        renamed(stage.leads[0].agency, f"省新厅{number}")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            take_over(actor=actor_of(stage.coordinator, LATER), predecessor_id=stage.leads[0].agency.pk, basis="机构改革", now=LATER)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_coordinator_moves_only_what_its_own_agency_issued() -> None:
    stage, other = accepted_task(), accepted_task()
    lead = stage.leads[0]
    elsewhere = tasks_for(other, lead, 1)[0]
    renamed(lead.agency)
    take_over(actor=actor_of(stage.coordinator, LATER), predecessor_id=lead.agency.pk, basis="机构改革", now=LATER)
    assert elsewhere.assignments.get().agency == lead.agency
    with pytest.raises(Conflict):
        take_over(actor=actor_of(stage.coordinator, LATER), predecessor_id=lead.agency.pk, basis="机构改革", now=LATER)


def test_whoever_keeps_the_directory_moves_everything_of_everybody() -> None:
    stage, other = accepted_task(), accepted_task()
    lead = stage.leads[0]
    tasks_for(other, lead, 2)
    successor = renamed(lead.agency)
    keeper = actor_of(make_person("系统管理员", office=Office.SYSTEM), LATER)
    assert estate_of(keeper, lead.agency, now=LATER).by_issuer == [(other.issuer.name, 2), (stage.issuer.name, 1)]
    done = take_over(actor=keeper, predecessor_id=lead.agency.pk, basis="机构改革", now=LATER)
    assert done.moved == 3
    assert Assignment.objects.filter(agency=successor).count() == 3


def test_the_parts_of_a_split_agency_go_where_each_was_chosen_to_go() -> None:
    stage = accepted_task()
    lead = stage.leads[0]
    second = tasks_for(stage, lead, 1)[0]
    first_heir, second_heir = split_agency(
        actor=SYSTEM,
        now=LATER,
        agency=lead.agency,
        parts=[("广东省甲厅", "省甲厅"), ("广东省乙厅", "省乙厅")],
        effective_on=LATER.date(),
        basis="机构改革",
    )
    coordinator = actor_of(stage.coordinator, LATER)
    keeper = actor_of(make_person(office=Office.SYSTEM), LATER)
    with pytest.raises(Forbidden):
        take_over(actor=keeper, predecessor_id=lead.agency.pk, basis="机构改革", now=LATER)
    with pytest.raises(Invalid):
        take_over(actor=coordinator, predecessor_id=lead.agency.pk, basis="机构改革", now=LATER)
    part = second.assignments.get()
    take_over(
        actor=coordinator,
        predecessor_id=lead.agency.pk,
        basis="机构改革",
        successor_id=first_heir.pk,
        choices={part.pk: second_heir.pk},
        now=LATER,
    )
    assert second.assignments.get().agency == second_heir
    assert second.assignments.get().officer is None, "nobody of the second heir is in charge yet"
    assert stage.task.assignments.get(part="lead").agency == first_heir


def test_two_parts_that_meet_in_one_agency_become_the_stronger_one() -> None:
    stage = accepted_task(leads=1, supporters=1)
    lead, supporter = stage.leads[0], stage.supporters[0]
    request_extension(
        actor=supporter.officer_actor,
        assignment_id=stage.part_of(supporter).pk,
        asked_for=TODAY + dt.timedelta(days=90),
        reason="需要时间",
        now=NOW,
    )
    merged(supporter.agency, lead.agency)
    done = take_over(actor=actor_of(stage.coordinator, LATER), predecessor_id=lead.agency.pk, basis="机构改革", now=LATER)
    assert [row.fate for row in done.outcomes] == [Fate.MERGED]
    parts = {row.part: row for row in stage.task.assignments.all()}
    assert (parts["lead"].agency, parts["lead"].state) == (supporter.agency, AssignmentState.ACCEPTED)
    assert parts["support"].state == AssignmentState.WITHDRAWN
    assert Extension.objects.get().state == "withdrawn", "nobody decides a request of a part that has ended"
    assert Participation.objects.filter(task=stage.task, agency=supporter.agency).count() == 1


def test_a_closing_round_does_not_wait_for_a_part_that_merged() -> None:
    stage = closing_task(leads=1, supporters=2)
    one, other = stage.supporters
    merged(other.agency, one.agency)
    take_over(actor=actor_of(stage.coordinator, LATER), predecessor_id=one.agency.pk, basis="机构改革", now=LATER)
    assert CoSignature.objects.filter(verdict="waiting").count() == 1
    merged(stage.leads[0].agency, other.agency)
    later = LATER
    take_over(actor=actor_of(stage.coordinator, later), predecessor_id=other.agency.pk, basis="机构改革", now=later)
    assert stage.task.sign_offs.get().state == "under_review"
    sign_off(actor=actor_of(stage.coordinator, later), task_id=stage.task.pk, opinion="", now=later)


def test_an_abolished_agency_without_heirs_keeps_its_parts_until_they_are_withdrawn() -> None:
    stage = accepted_task()
    lead = stage.leads[0]
    abolish_agency(actor=SYSTEM, now=LATER, agency=lead.agency, effective_on=LATER.date(), basis="撤销")
    with pytest.raises(Conflict):
        take_over(actor=actor_of(stage.coordinator, LATER), predecessor_id=lead.agency.pk, basis="撤销", now=LATER)


def test_duties_of_an_abolished_agency_go_to_the_one_that_takes_them_over() -> None:
    stage, heir = accepted_task(), make_crew()
    lead = stage.leads[0]
    abolish_agency(actor=SYSTEM, now=LATER, agency=lead.agency, effective_on=LATER.date(), basis="撤销", duties_to=[heir.agency])
    take_over(actor=actor_of(stage.coordinator, LATER), predecessor_id=lead.agency.pk, basis="撤销", now=LATER)
    part = Assignment.objects.get(task=stage.task, part="lead")
    assert (part.agency, part.officer, part.state) == (heir.agency, None, AssignmentState.ACCEPTED)


def test_a_part_that_somebody_changed_meanwhile_is_reported_and_left() -> None:
    stage = accepted_task()
    lead = stage.leads[0]
    other = tasks_for(stage, lead, 1)[0].assignments.get()
    part = stage.part_of(lead)
    renamed(lead.agency)
    shown = {part.pk: part.version, other.pk: other.version - 1}
    done = take_over(actor=actor_of(stage.coordinator, LATER), predecessor_id=lead.agency.pk, basis="机构改革", shown=shown, now=LATER)
    assert [row.assignment_id for row in done.left] == [other.pk]
    assert Assignment.objects.get(pk=other.pk).agency == lead.agency
    assert Assignment.objects.get(pk=part.pk).agency != lead.agency


def test_drafts_name_the_successor_once() -> None:
    stage = draft_task(leads=1, supporters=1)
    lead, supporter = stage.leads[0], stage.supporters[0]
    make_group("各单位", lead.agency)
    merged(supporter.agency, lead.agency)
    done = take_over(actor=actor_of(stage.coordinator, LATER), predecessor_id=lead.agency.pk, basis="机构改革", now=LATER)
    assert done.planned == 1
    assert [(row.agency, row.part) for row in stage.task.receivers.all()] == [(supporter.agency, Part.LEAD)]


def test_the_successor_of_the_issuer_coordinates_what_it_issued_open_and_closed() -> None:
    stage = closing_task(supporters=0)
    sign_off(actor=stage.coordinator_actor, task_id=stage.task.pk, opinion="", now=NOW)
    child = draw_up_task(
        actor=actor_of(make_member(stage.leads[0].agency, Role.COORDINATOR)),
        issuer_id=stage.leads[0].agency.pk,
        title="分解事项",
        text="",
        receivers=[PlannedReceiver(Part.LEAD, agency_id=make_crew().agency.pk)],
        due_on=None,
        parent_id=stage.task.pk,
        now=NOW,
    )
    successor = renamed(stage.issuer)
    coordinator = actor_of(stage.coordinator, LATER)
    with pytest.raises(Forbidden):
        submit_sign_off(actor=coordinator, task_id=stage.task.pk, now=LATER)
    done = take_over(actor=coordinator, predecessor_id=stage.issuer.pk, basis="机构改革", now=LATER)
    assert done.issued == 1
    assert Task.objects.get(pk=stage.task.pk).issuer == successor
    assert Participation.objects.get(task=child, tie="above").agency == successor
    before = sorted(Participation.objects.values_list("task_id", "agency_id", "tie"))
    grants.rebuild()
    assert sorted(Participation.objects.values_list("task_id", "agency_id", "tie")) == before


def test_the_people_of_the_successor_see_what_the_predecessor_did_and_change_nothing_of_it() -> None:
    stage = closing_task(supporters=0)
    sign_off(actor=stage.coordinator_actor, task_id=stage.task.pk, opinion="", now=NOW)
    lead = stage.leads[0]
    successor = renamed(lead.agency)
    newcomer = make_member(successor, Role.REVIEWER, now=LATER, since=LATER.date())
    actor = actor_of(newcomer, LATER)
    assert Task.objects.visible_to(actor, now=LATER).filter(pk=stage.task.pk).exists()
    assert actor.past == {lead.agency.pk: frozenset({"look_back"})}
    assert lead.agency.pk not in actor.permissions
    assert stage.task.assignments.get().agency == lead.agency, "what is over keeps the old name"
    stranger = make_member(make_agency(), Role.REVIEWER)
    assert not Task.objects.visible_to(actor_of(stranger), now=LATER).filter(pk=stage.task.pk).exists()


def test_the_first_holder_of_a_part_stays_known_through_two_reorganisations() -> None:
    stage = accepted_task()
    lead = stage.leads[0]
    coordinator = actor_of(stage.coordinator, LATER)
    second = renamed(lead.agency)
    take_over(actor=coordinator, predecessor_id=lead.agency.pk, basis="一", now=LATER)
    much_later = LATER + dt.timedelta(days=30)
    third = rename_agency(
        actor=SYSTEM, now=much_later, agency=second, name="再改名", short_name="再改", effective_on=much_later.date(), basis="二"
    )
    take_over(actor=actor_of(stage.coordinator, much_later), predecessor_id=second.pk, basis="二", now=much_later)
    part = Assignment.objects.get(task=stage.task, part="lead")
    assert part.agency == third
    assert first_holders([part.pk]) == {part.pk: lead.agency.pk}


ANSWERS = {
    "coordinator": 200, "system_admin": 200, "security_admin": 403, "audit_admin": 403, "officer": 403, "reviewer": 403,
    "leader": 403, "other_coordinator": 409, "nobody": 403,
}  # fmt: skip
"""Who lets a successor take over, and what everybody else is told; written by hand."""


@pytest.mark.parametrize("role", ANSWERS)
def test_who_lets_a_successor_take_over(role: str) -> None:
    stage = dispatched_task()
    lead = stage.leads[0]
    renamed(lead.agency)
    actor = {
        "coordinator": lambda: actor_of(stage.coordinator, LATER),
        "system_admin": lambda: actor_of(make_person(office=Office.SYSTEM), LATER),
        "security_admin": lambda: actor_of(make_person(office=Office.SECURITY), LATER),
        "audit_admin": lambda: actor_of(make_person(office=Office.AUDIT), LATER),
        "officer": lambda: actor_of(lead.officer, LATER),
        "reviewer": lambda: actor_of(lead.reviewer, LATER),
        "leader": lambda: actor_of(stage.leader, LATER),
        "other_coordinator": lambda: actor_of(make_member(make_agency(), Role.COORDINATOR), LATER),
        "nobody": lambda: Actor(user_id=-1, name=""),
    }[role]()
    try:
        take_over(actor=actor, predecessor_id=lead.agency.pk, basis="机构改革", now=LATER)
        answer = 200
    except Refusal as refusal:
        answer = refusal.status
    assert answer == ANSWERS[role]


def test_a_bulletin_that_waits_for_a_signature_is_signed_by_the_successor_of_the_issuer() -> None:
    stage = dispatched_task()
    part = stage.part_of(stage.leads[0])
    matter = Matter(task=str(stage.task), agency=part.agency.name, due_on=stage.task.due_on, late=5)
    draft = NewPaper(
        key="draft", kind=Paper.BULLETIN, issuer_id=stage.issuer.pk, task_id=stage.task.pk, matter=matter, addressee=part.agency.name,
        assignment_id=part.pk, agency_id=part.agency_id,
    )  # fmt: skip
    row = make_papers([draft], NOW)["draft"]
    successor = renamed(stage.issuer)
    coordinator = actor_of(stage.coordinator, LATER)
    take_over(actor=coordinator, predecessor_id=stage.issuer.pk, basis="机构改革", now=LATER)
    signed = sign_paper(actor=coordinator, notice_id=row.pk, title=row.title, body=row.body, now=LATER)
    assert (signed.issuer, signed.issuer_name, signed.state) == (successor, successor.name, "issued")
    assert Notice.objects.get(task=stage.task, kind=Paper.SUPERVISION).issuer == stage.issuer
