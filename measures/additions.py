"""Corrections that add what the reader has not found: a target, a measure. Free of Django."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from measures.correction import CannotEdit, Edit, Why, day_of, number_of
from measures.draft import Draft, DraftMeasure, DraftTarget
from measures.importing.sentences import find_sentences


@dataclass(frozen=True, slots=True)
class AddTarget(Edit):
    """Add a target by hand; `at` is where in the text it stands, or is put: the start of a measure, say."""

    op = "add_target"
    metric: str
    comparator: str
    value: str
    unit: str
    due_on: str
    at: int = 0

    def apply(self, draft: Draft) -> None:
        """Put it behind the others."""
        if not self.metric.strip():
            raise CannotEdit(Why.EMPTY)
        order = max((int(target.key[2:]) for target in draft.targets if target.key.startswith("ta")), default=0) + 1
        draft.targets.append(
            DraftTarget(
                key=f"ta{order}",
                metric=self.metric.strip(),
                comparator=self.comparator.strip(),
                value=number_of(self.value),
                unit=self.unit.strip(),
                due_on=day_of(self.due_on),
                start=self.at,
                end=self.at,
            )
        )


@dataclass(frozen=True, slots=True)
class MakeMeasure(Edit):
    """Make a measure of a passage that was left out; its spans are found by `passage`, once, when the correction is made."""

    op = "make_measure"
    number: str
    title: str
    start: int
    end: int
    title_start: int
    title_end: int
    section: int | None
    sentences: tuple[tuple[int, int], ...]

    def apply(self, draft: Draft) -> None:
        """Put it where it stands in the text; nobody is named in it yet."""
        if not self.title.strip():
            raise CannotEdit(Why.EMPTY)
        if any(measure.start < self.end and self.start < measure.end for measure in draft.measures):
            raise CannotEdit(Why.HERE_ALREADY)
        made = DraftMeasure(
            key=f"m{self.start}",
            number=self.number.strip(),
            title=self.title.strip(),
            section=self.section,
            start=self.start,
            end=self.end,
            title_start=self.title_start,
            title_end=self.title_end,
            sentences=[(start, end) for start, end in self.sentences],
            mentions=[],
        )
        # The reader took it for a heading with nothing under it.
        draft.sections = [
            one for one in draft.sections if one.start != self.start or any(below.parent == one.start for below in draft.sections)
        ]
        place = bisect_left([measure.start for measure in draft.measures], self.start)
        draft.measures.insert(place, made)


def passage(draft: Draft, text: str, doubt_key: str) -> MakeMeasure:
    """Return the correction that makes a measure of the passage a doubt says was left out.

    It begins with its number and reaches to what comes next: a heading, a measure, or another passage that was left out.

    Raises:
        CannotEdit: there is no such doubt.
    """
    doubt = next((doubt for doubt in draft.doubts if doubt.key == doubt_key and doubt.code == "left_out"), None)
    if doubt is None:
        raise CannotEdit(Why.GONE)
    start = text.rfind("\n", 0, doubt.start) + 1
    while start < doubt.start and text[start].isspace():
        start += 1
    nexts = [section.start for section in draft.sections] + [measure.start for measure in draft.measures]
    nexts += [text.rfind("\n", 0, other.start) + 1 for other in draft.doubts if other.code == "left_out"]
    end = min((position for position in nexts if position > doubt.start), default=len(text))
    end = start + len(text[start:end].rstrip())
    above = [section.start for section in draft.sections if section.start < start < section.end]
    return MakeMeasure(
        number=text[start : doubt.start].strip(" \t\u3000、.．"),
        title=text[doubt.start : doubt.end].strip(),
        start=start,
        end=max(end, doubt.end),
        title_start=doubt.start,
        title_end=doubt.end,
        section=max(above, default=None),
        sentences=tuple(find_sentences(text, doubt.end, max(end, doubt.end), [])),
    )
