"""Files that a supporting agency sends with its contribution: its officer attaches and removes them while it is being written."""

from __future__ import annotations

import datetime as dt
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.refusals import Conflict, require
from workflow import policy, timing
from workflow.actions.attaching import attach, detach
from workflow.actions.door import expect, lock_with_part
from workflow.actions.write_contribution import entry
from workflow.models import Contribution, Material
from workflow.states import ContributionState

WRITABLE = frozenset({ContributionState.ASKED, ContributionState.DRAFT, ContributionState.RETURNED})


def _lock_writable(actor: Actor, contribution_id: int, now: dt.datetime) -> Contribution:
    row = lock_with_part(Contribution, actor, contribution_id, now=now)
    require(policy.may_contribute(actor, row))
    expect(timing.to_contribute(row, now))
    if row.state not in WRITABLE:
        raise Conflict(_("The contribution has been sent; files can be changed once it comes back."))
    return row


@transaction.atomic
def attach_material(*, actor: Actor, contribution_id: int, filename: str, content: bytes, now: dt.datetime) -> Material:
    """Attach a file to a contribution that is still being written; the same file twice is kept once.

    Raises:
        Invalid: the file is empty or too large.
        Conflict: the contribution has been sent.
    """
    row = _lock_writable(actor, contribution_id, now)
    return attach(row.files, filename, content, actor=actor, now=now, noted=partial(entry, row))


@transaction.atomic
def detach_material(*, actor: Actor, contribution_id: int, material_id: int, now: dt.datetime) -> Contribution:
    """Remove a file from a contribution that is still being written; the record keeps its name and digest."""
    row = _lock_writable(actor, contribution_id, now)
    detach(row.files, material_id, actor=actor, now=now, noted=partial(entry, row))
    return row
