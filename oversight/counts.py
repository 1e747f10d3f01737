"""Reading the counters: sums for what one person oversees, in one statement a question, whatever is stored."""

from __future__ import annotations

import datetime as dt
from copy import copy
from typing import Any

from django.db import connection
from django.db.models import Q, Sum

from agencies.actor import Actor
from oversight.counters import asking
from oversight.counters.asking import Cases
from oversight.counters.facts import DIALECTS, Fact, facts
from oversight.lights import RUNNING_TASKS, SEVERITY, Lights
from oversight.models import Tally
from oversight.scope import Scope
from oversight.tables import LINKS
from workflow.deadlines.lights import Colour
from workflow.models import Participation
from workflow.states import LIVE_TASK_STATES, AssignmentState, Tie

FINISHED = (AssignmentState.DECLARED, AssignmentState.CONFIRMED)
OPEN = (AssignmentState.PENDING, AssignmentState.ACCEPTED)


class Counts:
    """The counters of what the actor oversees, all of it or of one plan.

    Args:
        actor: coordinates or leads somewhere.
        plan: primary key of a plan, None for everything.
        issued: count only what the actor's agencies issued and the actor coordinates.
        scope: count only these tasks; they are counted from their rows then, at a cost that grows with them.
    """

    def __init__(self, actor: Actor, *, plan: int | None = None, issued: bool = False, scope: Scope | None = None) -> None:
        self.plan, self.scope = plan, scope
        self.seats = actor.agencies_where("coordinate") if issued else actor.overseen
        self.ties = [Tie.ISSUER] if issued else [Tie.ISSUER, Tie.ABOVE]
        self._anew = bool(scope) or (len(self.seats) > 1 and not issued and self._seen_twice())

    def _seen_twice(self) -> bool:
        """Tell whether a task counts for more than one of the seats, so that their counters must not be added up."""
        above = Participation.objects.filter(tie=Tie.ABOVE, agency_id__in=self.seats)
        others = Participation.objects.filter(task_id__in=above.values("task_id"), tie__in=self.ties, agency_id__in=self.seats)
        return others.values("task_id").annotate(n=Sum(1)).filter(n__gt=1).exists()

    def of_all_plans(self) -> Counts:
        """Return the counters of the same tasks and of those in other plans."""
        whole = copy(self)
        whole.plan = None
        return whole

    def sums(self, grain: str, *by: str, where: Q | None = None, **made: Cases) -> list[dict[str, Any]]:
        """Return the sums of a grain by some of its keys, as dictionaries with `total`; sums of nothing are left out.

        Args:
            grain: see `oversight.counters.facts`.
            by: keys to tell apart.
            where: condition on the keys.
            made: more to tell apart, made from the keys.
        """
        return asking.sums(self._source(grain), [*self._narrowed(grain), where or Q()], by, made, {"total": Q()}, other_than_nought=True)

    def total(self, grain: str, where: Q | None = None) -> int:
        """Return the sum of a grain."""
        return sum(row["total"] for row in self.sums(grain, "grain", where=where))

    def several(self, grain: str, *by: str, within: Q | None = None, **wheres: Q) -> list[dict[str, Any]]:
        """Return, by some keys and within a condition, one sum for each of the other conditions under its name."""
        return asking.sums(self._source(grain), [*self._narrowed(grain), within or Q()], by or ("grain",), {}, wheres)

    def _narrowed(self, grain: str) -> list[Q]:
        of_plan = [Q(plan_id=self.plan)] if self.plan is not None else []
        return [Q(grain=grain, overseer_id__in=self.seats, tie__in=self.ties), *of_plan]

    def _source(self, grain: str) -> str:
        """Return where the counters stand: in their table, or in the statement that counts them anew."""
        return f"({self._recount(grain)}) c" if self._anew else Tally._meta.db_table

    def _recount(self, grain: str) -> str:
        """Return the statement that counts a grain from the rows of what is in scope, each task for one of the seats."""
        dialect = DIALECTS[connection.vendor]
        seats = ", ".join(str(int(seat)) for seat in sorted(self.seats))
        ties = ", ".join(f"'{tie.value}'" for tie in self.ties)
        within = f" AND task_id IN ({self.scope.statement()})" if self.scope else ""
        once = (
            f"(SELECT MIN(id) AS id, task_id, MIN(agency_id) AS agency_id, 'issuer' AS tie FROM {LINKS}"  # noqa: S608 - names and numbers of our own
            f" WHERE tie IN ({ties}) AND agency_id IN ({seats}){within} GROUP BY task_id)"
        )
        counted = [fact.counted(fact.rows("1", {"o": once}), dialect) for fact in _of_grain(grain)]
        return " UNION ALL ".join(f"SELECT * FROM ({rows}) c" for rows in counted).replace("%", "%%")  # noqa: S608 - as above


def _of_grain(grain: str) -> list[Fact]:
    return [fact for fact in facts(DIALECTS[connection.vendor]) if grain in fact.grains]


def lit(lights: Lights, colour: Colour) -> Q:
    """Return the condition on counters of tasks that they have a light; of tasks that are still worked on."""
    severity = SEVERITY[colour]
    if severity == SEVERITY[Colour.NONE]:
        return Q(task_state__in=list(LIVE_TASK_STATES), due_on__isnull=True)
    running = Q(task_state__in=[str(state) for state in RUNNING_TASKS], due_on__isnull=False)
    worse = lights.warns(severity + 1) if severity < SEVERITY[Colour.RED] else Q(pk__in=[])
    here = lights.warns(severity) if severity > SEVERITY[Colour.GREEN] else Q()
    return running & here & ~worse


def severity(lights: Lights) -> Cases:
    """Return the light of counters of tasks still worked on, as a number; what `lit` says of each light, asked of each row once."""
    dark = Q(due_on__isnull=True) | ~Q(task_state__in=RUNNING_TASKS)
    return Cases(
        (
            (dark, SEVERITY[Colour.NONE]),
            (Q(due_on__lt=lights.today), SEVERITY[Colour.RED]),
            (Q(due_on__gt=lights.last_warned), SEVERITY[Colour.GREEN]),
            (lights.warns(SEVERITY[Colour.ORANGE]), SEVERITY[Colour.ORANGE]),
            (lights.warns(SEVERITY[Colour.YELLOW]), SEVERITY[Colour.YELLOW]),
        ),
        otherwise=SEVERITY[Colour.GREEN],
    )


def late(today: dt.date) -> Q:
    """Return the condition on counters of parts by due day that they are late."""
    return Q(due_on__lt=today)


def waiting(state: AssignmentState, today: dt.date, days: int) -> Q:
    """Return the condition on counters of parts by day that they have waited so many days."""
    return Q(state=str(state.value), began_on__lte=today - dt.timedelta(days=days))
