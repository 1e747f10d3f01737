"""`manage.py check_counters`: prove that the counters of the boards equal a full recount, and count anew."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils.translation import gettext as _

from oversight.counters import account
from oversight.models import Tally
from oversight.words import upkeep as words

SHOWN = 50


class Command(BaseCommand):
    """Compare the counters with what they count; the exit code is 1 when they differ."""

    help = "Compare the counters of the boards with a full recount."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the wishes."""
        parser.add_argument("--rebuild", action="store_true", help="count anew, index all words anew, then compare")
        parser.add_argument("--fold", action="store_true", help="fold the changes into the counters first")

    def handle(self, *args: object, **options: Any) -> None:
        """Rebuild or fold when asked, compare, and say what differs.

        Raises:
            CommandError: something differs.
        """
        if options["rebuild"]:
            self.stdout.write(_("Counted anew: %(count)d counters.") % {"count": account.rebuild()})
            words.rebuild(connection, using=connection.alias)
        if options["fold"]:
            self.stdout.write(_("Folded: %(count)d changes.") % {"count": account.fold()})
        found = account.differences(SHOWN)
        for difference in found[:SHOWN]:
            self.stdout.write(str(difference))
        if found:
            raise CommandError(_("Counters differ from a recount. Run it again with --rebuild to put them right."))
        self.stdout.write(_("The counters equal a full recount (%(count)d rows).") % {"count": Tally.objects.count()})
