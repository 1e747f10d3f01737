"""Making the first holders of the three offices on a new installation."""

from __future__ import annotations

import getpass
import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from agencies.actions.create_user import create_user
from agencies.actor import Actor
from agencies.models import Office
from agencies.refusals import Refusal


class Command(BaseCommand):
    """`manage.py create_administrator system --username … --name …`."""

    help = "Create the account of a system, security or audit administrator. The password is asked for, or taken from DUBAN_PASSWORD."

    def add_arguments(self, parser: CommandParser) -> None:
        """Define the options."""
        parser.add_argument("office", choices=Office.values)
        parser.add_argument("--username", required=True)
        parser.add_argument("--name", required=True, help="the person's full name")

    def handle(self, *args: Any, office: str, username: str, name: str, **options: Any) -> None:
        """Create the account, or say why not."""
        password = os.environ.get("DUBAN_PASSWORD") or getpass.getpass("Password: ")
        try:
            create_user(actor=Actor.system(), now=timezone.now(), username=username, name=name, password=password, office=Office(office))
        except Refusal as refusal:
            raise CommandError(str(refusal.reason)) from refusal
        self.stdout.write(f"{username}: {Office(office).label}")
