"""What must not pass unseen: a message that was given up, and a flood of mails to one person."""

from __future__ import annotations

import datetime as dt
import logging

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Office, User
from notifications import guards, seats
from notifications.models import InboxItem, Message
from notifications.topics import Topic

logger = logging.getLogger(__name__)

HOUR = dt.timedelta(hours=1)
_EXEMPT = "flood|"


def given_up(message: Message, now: dt.datetime) -> None:
    """Tell, in the inbox, that a message could not be delivered: the system administrators, and who keeps the matter it is about.

    Nobody is told its words: of which kind it was, and whom it did not reach. The link to the matter is for its keepers alone.
    """
    values = {
        "kind": Topic(message.topic).label,
        "channel": message.channel,
        "answer": message.answer,
        "person": message.recipient or "-",
    }
    keepers = guards.keepers(message.subject_ref, now) - {message.recipient_id}
    InboxItem.objects.bulk_create(
        [
            InboxItem(
                key=f"given-up|{message.key}|{person}"[:200],
                recipient_id=person,
                topic=Topic.SYSTEM,
                subject=_("A notice to %(person)s could not be delivered") % values,
                body=_("%(kind)s: channel %(channel)s answered: %(answer)s") % values,
                link=message.link if person in keepers else "",
                subject_ref=message.subject_ref if person in keepers else "",
                created_at=now,
            )
            for person in sorted(keepers | _administrators())
        ],
        ignore_conflicts=True,
    )


def _administrators() -> set[int]:
    return set(User.objects.filter(office=Office.SYSTEM, is_active=True).values_list("pk", flat=True))


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
            for person in sorted(_administrators())
        ],
        ignore_conflicts=True,
    )


def is_flooded(message: Message, now: dt.datetime) -> bool:
    """Tell whether a mail would be one too many for its recipient this hour; the first time, announce that the rest is gathered.

    The rest waits for the digest. The announcement itself is one mail, which is let through.

    Raises:
        seats.OtherSenderError: half of the mails of the hour are sent and another sender writes to the same person at this moment: only one
            after the other can they be counted.
    """
    if message.channel != "email" or message.carries_id is not None or message.key.startswith(_EXEMPT):
        return False
    limit = settings.DUBAN_MAIL_LIMIT
    if _mails_within_the_hour(message, now) < limit // 2:
        return False
    seats.be_alone_with(message.recipient_id)
    if _mails_within_the_hour(message, now) < limit:
        return False
    _announce(message, now, limit)
    return True


def _mails_within_the_hour(message: Message, now: dt.datetime) -> int:
    mails = Message.objects.filter(recipient=message.recipient_id, channel="email", state=Message.State.SENT)
    return mails.filter(sent_at__gt=now - HOUR).count()


def _announce(message: Message, now: dt.datetime, limit: int) -> None:
    """Announce a flood, once an hour: to the person by one mail, to the system administrators in their inbox, and in the log."""
    hour = timezone.localtime(now).strftime("%Y%m%d%H")
    key = f"{_EXEMPT}{message.recipient_id}|{hour}"
    values = {"limit": limit, "person": message.recipient or "-"}
    _row, is_new = Message.objects.get_or_create(
        key=f"{key}|email",
        defaults={
            "recipient_id": message.recipient_id,
            "channel": "email",
            "topic": Topic.SYSTEM,
            "urgent": True,
            "subject": _("More notices are waiting for you"),
            "body": _(
                "You have been sent %(limit)d mails within an hour. What else there is lies in your inbox and comes with the next digest."
            )
            % values,
            "link": "/notifications/",
            "created_at": now,
            "next_attempt_at": now,
            "message_id": f"<{key.replace('|', '.')}.email@duban>",
        },
    )
    if not is_new:
        return
    logger.error("More than %d mails an hour to person %s: the rest is gathered.", limit, message.recipient_id)
    InboxItem.objects.bulk_create(
        [
            InboxItem(
                key=f"{key}|{person}",
                recipient_id=person,
                topic=Topic.SYSTEM,
                subject=_("More than %(limit)d mails an hour to %(person)s; the rest is gathered") % values,
                created_at=now,
            )
            for person in sorted(_administrators())
        ],
        ignore_conflicts=True,
    )
