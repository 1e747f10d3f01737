"""What a second version of a plan changes: measures added, dropped, changed, and whose responsibilities changed.

Measures are paired by the likeness of their words, their number deciding between two alike; nothing is written here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from measures.importing.reading import MeasureReading, PlanReading

ROLES = ("lead", "support", "responsible", "guiding")
_SAME_TITLE = 80.0
_SAME_TEXT = 62.0
_NUMBER_COUNTS = 6.0


@dataclass(frozen=True, slots=True)
class RoleChange:
    """A name that a measure gains or loses in a role."""

    role: str
    name: str
    gained: bool


@dataclass(frozen=True, slots=True)
class MeasureChange:
    """A measure that both versions have, in different words, under another number, or with other agencies or deadlines."""

    before: MeasureReading
    after: MeasureReading
    likeness: float
    text_changed: bool
    renumbered: bool
    responsibilities: tuple[RoleChange, ...]
    deadline_before: str | None
    deadline_after: str | None

    @property
    def deadline_changed(self) -> bool:
        """Tell whether another deadline is set."""
        return self.deadline_before != self.deadline_after


@dataclass(frozen=True, slots=True)
class PlanDiff:
    """The difference of two readings."""

    added: tuple[MeasureReading, ...]
    dropped: tuple[MeasureReading, ...]
    changed: tuple[MeasureChange, ...]
    unchanged: int

    @property
    def is_empty(self) -> bool:
        """Tell whether the versions order the same."""
        return not (self.added or self.dropped or self.changed)


def compare(before: PlanReading, after: PlanReading) -> PlanDiff:
    """Compare two readings of a plan."""
    pairs = _pairs(before, after)
    taken_before, taken_after = {old for old, _, _ in pairs}, {new for _, new, _ in pairs}
    changes: list[MeasureChange] = []
    for old, new, likeness in sorted(pairs, key=lambda pair: pair[1]):
        change = _change(before, after, before.measures[old], after.measures[new], likeness)
        if change is not None:
            changes.append(change)
    return PlanDiff(
        added=tuple(measure for index, measure in enumerate(after.measures) if index not in taken_after),
        dropped=tuple(measure for index, measure in enumerate(before.measures) if index not in taken_before),
        changed=tuple(changes),
        unchanged=len(pairs) - len(changes),
    )


def _pairs(before: PlanReading, after: PlanReading) -> list[tuple[int, int, float]]:
    """Pair measures: equal ones first, then the most alike, each once."""
    old_texts, new_texts = [_words(before, one) for one in before.measures], [_words(after, one) for one in after.measures]
    pairs: list[tuple[int, int, float]] = []
    by_text: dict[str, list[int]] = {}
    for index, text in enumerate(old_texts):
        by_text.setdefault(text, []).append(index)
    for index, text in enumerate(new_texts):
        if by_text.get(text):
            pairs.append((by_text[text].pop(0), index, 100.0))
    left_old = sorted(set(range(len(old_texts))) - {old for old, _, _ in pairs})
    left_new = sorted(set(range(len(new_texts))) - {new for _, new, _ in pairs})
    for likeness, old, new in sorted(_candidates(before, after, left_old, left_new), key=lambda one: (-one[0], one[1], one[2])):
        if old in left_old and new in left_new:
            pairs.append((old, new, min(likeness, 100.0)))
            left_old.remove(old)
            left_new.remove(new)
    return pairs


def _candidates(before: PlanReading, after: PlanReading, left_old: Sequence[int], left_new: Sequence[int]) -> list[tuple[float, int, int]]:
    """Score the pairs that are alike enough."""
    if not left_old or not left_new:
        return []
    old, new = [before.measures[index] for index in left_old], [after.measures[index] for index in left_new]
    old_words, new_words = [_words(before, one) for one in old], [_words(after, one) for one in new]
    found: list[tuple[float, int, int]] = []
    for i, first in enumerate(old):
        for j, second in enumerate(new):
            by_title = fuzz.ratio(first.title, second.title, score_cutoff=_SAME_TITLE)
            likeness = max(by_title, fuzz.ratio(old_words[i], new_words[j], score_cutoff=_SAME_TEXT))
            if likeness > 0:
                bonus = _NUMBER_COUNTS if first.number == second.number and first.section == second.section else 0.0
                found.append((likeness + bonus, left_old[i], left_new[j]))
    return found


def _words(reading: PlanReading, measure: MeasureReading) -> str:
    return "".join(reading.text[measure.title_start : measure.end].split())


def _change(before: PlanReading, after: PlanReading, old: MeasureReading, new: MeasureReading, likeness: float) -> MeasureChange | None:
    change = MeasureChange(
        before=old,
        after=new,
        likeness=likeness,
        text_changed=_words(before, old) != _words(after, new),
        renumbered=old.number != new.number,
        responsibilities=_role_changes(old, new),
        deadline_before=_deadline(old),
        deadline_after=_deadline(new),
    )
    same = not (change.text_changed or change.renumbered or change.responsibilities or change.deadline_changed)
    return None if same else change


def _role_changes(old: MeasureReading, new: MeasureReading) -> tuple[RoleChange, ...]:
    changes: list[RoleChange] = []
    for role in ROLES:
        had, has = dict.fromkeys(old.named(role)), dict.fromkeys(new.named(role))
        changes += [RoleChange(role, name, gained=False) for name in had if name not in has]
        changes += [RoleChange(role, name, gained=True) for name in has if name not in had]
    return tuple(changes)


def _deadline(measure: MeasureReading) -> str | None:
    for clause in measure.clauses:
        if clause.deadline:
            return clause.deadline.date.isoformat() if clause.deadline.date else clause.deadline.text
    return None
