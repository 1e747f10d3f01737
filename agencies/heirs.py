"""Who agencies that exist no more are today: the way along successions, as long as it does not part."""

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


def heirs_of(agency_ids: Collection[int | None], today: dt.date) -> dict[int, int | None]:
    """Return for agencies that exist no more who they are today; None where more than one followed, or nobody."""
    ways = Ways(today)
    ended = Agency.objects.filter(pk__in=[pk for pk in agency_ids if pk], ends_on__lt=today).values_list("pk", flat=True)
    last = {pk: ways.last(pk) for pk in ended}
    return {pk: None if parts or heir == pk else heir for pk, (heir, parts) in last.items()}
