"""Rules that a clause states of itself: that the first one leads (列第一位的为牵头单位), that the rest supports, what a star means."""

from __future__ import annotations

from dataclasses import dataclass

from measures.importing.clauses import roles

_LONGEST = 40  # characters
_LEADS = ("为牵头单位", "为牵头部门", "为牵头责任单位", "为主要责任单位", "为第一责任单位", "牵头")


@dataclass(frozen=True)
class Rule:
    """A rule that is stated, and where it ends; `leads` is set if it is that the first one leads."""

    text: str
    end: int
    leads: bool


def rule_at(text: str, at: int, end: int) -> Rule | None:
    """The rule at a position of a folded text, up to the next stop or the colon behind it."""
    stop = at
    while stop < min(end, at + _LONGEST) and text[stop] not in "，；。\n（）":
        stop += 1
    part = text[at:stop]
    head, colon, _ = part.partition("：")
    if colon and head.endswith(_LEADS) and _of_the_first(head):  # 排在首位的为牵头单位：省司法厅、省公安厅
        return Rule(head, at + len(head) + 1, leads=True)
    if part.startswith(("带", "标", "加", "注")) and "牵头" in part and any(mark in part for mark in "*●"):
        return Rule(part, at + len(head) + 1 if colon else stop, leads=False)
    if _of_the_first(part) and (not roles.label_at(text, at) or part.endswith(_LEADS)):
        return Rule(part, stop, leads=True)
    return Rule(part, stop, leads=False) if part.startswith(roles.REST) else None


def _of_the_first(part: str) -> bool:
    return any(words in part for words in roles.FIRST_LEADS)
