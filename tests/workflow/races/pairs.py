"""The pairs of acts that meet on the same thing, made from the truth table: any two that succeed in one state, and what ends the whole.

An act without a row in the table fails there; an act with a row has its pairs here without anybody's doing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.workflow.races.acts import ACTS
from tests.workflow.races.scenes import RACE_SCENES
from tests.workflow.test_truth_table import TABLE
from workflow.catalog import CATALOG

IN_HAND = {"pending", "accepted", "reported", "extending"}

ALSO: dict[str, set[str]] = {
    # what the table's scenes do not reach
    "verify": {"verifying"}, "sign_off": {"verifying"}, "return_sign_off": {"verifying"}, "ask_verifier": {"verifying"},
    "terminate": {"verifying", "below"}, "record_recheck": {"drawn"}, "reopen": {"drawn"},
    "show_reports_above": {"below"}, "dispatch": {"below"}, "set_due": {"below"}, "set_rules": {"below"},
    "succeed": {"succeeded"}, "take_over": {"succeeded"}, "withdraw_assignment": {"succeeded"}, "change_part": {"succeeded"},
    "press": {"succeeded"},
    # acts beside the catalog
    "edit_task": {"draft"}, "dispatch_many": {"draft"}, "set_due_many": {"draft"},
    "sign_for_many": {"pending"}, "press_many": IN_HAND | {"disputed"}, "remind_many": IN_HAND | {"disputed"},
    "hand_over": IN_HAND - {"pending"},
    "save_report": {"due", "draft", "returned", "joint"}, "attach_evidence": {"due", "draft", "returned"},
    "attach_material": {"asked", "draft", "returned"}, "write_together": {"joint"},
    "send_for_review": {"joint"}, "waive_report": {"joint"},
    "save_contribution": {"asked", "draft", "returned"}, "retract": {"said"},
    "save_work_plan": {"begun", "draft"}, "attach_plan_file": {"begun", "draft"},
}  # fmt: skip
"""Further states in which an act succeeds."""

TASK_STATE: dict[tuple[str, str], str] = {
    ("assignment", "closing"): "closing", ("assignment", "asked"): "closing", ("assignment", "confirmed"): "closed",
}  # fmt: skip
"""State of the task where a part is raced; under way otherwise."""


@dataclass(frozen=True, order=True)
class Pair:
    """Two acts that meet in a scene; the second may be done to the task that the first one's subject belongs to."""

    subject: str
    state: str
    first: str
    second: str

    def __str__(self) -> str:
        return f"{self.first} x {self.second} ({self.subject} {self.state})"


def states_of(name: str) -> set[str]:
    """Return the states of its subject in which an act succeeds."""
    return (TABLE[name][1] if name in TABLE else set()) | ALSO.get(name, set())


def _legal(subject: str, state: str) -> list[str]:
    return sorted(name for name, act in ACTS.items() if act.subject == subject and state in states_of(name))


def _above(subject: str, state: str) -> list[str]:
    """Return the acts that move the whole to which a row belongs: those of the machine above, at the state it is in."""
    if subject in {"task", "comment"}:
        return []
    moving = {name for name, act in CATALOG.items() if act.transition}
    found = [name for name in _legal("task", TASK_STATE.get((subject, state), "dispatched")) if name in moving]
    if subject in {"report", "contribution", "answer", "workplan"}:
        part = "pending" if subject == "contribution" else "accepted"
        found += [
            name for name in ("withdraw_assignment", "hand_back", "declare_done") if part in states_of(name) and subject != "contribution"
        ]
    return sorted(found)


def _pairs() -> Iterator[Pair]:
    met: set[tuple[str, str]] = set()
    for subject, scenes in RACE_SCENES.items():
        for state in scenes:
            own = _legal(subject, state)
            meetings = [(first, second) for place, first in enumerate(own) for second in own[place:]]
            meetings += [(first, second) for first in own for second in _above(subject, state)]
            for first, second in meetings:
                if (first, second) not in met:
                    met.add((first, second))
                    yield Pair(subject, state, first, second)


PAIRS: list[Pair] = list(_pairs())
"""Every pair once, in the first state where both can be done."""

SHORT_ONES = {
    "dispatch x dispatch", "suspend x terminate", "return_sign_off x sign_off", "hand_back x sign_for",
    "grant_extension x refuse_extension",
    "reroute x uphold", "request_sign_off x request_sign_off", "accept_report x return_report", "sign_for x suspend", "verify x verify",
    "send_back_contribution x send_contribution", "close_answer x return_answer", "write_together x write_together", "retract x retract",
    "hand_over x hand_over", "take_over x take_over", "record_recheck x record_recheck", "begin_work_plan x begin_work_plan",
    "file_work_plan x send_back_work_plan",
}  # fmt: skip
SHORT = [pair for pair in PAIRS if str(pair).split(" (")[0] in SHORT_ONES]
"""Those of the short form."""
