"""What a responsibility clause says, each value with the span it was read from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

from measures.importing.clauses.folding import fold
from measures.importing.deadlines import Deadline
from measures.importing.partial_date import PartialDate

Role = Literal["lead", "support", "responsible", "guiding"]
ROLES: tuple[Role, ...] = ("lead", "support", "responsible", "guiding")
SAME_AS_ABOVE = "写的是“同上”，请按上一项填写"
OTHERS_NOT_TOLD = "只规定首位牵头，没有规定其余单位的角色，按配合单位读取"


@dataclass(frozen=True)
class ClauseContext:
    """What is known of the document in which a clause stands.

    Args:
        province: province of the issuer, such as 广东; None for a national document.
        city: prefecture-level city of the issuer.
        date: date of the document, as much of it as is known.
        first_listed_leads: the document says once that the agency listed first leads (排在第一位的部门为牵头部门，下同).
        others_told: what the agencies behind the first one are is said, or doubted, where that rule stands.
        aliases: short names that the document defines, such as 深交所 → 深圳证券交易所; they count as names of agencies.
    """

    province: str | None = None
    city: str | None = None
    date: PartialDate | None = None
    first_listed_leads: bool = False
    others_told: bool = False
    aliases: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Item:
    """One mention, an agency or a collective: its full name, and the span of the part that is written.

    Args:
        rank: 1 for the first mention with this role.
        restored: the name has a prefix or suffix that the text leaves out (省财政厅、国资委).
    """

    name: str
    role: Role
    rank: int
    start: int
    end: int
    restored: bool
    collective: bool = False


def numbered(items: Iterable[Item]) -> tuple[Item, ...]:
    """Items with their rank within their role, in order."""
    counts: Counter[Role] = Counter()
    done = []
    for item in items:
        counts[item.role] += 1
        done.append(replace(item, rank=counts[item.role]))
    return tuple(done)


@dataclass(frozen=True)
class Collective:
    """An open set of agencies that a clause names (各地级以上市政府), verbatim."""

    text: str
    role: Role


@dataclass(frozen=True)
class Doubt:
    """A passage that a person must look at, and why, in the words of the reviewer."""

    start: int
    end: int
    why: str


@dataclass(frozen=True)
class SameAs:
    """Where a clause says 同上, and of what: a role (None: everything), the leaders, or the deadline."""

    start: int
    end: int
    role: Role | None = None
    of: Literal["agencies", "leaders", "deadline"] = "agencies"
    text: str = ""

    def placed(self, text: str, start: int, end: int) -> SameAs:
        """The same words at their place in the text that they were read from."""
        return replace(self, start=start, end=end, text=text[start:end])


@dataclass(frozen=True)
class Clause:
    """A responsibility clause as read. Lists are empty when `is_clause` is false."""

    start: int
    end: int
    is_clause: bool
    items: tuple[Item, ...] = ()
    leaders: tuple[str, ...] = ()
    deadline: Deadline | None = None
    open_list: bool = False
    doubts: tuple[Doubt, ...] = ()
    same_as: tuple[SameAs, ...] = ()
    stages: tuple[Deadline, ...] = ()  # days before the deadline, each with what is done by then: 6月底前完成方案，10月底前全面完成

    def agencies(self, role: Role) -> list[str]:
        """Names of the agencies with a role, each once, in the order of the text."""
        return list(dict.fromkeys(item.name for item in self.items if item.role == role and not item.collective))

    @property
    def collectives(self) -> list[Collective]:
        """The open sets that the clause names, each once in a role, in the order of the text."""
        return list(dict.fromkeys(Collective(item.name, item.role) for item in self.items if item.collective))

    def placed(self, text: str, positions: Sequence[int]) -> Clause:
        """A clause that was read without some blanks of a text, with the spans of the text and its names as they are written there.

        Args:
            text: the text, blanks included.
            positions: where each character that was read stands in the text.
        """

        def written(item: Item) -> str:
            kept = positions[item.start : item.end]
            return item.name if item.restored else "".join(text[at] for at in kept if not fold(text[at]).isspace())

        def span(start: int, end: int) -> tuple[int, int]:
            return (positions[start], positions[end - 1] + 1) if end > start else (start, end)

        def timed(deadline: Deadline) -> Deadline:
            start, end = span(deadline.start, deadline.end)
            return replace(deadline, start=start, end=end, text=text[start:end])

        return replace(
            self,
            start=0,
            end=len(text),
            items=tuple(
                replace(item, name=written(item), start=span(item.start, item.end)[0], end=span(item.start, item.end)[1])
                for item in self.items
            ),
            deadline=self.deadline and timed(self.deadline),
            stages=tuple(timed(stage) for stage in self.stages),
            doubts=tuple(Doubt(*span(doubt.start, doubt.end), doubt.why) for doubt in self.doubts),
            same_as=tuple(same.placed(text, *span(same.start, same.end)) for same in self.same_as),
        )

    def moved(self, by: int) -> Clause:
        """The same clause with all spans moved by a number of characters."""
        if not by:
            return self
        return replace(
            self,
            start=self.start + by,
            end=self.end + by,
            items=tuple(replace(item, start=item.start + by, end=item.end + by) for item in self.items),
            deadline=self.deadline and replace(self.deadline, start=self.deadline.start + by, end=self.deadline.end + by),
            stages=tuple(replace(stage, start=stage.start + by, end=stage.end + by) for stage in self.stages),
            doubts=tuple(replace(doubt, start=doubt.start + by, end=doubt.end + by) for doubt in self.doubts),
            same_as=tuple(replace(same, start=same.start + by, end=same.end + by) for same in self.same_as),
        )

    def to_json(self) -> dict[str, object]:
        """The clause as `parse_clause` answers it."""
        return {
            **{role: self.agencies(role) for role in ROLES},
            "collectives": [{"text": one.text, "role": one.role} for one in self.collectives],
            "leaders": list(self.leaders),
            "deadline": self.deadline.to_json() if self.deadline else None,
            "open_list": self.open_list,
            "is_clause": self.is_clause,
            "items": [
                {"name": item.name, "role": item.role, "rank": item.rank, "start": item.start, "end": item.end, "restored": item.restored}
                for item in self.items
            ],
            "doubts": [{"start": doubt.start, "end": doubt.end, "why": doubt.why} for doubt in self.doubts],
        }
