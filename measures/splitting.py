"""Splitting a measure by its sentences, and putting its parts together again. Free of Django."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from measures.correction import CannotEdit, Edit, Why, measure_of
from measures.draft import Draft, DraftMeasure, Mention, role_of, settle_deadline


@dataclass(frozen=True, slots=True)
class SplitMeasure(Edit):
    """Make several measures of one: a new one begins after each of the sentences numbered in `after` (the first is 0).

    `scopes` says of which sentences each clause speaks (`telling_apart.scopes_of`); None, as corrections of earlier times have it,
    gives everybody named to each part.
    """

    op = "split_measure"
    measure: str
    after: tuple[int, ...]
    scopes: tuple[tuple[int, int, int], ...] | None = None

    def apply(self, draft: Draft) -> None:
        """Cut it; each part has the title, and whom the clauses name that speak of its sentences."""
        measure = measure_of(draft, self.measure)
        count = len(measure.sentences)
        cuts = sorted(set(self.after))
        if not cuts or cuts[0] < 0 or cuts[-1] >= count - 1:
            raise CannotEdit(Why.NO_SENTENCE)
        bounds = [0, *(cut + 1 for cut in cuts), count]
        scopes = None if self.scopes is None else {start: (first, last) for start, first, last in self.scopes}
        starts = [measure.start, *(_start(measure, bound, scopes or {}) for bound in bounds[1:-1]), measure.end]
        parts = [_part(measure, order, bounds[order : order + 2], starts[order : order + 2], scopes) for order in range(len(bounds) - 1)]
        position = draft.measures.index(measure)
        draft.measures[position : position + 1] = parts


@dataclass(frozen=True, slots=True)
class MergeMeasures(Edit):
    """Make one measure of two that follow each other."""

    op = "merge_measures"
    first: str
    second: str

    def apply(self, draft: Draft) -> None:
        """Put parts of one measure together as it was; else let the first take over what the second says and it does not say itself."""
        first, second = measure_of(draft, self.first), measure_of(draft, self.second)
        position = draft.measures.index(first)
        if draft.measures[position + 1 : position + 2] != [second]:
            raise CannotEdit(Why.NOT_ADJACENT)
        whole = _common(first, second)
        if whole is not None:
            merged = _together(whole, _as_part_of(first, whole), _as_part_of(second, whole))
        else:
            merged = _taken_over(first, second)
        draft.measures[position : position + 2] = [merged]


def _start(measure: DraftMeasure, bound: int, scopes: Mapping[int, tuple[int, int]]) -> int:
    """Return where the part begins whose first sentence is numbered `bound`: with it, or with what belongs to it and stands before it."""
    before, start = measure.sentences[bound - 1][1], measure.sentences[bound][0]
    own = [clause.start for clause in measure.clauses if scopes.get(clause.start, (0, 0))[0] == bound]
    return min(place for place in (start, *own, *measure.seams) if before <= place <= start)


def _part(
    measure: DraftMeasure, order: int, bounds: Sequence[int], span: Sequence[int], scopes: Mapping[int, tuple[int, int]] | None
) -> DraftMeasure:
    (first, last), (start, end) = bounds, span
    key = f"{measure.key}-{order}"
    sentences = list(measure.sentences[first:last])
    spoken = {clause.start for clause in measure.clauses if _speaks(clause.start, first, last, scopes)}
    mentions = []
    for number, mention in enumerate(measure.mentions):
        held = [one for one in (mention, *mention.also) if one.clause is None or one.clause in spoken]
        if held:
            mentions.append(replace(held[0], key=f"{key}.{number}", origin=mention.key, also=held[1:]))
    part = replace(
        measure,
        key=key,
        number=f"{measure.number}-{order + 1}",
        start=start,
        end=end,
        sentences=sentences,
        mentions=mentions,
        clauses=[clause for clause in measure.clauses if clause.start in spoken],
        stated=[one for one in measure.stated if scopes is None or _states(one["start"], first, last, measure.sentences)],
        seams=[seam for seam in measure.seams if start < seam < end],
        whole=None if scopes is None else measure,  # what was kept after such a split knows the parts by their own keys
    )
    if scopes is not None:
        _settle(part)
    return part


def _speaks(clause: int, first: int, last: int, scopes: Mapping[int, tuple[int, int]] | None) -> bool:
    """Tell whether a clause speaks of one of some sentences; one of which nothing is known speaks of all."""
    if scopes is None or clause not in scopes:
        return True
    begins, ends = scopes[clause]
    return begins < last and first < ends


def _states(place: int, first: int, last: int, sentences: Sequence[tuple[int, int]]) -> bool:
    """Tell whether a deadline that stands at a place holds for some sentences: it stands in one of them, or in none (the title, say)."""
    inside = next((number for number, (start, end) in enumerate(sentences) if start <= place < end), None)
    return inside is None or first <= inside < last


def _settle(part: DraftMeasure) -> None:
    """Give who is only said to be responsible the part that goes with the others of this part, and the part its own deadline."""
    has_lead = any(one.role == "lead" and (one.role_set or one.read_as != "responsible") for one in part.mentions)
    for one in part.mentions:
        if one.read_as == "responsible" and not one.role_set:
            one.role = role_of(one.read_as, has_lead=has_lead)
    if not part.deadline_set:
        settle_deadline(part)


def _line(measure: DraftMeasure) -> list[DraftMeasure]:
    """Return the measures that a part comes of, the nearest first."""
    found = []
    while measure.whole is not None:
        measure = measure.whole
        found.append(measure)
    return found


def _common(first: DraftMeasure, second: DraftMeasure) -> DraftMeasure | None:
    """Return the nearest measure that both are parts of."""
    keys = {one.key for one in _line(second)}
    return next((one for one in _line(first) if one.key in keys), None)


def _as_part_of(part: DraftMeasure, whole: DraftMeasure) -> DraftMeasure:
    """Return a part of a part as a part of the whole."""
    while part.whole is not None and part.whole.key != whole.key:
        between = part.whole
        origins = {mention.key: mention.origin for mention in between.mentions}
        mentions = [replace(mention, origin=origins.get(mention.origin, "")) for mention in part.mentions]
        part = replace(part, mentions=mentions, whole=between.whole)
    return part


def _together(whole: DraftMeasure, first: DraftMeasure, second: DraftMeasure) -> DraftMeasure:
    """Return two parts of a measure as one: the measure itself where nothing is missing, with what was corrected in the parts."""
    sentences = [*first.sentences, *second.sentences]
    complete = sentences == whole.sentences
    merged = replace(
        whole,
        key=whole.key if complete else first.key,
        number=whole.number if complete and _is_given(first.number, whole) else first.number,
        title=first.title,
        start=first.start,
        end=second.end,
        sentences=sentences,
        clauses=[one for one in whole.clauses if one in first.clauses or one in second.clauses],
        stated=[one for one in whole.stated if one in first.stated or one in second.stated],
        seams=[seam for seam in whole.seams if first.start <= seam < second.end],
        whole=whole.whole if complete else whole,
    )
    merged.mentions = _mentions_together(whole, first, second, merged.key, complete=complete)
    by_hand = [one for one in (first, second) if one.deadline_set and (not whole.deadline_set or one.deadline != whole.deadline)]
    if by_hand:
        latest = max(by_hand, key=lambda one: (one.deadline is not None, one.deadline))
        merged.deadline, merged.deadline_text, merged.deadline_span = latest.deadline, latest.deadline_text, latest.deadline_span
        merged.deadline_set, merged.other_deadlines = True, 0
    if not complete:
        _settle(merged)
    return merged


def _is_given(number: str, whole: DraftMeasure) -> bool:
    """Tell whether a part bears the number that splitting gave it."""
    order = number.removeprefix(f"{whole.number}-")
    return order != number and order.replace("-", "").isdigit()


def _mentions_together(whole: DraftMeasure, first: DraftMeasure, second: DraftMeasure, key: str, *, complete: bool) -> list[Mention]:
    """Return who is named in two parts: in the order of the whole, with the part given in either, then who was added to them."""
    held = [*first.mentions, *second.mentions]
    found: list[Mention] = []
    for number, original in enumerate(whole.mentions):
        own = [one for one in held if one.origin == original.key]
        if not own:
            continue
        base = original if complete else replace(own[0], key=f"{key}.{number}")
        given = next((one for one in own if one.role_set and (one.role != original.role or not original.role_set)), None)
        found.append(base if given is None else replace(base, role=given.role, role_set=True))
    known = {one.key for one in whole.mentions}
    added = {one.name: one for one in reversed(held) if one.origin not in known}
    names = {one.name for one in found}
    return [*found, *(replace(one, origin="") for one in held if added.get(one.name) is one and one.name not in names)]


def _taken_over(first: DraftMeasure, second: DraftMeasure) -> DraftMeasure:
    """Return a measure with what another says: its sentences, those of its mentions that are not named yet, the later deadline."""
    named = {mention.name: mention for mention in first.mentions}
    again = {name: [one for one in second.mentions if one.name == name] for name in named}
    mentions = [replace(one, also=[*one.also, *again[one.name]] if named[one.name] is one else one.also) for one in first.mentions]
    merged = replace(
        first,
        end=second.end,
        mentions=[*mentions, *(one for one in second.mentions if one.name not in named)],
        sentences=[*first.sentences, *second.sentences],
        clauses=[*first.clauses, *second.clauses],
        stated=[*first.stated, *second.stated],
        seams=[*first.seams, second.start, *second.seams],
        deadline_set=first.deadline_set or second.deadline_set,
        whole=None,
    )
    if second.deadline and (first.deadline is None or first.deadline < second.deadline):
        merged.deadline, merged.deadline_text, merged.deadline_span = second.deadline, second.deadline_text, second.deadline_span
    return merged
