"""Reads responsibility clauses for scripts; no database is needed."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from measures.importing.clauses import ClauseContext, parse_clause
from measures.importing.partial_date import PartialDate


class Command(BaseCommand):
    """`parse_clause TEXT`, or `parse_clause --jsonl` with a request a line on standard input."""

    help = "Read a responsibility clause and print who leads, who supports and by when, as JSON."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("text", nargs="?", help="the clause")
        parser.add_argument("--context-province", help="province of the issuer, such as 广东")
        parser.add_argument("--context-city", help="city of the issuer, such as 广州")
        parser.add_argument("--date", help="date of the document, as much as is known: 2021, 2021-12 or 2021-12-03")
        parser.add_argument("--first-listed-leads", action="store_true", help="the document says that the agency listed first leads")
        parser.add_argument("--format", choices=["json"], default="json", help="format of the answer")
        parser.add_argument("--jsonl", action="store_true", help="read requests from standard input, a JSON object a line")

    def handle(self, *args: object, **options: Any) -> None:
        """Answer one clause, or one line for every line read.

        Raises:
            CommandError: neither a text nor --jsonl was given, or the date is none.
        """
        if options["jsonl"]:
            # utf-8-sig: a byte order mark, which editors on Windows put before the first line, is none of the request.
            sys.stdin.reconfigure(encoding="utf-8-sig", errors="replace") if hasattr(sys.stdin, "reconfigure") else None
            for line in sys.stdin:
                if line.strip():
                    self.stdout.write(json.dumps(_answer(line), ensure_ascii=False))
            return
        if options["text"] is None:
            raise CommandError("give a text, or --jsonl and requests on standard input")
        request = {name: options[name] for name in ("context_province", "context_city", "date", "first_listed_leads")}
        try:
            clause = parse_clause(options["text"], _context(request))
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(clause.to_json(), ensure_ascii=False, indent=2))


def _answer(line: str) -> dict[str, object]:
    """The answer to one request; a request that cannot be read is answered with its error."""
    try:
        request = json.loads(line)
    except (ValueError, RecursionError) as error:
        return {"id": None, "error": str(error)}
    identifier = request.get("id") if isinstance(request, dict) else None
    if not isinstance(request, dict) or not isinstance(request.get("text"), str):
        return {"id": identifier, "error": "a request is a JSON object with a string text"}
    try:
        return {"id": identifier, **parse_clause(request["text"], _context(request)).to_json()}
    except ValueError as error:
        return {"id": identifier, "error": str(error)}


def _context(request: Mapping[str, Any]) -> ClauseContext:
    """What a request says of the document.

    Raises:
        ValueError: a value is of the wrong kind.
    """
    for name in ("context_province", "context_city", "date"):
        if request.get(name) is not None and type(request[name]) is not str:
            raise ValueError(f"{name} must be a string or null")
    first_listed_leads = request.get("first_listed_leads")
    if first_listed_leads is not None and type(first_listed_leads) is not bool:
        raise ValueError("first_listed_leads must be true, false or null")
    return ClauseContext(
        province=request.get("context_province"),
        city=request.get("context_city"),
        date=PartialDate.parse(request.get("date")),
        first_listed_leads=bool(first_listed_leads),
    )
