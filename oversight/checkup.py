"""Whether the installation is well: each check says what it found in one sentence, and how bad it is."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Min
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from kombu.exceptions import KombuError, OperationalError

from agencies import wall
from agencies.chain_check import verify
from agencies.models import ChainedEvent
from notifications import health
from notifications.channels import load
from notifications.clock import database_now, host_apart, jumped
from notifications.hours import may_send
from notifications.models import ChannelHealth, Message
from oversight.counters import account
from oversight.models import Tally
from workflow.models import Assignment, Participation
from workflow.states import LIVE_TASK_STATES, SWEPT_STATES
from workflow.working_days import calendar_in_force

SILENT_AFTER = dt.timedelta(seconds=45)
"""Three missed signs of life of the scheduler."""

UNSWEPT_AFTER = dt.timedelta(minutes=11)
"""Two missed sweeps."""

MOST_APART = dt.timedelta(seconds=30)
"""By how much the clock of a host may differ from the database's."""

LATE, TOO_LATE = dt.timedelta(minutes=5), dt.timedelta(minutes=30)
LINES_AT_A_SITTING = 20_000
MOST_CHANGES = 200_000
MEBIBYTE = 1024 * 1024
SCARCE, FULL = 2048, 256  # mebibytes
NOVEMBER = 11


class Level(IntEnum):
    """How bad it is; also the exit code of the doctor."""

    FINE = 0
    WARNING = 1
    FAILURE = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found."""

    check: str
    level: Level
    sentence: str


def examine(now: dt.datetime | None = None, *, thorough: bool = True) -> list[Finding]:
    """Run the checks in the order in which things depend on each other; without a database the rest is not asked.

    Args:
        now: the moment; without it the database is asked for its own, by which signs of life and notices are dated.
        thorough: also what takes longer than a probe may: broker, records, disk, calendar.
    """
    found = [database()]
    if found[0].level == Level.FAILURE:
        return found
    checks: list[Callable[[dt.datetime], Finding]] = [clock, scheduler, outbox, given_up, channels]
    if thorough:
        checks += [second_wall, broker, ladder, history, counters, calendar, disk]
    moment = now or database_now()
    return found + [check(moment) for check in checks]


def worst(findings: list[Finding]) -> Level:
    """Return the worst level found."""
    return max((finding.level for finding in findings), default=Level.FINE)


def database() -> Finding:
    """Check that the database answers and has the tables of this release."""
    name = "database"
    try:
        executor = MigrationExecutor(connection)
        missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError as error:
        return Finding(name, Level.FAILURE, _("The database does not answer: %(error)s") % {"error": str(error).strip()})
    if missing:
        words = ngettext(
            "%(count)d migration is missing; run manage.py migrate.", "%(count)d migrations are missing; run manage.py migrate.", missing
        )
        return Finding(name, Level.FAILURE, words % {"count": missing})
    return Finding(name, Level.FINE, _("The database answers (%(vendor)s).") % {"vendor": connection.vendor})


def second_wall(_now: dt.datetime) -> Finding:
    """Check that row-level security binds reading requests where the database has it."""
    if connection.vendor != "postgresql":
        return Finding("wall", Level.FINE, _("This database has no row-level security; scoped queries alone keep agencies apart."))
    if wall.stands(str(connection.settings_dict["NAME"])):
        return Finding("wall", Level.FINE, _("Row-level security keeps agencies apart a second time."))
    return Finding("wall", Level.WARNING, _("Row-level security is off; run manage.py build_wall."))


def broker(_now: dt.datetime) -> Finding:
    """Check that the broker takes messages."""
    try:
        with current_app.connection_for_write() as line:
            line.ensure_connection(max_retries=1, interval_start=0, timeout=2)
    except (KombuError, OperationalError, OSError) as error:
        words = _("The broker does not answer (%(error)s); nothing is lost, the schedule resumes when it returns.")
        return Finding("broker", Level.FAILURE, words % {"error": type(error).__name__})
    return Finding("broker", Level.FINE, _("The broker answers."))


def clock_jumped() -> str:
    """Say that the clock of the database cannot be trusted."""
    return _("The clock of the database has jumped; nothing is sent until it returns or manage.py accept_clock says that it is right.")


def clock(_now: dt.datetime) -> Finding:
    """Check that the clock of the database has not jumped, and that this host's, by which pages date what people do, agrees with it."""
    if jumped():
        return Finding("clock", Level.FAILURE, clock_jumped())
    apart = host_apart()
    if abs(apart) > MOST_APART:
        words = _("The clock of this host is %(seconds)d seconds off that of the database; what people do on its pages bears a wrong time.")
        return Finding("clock", Level.WARNING, words % {"seconds": abs(apart).total_seconds()})
    return Finding("clock", Level.FINE, _("The clock of the database runs evenly."))


