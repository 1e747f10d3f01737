"""The cast: the people of the demonstration as actors, and the agencies they belong to."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from agencies.actor import Actor
from agencies.models import Agency, Membership, User
from agencies.models.agency import in_force
from workflow.policy import people_who_hold


class Cast:
    """Finds who plays a part, by user name or by what they may do in an agency; each actor is loaded once."""

    def __init__(self) -> None:
        self._actors: dict[int, Actor] = {}
        self._holders: dict[tuple[str, int], list[int]] = {}

    def named(self, username: str, moment: dt.datetime) -> Actor:
        """Return the person with a user name."""
        return self._actor(User.objects.get(username=username), moment)

    def one_who_may(self, codename: str, agency_id: int, moment: dt.datetime, *, but: int | None = None) -> Actor | None:
        """Return somebody who holds a permission on an agency, or None where the demonstration has nobody there."""
        key = (codename, agency_id)
        if key not in self._holders:
            self._holders[key] = people_who_hold(codename, [agency_id], now=moment).get(agency_id, [])
        chosen = next((pk for pk in self._holders[key] if pk != but), None)
        return None if chosen is None else self._actor(User.objects.get(pk=chosen), moment)

    def _actor(self, user: User, moment: dt.datetime) -> Actor:
        if user.pk not in self._actors:
            self._actors[user.pk] = Actor.load(user, now=moment)
        return self._actors[user.pk]


def agency_of(username: str, moment: dt.datetime) -> Agency:
    """Return the agency a person of the demonstration belongs to."""
    today = timezone.localdate(moment)
    membership = Membership.objects.select_related("agency").filter(in_force(today), in_force(today, "agency__"), user__username=username)
    return membership.order_by("agency__position").get().agency
