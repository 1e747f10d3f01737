"""Have somebody outside the agencies at work look before sign-off 第三方核验, and say what they found."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.models import Membership, User
from agencies.models.agency import in_force
from agencies.refusals import Conflict, Invalid, require
from workflow import grants, policy
from workflow.actions.comment import seat
from workflow.actions.door import keep, lock_open_sign_off, lock_task, log, of_task, said
from workflow.deadlines import add_working_days
from workflow.models import Task, Verification
from workflow.states import Finding
from workflow.timeline import Verb
from workflow.working_days import calendar_in_force

SIGHT_DAYS = 30
"""For how many days whoever is asked sees the task."""

VERIFY_WORKING_DAYS = 10
"""Within how many working days the finding is expected; it stands on the verifier's list of what is owed."""


@transaction.atomic
def ask_verifier(*, actor: Actor, task_id: int, verifier_id: int, now: dt.datetime, version: int | None = None) -> Verification:
    """Ask a person to look at a task that is up for sign-off; they see it for thirty days, or longer where that was granted already.

    Raises:
        Invalid: the person has no active account, belongs to an agency with a part in the task, or was asked already.
    """
    task = lock_task(actor, task_id, now=now, version=version)
    require(policy.may_coordinate(actor, task))
    sign_off = lock_open_sign_off(task)
    user = User.objects.filter(pk=verifier_id, is_active=True).first()
    if user is None:
        raise Invalid(_("There is no such active account."), "verifier_id")
    if user.office:
        raise Invalid(_("This person keeps an office of administration, which reads no tasks."), "verifier_id")
    if is_involved(task, user, now):
        raise Invalid(_("This person belongs to an agency that has a part in the task; ask somebody outside."), "verifier_id")
    if sign_off.verifications.filter(verifier=user).exists():
        raise Invalid(_("This person has been asked already."), "verifier_id")
    due_on = add_working_days(timezone.localdate(now), VERIFY_WORKING_DAYS, calendar_in_force())
    row = Verification.objects.create(sign_off=sign_off, verifier=user, asked_by_id=actor.user_id, asked_at=now, due_on=due_on)
    grants.show(task, user, until=now + dt.timedelta(days=SIGHT_DAYS), reason=Verb.ASK_VERIFIER.value, or_longer=True)
    keep(task)  # a page that does not show this yet is stale, for a colleague who would ask as well
    log(actor, now, of_task(task, Verb.ASK_VERIFIER, person=user.name, person_id=user.pk, round=sign_off.round, due_on=due_on.isoformat()))
    return row


@transaction.atomic
def verify(*, actor: Actor, task_id: int, result: str, finding: str, now: dt.datetime, version: int | None = None) -> Verification:
    """Say what was found, for oneself.

    Raises:
        Conflict: it has been said already.
        Invalid: the result is unknown.
    """
    task = lock_task(actor, task_id, now=now, version=version)
    require(policy.may_verify(actor, task))
    sign_off = lock_open_sign_off(task)
    row = Verification.objects.select_for_update(of=("self",), no_key=True).filter(sign_off=sign_off, verifier_id=actor.user_id).first()
    if row is None or row.result != Finding.WAITING:
        raise Conflict(_("Your verification is not being waited for."))
    if result not in {Finding.HOLDS, Finding.FAILS}:
        raise Invalid(_("Choose one of the answers."), "result")
    row.result, row.finding, row.verified_at = result, said(finding, "finding"), now
    row.save()
    keep(task)
    own = seat(actor, task) if actor.permissions else None  # whoever looks from outside speaks for the issuer least of all
    log(actor, now, replace(of_task(task, Verb.VERIFY, comment=row.finding, result=result, round=sign_off.round), agency=own))
    return row


def is_involved(task: Task, user: User, now: dt.datetime) -> bool:
    """Tell whether a person belongs today to an agency that has, or had, a part in a task."""
    seats = Membership.objects.filter(in_force(timezone.localdate(now)), user=user).values("agency_id")
    return task.assignments.filter(agency_id__in=seats).exists()
