"""What is counted, as SQL that PostgreSQL and SQLite both read: each fact is a join, and says under which keys its rows count.

A fact knows the tables it is read from. The triggers (`oversight.counters.triggers`) put the old and the new rows of one table in that
table's place and book the difference; a full recount reads the same joins from the tables themselves. So both count the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from oversight.tables import EXTENSIONS, HAND_BACKS, LINKS, MEASURES, PARTS, REPORTS, SIGN_OFFS, STANDINGS, TASKS, TIMINGS
from workflow.states import ENDED_ASSIGNMENT_STATES

KEYS = (
    "grain", "tie", "overseer_id", "plan_id", "section_id", "agency_id", "part", "task_state", "state", "flags", "due_on", "began_on",
)  # fmt: skip
"""The columns that make one counter; `bin` is all of them in one text."""

PROMPT_DAYS = 3
"""Within how many days signing for a part counts as in time."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """What the two databases say differently."""

    name: str
    false: str
    true: str

    def day(self, column: str) -> str:
        """Return the day of a moment in Asia/Shanghai."""
        return f"({column} AT TIME ZONE 'Asia/Shanghai')::date" if self.name == "postgresql" else f"date({column}, '+8 hours')"

    def prompt(self) -> str:
        """Return the condition that a part was signed for in time."""
        if self.name == "postgresql":
            return f"p.signed_at <= p.assigned_at + interval '{PROMPT_DAYS} days'"
        form = "'%Y-%m-%d %H:%M:%f'"
        return f"strftime({form}, p.signed_at) <= strftime({form}, p.assigned_at, '+{PROMPT_DAYS} days')"

    def earlier(self, first: str, second: str) -> str:
        """Return the earlier of two days, either of which may be missing."""
        return f"LEAST({first}, {second})" if self.name == "postgresql" else f"COALESCE(MIN({first}, {second}), {first}, {second})"

    def no_day(self) -> str:
        """Return the absence of a day."""
        return "NULL::date" if self.name == "postgresql" else "NULL"


DIALECTS: Mapping[str, Dialect] = {
    "postgresql": Dialect("postgresql", "FALSE", "TRUE"),
    "sqlite": Dialect("sqlite", "0", "1"),
}


@dataclass(frozen=True, slots=True)
class Source:
    """One table of a join.

    Attributes:
        on: how it joins those before it; empty for the first.
        may_miss: whether a row counts without one of these; `seen_by` then says which rows of the join a change of it can touch,
            with `{}` for the changed rows.
    """

    alias: str
    table: str
    on: str = ""
    may_miss: bool = False
    seen_by: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that counts.

    Attributes:
        sources: the tables it is read from.
        where: which rows of the join count.
        columns: its values by name.
        grains: under which keys it counts: by name of the grain, the columns kept of it and the condition.
    """

    name: str
    sources: tuple[Source, ...]
    where: str
    columns: Mapping[str, str]
    grains: Mapping[str, tuple[tuple[str, ...], str]]

    def rows(self, sign: str, replaced: Mapping[str, str] | None = None) -> str:
        """Return the SELECT of its values, each counting `sign`.

        Args:
            sign: `1` or `-1`.
            replaced: by alias, what stands in a table's place.
        """
        replaced = replaced or {}
        joins: list[str] = []
        for source in self.sources:
            rows = replaced.get(source.alias, source.table)
            kind = "" if not joins else "LEFT JOIN " if source.may_miss else "JOIN "
            joins.append(f"{kind}{rows} {source.alias}" + (f" ON {source.on}" if source.on else ""))
        values = ", ".join(f"{expression} AS {name}" for name, expression in self.columns.items())
        return f"SELECT {sign} AS n, {values} FROM {' '.join(joins)} WHERE {self.where}"

    def counted(self, rows: str, dialect: Dialect) -> str:
        """Return the SELECT of keys and numbers that the rows come to, those that come to nothing left out."""
        grains = " UNION ALL ".join(f"SELECT '{name}' AS grain" for name in self.grains)
        keys = ", ".join(f"{self._key(key, dialect)} AS {key}" for key in KEYS)
        wanted = " OR ".join(f"(g.grain = '{name}' AND {condition})" for name, (_kept, condition) in self.grains.items())
        names = ", ".join(KEYS)
        inner = f"SELECT f.n, {keys} FROM ({rows}) f CROSS JOIN ({grains}) g WHERE {wanted}"
        return f"SELECT {names}, SUM(n) AS n FROM ({inner}) k GROUP BY {names} HAVING SUM(n) <> 0"

    def _key(self, key: str, dialect: Dialect) -> str:
        if key == "grain":
            return "g.grain"
        nothing = dialect.no_day() if key.endswith("_on") else "0" if key.endswith("_id") else "''"
        keeping = [name for name, (kept, _condition) in self.grains.items() if key in kept]
        if key not in self.columns or not keeping:
            return nothing
        value = f"f.{key}" if key.endswith("_on") else f"COALESCE(f.{key}, {nothing})"
        if len(keeping) == len(self.grains):
            return value
        return f"CASE WHEN g.grain IN ({_quoted(keeping)}) THEN {value} ELSE {nothing} END"


