"""A document in review: what was read of it, as the reviewer corrects it. Free of Django; all spans count characters of its text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from measures.numbering import numbered

ROLES = ("lead", "support", "guiding")


@dataclass(slots=True)
class Mention:
    """An agency or a group that a measure names.

    Attributes:
        key: stable through all corrections.
        name: as the document means it.
        role: one of `ROLES`.
        read_as: how it was read: written, restored (prefix or suffix left out in the text), responsible (负责 without 牵头), added.
        collective: an open set of agencies.
        agency_id: the agency, where the reviewer said so for this mention.
        group_id: the group, likewise.
        clause: where the clause begins that names it; None where no clause of the measure does (以下均需…, added by hand).
        role_set: the reviewer gave it its part.
        origin: in a part of a measure, the key that it has in the whole.
        also: further mentions of the same name, from a measure that was merged into this one.
    """

    key: str
    name: str
    role: str
    start: int
    end: int
    read_as: str = "written"
    collective: bool = False
    agency_id: int | None = None
    group_id: int | None = None
    clause: int | None = None
    role_set: bool = False
    origin: str = ""
    also: list[Mention] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class DraftClause:
    """A clause of a measure: where it stands, its deadline and the stages before it, its leaders, and whether its list is open."""

    start: int
    end: int
    deadline: Mapping[str, Any] | None = None
    leaders: tuple[str, ...] = ()
    open_list: bool = False
    stages: tuple[Mapping[str, Any], ...] = ()


@dataclass(slots=True)
class DraftMeasure:
    """A measure in review.

    Attributes:
        sentences: the spans at which it can be split.
        clauses: who says in it who does it.
        stated: the deadlines that its sentences set, outside of clauses.
        deadline_set: the reviewer set its deadline.
        seams: where measures begin that were merged into it.
        whole: for a part, the measure that it was split from.
    """

    key: str
    number: str
    title: str
    section: int | None
    start: int
    end: int
    title_start: int
    title_end: int
    sentences: list[tuple[int, int]]
    mentions: list[Mention]
    deadline: dt.date | None = None
    deadline_text: str = ""
    deadline_span: tuple[int, int] | None = None
    other_deadlines: int = 0
    clauses: list[DraftClause] = field(default_factory=list)
    stated: list[Mapping[str, Any]] = field(default_factory=list)
    deadline_set: bool = False
    seams: list[int] = field(default_factory=list)
    whole: DraftMeasure | None = None

    @property
    def heading(self) -> str:
        """Return the title with its number."""
        return numbered(self.number, self.title)

    @property
    def open_list(self) -> bool:
        """Tell whether a list of agencies in it is open (等)."""
        return any(clause.open_list for clause in self.clauses)

    @property
    def leaders(self) -> list[str]:
        """Return the leaders it names, in the order of the text."""
        return [leader for clause in self.clauses for leader in clause.leaders]

    def named(self, role: str) -> list[Mention]:
        """Return the mentions with a role, in their order."""
        return [mention for mention in self.mentions if mention.role == role]


@dataclass(slots=True)
class DraftSection:
    """A heading; `start` is its key, `parent` the key of the heading above."""

    number: str
    title: str
    start: int
    end: int
    heading_end: int
    depth: int
    parent: int | None

    @property
    def heading(self) -> str:
        """Return the title with its number."""
        return numbered(self.number, self.title)


@dataclass(slots=True)
class DraftTarget:
    """A quantified target in review."""

    key: str
    metric: str
    comparator: str
    value: Decimal
    unit: str
    due_on: dt.date | None
    start: int
    end: int

    @property
    def amount(self) -> str:
        """Return the value as it is written."""
        return f"{self.value.normalize():f}"


@dataclass(slots=True)
class DraftDoubt:
    """Something that the reader was not sure of; `code` is stable, `why` the reader's own words."""

    key: str
    code: str
    why: str
    start: int
    end: int


@dataclass(slots=True)
class Draft:
    """A whole document in review.

    Attributes:
        province: of the issuer, as the reader took it.
        city: likewise.
        date_unknown: the reviewer said that the document bears no date that anybody knows.
        settled: whom a name means, by the name, where the reviewer said so: (agency id, group id).
        dismissed: keys of doubts that the reviewer has looked at and put aside.
    """

    title: str
    number: str
    issuer: str
    issuer_id: int | None
    issued_on: dt.date | None
    date_unknown: bool
    horizon: dt.date | None
    basis: list[dict[str, Any]]
    aliases: list[dict[str, Any]]
    sections: list[DraftSection]
    measures: list[DraftMeasure]
    targets: list[DraftTarget]
    doubts: list[DraftDoubt]
    province: str = ""
    city: str = ""
    settled: dict[str, tuple[int | None, int | None]] = field(default_factory=dict)
    dismissed: set[str] = field(default_factory=set)

    def measure(self, key: str) -> DraftMeasure | None:
        """Return a measure by its key."""
        return next((measure for measure in self.measures if measure.key == key), None)

    def mention(self, key: str) -> tuple[DraftMeasure, Mention] | None:
        """Return a mention by its key, with the measure it stands in."""
        for measure in self.measures:
            for mention in measure.mentions:
                if mention.key == key:
                    return measure, mention
        return None

    def target(self, key: str) -> DraftTarget | None:
        """Return a target by its key."""
        return next((target for target in self.targets if target.key == key), None)


