"""The second path by which a standstill is told: when beat and worker are silent, they cannot tell it themselves, so the web does.

A thread in each web process (`config/watch.py`) looks every quarter of a minute. It writes into the administrators' inboxes, sends
mail by itself, not through the outbox that nobody empties, and leaves a line in the log. One alarm an outage, then one every six hours.
While the clock of the database cannot be trusted, silence cannot be measured by it: then the jump is what is mailed, once.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from agencies.models import Office, User
from notifications import clock, health
from notifications.models import Heartbeat, InboxItem
from notifications.topics import Topic
from oversight.checkup import SILENT_AFTER, UNSWEPT_AFTER, clock_jumped, told, unswept

logger = logging.getLogger(__name__)

AGAIN = dt.timedelta(hours=6)
"""After which an outage that lasts is told again."""

_NAME, _OF_CLOCK = "alarm", "alarm-clock"


def look(now: dt.datetime, *, since: dt.datetime, is_right: bool = True) -> bool:
    """Raise the alarm when the scheduler is silent, or lives and does not come to sweeping, and nobody has raised it yet.

    Args:
        now: the moment by the database's clock.
        since: when this watch began; silence before it does not count, as beat and worker may be starting just now as well.
        is_right: whether that clock can be trusted; the system administrators have found it in their inbox when it cannot.

    Returns:
        Whether this call raised it.
    """
    with translation.override(settings.LANGUAGE_CODE):
        if not is_right:
            return _look_at_clock()
        last, swept = (max(health.last_beat(name) or since, since) for name in ("scheduler", "sweep"))
        if now - last > SILENT_AFTER:
            words = _("No reminder goes out: beat and worker have been silent since %(at)s") % {"at": told(last)}
            return _raise(words, last, now)
        return now - swept > UNSWEPT_AFTER and _raise(unswept(swept), swept, now)


def _look_at_clock() -> bool:
    at = health.last_beat(clock.JUMPED)
    if at is None:
        return False
    Heartbeat.objects.bulk_create([Heartbeat(name=_OF_CLOCK, at=at - AGAIN)], ignore_conflicts=True)
    if not Heartbeat.objects.filter(name=_OF_CLOCK).exclude(at=at).update(at=at):
        return False
    _mail(clock_jumped(), clock_jumped(), _keepers().values())
    return True


def _raise(subject: str, last: dt.datetime, now: dt.datetime) -> bool:
    """Raise the alarm; of all processes that look, one does so for each outage."""
    Heartbeat.objects.bulk_create([Heartbeat(name=_NAME, at=last - AGAIN)], ignore_conflicts=True)
    is_old = Q(at__lte=max(last, now - AGAIN)) | Q(at__gt=now + SILENT_AFTER)  # the latter when the clock was set back since
    if not Heartbeat.objects.filter(is_old, name=_NAME).update(at=now):
        return False
    _tell(subject, now)
    return True


def _keepers() -> dict[int, str]:
    return dict(User.objects.filter(office=Office.SYSTEM, is_active=True).values_list("pk", "email"))


def _tell(subject: str, now: dt.datetime) -> None:
    body = _("Nothing is lost; what is due waits and goes out when they run again. Start them, then run manage.py doctor.")
    people = _keepers()
    InboxItem.objects.bulk_create(
        [
            InboxItem(
                key=f"alarm|{now.isoformat()}|{person}", recipient_id=person, topic=Topic.SYSTEM, subject=subject, body=body, created_at=now
            )
            for person in people
        ],
        ignore_conflicts=True,
    )
    _mail(subject, body, people.values())


def _mail(subject: str, body: str, keepers: Iterable[str]) -> None:
    """Log the alarm and mail it to each by itself, so that an address nobody can write to keeps no other from being told."""
    logger.critical("%s", subject)
    for address in sorted({*filter(None, keepers), *settings.DUBAN_ALARM_TO}):
        try:
            EmailMessage(subject, body, to=[address]).send()
        except (OSError, ValueError) as error:
            logger.critical("The alarm could not be mailed to %s either (%s).", address, error)
