"""The pairs of acts that meet on the same thing, each with the state in which they meet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from agencies.actor import Actor
from agencies.models import Role
from tests.factories.directory import NOW, TODAY, actor_of, make_agency, make_member
from tests.factories.scenes import SCENES, Scene
from workflow.catalog import CATALOG, Subject
from workflow.models import Assignment, Report, Task

MODELS: dict[Subject, Any] = {Subject.TASK: Task, Subject.ASSIGNMENT: Assignment, Subject.REPORT: Report}


@dataclass(frozen=True)
class Pair:
    """Two acts on one thing; `on_task` lists those of the two that are done to its task instead."""

    subject: Subject
    state: str
    first: str
    second: str

    def __str__(self) -> str:
        return f"{self.first} x {self.second} ({self.subject} {self.state})"


def _pairs(subject: Subject, state: str, *meetings: str) -> list[Pair]:
    return [Pair(subject, state, *meeting.split("/")) for meeting in meetings]


PAIRS: list[Pair] = [
    *_pairs(Subject.TASK, "draft", "dispatch/dispatch", "dispatch/set_due", "dispatch/terminate"),
    *_pairs(Subject.TASK, "dispatched", "suspend/suspend", "suspend/terminate", "terminate/terminate",
            "suspend/move_due", "revise/revise"),
    *_pairs(Subject.TASK, "closing", "return_sign_off/return_sign_off", "submit_sign_off/return_sign_off",
            "submit_sign_off/submit_sign_off"),
    *_pairs(
        Subject.TASK, "closing_reviewed", "sign_off/sign_off", "sign_off/return_sign_off", "sign_off/terminate", "return_sign_off/terminate"
    ),
    *_pairs(Subject.TASK, "suspended", "resume/resume", "resume/terminate"),
    *_pairs(Subject.TASK, "closed", "reopen/reopen"),
    *_pairs(
        Subject.ASSIGNMENT, "pending", "sign_for/sign_for", "sign_for/hand_back", "sign_for/withdraw_assignment", "hand_back/hand_back",
        "sign_for/suspend", "sign_for/terminate", "pass_on/sign_for",
    ),
    *_pairs(
        Subject.ASSIGNMENT, "accepted", "request_extension/request_extension", "hand_back/withdraw_assignment", "hand_back/suspend",
        "ask_for_report/ask_for_report", "withdraw_assignment/withdraw_assignment", "withdraw_assignment/terminate", "pass_on/pass_on",
        "change_part/withdraw_assignment",
    ),
    *_pairs(
        Subject.ASSIGNMENT, "extending", "grant_extension/grant_extension", "grant_extension/refuse_extension",
        "grant_extension/withdraw_extension", "refuse_extension/withdraw_extension", "grant_extension/hand_back",
    ),
    *_pairs(
        Subject.ASSIGNMENT, "disputed", "uphold/uphold", "uphold/reroute", "reroute/reroute", "uphold/withdraw_hand_back",
        "reroute/withdraw_hand_back", "reroute/terminate",
    ),
    *_pairs(Subject.ASSIGNMENT, "reported", "declare_done/declare_done", "declare_done/withdraw_assignment", "declare_done/suspend"),
    *_pairs(Subject.ASSIGNMENT, "declared", "request_sign_off/request_sign_off", "request_sign_off/withdraw_assignment",
            "request_sign_off/suspend"),
    *_pairs(Subject.ASSIGNMENT, "asked", "co_sign/co_sign", "co_sign/return_sign_off", "co_sign/withdraw_sign_off"),
    *_pairs(Subject.REPORT, "draft", "send_for_review/send_for_review", "send_for_review/waive_report"),
    *_pairs(Subject.REPORT, "agency_review", "submit_report/submit_report", "submit_report/send_back"),
    *_pairs(Subject.REPORT, "submitted", "accept_report/accept_report", "accept_report/return_report", "return_report/return_report"),
    *_pairs(Subject.REPORT, "due", "waive_report/waive_report"),
]  # fmt: skip
"""What people really do to each other at the same moment: the same act twice, or two that exclude one another."""

SHORT = [pair for pair in PAIRS if str(pair).split(" (")[0] in {
    "dispatch x dispatch", "suspend x terminate", "sign_off x return_sign_off", "sign_for x hand_back",
    "grant_extension x refuse_extension",
    "uphold x reroute", "request_sign_off x request_sign_off", "accept_report x return_report", "sign_for x suspend",
}]  # fmt: skip
"""Those of the short form."""


@dataclass
class Meeting:
    """A pair brought to its scene: the two acts as functions of a key lookup."""

    scene: Scene
    acts: tuple[Callable[[Callable[[Any, int], int]], object], Callable[[Callable[[Any, int], int]], object]]


def meet(pair: Pair) -> Meeting:
    """Build the scene and choose who acts: two different people wherever the rules allow it."""
    scene = SCENES[pair.subject][pair.state]()
    stage = scene.stage
    second_coordinator = make_member(stage.issuer, Role.COORDINATOR)
    second_reviewer = make_member(stage.leads[0].agency, Role.REVIEWER)
    crowds = (
        [stage.coordinator, stage.leads[0].officer, stage.leads[0].reviewer, stage.leader],
        [second_coordinator, second_reviewer, stage.leads[0].reviewer, stage.leads[0].officer, stage.leader],
    )
    fresh = make_agency().pk
    return Meeting(
        scene,
        (
            _act(pair.first, pair.subject, scene, crowds[0], fresh),
            _act(pair.second, pair.subject, scene, crowds[1], fresh),
        ),
    )


def _act(name: str, subject: Subject, scene: Scene, crowd: list[Any], fresh: int) -> Callable[[Callable[[Any, int], int]], object]:
    act = CATALOG[name]
    pk = scene.pk if act.subject == subject else scene.stage.task.pk
    row = MODELS[act.subject].objects.get(pk=pk)
    actor: Actor = next(person for person in map(actor_of, crowd) if act.may(person, row))
    told: dict[str, Any] = {}
    for field in act.fields:
        match field.kind:
            case "date":
                told[field.name] = TODAY + dt.timedelta(days=100)
            case "agency":
                told[field.name] = fresh
            case "officer":
                told[field.name] = scene.stage.leads[0].officer.pk
            case "choice":
                told[field.name] = field.choices[-1][0] if name == "change_part" else field.choices[0][0]
            case _:
                told[field.name] = "说明"
    version = row.version if name not in {"dispatch", "set_due"} else None

    def run(key_of: Callable[[Any, int], int]) -> object:
        more = {} if version is None else {"version": version}
        return act.run(actor=actor, now=NOW, **{f"{act.subject}_id": key_of(MODELS[act.subject], pk)}, **more, **told)

    return run
