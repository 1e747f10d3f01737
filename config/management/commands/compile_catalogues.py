"""`manage.py compile_catalogues`: make the .mo files of all apps, where they are missing or old."""

from typing import Any

from django.core.management.base import BaseCommand

from config.catalogues import compile_changed


class Command(BaseCommand):
    """Compiles the message catalogues."""

    help = "Compile the message catalogues that changed"
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Compile and say how many."""
        self.stdout.write(f"{compile_changed()} catalogues compiled")
