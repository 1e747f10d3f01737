"""Record a dispute meeting 争议协调会 on a hand-back: day, participants, minutes, outcome; the ruling stays an act of its own."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.refusals import Conflict, Invalid, require
from workflow import policy, timing
from workflow.actions.door import lock_assignment, log, of_part, said
from workflow.models import DisputeMeeting
from workflow.timeline import Verb


@transaction.atomic
def record_meeting(
    *,
    actor: Actor,
    assignment_id: int,
    held_on: dt.date,
    participants: str,
    minutes: str,
    outcome: str,
    now: dt.datetime,
    version: int | None = None,
) -> DisputeMeeting:
    """Record a meeting on the open hand-back of a part.

    Raises:
        Conflict: no hand-back is open.
        Invalid: the day lies ahead or before the hand-back, or the outcome is unknown.
    """
    assignment = lock_assignment(actor, assignment_id, now=now, version=version)
    require(policy.may_coordinate(actor, assignment.task))
    row = timing.open_hand_back(assignment)
    if row is None:
        raise Conflict(_("No hand-back of this assignment is open."))
    if not timezone.localdate(row.raised_at) <= held_on <= timezone.localdate(now):
        raise Invalid(_("The day must lie between the hand-back and today."), "held_on")
    if outcome not in DisputeMeeting.Outcome.values:
        raise Invalid(_("Choose one of the answers."), "outcome")
    meeting = DisputeMeeting.objects.create(
        hand_back=row,
        held_on=held_on,
        participants=said(participants, "participants"),
        minutes=said(minutes, "minutes"),
        outcome=outcome,
        recorded_by_id=actor.user_id,
        recorded_at=now,
    )
    log(
        actor,
        now,
        replace(
            of_part(
                assignment,
                Verb.RECORD_MEETING,
                comment=meeting.minutes,
                by=assignment.task.issuer.short_name,
                held_on=held_on.isoformat(),
                participants=meeting.participants,
                outcome=outcome,
            ),
            agency=assignment.task.issuer,
        ),
    )
    return meeting
