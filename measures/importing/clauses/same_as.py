"""Fills 同上 in from the clause before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from measures.importing.clauses.model import SAME_AS_ABOVE, Clause, Doubt, Item, numbered


def fill_same_as(clause: Clause, previous: Clause | None) -> Clause:
    """The clause with what 同上 stands for: the agencies of the clause before it, each with the span of 同上; a doubt says so.

    Args:
        clause: as it was read; one that does not say 同上 comes back as it is.
        previous: the clause of the item above, its own 同上 filled in; None if there is none.
    """
    if not clause.same_as or previous is None or not (previous.items or previous.leaders):
        return clause
    items: list[Item] = list(clause.items)
    doubts = [doubt for doubt in clause.doubts if doubt.why != SAME_AS_ABOVE]
    leaders, deadline = clause.leaders, clause.deadline
    for same in clause.same_as:
        leaders = previous.leaders if same.of == "leaders" else leaders
        if same.of == "deadline" and previous.deadline:
            deadline = replace(previous.deadline, text=same.text, start=same.start, end=same.end)
        doubts.append(Doubt(same.start, same.end, "写的是“同上”，按上一项填写，请核对"))
        if same.of != "agencies":
            continue
        named = [item for item in previous.items if same.role in (None, item.role)]
        if not named and same.role == "responsible":
            named = list(previous.items)  # 责任单位：同上 behind one whose first agency leads by rule
        items += [replace(item, start=same.start, end=same.end, restored=True) for item in named]
    whole = any(same.role is None and same.of == "agencies" for same in clause.same_as)
    return replace(
        clause,
        items=numbered(items),
        leaders=leaders or (previous.leaders if whole else ()),
        deadline=deadline,
        open_list=clause.open_list or (whole and previous.open_list),
        doubts=tuple(sorted(doubts, key=lambda one: (one.start, one.end, one.why))),
    )


def filled_in(clauses: Sequence[Clause]) -> list[Clause]:
    """Fill 同上 in, from the clause before."""
    filled: list[Clause] = []
    for clause in clauses:
        before = filled[-1] if filled else None
        whole = fill_same_as(clause, before)
        leaders = before.leaders if before and whole.leaders == ("同上",) else whole.leaders
        filled.append(replace(whole, leaders=leaders))
    return filled
