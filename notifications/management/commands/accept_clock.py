"""`manage.py accept_clock`: say that the database's clock is right after it has jumped; sending goes on."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from notifications.clock import accept, database_now


class Command(BaseCommand):
    """Takes the present time of the database for right."""

    help = "Say that the clock of the database is right after it was set; sending goes on by it."

    def handle(self, *args: Any, **options: Any) -> None:
        """Accept it and say which time it is."""
        now = database_now()
        accept(now)
        self.stdout.write(f"accepted {now.isoformat()}")
