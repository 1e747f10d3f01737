"""Teaching the directory another name of an agency or of a group, and retiring one."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies import policy
from agencies.actions.record import record
from agencies.actor import Actor
from agencies.models import Agency, AgencyGroup, Alias, DirectoryVerb
from agencies.names import fold, name_index
from agencies.refusals import Conflict, Invalid, require


@transaction.atomic
def teach_alias(
    *,
    actor: Actor,
    now: dt.datetime,
    name: str,
    agency: Agency | None = None,
    group: AgencyGroup | None = None,
    source: Alias.Source = Alias.Source.LEARNED,
    on: dt.date | None = None,
) -> Alias | None:
    """Teach another name of an agency or of a group. Teaching what is known changes nothing.

    Args:
        actor: who teaches.
        now: when.
        name: as documents write it.
        agency: whom it means, or
        group: which group it means.
        source: where the name comes from.
        on: the day whose names it must not contradict, that of the document it was met in; today when not said.

    Returns:
        The alias; None when it is the agency's or the group's own name.

    Raises:
        Forbidden: the actor may not.
        Invalid: no name, or not exactly one of agency and group.
        Conflict: the name means another on that day.
    """
    require(policy.may_teach_alias(actor))
    name = name.strip()
    if not name:
        raise Invalid(_("Write the name."), "name")
    if (agency is None) == (group is None):
        raise Invalid(_("An alias names either an agency or a group."), "agency")
    index = name_index(on or timezone.localdate(now))
    target = (agency.pk if agency else None, group.pk if group else None)
    others = [meaning for meaning in index.names.get(fold(name), ()) if meaning.in_force]
    if any((meaning.agency_id, meaning.group_id) != target for meaning in others):
        raise Conflict(_("%(name)s already means another.") % {"name": name})
    if any(meaning.by in {"name", "short_name"} for meaning in others):
        return None
    alias, made = Alias.objects.get_or_create(
        name=name, agency=agency, group=group, defaults={"source": source, "taught_by_id": actor.user_id}
    )
    if made or alias.ends_on is not None:
        Alias.objects.filter(pk=alias.pk).update(ends_on=None)
        alias.ends_on = None
        whom = agency.name if agency else str(group)
        record(DirectoryVerb.TEACH_ALIAS, actor=actor, now=now, agency=agency, alias=name, means=whom, group=target[1])
    return alias


@transaction.atomic
def retire_alias(*, actor: Actor, now: dt.datetime, alias: Alias, comment: str = "") -> None:
    """Stop reading a name as it was taught; documents read before stay as they were read.

    Raises:
        Forbidden: the actor may not.
    """
    require(policy.may_teach_alias(actor))
    alias = Alias.objects.select_for_update(of=("self",), no_key=True).select_related("agency", "group").get(pk=alias.pk)
    yesterday = timezone.localdate(now) - dt.timedelta(days=1)
    alias.ends_on = max(alias.starts_on, yesterday)
    alias.save(update_fields=["ends_on"])
    whom = alias.agency.name if alias.agency else str(alias.group)
    record(DirectoryVerb.RETIRE_ALIAS, actor=actor, now=now, agency=alias.agency, comment=comment, alias=alias.name, means=whom)
