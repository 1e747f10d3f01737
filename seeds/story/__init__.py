"""The demonstration story: the sample plan at work, told by the people of the demonstration.

Its days are relative to the day it is told, so that every state, every light and every queue has something to show whenever the
product is first started. Everything in it is done by the product's own acts, at the moments at which it is said to have happened.
"""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction

from measures.models import Plan
from notifications import outbox
from notifications.models import InboxItem
from seeds.story.cast import Cast
from seeds.story.diary import Diary
from seeds.story.plan import DISPATCHED_DAYS_AGO, PlanOfTheStory, upload_second_document
from seeds.story.scenes import everyday_reports, play
from workflow.actions.sweep import sweep
from workflow.models import Task

UNREAD_DAYS = 4
"""Notices older than this have been read."""


@transaction.atomic
def tell(now: dt.datetime) -> None:
    """Tell the story up to a moment, whole or not at all; once told it is not told again."""
    if Plan.objects.exists():
        return
    diary = Diary(now)
    cast = Cast()
    story = PlanOfTheStory(cast, diary)
    story.confirm_and_dispatch()
    play(story)
    for days_ago in range(DISPATCHED_DAYS_AGO, 0, -4):
        diary.enter(days_ago, 8, sweep)
        diary.enter(days_ago, 16, lambda moment: everyday_reports(story, moment))
    upload_second_document(story)
    diary.live_through()
    sweep(now)
    _settle_notices(now)
    _analyze()


def _settle_notices(now: dt.datetime) -> None:
    """Leave unread what is fresh, and send no mail about the past."""
    outbox.supersede([f"task:{pk}" for pk in Task.objects.values_list("pk", flat=True)], why="Told within the demonstration.")
    fresh = now - dt.timedelta(days=UNREAD_DAYS)
    InboxItem.objects.filter(created_at__lt=fresh, read_at__isnull=True).update(read_at=now)


def _analyze() -> None:
    """Have PostgreSQL count the rows now: until its own turn comes, it plans for empty tables, and the pages wait for that."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
