"""What the robots of WeCom and DingTalk say in their rooms each working day: figures, and nothing that names a task.

A room has no right to see anything, and nobody knows who is in it; the figures bring those who owe something to their own lists.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from notifications.models import Message
from notifications.outbox import ROOM_CHANNELS, NewMessage, post
from notifications.topics import Topic
from workflow.deadlines import add_working_days
from workflow.models import Assignment
from workflow.states import SWEPT_STATES, AssignmentState, TaskState
from workflow.working_days import calendar_in_force

AHEAD = 5
"""Working days within which what falls due is counted."""


def tell_rooms(now: dt.datetime) -> bool:
    """Post the figures of a working day to every room that is installed, once; where nothing is owed, nothing is said.

    Returns:
        Whether something was posted.
    """
    today = timezone.localdate(now)
    rooms, key = sorted(ROOM_CHANNELS & frozenset(settings.DUBAN_CHANNELS)), f"rooms|{today.isoformat()}"
    if not rooms or Message.objects.filter(key__in=[f"{key}|{room}" for room in rooms]).exists():
        return False
    calendar = calendar_in_force()
    if not calendar.is_working(today):
        return False
    found = _figures(today, add_working_days(today, AHEAD, calendar))
    if not any(found.values()):
        return False
    with translation.override(settings.LANGUAGE_CODE), transaction.atomic():
        subject = _("Today: %(late)d parts of tasks overdue, %(soon)d due within five working days, %(unsigned)d not signed for") % found
        body = _("Whoever owes one of them finds it in the list of what is to be done.")
        told = NewMessage(
            key=key,
            recipient_id=None,
            topic=Topic.DEADLINE,
            subject=subject,
            body=body,
            link=reverse("todo"),
            urgent=True,
            channels=tuple(rooms),
        )
        post([told], now=now)
    return True


def _figures(today: dt.date, until: dt.date) -> dict[str, int]:
    """Count the parts in hand of tasks under way: overdue, due soon, and still to be signed for."""
    parts = Assignment.objects.filter(state__in=SWEPT_STATES, task__state=TaskState.DISPATCHED)
    return parts.aggregate(
        late=Count("pk", filter=Q(due_on__lt=today)),
        soon=Count("pk", filter=Q(due_on__gte=today, due_on__lte=until)),
        unsigned=Count("pk", filter=Q(state=AssignmentState.PENDING)),
    )
