"""`manage.py sweep`: what beat does, by hand."""

from __future__ import annotations

import argparse
import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from notifications.clock import database_now
from notifications.delivery import deliver_due
from notifications.digests import compose_digests
from workflow.actions.sweep import sweep


class Command(BaseCommand):
    """Marks what is overdue, opens and misses reports, climbs the ladder and delivers notices."""

    help = "Do what the schedule does: lights, reports due, ladder, notices. Twice in a row does nothing the second time."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the moment."""
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.add_argument("--now", help="the moment in ISO form, in Asia/Shanghai unless it names a zone; the clock's when absent")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep and say what was done."""
        now = _moment(options["now"])
        done = sweep(now)
        compose_digests(now)
        sent = deliver_due(now, limit=100_000, budget=600.0)
        self.stdout.write(
            f"overdue {done.became_overdue}, reports opened {done.reports_opened}, missed {done.reports_missed}, "
            f"rungs fired {done.rungs_fired}, notices sent {sent.sent}"
        )


def _moment(text: str | None) -> dt.datetime:
    if text is None:
        return database_now()
    try:
        moment = parse_datetime(text) or dt.datetime.combine(dt.date.fromisoformat(text), dt.time(9))
    except ValueError as wrong:
        raise CommandError(f"{text!r} is not a moment in ISO form, such as 2026-03-18T10:00.") from wrong
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
