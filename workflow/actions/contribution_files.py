"""Files that a supporting agency sends with its contribution: its officer attaches and removes them while it is being written."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.refusals import Conflict, require
from workflow import policy, timing
from workflow.actions.attaching import remove, take
from workflow.actions.door import expect, log, person
from workflow.actions.write_contribution import entry, lock_contribution
from workflow.models import Contribution, Material
from workflow.states import ContributionState
from workflow.timeline import Verb

WRITABLE = frozenset({ContributionState.ASKED, ContributionState.DRAFT, ContributionState.RETURNED})


def _lock_writable(actor: Actor, contribution_id: int, now: dt.datetime) -> Contribution:
    row = lock_contribution(actor, contribution_id, now=now)
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
    file, is_new = take(row.files, filename, content, by=person(actor), now=now)
    if is_new:
        log(actor, now, entry(row, Verb.ATTACH, filename=file.filename, sha256=file.sha256))
    return file


@transaction.atomic
def detach_material(*, actor: Actor, contribution_id: int, material_id: int, now: dt.datetime) -> Contribution:
    """Remove a file from a contribution that is still being written; the record keeps its name and digest."""
    row = _lock_writable(actor, contribution_id, now)
    file = row.files.filter(pk=material_id).first()
    if file is None:
        raise Conflict(_("The file has been removed already."))
    log(actor, now, entry(row, Verb.DETACH, filename=file.filename, sha256=file.sha256))
    remove(file)
    return row
