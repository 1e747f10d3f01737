"""Name the officer in charge of an agency's part 转办."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.models import User
from agencies.refusals import Invalid, require
from workflow import policy, timing
from workflow.actions.door import expect, keep, lock_assignment, log, of_part
from workflow.models import Assignment
from workflow.timeline import Verb


@transaction.atomic
def pass_on(*, actor: Actor, assignment_id: int, officer_id: int, now: dt.datetime, version: int | None = None) -> Assignment:
    """Name the officer in charge, one of the agency's own people who may report.

    Raises:
        Invalid: the person may not report for the agency.
    """
    assignment = lock_assignment(actor, assignment_id, now=now, version=version)
    require(policy.may_pass_on(actor, assignment))
    expect(timing.in_hand(assignment))
    if officer_id not in policy.people_who_hold("report", [assignment.agency_id], now=now).get(assignment.agency_id, []):
        raise Invalid(_("This person does not prepare reports for the agency."), "officer_id")
    officer = User.objects.get(pk=officer_id)
    assignment.officer = officer
    keep(assignment)
    log(actor, now, of_part(assignment, Verb.PASS_ON, officer=officer.name, officer_id=officer.pk))
    return assignment
