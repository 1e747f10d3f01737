"""Who agencies that exist no more are today: the way along successions, as long as it does not part."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from agencies.models import Agency, Succession


def heirs_of(agency_ids: Collection[int | None], today: dt.date) -> dict[int, int | None]:
    """Return for agencies that exist no more who they are today; None where more than one followed, or nobody."""
    follows: dict[int, list[int]] = defaultdict(list)
    for predecessor, successor in Succession.objects.filter(effective_on__lte=today).values_list("predecessor_id", "successor_id"):
        follows[predecessor].append(successor)
    ended = set(Agency.objects.filter(pk__in=[pk for pk in agency_ids if pk], ends_on__lt=today).values_list("pk", flat=True))
    heirs: dict[int, int | None] = {}
    for pk in ended:
        heir: int | None = pk
        while heir in follows:
            heir = follows[heir][0] if len(follows[heir]) == 1 else None
        heirs[pk] = None if heir == pk else heir
    return heirs
