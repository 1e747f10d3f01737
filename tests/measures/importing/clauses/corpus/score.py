"""Scores the reading of clauses against the readings made by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from measures.importing.clauses import Clause, ClauseContext, parse_clause
from measures.importing.partial_date import PartialDate

HALVES = ("tuned", "held_out")


@dataclass
class Score:
    """Figures of one half.

    A silent error is one in a clause without any doubt; an unmarked one is a name that is wrong where no doubt points at it.
    """

    clauses: int = 0
    exact: int = 0
    read: int = 0
    wanted: int = 0
    agreed: int = 0
    silent: int = 0
    unmarked: int = 0
    flagged_right: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def f1(self) -> float:
        """F1 of the pairs of name and role, agencies and collectives together."""
        return 2 * self.agreed / (self.read + self.wanted) if self.read + self.wanted else 1.0

    def __str__(self) -> str:
        return (
            f"{self.clauses} clauses, {self.exact} exact ({self.exact / self.clauses:.1%}); pairs F1 {self.f1:.4f} of {self.wanted}; "
            f"silent errors {self.silent} ({self.silent / self.wanted:.2%} of names), unmarked {self.unmarked}; "
            f"right but doubted {self.flagged_right} ({self.flagged_right / max(self.exact, 1):.1%})"
        )


def entries(half: str) -> Iterator[dict[str, Any]]:
    """The clauses of one half."""
    path = Path(__file__).with_name(f"{half}.jsonl")
    for line in path.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def score(half: str) -> Score:
    """Read every clause of a half and compare."""
    total = Score()
    for entry in entries(half):
        context = ClauseContext(
            entry["context_province"],
            entry["context_city"],
            PartialDate.parse(entry["date"]),
            entry["first_listed_leads"],
            aliases=entry.get("aliases", {}),
        )
        clause = parse_clause(entry["text"], context)
        read, wanted = _pairs(clause.to_json()), _pairs(entry["expected"])
        total.clauses += 1
        total.read, total.wanted, total.agreed = total.read + len(read), total.wanted + len(wanted), total.agreed + len(read & wanted)
        right = read == wanted and _rest(clause.to_json()) == _rest(entry["expected"])
        total.exact += right
        if right:
            total.flagged_right += bool(clause.doubts)
        else:
            total.unmarked += _unmarked(clause, wanted)
            total.silent += 0 if clause.doubts else max(1, len(read ^ wanted))
            total.errors.append(_difference(entry, clause, read, wanted))
    return total


def _unmarked(clause: Clause, wanted: set[tuple[str, str, str]]) -> int:
    """How many names are read that are not wanted, and touched by no doubt."""
    wrong = [item for item in clause.items if (item.role, item.name, "collective" if item.collective else "agency") not in wanted]
    return sum(not any(doubt.start < item.end and item.start < doubt.end for doubt in clause.doubts) for item in wrong)


def _pairs(answer: dict[str, Any]) -> set[tuple[str, str, str]]:
    named = {(role, name, "agency") for role in ("lead", "support", "responsible", "guiding") for name in answer[role]}
    return named | {(one["role"], one["text"], "collective") for one in answer["collectives"]}


def _rest(answer: dict[str, Any]) -> tuple[object, ...]:
    deadline = answer["deadline"]
    due = (deadline["date"], deadline["recurring"]) if deadline and answer["is_clause"] else None
    order = [answer[role] for role in ("lead", "support", "responsible", "guiding")]
    return answer["is_clause"], answer["leaders"], answer["open_list"], due, order


def _difference(entry: dict[str, Any], clause: Clause, read: set[tuple[str, str, str]], wanted: set[tuple[str, str, str]]) -> str:
    answer = clause.to_json()
    lines = [f"{entry['id']}. {entry['text']}{'' if clause.doubts else '   SILENT'}"]
    lines += [f"    missing {pair}" for pair in sorted(wanted - read)] + [f"    too much {pair}" for pair in sorted(read - wanted)]
    if _rest(answer) != _rest(entry["expected"]):
        lines.append(f"    read {_rest(answer)[:4]} for {_rest(entry['expected'])[:4]}")
    return "\n".join(lines + [f"    doubt: {doubt.why}" for doubt in clause.doubts])
