"""Who is told of what: every message derives from an event of the record, and nothing is told that was not recorded."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications import outbox
from notifications.outbox import NewMessage
from notifications.topics import Topic
from workflow import conversation, grants, policy
from workflow.models import Comment, Event, Follow, Participation
from workflow.states import Tie
from workflow.timeline import Verb, said_to


class Audience(Enum):
    """Who is told of an act, relative to it."""

    SIGNERS = auto()
    """People who sign for the agency whose part it is."""
    REPORTERS = auto()
    """People who report for that agency."""
    REVIEWERS = auto()
    """People who review for that agency."""
    COORDINATORS = auto()
    """Coordinators of the issuer."""
    LEADS = auto()
    """People who report for the leads."""
    SUPPORTERS = auto()
    """People who report for the supporters."""
    PERSON = auto()
    """The one person whom the act names, in its own right."""
    ASKED = auto()
    """Reviewers of every agency with a part but the one that acts."""
    EVERYBODY = auto()
    """People who report for any agency with a part."""
    READERS = auto()
    """People who report for the agencies to which a bulletin was published."""
    FORMER = auto()
    """People who report for an agency that has just lost its part, and with it the sight of the task."""


TOLD: dict[Verb, tuple[Audience, ...]] = {
    Verb.ASSIGN: (Audience.SIGNERS,),
    Verb.HAND_BACK: (Audience.COORDINATORS,),
    Verb.WITHDRAW_HAND_BACK: (Audience.COORDINATORS,),
    Verb.UPHOLD: (Audience.REPORTERS,),
    Verb.REROUTE: (Audience.FORMER,),
    Verb.REQUEST_EXTENSION: (Audience.COORDINATORS,),
    Verb.GRANT_EXTENSION: (Audience.REPORTERS,),
    Verb.REFUSE_EXTENSION: (Audience.REPORTERS,),
    Verb.OPEN_REPORT: (Audience.REPORTERS,),
    Verb.SEND_FOR_REVIEW: (Audience.REVIEWERS,),
    Verb.SEND_BACK: (Audience.REPORTERS,),
    Verb.SUBMIT_REPORT: (Audience.COORDINATORS,),
    Verb.ACCEPT_REPORT: (Audience.REPORTERS,),
    Verb.RETURN_REPORT: (Audience.REPORTERS,),
    Verb.WAIVE_REPORT: (Audience.REPORTERS,),
    Verb.ASK_SUPPORTERS: (Audience.SUPPORTERS,),
    Verb.SEND_CONTRIBUTION_FOR_REVIEW: (Audience.REVIEWERS,),
    Verb.SEND_BACK_CONTRIBUTION: (Audience.REPORTERS,),
    Verb.SEND_CONTRIBUTION: (Audience.LEADS,),
    Verb.RETURN_CONTRIBUTION: (Audience.REPORTERS,),
    Verb.WAIVE_CONTRIBUTION: (Audience.REPORTERS,),
    Verb.SEND_WORK_PLAN_FOR_REVIEW: (Audience.REVIEWERS,),
    Verb.SEND_BACK_WORK_PLAN: (Audience.REPORTERS,),
    Verb.FILE_WORK_PLAN: (Audience.COORDINATORS,),
    Verb.DECLARE_DONE: (Audience.COORDINATORS, Audience.LEADS),
    Verb.REQUEST_SIGN_OFF: (Audience.ASKED, Audience.COORDINATORS),
    Verb.SUBMIT_SIGN_OFF: (Audience.COORDINATORS,),
    Verb.WITHDRAW_SIGN_OFF: (Audience.COORDINATORS,),
    Verb.SIGN_OFF: (Audience.EVERYBODY,),
    Verb.RETURN_SIGN_OFF: (Audience.EVERYBODY,),
    Verb.SUSPEND: (Audience.EVERYBODY,),
    Verb.RESUME: (Audience.EVERYBODY,),
    Verb.TERMINATE: (Audience.EVERYBODY,),
    Verb.REOPEN: (Audience.EVERYBODY,),
    Verb.WITHDRAW: (Audience.FORMER,),
    Verb.REVISE: (Audience.EVERYBODY,),
    Verb.MOVE_DUE: (Audience.EVERYBODY,),
    Verb.CHANGE_PART: (Audience.REPORTERS, Audience.REVIEWERS),
    Verb.SUCCEED: (Audience.SIGNERS,),
    Verb.ASK_VERIFIER: (Audience.PERSON,),
    Verb.VERIFY: (Audience.COORDINATORS,),
    Verb.RECORD_MEETING: (Audience.REPORTERS,),
    Verb.GIVE_ANSWER: (Audience.COORDINATORS,),
    Verb.CLOSE_ANSWER: (Audience.REPORTERS,),
    Verb.RETURN_ANSWER: (Audience.REPORTERS, Audience.REVIEWERS),
    Verb.INSTRUCT: (Audience.COORDINATORS, Audience.LEADS),
    Verb.PRESS: (Audience.REPORTERS, Audience.REVIEWERS),
    Verb.SIGN_PAPER: (Audience.REPORTERS, Audience.REVIEWERS, Audience.READERS),
    Verb.REMIND: (Audience.REPORTERS,),
}
"""Who is told of each act; an act that is not listed is told to nobody."""

NAMED = 10
"""How many tasks a notice of many names: as many as the reference to all of them has room for."""

FOLLOWED = frozenset(
    {
        Verb.HAND_BACK, Verb.REROUTE, Verb.REQUEST_EXTENSION, Verb.GRANT_EXTENSION, Verb.REFUSE_EXTENSION, Verb.SUBMIT_REPORT,
        Verb.FILE_WORK_PLAN, Verb.DECLARE_DONE, Verb.REQUEST_SIGN_OFF, Verb.SIGN_OFF, Verb.RETURN_SIGN_OFF, Verb.SUSPEND, Verb.RESUME,
        Verb.TERMINATE, Verb.REOPEN, Verb.WITHDRAW, Verb.REVISE, Verb.MOVE_DUE, Verb.INSTRUCT, Verb.PRESS,
    }
)  # fmt: skip
"""Acts of which those are told who follow the task."""

FOLLOWED_BY_PLAN = FOLLOWED & {
    Verb.REROUTE, Verb.GRANT_EXTENSION, Verb.SIGN_OFF, Verb.SUSPEND, Verb.RESUME, Verb.TERMINATE, Verb.REOPEN, Verb.REVISE, Verb.MOVE_DUE,
    Verb.INSTRUCT,
}  # fmt: skip
"""Acts of which those are told who follow the plan: what was decided, not every report."""

URGENT = frozenset(
    {Verb.PRESS, Verb.INSTRUCT, Verb.RETURN_SIGN_OFF, Verb.RETURN_REPORT, Verb.RETURN_CONTRIBUTION, Verb.ASK_VERIFIER, Verb.RETURN_ANSWER}
)
"""Acts that are told at once and never wait for the digest."""

TOPICS: dict[Verb, Topic] = {
    verb: topic
    for topic, verbs in {
        Topic.ASSIGNED: (Verb.ASSIGN, Verb.OPEN_REPORT, Verb.SUCCEED, Verb.CHANGE_PART, Verb.ASK_SUPPORTERS),
        Topic.DECISION: (
            Verb.REVISE, Verb.MOVE_DUE, Verb.WITHDRAW, Verb.SEND_BACK_CONTRIBUTION, Verb.RETURN_CONTRIBUTION,
            Verb.WAIVE_CONTRIBUTION, Verb.UPHOLD, Verb.REROUTE, Verb.GRANT_EXTENSION, Verb.REFUSE_EXTENSION, Verb.SEND_BACK,
            Verb.ACCEPT_REPORT, Verb.RETURN_REPORT, Verb.WAIVE_REPORT, Verb.SIGN_OFF, Verb.RETURN_SIGN_OFF,
            Verb.RECORD_MEETING, Verb.CLOSE_ANSWER, Verb.SEND_BACK_WORK_PLAN,
        ),
        Topic.REVIEW: (
            Verb.SEND_CONTRIBUTION_FOR_REVIEW, Verb.SEND_WORK_PLAN_FOR_REVIEW, Verb.HAND_BACK, Verb.REQUEST_EXTENSION,
            Verb.SEND_FOR_REVIEW, Verb.SUBMIT_REPORT, Verb.REQUEST_SIGN_OFF, Verb.SUBMIT_SIGN_OFF, Verb.ASK_VERIFIER,
            Verb.VERIFY, Verb.GIVE_ANSWER,
        ),
        Topic.INSTRUCTION: (Verb.RETURN_ANSWER, Verb.INSTRUCT),
        Topic.ESCALATION: (Verb.PRESS,),
        Topic.PAPER: (Verb.SIGN_PAPER,),
        Topic.DEADLINE: (Verb.REMIND,),
    }.items()
    for verb in verbs
}  # fmt: skip
"""The topic under which each act is told; what is not listed is progress of others."""


@dataclass(frozen=True, slots=True)
class Address:
    """A person who is to be told of an event."""

    user_id: int
    event: Event


def addresses(events: Sequence[Event], *, now: dt.datetime) -> list[Address]:
    """Return who is to be told of events, each person once an event and never of their own act.

    The number of queries does not grow with the number of events.
    """
    told = [event for event in events if Verb(event.verb) in TOLD]
    if not told:
        return []
    ties = _ties({event.task_id for event in told})
    wanted = {(audience, agency) for event in told for audience, agency in _agencies(event, ties)}
    people = {
        codename: policy.people_who_hold(codename, {agency for audience, agency in wanted if _HOLDS[audience] == codename}, now=now)
        for codename in {_HOLDS[audience] for audience, _agency in wanted}
    }
    found: list[Address] = []
    for event in told:
        users = dict.fromkeys(
            user
            for audience, agency in _agencies(event, ties)
            for user in people[_HOLDS[audience]].get(agency, ())
            if user != event.actor_id
        )
        if Audience.PERSON in TOLD[Verb(event.verb)]:
            users[int(event.data["person_id"])] = None
        found.extend(Address(user, event) for user in users)
    return found


_HOLDS = {
    Audience.SIGNERS: "sign_for",
    Audience.REPORTERS: "report",
    Audience.REVIEWERS: "review",
    Audience.COORDINATORS: "coordinate",
    Audience.LEADS: "report",
    Audience.SUPPORTERS: "report",
    Audience.ASKED: "review",
    Audience.EVERYBODY: "report",
    Audience.READERS: "report",
    Audience.FORMER: "report",
}


def _ties(task_ids: set[int]) -> dict[int, list[tuple[str, int]]]:
    rows = Participation.objects.filter(task_id__in=task_ids).exclude(tie=Tie.ABOVE).order_by("pk")
    ties: dict[int, list[tuple[str, int]]] = {task_id: [] for task_id in task_ids}
    for task_id, tie, agency_id in rows.values_list("task_id", "tie", "agency_id"):
        ties[task_id].append((tie, agency_id))
    return ties


def _agencies(event: Event, ties: dict[int, list[tuple[str, int]]]) -> Iterable[tuple[Audience, int]]:
    own = event.assignment.agency_id if event.assignment is not None else None
    for audience in TOLD[Verb(event.verb)]:
        if audience is Audience.PERSON:
            continue
        if audience is Audience.FORMER:
            yield from ((audience, agency_id) for agency_id in _former(own, ties[event.task_id]))
            continue
        if audience is Audience.READERS:
            yield from ((audience, int(agency_id)) for agency_id in event.data.get("readers", ()))
            continue
        for tie, agency_id in ties[event.task_id]:
            if _is_concerned(audience, tie, is_own=agency_id == own):
                yield audience, agency_id


_TIES = {
    Audience.COORDINATORS: {Tie.ISSUER},
    Audience.LEADS: {Tie.LEAD},
    Audience.SUPPORTERS: {Tie.SUPPORT},
}
"""The tie of an audience; the others have a part in the task, as a lead or a supporter."""


def _is_concerned(audience: Audience, tie: str, *, is_own: bool) -> bool:
    """Tell whether an agency with a tie to a task is of an audience; `is_own`: the act concerns its own part."""
    if audience in {Audience.SIGNERS, Audience.REPORTERS, Audience.REVIEWERS} and not is_own:
        return False
    if audience is Audience.ASKED and is_own:
        return False
    return tie in _TIES.get(audience, {Tie.LEAD, Tie.SUPPORT})


def _former(own: int | None, ties: Sequence[tuple[str, int]]) -> list[int]:
    """Return the agency that a part was taken from; none where the task itself has ended: it keeps its sight, and is told of that."""
    return [own] if own is not None and own not in {agency_id for _tie, agency_id in ties} else []


def tell(events: Sequence[Event], *, now: dt.datetime) -> None:
    """Queue what people are told of events, inside the transaction that recorded them.

    The words are those of the house's language, whatever language the person reads who caused them.
    """
    told = addresses(events, now=now)
    known = {(address.user_id, address.event.sequence) for address in told}
    following = [address for address in followers(events, now=now) if (address.user_id, address.event.sequence) not in known]
    if not told and not following:
        return
    with translation.override(settings.LANGUAGE_CODE):
        messages = [_message(address) for address in told]
        outbox.post([*messages, *(_message(address, following=True) for address in following)], now=now)


def followers(events: Sequence[Event], *, now: dt.datetime) -> list[Address]:
    """Return who is to be told of events because they follow the task or its plan, of those who may see it now.

    The number of queries does not grow with the number of events.
    """
    told = [event for event in events if event.verb in FOLLOWED or event.verb == Verb.COMMENT]
    if not told:
        return []
    by_task: dict[int, set[int]] = defaultdict(set)
    by_plan: dict[int, set[int]] = defaultdict(set)
    plans = {event.task.plan_id for event in told if event.task.plan_id is not None}
    wanted = Q(task_id__in={event.task_id for event in told}) | Q(plan_id__in=plans)
    for row in Follow.objects.filter(wanted, user__is_active=True):
        if row.task_id is not None:
            by_task[row.task_id].add(row.user_id)
        else:
            by_plan[row.plan_id or 0].add(row.user_id)
    found = [
        Address(user, event)
        for event in told
        for user in sorted(by_task[event.task_id] | (by_plan[event.task.plan_id or 0] if event.verb in FOLLOWED_BY_PLAN else set()))
        if user != event.actor_id
    ]
    if not found:
        return []
    people, refs = {address.user_id for address in found}, {f"task:{address.event.task_id}" for address in found}
    seen = grants.may_be_told(people, refs, now)
    return [address for address in found if (address.user_id, f"task:{address.event.task_id}") in seen]


def tell_comment(comment: Comment, event: Event, called: Sequence[int], *, now: dt.datetime) -> None:
    """Queue what people are told of a comment: those it calls at once, who follow the task with the day's digest."""
    ref = f"comment:{comment.pk}"
    people = [user for user in called if user != event.actor_id]
    readers = {user for user, _ref in conversation.may_be_told(people, [ref], now)} if people else set()
    following = [] if comment.inside else [address.user_id for address in followers([event], now=now) if address.user_id not in readers]
    with translation.override(settings.LANGUAGE_CODE):
        about = {"who": f"{comment.agency.short_name}{event.actor_name}", "task": comment.task}
        calls, spoke = _("%(who)s calls you: %(task)s") % about, _("%(who)s wrote a comment: %(task)s") % about
        outbox.post(
            [
                NewMessage(
                    key=f"event:{event.sequence}|{user}",
                    recipient_id=user,
                    topic=Topic.CONVERSATION,
                    subject=calls if user in readers else spoke,
                    body=comment.text,
                    link=f"{reverse('task', args=[comment.task_id])}#comment-{comment.pk}",
                    ref=ref,
                    urgent=user in readers,
                )
                for user in [*(user for user in people if user in readers), *following]
            ],
            now=now,
        )


