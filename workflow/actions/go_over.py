"""What is owed with a part goes over with it, when another agency takes it or it becomes one with another part 随任务转移.

What the first agency has sent or answered stays its own, under its name. What it still owed is closed there as gone over, with what it
had begun, and is owed anew, in a row of its own, by who takes the part: the same period or instruction, and at least a few days' time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from workflow.actions.ask_supporters import look_again
from workflow.actions.door import move
from workflow.deadlines import add_working_days
from workflow.models import Answer, Assignment, Contribution
from workflow.states import OPEN_CONTRIBUTION_STATES, AnswerState
from workflow.working_days import calendar_in_force

LEAST_WORKING_DAYS = 3
"""How many working days who takes a part over has at least for what was owed with it."""

OPEN_ANSWERS = (AnswerState.OWED, AnswerState.RETURNED)


@dataclass(slots=True)
class GoneOver:
    """What went over from one part: the keys of the rows that were closed there, for the record."""

    contributions: list[int] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def as_data(self) -> dict[str, Any]:
        """Return it as details of an event, nothing where nothing went over."""
        named = {"contributions_gone_over": self.contributions, "answers_gone_over": self.answers}
        return {name: keys for name, keys in named.items() if keys}


def go_over(pairs: Sequence[tuple[Assignment, Assignment]], now: dt.datetime) -> dict[int, GoneOver]:
    """Let what is open on parts that end go over to the parts that take their place, in a constant number of statements.

    Contributions go over to a supporter only: who leads writes the report itself. Answers go over to a lead only. What the other part
    owes or has given already is not asked twice.

    Args:
        pairs: each part that ends, with the one in its place; their tasks are locked.
        now: the moment.

    Returns:
        What went over, by the key of the part that ended.
    """
    heirs = {before.pk: after for before, after in pairs}
    found = {pk: GoneOver() for pk in heirs}
    least = add_working_days(timezone.localdate(now), LEAST_WORKING_DAYS, calendar_in_force())
    asked = Contribution.objects.filter(assignment__in=heirs, state__in=OPEN_CONTRIBUTION_STATES)
    owed = Answer.objects.filter(assignment__in=heirs, state__in=OPEN_ANSWERS)
    contributions = list(asked.select_for_update(of=("self",), no_key=True).order_by("pk"))
    answers = list(owed.select_for_update(of=("self",), no_key=True).order_by("pk"))
    rows: list[Contribution | Answer] = [*contributions, *answers]
    for row in rows:
        move(row, "pass_on")
        row.version += 1
        gone = found[row.assignment_id]
        (gone.answers if isinstance(row, Answer) else gone.contributions).append(row.pk)
    if contributions:
        Contribution.objects.bulk_update(contributions, ["state", "version"])
        _ask_anew(contributions, heirs, least)
    if answers:
        Answer.objects.bulk_update(answers, ["state", "version"])
        anew = (
            Answer(instruction_id=row.instruction_id, assignment=heirs[row.assignment_id], due_on=max(row.due_on, least))
            for row in answers
            if heirs[row.assignment_id].is_lead
        )
        Answer.objects.bulk_create(anew, ignore_conflicts=True)
    return found


def _ask_anew(rows: Collection[Contribution], heirs: dict[int, Assignment], least: dt.date) -> None:
    asked = [
        Contribution(
            assignment=heirs[row.assignment_id],
            period_start=row.period_start,
            period_end=row.period_end,
            on_demand=row.on_demand,
            due_on=max(row.due_on, least),
        )
        for row in rows
        if not heirs[row.assignment_id].is_lead
    ]
    Contribution.objects.bulk_create(asked, ignore_conflicts=True)
    look_again({row.assignment_id for row in asked})
