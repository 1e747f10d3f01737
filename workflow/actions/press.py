"""Press an agency for action 催办, or remind it 提醒; `batch` does both to many."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from django.db import transaction

from agencies.actor import Actor
from agencies.models import Agency
from agencies.refusals import require
from workflow import policy, timing
from workflow.actions.door import expect, lock_assignment, log, of_part, said
from workflow.models import Assignment
from workflow.states import ENDED_ASSIGNMENT_STATES, Part
from workflow.timeline import Entry, Verb


@transaction.atomic
def press(*, actor: Actor, assignment_id: int, text: str, now: dt.datetime, version: int | None = None) -> Assignment:
    """Press an agency for action, in words; its people are told at once."""
    assignment = lock_assignment(actor, assignment_id, now=now, version=version)
    require(policy.may_press(actor, assignment))
    expect(timing.owes_something(assignment))
    text = said(text, "text")
    log(actor, now, urging(actor, assignment, Verb.PRESS, text))
    return assignment


@transaction.atomic
def remind(*, actor: Actor, assignment_id: int, now: dt.datetime, text: str = "", version: int | None = None) -> Assignment:
    """Remind an agency of what it owes; it is told with the day's digest, once a day at most."""
    assignment = lock_assignment(actor, assignment_id, now=now, version=version)
    require(policy.may_press(actor, assignment))
    expect(timing.owes_something(assignment))
    log(actor, now, urging(actor, assignment, Verb.REMIND, text.strip()))
    return assignment


def urging(actor: Actor, assignment: Assignment, verb: Verb, text: str) -> Entry:
    """Return the entry of pressing or reminding an agency, in the name of the issuer or of the lead whose supporter it is."""
    by = presses_for(actor, assignment)
    return replace(of_part(assignment, verb, comment=text, by=by.short_name, by_id=by.pk), agency=by)


def presses_for(actor: Actor, assignment: Assignment) -> Agency:
    """Return the agency in whose name a part is urged: the issuer, or the lead whose supporter it is."""
    task = assignment.task
    return task.issuer if actor.may("coordinate", task.issuer_id) else lead_of(actor, assignment, "review")


def lead_of(actor: Actor, assignment: Assignment, codename: str) -> Agency:
    """Return the first lead of the part's task on which the actor holds a permission; the issuer where there is none."""
    task = assignment.task
    leads = task.assignments.filter(part=Part.LEAD, agency_id__in=actor.agencies_where(codename)).select_related("agency")
    lead = leads.exclude(state__in=ENDED_ASSIGNMENT_STATES).order_by("rank").first()
    return lead.agency if lead is not None else task.issuer
