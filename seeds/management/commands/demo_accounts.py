"""Printing the accounts of the demonstration."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.core.management.base import BaseCommand

from agencies.models import User
from seeds.people import DemoPerson, demo_people, shown_password


class Command(BaseCommand):
    """`manage.py demo_accounts`."""

    help = "Print the accounts of the demonstration, in Chinese and English"

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the table; nothing when the demonstration is not loaded."""
        people = demo_people()
        present = set(User.objects.filter(username__in=[person.username for person in people]).values_list("username", flat=True))
        if not present:
            return
        shown = [person for person in people if person.shown and person.username in present]
        widths = [max(_width(cell) for cell in column) for column in zip(*map(_cells_of, shown), strict=True)]
        self.stdout.write("\n演示账号 · Demonstration accounts\n")
        for person in shown:
            cells = (cell + " " * (width - _width(cell)) for cell, width in zip(_cells_of(person), widths, strict=True))
            self.stdout.write("  " + "  ".join(cells).rstrip())
        self.stdout.write(f"  另有 {len(present) - len(shown)} 个账号，见 seeds/people.json · the others are listed there")
        password = shown_password()
        if password is None:
            self.stdout.write("  密码为载入演示时 DUBAN_DEMO_PASSWORD 所给 · password: as DUBAN_DEMO_PASSWORD gave it when they were made")
        else:
            self.stdout.write(f"  统一密码 · password of all: {password}")


def _cells_of(person: DemoPerson) -> tuple[str, str, str, str]:
    return person.username, person.name, person.shown, person.shown_en


def _width(text: str) -> int:
    """Return how many columns a text takes in a terminal."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