def _quoted(values: object) -> str:
    assert isinstance(values, (list, tuple, frozenset, set))  # noqa: S101 - for the checker
    return ", ".join(f"'{value!s}'" for value in sorted(values))


def _flag(condition: str, letter: str) -> str:
    return f"CASE WHEN {condition} THEN '{letter}' ELSE '' END"


def bin_of() -> str:
    """Return the expression of all keys in one text."""
    return " || '/' || ".join(f"COALESCE(CAST({key} AS text), '')" for key in KEYS)


_LINK = Source("o", LINKS, "o.task_id = t.id AND o.tie IN ('issuer', 'above')")
_TASK = Source("t", TASKS, "t.id = p.task_id")
_OPEN = f"p.state NOT IN ({_quoted(ENDED_ASSIGNMENT_STATES)})"
_SEEN = {"tie": "o.tie", "overseer_id": "o.agency_id"}
_OWED = "p.state IN ('pending', 'accepted') AND t.state IN ('dispatched', 'closing')"
_ALWAYS = "1 = 1"


def facts(dialect: Dialect) -> tuple[Fact, ...]:
    """Return everything that is counted."""
    since = (
        f"CASE WHEN t.state <> 'dispatched' THEN {dialect.no_day()} WHEN p.state = 'pending' THEN {dialect.day('p.assigned_at')}"
        f" WHEN p.state = 'accepted' AND p.part = 'lead' THEN {dialect.day('p.moved_at')} ELSE {dialect.no_day()} END"
    )
    flags = " || ".join(
        [
            _flag("p.signed_at IS NOT NULL", "s"), _flag(dialect.prompt(), "p"),
            _flag("p.was_overdue", "w"), _flag("x.id IS NOT NULL", "x"),
        ]
    )  # fmt: skip
    part = Fact(
        "part",
        (
            Source("p", PARTS), _TASK, _LINK,
            Source("m", MEASURES, "m.id = t.measure_id", may_miss=True, seen_by="t.measure_id IN (SELECT c.id FROM {} c)"),
            Source(
                "x", EXTENSIONS, "x.assignment_id = p.id AND x.state = 'requested'", may_miss=True,
                seen_by="p.id IN (SELECT c.assignment_id FROM {} c)",
            ),
        ),
        _OPEN,
        {
            **_SEEN, "plan_id": "t.plan_id", "section_id": "m.section_id", "agency_id": "p.agency_id", "part": "p.part",
            "task_state": "t.state", "state": "p.state", "flags": flags, "began_on": since,
            "due_on": f"CASE WHEN {_OWED} AND x.id IS NULL THEN p.due_on ELSE {dialect.no_day()} END",
        },
        {
            "agency": (("tie", "overseer_id", "agency_id", "part", "task_state", "state", "flags"), _ALWAYS),
            "due": (("tie", "overseer_id", "agency_id", "part", "due_on"), "f.due_on IS NOT NULL"),
            "wait": (("tie", "overseer_id", "state", "began_on"), "f.began_on IS NOT NULL"),
            "cell": (
                ("tie", "overseer_id", "plan_id", "section_id", "agency_id", "part", "task_state", "state", "flags", "due_on"),
                "COALESCE(f.plan_id, 0) <> 0",
            ),
        },
    )  # fmt: skip
    sent = "r.submitted_at IS NOT NULL AND r.state IN ('submitted', 'accepted', 'returned')"
    group = (
        f"CASE WHEN {sent} THEN CASE WHEN {dialect.day('r.submitted_at')} <= r.due_on THEN 'in_time' ELSE 'late' END"
        " WHEN r.state IN ('due', 'draft', 'agency_review') THEN 'due' WHEN r.state = 'waived' THEN 'waived' ELSE 'other' END"
    )
    report = Fact(
        "report",
        (Source("r", REPORTS), Source("p", PARTS, "p.id = r.assignment_id"), _TASK, _LINK),
        _OPEN,
        {
            **_SEEN, "agency_id": "p.agency_id", "state": group, "due_on": "r.due_on", "flags": _flag("r.on_demand", "d"),
        },
        {"report": (("tie", "overseer_id", "agency_id", "state", "due_on", "flags"), _ALWAYS)},
    )  # fmt: skip
    return (part, report, *_clocks(dialect), *_flows(), *_queues())


