"""The account of the counters: folded now and then, checked against a full recount, written anew when asked."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Sum

from oversight.counters.facts import DIALECTS, KEYS, bin_of, facts, standing
from oversight.counters.triggers import STANDING_COLUMNS
from oversight.models import Standing, Tally
from oversight.tables import STANDINGS, TALLIES

BATCH = 2000
"""Changes folded in one transaction."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A counter that does not say what a recount says."""

    bin: str
    kept: int
    counted: int

    def __str__(self) -> str:
        return f"{self.bin}: {self.kept} kept, {self.counted} counted"


def fold(limit: int = BATCH) -> int:
    """Put changes and the counters they change together, batch by batch, until none is left.

    Whatever rows it could lock are replaced by their sum, so it may run at any moment, beside any act and beside itself.

    Returns:
        How many changes were folded.
    """
    folded = 0
    while True:
        count = _fold_batch(limit)
        folded += count
        if count < limit:
            return folded


@transaction.atomic
def _fold_batch(limit: int) -> int:
    lock = connection.features.has_select_for_update_skip_locked
    fresh = Tally.objects.filter(fresh=True).order_by("pk")
    fresh = fresh.select_for_update(skip_locked=True) if lock else fresh
    taken = list(fresh.values_list("pk", "bin")[:limit])
    if not taken:
        return 0
    bins = {bin_ for _pk, bin_ in taken}
    settled = Tally.objects.filter(bin__in=bins, fresh=False).order_by("pk")
    settled = settled.select_for_update(skip_locked=True) if lock else settled
    keys = [pk for pk, _bin in taken] + list(settled.values_list("pk", flat=True))
    sums = Tally.objects.filter(pk__in=keys).order_by().values("bin", *KEYS).annotate(total=Sum("n"))
    rows = [Tally(**{name: row[name] for name in ("bin", *KEYS)}, n=row["total"], fresh=False) for row in sums if row["total"]]
    Tally.objects.filter(pk__in=keys).delete()
    Tally.objects.bulk_create(rows)
    return len(taken)


def differences(limit: int = 100) -> list[Difference]:
    """Return the counters that do not say what a full recount says, in one statement, so at one moment."""
    dialect = DIALECTS[connection.vendor]
    kept = f"SELECT bin, SUM(n) AS kept, 0 AS counted FROM {TALLIES} GROUP BY bin"
    recount = f"SELECT {bin_of()} AS bin, 0 AS kept, n AS counted FROM"
    counted = [f"{recount} ({fact.counted(fact.rows('1'), dialect)}) c" for fact in facts(dialect)]
    found = _wrong_standings()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT bin, SUM(kept), SUM(counted) FROM ({' UNION ALL '.join([kept, *counted])}) b"
            f" GROUP BY bin HAVING SUM(kept) <> SUM(counted) ORDER BY bin LIMIT {int(limit)}"
        )
        return found + [Difference(bin_, int(was), int(is_)) for bin_, was, is_ in cursor.fetchall()]


def _wrong_standings() -> list[Difference]:
    names = ", ".join(("task_id", *STANDING_COLUMNS))
    real, kept = f"SELECT {names} FROM ({standing(DIALECTS[connection.vendor])}) r", f"SELECT {names} FROM {STANDINGS}"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT task_id FROM ({real} EXCEPT {kept}) a UNION SELECT task_id FROM ({kept} EXCEPT {real}) b")
        return [Difference(f"standing of task {task_id}", 0, 1) for (task_id,) in cursor.fetchall()]


@transaction.atomic
def rebuild() -> int:
    """Write every counter anew from what is counted; returns how many there are.

    Nobody may change anything meanwhile on PostgreSQL: the tables are locked against writers until the transaction ends.
    """
    dialect = DIALECTS[connection.vendor]
    names = ", ".join(("task_id", *STANDING_COLUMNS))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            tables = sorted({source.table for fact in facts(dialect) for source in fact.sources} | {TALLIES})
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute(f"LOCK TABLE {', '.join(tables)} IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(f"DELETE FROM {STANDINGS}")
        cursor.execute(f"INSERT INTO {STANDINGS} ({names}) {standing(dialect)}")
        cursor.execute(f"DELETE FROM {TALLIES}")
        keys = ", ".join(KEYS)
        for fact in facts(dialect):
            cursor.execute(
                f"INSERT INTO {TALLIES} (bin, {keys}, n, fresh) SELECT {bin_of()}, {keys}, n, {dialect.false}"
                f" FROM ({fact.counted(fact.rows('1'), dialect)}) b"
            )
    return Tally.objects.count()


def clear() -> None:
    """Forget everything that was counted."""
    Standing.objects.all().delete()
    Tally.objects.all().delete()
