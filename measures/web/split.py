"""Splitting a measure by its sentences: which ones, and what each part gets, before it is done."""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from measures.actions.door import expect
from measures.actions.edit_upload import WORDS
from measures.correction import CannotEdit, Why
from measures.draft import DraftTarget
from measures.editing import draft_of
from measures.models import Upload
from measures.reviewing import Review, review
from measures.splitting import SplitMeasure
from measures.web.edits import split_at
from measures.web.review import DoubtRow, MeasureCard, MentionRow, doubt_rows, measure_cards
from measures.web.uploads import find

if TYPE_CHECKING:
    from agencies.middleware import ActorRequest

TOLD = {"nobody_named", "no_lead", "several_deadlines"}
"""What is said of a part before it is made; the rest is settled afterwards."""


@dataclass(frozen=True, slots=True)
class NamedRow:
    """Who is named in a part, and whether every part has it."""

    row: MentionRow
    everywhere: bool


@dataclass(frozen=True, slots=True)
class PartCard:
    """A part as it would be: its words, whom it names, its deadline, its targets, and what would be open."""

    card: MeasureCard
    words: str
    named: list[NamedRow]
    targets: list[DraftTarget]
    doubts: list[DoubtRow]


@require_GET
def page(request: ActorRequest, pk: int) -> HttpResponse:
    """Show the sentences of a measure, and what each part gets if it is split after those ticked; at first after each.

    Raises:
        Conflict: the document is not in review.
    """
    upload = find(request, pk)
    expect(upload, Upload.State.READ)
    key = request.GET.get("measure", "")
    measure = draft_of(upload.reading, upload.edits).measure(key)
    if measure is None or len(measure.sentences) < 2:  # noqa: PLR2004 - a split makes two
        messages.error(request, str(WORDS[Why.GONE if measure is None else Why.NO_SENTENCE]))
        return redirect("upload-review", pk)
    asked = request.GET.copy()
    if "chosen" not in asked:
        asked.setlist("after", [str(number) for number in range(len(measure.sentences) - 1)])
    split = split_at(upload, key, asked)
    refused, parts = "", list[PartCard]()
    try:
        parts = parts_of(upload, split)
    except CannotEdit as refusal:
        refused = str(WORDS[refusal.why])
    context = {
        "upload": upload,
        "measure": measure,
        "part": request.GET.get("part", ""),
        "sentences": [
            (number, upload.text[start:end].strip(), number in split.after) for number, (start, end) in enumerate(measure.sentences)
        ],
        "after": split.after,
        "parts": parts,
        "refused": refused,
    }
    return render(request, "measures/split.html", context)


def parts_of(upload: Upload, split: SplitMeasure) -> list[PartCard]:
    """Return what a measure would become, without making it.

    Raises:
        CannotEdit: it cannot be split like this.
    """
    tried = copy.copy(upload)
    tried.edits = [*upload.edits, split.to_json()]
    found = review(tried, timezone.localdate())
    keys = [f"{split.measure}-{order}" for order in range(len(set(split.after)) + 1)]
    measures = [measure for measure in found.draft.measures if measure.key in keys]
    times = Counter(mention.origin for measure in measures for mention in measure.mentions)
    return [_part(found, card, len(measures), times) for card in measure_cards(found, measures)]


def _part(found: Review, card: MeasureCard, parts: int, times: Counter[str]) -> PartCard:
    measure = card.measure
    return PartCard(
        card=card,
        words=found.upload.text[measure.start : measure.end].strip(),
        named=[NamedRow(row, times[row.mention.origin] == parts) for row in card.rows],
        targets=[target for target in found.draft.targets if measure.start <= target.start < measure.end],
        doubts=[row for row in doubt_rows(found) if row.doubt.measure == measure.key and row.doubt.code in TOLD],
    )
