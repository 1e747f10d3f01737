"""A task that comes of a part in another one goes down: nobody passes a part sideways to who has one too, or back up.

Who issued the task above may divide it among those who have parts in it. It is asked when a task is drawn up or changed, again when it is
dispatched (who had no part in the task above then may have one now), and when somebody comes to a task that has gone out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from agencies.decision import Allowed, Decision, Denied
from agencies.listing import listed
from agencies.models import AgencyGroup
from agencies.refusals import Invalid
from workflow.models import Participation, Task

if TYPE_CHECKING:
    from workflow.actions.draw_up import PlannedReceiver


def expect_downwards(
    parent_id: int | None, issuer_id: int, receivers: Sequence[PlannedReceiver], today: dt.date, field: str = "receivers"
) -> None:
    """Go on when those who are to have a part in a task may receive it from its issuer.

    Args:
        parent_id: the task above, locked; None for a task that comes of none.
        issuer_id: who issues the task.
        receivers: who is to have a part in it.
        today: the day on which groups have their members.
        field: where the refusal is shown.

    Raises:
        Invalid: a receiver, or a member of a group, issued the task above, stands above it or has a part in it; it names them.
    """
    if parent_id is None:
        return
    named = {row.agency_id for row in receivers if row.agency_id is not None}
    for group in AgencyGroup.objects.filter(pk__in=[row.group_id for row in receivers if row.group_id is not None]):
        named |= set(group.members_on(today).values_list("pk", flat=True))
    [decision] = downwards([Task(pk=0, parent_id=parent_id, issuer_id=issuer_id)], {0: named}).values()
    if isinstance(decision, Denied):
        raise Invalid(str(decision.reason), field)


def downwards(tasks: Collection[Task], receivers: Mapping[int, Collection[int]]) -> dict[int, Decision]:
    """Answer for each task whether it goes down; in one query, none where no task comes of another.

    Args:
        tasks: those above them locked, where something is done upon the answer.
        receivers: the agencies that are to have a part, by task, groups expanded.
    """
    below = [task for task in tasks if task.parent_id is not None]
    rows = Participation.objects.filter(task__in={task.parent_id for task in below}).order_by("agency__position", "agency")
    ties = list(rows.values_list("task_id", "agency_id", "agency__short_name", "task__issuer_id")) if below else []
    decisions: dict[int, Decision] = {task.pk: Allowed() for task in tasks}
    for task in below:
        above = [tie for tie in ties if tie[0] == task.parent_id and tie[3] != task.issuer_id]
        named = {agency for agency in receivers[task.pk] if agency != task.issuer_id}
        sideways = list(dict.fromkeys(name for _task, agency, name, _issuer in above if agency in named))
        if sideways:
            decisions[task.pk] = Denied(
                _("A part is not passed sideways or upwards; in the task above these have their own: %(agencies)s. Hand it back instead.")
                % {"agencies": listed(sideways)}
            )
    return decisions
