"""`manage.py synthesize`: a fast bulk load of realistic data for load tests."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from seeds.synthesis import Synthesis


class Command(BaseCommand):
    """Load agencies, people and tasks by the thousand."""

    help = "Load realistic data by the thousand, for load tests; never into a database in service."

    def add_arguments(self, parser: CommandParser) -> None:
        """Say how much of what."""
        parser.add_argument("--agencies", type=int, default=100)
        parser.add_argument("--users", type=int, default=300)
        parser.add_argument("--tasks", type=int, default=1000)
        parser.add_argument("--seed", type=int, default=1, help="of the dice")
        parser.add_argument("--events", action="store_true", help="also write the chained record of every assignment")

    def handle(self, *args: object, **options: Any) -> None:
        """Load them, and say how long it took."""
        started = time.monotonic()
        run = Synthesis(now=timezone.now(), seed=options["seed"], events=options["events"], say=self.stdout.write)
        run.run(agencies=options["agencies"], users=options["users"], tasks=options["tasks"])
        self.stdout.write(f"{time.monotonic() - started:.1f} s")
