"""Hand everything over that a person has in hand at an agency 工作移交, in one act with its list; the person may leave with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.actions.end_membership import end_membership
from agencies.actions.revoke_delegation import revoke_delegation
from agencies.actor import Actor
from agencies.decision import Allowed, Decision, Denied
from agencies.models import Agency, Delegation, Membership, User
from agencies.refusals import Invalid, NotYours, require
from workflow import notices, policy
from workflow.actions.door import expect, of_part, said
from workflow.models import Assignment, Contribution, Report, Task, WorkPlan
from workflow.states import LIVE_ASSIGNMENT_STATES, LIVE_TASK_STATES, OPEN_WORK_PLAN_STATES, ContributionState, ReportState
from workflow.timeline import Verb, record

UNFINISHED = (ReportState.DRAFT, ReportState.AGENCY_REVIEW, ReportState.RETURNED)
"""Reports that somebody has begun and that have not been accepted."""


BEGUN = (ContributionState.DRAFT, ContributionState.AGENCY_REVIEW, ContributionState.RETURNED)
"""Contributions that somebody has begun and that the leads do not have."""


@dataclass(frozen=True, slots=True)
class InHand:
    """What a person has in hand at an agency: the parts they are in charge of, what they have begun to write, deputies and seats."""

    agency: Agency
    person: User
    parts: list[Assignment] = field(default_factory=list)
    drafts: list[Report] = field(default_factory=list)
    contributions: list[Contribution] = field(default_factory=list)
    plans: list[WorkPlan] = field(default_factory=list)
    delegations: list[Delegation] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What one act did: the parts handed over, those left because they changed meanwhile, and what ended with it."""

    parts: list[Assignment] = field(default_factory=list)
    left: list[Assignment] = field(default_factory=list)
    delegations: int = 0
    memberships: int = 0


def in_hand_of(agency_id: int, person_id: int, *, now: dt.datetime, lock: bool = False) -> InHand:
    """Return what a person has in hand, in a constant number of queries.

    Raises:
        NotYours: there is no such person or agency.
    """
    agency, person = Agency.objects.filter(pk=agency_id).first(), User.objects.filter(pk=person_id).first()
    if agency is None or person is None:
        raise NotYours
    parts = (
        Assignment.objects.select_related("agency", "task__issuer", "task__plan")
        .filter(agency=agency, officer=person, state__in=LIVE_ASSIGNMENT_STATES, task__state__in=LIVE_TASK_STATES)
        .order_by("task_id", "pk")
    )
    drafts = (
        Report.objects.select_related("assignment__task")
        .filter(assignment__agency=agency, author=person, state__in=UNFINISHED, assignment__task__state__in=LIVE_TASK_STATES)
        .order_by("pk")
    )
    begun = (
        Contribution.objects.select_related("assignment__task")
        .filter(assignment__agency=agency, author=person, state__in=BEGUN, assignment__task__state__in=LIVE_TASK_STATES)
        .order_by("pk")
    )
    plans = (
        WorkPlan.objects.select_related("assignment__task")
        .filter(assignment__agency=agency, author=person, state__in=OPEN_WORK_PLAN_STATES, assignment__task__state__in=LIVE_TASK_STATES)
        .order_by("pk")
    )
    lending = Delegation.objects.select_related("delegate", "delegator", "agency").filter(
        Q(delegator=person) | Q(delegate=person), agency=agency, ends_at__gt=now, revoked_at__isnull=True
    )
    today = timezone.localdate(now)
    seats = Membership.objects.select_related("agency").filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today), agency=agency, user=person)
    return InHand(
        agency,
        person,
        list(parts.select_for_update(of=("self",), no_key=True) if lock else parts),
        list(drafts),
        list(begun),
        list(plans),
        list(lending.order_by("pk")),
        list(seats.order_by("pk")),
    )


def to_hand_over(found: InHand) -> Decision:
    """Answer whether there is anything to hand over."""
    if found.parts or found.delegations:
        return Allowed()
    return Denied(_("This person has nothing in hand at the agency any more."))


@transaction.atomic
def hand_over(
    *,
    actor: Actor,
    agency_id: int,
    person_id: int,
    reason: str,
    now: dt.datetime,
    officer_id: int | None = None,
    choices: Mapping[int, int] | None = None,
    shown: Mapping[int, int] | None = None,
    leaves: bool = False,
) -> HandedOver:
    """Make colleagues the officers in charge of everything a person has in hand, and end deputies on either side.

    Reports, contributions and work plans begun stay as written under their author's name: whoever takes the part over goes on with them.

    Args:
        actor: administers the agency.
        agency_id: the agency.
        person_id: who hands over.
        reason: why.
        now: the moment.
        officer_id: who takes over what `choices` does not name.
        choices: the colleague chosen for a part, by the assignment's key.
        shown: versions of the assignments the actor has seen, by key; a part that is not among them, or has another version, stays.
        leaves: whether the person's roles in the agency end with it, at once.

    Raises:
        Invalid: nobody was named for a part, or the colleague does not prepare reports for the agency.
        Conflict: there is nothing to hand over.
    """
    seen = in_hand_of(agency_id, person_id, now=now)
    require(policy.may_hand_over(actor, seen.agency))
    reason = said(reason, "reason")
    for delegation in seen.delegations:
        revoke_delegation(actor=actor, now=now, delegation=delegation, comment=reason)
    ended = seen.memberships if leaves else []
    for membership in ended:
        end_membership(actor=actor, now=now, membership=membership, comment=reason)
    ids = {part.task_id for part in seen.parts}
    list(Task.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))
    expect(to_hand_over(seen))
    parts = [part for part in in_hand_of(agency_id, person_id, now=now, lock=True).parts if part.task_id in ids]
    left = [part for part in parts if shown is not None and shown.get(part.pk) != part.version]
    going = [part for part in parts if part not in left]
    officers = _officers(going, seen, officer_id, choices or {}, now)
    _give(actor=actor, parts=going, officers=officers, person=seen.person, reason=reason, now=now)
    return HandedOver(going, left, len(seen.delegations), len(ended))


def _officers(
    parts: Sequence[Assignment], found: InHand, officer_id: int | None, choices: Mapping[int, int], now: dt.datetime
) -> dict[int, User]:
    """Return who takes over each part."""
    able = set(policy.people_who_hold("report", [found.agency.pk], now=now).get(found.agency.pk, ())) - {found.person.pk}
    named = {part.pk: choices.get(part.pk, officer_id) for part in parts}
    if any(chosen is None for chosen in named.values()):
        raise Invalid(_("Choose a colleague who takes over."), "officer_id")
    if not set(named.values()) <= able:
        raise Invalid(_("This person does not prepare reports for the agency."), "officer_id")
    people = User.objects.in_bulk({chosen for chosen in named.values() if chosen is not None})
    return {pk: people[chosen] for pk, chosen in named.items() if chosen is not None}


def _give(*, actor: Actor, parts: Sequence[Assignment], officers: Mapping[int, User], person: User, reason: str, now: dt.datetime) -> None:
    """Name the new officers, record it a part each, and tell each of them once."""
    for part in parts:
        part.officer = officers[part.pk]
        part.version += 1
    Assignment.objects.bulk_update(parts, ["officer", "version"], batch_size=500)
    events = record(
        actor,
        now,
        *(
            of_part(
                part,
                Verb.HAND_OVER,
                comment=reason,
                officer=officers[part.pk].name,
                officer_id=officers[part.pk].pk,
                before=person.name,
                before_id=person.pk,
            )
            for part in parts
        ),
    )
    notices.tell_officers(events, now=now)
