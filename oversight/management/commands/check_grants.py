"""`manage.py check_grants`: prove that memberships, link rows and grants agree, and rebuild them."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import permissions
from workflow import grants

SHOWN = 50


class Command(BaseCommand):
    """Compare what may be seen and done with what it follows from; the exit code is 1 when they differ."""

    help = "Compare permissions with memberships and delegations, and link rows with tasks and assignments."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the wish to rebuild."""
        parser.add_argument("--rebuild", action="store_true", help="write permissions and link rows anew, then compare")

    def handle(self, *args: object, **options: Any) -> None:
        """Rebuild when asked, compare, and say what differs.

        Raises:
            CommandError: something differs.
        """
        now = timezone.now()
        if options["rebuild"]:
            with transaction.atomic():
                changed = permissions.rebuild(now=now)
                rows = grants.rebuild()
            self.stdout.write(
                _("Rebuilt: %(changed)d permissions changed, %(rows)d link rows written.") % {"changed": changed, "rows": rows}
            )
        found = [*permissions.differences(now=now), *grants.differences()]
        for sentence in found[:SHOWN]:
            self.stderr.write(sentence)
        if len(found) > SHOWN:
            self.stderr.write(_("… and %(count)d more.") % {"count": len(found) - SHOWN})
        if found:
            raise CommandError(_("%(count)d differences. Run it again with --rebuild to put them right.") % {"count": len(found)})
        self.stdout.write(_("Permissions, link rows and grants agree."))
