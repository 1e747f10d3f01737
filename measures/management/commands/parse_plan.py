"""Read a plan document and print what it says as JSON. Needs no database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from measures.importing.plan import read_plan
from measures.importing.unreadable import Unreadable


class Command(BaseCommand):
    """`manage.py parse_plan FILE`."""

    help = (
        "Reads a plan document (docx, pdf, html, txt, md, xlsx, csv) and prints sections, measures, responsibilities, targets and doubts."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, and whose document it is."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--context-province", default=None, help="province of the issuer, for example 广东; inferred if left out")
        parser.add_argument("--context-city", default=None, help="city of the issuer")
        parser.add_argument("--format", choices=["json"], default="json")
        parser.add_argument("--with-text", action="store_true", help="add the text that all spans count in")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read and print."""
        path: Path = options["file"]
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        try:
            reading = read_plan(data, path.name, province=options["context_province"], city=options["context_city"])
        except Unreadable as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(json.dumps(reading.to_json(with_text=options["with_text"]), ensure_ascii=False, indent=1))
