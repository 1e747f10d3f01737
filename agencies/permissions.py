"""The one writer of guardian's permissions on agencies: they follow from memberships and delegations, never the other way round."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from guardian.models import GroupObjectPermission, UserObjectPermission

from agencies.models import NEVER_LENT, ROLE_PERMISSIONS, Agency, AgencyUserPermission, Delegation, Membership, User
from agencies.models.agency import in_force

LOOK_BACK = dt.timedelta(days=35)

Grant = tuple[int, int, str]
"""A person, an agency and a codename."""


def delegations_in_force(now: dt.datetime) -> Q:
    """Return the condition that a delegation holds at a moment: begun, not ended, not revoked, between two open accounts."""
    return Q(starts_at__lte=now, ends_at__gt=now, revoked_at__isnull=True, delegate__is_active=True, delegator__is_active=True)


def sync_person(user: User, *, now: dt.datetime) -> None:
    """Rewrite the permissions of a person, and of everyone who acts for them, from what is in force.

    Args:
        user: whose memberships or delegations have just changed, in the caller's transaction.
        now: the moment that decides.
    """
    acting = Delegation.objects.filter(delegations_in_force(now), delegator=user).values_list("delegate_id", flat=True)
    rebuild(now=now, people={user.pk, *acting})


def follow_the_days(now: dt.datetime) -> int:
    """Let what began or ended by itself take effect: the sweep's part in permissions.

    It looks at whatever began or ended within `LOOK_BACK`, so that a sweeper that was away catches up.

    Returns:
        How many permissions were added and taken away; nothing the second time.
    """
    today = timezone.localdate(now)
    days, moments = (today - LOOK_BACK, today), (now - LOOK_BACK, now)
    turned = Q(starts_on__range=days) | Q(ends_on__range=days) | Q(agency__starts_on__range=days) | Q(agency__ends_on__range=days)
    people = set(Membership.objects.filter(turned).values_list("user_id", flat=True))
    began_or_ended = Q(starts_at__range=moments) | Q(ends_at__range=moments) | Q(delegator__in=people, ends_at__gt=now)
    people.update(Delegation.objects.filter(began_or_ended).values_list("delegate_id", flat=True))
    return rebuild(now=now, people=people) if people else 0


def rebuild(*, now: dt.datetime, people: Collection[int] | None = None) -> int:
    """Rewrite the permissions of these people, or of everybody, from memberships and delegations in force.

    The number of statements depends on neither people nor agencies.

    Returns:
        How many permissions were added and taken away.
    """
    with transaction.atomic():
        wanted, stored = _wanted(now, people), _stored(people)
        surplus = [pk for grant, pk in stored.items() if grant not in wanted]
        missing = wanted - stored.keys()
        if surplus:
            AgencyUserPermission.objects.filter(pk__in=surplus).delete()
        if missing:
            ids = _permission_ids()
            AgencyUserPermission.objects.bulk_create(
                (
                    AgencyUserPermission(user_id=user, content_object_id=agency, permission_id=ids[codename])
                    for user, agency, codename in sorted(missing)
                ),
                ignore_conflicts=True,  # another writer may have come to the same conclusion
                batch_size=1000,
            )
    return len(surplus) + len(missing)


def differences(*, now: dt.datetime) -> list[str]:
    """Say where the stored permissions depart from what memberships and delegations give, a sentence each; empty when sound.

    Grants by other roads (on the model, through groups, in guardian's generic tables) are departures, too: they would open every
    agency, or outlive it.
    """
    wanted, stored = _wanted(now, None), _stored(None)
    people = dict(User.objects.values_list("pk", "username"))
    agencies = dict(Agency.objects.values_list("pk", "short_name"))
    missing = [
        _("%(person)s lacks %(permission)s on %(agency)s.") % _words(people, agencies, grant) for grant in sorted(wanted - stored.keys())
    ]
    surplus = [
        _("%(person)s holds %(permission)s on %(agency)s without a reason.") % _words(people, agencies, grant)
        for grant in sorted(stored.keys() - wanted)
    ]
    return missing + surplus + _side_doors(now)


def _words(people: dict[int, str], agencies: dict[int, str], grant: Grant) -> dict[str, str]:
    user, agency, codename = grant
    return {"person": people[user], "agency": agencies[agency], "permission": codename}


def _side_doors(now: dt.datetime) -> list[str]:
    """Name the people who hold permissions by a road that the product does not use."""
    model_level = User.objects.filter(Q(user_permissions__isnull=False) | Q(groups__permissions__isnull=False)).distinct()
    found = [_("%(person)s holds permissions on whole models.") % {"person": user.username} for user in model_level]
    agency_type = ContentType.objects.get_for_model(Agency)
    found += [
        _("There are generic grants on agencies; they outlive their agency.")
        for generic in (UserObjectPermission, GroupObjectPermission)
        if generic.objects.filter(content_type=agency_type).exists()
    ]
    both = User.objects.exclude(office="").filter(in_force(timezone.localdate(now), "memberships__"), memberships__isnull=False)
    found += [_("%(person)s holds both an office and a membership.") % {"person": user.username} for user in both.distinct()]
    return found


def _wanted(now: dt.datetime, people: Collection[int] | None) -> set[Grant]:
    today = timezone.localdate(now)
    lent_to = Delegation.objects.filter(delegations_in_force(now), delegate__office="")
    if people is not None:
        lent_to = lent_to.filter(delegate_id__in=people)
    delegations = list(lent_to.values_list("delegate_id", "delegator_id", "agency_id"))
    memberships = Membership.objects.filter(in_force(today), in_force(today, "agency__"), user__is_active=True, user__office="")
    if people is not None:
        memberships = memberships.filter(user_id__in={*people, *(delegator for _delegate, delegator, _agency in delegations)})
    own: dict[tuple[int, int], set[str]] = defaultdict(set)
    for user, agency, role in memberships.values_list("user_id", "agency_id", "role"):
        own[user, agency] |= ROLE_PERMISSIONS[role]
    wanted = {(user, agency, codename) for (user, agency), held in own.items() if people is None or user in people for codename in held}
    for delegate, delegator, agency in delegations:
        wanted |= {(delegate, agency, codename) for codename in own.get((delegator, agency), set()) - NEVER_LENT}
    return wanted


def _stored(people: Collection[int] | None) -> dict[Grant, int]:
    rows = AgencyUserPermission.objects.all() if people is None else AgencyUserPermission.objects.filter(user_id__in=people)
    values = rows.values_list("user_id", "content_object_id", "permission__codename", "pk")
    return {(user, agency, codename): pk for user, agency, codename, pk in values}


def _permission_ids() -> dict[str, int]:
    content_type = ContentType.objects.get_for_model(Agency)
    return dict(Permission.objects.filter(content_type=content_type).values_list("codename", "pk"))
