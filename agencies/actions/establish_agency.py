"""Entering an agency into the directory, and amending what is written about it."""

from __future__ import annotations

import datetime as dt
from typing import TypedDict, Unpack

from django.db import transaction

from agencies import policy
from agencies.actions.record import record
from agencies.actions.validation import check
from agencies.actor import Actor
from agencies.models import Agency, DirectoryVerb
from agencies.refusals import require


class AgencyValues(TypedDict, total=False):
    """What is written about an agency, apart from its end, which comes by a reorganisation."""

    name: str
    short_name: str
    kind: str
    region: str
    parent: Agency | None
    position: int
    starts_on: dt.date


@transaction.atomic
def establish_agency(*, actor: Actor, now: dt.datetime, comment: str = "", **values: Unpack[AgencyValues]) -> Agency:
    """Enter an agency into the directory.

    Raises:
        Forbidden: the actor may not.
        Invalid: a value is missing or malformed, or the name is taken.
    """
    require(policy.may_change_directory(actor))
    agency = Agency(**values)
    check(agency)
    agency.save()
    record(DirectoryVerb.ESTABLISH, actor=actor, now=now, agency=agency, comment=comment, written=_as_written(agency))
    return agency


@transaction.atomic
def amend_agency(*, actor: Actor, now: dt.datetime, agency: Agency, comment: str = "", **values: Unpack[AgencyValues]) -> Agency:
    """Correct what is written about an agency. Another name by order of a superior is not a correction: see `rename_agency`.

    Raises:
        Forbidden: the actor may not.
        Invalid: a value is malformed, or the name is taken.
    """
    require(policy.may_change_directory(actor))
    agency = Agency.objects.select_for_update(of=("self",), no_key=True).get(pk=agency.pk)
    before = _as_written(agency)
    for name, value in values.items():
        setattr(agency, name, value)
    check(agency)
    after = _as_written(agency)
    changed = {name: [before[name], after[name]] for name in after if after[name] != before[name]}
    if changed:
        agency.save()
        record(DirectoryVerb.AMEND, actor=actor, now=now, agency=agency, comment=comment, changed=changed)
    return agency


def _as_written(agency: Agency) -> dict[str, object]:
    return {
        "name": agency.name,
        "short_name": agency.short_name,
        "kind": str(agency.kind),
        "region": agency.region,
        "parent": agency.parent_id,
        "position": agency.position,
        "starts_on": agency.starts_on.isoformat(),
    }
