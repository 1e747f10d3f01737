"""Who may read what is said about a task, asked anew when notices about it are sent."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from workflow import grants
from workflow.models import Comment


def may_be_told(people: Collection[int], refs: Collection[str], now: dt.datetime) -> set[tuple[int, str]]:
    """Answer which people may (still) read which comments; registered with the outbox for `comment:…`.

    A comment that was taken back is told to nobody, a note only to people of the agency inside which it stays.
    """
    keys = {int(ref.partition(":")[2]): ref for ref in refs}
    rows = Comment.objects.filter(pk__in=keys, retraction__isnull=True).values_list("pk", "task_id", "agency_id", "inside")
    comments = list(rows)
    seen = grants.may_be_told(people, {f"task:{task}" for _pk, task, _agency, _inside in comments}, now)
    seats: dict[int, set[int]] = defaultdict(set)
    for person, agency in grants.seats_of(people, now):
        seats[person].add(agency)
    return {
        (person, keys[pk])
        for pk, task, agency, inside in comments
        for person in people
        if (person, f"task:{task}") in seen and (not inside or agency in seats[person])
    }
