"""Corrections of a document in review: each a small value that changes a draft and can be kept as JSON. Free of Django.

The list of corrections is applied to the reading in order, every time; undoing is dropping the last.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from measures.additions import AddTarget, MakeMeasure
from measures.correction import CannotEdit, Edit, Why, day_of, measure_of, number_of
from measures.draft import ROLES, Draft, DraftMeasure, DraftTarget, Mention, from_reading
from measures.splitting import MergeMeasures, SplitMeasure


@dataclass(frozen=True, slots=True)
class SetFacts(Edit):
    """Say what the document is: its title, number, issuer, date and horizon. Dates are written YYYY-MM-DD."""

    op = "set_facts"
    title: str
    number: str
    issuer_id: int | None
    issuer: str
    issued_on: str
    date_unknown: bool
    horizon: str

    def apply(self, draft: Draft) -> None:
        """Take all of them over."""
        draft.title, draft.number = self.title.strip(), self.number.strip()
        draft.issuer_id, draft.issuer = self.issuer_id, self.issuer
        draft.issued_on = day_of(self.issued_on)
        draft.date_unknown = self.date_unknown and draft.issued_on is None
        draft.horizon = day_of(self.horizon)


@dataclass(frozen=True, slots=True)
class SetRole(Edit):
    """Give a mention another part."""

    op = "set_role"
    mention: str
    role: str

    def apply(self, draft: Draft) -> None:
        """Change the part."""
        if self.role not in ROLES:
            raise CannotEdit(Why.NOT_A_ROLE)
        mention = _mention(draft, self.mention)[1]
        mention.role, mention.role_set = self.role, True


@dataclass(frozen=True, slots=True)
class SettleName(Edit):
    """Say whom a name means wherever the document uses it; `label` is the answer as it was shown."""

    op = "settle_name"
    name: str
    agency_id: int | None
    group_id: int | None
    label: str = ""

    def apply(self, draft: Draft) -> None:
        """Remember the answer."""
        if (self.agency_id is None) == (self.group_id is None):
            raise CannotEdit(Why.EMPTY)
        draft.settled[self.name] = (self.agency_id, self.group_id)


@dataclass(frozen=True, slots=True)
class AddMention(Edit):
    """Give an agency or a group that the text does not name a part in a measure."""

    op = "add_mention"
    measure: str
    role: str
    name: str
    agency_id: int | None
    group_id: int | None

    def apply(self, draft: Draft) -> None:
        """Put it behind the others."""
        measure = measure_of(draft, self.measure)
        if (self.agency_id is None) == (self.group_id is None):
            raise CannotEdit(Why.EMPTY)
        if self.role not in ROLES:
            raise CannotEdit(Why.NOT_A_ROLE)
        whom = (self.agency_id, self.group_id)
        if any((mention.agency_id, mention.group_id) == whom or mention.name == self.name for mention in measure.mentions):
            raise CannotEdit(Why.NAMED_TWICE)
        key = f"{measure.key}.a{self.agency_id or 'g' + str(self.group_id)}"
        measure.mentions.append(
            Mention(key, self.name, self.role, measure.end, measure.end, "added", self.group_id is not None, self.agency_id, self.group_id)
        )


@dataclass(frozen=True, slots=True)
class RemoveMention(Edit):
    """Take a mention out of its measure."""

    op = "remove_mention"
    mention: str

    def apply(self, draft: Draft) -> None:
        """Take it out."""
        measure, mention = _mention(draft, self.mention)
        measure.mentions.remove(mention)


@dataclass(frozen=True, slots=True)
class SetMeasure(Edit):
    """Change the number and the title of a measure."""

    op = "set_measure"
    measure: str
    number: str
    title: str

    def apply(self, draft: Draft) -> None:
        """Change them."""
        measure = measure_of(draft, self.measure)
        if not self.title.strip():
            raise CannotEdit(Why.EMPTY)
        measure.number, measure.title = self.number.strip(), self.title.strip()


@dataclass(frozen=True, slots=True)
class DropMeasure(Edit):
    """Say that a passage is no measure."""

    op = "drop_measure"
    measure: str

    def apply(self, draft: Draft) -> None:
        """Leave it out."""
        draft.measures.remove(measure_of(draft, self.measure))


@dataclass(frozen=True, slots=True)
class SetDeadline(Edit):
    """Set or clear the deadline of a measure; `on` is written YYYY-MM-DD, empty for none."""

    op = "set_deadline"
    measure: str
    on: str

    def apply(self, draft: Draft) -> None:
        """Set it; the words of the document stay."""
        measure = measure_of(draft, self.measure)
        measure.deadline, measure.other_deadlines = day_of(self.on), 0
        measure.deadline_set = True


@dataclass(frozen=True, slots=True)
class SetTarget(Edit):
    """Correct a target."""

    op = "set_target"
    target: str
    metric: str
    comparator: str
    value: str
    unit: str
    due_on: str

    def apply(self, draft: Draft) -> None:
        """Correct it."""
        target = _target(draft, self.target)
        value = number_of(self.value)
        if not self.metric.strip():
            raise CannotEdit(Why.EMPTY)
        target.value, target.metric, target.comparator = value, self.metric.strip(), self.comparator.strip()
        target.unit, target.due_on = self.unit.strip(), day_of(self.due_on)


@dataclass(frozen=True, slots=True)
class RemoveTarget(Edit):
    """Say that a passage is no target."""

    op = "remove_target"
    target: str

    def apply(self, draft: Draft) -> None:
        """Leave it out."""
        draft.targets.remove(_target(draft, self.target))


@dataclass(frozen=True, slots=True)
class DismissDoubt(Edit):
    """Put a doubt aside: the reviewer has looked, and it is right as it stands."""

    op = "dismiss_doubt"
    doubt: str

    def apply(self, draft: Draft) -> None:
        """Remember it."""
        draft.dismissed.add(self.doubt)


KINDS: dict[str, type[Edit]] = {
    kind.op: kind
    for kind in (
        SetFacts, SetRole, SettleName, AddMention, RemoveMention, SetMeasure, MergeMeasures, SplitMeasure, DropMeasure,
        SetDeadline, SetTarget, RemoveTarget, DismissDoubt, AddTarget, MakeMeasure,
    )
}  # fmt: skip


def from_json(kept: Mapping[str, Any]) -> Edit:
    """Return a correction from its kept form; who made it and when, which stand beside it, are left aside."""
    kind = KINDS[kept["op"]]
    names = {field.name for field in dataclasses.fields(kind)}
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in kept.items() if name in names}
    return kind(**values)


def draft_of(reading: Mapping[str, Any], edits: Iterable[Mapping[str, Any]]) -> Draft:
    """Return a document as the reviewer sees it: the reading with all corrections applied in order."""
    draft = from_reading(reading)
    for kept in edits:
        from_json(kept).apply(draft)
    return draft


def _mention(draft: Draft, key: str) -> tuple[DraftMeasure, Mention]:
    found = draft.mention(key)
    if found is None:
        raise CannotEdit(Why.GONE)
    return found


def _target(draft: Draft, key: str) -> DraftTarget:
    target = draft.target(key)
    if target is None:
        raise CannotEdit(Why.GONE)
    return target
