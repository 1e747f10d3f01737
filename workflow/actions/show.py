"""Let a person who has no part in a task see it until a date 知会."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.models import User
from agencies.refusals import Invalid, require
from workflow import grants, policy
from workflow.actions.door import lock_task, log, of_task, said
from workflow.deadlines import end_of_day
from workflow.models import TaskUserPermission
from workflow.timeline import Verb


@transaction.atomic
def show(
    *, actor: Actor, task_id: int, user_id: int, until: dt.date, reason: str, now: dt.datetime, version: int | None = None
) -> TaskUserPermission:
    """Let a person see a task until the end of a day; done again with another day it lasts until that one.

    Raises:
        Invalid: the person has no active account, or the day has passed.
    """
    task = lock_task(actor, task_id, now=now, version=version)
    require(policy.may_coordinate(actor, task))
    reason = said(reason, "reason")
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        raise Invalid(_("There is no such active account."), "user_id")
    if user.office:
        raise Invalid(_("This person keeps an office of administration, which reads no tasks."), "user_id")
    if until < timezone.localdate(now):
        raise Invalid(_("The day lies in the past."), "until")
    row = grants.show(task, user, until=end_of_day(until), reason=reason)
    log(actor, now, of_task(task, Verb.SHOW, comment=reason, person=user.name, until=until.isoformat()))
    return row
