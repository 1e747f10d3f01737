"""From the receivers a document names to one assignment an agency: groups expand, and nobody is asked twice. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from workflow.states import Part


@dataclass(frozen=True, slots=True)
class Planned:
    """A receiver as planned: an agency, or a group (then `agency_id` is None)."""

    agency_id: int | None
    group_id: int | None
    part: str


@dataclass(frozen=True, slots=True)
class Routed:
    """One agency's part after groups were expanded; `rank` counts from 1 within the part, leads first."""

    agency_id: int
    group_id: int | None
    part: str
    rank: int


def route(planned: Sequence[Planned], members: Mapping[int, Iterable[int]]) -> list[Routed]:
    """Expand receivers into one part an agency.

    An agency named twice keeps its stronger part (lead before support), and being named itself counts before being
    a member of a group, so that 广州市政府 beside 各地级以上市政府 gets one assignment.

    Args:
        planned: receivers in the order of the document.
        members: agency ids by group id, on the day of dispatch, in the order of the directory.
    """
    chosen: dict[int, tuple[int | None, str]] = {}
    for part in (Part.LEAD.value, Part.SUPPORT.value):
        receivers = [receiver for receiver in planned if receiver.part == part]
        named = {receiver.agency_id for receiver in receivers if receiver.agency_id is not None}
        for receiver in receivers:
            if receiver.agency_id is not None:
                chosen.setdefault(receiver.agency_id, (None, part))
            elif receiver.group_id is not None:
                for member in members.get(receiver.group_id, ()):
                    if member not in named:
                        chosen.setdefault(member, (receiver.group_id, part))
    ranks = {Part.LEAD.value: 0, Part.SUPPORT.value: 0}
    routed = []
    for agency_id, (group_id, part) in chosen.items():
        ranks[part] += 1
        routed.append(Routed(agency_id, group_id, part, ranks[part]))
    return routed
