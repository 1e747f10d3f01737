"""Speak about a task: a comment that everybody reads who sees it, a note inside the agency, and taking one's words back."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.models import Agency
from agencies.refusals import Conflict, Invalid, NotYours, require
from workflow import notices, policy
from workflow.actions import mentions
from workflow.actions.door import lock_task, person, said
from workflow.models import Call, Comment, Participation, Retraction, Task
from workflow.states import Tie
from workflow.timeline import Entry, Verb, record

LONGEST = 4_000

_ORDER = {Tie.LEAD: 0, Tie.SUPPORT: 1, Tie.ISSUER: 2, Tie.ABOVE: 3}


def comment(*, actor: Actor, task_id: int, text: str, now: dt.datetime, version: int | None = None) -> Comment:
    """Write what everybody reads who sees the task. It changes nothing about the task, so any version will do.

    Raises:
        Invalid: nothing is said, too much, or it is unclear who is called.
    """
    return _write(actor, task_id, text, inside=False, now=now)


def note(*, actor: Actor, task_id: int, text: str, now: dt.datetime, version: int | None = None) -> Comment:
    """Write what only people of one's own agency read; see `comment`."""
    return _write(actor, task_id, text, inside=True, now=now)


@transaction.atomic
def _write(actor: Actor, task_id: int, text: str, *, inside: bool, now: dt.datetime) -> Comment:
    task = lock_task(actor, task_id, now=now)
    require(policy.may_comment(actor, task))
    text = said(text, "text")
    if len(text) > LONGEST:
        raise Invalid(_("A comment has at most %(most)d characters.") % {"most": LONGEST}, "text")
    agency = seat(actor, task)
    called = mentions.called(task, text, now=now, inside=agency.pk if inside else None)
    row = Comment.objects.create(task=task, author_id=person(actor), agency=agency, inside=inside, text=text, written_at=now)
    Call.objects.bulk_create(Call(comment=row, user_id=somebody.user_id) for somebody in called)
    # The record proves what was said by its digest: it is read by more people than a note is.
    data = {"comment": row.pk, "digest": digest(text)} | ({"called": [somebody.name for somebody in called]} if called else {})
    entry = Entry(task=task, verb=Verb.NOTE if inside else Verb.COMMENT, agency=agency, data=data)
    (event,) = record(actor, now, entry)
    notices.tell_comment(row, event, [somebody.user_id for somebody in called], now=now)
    return row


@transaction.atomic
def retract(*, actor: Actor, comment_id: int, now: dt.datetime) -> Comment:
    """Take one's own comment back: its words are shown no more, and notices about it that wait are not sent.

    Raises:
        NotYours: there is none that the actor may read.
        Conflict: it has been taken back already.
    """
    task_id = Comment.objects.filter(pk=comment_id).values_list("task_id", flat=True).first()
    if task_id is None:
        raise NotYours
    task = lock_task(actor, task_id, now=now)
    row = Comment.objects.readable_by(actor.agency_ids).select_related("agency").filter(pk=comment_id).first()
    if row is None:
        raise NotYours
    require(policy.may_retract(actor, row))
    _retraction, created = Retraction.objects.get_or_create(comment=row, defaults={"retracted_at": now})
    if not created:
        raise Conflict(_("It has been taken back already."))
    verb = Verb.RETRACT_NOTE if row.inside else Verb.RETRACT_COMMENT
    record(actor, now, Entry(task=task, verb=verb, agency=row.agency, data={"comment": row.pk}))
    return row


def digest(text: str) -> str:
    """Return what the record keeps of a comment's words."""
    return hashlib.sha256(text.encode()).hexdigest()


def seat(actor: Actor, task: Task) -> Agency:
    """Return the agency for which a person speaks about a task: one with a part before the issuer, else one's own first."""
    ties = Participation.objects.filter(task=task, agency_id__in=actor.permissions).values_list("tie", "agency_id")
    ranked = sorted((_ORDER[Tie(tie)], agency_id) for tie, agency_id in ties)
    return Agency.objects.get(pk=ranked[0][1] if ranked else min(actor.permissions))
