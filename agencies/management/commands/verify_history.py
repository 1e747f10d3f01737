"""Proving every record of the installation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from agencies.chain_check import head_of, verify
from agencies.models import ChainedEvent

Anchors = dict[str, dict[int, str]]


class Command(BaseCommand):
    """`manage.py verify_history [--anchors FILE] [--keep-anchor FILE]`."""

    help = (
        "Recompute every record line by line and name the first line that is wrong; ends with 1 when one is. "
        "Keep anchors in a file elsewhere: only they give away a record that was rewritten whole, or a database put back to yesterday."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Define the options."""
        parser.add_argument("--anchors", type=Path, metavar="FILE", help="compare with the anchors kept in this file")
        parser.add_argument("--keep-anchor", type=Path, metavar="FILE", help="when all is sound, append today's heads to this file")

    def handle(self, *args: Any, anchors: Path | None = None, keep_anchor: Path | None = None, **options: Any) -> None:
        """Verify all, say what was found."""
        kept = _read(anchors) if anchors else {}
        records = [model for model in apps.get_models() if issubclass(model, ChainedEvent)]
        damaged = False
        for model in records:
            faults = verify(model, anchors=kept.pop(model.chain(), {}))
            damaged = damaged or bool(faults)
            for fault in faults:
                self.stderr.write(str(fault))
            if not faults:
                number, digest = head_of(model)
                self.stdout.write(f"{model.chain()}: {number} lines, sound, ends with {digest[:16]}")
        for chain in kept:
            self.stderr.write(f"{chain}: was anchored, and there is no such record")
        if damaged or kept:
            raise CommandError("The history is damaged.", returncode=1)
        if keep_anchor:
            _keep(keep_anchor, records)


def _read(path: Path) -> Anchors:
    """Read anchors, a JSON object a line.

    Raises:
        CommandError: the file is missing or is not such a file.
    """
    found: Anchors = {}
    try:
        for line in path.read_text(encoding="utf-8").splitlines():
            anchor = json.loads(line)
            if anchor["sequence"]:
                found.setdefault(anchor["chain"], {})[anchor["sequence"]] = anchor["digest"]
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise CommandError(f"{path} is not a file of anchors: {fault}") from fault
    return found


def _keep(path: Path, records: list[type[ChainedEvent]]) -> None:
    now = timezone.localtime().isoformat(timespec="seconds")
    with path.open("a", encoding="utf-8") as stream:
        for model in records:
            number, digest = head_of(model)
            stream.write(json.dumps({"chain": model.chain(), "sequence": number, "digest": digest, "at": now}) + "\n")
