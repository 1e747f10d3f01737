"""The record of acts: every verb has its sentence, and an unknown verb cannot be written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.actor import Actor
from agencies.models import Agency
from workflow.models import Assignment, Event, Report, Task


class Verb(models.TextChoices):
    """What can be done to a task; the label is the sentence that timelines show."""

    DRAW_UP = "draw_up", _("drew up the task")
    EDIT = "edit", _("changed the planned task")
    SET_DUE = "set_due", _("set the due date")
    SPLIT_TASK = "split_task", _("split the task by its sentences")
    DISPATCH = "dispatch", _("dispatched the task")
    ASSIGN = "assign", _("was assigned a part")
    SIGN_FOR = "sign_for", _("signed for it")
    PASS_ON = "pass_on", _("named the officer in charge")
    HAND_OVER = "hand_over", _("handed it over to a colleague")
    HAND_BACK = "hand_back", _("handed it back")
    WITHDRAW_HAND_BACK = "withdraw_hand_back", _("took the hand-back back")
    UPHOLD = "uphold", _("ruled that the assignment stands")
    REROUTE = "reroute", _("rerouted it to another agency")
    REQUEST_EXTENSION = "request_extension", _("asked for more time")
    WITHDRAW_EXTENSION = "withdraw_extension", _("took the request for more time back")
    GRANT_EXTENSION = "grant_extension", _("granted more time")
    REFUSE_EXTENSION = "refuse_extension", _("refused more time")
    OPEN_REPORT = "open_report", _("asked for a report")
    SAVE_REPORT = "save_report", _("saved a draft report")
    WRITE_TOGETHER = "write_together", _("wrote it together with the report of another task")
    ATTACH = "attach", _("attached evidence")
    DETACH = "detach", _("removed evidence")
    SEND_FOR_REVIEW = "send_for_review", _("sent the report for review")
    SEND_BACK = "send_back", _("sent the report back inside the agency")
    SUBMIT_REPORT = "submit_report", _("submitted the report")
    ACCEPT_REPORT = "accept_report", _("accepted the report")
    RETURN_REPORT = "return_report", _("returned the report for more")
    WAIVE_REPORT = "waive_report", _("waived the report")
    MISS_REPORT = "miss_report", _("missed the report")
    ASK_SUPPORTERS = "ask_supporters", _("asked the supporters for their contributions")
    SAVE_CONTRIBUTION = "save_contribution", _("saved a draft contribution")
    SEND_CONTRIBUTION_FOR_REVIEW = "send_contribution_for_review", _("sent the contribution for review")
    SEND_BACK_CONTRIBUTION = "send_back_contribution", _("sent the contribution back inside the agency")
    SEND_CONTRIBUTION = "send_contribution", _("sent its contribution to the leads")
    RETURN_CONTRIBUTION = "return_contribution", _("returned the contribution for more")
    WAIVE_CONTRIBUTION = "waive_contribution", _("did without the contribution")
    BEGIN_WORK_PLAN = "begin_work_plan", _("began its work plan")
    SEND_WORK_PLAN_FOR_REVIEW = "send_work_plan_for_review", _("sent the work plan for review")
    SEND_BACK_WORK_PLAN = "send_back_work_plan", _("sent the work plan back inside the agency")
    FILE_WORK_PLAN = "file_work_plan", _("put its work plan on record")
    DECLARE_DONE = "declare_done", _("declared it done")
    REQUEST_SIGN_OFF = "request_sign_off", _("put it up for sign-off")
    CO_SIGN = "co_sign", _("answered the co-signing")
    SUBMIT_SIGN_OFF = "submit_sign_off", _("put the sign-off before the coordinator")
    WITHDRAW_SIGN_OFF = "withdraw_sign_off", _("took the sign-off back")
    SIGN_OFF = "sign_off", _("signed it off")
    RETURN_SIGN_OFF = "return_sign_off", _("returned it to the leads")
    CONFIRM = "confirm", _("was confirmed done")
    SUSPEND = "suspend", _("suspended it")
    RESUME = "resume", _("resumed it")
    TERMINATE = "terminate", _("terminated it")
    REOPEN = "reopen", _("reopened it")
    WITHDRAW = "withdraw", _("withdrew the assignment")
    REVISE = "revise", _("changed the wording of the task")
    MOVE_DUE = "move_due", _("changed the due date")
    MOVE_BY_CALENDAR = "move_by_calendar", _("had a date moved, since the working days have changed")
    CHANGE_PART = "change_part", _("was given another part")
    CARRY_OVER = "carry_over", _("carried the task over to the new edition of the plan")
    FOLLOW_EDITION = "follow_edition", _("did, or put aside, what the new edition of the plan had left open")
    KEEP = "keep", _("kept the task though the new edition of the plan drops it")
    SUCCEED = "succeed", _("took it over from its predecessor")
    ROLL_UP = "roll_up", _("rolled its progress up from its own tasks")
    SHOW_REPORTS_ABOVE = "show_reports_above", _("decided who above reads its reports")
    SET_RULES = "set_rules", _("set its rules")
    SET_STAGES = "set_stages", _("set its stages")
    RECORD_MEETING = "record_meeting", _("recorded a dispute meeting")
    ASK_VERIFIER = "ask_verifier", _("asked an outsider to verify it")
    VERIFY = "verify", _("verified it")
    DRAW_RECHECK = "draw_recheck", _("drew it for a re-check")
    RECORD_RECHECK = "record_recheck", _("looked at it again")
    GIVE_ANSWER = "give_answer", _("answered the instruction")
    CLOSE_ANSWER = "close_answer", _("took the answer as the end of it")
    RETURN_ANSWER = "return_answer", _("returned the answer for more")
    INSTRUCT = "instruct", _("wrote an instruction")
    PRESS = "press", _("pressed for action")
    REMIND = "remind", _("sent a reminder")
    SHOW = "show", _("let somebody see it until a date")
    RUNG = "rung", _("was reminded")
    SIGN_PAPER = "sign_paper", _("signed a bulletin")
    PUT_PAPER_ASIDE = "put_paper_aside", _("put a draft bulletin aside")
    COMMENT = "comment", _("wrote a comment")
    NOTE = "note", _("wrote a note inside the agency")
    RETRACT_COMMENT = "retract_comment", _("took a comment back")
    RETRACT_NOTE = "retract_note", _("took a note back")


INSIDE_THE_AGENCY = frozenset(
    {
        Verb.SAVE_REPORT,
        Verb.WRITE_TOGETHER,
        Verb.ATTACH,
        Verb.DETACH,
        Verb.SEND_FOR_REVIEW,
        Verb.SEND_BACK,
        Verb.PASS_ON,
        Verb.HAND_OVER,
        Verb.SAVE_CONTRIBUTION,
        Verb.SEND_CONTRIBUTION_FOR_REVIEW,
        Verb.SEND_BACK_CONTRIBUTION,
        Verb.BEGIN_WORK_PLAN,
        Verb.SEND_WORK_PLAN_FOR_REVIEW,
        Verb.SEND_BACK_WORK_PLAN,
    }
)
"""Acts on an agency's part that concern nobody but the agency itself; others do not read how it works."""

