"""A supporter's contribution: its officer writes it, its reviewer releases it to the leads, a lead may ask for more."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from agencies.actor import Actor
from agencies.refusals import require
from workflow import policy, timing
from workflow.actions.door import expect, keep, lock_with_part, log, move, of_part, said
from workflow.actions.press import lead_of
from workflow.models import Contribution
from workflow.timeline import Entry, Verb


@transaction.atomic
def save_contribution(*, actor: Actor, contribution_id: int, text: str, now: dt.datetime, version: int | None = None) -> Contribution:
    """Keep what has been written so far."""
    row = lock_with_part(Contribution, actor, contribution_id, now=now, version=version)
    require(policy.may_contribute(actor, row))
    expect(timing.to_contribute(row, now))
    states = move(row, "save_draft", author_id=actor.user_id)
    row.text = text.strip()
    keep(row)
    if states[0] != states[1]:
        log(actor, now, entry(row, Verb.SAVE_CONTRIBUTION, states))
    return row


@transaction.atomic
def send_contribution_for_review(*, actor: Actor, contribution_id: int, now: dt.datetime, version: int | None = None) -> Contribution:
    """Hand a contribution to the reviewer of the supporting agency."""
    row = lock_with_part(Contribution, actor, contribution_id, now=now, version=version)
    require(policy.may_contribute(actor, row))
    expect(timing.to_send_contribution_for_review(row, now))
    states = move(row, "send_for_review")
    keep(row)
    log(actor, now, entry(row, Verb.SEND_CONTRIBUTION_FOR_REVIEW, states))
    return row


@transaction.atomic
def send_contribution(*, actor: Actor, contribution_id: int, now: dt.datetime, version: int | None = None) -> Contribution:
    """Release a contribution to the leads; nobody releases what they wrote themselves."""
    row = lock_with_part(Contribution, actor, contribution_id, now=now, version=version)
    require(policy.may_release(actor, row))
    expect(timing.task_is_live(row.assignment.task))
    states = move(row, "send", reviewer_id=actor.user_id, now=now, is_late=timezone.localdate(now) > row.due_on)
    keep(row)
    part = row.assignment
    part.moved_at = now
    keep(part)
    log(actor, now, entry(row, Verb.SEND_CONTRIBUTION, states))
    return row


@transaction.atomic
def send_back_contribution(
    *, actor: Actor, contribution_id: int, remark: str, now: dt.datetime, version: int | None = None
) -> Contribution:
    """Give a contribution back to the officer inside the agency, with what is to be changed."""
    row = lock_with_part(Contribution, actor, contribution_id, now=now, version=version)
    require(policy.may_send_back(actor, row))
    remark = said(remark, "remark")
    states = move(row, "send_back", remark=remark)
    keep(row)
    log(actor, now, entry(row, Verb.SEND_BACK_CONTRIBUTION, states, remark))
    return row


@transaction.atomic
def return_contribution(*, actor: Actor, contribution_id: int, remark: str, now: dt.datetime, version: int | None = None) -> Contribution:
    """Ask a supporter for more, for a lead whose report has not gone out yet."""
    row = lock_with_part(Contribution, actor, contribution_id, now=now, version=version)
    require(policy.may_judge_contribution(actor, row))
    expect(timing.to_return_contribution(row, now))
    remark = said(remark, "remark")
    states = move(row, "return_for_more", remark=remark)
    keep(row)
    log(actor, now, _judged(actor, row, Verb.RETURN_CONTRIBUTION, states, remark))
    return row


@transaction.atomic
def waive_contribution(*, actor: Actor, contribution_id: int, reason: str, now: dt.datetime, version: int | None = None) -> Contribution:
    """Do without a contribution, for a lead, with the reason."""
    row = lock_with_part(Contribution, actor, contribution_id, now=now, version=version)
    require(policy.may_judge_contribution(actor, row))
    expect(timing.task_is_live(row.assignment.task))
    reason = said(reason, "reason")
    states = move(row, "waive")
    keep(row)
    log(actor, now, _judged(actor, row, Verb.WAIVE_CONTRIBUTION, states, reason))
    return row


def _judged(actor: Actor, row: Contribution, verb: Verb, states: tuple[str, str], comment: str) -> Entry:
    """Return the entry of what a lead says of a supporter's contribution, in the name of the lead."""
    return replace(entry(row, verb, states, comment), agency=lead_of(actor, row.assignment, "report"))


def entry(row: Contribution, verb: Verb, states: tuple[str, str] = ("", ""), comment: str = "", **data: Any) -> Entry:
    """Return the entry of an act on a contribution."""
    details: dict[str, Any] = {"contribution": row.pk, "period": f"{row.period_start.isoformat()}/{row.period_end.isoformat()}"} | data
    return of_part(row.assignment, verb, states, comment, **details)
