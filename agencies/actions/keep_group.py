"""Keeping groups: entering one into the directory, admitting an agency, dismissing one, each from a day."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies import policy
from agencies.actions.record import record
from agencies.actions.validation import check
from agencies.actor import Actor
from agencies.models import Agency, AgencyGroup, DirectoryVerb, GroupMember
from agencies.refusals import Conflict, require


@transaction.atomic
def establish_group(*, actor: Actor, now: dt.datetime, name: str, region: str = "") -> AgencyGroup:
    """Enter a group that documents name, still without members.

    Raises:
        Forbidden: the actor may not.
        Invalid: no name, or one that is taken.
    """
    require(policy.may_change_directory(actor))
    group = AgencyGroup(name=name.strip(), region=region)
    check(group)
    group.save()
    record(DirectoryVerb.ESTABLISH_GROUP, actor=actor, now=now, group=group.pk, name=group.name)
    return group


@transaction.atomic
def admit(*, actor: Actor, now: dt.datetime, group: AgencyGroup, agency: Agency, starts_on: dt.date | None = None) -> GroupMember:
    """Admit an agency to a group from a day, today when not said. What was dispatched before stays as it was.

    Raises:
        Forbidden: the actor may not.
        Conflict: it is a member then already, or does not exist on that day.
    """
    require(policy.may_change_directory(actor))
    group = AgencyGroup.objects.select_for_update(no_key=True).get(pk=group.pk)
    starts_on = starts_on or timezone.localdate(now)
    if not agency.is_in_force(starts_on):
        raise Conflict(_("%(agency)s does not exist on that day.") % {"agency": agency.name})
    if group.member_rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on), agency=agency).exists():
        raise Conflict(_("%(agency)s belongs to the group already.") % {"agency": agency.name})
    row = GroupMember.objects.create(group=group, agency=agency, starts_on=starts_on)
    record(DirectoryVerb.ADMIT, actor=actor, now=now, agency=agency, group=group.pk, name=group.name, starts_on=starts_on.isoformat())
    return row


@transaction.atomic
def dismiss(*, actor: Actor, now: dt.datetime, member: GroupMember, last_day: dt.date | None = None) -> None:
    """Let an agency leave a group after a day, yesterday when not said; a place never taken up is removed.

    Raises:
        Forbidden: the actor may not.
        Conflict: it has left already.
    """
    require(policy.may_change_directory(actor))
    member = GroupMember.objects.select_for_update(of=("self",), no_key=True).select_related("group", "agency").get(pk=member.pk)
    today = timezone.localdate(now)
    last_day = last_day or today - dt.timedelta(days=1)
    if member.ends_on is not None and member.ends_on < today:
        raise Conflict(_("%(agency)s has left the group already.") % {"agency": member.agency.name})
    if last_day < member.starts_on:
        GroupMember.objects.filter(pk=member.pk).delete()
    else:
        member.ends_on = last_day
        member.save(update_fields=["ends_on"])
    record(
        DirectoryVerb.DISMISS,
        actor=actor,
        now=now,
        agency=member.agency,
        group=member.group_id,
        name=member.group.name,
        last_day=last_day.isoformat(),
    )
