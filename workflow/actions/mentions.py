"""Who is called by @ in a comment: people of the agencies that have to do with the task, by their names."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Membership
from agencies.models.agency import in_force
from agencies.refusals import Invalid
from workflow.models import Participation, Task
from workflow.states import TaskState, Tie

LONGEST_NAME = 30
MOST_CALLED = 30
SUGGESTED = 12
AT = re.compile(rf"[@＠]([^@＠]{{1,{LONGEST_NAME + 20}}})")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may be called, with the agency where they work."""

    user_id: int
    name: str
    agency: str

    @property
    def written(self) -> str:
        """Return how a comment calls this person and nobody else."""
        return f"@{self.name}（{self.agency}）"


def seats(task: Task, agency_id: int | None) -> Collection[int]:
    """Return the agencies whose people may be called: those that see the task, or the one inside which a note stays."""
    if agency_id is not None:
        return [agency_id]
    ties = Participation.objects.filter(task=task)
    if task.state == TaskState.DRAFT:
        ties = ties.exclude(tie__in=[Tie.LEAD, Tie.SUPPORT])
    return list(ties.values_list("agency_id", flat=True))


def people(task: Task, *, now: dt.datetime, inside: int | None = None, part_of_name: str = "") -> list[Person]:
    """Return the first people who may be called, for suggestions.

    Args:
        task: what is spoken of.
        now: the moment at which memberships are judged.
        inside: the agency inside which a note stays; None for a comment that everybody reads.
        part_of_name: what has been typed of a name.
    """
    rows = _members(seats(task, inside), now)
    if part_of_name:
        rows = rows.filter(user__name__contains=part_of_name)
    found = rows.order_by("user__name", "user_id").values_list("user_id", "user__name", "agency__short_name").distinct()
    return [Person(*row) for row in found[:SUGGESTED]]


def called(task: Task, text: str, *, now: dt.datetime, inside: int | None = None) -> list[Person]:
    """Return whom a text calls; the longest name that fits counts, and what is nobody's name is left as it stands.

    Raises:
        Invalid: several people go by a name, and the text does not say of which agency.
    """
    after = [match.group(1) for match in AT.finditer(text)]
    if not after:
        return []
    beginnings = {rest[:length] for rest in after for length in range(1, min(len(rest), LONGEST_NAME) + 1)}
    rows = _members(seats(task, inside), now).filter(user__name__in=beginnings)
    named: dict[str, dict[int, Person]] = defaultdict(dict)
    written: dict[int, set[str]] = defaultdict(set)
    for user_id, name, agency, full_name in rows.values_list("user_id", "user__name", "agency__short_name", F("agency__name")).distinct():
        named[name][user_id] = Person(user_id, name, agency)
        written[user_id] |= {agency, full_name}
    found: dict[int, Person] = {}
    for rest in after:
        name = max((name for name in named if rest.startswith(name)), key=len, default="")
        if not name:
            continue
        meant = list(named[name].values())
        if len(meant) > 1:
            agency = re.match(r"[（(]([^）)]+)[）)]", rest[len(name) :])
            meant = [person for person in meant if agency and agency.group(1) in written[person.user_id]]
        if len(meant) != 1:
            raise Invalid(_("Several people are called %(name)s: write @%(name)s（agency）.") % {"name": name}, "text")
        found[meant[0].user_id] = meant[0]
    if len(found) > MOST_CALLED:
        raise Invalid(_("A comment calls at most %(most)d people.") % {"most": MOST_CALLED}, "text")
    return list(found.values())


def _members(agency_ids: Collection[int], now: dt.datetime) -> QuerySet[Membership]:
    today = timezone.localdate(now)
    return Membership.objects.filter(in_force(today), in_force(today, "agency__"), agency_id__in=agency_ids, user__is_active=True).exclude(
        user__name=""
    )