def tell_officers(events: Sequence[Event], *, now: dt.datetime) -> None:
    """Tell each officer once of all the parts that were handed over to them in one act."""
    mine: dict[int, list[Event]] = {}
    for event in events:
        mine.setdefault(int(event.data["officer_id"]), []).append(event)
    with translation.override(settings.LANGUAGE_CODE):
        outbox.post([_handed_over(officer, told) for officer, told in mine.items() if officer != told[0].actor_id], now=now)


def _handed_over(officer_id: int, events: Sequence[Event]) -> NewMessage:
    first = events[0]
    subject = ngettext("%(count)d part of %(before)s is yours now", "%(count)d parts of %(before)s are yours now", len(events)) % {
        "count": len(events),
        "before": first.data["before"],
    }
    named, more = events[:NAMED], ["…"] if len(events) > NAMED else []
    return NewMessage(
        key=f"event:{first.sequence}|{officer_id}",
        recipient_id=officer_id,
        topic=Topic.ASSIGNED,
        subject=subject,
        body="\n".join([subject, first.comment, *(str(event.task) for event in named), *more]),
        link=reverse("todo"),
        ref=f"tasks:{','.join(str(event.task_id) for event in named)}",
    )


def _key(address: Address) -> str:
    """Return the name of telling this to this person: once an event, and a reminder of a part once a day (rules of 减负)."""
    event = address.event
    if event.verb == Verb.REMIND:
        return f"remind:{event.assignment_id}:{timezone.localdate(event.at).isoformat()}|{address.user_id}"
    return f"event:{event.sequence}|{address.user_id}"


