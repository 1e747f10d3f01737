"""Putting the second wall up where the owner of the tables may not make roles."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from agencies import wall


class Command(BaseCommand):
    """`manage.py build_wall`."""

    help = "Put up the second wall (row-level security on PostgreSQL), once its role exists; see docs/agencies.md."

    def handle(self, *args: Any, **options: Any) -> None:
        """Put it up, or say what has to be done first."""
        if connection.vendor != "postgresql":
            raise CommandError("The second wall needs PostgreSQL.")
        if not wall.build():
            raise CommandError(f"Somebody who may make roles has to say first: {wall.missing()}")
        self.stdout.write("The second wall stands. Restart web, worker and beat.")
