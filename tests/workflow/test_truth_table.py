"""The truth table: every act x state x role with its expected answer. An act without a row fails."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction

from agencies.actions.delegate import delegate
from agencies.actor import Actor
from agencies.models import Agency, Office, Role
from agencies.refusals import Refusal
from tests.factories.directory import NOW, TODAY, actor_of, join, make_agency, make_member, make_person
from tests.factories.tasks import (
    Stage,
    accepted_task,
    closing_task,
    declared_task,
    dispatched_task,
    draft_task,
    make_crew,
    open_report,
    submitted_report,
)
from workflow.actions.co_sign import co_sign
from workflow.actions.decide_sign_off import sign_off
from workflow.actions.hand_back import hand_back
from workflow.actions.interrupt import suspend, terminate
from workflow.actions.judge_report import accept_report, return_report, waive_report
from workflow.actions.rearrange import withdraw_assignment
from workflow.actions.request_extension import request_extension
from workflow.actions.rule_on_hand_back import reroute
from workflow.actions.write_report import ReportText, save_report, send_for_review
from workflow.catalog import CATALOG, Act, Subject
from workflow.models import Assignment, Event, Report, Task

pytestmark = pytest.mark.django_db

OWN = {"officer", "reviewer", "delegate"}
REVIEW = {"reviewer", "delegate"}
ISSUER = {"coordinator"}
LEADER = {"leader"}

ROLES = (
    "officer", "reviewer", "delegate", "co_lead_reviewer", "supporter_officer", "supporter_reviewer", "coordinator", "leader",
    "other_agency", "expired_member", "system_admin", "security_admin", "audit_admin", "nobody",
)  # fmt: skip
BLIND = {"other_agency", "expired_member", "system_admin", "security_admin", "audit_admin", "nobody"}
"""Roles to which the task does not exist."""

LIVE = {"dispatched"}

TABLE: dict[str, tuple[set[str], set[str]]] = {
    # act: (roles that may, states in which it succeeds)
    "set_due": (ISSUER, {"draft"}),
    "dispatch": (ISSUER, {"draft"}),
    "add_assignment": (ISSUER, LIVE),
    "submit_sign_off": (ISSUER, {"closing"}),
    "sign_off": (ISSUER, {"closing_reviewed"}),
    "return_sign_off": (ISSUER, {"closing", "closing_reviewed"}),
    "instruct": (LEADER, {"draft", "dispatched", "closing", "closing_reviewed", "closed", "suspended", "terminated"}),
    "suspend": (ISSUER, LIVE),
    "resume": (ISSUER, {"suspended"}),
    "terminate": (ISSUER, {"dispatched", "closing", "closing_reviewed", "suspended"}),
    "reopen": (ISSUER, {"closed"}),
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
    "succeed": (ISSUER, set()),
    "withdraw_assignment": (ISSUER, {"pending", "accepted", "disputed", "declared", "extending", "reported"}),
    "send_for_review": (OWN, {"draft"}),
    "submit_report": (REVIEW, {"agency_review"}),
    "send_back": (REVIEW, {"agency_review"}),
    "accept_report": (ISSUER, {"submitted"}),
    "return_report": (ISSUER, {"submitted"}),
    "waive_report": (ISSUER, {"due", "draft", "returned"}),
}
"""What the rules say, written by hand; the catalog, the policy and the machines are held to it."""


@dataclass
class Scene:
    """A stage with the subject the act is done to, and the crew whose part it is."""

    stage: Stage
    pk: int


def _task(make: Callable[[], Stage]) -> Callable[[], Scene]:
    def build() -> Scene:
        stage = make()
        return Scene(stage, stage.task.pk)

    return build


def _lead(make: Callable[[], Stage], then: Callable[[Stage], None] = lambda stage: None) -> Callable[[], Scene]:
    def build() -> Scene:
        stage = make()
        pk = stage.part_of(stage.leads[0]).pk
        then(stage)
        return Scene(stage, pk)

    return build


def _report(then: Callable[[Stage, Report], None]) -> Callable[[], Scene]:
    def build() -> Scene:
        stage = accepted_task(leads=2)
        report = open_report(stage, stage.leads[0])
        then(stage, report)
        return Scene(stage, report.pk)

    return build


def closing() -> Stage:
    return closing_task(leads=2)


def closing_reviewed() -> Stage:
    stage = closing()
    for crew in (stage.leads[1], stage.supporters[0]):
        co_sign(actor=crew.reviewer_actor, assignment_id=stage.part_of(crew).pk, verdict="agree", now=NOW)
    return stage


def closed() -> Stage:
    stage = closing_reviewed()
    sign_off(actor=stage.coordinator_actor, task_id=stage.task.pk, opinion="", now=NOW)
    return stage


def suspended() -> Stage:
    stage = accepted_task(leads=2)
    suspend(actor=stage.coordinator_actor, task_id=stage.task.pk, reason="政策调整", now=NOW)
    return stage


def terminated() -> Stage:
    stage = accepted_task(leads=2)
    terminate(actor=stage.coordinator_actor, task_id=stage.task.pk, reason="取消", now=NOW)
    return stage


def _dispute(stage: Stage) -> None:
    lead = stage.leads[0]
    hand_back(actor=lead.officer_actor, assignment_id=stage.part_of(lead).pk, reason="非职责", legal_basis="三定规定", now=NOW)


def _reroute(stage: Stage) -> None:
    _dispute(stage)
    part = stage.part_of(stage.leads[0])
    reroute(actor=stage.coordinator_actor, assignment_id=part.pk, agency_id=make_crew().agency.pk, opinion="改派", now=NOW)


def _withdraw(stage: Stage) -> None:
    withdraw_assignment(actor=stage.coordinator_actor, assignment_id=stage.part_of(stage.leads[0]).pk, reason="调整", now=NOW)


def _extend(stage: Stage) -> None:
    lead = stage.leads[0]
    request_extension(
        actor=lead.officer_actor,
        assignment_id=stage.part_of(lead).pk,
        asked_for=TODAY + dt.timedelta(days=90),
        reason="需要协调",
        now=NOW,
    )


def _reported(stage: Stage) -> None:
    report = submitted_report(stage, stage.leads[0])
    accept_report(actor=stage.coordinator_actor, report_id=report.pk, now=NOW)


def _asked() -> Scene:
    """The second lead put the task up; the first lead is asked to co-sign."""
    stage = declared_task(leads=2)
    from workflow.actions.request_sign_off import request_sign_off

    second = stage.leads[1]
    request_sign_off(actor=second.reviewer_actor, assignment_id=stage.part_of(second).pk, summary="完成", now=NOW)
    return Scene(stage, stage.part_of(stage.leads[0]).pk)


def _drafted(stage: Stage, report: Report) -> None:
    officer = stage.leads[0].officer_actor
    save_report(actor=officer, report_id=report.pk, text=ReportText(done="完成", percent=80), now=NOW)


def _in_review(stage: Stage, report: Report) -> None:
    _drafted(stage, report)
    send_for_review(actor=stage.leads[0].officer_actor, report_id=report.pk, now=NOW)


def _submitted(stage: Stage, report: Report) -> None:
    from workflow.actions.release_report import submit_report

    _in_review(stage, report)
    submit_report(actor=stage.leads[0].reviewer_actor, report_id=report.pk, now=NOW)


def _accepted(stage: Stage, report: Report) -> None:
    _submitted(stage, report)
    accept_report(actor=stage.coordinator_actor, report_id=report.pk, now=NOW)


def _returned(stage: Stage, report: Report) -> None:
    _submitted(stage, report)
    return_report(actor=stage.coordinator_actor, report_id=report.pk, remark="请补充", now=NOW)


def _waived(stage: Stage, report: Report) -> None:
    waive_report(actor=stage.coordinator_actor, report_id=report.pk, reason="免报", now=NOW)


SCENES: dict[Subject, dict[str, Callable[[], Scene]]] = {
    Subject.TASK: {
        "draft": _task(lambda: draft_task(leads=2)),
        "dispatched": _task(lambda: accepted_task(leads=2)),
        "closing": _task(closing),
        "closing_reviewed": _task(closing_reviewed),
        "closed": _task(closed),
        "suspended": _task(suspended),
        "terminated": _task(terminated),
    },
    Subject.ASSIGNMENT: {
        "pending": _lead(lambda: dispatched_task(leads=2)),
        "accepted": _lead(lambda: accepted_task(leads=2)),
        "reported": _lead(lambda: accepted_task(leads=2), _reported),
        "extending": _lead(lambda: accepted_task(leads=2), _extend),
        "disputed": _lead(lambda: dispatched_task(leads=2), _dispute),
        "declared": _lead(lambda: declared_task(leads=2)),
        "closing": _lead(closing),
        "asked": _asked,
        "confirmed": _lead(closed),
        "rerouted": _lead(lambda: dispatched_task(leads=2), _reroute),
        "withdrawn": _lead(lambda: dispatched_task(leads=2), _withdraw),
    },
    Subject.REPORT: {
        "due": _report(lambda stage, report: None),
        "draft": _report(_drafted),
        "agency_review": _report(_in_review),
        "submitted": _report(_submitted),
        "accepted": _report(_accepted),
        "returned": _report(_returned),
        "waived": _report(_waived),
    },
}

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


def fields(act: Act, stage: Stage, fresh: Agency) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field in act.fields:
        match field.kind:
            case "date":
                values[field.name] = TODAY + dt.timedelta(days=100)
            case "agency":
                values[field.name] = fresh.pk
            case "officer":
                values[field.name] = stage.leads[0].officer.pk
            case "successor":
                values[field.name] = fresh.pk
            case "choice":
                values[field.name] = field.choices[0][0]
            case _:
                values[field.name] = "说明"
    return values


def subject_of(subject: Subject, pk: int) -> Task | Assignment | Report:
    match subject:
        case Subject.TASK:
            return Task.objects.get(pk=pk)
        case Subject.ASSIGNMENT:
            return Assignment.objects.get(pk=pk)
        case Subject.REPORT:
            return Report.objects.get(pk=pk)


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
        values = fields(act, scene.stage, fresh)
        for role in ROLES:
            wanted, given = expected(act, state, role), answer(act, scene, people[role], values)
            asked += 1
            if given != wanted:
                wrong[act.name, role] = (given, wanted)
    assert not wrong, wrong
    assert asked >= len(ROLES) * 6
    assert Event.objects.count() == before, "an act that was undone left an event"


def test_the_offers_agree_with_what_the_acts_answer() -> None:
    """A button that is enabled works, one that is disabled is refused, and none is missing."""
    checked = 0
    for subject, scenes in SCENES.items():
        for state, build in scenes.items():
            scene = build()
            people = actors(scene.stage)
            fresh = make_agency()
            for role in ("officer", "reviewer", "coordinator", "leader"):
                for act in (entry for entry in CATALOG.values() if entry.subject == subject):
                    row = subject_of(subject, scene.pk)
                    offered = act.offer(people[role], row, now=NOW)
                    given = answer(act, scene, people[role], fields(act, scene.stage, fresh))
                    if given != 404:
                        assert bool(offered) == (given == 200), (act.name, state, role, offered, given)
                        checked += 1
    assert checked > 500
