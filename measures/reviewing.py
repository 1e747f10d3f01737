"""What a reviewer is shown of an upload: the draft, whom its names mean, and what is still to be settled, the most serious first."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from agencies.names import name_index
from measures.draft import Draft, DraftMeasure, Mention, likely_year
from measures.editing import draft_of
from measures.importing.clauses import ClauseContext
from measures.matching_names import How, Match, Matcher
from measures.models import Upload


class Weight(IntEnum):
    """How serious a doubt is."""

    BLOCKS = 0
    WARNS = 1
    NOTES = 2


@dataclass(frozen=True, slots=True)
class Open:
    """Something to be settled.

    Attributes:
        key: names it in a correction that puts it aside.
        code: what kind it is; the pages word it.
        weight: whether it blocks confirming, should be looked at, or is only said.
        start: where in the text.
        end: likewise.
        why: the reader's own words, where there are any.
        measure: key of the measure concerned.
        name: the name concerned.
        count: how often it occurs.
        match: what was found for the name.
    """

    key: str
    code: str
    weight: Weight
    start: int = 0
    end: int = 0
    why: str = ""
    measure: str = ""
    name: str = ""
    count: int = 0
    match: Match | None = None


NO_AGENCY = "不像单位名称"
"""How the reader words that a name looks like none; whether it is one the directory knows better."""

FACTS = {"no_title": "title", "no_issuer": "issuer", "no_date": "date", "no_number": "number"}


@dataclass(slots=True)
class Review:
    """An upload as it stands in review."""

    upload: Upload
    draft: Draft
    matcher: Matcher
    doubts: list[Open]

    def match(self, mention: Mention) -> Match:
        """Return whom a mention means."""
        if mention.agency_id is not None or mention.group_id is not None:
            return self.matcher.told(mention.agency_id, mention.group_id)
        return self.matcher.match(mention.name)

    def confidence(self, mention: Mention) -> float:
        """Return how sure a mention is, from 0 to 1: of its part and of whom it means."""
        read = {"restored": 0.95, "responsible": 0.85}.get(mention.read_as, 1.0)
        return min(read, self.match(mention).confidence)

    @property
    def blocking(self) -> list[Open]:
        """List what has to be settled before the document can be confirmed."""
        return [doubt for doubt in self.doubts if doubt.weight is Weight.BLOCKS]

    def mentions(self) -> Iterator[tuple[DraftMeasure, Mention]]:
        """Go through all mentions."""
        for measure in self.draft.measures:
            for mention in measure.mentions:
                yield measure, mention

    def counts(self) -> dict[str, int]:
        """Count what confirming would make: measures, mentions by part, the agencies that they stand for, targets."""
        parts = Counter(mention.role for _, mention in self.mentions())
        slots = 0
        for measure in self.draft.measures:
            slots += sum(self.matcher.size(self.match(mention)) for mention in measure.mentions if mention.role != "guiding")
        return {
            "measures": len(self.draft.measures),
            "lead": parts["lead"],
            "support": parts["support"],
            "guiding": parts["guiding"],
            "slots": slots,
            "targets": len(self.draft.targets),
            "without_deadline": sum(measure.deadline is None for measure in self.draft.measures),
            "unresolved": sum(not self.match(mention).is_resolved for _, mention in self.mentions()),
        }


def directory_day(draft: Draft, today: dt.date) -> dt.date:
    """Return the day whose directory the names are looked up in: that of the document, else the end of the year it must be of."""
    if draft.issued_on is not None:
        return draft.issued_on
    year = likely_year(draft)
    return today if year is None else min(today, dt.date(year, 12, 31))


def review(upload: Upload, today: dt.date) -> Review:
    """Put together what the reviewer of an upload sees."""
    draft = draft_of(upload.reading, upload.edits)
    context = ClauseContext(
        province=draft.province or None,
        city=draft.city or None,
        aliases={alias["alias"]: alias["name"] for alias in draft.aliases},
    )
    matcher = Matcher(name_index(directory_day(draft, today)), context, draft.settled)
    found = Review(upload, draft, matcher, [])
    doubts = [*_about_document(draft), *_about_names(found), *_about_measures(draft), *_of_reader(found)]
    still_open = (doubt for doubt in doubts if doubt.weight is Weight.BLOCKS or doubt.key not in draft.dismissed)
    found.doubts = sorted(still_open, key=lambda doubt: (doubt.weight, doubt.start))
    return found


def _about_document(draft: Draft) -> Iterator[Open]:
    if not draft.title:
        yield Open("no_title", "no_title", Weight.BLOCKS)
    if draft.issuer_id is None:
        yield Open("no_issuer", "no_issuer", Weight.BLOCKS, name=draft.issuer)
    if draft.issued_on is None and not draft.date_unknown:
        yield Open("no_date", "no_date", Weight.BLOCKS)
    if not draft.measures:
        yield Open("no_measures", "no_measures", Weight.BLOCKS)
    if not draft.number:
        yield Open("no_number", "no_number", Weight.NOTES)
    without = sum(measure.deadline is None for measure in draft.measures)
    if without:
        yield Open("no_deadlines", "no_deadlines", Weight.NOTES, count=without)


def _about_names(found: Review) -> Iterator[Open]:
    by_name: dict[str, list[tuple[DraftMeasure, Mention]]] = {}
    for measure, mention in found.mentions():
        if found.match(mention).how in {How.UNKNOWN, How.AMBIGUOUS, How.DEDUCED}:
            by_name.setdefault(mention.name, []).append((measure, mention))
    for name, uses in by_name.items():
        measure, mention = uses[0]
        match = found.match(mention)
        yield Open(
            key=f"{match.how}-{name}",
            code=str(match.how),
            weight=Weight.WARNS,
            start=mention.start,
            end=mention.end,
            measure=measure.key,
            name=name,
            why=match.why,
            count=len(uses),
            match=match,
        )


def _about_measures(draft: Draft) -> Iterator[Open]:
    for measure in draft.measures:
        codes: list[tuple[str, Weight]] = []
        if measure.mentions and not measure.named("lead"):
            codes.append(("no_lead", Weight.WARNS))
        if measure.other_deadlines:
            codes.append(("several_deadlines", Weight.WARNS))
        if not measure.mentions:
            codes.append(("nobody_named", Weight.WARNS))
        if measure.open_list:
            codes.append(("open_list", Weight.NOTES))
        for code, weight in codes:
            yield Open(
                key=f"{code}-{measure.key}",
                code=code,
                weight=weight,
                start=measure.title_start,
                end=measure.title_end,
                why=measure.deadline_text if code == "several_deadlines" else "",
                measure=measure.key,
                name=measure.title,
            )


def _of_reader(found: Review) -> Iterator[Open]:
    """Go through the reader's own doubts, but for those that are raised above, and those about a name that the reviewer has settled."""
    draft = found.draft
    answered = {(mention.start, mention.end) for _, mention in found.mentions() if found.match(mention).how is How.SETTLED}
    named = {(mention.start, mention.end) for _, mention in found.mentions()}
    for doubt in draft.doubts:
        span = (doubt.start, doubt.end)
        if span in answered or (span in named and doubt.why.startswith(NO_AGENCY)):
            continue
        if doubt.code in FACTS or doubt.code in {"no_measures", "nobody_named"}:
            continue
        inside = next((measure.key for measure in draft.measures if measure.start <= doubt.start < measure.end), "")
        if doubt.code == "left_out" and inside:
            continue
        yield Open(doubt.key, doubt.code, Weight.WARNS, doubt.start, doubt.end, doubt.why, inside)
