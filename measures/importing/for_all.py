"""Who has a part in everything that follows or went before: 以下均需各市人民政府落实，不再列出; 以上均需各市人民政府落实."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from measures.importing.clauses import Clause, ClauseContext, Item
from measures.importing.clauses.model import numbered
from measures.importing.clauses.reading import read

_STATEMENT = re.compile(
    r"以(?P<side>[下上])(?:各?[项条]?(?:重点)?(?:任务|工作|措施|事项|内容)?)?均(?:需|须|由|请)(?P<who>[^。；\n]{2,60}?(?:落实|负责|参与|配合))"
)


@dataclass(frozen=True, slots=True)
class DutyForAll:
    """A statement that somebody has a part in everything behind it, or above it.

    Args:
        start: where the statement begins.
        end: where it ends.
        items: who, with the spans of the statement; empty where it names nobody.
        holds: where the measures begin that it speaks of: behind it, or above it as far as the statement before.
    """

    start: int
    end: int
    items: tuple[Item, ...]
    holds: range


def find_duties_for_all(text: str, context_at: Callable[[int], ClauseContext]) -> list[DutyForAll]:
    """Find these statements."""
    found: list[DutyForAll] = []
    for match in _STATEMENT.finditer(text):
        clause = read(match["who"], context_at(match.start()), bracketed=True).clause.moved(match.start("who"))
        items = clause.items if clause.is_clause else ()
        above = range(found[-1].end if found else 0, match.start())
        holds = range(match.end(), len(text)) if match["side"] == "下" else above
        found.append(DutyForAll(match.start(), match.end(), items, holds))
    return found


def is_for_all(clause: Clause, duties: Sequence[DutyForAll]) -> bool:
    """Tell whether a clause is nothing but such a statement."""
    return any(clause.items and all(duty.start <= item.start < duty.end for item in clause.items) for duty in duties)


def with_duties(clauses: list[Clause], start: int, duties: Sequence[DutyForAll]) -> list[Clause]:
    """Put into the last clause of a measure whom it need not list again; each is `restored`, with the span of the statement.

    Args:
        clauses: those of the measure; where it has none, nobody is added.
        start: where the measure begins.
        duties: the statements of the document.
    """
    named = {item.name for clause in clauses for item in clause.items}
    added = [replace(item, restored=True) for duty in duties if start in duty.holds for item in duty.items if item.name not in named]
    if not clauses or not added:
        return clauses
    return [*clauses[:-1], replace(clauses[-1], items=numbered([*clauses[-1].items, *added]))]
