"""`manage.py state_diagrams`: write `docs/states.md` from the machines."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from workflow.catalog.diagrams import document


class Command(BaseCommand):
    """Writes the page."""

    help = "Write docs/states.md from the state machines."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it."""
        path = settings.BASE_DIR / "docs" / "states.md"
        path.write_text(document(), encoding="utf-8")
        self.stdout.write(f"{path.name}")