NOTES = frozenset({Verb.NOTE, Verb.RETRACT_NOTE})
"""Acts that concern the agency for which they were done, whether it has a part or not."""

CONVERSATION = NOTES | {Verb.COMMENT, Verb.RETRACT_COMMENT}
"""Acts that the conversation itself shows."""


WHY: Mapping[str, Promise] = {"stages": _("The stages have changed.")}
"""Why the system itself did something, by the code that the record keeps under `why`: the record speaks no language of its own."""


def said_to(event: Event) -> str:
    """Return what was said to an act: by a person as they wrote it, by the system in the reader's language."""
    return event.comment or str(WHY.get(event.data.get("why", ""), ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One act about to be recorded.

    Attributes:
        agency: the agency for which the actor acts, or which the act concerns.
        data: details in JSON values, dates in ISO form.
    """

    task: Task
    verb: Verb
    agency: Agency | None = None
    assignment: Assignment | None = None
    report: Report | None = None
    from_state: str = ""
    to_state: str = ""
    comment: str = ""
    data: dict[str, Any] = field(default_factory=dict)


_NEEDS = {
    Verb.SIGN_FOR: "sign_for",
    Verb.PASS_ON: "review",
    Verb.HAND_OVER: "administer",
    Verb.SEND_BACK: "review",
    Verb.SUBMIT_REPORT: "review",
    Verb.SEND_BACK_CONTRIBUTION: "review",
    Verb.SEND_CONTRIBUTION: "review",
    Verb.SEND_BACK_WORK_PLAN: "review",
    Verb.FILE_WORK_PLAN: "review",
    Verb.DECLARE_DONE: "review",
    Verb.REQUEST_SIGN_OFF: "review",
    Verb.WITHDRAW_SIGN_OFF: "review",
    Verb.CO_SIGN: "review",
    Verb.INSTRUCT: "instruct",
    Verb.GIVE_ANSWER: "review",
}
"""The permission each act of a deputy rests on, where it is neither the issuer's `coordinate` nor an agency's `report`."""


def _on_behalf_of(actor: Actor, entry: Entry) -> int | None:
    if entry.agency is None or entry.verb == Verb.VERIFY:  # who was asked to look was asked in person
        return None
    as_lead = "review" if entry.verb in {Verb.PRESS, Verb.REMIND, Verb.SUBMIT_SIGN_OFF} else "report"
    default = "coordinate" if entry.agency.pk == entry.task.issuer_id else as_lead
    return actor.on_behalf_of(_NEEDS.get(entry.verb, default), entry.agency.pk)


def record(actor: Actor, now: dt.datetime, *entries: Entry) -> list[Event]:
    """Append acts to the chain, in order, inside the caller's transaction, in a constant number of statements."""
    return Event.append([_row(actor, now, entry) for entry in entries])


@dataclass(frozen=True, slots=True)
class Reminder:
    """A rung of the ladder that told somebody, by keys and names alone, for batches that load no models."""

    task_id: int
    assignment_id: int
    agency_id: int
    agency_name: str
    rung: str
    key: str
    paper: str = ""


def record_reminders(actor: Actor, now: dt.datetime, reminders: Sequence[Reminder]) -> None:
    """Append reminders to the chain, in order, inside the caller's transaction; see `record`."""
    Event.append_lines(
        [
            {
                "verb": Verb.RUNG.value,
                "actor_name": actor.name,
                "agency_id": reminder.agency_id,
                "agency_name": reminder.agency_name,
                "data": {"rung": reminder.rung, "key": reminder.key} | ({"number": reminder.paper} if reminder.paper else {}),
                "task_id": reminder.task_id,
                "assignment_id": reminder.assignment_id,
            }
            for reminder in reminders
        ],
        at=now,
    )


def _row(actor: Actor, now: dt.datetime, entry: Entry) -> Event:
    agency = entry.agency
    return Event(
        at=now,
        verb=Verb(entry.verb).value,
        actor_id=actor.user_id,
        actor_name=actor.name,
        on_behalf_of_id=_on_behalf_of(actor, entry),
        agency=agency,
        agency_name=agency.name if agency else "",
        comment=entry.comment,
        data=entry.data,
        task=entry.task,
        assignment=entry.assignment,
        report=entry.report,
        from_state=entry.from_state,
        to_state=entry.to_state,
    )
