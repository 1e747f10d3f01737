"""`manage.py doctor`: whether the installation is well, in plain words."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from oversight.checkup import Level, examine, worst


class Command(BaseCommand):
    """Runs every check; ends with 0 when all is well, 1 with warnings, 2 when something fails."""

    help = "Say in plain words how the installation is. Exit code: 0 well, 1 warnings, 2 something fails."
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Define the options."""
        parser.add_argument("--quick", action="store_true", help="only what a probe asks: database, scheduler, notices")

    def handle(self, *args: Any, quick: bool, **options: Any) -> None:
        """Examine and tell."""
        findings = examine(thorough=not quick)
        marks = {
            Level.FINE: self.style.SUCCESS(_("well   ")),
            Level.WARNING: self.style.WARNING(_("warning")),
            Level.FAILURE: self.style.ERROR(_("FAILS  ")),
        }
        for finding in findings:
            self.stdout.write(f"{marks[finding.level]}  {finding.check:<10} {finding.sentence}")
        if worst(findings):
            sys.exit(int(worst(findings)))
