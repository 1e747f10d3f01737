"""The truth table: every act x state x role with its expected answer. An act without a row fails."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import transaction

from agencies.actions.delegate import delegate
from agencies.actor import Actor
from agencies.models import Agency, Office, Role
from agencies.refusals import Refusal
from tests.factories.directory import NOW, TODAY, actor_of, join, make_agency, make_member, make_person
from tests.factories.scenes import SCENES, Scene
from tests.factories.tasks import (
    Stage,
    make_crew,
)
from workflow.catalog import CATALOG, Act, Subject, SubjectRow
from workflow.models import Answer, Assignment, Contribution, Event, Report, Task, WorkPlan

pytestmark = pytest.mark.django_db

OWN = {"officer", "reviewer", "delegate"}
REVIEW = {"reviewer", "delegate"}
ISSUER = {"coordinator"}
LEADER = {"leader"}
SUPPORTER = {"supporter_officer", "supporter_reviewer"}
LEADS = OWN | {"co_lead_reviewer"}

ROLES = (
    "officer", "reviewer", "delegate", "co_lead_reviewer", "supporter_officer", "supporter_reviewer", "coordinator", "leader",
    "other_agency", "expired_member", "system_admin", "security_admin", "audit_admin", "nobody",
)  # fmt: skip
BLIND = {"other_agency", "expired_member", "system_admin", "security_admin", "audit_admin", "nobody"}
"""Roles to which the task does not exist."""

EVERYBODY = set(ROLES) - BLIND
"""Whoever sees the task."""

LIVE = {"dispatched"}
ANY_STATE = {"draft", "dispatched", "closing", "closing_reviewed", "closed", "suspended", "terminated"}

TABLE: dict[str, tuple[set[str], set[str]]] = {
    # act: (roles that may, states in which it succeeds)
    "set_due": (ISSUER, {"draft"}),
    "split_task": (ISSUER, {"draft"}),
    "dispatch": (ISSUER, {"draft"}),
    "add_assignment": (ISSUER, LIVE),
    "submit_sign_off": (ISSUER, {"closing"}),
    "sign_off": (ISSUER, {"closing_reviewed"}),
    "return_sign_off": (ISSUER, {"closing", "closing_reviewed"}),
    "instruct": (LEADER, {"draft", "dispatched", "closing", "closing_reviewed", "closed", "suspended", "terminated"}),
    "comment": (EVERYBODY, ANY_STATE),
    "note": (EVERYBODY, ANY_STATE),
    "suspend": (ISSUER, LIVE),
    "resume": (ISSUER, {"suspended"}),
    "terminate": (ISSUER, {"draft", "dispatched", "closing", "closing_reviewed", "suspended"}),
    "reopen": (ISSUER, {"closed"}),
    "revise": (ISSUER, LIVE),
    "move_due": (ISSUER, LIVE),
    "change_part": (ISSUER, {"pending", "accepted", "disputed", "extending", "reported"}),
    "sign_for": (OWN, {"pending"}),
    "pass_on": (REVIEW, {"pending", "accepted", "reported", "extending"}),
    "ask_for_report": (OWN | ISSUER, {"pending", "accepted", "reported", "extending"}),
    "hand_back": (OWN, {"pending", "accepted", "reported", "extending"}),
    "withdraw_hand_back": (OWN, {"disputed"}),
    "uphold": (ISSUER, {"disputed"}),
    "reroute": (ISSUER, {"disputed"}),
    "request_extension": (OWN, {"pending", "accepted", "reported"}),
    "withdraw_extension": (OWN, {"extending"}),
    "grant_extension": (ISSUER, {"extending"}),
    "refuse_extension": (ISSUER, {"extending"}),
    "declare_done": (REVIEW, {"reported"}),
    "request_sign_off": (REVIEW, {"declared"}),
    "withdraw_sign_off": (REVIEW, {"closing", "asked"}),
    "co_sign": (REVIEW, {"asked"}),
    "press": (ISSUER, {"pending", "accepted", "disputed", "extending", "reported"}),
    "remind": (ISSUER, {"pending", "accepted", "disputed", "extending", "reported"}),
    "succeed": (ISSUER, set()),
    "withdraw_assignment": (ISSUER, {"pending", "accepted", "disputed", "declared", "extending", "reported"}),
    "send_for_review": (OWN, {"draft"}),
    "submit_report": (REVIEW, {"agency_review"}),
    "send_back": (REVIEW, {"agency_review"}),
    "accept_report": (ISSUER, {"submitted"}),
    "return_report": (ISSUER, {"submitted"}),
    "waive_report": (ISSUER, {"due", "draft", "returned"}),
    "set_rules": (ISSUER, {"draft", "dispatched", "suspended"}),
    "show_reports_above": (ISSUER, set()),
    "show": (ISSUER, ANY_STATE),
    "set_stages": (ISSUER, {"draft", "dispatched"}),
    "record_meeting": (ISSUER, {"disputed"}),
    "ask_verifier": (ISSUER, {"closing", "closing_reviewed"}),
    "verify": (set(), set()),
    "record_recheck": (ISSUER, set()),
    "give_answer": (REVIEW, {"owed", "returned"}),
    "close_answer": (ISSUER | LEADER, {"given"}),
    "return_answer": (ISSUER | LEADER, {"given"}),
    "ask_supporters": (OWN, {"due", "draft", "agency_review", "returned"}),
    "send_contribution_for_review": (SUPPORTER, {"draft"}),
    "send_contribution": ({"supporter_reviewer"}, {"agency_review"}),
    "send_back_contribution": ({"supporter_reviewer"}, {"agency_review"}),
    "return_contribution": (LEADS, {"sent"}),
    "waive_contribution": (LEADS, {"asked", "draft", "returned"}),
    "begin_work_plan": (OWN, {"accepted", "reported", "extending"}),
    "send_work_plan_for_review": (OWN, {"draft"}),
    "file_work_plan": (REVIEW, {"agency_review"}),
    "send_back_work_plan": (REVIEW, {"agency_review"}),
}
"""What the rules say, written by hand; the catalog, the policy and the machines are held to it."""


LOST_SIGHT = {"rerouted", "withdrawn"}
"""States in which the agency itself has lost sight of the task."""

HIDDEN_DRAFT = {"officer", "reviewer", "delegate", "co_lead_reviewer", "supporter_officer", "supporter_reviewer"}
"""Roles to which a task that has not gone out does not exist."""


def actors(stage: Stage) -> dict[str, Actor]:
    lead = stage.leads[0]
    deputy = make_member(lead.agency, Role.OFFICER, name="代理人")
    delegate(
        actor=lead.reviewer_actor,
        now=NOW,
        delegator=lead.reviewer,
        deputy=deputy,
        agency=lead.agency,
        ends_at=NOW + dt.timedelta(days=5),
        reason="出差",
    )
    expired = make_person("离任者")
    join(expired, lead.agency, Role.REVIEWER, until=TODAY - dt.timedelta(days=1))
    return {
        "officer": actor_of(lead.officer),
        "reviewer": actor_of(lead.reviewer),
        "delegate": actor_of(deputy),
        "co_lead_reviewer": actor_of(stage.leads[1].reviewer),
        "supporter_officer": actor_of(stage.supporters[0].officer),
        "supporter_reviewer": actor_of(stage.supporters[0].reviewer),
        "coordinator": stage.coordinator_actor,
        "leader": stage.leader_actor,
        "other_agency": make_crew().reviewer_actor,
        "expired_member": actor_of(expired),
        "system_admin": actor_of(make_person(office=Office.SYSTEM)),
        "security_admin": actor_of(make_person(office=Office.SECURITY)),
        "audit_admin": actor_of(make_person(office=Office.AUDIT)),
        "nobody": Actor(user_id=-1, name=""),
    }


def fields(act: Act, stage: Stage, fresh: Agency, state: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field in act.fields:
        if act.name == "instruct" and field.kind == "date" and state in {"closed", "terminated"}:
            continue  # nobody is left to answer by a day
        match field.kind:
            case "date":
                values[field.name] = TODAY if field.name == "held_on" else TODAY + dt.timedelta(days=100)
            case "agency":
                values[field.name] = fresh.pk
            case "officer":
                values[field.name] = stage.leads[0].officer.pk
            case "successor":
                values[field.name] = fresh.pk
            case "person":
                values[field.name] = make_person().pk
            case "sentences":
                values[field.name] = [0]
            case "choice":
                values[field.name] = field.choices[0][0]
            case _:
                values[field.name] = "2026-12-31 完成方案" if field.name == "stages" else "说明"
    return values


def subject_of(subject: Subject, pk: int) -> SubjectRow:
    match subject:
        case Subject.TASK:
            return Task.objects.get(pk=pk)
        case Subject.ASSIGNMENT:
            return Assignment.objects.get(pk=pk)
        case Subject.REPORT:
            return Report.objects.get(pk=pk)
        case Subject.ANSWER:
            return Answer.objects.get(pk=pk)
        case Subject.CONTRIBUTION:
            return Contribution.objects.get(pk=pk)
        case Subject.WORKPLAN:
            return WorkPlan.objects.get(pk=pk)


def expected(act: Act, state: str, role: str) -> int:
    """Return the answer the table gives: 404 before 403 before 409."""
    may, states = TABLE[act.name]
    if role in BLIND:
        return 404
    if state == "draft" and act.subject == Subject.TASK and role in HIDDEN_DRAFT:
        return 404
    if state in LOST_SIGHT and role in OWN:
        return 404
    if role not in may:
        return 403
    if act.name == "succeed" and state in TABLE["withdraw_assignment"][1] | {"closing", "asked"}:
        return 400  # the scene knows no successor; its own test does
    return 200 if state in states else 409


def answer(act: Act, scene: Scene, actor: Actor, values: dict[str, Any]) -> int:
    """Do the act and undo it; return the status it is answered with."""
    try:
        with transaction.atomic():
            act.run(actor=actor, now=NOW, **{f"{act.subject}_id": scene.pk}, **values)
            transaction.set_rollback(True)
    except Refusal as refusal:
        return refusal.status
    return 200


def test_every_act_has_its_row_and_every_row_its_act() -> None:
    assert set(TABLE) == set(CATALOG)


ROWS = [(subject, state) for subject, scenes in SCENES.items() for state in scenes]


@pytest.mark.parametrize(("subject", "state"), ROWS)
def test_the_table_is_true(subject: Subject, state: str) -> None:
    scene = SCENES[subject][state]()
    fresh, people = make_agency(), actors(scene.stage)
    before = Event.objects.count()
    wrong, asked = {}, 0
    for act in (entry for entry in CATALOG.values() if entry.subject == subject):
        values = fields(act, scene.stage, fresh, state)
        for role in ROLES:
            wanted, given = expected(act, state, role), answer(act, scene, people[role], values)
            asked += 1
            if given != wanted:
                wrong[act.name, role] = (given, wanted)
    assert not wrong, wrong
    assert asked >= len(ROLES) * 3
    assert Event.objects.count() == before, "an act that was undone left an event"


def test_the_offers_agree_with_what_the_acts_answer() -> None:
    """A button that is enabled works, one that is disabled is refused, and none is missing."""
    checked = 0
    for subject, scenes in SCENES.items():
        for state, build in scenes.items():
            scene = build()
            people = actors(scene.stage)
            fresh = make_agency()
            for role in ("officer", "reviewer", "coordinator", "leader", "supporter_reviewer"):
                for act in (entry for entry in CATALOG.values() if entry.subject == subject):
                    row = subject_of(subject, scene.pk)
                    offered = act.offer(people[role], row, now=NOW)
                    given = answer(act, scene, people[role], fields(act, scene.stage, fresh, state))
                    if given != 404:
                        assert bool(offered) == (given == 200), (act.name, state, role, offered, given)
                        checked += 1
    assert checked > 500
