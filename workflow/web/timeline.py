"""The record of a task as its page tells it: who did what for whom, when, with which words, from which state to which."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.actor import Actor
from agencies.listing import listed
from agencies.models import Agency
from workflow.models import Event, Task
from workflow.states import (
    AnswerState,
    AssignmentState,
    ContributionState,
    ExtensionState,
    Finding,
    HandBackState,
    NoticeState,
    Part,
    ReportState,
    SignOffState,
    TaskState,
    Verdict,
    WorkPlanState,
)
from workflow.timeline import CONVERSATION, INSIDE_THE_AGENCY, Verb, said_to

SHOWN_AT_FIRST = 60
"""How many events are read before the reader asks for all of them."""

DONE_TO = frozenset({Verb.ASSIGN, Verb.CONFIRM, Verb.PRESS, Verb.RECORD_MEETING, Verb.WITHDRAW, Verb.RUNG, Verb.MISS_REPORT, Verb.SUCCEED})
"""Acts whose event names the agency that they are done to, not the one for which the person acts."""

ICONS: dict[str, tuple[str, str]] = {
    Verb.DISPATCH: ("send", "blue"),
    Verb.SIGN_FOR: ("signature", "blue"),
    Verb.HAND_BACK: ("arrow-back-up", "red"),
    Verb.REROUTE: ("arrows-split", "orange"),
    Verb.REQUEST_EXTENSION: ("hourglass", "yellow"),
    Verb.GRANT_EXTENSION: ("hourglass", "green"),
    Verb.REFUSE_EXTENSION: ("hourglass", "red"),
    Verb.SUBMIT_REPORT: ("file-text", "purple"),
    Verb.ACCEPT_REPORT: ("file-text", "green"),
    Verb.RETURN_REPORT: ("file-text", "red"),
    Verb.SEND_CONTRIBUTION: ("file-text", "azure"),
    Verb.RETURN_CONTRIBUTION: ("arrow-back-up", "red"),
    Verb.ASK_SUPPORTERS: ("users", ""),
    Verb.FILE_WORK_PLAN: ("list-check", "azure"),
    Verb.MISS_REPORT: ("alert-triangle", "red"),
    Verb.DECLARE_DONE: ("flag", "purple"),
    Verb.REQUEST_SIGN_OFF: ("list-check", "purple"),
    Verb.CO_SIGN: ("signature", "purple"),
    Verb.SIGN_OFF: ("circle-check", "green"),
    Verb.RETURN_SIGN_OFF: ("arrow-back-up", "red"),
    Verb.SUSPEND: ("player-pause", "yellow"),
    Verb.RESUME: ("player-play", "blue"),
    Verb.TERMINATE: ("player-stop", "red"),
    Verb.REOPEN: ("refresh", "orange"),
    Verb.INSTRUCT: ("message", "red"),
    Verb.SUCCEED: ("arrows-split", "azure"),
    Verb.PRESS: ("bell", "orange"),
    Verb.RUNG: ("bell", "yellow"),
    Verb.DRAW_UP: ("pencil", ""),
    Verb.EDIT: ("pencil", ""),
    Verb.SET_DUE: ("calendar-event", ""),
    Verb.ASSIGN: ("building", ""),
    Verb.SEND_FOR_REVIEW: ("eye", ""),
    Verb.SAVE_REPORT: ("pencil", ""),
    Verb.ATTACH: ("paperclip", ""),
    Verb.DETACH: ("paperclip", ""),
    Verb.CONFIRM: ("circle-check", "green"),
}


@dataclass(slots=True)
class Told:
    """One line of the timeline; acts done at once to many agencies are told together."""

    at: dt.datetime
    verb: str
    who: str
    on_behalf_of: str
    comment: str
    icon: str
    look: str
    change: str
    details: list[str]
    key: tuple[object, ...]
    agency: str = ""
    agencies: list[str] = field(default_factory=list)

    @property
    def towards(self) -> str:
        """Return the agencies it was done to, the first few by name; empty for an act on the task or on one's own part."""
        if len(self.agencies) <= FEW:
            return listed(self.agencies)
        return _("%(first)s and others, %(count)d agencies in all") % {"first": self.agencies[0], "count": len(self.agencies)}


