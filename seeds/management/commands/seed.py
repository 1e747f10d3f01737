"""Loading the directory and, when asked for, the demonstration."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.actions.import_directory import import_directory
from agencies.actor import Actor
from seeds import story
from seeds.directory_files import read_directory
from seeds.people import settle


class Command(BaseCommand):
    """`manage.py seed [--demo]`."""

    help = "Load the directory of Guangdong or bring it up to date; with --demo also people and a story. Twice changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Define the options."""
        parser.add_argument("--demo", action="store_true", help="also load demonstration people and tell the story")

    def handle(self, *args: Any, demo: bool = False, **options: Any) -> None:
        """Load, and say what changed."""
        now = timezone.now()
        done = import_directory(actor=Actor.system(), now=now, data=read_directory())
        if done:
            self.stdout.write(
                _(
                    "Directory: %(agencies_added)d agencies added, %(agencies_amended)d amended, %(aliases_added)d aliases, "
                    "%(groups_added)d groups with %(members_added)d members, %(successions_added)d successions."
                )
                % done.counts()
            )
        else:
            self.stdout.write(_("Directory: up to date."))
        if demo:
            made = settle(now)
            self.stdout.write(_("Demonstration: %(count)d accounts added.") % {"count": made} if made else _("Demonstration: up to date."))
            story.tell(now)