def _clocks(dialect: Dialect) -> tuple[Fact, Fact]:
    """Return the clocks of tasks: all together, but apart those of each plan with thresholds of its own, and by plan and section."""
    sources = (Source("s", STANDINGS), Source("o", LINKS, "o.task_id = s.task_id AND o.tie IN ('issuer', 'above')"))
    values = {
        **_SEEN, "task_state": "s.state", "due_on": "s.alarm_on",
        "began_on": f"CASE WHEN s.alarm_on IS NULL THEN {dialect.no_day()} ELSE s.began_on END",
    }  # fmt: skip
    own = Source(
        "y", TIMINGS, "y.plan_id = s.plan_id AND CAST(y.thresholds AS text) <> '[]'", may_miss=True,
        seen_by="s.plan_id IN (SELECT c.plan_id FROM {} c)",
    )  # fmt: skip
    clock = Fact(
        "clock",
        (*sources, own),
        _ALWAYS,
        {**values, "plan_id": "y.plan_id"},
        {"clock": (("tie", "overseer_id", "plan_id", "task_state", "due_on", "began_on"), _ALWAYS)},
    )
    by_plan = Fact(
        "plan",
        sources,
        "s.plan_id IS NOT NULL",
        {**values, "plan_id": "s.plan_id", "section_id": "s.section_id"},
        {"plan": (("tie", "overseer_id", "plan_id", "section_id", "task_state", "due_on", "began_on"), _ALWAYS)},
    )
    return clock, by_plan


def _flows() -> tuple[Fact, ...]:
    """Return on which days tasks went out and were signed off, and from when to when those signed off late were late."""
    link = Source("o", LINKS, "o.task_id = s.task_id AND o.tie IN ('issuer', 'above')")
    flow = Fact(
        "flow",
        (Source("s", STANDINGS), link),
        "s.state <> 'draft'",
        {**_SEEN, "plan_id": "s.plan_id", "began_on": "s.began_on", "due_on": "s.closed_on"},
        {
            "out": (("tie", "overseer_id", "began_on"), "f.began_on IS NOT NULL"),
            "end": (("tie", "overseer_id", "due_on"), "f.due_on IS NOT NULL"),
        },
    )
    late = Fact(
        "late",
        (Source("s", STANDINGS), link),
        "s.closed_on > s.due_on",
        {**_SEEN, "due_on": "s.due_on", "began_on": "s.closed_on"},
        {"late": (("tie", "overseer_id", "due_on", "began_on"), _ALWAYS)},
    )
    return (flow, late)


def _queues() -> tuple[Fact, ...]:
    """Return what waits for a coordinator's decision."""
    grains = {"queue": (("tie", "overseer_id", "state"), _ALWAYS)}
    found = [
        Fact(
            name,
            (Source("q", table), Source("p", PARTS, "p.id = q.assignment_id"), _TASK, _LINK),
            f"q.state = '{state}'",
            {**_SEEN, "state": f"'{name}'"},
            grains,
        )
        for name, table, state in (
            ("hand_back", HAND_BACKS, "raised"),
            ("extension", EXTENSIONS, "requested"),
            ("report_waiting", REPORTS, "submitted"),
        )
    ]
    closing = Fact(
        "sign_off",
        (Source("q", SIGN_OFFS), Source("t", TASKS, "t.id = q.task_id"), _LINK),
        "q.state IN ('collecting', 'under_review')",
        {**_SEEN, "state": "'sign_off'"},
        grains,
    )
    return (*found, closing)


def standing(dialect: Dialect) -> str:
    """Return the SELECT of how every task stands: its state, its place in the plan, and the earliest clock that runs."""
    waiting = f"EXISTS (SELECT 1 FROM {EXTENSIONS} x WHERE x.assignment_id = p.id AND x.state = 'requested')"
    parts = f"SELECT MIN(p.due_on) FROM {PARTS} p WHERE p.task_id = t.id AND p.state IN ('pending', 'accepted') AND NOT {waiting}"
    alarm = f"CASE WHEN t.state IN ('dispatched', 'closing') THEN {dialect.earlier('t.due_on', f'({parts})')} END"
    closed = f"CASE WHEN t.state = 'closed' THEN {dialect.day('t.closed_at')} END"
    return (
        f"SELECT t.id AS task_id, t.state AS state, t.plan_id AS plan_id, m.section_id AS section_id,"
        f" {dialect.day('t.dispatched_at')} AS began_on, {alarm} AS alarm_on, t.due_on AS due_on, {closed} AS closed_on"
        f" FROM {TASKS} t LEFT JOIN {MEASURES} m ON m.id = t.measure_id"
    )
