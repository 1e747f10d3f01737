"""What must not pass unseen: a message that was given up, and a flood of mails to one person."""

from __future__ import annotations

import datetime as dt
import logging

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Office, User
from notifications.models import InboxItem, Message
from notifications.topics import Topic

logger = logging.getLogger(__name__)

HOUR = dt.timedelta(hours=1)
_EXEMPT = "flood|"


def given_up(message: Message, now: dt.datetime) -> None:
    """Tell the system administrators, in their inbox, that a message could not be delivered."""
    values = {"channel": message.channel, "subject": message.subject, "answer": message.answer, "person": message.recipient or "-"}
    InboxItem.objects.bulk_create(
        [
            InboxItem(
                key=f"given-up|{message.key}|{person}"[:200],
                recipient_id=person,
                topic=Topic.SYSTEM,
                subject=_("A notice to %(person)s could not be delivered") % values,
                body=_("Channel %(channel)s answered: %(answer)s") % values,
                created_at=now,
            )
            for person in User.objects.filter(office=Office.SYSTEM, is_active=True).values_list("pk", flat=True)
        ],
        ignore_conflicts=True,
    )


def clock_jumped(now: dt.datetime, gap: dt.timedelta) -> None:
    """Tell the system administrators, in their inbox, that the clock has jumped and that nothing is sent meanwhile."""
    values = {"minutes": round(gap.total_seconds() / 60)}
    InboxItem.objects.bulk_create(
        [
            InboxItem(
                key=f"clock|{now:%Y%m%d%H%M%S}|{person}",
                recipient_id=person,
                topic=Topic.SYSTEM,
                subject=_("The clock of the database has jumped; nothing is sent"),
                body=_(
                    "It is off by %(minutes)d minutes. Sending goes on by itself once it has returned. "
                    "If the new time is right, run manage.py accept_clock."
                )
                % values,
                created_at=now,
            )
            for person in User.objects.filter(office=Office.SYSTEM, is_active=True).values_list("pk", flat=True)
        ],
        ignore_conflicts=True,
    )


def is_flooded(message: Message, now: dt.datetime) -> bool:
    """Tell whether a mail would be one too many for its recipient this hour; the first time, announce that the rest is gathered.

    The rest waits for the digest. The announcement itself is one mail, which is let through.
    """
    if message.channel != "email" or message.carries_id is not None or message.key.startswith(_EXEMPT):
        return False
    sent = Message.objects.filter(recipient=message.recipient_id, channel="email", state=Message.State.SENT, sent_at__gt=now - HOUR).count()
    if sent < settings.DUBAN_MAIL_LIMIT:
        return False
    hour = timezone.localtime(now).strftime("%Y%m%d%H")
    key = f"{_EXEMPT}{message.recipient_id}|{hour}|email"
    _row, is_new = Message.objects.get_or_create(
        key=key,
        defaults={
            "recipient_id": message.recipient_id,
            "channel": "email",
            "topic": Topic.SYSTEM,
            "urgent": True,
            "subject": _("More notices are waiting for you"),
            "body": _(
                "You have been sent %(limit)d mails within an hour. What else there is lies in your inbox and comes with the next digest."
            )
            % {"limit": settings.DUBAN_MAIL_LIMIT},
            "link": "/notifications/",
            "created_at": now,
            "next_attempt_at": now,
            "message_id": f"<{key.replace('|', '.')}@duban>",
        },
    )
    if is_new:
        logger.error("More than %d mails an hour to person %s: the rest is gathered.", settings.DUBAN_MAIL_LIMIT, message.recipient_id)
    return True
