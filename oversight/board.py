"""The cockpit 驾驶舱: how everything one oversees stands, in numbers that each lead to exactly their rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.actor import Actor
from measures.models import Target
from oversight import ledger, sight
from oversight.centre import STALLED_DAYS, UNSIGNED_DAYS, QueueRow, by_task
from oversight.filters import DONE, LIVE, OUT, OWED, SIGNED, Filter, done, ledger_url, overdue, owed, signed, stalled, unsigned
from oversight.lights import LIGHT_WORDS, SEVERITY, Lights
from workflow.deadlines.lights import Colour
from workflow.states import LIVE_TASK_STATES, Part, TaskState

MOST_AGENCIES = 300
SHORT_LIST = 8


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
    """The board of one person, for all they oversee or for one plan.

    Args:
        actor: coordinates or leads somewhere.
        now: the moment.
        plan: primary key of a plan, as text; empty for everything.
    """

    def __init__(self, actor: Actor, *, now: dt.datetime, plan: str = "") -> None:
        self.actor, self.now, self.plan = actor, now, plan
        self.lights = Lights.on(now)
        of_plan = {"plan": plan} if plan else {}
        self.base: dict[str, Any] = {"scope": "overseen", **of_plan}
        asked = Filter(self.base, actor=actor, now=now, lights=self.lights)
        self.tasks = asked.tasks().order_by()
        self.parts = asked.bare_parts().order_by()

    def _url(self, **asked: object) -> str:
        return ledger_url(**{**self.base, **asked})

    def totals(self) -> list[Figure]:
        """Return how many tasks there are in each state, and how many parts were signed for, in two queries."""
        states = {row["state"]: row["n"] for row in self.tasks.values("state").annotate(n=Count("pk"))}
        parts = self.parts.aggregate(
            all=Count("pk"),
            signed=Count("pk", filter=signed()),
            done=Count("pk", filter=done()),
            late=Count("pk", filter=overdue(self.lights.today)),
        )
        out = sum(count for state, count in states.items() if state != TaskState.DRAFT)
        figures = [Figure(_("Tasks dispatched"), out, self._url(state=OUT))]
        figures += [
            Figure(state.label, states.get(state, 0), self._url(state=state.value), look)
            for state, look in (
                (TaskState.DISPATCHED, ""),
                (TaskState.CLOSING, ""),
                (TaskState.CLOSED, "green"),
                (TaskState.SUSPENDED, ""),
                (TaskState.TERMINATED, ""),
            )
        ]
        return [
            *figures,
            Figure(_("Parts of agencies"), parts["all"], self._url(rows="parts")),
            Figure(_("Signed for"), parts["signed"], self._url(rows="parts", own=SIGNED)),
            Figure(_("Completed"), parts["done"], self._url(rows="parts", own=DONE), "green"),
            Figure(_("Parts overdue"), parts["late"], self._url(rows="parts", overdue="on"), "red"),
        ]

    def by_light(self) -> list[Figure]:
        """Return how many tasks under way have each light, the worst first."""
        live = self.tasks.filter(state__in=list(LIVE_TASK_STATES))
        at_least = live.aggregate(**{f"n{n}": Count("pk", filter=self.lights.tasks_at_least(n)) for n in range(1, 5)}, n0=Count("pk"))
        counts = {colour.value: at_least[f"n{n}"] - at_least.get(f"n{n + 1}", 0) for colour, n in SEVERITY.items()}
        return [
            Figure(word, counts[colour.value], self._url(state=LIVE, light=colour.value), colour.value)
            for colour, word in LIGHT_WORDS.items()
        ]

    def by_agency(self, part: str, sort: str = "") -> list[Line]:
        """Return how the agencies stand that have this part, in one query.

        Args:
            part: `lead` or `support`.
            sort: name of a column of `AGENCY_COLUMNS`, highest first; empty for the order of the directory.
        """
        rows = (
            self.parts.filter(part=part)
            .values("agency_id", name=F("agency__short_name"), position=F("agency__position"))
            .annotate(
                all=Count("pk"),
                pending=Count("pk", filter=unsigned(self.now, 0)),
                owed=Count("pk", filter=owed()),
                done=Count("pk", filter=done()),
                late=Count("pk", filter=overdue(self.lights.today)),
                was=Count("pk", filter=Q(was_overdue=True)),
            )
            .order_by(*([f"-{sort}"] if sort in AGENCY_COLUMNS else []), "position", "agency_id")
        )
        return [self._agency_line(row, part) for row in rows[:MOST_AGENCIES]]

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
            Figure(label, row[name], self._url(**base, **asked[name]) if row[name] else "", "red" if name == "late" else "")
            for name, label in AGENCY_COLUMNS.items()
        ]
        return Line(row["name"], self._url(**base), figures)

    def by_section(self) -> list[Line]:
        """Return how the sections of the plans stand, in one query."""
        rows = (
            self.tasks.exclude(state=TaskState.DRAFT)
            .filter(measure__section__isnull=False)
            .values(
                "plan_id", section_id=F("measure__section_id"), section_title=F("measure__section__title"),
                section_number=F("measure__section__number"), start=F("measure__section__start"),
            )
            .annotate(
                all=Count("pk"),
                live=Count("pk", filter=Q(state__in=list(LIVE_TASK_STATES))),
                closing=Count("pk", filter=Q(state=TaskState.CLOSING)),
                closed=Count("pk", filter=Q(state=TaskState.CLOSED)),
                red=Count("pk", filter=Q(state__in=list(LIVE_TASK_STATES)) & self.lights.tasks_lit(Colour.RED)),
            )
            .order_by("plan_id", "start")
        )  # fmt: skip
        return [self._section_line(row) for row in rows[:MOST_AGENCIES]]

    def _section_line(self, row: Mapping[str, Any]) -> Line:
        base = {"plan": row["plan_id"], "section": row["section_id"]}
        asked: dict[str, dict[str, object]] = {
            "all": {"state": OUT},
            "live": {"state": LIVE},
            "closing": {"state": TaskState.CLOSING.value},
            "closed": {"state": TaskState.CLOSED.value},
            "red": {"state": LIVE, "light": Colour.RED.value},
        }
        figures = [
            Figure(label, row[name], self._url(**base, **asked[name]) if row[name] else "", "red" if name == "red" else "")
            for name, label in SECTION_COLUMNS.items()
        ]
        return Line(f"{row['section_number']}{row['section_title']}", self._url(**base), figures)

    def red_tasks(self) -> list[ledger.LedgerRow]:
        """Return the first tasks that are red: what, why, who, since when."""
        asked = Filter({**self.base, "state": LIVE, "light": Colour.RED.value}, actor=self.actor, now=self.now, lights=self.lights)
        rows, _pager = ledger.page(asked, rows="tasks", sort="due", address=QueryDict(), size=SHORT_LIST)
        return rows

    def waiting(self) -> list[tuple[str | Promise, str, int, list[QueueRow]]]:
        """Return the parts not signed for and the parts that stand still: label, address, number, and the first tasks."""
        lists: list[tuple[str | Promise, str, int, list[QueueRow]]] = []
        for label, asked, condition in (
            (_("Not signed for"), {"unsigned": UNSIGNED_DAYS}, unsigned(self.now, UNSIGNED_DAYS)),
            (_("Stalled"), {"stalled": STALLED_DAYS}, stalled(self.now, STALLED_DAYS)),
        ):
            parts = self.parts.filter(condition)
            lists.append((label, self._url(rows="parts", **asked), parts.count(), by_task(parts, SHORT_LIST)))
        return lists

    def targets(self) -> list[Target]:
        """Return the targets of the plan, or of all plans one oversees."""
        plans = self.tasks.filter(plan__isnull=False).values("plan_id")
        return list(Target.objects.filter(plan__in=plans).select_related("plan").order_by("plan_id", "start")[:MOST_AGENCIES])


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
    """Return the plans that the board can be narrowed to."""
    overseen = sight.overseen_tasks(actor, now=now).filter(plan__isnull=False).values("plan_id")
    return list(sight.plans(actor, now=now).filter(pk__in=overseen).order_by("-pk").values_list("pk", "title"))


PARTS = (Part.LEAD, Part.SUPPORT)
