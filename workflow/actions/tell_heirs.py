"""Who is told that what a reorganised agency has open waits to be taken over: the heads of who stands in its place, once an act.

From the day of a reorganisation on nobody can act on these parts until the coordinators of their tasks move them (`take_over`).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.listing import listed
from agencies.models import Succession
from notifications.models import InboxItem
from notifications.outbox import NewMessage, post
from notifications.topics import Topic
from workflow import policy
from workflow.models import Assignment
from workflow.states import LIVE_ASSIGNMENT_STATES, LIVE_TASK_STATES

PREFIX = "succession"
"""With which the keys of these notices begin."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What an agency that has ended still has open, by issuer of the tasks, and the acts that brought those who follow it today."""

    predecessor_id: int
    issuers: Counter[str]
    acts: list[Succession] = field(default_factory=list)


def tell_heirs(now: dt.datetime) -> int:
    """Tell the heads of successors what waits for them; who was told of an act is not told again.

    Returns:
        How many were told.
    """
    found = _waiting(timezone.localdate(now))
    if not found:
        return 0
    heads = policy.people_who_hold("administer", {act.successor_id for one in found for act in one.acts}, now=now)
    asked = {_key(one, act, head): (one, act, head) for one in found for act in one.acts for head in heads.get(act.successor_id, ())}
    known = set(InboxItem.objects.filter(key__in=[f"{key}|inbox" for key in asked]).values_list("key", flat=True))
    with translation.override(settings.LANGUAGE_CODE), transaction.atomic():
        told = [_notice(key, *about) for key, about in asked.items() if f"{key}|inbox" not in known]
        post(told, now=now)
    return len(told)


def still_waits(keys: Collection[str], now: dt.datetime) -> set[str]:
    """Return the keys of those notices that still say what is so: something waits yet; registered with `notifications.guards`."""
    waiting = {str(one.predecessor_id) for one in _waiting(timezone.localdate(now))}
    return {key for key in keys if key.partition("|")[0].rpartition(":")[2] in waiting}


def _waiting(today: dt.date) -> list[Waiting]:
    """Return the agencies that were reorganised by a day and have parts open, in two statements."""
    ended = Succession.objects.filter(effective_on__lte=today).values("predecessor_id")
    rows = (
        Assignment.objects.filter(agency__in=ended, state__in=LIVE_ASSIGNMENT_STATES, task__state__in=LIVE_TASK_STATES)
        .order_by()
        .values_list("agency_id", "task__issuer__name")
        .annotate(n=Count("pk"))
    )
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for agency, issuer, number in rows:
        found[agency][issuer] += number
    if not found:
        return []
    follow: dict[int, list[Succession]] = defaultdict(list)
    for act in Succession.objects.filter(effective_on__lte=today).select_related("predecessor", "successor").order_by("pk"):
        follow[act.predecessor_id].append(act)
    return [Waiting(agency, issuers, list(_last(agency, follow))) for agency, issuers in sorted(found.items())]


def _last(agency: int, follow: Mapping[int, Sequence[Succession]]) -> Iterator[Succession]:
    """Give the acts at the ends of all ways from an agency: those whose successor stands today."""
    seen, ahead = {agency}, [agency]
    while ahead:
        for act in follow.get(ahead.pop(0), ()):
            if act.successor_id in seen:
                continue
            seen.add(act.successor_id)
            if act.successor_id in follow:
                ahead.append(act.successor_id)
            else:
                yield act


def _key(one: Waiting, act: Succession, head: int) -> str:
    return f"{PREFIX}:{act.pk}:{one.predecessor_id}|{head}"


def _notice(key: str, one: Waiting, act: Succession, head: int) -> NewMessage:
    number = one.issuers.total()
    subject = ngettext(
        "%(count)d open part of %(before)s waits to be taken over", "%(count)d open parts of %(before)s wait to be taken over", number
    ) % {"count": number, "before": act.predecessor.name}
    since = {"agency": act.successor.name, "day": act.effective_on.isoformat(), "basis": act.basis or "—"}
    lines = [
        subject,
        _("%(agency)s stands in its place since %(day)s: %(basis)s") % since,
        _("Until then nobody can act on them, and their due dates stand. The coordinators of these tasks move them: %(issuers)s.")
        % {"issuers": listed([f"{issuer} {count}" for issuer, count in one.issuers.most_common()])},
    ]
    return NewMessage(
        key=key,
        recipient_id=head,
        topic=Topic.ASSIGNED,
        subject=subject,
        body="\n".join(lines),
        link=f"{reverse('ledger')}?rows=parts&agency={one.predecessor_id}",
        urgent=True,
    )