FEW = 3
PARTS = {**dict(Part.choices), "first_lead": gettext_lazy("First lead")}


def tell(actor: Actor, task: Task, *, everything: bool = False) -> tuple[list[Told], bool]:
    """Return what happened to a task, newest first, as far as the actor may read it.

    Returns:
        The lines, and whether there are older ones that were not read.
    """
    told = Event.objects.filter(task=task).exclude(verb__in=CONVERSATION)
    rows = told.select_related("on_behalf_of", "agency", "assignment__agency").order_by("-sequence")
    limit = SHOWN_AT_FIRST + len(task.assignments.all())
    events = list(rows if everything else rows[: limit + 1])
    has_more = not everything and len(events) > limit
    for event in events:
        event.task = task
    return fold(_readable(actor, events[:-1] if has_more else events)), has_more


def _readable(actor: Actor, events: Iterable[Event]) -> Iterable[Event]:
    for event in events:
        own = event.assignment is not None and event.assignment.agency_id in actor.agency_ids
        if event.verb not in INSIDE_THE_AGENCY or own:
            yield event


def fold(events: Iterable[Event]) -> list[Told]:
    """Return a line an event; the same act of the same person at the same moment is one line."""
    lines: list[Told] = []
    for event, holder in _holders(list(events)):
        line = line_of(event, holder)
        if lines and line.agencies and lines[-1].key == line.key:
            lines[-1].agencies[:0] = line.agencies
        else:
            lines.append(line)
    return lines


def _holders(events: Sequence[Event]) -> Iterable[tuple[Event, Agency | None]]:
    """Pair events, newest first, with the agency that had the part at the time: the record keeps the old name of who was succeeded."""
    moves = {
        event.pk: event.data["predecessor_id"]
        for event in events
        if event.verb == Verb.SUCCEED and event.assignment_id is not None and "predecessor_id" in event.data
    }
    agencies = Agency.objects.in_bulk(set(moves.values())) if moves else {}
    had: dict[int, Agency] = {}
    for event in events:
        yield event, had.get(event.assignment_id or 0)
        if event.pk in moves:
            had[event.assignment_id or 0] = agencies[moves[event.pk]]


def line_of(event: Event, holder: Agency | None = None) -> Told:
    """Return an event in the reader's language; `holder` had the part at the time, where it is another agency's today."""
    icon, look = ICONS.get(event.verb, ("circle-check", ""))
    agency = event.agency.short_name if event.agency is not None else event.agency_name
    towards = []
    if holder is None and event.assignment is not None:
        holder = event.assignment.agency
    if holder is not None and holder.pk != event.agency_id:
        towards = [holder.short_name]
    elif event.verb in DONE_TO and agency:
        towards = [agency]
        agency = event.data.get("by", event.task.issuer.short_name if event.actor_id else "")
    behalf = event.on_behalf_of.name if event.on_behalf_of is not None else ""
    return Told(
        at=event.at,
        verb=verb_label(event.verb),
        who=event.actor_name or _("The system"),
        on_behalf_of=behalf,
        comment=said_to(event),
        icon=icon,
        look=look,
        change=_change(event),
        details=_details(event),
        key=(
            event.verb,
            event.at,
            event.actor_id,
            event.comment,
            event.from_state,
            event.to_state,
            event.report_id,
            event.data.get("after"),
        ),
        agency=agency,
        agencies=towards,
    )


def verb_label(verb: str) -> str:
    """Return a verb's sentence in the reader's language."""
    return str(Verb(verb).label) if verb in Verb.values else verb


