"""What is on record of a person's seats, in one statement: whom they stand in for, who sits where, what is granted, what came before.

Every page asks this first. It is written as SQL, which PostgreSQL and SQLite both read, and not by Django, whose compiler takes a
millisecond of processor time over each of the four statements that this would be.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import Permission
from django.db import connection
from django.utils import timezone

from agencies.models import Agency, AgencyUserPermission, Delegation, Membership, Succession, User

_IN_FORCE = "{0}.starts_on <= %(today)s AND ({0}.ends_on IS NULL OR {0}.ends_on >= %(today)s)"
_SQL = f"""
WITH RECURSIVE lent (agency_id, person_id, place) AS (
    SELECT d.agency_id, d.delegator_id, ROW_NUMBER() OVER (ORDER BY d.starts_at DESC, d.id)
    FROM {Delegation._meta.db_table} d JOIN {User._meta.db_table} u ON u.id = d.delegator_id
    WHERE d.delegate_id = %(person)s AND u.is_active AND d.starts_at <= %(now)s AND d.ends_at > %(now)s AND d.revoked_at IS NULL
), seated (agency_id, person_id, role) AS (
    SELECT m.agency_id, m.user_id, m.role
    FROM {Membership._meta.db_table} m JOIN {Agency._meta.db_table} a ON a.id = m.agency_id
    WHERE (m.user_id = %(person)s OR m.user_id IN (SELECT person_id FROM lent))
        AND {_IN_FORCE.format("m")} AND {_IN_FORCE.format("a")}
), before (predecessor_id, successor_id) AS (
    SELECT s.predecessor_id, s.successor_id FROM {Succession._meta.db_table} s
    WHERE s.effective_on <= %(today)s AND s.successor_id IN (SELECT agency_id FROM seated)
    UNION
    SELECT s.predecessor_id, s.successor_id
    FROM {Succession._meta.db_table} s JOIN before b ON s.successor_id = b.predecessor_id
    WHERE s.effective_on <= %(today)s
)
SELECT 'lent' AS kind, agency_id, person_id, '' AS word, place FROM lent
UNION ALL SELECT 'seated', agency_id, person_id, role, 0 FROM seated
UNION ALL SELECT 'granted', g.content_object_id, g.user_id, p.codename, 0
    FROM {AgencyUserPermission._meta.db_table} g JOIN {Permission._meta.db_table} p ON p.id = g.permission_id
    WHERE g.user_id = %(person)s
UNION ALL SELECT 'before', predecessor_id, successor_id, '', 0 FROM before
ORDER BY place
"""


@dataclass(frozen=True, slots=True)
class Seats:
    """What is on record of a person at a moment.

    Attributes:
        lent: agency and absent person of each delegation to them in force, the one that began last first.
        seated: agency, person and role of each membership in force, theirs and those of the absent.
        granted: agency and codename of each permission that guardian holds of them.
        before: by agency, its predecessors; of the agencies above, and of their predecessors in turn.
    """

    lent: Sequence[tuple[int, int]]
    seated: Sequence[tuple[int, int, str]]
    granted: Sequence[tuple[int, str]]
    before: Mapping[int, Sequence[int]]


def seats_of(user_id: int, *, now: dt.datetime) -> Seats:
    """Read what is on record of a person at a moment, in one statement."""
    lent: list[tuple[int, int]] = []
    seated: list[tuple[int, int, str]] = []
    granted: list[tuple[int, str]] = []
    before: dict[int, list[int]] = {}
    adapt = connection.ops.adapt_unknown_value  # moments and days have no types of their own on SQLite
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {"person": user_id, "now": adapt(now), "today": adapt(timezone.localdate(now))})
        for kind, agency, other, word, _place in cursor.fetchall():
            match kind:
                case "lent":
                    lent.append((agency, other))
                case "seated":
                    seated.append((agency, other, word))
                case "granted":
                    granted.append((agency, word))
                case "before":
                    before.setdefault(other, []).append(agency)
    return Seats(lent, seated, granted, before)
