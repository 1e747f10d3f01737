"""A clause that names several days: stages of one duty, duties of several agencies with a day each, or a doubt."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from measures.importing.clauses.folding import fold
from measures.importing.clauses.model import Clause, Doubt
from measures.importing.deadlines import Deadline

SEVERAL = "写了不止一个时限，取最晚的一个"
_DONE = re.compile(r"[ ]*(?!的|[及和、]|分别)[\u4e00-\u9fff“《（][^，；。\n]+")  # what is done by a day: 完成方案编制
_STOPS = ("；。\n", "；。\n，")

Reader = Callable[[str], Clause]


def one_deadline(found: Sequence[Deadline]) -> tuple[Deadline | None, Doubt | None]:
    """The last of several deadlines is that of the whole; that there are several is a doubt."""
    if not found:
        return None, None
    found = [deadline for deadline in found if not deadline.begins] or found
    dated = [deadline for deadline in found if deadline.date is not None]
    if not dated:
        chosen = next((deadline for deadline in found if deadline.recurring), found[-1])  # 立行立改、长期坚持
    else:
        chosen = max(dated, key=lambda deadline: (deadline.date is not None and deadline.date.toordinal(), deadline.start))
    others = len({(deadline.date, deadline.recurring, deadline.date is None and deadline.text) for deadline in found}) > 1
    return chosen, Doubt(found[0].start, found[-1].end, SEVERAL) if others else None


def in_stages(text: str, found: Sequence[Deadline]) -> tuple[Deadline | None, tuple[Deadline, ...], Doubt | None]:
    """The deadline, the days of the stages before it, and the doubt that is left.

    Days that follow one another, each with what is done by then (6月底前完成方案，10月底前全面完成), are stages of one duty, which ends
    with the last.
    """
    chosen, doubt = one_deadline(found)
    if doubt is None or chosen is not found[-1]:
        return chosen, (), doubt
    days = [deadline.date for deadline in found]
    rising = all(before is not None and after is not None and before < after for before, after in pairwise(days))
    bounds = [*(deadline.start for deadline in found[1:]), len(text)]
    done = all(_DONE.match(text, deadline.end, stop) for deadline, stop in zip(found, bounds, strict=True))
    return (chosen, tuple(found[:-1]), None) if rising and done else (chosen, (), doubt)


def with_days_of_their_own(text: str, clause: Clause, read: Reader) -> list[Clause]:
    """Part a clause whose agencies have a day each (市水利局6月底前完成排查；市财政局10月底前拨付资金); any other stays whole.

    Args:
        text: the text, to which the spans of the clause belong.
        clause: what was read.
        read: reads a piece as a clause, with spans that begin at 0.
    """
    if not clause.stages and not any(doubt.why == SEVERAL for doubt in clause.doubts):
        return [clause]
    folded = fold(text[clause.start : clause.end])
    for stops in _STOPS:
        begins = sorted({0, *(item.start - clause.start for item in clause.items if _begins(folded, item.start - clause.start, stops))})
        parts = [
            read(text[clause.start + at : clause.start + end]).moved(clause.start + at) for at, end in pairwise([*begins, len(folded)])
        ]
        if len(parts) > 1 and all(map(_stands, parts)) and _say(parts) == _say([clause]):
            return [replace(part, start=clause.start if not number else part.start) for number, part in enumerate(parts)]
    return [clause]


def _begins(folded: str, at: int, stops: str) -> bool:
    before = folded[:at].rstrip(" 由")
    return bool(before) and before[-1] in stops


def _stands(part: Clause) -> bool:
    """Whether a part names who does it and one day."""
    bound = any(item.role in ("lead", "responsible") for item in part.items)
    return part.is_clause and bound and part.deadline is not None and part.deadline.date is not None and not part.stages


def _say(parts: Sequence[Clause]) -> list[tuple[str, str, int, int]]:
    return [(item.name, item.role, item.start, item.end) for part in parts for item in part.items]
