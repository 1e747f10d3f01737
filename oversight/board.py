"""The numbers of the cockpit 驾驶舱, each with the address of exactly its rows; read from the counters, whatever is stored."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.actor import Actor
from agencies.models import Agency
from measures.models import Plan, Section
from oversight import counts, holders
from oversight.centre import STALLED_DAYS, UNSIGNED_DAYS
from oversight.counts import FINISHED, OPEN, Counts
from oversight.filters import DONE, LIVE, OUT, OWED, SIGNED, Dates, ledger_url
from oversight.lights import COLOURS, LIGHT_WORDS, RUNNING_TASKS, Lights
from oversight.models import Tally
from oversight.scope import Scope, portfolio_of
from workflow.deadlines.lights import Colour
from workflow.states import LIVE_TASK_STATES, AssignmentState, Part, TaskState

MOST = 300
"""Sections of a plan at most."""

LISTED = 20
"""Agencies of a table at most; the statistics list all."""

MOST_PLANS = 12
"""Plans side by side at most, the latest first."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and where its rows are."""

    label: str | Promise
    value: int
    url: str
    look: str = ""
    hint: str | Promise = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table of figures."""

    label: str
    url: str
    figures: Sequence[Figure]


class Board:
    """The board of one person, for all they oversee, for one plan, or for their portfolio.

    Args:
        actor: coordinates or leads somewhere.
        now: the moment.
        plan: primary key of a plan, as text; empty for everything.
        mine: look at the person's portfolio only; without one, at everything.
        plans: the plans that it can be narrowed to, where they have been asked for already.
        dates: by which of their dates parts count as late, late once, and done late; one of `Dates`. Lights go by the dates in force.
    """

    def __init__(
        self,
        actor: Actor,
        *,
        now: dt.datetime,
        plan: str = "",
        mine: bool = False,
        plans: list[tuple[int, str]] | None = None,
        dates: str = Dates.CURRENT,
    ) -> None:
        self.actor, self.now, self.plan, self.dates = actor, now, plan, dates
        if plans is not None:
            self._plans = plans
        self.lights = Lights.on(now)
        self.scope: Scope | None = (portfolio_of(actor) if mine else None) or None
        self.counts = Counts(actor, plan=int(plan) if plan else None, scope=self.scope)
        self.of_tasks, self.of_parts, self.by_due = ("plan", "cell", "cell") if plan else ("clock", "agency", "due")
        self.base: dict[str, Any] = {"scope": "overseen", **({"plan": plan} if plan else {}), **({"mine": "on"} if self.scope else {})}

    def url(self, **asked: object) -> str:
        """Return the address of the ledger asked this of what the board shows."""
        by = {"dates": self.dates} if self.dates == Dates.FIRST and not DATED.isdisjoint(asked) else {}
        return ledger_url(**{**self.base, **asked, **by})

    def totals(self) -> list[Figure]:
        """Return how many tasks there are in each state, and how many parts were signed for."""
        states: dict[str, int] = defaultdict(int)
        for (state, _severity), count in self._tasks.items():
            states[state] += count
        parts = {name: sum(row[name] for row in self._parts) for name in ("all", "signed", "done", "was_done")}
        late = sum(self._late.values())
        out = sum(count for state, count in states.items() if state != TaskState.DRAFT)
        figures = [Figure(_("Tasks dispatched"), out, self.url(state=OUT))]
        figures += [
            Figure(shown.label, states[shown.value], self.url(state=shown.value), look)
            for shown, look in (
                (TaskState.DISPATCHED, ""),
                (TaskState.CLOSING, ""),
                (TaskState.CLOSED, "green"),
                (TaskState.SUSPENDED, ""),
                (TaskState.TERMINATED, ""),
            )
        ]
        return [
            *figures,
            Figure(_("Parts of agencies"), parts["all"], self.url(rows="parts")),
            Figure(_("Signed for"), parts["signed"], self.url(rows="parts", own=SIGNED)),
            Figure(_("Completed"), parts["done"], self.url(rows="parts", own=DONE), "green"),
            Figure(_("Completed, was overdue"), parts["was_done"], self.url(rows="parts", own=DONE, was="on")),
            Figure(_("Parts overdue"), late, self.url(rows="parts", overdue="on"), "red"),
        ]

    def by_light(self) -> list[Figure]:
        """Return how many tasks under way have each light, the worst first."""
        found: dict[Colour, int] = defaultdict(int)
        for (state, severity), count in self._tasks.items():
            if state in LIVE_TASK_STATES:
                found[COLOURS[severity]] += count
        return [Figure(word, found[colour], self.url(state=LIVE, light=colour.value), colour.value) for colour, word in LIGHT_WORDS.items()]

    @cached_property
    def _tasks(self) -> Mapping[tuple[str, int], int]:
        """Return how many tasks there are by state and light, in one statement."""
        rows = self.counts.sums(self.of_tasks, "task_state", severity=counts.severity(self.lights))
        return {(row["task_state"], row["severity"]): row["total"] for row in rows}

    def by_agency(self, part: str, sort: str = "") -> list[Line]:
        """Return how the agencies stand that have this part.

        Args:
            part: `lead` or `support`.
            sort: name of a column of `AGENCY_COLUMNS`, highest first; empty for the order of the directory.
        """
        found = [row for row in self._parts_of_agencies if row["part"] == part]
        found.sort(key=lambda row: (-row[sort] if sort in AGENCY_COLUMNS else 0, row["place"]))
        return [self._agency_line(row, part) for row in found[:LISTED]]

    @cached_property
    def _parts(self) -> Sequence[Mapping[str, Any]]:
        """Return how the parts of each agency stand, leads and supporters apart, in one statement."""
        wheres = {
            "all": Q(),
            "signed": Q(flags__contains="s"),
            "pending": Q(state=AssignmentState.PENDING, task_state=TaskState.DISPATCHED),
            "owed": Q(task_state__in=RUNNING_TASKS, state__in=OPEN),
            "done": Q(state__in=FINISHED),
            "was": Q(flags__contains="w"),
            "was_done": Q(state__in=FINISHED, flags__contains="w"),
        }
        rows = [row for row in self.counts.several(self.of_parts, "agency_id", "part", **wheres) if row["all"]]
        places = {(row["agency_id"], row["part"]): row for row in rows}
        for shift in self._shifts:
            if row := places.get((shift["agency_id"], shift["part"])):
                row |= {name: row[name] + shift[name] for name in ("was", "was_done")}
        return rows

    @cached_property
    def _shifts(self) -> Sequence[Mapping[str, Any]]:
        """Return what differs by the first dates, in one statement; by those in force nothing, which is not asked."""
        return holders.shifts(self.actor, now=self.now, plan=self.plan, scope=self.scope) if self.dates == Dates.FIRST else ()

    @cached_property
    def _late(self) -> Mapping[tuple[int, str], int]:
        """Return how many parts of each agency are late, leads and supporters apart, in one statement."""
        rows = self.counts.sums(self.by_due, "agency_id", "part", where=counts.late(self.lights.today))
        late = Counter({(row["agency_id"], row["part"]): row["total"] for row in rows})
        for shift in self._shifts:
            late[shift["agency_id"], shift["part"]] += shift["late"]
        return late

    @cached_property
    def _agencies(self) -> Mapping[int, tuple[str, int]]:
        """Return the agencies that have parts, each with its name and its position, in one statement."""
        rows = (
            Agency.objects.filter(pk__in={row["agency_id"] for row in self._parts}).order_by().values_list("pk", "short_name", "position")
        )
        return {pk: (name, position) for pk, name, position in rows}

    @cached_property
    def _parts_of_agencies(self) -> Sequence[Mapping[str, Any]]:
        """Return the same parts with what is late of them, under the names of their agencies."""
        return [
            {**row, "late": self._late.get((pk, row["part"]), 0), "name": self._agencies[pk][0], "place": (self._agencies[pk][1], pk)}
            for row in self._parts
            if (pk := row["agency_id"]) in self._agencies
        ]

    def _agency_line(self, row: Mapping[str, Any], part: str) -> Line:
        base = {"rows": "parts", "agency": row["agency_id"], "part": part}
        asked: dict[str, dict[str, object]] = {
            "all": {},
            "pending": {"unsigned": 0},
            "owed": {"own": OWED},
            "done": {"own": DONE},
            "late": {"overdue": "on"},
            "was": {"was": "on"},
        }
        figures = [
            Figure(label, row[name], self.url(**base, **asked[name]) if row[name] else "", "red" if name == "late" else "")
            for name, label in AGENCY_COLUMNS.items()
        ]
        return Line(row["name"], self.url(**base), figures)

    def by_section(self) -> list[Line]:
        """Return how the sections of the plan stand, or, with none chosen, the latest plans."""
        key = "section_id" if self.plan else "plan_id"
        names = self._places(key)
        red = Q(task_state__in=LIVE_TASK_STATES) & counts.lit(self.lights, Colour.RED)
        wheres = {
            "all": ~Q(task_state=TaskState.DRAFT),
            "live": Q(task_state__in=LIVE_TASK_STATES),
            "closing": Q(task_state=TaskState.CLOSING),
            "closed": Q(task_state=TaskState.CLOSED),
            "red": red,
        }
        places = Q(**{f"{key}__in": list(names)})
        rows = {row[key]: row for row in self.counts.several("plan", key, within=places, **wheres)}
        found = [(pk, name, rows[pk]) for pk, name in names.items() if pk in rows and rows[pk]["all"]]
        return [self._place_line(key, pk, name, row) for pk, name, row in found]

    def _places(self, key: str) -> dict[int, str]:
        """Return the sections of the plan in its order, or the latest plans, by their keys."""
        if key == "plan_id":
            counted = {row["plan_id"] for row in self.counts.sums("plan", "plan_id")} if self.scope else None
            return dict([pair for pair in self.plans() if counted is None or pair[0] in counted][:MOST_PLANS])
        return self._sections(self.plan)

    @staticmethod
    def _sections(plan: str) -> dict[int, str]:
        return {section.pk: str(section) for section in Section.objects.filter(plan_id=plan).order_by("start")[:MOST]}

    def plans(self) -> list[tuple[int, str]]:
        """Return the plans that the board can be narrowed to, the latest first."""
        return self._plans

    @cached_property
    def _plans(self) -> list[tuple[int, str]]:
        return plans_overseen(self.actor, now=self.now)

    def _place_line(self, key: str, pk: int, name: str, row: Mapping[str, Any]) -> Line:
        base: dict[str, object] = {"section": pk} if key == "section_id" else {"plan": pk}
        asked: dict[str, dict[str, object]] = {
            "all": {"state": OUT},
            "live": {"state": LIVE},
            "closing": {"state": TaskState.CLOSING.value},
            "closed": {"state": TaskState.CLOSED.value},
            "red": {"state": LIVE, "light": Colour.RED.value},
        }
        figures = [
            Figure(label, row[column], self.url(**base, **asked[column]) if row[column] else "", "red" if column == "red" else "")
            for column, label in SECTION_COLUMNS.items()
        ]
        return Line(name, self.url(**base), figures)

    def heat(self) -> Heat:
        """Return the heat map: leads by section of the plan, or by plan where there are several; each field its late and owed parts.

        Sections and plans of which nothing is owed have no column.
        """
        key = "section_id" if self.plan else "plan_id"
        names = self._places(key)
        of_one: dict[str, object] = {}
        if not self.plan and len(names) == 1:
            of_one = {"plan": next(iter(names))}
            key, names = "section_id", self._sections(str(of_one["plan"]))
        of_lead = Q(part=Part.LEAD, **{f"{key}__in": list(names)})
        rows = self.counts.several(
            "cell",
            "agency_id",
            key,
            within=of_lead,
            owed=Q(state__in=OPEN, task_state__in=RUNNING_TASKS),
            late=counts.late(self.lights.today),
        )
        found = {(row["agency_id"], row[key]): row for row in rows}
        for shift in self._shifts:
            if shift["part"] == Part.LEAD and (row := found.get((shift["agency_id"], shift[key]))):
                row["late"] += shift["late"]
        fields: dict[int, dict[int, Mapping[str, Any]]] = defaultdict(dict)
        for row in rows:
            if row["owed"] or row["late"]:
                fields[row["agency_id"]][row[key]] = row
        worst = sorted(fields, key=lambda agency: (-sum(row["late"] for row in fields[agency].values()), agency))[:HOTTEST]
        asked = "section" if key == "section_id" else "plan"
        lines = [
            Line(
                self._agencies[pk][0],
                self.url(rows="parts", agency=pk, part=Part.LEAD.value),
                [self._field(fields[pk].get(place), {**of_one, asked: place, "agency": pk}) for place in names],
            )
            for pk in worst
        ]
        hot = [number for number in range(len(names)) if any(line.figures[number].url for line in lines)]
        columns = list(names.values())
        lines = [Line(line.label, line.url, [line.figures[number] for number in hot]) for line in lines]
        return Heat([columns[number] for number in hot], lines, by_section=key == "section_id")

    def _field(self, row: Mapping[str, Any] | None, asked: Mapping[str, object]) -> Figure:
        if row is None:
            return Figure("", 0, "")
        base: dict[str, object] = {"rows": "parts", "part": Part.LEAD.value, **asked}
        if not row["late"]:
            return Figure(str(row["owed"]), row["owed"], self.url(**base, own=OWED), "calm")
        share = row["late"] / max(row["owed"], row["late"])
        heat = next(look for limit, look in HEAT if share <= limit)
        return Figure(f"{row['late']}/{row['owed']}", row["late"], self.url(**base, overdue="on"), heat)

    def waiting(self) -> list[Figure]:
        """Return how many parts are not signed for, and how many stand still."""
        today = self.lights.today
        unsigned = counts.waiting(AssignmentState.PENDING, today, UNSIGNED_DAYS)
        stalled = counts.waiting(AssignmentState.ACCEPTED, today, STALLED_DAYS)
        found = self.counts.of_all_plans().several("wait", unsigned=unsigned, stalled=stalled)
        row = found[0] if found else {"unsigned": 0, "stalled": 0}
        base = {name: value for name, value in self.base.items() if name != "plan"} | {"rows": "parts"}
        return [
            Figure(_("Not signed for"), row["unsigned"], ledger_url(**base, unsigned=UNSIGNED_DAYS), "orange"),
            Figure(_("Stalled"), row["stalled"], ledger_url(**base, stalled=STALLED_DAYS), "orange"),
        ]


DATED = frozenset({"overdue", "was"})
"""What the ledger is asked that depends on the date by which lateness is counted."""

HOTTEST = 16
"""Agencies on the heat map, those with the most late parts first."""

HEAT = ((0.1, "warm"), (0.3, "hot"), (1.0, "burning"))
"""Up to which share of late parts a field looks how."""


@dataclass(frozen=True, slots=True)
class Heat:
    """The heat map: the names of its columns, and a line an agency with a figure for each."""

    columns: Sequence[str]
    lines: Sequence[Line]
    by_section: bool = False


AGENCY_COLUMNS: Mapping[str, Promise] = {
    "all": _("Parts"),
    "pending": _("To be signed for"),
    "owed": _("Still owed"),
    "done": _("Completed"),
    "late": _("Overdue"),
    "was": _("Was overdue"),
}

SECTION_COLUMNS: Mapping[str, Promise] = {
    "all": _("Tasks"),
    "live": _("Under way"),
    "closing": _("Awaiting sign-off"),
    "closed": _("Signed off"),
    "red": _("Red"),
}


def plans_overseen(actor: Actor, *, now: dt.datetime) -> list[tuple[int, str]]:
    """Return the plans that the board can be narrowed to, the latest first."""
    seats = actor.overseen
    counted = Tally.objects.filter(grain="plan", overseer_id__in=seats, plan_id=OuterRef("pk"), n__gt=0)
    return list(Plan.objects.filter(Exists(counted)).order_by("-pk").values_list("pk", "title"))


PARTS = (Part.LEAD, Part.SUPPORT)
