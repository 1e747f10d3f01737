"""Along successions: who agencies that exist no more are today, as long as the way does not part, and whom an agency came from."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from agencies.models import Agency, Succession


class Ways:
    """The ways along the successions that have taken effect by a day, read in one query."""

    def __init__(self, today: dt.date) -> None:
        self._follows: dict[int, list[int]] = defaultdict(list)
        for predecessor, successor in Succession.objects.filter(effective_on__lte=today).values_list("predecessor_id", "successor_id"):
            self._follows[predecessor].append(successor)

    def last(self, agency_id: int) -> tuple[int, bool]:
        """Return the last agency on the way for as long as exactly one follows, and whether several follow that one."""
        here, seen = agency_id, {agency_id}
        while len(after := self._follows.get(here, [])) == 1 and after[0] not in seen:
            here = after[0]
            seen.add(here)
        return here, len(after) > 1


def ancestry(agency_ids: Collection[int], today: dt.date) -> dict[int, frozenset[int]]:
    """Return for each agency itself and all it came from, through any number of steps, in one query."""
    came_from: dict[int, list[int]] = defaultdict(list)
    for predecessor, successor in Succession.objects.filter(effective_on__lte=today).values_list("predecessor_id", "successor_id"):
        came_from[successor].append(predecessor)
    found = {}
    for agency in agency_ids:
        line, level = {agency}, [agency]
        while level:
            level = [before for here in level for before in came_from[here] if before not in line]
            line.update(level)
        found[agency] = frozenset(line)
    return found


def heirs_of(agency_ids: Collection[int | None], today: dt.date) -> dict[int, int | None]:
    """Return for agencies that exist no more who they are today; None where more than one followed, or nobody."""
    ways = Ways(today)
    ended = Agency.objects.filter(pk__in=[pk for pk in agency_ids if pk], ends_on__lt=today).values_list("pk", flat=True)
    last = {pk: ways.last(pk) for pk in ended}
    return {pk: None if parts or heir == pk else heir for pk, (heir, parts) in last.items()}
