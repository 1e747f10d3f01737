"""Writing a line of the directory's record."""

from __future__ import annotations

import datetime as dt

from agencies.actor import Actor
from agencies.models import Agency, DirectoryEvent, DirectoryVerb, User


def record(
    verb: DirectoryVerb,
    *,
    actor: Actor,
    now: dt.datetime,
    agency: Agency | None = None,
    person: User | None = None,
    comment: str = "",
    **data: object,
) -> DirectoryEvent:
    """Append one act to the record, in the act's own transaction.

    Args:
        verb: what was done.
        actor: who did it.
        now: when.
        agency: on which agency.
        person: on whose account.
        comment: the reason given.
        **data: further details, as JSON knows them.
    """
    return append(line(verb, actor=actor, now=now, agency=agency, person=person, comment=comment, **data))[0]


def line(
    verb: DirectoryVerb,
    *,
    actor: Actor,
    now: dt.datetime,
    agency: Agency | None = None,
    person: User | None = None,
    comment: str = "",
    **data: object,
) -> DirectoryEvent:
    """Return a line that is not yet appended; see `record`."""
    return DirectoryEvent(
        at=now,
        verb=verb.value,
        actor_id=actor.user_id,
        actor_name=actor.name,
        agency=agency,
        agency_name=agency.name if agency else "",
        person=person,
        comment=comment,
        data=data,
    )


def append(*lines: DirectoryEvent) -> list[DirectoryEvent]:
    """Append several lines at the cost of one."""
    return DirectoryEvent.append(list(lines))