def _message(address: Address, *, following: bool = False) -> NewMessage:
    event = address.event
    verb = Verb(event.verb)
    who = "".join(part for part in (event.agency_name, event.actor_name) if part)
    subject = _("%(who)s %(did)s: %(task)s") % {"who": who, "did": verb.label, "task": event.task}
    if verb == Verb.ASSIGN:
        subject = _("New task to sign for: %(task)s") % {"task": event.task}
    elif verb == Verb.SUCCEED:
        heirs = {"agency": event.agency_name, "predecessor": event.data["predecessor"], "task": event.task}
        subject = _("%(agency)s takes over what %(predecessor)s had: %(task)s") % heirs
    elif verb == Verb.SUBMIT_SIGN_OFF:
        subject = _("Co-signing has ended, the sign-off is yours to decide: %(task)s") % {"task": event.task}
    elif verb == Verb.WITHDRAW and event.assignment is not None:
        subject = _("%(agency)s has no part any more in: %(task)s") % {"agency": event.assignment.agency.short_name, "task": event.task}
    elif verb == Verb.REROUTE and event.assignment is not None and not following:
        about_part = {"agency": event.assignment.agency.short_name, "task": event.task}
        subject = _("The hand-back of %(agency)s is granted, it has no part any more in: %(task)s") % about_part
    due_on = event.assignment.due_on if event.assignment is not None else event.task.due_on
    lines = [str(subject), said_to(event), _("Due on %(due_on)s.") % {"due_on": due_on.isoformat()} if due_on is not None else ""]
    kind, about = ("paper", int(event.data["paper"])) if verb == Verb.SIGN_PAPER else ("task", event.task_id)
    ref, link = f"{kind}:{about}", reverse(kind, args=[about])
    if (
        verb in {Verb.WITHDRAW, Verb.REROUTE} and not following
    ):  # who has lost the task is told so, and led nowhere: there is nothing left to see
        ref, link = f"lost:{event.assignment_id}", ""
    return NewMessage(
        key=_key(address),
        recipient_id=address.user_id,
        topic=Topic.PROGRESS if following else TOPICS.get(verb, Topic.PROGRESS),
        subject=subject,
        body="\n".join(line for line in lines if line),
        link=link,
        ref=ref,
        urgent=verb in URGENT and not following,
    )
