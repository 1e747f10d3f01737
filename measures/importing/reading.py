"""What a plan was read to say. All spans count characters of `PlanReading.text`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from measures.importing.clauses import Clause
from measures.importing.deadlines import Deadline
from measures.importing.definitions import Alias, Basis
from measures.importing.target import Target


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a measure."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something a person should look at. `code` is stable, for translation; `why` is its Chinese wording."""

    code: str
    why: str
    start: int
    end: int

    def to_json(self) -> dict[str, object]:
        """Give the JSON of a doubt."""
        return {"start": self.start, "end": self.end, "why": self.why, "code": self.code}


@dataclass(frozen=True, slots=True)
class SectionReading:
    """A heading and all that stands under it."""

    number: str
    title: str
    start: int
    end: int
    heading_end: int
    children: tuple[SectionReading, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Give the JSON of a section."""
        return {
            "number": self.number,
            "title": self.title,
            "start": self.start,
            "end": self.end,
            "heading_end": self.heading_end,
            "children": [child.to_json() for child in self.children],
        }


@dataclass(frozen=True, slots=True)
class MeasureReading:
    """A measure 措施.

    `section` is the heading it stands under, as written; `section_start` tells two alike apart. `lead` and `support` are all
    mentions in the order of the text, collectives included. `deadlines` are those that stand in the sentences, outside clauses.
    """

    number: str
    title: str
    section: str
    section_start: int | None
    start: int
    end: int
    title_start: int
    title_end: int
    clauses: tuple[Clause, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    deadlines: tuple[Deadline, ...] = ()

    def named(self, role: str) -> list[str]:
        """List the mentions with a role, in the order of the text."""
        return [item.name for clause in self.clauses for item in clause.items if item.role == role]

    @property
    def lead(self) -> list[str]:
        """List the lead agencies."""
        return self.named("lead")

    @property
    def support(self) -> list[str]:
        """List the supporting agencies."""
        return self.named("support")

    def to_json(self) -> dict[str, object]:
        """Give the JSON of a measure."""
        return {
            "number": self.number,
            "title": self.title,
            "section": self.section,
            "section_start": self.section_start,
            "start": self.start,
            "end": self.end,
            "title_start": self.title_start,
            "title_end": self.title_end,
            "lead": self.lead,
            "support": self.support,
            "responsible": self.named("responsible"),
            "guiding": self.named("guiding"),
            "clauses": [
                {**clause.to_json(), "start": clause.start, "end": clause.end, "stages": [_timed(stage) for stage in clause.stages]}
                for clause in self.clauses
            ],
            "sentences": [{"start": sentence.start, "end": sentence.end} for sentence in self.sentences],
            "deadlines": [_timed(deadline) for deadline in self.deadlines],
        }


def _timed(deadline: Deadline) -> dict[str, object]:
    return {**deadline.to_json(), "start": deadline.start, "end": deadline.end}


@dataclass(frozen=True, slots=True)
class PlanReading:
    """A whole document as read."""

    text: str
    title: str | None
    number: str | None
    issuer: str | None
    date: date | None
    basis: tuple[Basis, ...]
    aliases: tuple[Alias, ...]
    sections: tuple[SectionReading, ...]
    measures: tuple[MeasureReading, ...]
    targets: tuple[Target, ...]
    doubts: tuple[Doubt, ...]
    province: str | None = None
    city: str | None = None

    def to_json(self, *, with_text: bool = False) -> dict[str, object]:
        """Give the JSON that `parse_plan` prints; the text itself only where it is asked for."""
        body: dict[str, object] = {
            "title": self.title,
            "number": self.number,
            "issuer": self.issuer,
            "date": self.date.isoformat() if self.date else None,
            "basis": [basis.to_json() for basis in self.basis],
            "aliases": [alias.to_json() for alias in self.aliases],
            "sections": [section.to_json() for section in self.sections],
            "measures": [measure.to_json() for measure in self.measures],
            "targets": [target.to_json() for target in self.targets],
            "doubts": [doubt.to_json() for doubt in self.doubts],
        }
        if with_text:
            body["text"] = self.text
        return body
