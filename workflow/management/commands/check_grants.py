"""Proving that permissions and link rows say what memberships, delegations, tasks and assignments say."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from agencies import permissions
from workflow import grants


class Command(BaseCommand):
    """`manage.py check_grants [--rebuild]`."""

    help = "Compare permissions with memberships and delegations, and link rows with tasks and assignments; ends with 1 when they differ."

    def add_arguments(self, parser: CommandParser) -> None:
        """Define the option."""
        parser.add_argument("--rebuild", action="store_true", help="write what differs anew, then compare again")

    def handle(self, *args: Any, rebuild: bool = False, **options: Any) -> None:
        """Compare, and say each difference."""
        now = timezone.now()
        if rebuild and (permissions.differences(now=now) or grants.differences()):
            with transaction.atomic():
                changed, links = permissions.rebuild(now=now), grants.rebuild()
            self.stdout.write(f"rebuilt: {changed} permissions changed, {links} link rows written")
        found = [*permissions.differences(now=now), *grants.differences()]
        for difference in found:
            self.stderr.write(difference)
        if found:
            raise CommandError(f"{len(found)} differences.", returncode=1)
        self.stdout.write("Permissions, memberships, delegations and link rows agree.")