def scheduler(now: dt.datetime) -> Finding:
    """Check that beat and a worker have lately shown that they live; while the clock cannot be trusted they leave no sign."""
    last = health.last_beat("scheduler")
    if last is None:
        return Finding("scheduler", Level.FAILURE, _("Beat and worker have never shown a sign of life; start them."))
    silence = now - last
    values = {"seconds": int(silence.total_seconds()), "at": told(last)}
    if silence > SILENT_AFTER:
        words = _("No sign of life of beat and worker since %(at)s; no reminder goes out.") % values
        return Finding("scheduler", Level.FAILURE, clock_jumped() if jumped() else words)
    swept = health.last_beat("sweep")
    if swept is not None and now - swept > UNSWEPT_AFTER:
        return Finding("scheduler", Level.FAILURE, unswept(swept))
    return Finding("scheduler", Level.FINE, _("Beat and worker live (last sign %(seconds)d s ago).") % values)


def unswept(since: dt.datetime) -> str:
    """Say since when the days have not been swept."""
    words = _("The days have not been swept since %(at)s, though beat and worker live: no reminder is made. See the worker's log.")
    return words % {"at": told(since)}


def told(moment: dt.datetime) -> str:
    """Return a moment as it is told."""
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M:%S")


def outbox(now: dt.datetime) -> Finding:
    """Check how long the oldest notice has been due without being sent."""
    due = Message.objects.filter(state=Message.State.QUEUED, attempts=0, next_attempt_at__lte=now)
    found = due.aggregate(oldest=Min("next_attempt_at"), count=Count("pk"))
    if found["oldest"] is None:
        return Finding("outbox", Level.FINE, _("No notice is waiting to be sent."))
    late = now - found["oldest"]
    level = Level.FINE if late <= LATE or not may_send(now) else Level.WARNING if late <= TOO_LATE else Level.FAILURE
    words = ngettext(
        "%(count)d notice is waiting, for %(minutes)d minutes.",
        "%(count)d notices are waiting, the oldest for %(minutes)d minutes.",
        found["count"],
    )
    return Finding("outbox", level, words % {"count": found["count"], "minutes": int(late.total_seconds() // 60)})


def given_up(now: dt.datetime) -> Finding:
    """Check whether notices of the last week could not be delivered."""
    count = Message.objects.filter(state=Message.State.GIVEN_UP, created_at__gt=now - dt.timedelta(days=7)).count()
    if not count:
        return Finding("delivery", Level.FINE, _("Every notice of the last week could be delivered."))
    words = ngettext(
        "%(count)d notice of the last week could not be delivered.", "%(count)d notices of the last week could not be delivered.", count
    )
    return Finding("delivery", Level.WARNING, words % {"count": count})


def channels(now: dt.datetime) -> Finding:
    """Check that the channels switched on are set up and in reach."""
    problems = [problem for code in settings.DUBAN_CHANNELS if code != "inbox" and (problem := load(code).problem())]
    if problems:
        return Finding("channels", Level.FAILURE, " ".join(problems))
    resting = ChannelHealth.objects.filter(rests_until__gt=now).values_list("channel", "answer")
    if resting:
        told = "; ".join(f"{channel}: {answer}" for channel, answer in resting)
        return Finding("channels", Level.WARNING, _("Out of reach for the moment: %(channels)s") % {"channels": told})
    return Finding("channels", Level.FINE, _("Channels in use: %(channels)s.") % {"channels": ", ".join(settings.DUBAN_CHANNELS)})


def ladder(now: dt.datetime) -> Finding:
    """Check that no rung of the ladder should have fired before today."""
    today = timezone.localdate(now)
    behind = Assignment.objects.filter(state__in=SWEPT_STATES, task__state__in=LIVE_TASK_STATES, next_rung__day__lt=today)
    oldest = behind.aggregate(oldest=Min("next_rung__day"))["oldest"]
    if oldest is None:
        return Finding("ladder", Level.FINE, _("The ladder is up to date."))
    words = _("The ladder is behind since %(day)s; run manage.py sweep.")
    return Finding("ladder", Level.WARNING, words % {"day": oldest.isoformat()})


def _records() -> Iterator[type[ChainedEvent]]:
    yield from sorted(ChainedEvent.__subclasses__(), key=lambda model: model.chain())


def history(_now: dt.datetime) -> Finding:
    """Check that the records are unbroken; long ones are left to `manage.py verify_history`."""
    lines = sum(model.lines().count() for model in _records())
    if lines > LINES_AT_A_SITTING:
        return Finding(
            "history", Level.FINE, _("The records hold %(lines)d lines; manage.py verify_history checks them.") % {"lines": lines}
        )
    faults = [str(fault) for model in _records() for fault in verify(model, limit=1)]
    if faults:
        return Finding("history", Level.FAILURE, _("The record is damaged: %(faults)s") % {"faults": "; ".join(faults)})
    return Finding("history", Level.FINE, _("The records are unbroken (%(lines)d lines).") % {"lines": lines})


def counters(_now: dt.datetime) -> Finding:
    """Check that the counters of the boards equal a recount; with many rows that is left to `manage.py check_counters`."""
    waiting = Tally.objects.filter(fresh=True).count()
    if waiting > MOST_CHANGES:
        words = _("%(count)d changes of the counters have not been folded; is the schedule running?")
        return Finding("counters", Level.WARNING, words % {"count": waiting})
    if Participation.objects.count() > LINES_AT_A_SITTING:
        return Finding("counters", Level.FINE, _("The counters are kept; manage.py check_counters compares them with a recount."))
    if wrong := account.differences(limit=1):
        words = _("The counters differ from a recount (%(first)s); run manage.py check_counters --rebuild.")
        return Finding("counters", Level.FAILURE, words % {"first": wrong[0]})
    return Finding("counters", Level.FINE, _("The counters equal a recount."))


def calendar(now: dt.datetime) -> Finding:
    """Check, from November, that the working days of the coming year are known; before, those of this year."""
    today = timezone.localdate(now)
    wanted = today.year + 1 if today.month >= NOVEMBER else today.year
    if not calendar_in_force().is_provisional(dt.date(wanted, 6, 2)):
        return Finding("calendar", Level.FINE, _("The working days of %(year)d are known.") % {"year": wanted})
    words = _("The working days of %(year)d are not known yet and taken as Monday to Friday; enter the notice of the State Council.")
    return Finding("calendar", Level.WARNING, words % {"year": wanted})


def disk(_now: dt.datetime) -> Finding:
    """Check that there is room for files."""
    free = shutil.disk_usage(settings.VAR).free // MEBIBYTE
    level = Level.FINE if free >= SCARCE else Level.WARNING if free >= FULL else Level.FAILURE
    return Finding("disk", level, _("%(free)d MB are free for files.") % {"free": free})
