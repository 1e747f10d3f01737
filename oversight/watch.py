"""The second path by which a standstill is told: when beat and worker are silent, they cannot tell it themselves, so the web does.

A thread in each web process (`config/watch.py`) looks every quarter of a minute. It writes into the administrators' inboxes, sends
mail by itself, not through the outbox that nobody empties, and leaves a line in the log. One alarm an outage, then one every six hours.
"""

from __future__ import annotations

import datetime as dt
import logging

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agencies.models import Office, User
from notifications import health
from notifications.models import Heartbeat, InboxItem
from notifications.topics import Topic
from oversight.checkup import SILENT_AFTER

logger = logging.getLogger(__name__)

AGAIN = dt.timedelta(hours=6)
"""After which an outage that lasts is told again."""

_NAME = "alarm"


def look(now: dt.datetime, *, since: dt.datetime) -> bool:
    """Raise the alarm when the scheduler is silent and nobody has raised it yet.

    Args:
        now: the moment.
        since: when this watch began; silence before it does not count, as beat and worker may be starting just now as well.

    Returns:
        Whether this call raised it.
    """
    last = health.last_beat("scheduler") or since
    if now - max(last, since) <= SILENT_AFTER or not _claim(last, now):
        return False
    with translation.override(settings.LANGUAGE_CODE):
        _tell(last, now)
    return True


def _claim(last: dt.datetime, now: dt.datetime) -> bool:
    """Take it upon this process to raise the alarm: of all that look, one does so for each outage."""
    Heartbeat.objects.bulk_create([Heartbeat(name=_NAME, at=last - AGAIN)], ignore_conflicts=True)
    return bool(Heartbeat.objects.filter(name=_NAME, at__lte=max(last, now - AGAIN)).update(at=now))


def _tell(last: dt.datetime, now: dt.datetime) -> None:
    at = timezone.localtime(last).strftime("%Y-%m-%d %H:%M:%S")
    subject = _("No reminder goes out: beat and worker have been silent since %(at)s") % {"at": at}
    body = _("Nothing is lost; what is due waits and goes out when they run again. Start them, then run manage.py doctor.")
    logger.critical("Beat and worker have been silent since %s: no reminder goes out.", at)
    people = dict(User.objects.filter(office=Office.SYSTEM, is_active=True).values_list("pk", "email"))
    InboxItem.objects.bulk_create(
        [
            InboxItem(
                key=f"alarm|{now.isoformat()}|{person}", recipient_id=person, topic=Topic.SYSTEM, subject=subject, body=body, created_at=now
            )
            for person in people
        ],
        ignore_conflicts=True,
    )
    addresses = {*filter(None, people.values()), *settings.DUBAN_ALARM_TO}
    if addresses:
        try:
            line = get_connection()
            line.send_messages([EmailMessage(subject, body, to=[address], connection=line) for address in sorted(addresses)])
        except OSError as error:
            logger.critical("The alarm could not be mailed either (%s).", error)
