"""`manage.py verify_history`: prove that nobody has altered, removed or slipped in a line of the three records.

And that the plans which leads put on record still say what the record keeps the digest of.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.chain_check import Damage, Fault, head_of, verify
from agencies.models import ChainedEvent, DirectoryEvent
from measures.models import PlanEvent
from workflow.models import Event
from workflow.plan_digests import Departure, departures, recorded

RECORDS: tuple[tuple[type[ChainedEvent], Any], ...] = (
    (DirectoryEvent, gettext_lazy("Directory records")),
    (PlanEvent, gettext_lazy("Plan records")),
    (Event, gettext_lazy("Task records")),
)

WORDS = {
    Damage.ALTERED: gettext_lazy("does not say any more what was written."),
    Damage.UNLINKED: gettext_lazy("does not follow from the line before it."),
    Damage.MISSING: gettext_lazy("is missing, and perhaps lines after it."),
    Damage.INSERTED: gettext_lazy("was slipped in; nobody has appended it."),
    Damage.CUT: gettext_lazy("is where the record was cut off."),
    Damage.UNANCHORED: gettext_lazy("is not the line whose digest was noted down."),
}

DEPARTED = {
    Departure.ALTERED: gettext_lazy("does not say any more what was put on record."),
    Departure.FILE: gettext_lazy("has a file that is missing or is not the one that was attached."),
    Departure.UNRECORDED: gettext_lazy("stands as on record, but the record does not know it."),
    Departure.MISSING: gettext_lazy("was put on record and is not there any more."),
}

DIGEST = 64


class Command(BaseCommand):
    """Recompute the chained records; the exit code is 1 when one is damaged."""

    help = "Recompute the chained records of directory, plans and tasks, compare work plans with their digests, and name what is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what was noted down outside the database."""
        parser.add_argument(
            "--anchor",
            action="append",
            default=[],
            metavar="RECORD:LINE:DIGEST",
            help="what an earlier run printed; a record rewritten from end to end is found out only by these",
        )

    def handle(self, *args: object, **options: Any) -> None:
        """Check each record, and say what was found.

        Raises:
            CommandError: a record is damaged, or an anchor cannot be read.
        """
        anchors = _anchors(options["anchor"])
        damaged = 0
        for model, label in RECORDS:
            last, digest = head_of(model)
            faults = verify(model, anchors=anchors.get(model.chain(), {}))
            if not faults:
                self.stdout.write(_("%(record)s: %(lines)d lines, sound.") % {"record": label, "lines": last})
                self.stdout.write(f"  {model.chain()}:{last}:{digest}")
            damaged += len(faults)
            for fault in faults:
                self.stderr.write(_said(fault, str(label)))
        damaged += self._look_at_plans()
        if damaged:
            raise CommandError(_("The history has been tampered with or damaged. Keep the database as it is and call the auditor."))

    def _look_at_plans(self) -> int:
        """Compare the plans on record with their digests, and return how many are not as the record says."""
        known = recorded()
        found = list(departures(known))
        for row in found:
            words = {"plan": row.work_plan, "number": row.number, "what": DEPARTED[row.departure]}
            self.stderr.write(_("Work plan %(plan)d, version %(number)s: it %(what)s") % words)
        if not found:
            self.stdout.write(_("Work plans on record: %(count)d, as the record says.") % {"count": len(known)})
        return len(found)


def _said(fault: Fault, label: str) -> str:
    return _("%(record)s: line %(line)d %(what)s") % {"record": label, "line": fault.sequence, "what": WORDS[fault.damage]}


def _anchors(given: list[str]) -> dict[str, dict[int, str]]:
    """Return digests by record and line.

    Raises:
        CommandError: one of them is not as a run prints it.
    """
    known = {model.chain() for model, _label in RECORDS}
    anchors: dict[str, dict[int, str]] = {}
    for anchor in given:
        chain, _colon, rest = anchor.partition(":")
        line, _colon, digest = rest.partition(":")
        if chain not in known or not line.isdecimal() or len(digest) != DIGEST:
            raise CommandError(_("“%(anchor)s” is not an anchor: give RECORD:LINE:DIGEST as printed.") % {"anchor": anchor})
        anchors.setdefault(chain, {})[int(line)] = digest
    return anchors
