"""Answer a closing round 会签: agree, agree with a remark, or object."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.refusals import Conflict, Invalid, require
from workflow import policy
from workflow.actions.door import keep, lock_assignment, lock_open_sign_off, log, move, of_part, of_task
from workflow.models import CoSignature
from workflow.states import SignOffState, Verdict
from workflow.timeline import Verb


@transaction.atomic
def co_sign(
    *, actor: Actor, assignment_id: int, verdict: str, now: dt.datetime, remark: str = "", version: int | None = None
) -> CoSignature:
    """Answer for one's agency; with the last answer the round goes before the coordinator.

    Args:
        actor: reviews for the agency asked.
        assignment_id: the agency's own assignment.
        verdict: one of `Verdict` but waiting.
        now: the moment.
        remark: what the remark or the objection is; required for both.
        version: of the page.
    """
    assignment = lock_assignment(actor, assignment_id, now=now, version=version)
    require(policy.may_declare_done(actor, assignment))
    task = assignment.task
    sign_off = lock_open_sign_off(task)
    row = CoSignature.objects.select_for_update(of=("self",), no_key=True).filter(sign_off=sign_off, assignment=assignment).first()
    if row is None:
        raise Conflict(_("Your agency has not been asked to co-sign this round."))
    row.assignment = assignment
    require(policy.may_co_sign(actor, row))
    if sign_off.state != SignOffState.COLLECTING:
        raise Conflict(_("The round is no longer collecting co-signatures."))
    if row.verdict != Verdict.WAITING:
        raise Conflict(_("Your agency has answered already: %(verdict)s.") % {"verdict": row.get_verdict_display()})
    remark = remark.strip()
    if verdict not in {Verdict.AGREE, Verdict.REMARK, Verdict.OBJECT}:
        raise Invalid(_("Choose one of the answers."), "verdict")
    if verdict != Verdict.AGREE and not remark:
        raise Invalid(_("Say what the remark or the objection is."), "remark")
    row.verdict, row.remark, row.signed_by_id, row.signed_at = verdict, remark, actor.user_id, now
    row.save()
    entries = [of_part(assignment, Verb.CO_SIGN, comment=remark, verdict=verdict, round=sign_off.round)]
    if not sign_off.co_signatures.filter(verdict=Verdict.WAITING).exists():
        states = move(sign_off, "submit")
        keep(sign_off)
        entries.append(replace(of_task(task, Verb.SUBMIT_SIGN_OFF, states, round=sign_off.round), agency=assignment.agency))
    log(actor, now, *entries)
    return row
