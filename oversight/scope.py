"""What the board is narrowed to when a leader looks at their portfolio only: tasks of plans, and tasks that agencies lead."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from agencies.actor import Actor
from oversight.models import Charge
from workflow.models import Participation, Task
from workflow.states import Tie


@dataclass(frozen=True, slots=True)
class Scope:
    """The tasks somebody is in charge of: those of some plans, and those led by some agencies.

    Whose they are is not asked here: whoever uses it looks at what may be seen first.
    """

    plans: frozenset[int]
    agencies: frozenset[int]

    def __bool__(self) -> bool:
        return bool(self.plans or self.agencies)

    def of_tasks(self, *, plan: str = "plan_id", key: str = "pk") -> Q:
        """Return the condition on tasks.

        Args:
            plan: the column with the key of the plan.
            key: the column with the key of the task.
        """
        led = Participation.objects.filter(tie=Tie.LEAD, agency_id__in=self.agencies).values("task_id")
        return Q(**{f"{plan}__in": self.plans}) | Q(**{f"{key}__in": led})

    def statement(self) -> str:
        """Return the statement that gives the keys of the tasks; it holds nothing but names and numbers of our own."""
        found = []
        if self.plans:
            found.append(f"SELECT id FROM {Task._meta.db_table} WHERE plan_id IN ({_listed(self.plans)})")  # noqa: S608
        if self.agencies:
            found.append(
                f"SELECT task_id FROM {Participation._meta.db_table} "  # noqa: S608
                f"WHERE tie = '{Tie.LEAD.value}' AND agency_id IN ({_listed(self.agencies)})"
            )
        return " UNION ".join(found)


def _listed(keys: frozenset[int]) -> str:
    return ", ".join(str(int(key)) for key in sorted(keys))


def portfolio_of(actor: Actor) -> Scope:
    """Return what the actor has chosen to be in charge of, in one query; false when that is nothing."""
    chosen = list(Charge.objects.filter(user__pk=actor.user_id or 0).values_list("plan_id", "agency_id"))
    return Scope(frozenset(plan for plan, _agency in chosen if plan), frozenset(agency for _plan, agency in chosen if agency))
