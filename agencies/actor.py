"""Who acts: a person, for which agencies and with which permissions there, and on whose behalf."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agencies.models import NEVER_LENT, ROLE_PERMISSIONS, User
from agencies.seats import seats_of

LOOK_BACK = "look_back"
"""What a successor's people hold on an agency that was reorganised: sight, by no grant but the succession itself."""

OVERSIGHT = frozenset({"lead_view"})
"""Permissions that reach back to what predecessors issued."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A person with everything that permission checks need, loaded once a request; checks then cost no query.

    Attributes:
        user_id: the person; None for the system itself.
        name: as it is written into records.
        office: one of `Office`, or empty.
        permissions: codenames held on each agency, by the agency's id.
        acting_for: by agency id and codename, the person on whose behalf that permission is held by delegation.
        past: the predecessors of these agencies, to look into only: `look_back`, and `lead_view` where it is held on the successor.
    """

    user_id: int | None
    name: str
    office: str = ""
    permissions: Mapping[int, frozenset[str]] = field(default_factory=dict)
    acting_for: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    past: Mapping[int, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def system(cls) -> Actor:
        """Return the actor that stands for the system itself: sweeps, schedules, imports by command."""
        return cls(user_id=None, name="")

    @classmethod
    def load(cls, user: User, *, now: dt.datetime) -> Actor:
        """Load a person's permissions as they stand at a moment, in one statement.

        What a person holds in their own right is never counted as lent.

        A permission counts when guardian's row says so *and* a membership or a delegation in force at `now` supports it:
        an expired one is worth nothing even before its rows are cleaned away. An inactive person holds none, nor does the
        holder of an office.
        """
        if not user.is_active or user.office:
            return cls(user_id=user.pk, name=user.name or user.username, office=user.office if user.is_active else "")
        seats = seats_of(user.pk, now=now)
        supported: dict[int, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        for agency, person, role in seats.seated:
            supported[person][agency] |= ROLE_PERMISSIONS[role]
        granted: dict[int, set[str]] = defaultdict(set)
        for agency, codename in seats.granted:
            granted[agency].add(codename)
        permissions = {agency: granted[agency] & codenames for agency, codenames in supported[user.pk].items()}
        acting_for: dict[int, dict[str, int]] = {}
        for agency, delegator in seats.lent:
            lent = granted[agency] & supported[delegator][agency] - NEVER_LENT - permissions.get(agency, set())
            if lent:
                permissions[agency] = permissions.get(agency, set()) | lent
                acting_for.setdefault(agency, {}).update(dict.fromkeys(lent, delegator))
        held = {agency: frozenset(codenames) for agency, codenames in permissions.items() if codenames}
        return cls(
            user_id=user.pk,
            name=user.name or user.username,
            permissions=held,
            past=_past(held, seats.before),
            acting_for=acting_for,
        )

    @property
    def is_system(self) -> bool:
        """Tell whether nobody in person acts."""
        return self.user_id is None

    @property
    def agency_ids(self) -> frozenset[int]:
        """Return the agencies the actor may act for or look into."""
        return frozenset(self.permissions) | frozenset(self.past)

    def may(self, codename: str, agency_id: int | None) -> bool:
        """Tell whether the actor holds a permission on an agency."""
        if agency_id is None:
            return False
        return codename in self.permissions.get(agency_id, frozenset()) or codename in self.past.get(agency_id, frozenset())

    def agencies_where(self, *codenames: str) -> frozenset[int]:
        """Return the agencies on which the actor holds any of the permissions."""
        wanted = frozenset(codenames)
        return frozenset(agency for held_on in (self.permissions, self.past) for agency, held in held_on.items() if held & wanted)

    @property
    def oversees(self) -> bool:
        """Tell whether the actor coordinates or leads somewhere."""
        return bool(self.overseen)

    @property
    def overseen(self) -> frozenset[int]:
        """Return the agencies where the actor coordinates or leads: what these issued or stand above, they oversee."""
        return self.agencies_where("coordinate", "lead_view")

    def on_behalf_of(self, codename: str, agency_id: int | None) -> int | None:
        """Return the person for whom the actor uses a permission on an agency; None when it is the actor's own."""
        return None if agency_id is None else self.acting_for.get(agency_id, {}).get(codename)

    def is_same_person(self, user_id: int | None, agency_id: int) -> bool:
        """Tell whether work of `user_id` is the actor's own, in person or through a delegation held in an agency."""
        return user_id is not None and (user_id == self.user_id or user_id in self.acting_for.get(agency_id, {}).values())


def _past(held: Mapping[int, frozenset[str]], before: Mapping[int, Sequence[int]]) -> dict[int, frozenset[str]]:
    """Return the predecessors of agencies, through any number of steps; who oversees a successor oversees what these issued."""
    past: dict[int, frozenset[str]] = {}
    level = {agency: codenames & OVERSIGHT for agency, codenames in held.items()}
    while level:
        found: dict[int, frozenset[str]] = {}
        for successor, codenames in level.items():
            gained = codenames | {LOOK_BACK}
            for predecessor in before.get(successor, ()):
                if not gained <= past.get(predecessor, frozenset()):
                    past[predecessor] = found[predecessor] = past.get(predecessor, frozenset()) | gained
        level = found
    return past
