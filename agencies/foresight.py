"""What hangs on an agency and would move or end with it, counted before a reorganisation is entered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q

from agencies.models import Agency, Delegation, GroupMember, Membership

Work = Callable[[Agency], Sequence[tuple[str, int]]]
"""Takes an agency and returns what of it is open elsewhere, in words, each with its number."""

_work: list[Work] = []


def register(work: Work) -> None:
    """Let an app that this one does not know count what an agency has open there."""
    if work not in _work:
        _work.append(work)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would move.

    Attributes:
        people: memberships that last on the day, or begin later.
        delegations: delegations that run on then.
        groups: groups it belongs to then.
        subordinates: agencies below it.
        open_work: what it has open; that stays until somebody moves it by an act of its own.
    """

    people: Sequence[Membership]
    delegations: int
    groups: Sequence[str]
    subordinates: Sequence[str]
    open_work: Sequence[tuple[str, int]]


def foresee(agency: Agency, effective_on: dt.date) -> Foreseen:
    """Return what hangs on an agency on the day on which it would end."""
    lasting = Q(ends_on__isnull=True) | Q(ends_on__gte=effective_on)
    moment = dt.datetime.combine(effective_on, dt.time(), tzinfo=ZoneInfo(settings.TIME_ZONE))
    return Foreseen(
        people=list(Membership.objects.filter(lasting, agency=agency).select_related("user").order_by("user__name", "pk")),
        delegations=Delegation.objects.filter(agency=agency, ends_at__gt=moment, revoked_at__isnull=True).count(),
        groups=list(GroupMember.objects.filter(lasting, agency=agency).order_by("group__name").values_list("group__name", flat=True)),
        subordinates=list(Agency.objects.filter(lasting, parent=agency).order_by("position", "pk").values_list("name", flat=True)),
        open_work=[line for work in _work for line in work(agency)],
    )