def _change(event: Event) -> str:
    if not event.from_state or not event.to_state or event.from_state == event.to_state:
        return ""
    states = {event.from_state, event.to_state}
    machine = next((machine for machine in _machines(event) if states <= set(machine.values)), None)
    if machine is None:
        return f"{event.from_state} → {event.to_state}"
    return f"{machine(event.from_state).label} → {machine(event.to_state).label}"


def _machines(event: Event) -> list[type[models.TextChoices]]:
    """Return whose states an event may speak of, the likeliest first; states of several machines have the same keys."""
    likely: list[tuple[type[models.TextChoices], bool]] = [
        (ReportState, event.report_id is not None),
        (ContributionState, bool(event.data.get("contribution"))),
        (AnswerState, bool(event.data.get("answer"))),
        (WorkPlanState, bool(event.data.get("work_plan"))),
        (AssignmentState, event.assignment_id is not None),
    ]
    anywhere: list[type[models.TextChoices]] = [TaskState, SignOffState, NoticeState, HandBackState, ExtensionState]
    return [machine for machine, holds in likely if holds] + anywhere


def _details(event: Event) -> list[str]:
    data = event.data
    found = []
    if data.get("due_before") and data.get("due_after"):
        found.append(_("Due date: %(before)s → %(after)s") % {"before": data["due_before"], "after": data["due_after"]})
    elif data.get("due_on") and event.verb != Verb.ASK_VERIFIER:
        found.append(_("Due on %(day)s") % {"day": data["due_on"]})
    found += _asked_and_answered(event)
    if data.get("answer_by"):
        found.append(_("To be answered by %(day)s") % {"day": data["answer_by"]})
    if event.verb == Verb.FILE_WORK_PLAN:
        found.append(_("Version %(number)d") % {"number": data["number"]})
    if data.get("filename"):
        found.append(str(data["filename"]))
    if data.get("percent") is not None:
        found.append(_("Progress %(percent)s%%") % {"percent": data["percent"]})
    if data.get("task_percent") is not None:
        before, after = data["task_percent_before"], data["task_percent"]
        found.append(_("Progress of the task: %(before)s%% → %(after)s%%") % {"before": before, "after": after})
    if data.get("missing"):
        found.append(_("Without the contributions of %(agencies)s") % {"agencies": listed(data["missing"])})
    found += [*_revised(event), *_taken_over(event)]
    if data.get("to"):
        found.append(_("To %(agency)s") % {"agency": data["to"]})
    return found


def _asked_and_answered(event: Event) -> list[str]:
    """Return what was asked for: more time, or a look by whom and by when; and what was answered to a closing round or found by looking."""
    data = event.data
    match event.verb:
        case Verb.REQUEST_EXTENSION:
            return [_("Asked for: %(day)s") % {"day": data["asked_for"]}]
        case Verb.ASK_VERIFIER:
            return [_("%(person)s, by %(day)s") % {"person": data["person"], "day": data["due_on"]}]
        case Verb.CO_SIGN:
            return [str(Verdict(data["verdict"]).label)]
        case Verb.VERIFY | Verb.RECORD_RECHECK:
            return [str(Finding(data["result"]).label)]
    return []


def _taken_over(event: Event) -> list[str]:
    """Return whose part it was before, or which part it became one with."""
    if event.data.get("merged"):
        return [_("Now one with the part of the successor")]
    if event.verb != Verb.SUCCEED:
        return []
    before = {"agency": event.data["predecessor"]}
    return [_("With the part of %(agency)s") % before if "joined_id" in event.data else _("Before: %(agency)s") % before]


def _revised(event: Event) -> list[str]:
    """Return what a revision of the task, or a new edition of its plan, has changed and left."""
    data = event.data
    found = []
    if event.verb == Verb.CHANGE_PART:
        found.append(f"{PARTS.get(data['before'], data['before'])} → {PARTS.get(data['after'], data['after'])}")
    if data.get("title_before") and data["title_before"] != event.task.title:
        found.append(_("Before: %(title)s") % {"title": data["title_before"]})
    if data.get("left"):
        found.append(_("Left as it was: %(count)d") % {"count": len(data["left"])})
    return found
