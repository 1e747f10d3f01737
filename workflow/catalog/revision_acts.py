"""Acts with which the issuer changes a task under way: its wording, its due date, the parts in it."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.decision import Decision, Denied
from workflow import policy, timing
from workflow.actions import change_part, revise
from workflow.actions.split_task import EACH, STAY
from workflow.catalog import questions
from workflow.catalog.act import REASON, Act, Field, Subject
from workflow.models import Assignment
from workflow.states import ENDED_ASSIGNMENT_STATES


def part_can_change(assignment: Assignment, now: dt.datetime) -> Decision:
    """Answer whether an agency can be given another part: it still owes something, and is not the only lead."""
    decision = timing.owes_something(assignment)
    if not decision:
        return decision
    others = [one for one in assignment.task.assignments.all() if one.is_lead and one.pk != assignment.pk]
    if assignment.is_lead and not any(one.state not in ENDED_ASSIGNMENT_STATES for one in others):
        return Denied(_("This is the last lead; add another lead first, or terminate the task."))
    return decision


GOES = (
    (EACH, gettext_lazy("go with each part, to be answered by its leads once it is dispatched")),
    (STAY, gettext_lazy("stay with the task at hand")),
)

SPLIT_FIELDS = (
    Field("sentences", gettext_lazy("Sentences that become tasks of their own"), "sentences"),
    Field("instructions", gettext_lazy("Instructions on the task"), "choice", required=False, choices=GOES),
)
"""What the splitting of a task needs to be told."""

REVISION_ACTS = (
    Act(
        name="revise",
        label=gettext_lazy("Change the wording"),
        subject=Subject.TASK,
        may=policy.may_coordinate,
        ready=questions.is_live,
        run=revise.revise,
        fields=(Field("title", gettext_lazy("Title")), Field("text", gettext_lazy("What is to be done"), required=False), REASON),
        goes_out=True,
    ),
    Act(
        name="move_due",
        label=gettext_lazy("Change the due date"),
        subject=Subject.TASK,
        may=policy.may_coordinate,
        ready=questions.is_live,
        run=revise.move_due,
        fields=(Field("due_on", gettext_lazy("Due on"), "date"), REASON),
        goes_out=True,
    ),
    Act(
        name="change_part",
        label=gettext_lazy("Change the part"),
        subject=Subject.ASSIGNMENT,
        may=questions.coordinate,
        ready=part_can_change,
        run=change_part.change_part,
        fields=(
            Field(
                "part",
                gettext_lazy("Part"),
                "choice",
                choices=(("support", gettext_lazy("Support")), ("lead", gettext_lazy("Lead")), ("first_lead", gettext_lazy("First lead"))),
            ),
            REASON,
        ),
        goes_out=True,
    ),
)