def from_reading(reading: Mapping[str, Any]) -> Draft:
    """Begin a review: everything as the reader made it out.

    Args:
        reading: the JSON of a `PlanReading`.
    """
    targets = [_target(number, target) for number, target in enumerate(reading.get("targets", []))]
    return Draft(
        title=reading.get("title") or "",
        number=reading.get("number") or "",
        issuer=reading.get("issuer") or "",
        issuer_id=None,
        issued_on=_day(reading.get("date")),
        date_unknown=False,
        horizon=max((target.due_on for target in targets if target.due_on), default=None),
        basis=list(reading.get("basis", [])),
        aliases=list(reading.get("aliases", [])),
        sections=list(_sections(reading.get("sections", []), 0, None)),
        measures=[_measure(measure) for measure in reading.get("measures", [])],
        targets=targets,
        doubts=[
            DraftDoubt(f"{doubt.get('code', 'clause')}-{doubt['start']}-{doubt['end']}", doubt.get("code", "clause"), **_plain(doubt))
            for doubt in reading.get("doubts", [])
        ],
        province=reading.get("province") or "",
        city=reading.get("city") or "",
    )


def likely_year(draft: Draft) -> int | None:
    """Return the year of the newest document that this one rests on: it cannot be older than that."""
    years = [int(digits) for basis in draft.basis if (digits := _year_in(basis.get("number") or "")) is not None]
    return max(years, default=None)


def _plain(doubt: Mapping[str, Any]) -> dict[str, Any]:
    return {"why": doubt["why"], "start": doubt["start"], "end": doubt["end"]}


def _day(written: str | None) -> dt.date | None:
    return dt.date.fromisoformat(written) if written else None


def _year_in(number: str) -> str | None:
    for position in range(len(number) - 3):
        digits = number[position : position + 4]
        if digits.isascii() and digits.isdigit() and digits[:2] in {"19", "20"}:
            return digits
    return None


def _sections(found: Sequence[Mapping[str, Any]], depth: int, parent: int | None) -> list[DraftSection]:
    sections: list[DraftSection] = []
    for section in found:
        start = section["start"]
        heading_end = section.get("heading_end", start)
        sections.append(DraftSection(section["number"], section["title"], start, section["end"], heading_end, depth, parent))
        sections += _sections(section["children"], depth + 1, start)
    return sections


def _measure(measure: Mapping[str, Any]) -> DraftMeasure:
    key = f"m{measure['start']}"
    clauses = measure["clauses"]
    has_lead = any(item["role"] == "lead" for clause in clauses for item in clause["items"])
    collectives = {collective["text"] for clause in clauses for collective in clause["collectives"]}
    named = [(clause, item) for clause in clauses for item in clause["items"]]
    mentions = [
        Mention(
            key=f"{key}.{order}",
            name=item["name"],
            role=role_of(item["role"], has_lead=has_lead),
            start=item["start"],
            end=item["end"],
            read_as="responsible" if item["role"] == "responsible" else "restored" if item["restored"] else "written",
            collective=item["name"] in collectives,
            clause=clause["start"] if clause["start"] <= item["start"] < clause["end"] else None,
        )
        for order, (clause, item) in enumerate(named)
    ]
    found = DraftMeasure(
        key=key,
        number=measure["number"],
        title=measure["title"],
        section=measure["section_start"],
        start=measure["start"],
        end=measure["end"],
        title_start=measure["title_start"],
        title_end=measure["title_end"],
        sentences=[(sentence["start"], sentence["end"]) for sentence in measure["sentences"]],
        mentions=mentions,
        clauses=[
            DraftClause(
                clause["start"],
                clause["end"],
                clause["deadline"],
                tuple(clause["leaders"]),
                clause["open_list"],
                tuple(clause.get("stages", ())),  # readings kept from before name none
            )
            for clause in clauses
        ],
        stated=list(measure["deadlines"]),
    )
    settle_deadline(found)
    return found


def role_of(role: str, *, has_lead: bool) -> str:
    """Return the part of an agency that is only said to be responsible: it leads where nobody else does, else it supports."""
    if role != "responsible":
        return role
    return "support" if has_lead else "lead"


def settle_deadline(measure: DraftMeasure) -> None:
    """Take the deadline of a measure from its clauses, else from its sentences: the latest; and count how many others differ."""
    stated = [clause.deadline for clause in measure.clauses if clause.deadline] or measure.stated
    dated = [deadline for deadline in stated if deadline["date"] and not deadline["recurring"]]
    deadline = max(dated, key=lambda one: one["date"]) if dated else stated[0] if stated else None
    measure.deadline = _day(deadline["date"]) if deadline else None
    measure.deadline_text = deadline["text"] if deadline else ""
    measure.deadline_span = (deadline["start"], deadline["end"]) if deadline and "start" in deadline else None
    staged = {stage["date"] for clause in measure.clauses for stage in clause.stages}
    measure.other_deadlines = len({one["date"] for one in dated} | staged) - 1 if dated else 0


def _target(number: int, target: Mapping[str, Any]) -> DraftTarget:
    return DraftTarget(
        key=f"t{number}",
        metric=target["metric"],
        comparator=target["comparator"],
        value=Decimal(str(target["value"])),
        unit=target["unit"] or "",
        due_on=_day(target["due"]),
        start=target["start"],
        end=target["end"],
    )
