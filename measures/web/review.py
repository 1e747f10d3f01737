"""The review page: the source beside what was read of it, doubts first."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from agencies.refusals import Conflict
from agencies.sheets.workbook import XLSX
from measures.actions.confirm_upload import can_confirm
from measures.actions.door import expect
from measures.draft import Draft, DraftMeasure, DraftSection, Mention, likely_year
from measures.highlight import Mark, paragraphs
from measures.matching_names import Match
from measures.models import PlanEvent, PlanVerb, Responsibility, Upload
from measures.refusals import word_code
from measures.reviewing import FACTS, Open, Review, review
from measures.unlisted import unlisted_names, unlisted_sheet
from measures.web.reasons import reason
from measures.web.uploads import find
from measures.web.wording import Confidence, confidence, edit_words, wording

if TYPE_CHECKING:
    from agencies.middleware import ActorRequest

MEASURES_A_PART = 25
DOUBTS_SHOWN = 40
TOLD = 10
"""How many corrections of others a page that came too late is told."""


@dataclass(frozen=True, slots=True)
class MentionRow:
    """A mention as the page shows it."""

    mention: Mention
    match: Match
    role: str
    sure: Confidence


@dataclass(frozen=True, slots=True)
class MeasureCard:
    """A measure as the page shows it; `section` is its heading where it is the first below it."""

    measure: DraftMeasure
    section: DraftSection | None
    rows: list[MentionRow]
    following: str
    open_doubts: int = 0


@dataclass(frozen=True, slots=True)
class DoubtRow:
    """Something to be settled, in words."""

    doubt: Open
    words: str
    quote: str
    part: int
    candidates: list[tuple[str, str, int]] = field(default_factory=list)

    @property
    def in_facts(self) -> bool:
        """Tell whether it is settled among the facts of the document."""
        return self.doubt.code in FACTS

    @property
    def field(self) -> str:
        """Return the field among the facts in which it is settled."""
        return f"f-{FACTS[self.doubt.code]}" if self.in_facts else ""

    @property
    def can_be_made(self) -> bool:
        """Tell whether it is a passage that can be made a measure."""
        return self.doubt.code == "left_out"


@require_GET
def page(request: ActorRequest, pk: int) -> HttpResponse:
    """Show an upload as far as it has come."""
    upload = find(request, pk)
    match upload.state:
        case Upload.State.CONFIRMED:
            return redirect("plan", upload.plan_id)
        case Upload.State.WAITING:
            return render(request, "measures/waiting.html", {"upload": upload})
        case Upload.State.FAILED | Upload.State.DISCARDED:
            return render(request, "measures/ended.html", {"upload": upload, "why": _why(upload)})
    body = "measures/review_body.html" if request.headers.get("HX-Request") else "measures/review.html"
    return render(request, body, _context(request, upload, timezone.localdate()))


@require_GET
def unlisted(request: ActorRequest, pk: int) -> FileResponse:
    """Give whom the document names and the directory does not know, as a sheet for whoever keeps the directory.

    Raises:
        Conflict: the document is not in review.
    """
    upload = find(request, pk)
    expect(upload, Upload.State.READ)
    sheet = io.BytesIO(unlisted_sheet(review(upload, timezone.localdate())))
    return FileResponse(sheet, as_attachment=True, filename=f"{_('agencies to be entered')}.xlsx", content_type=XLSX)


def conflict(request: ActorRequest, upload: Upload, refused: str, shown: int | None) -> HttpResponse:
    """Answer a correction that came too late: 409, with what others have done since, and the page as it is now.

    Raises:
        Conflict: the document is not in review any more, so that there is no page to go on with.
    """
    if upload.state != Upload.State.READ:
        raise Conflict(refused)
    since = _done_since(upload, shown)
    if request.headers.get("HX-Request"):
        return render(request, "measures/review_conflict.html", {"upload": upload, "refused": refused, "since": since}, status=409)
    context = _context(request, upload, timezone.localdate()) | {"refused": refused, "since": since}
    return render(request, "measures/review.html", context, status=409)


def _done_since(upload: Upload, shown: int | None) -> list[tuple[PlanEvent, str]]:
    """Return the corrections made since a version, the newest first, as many as are told."""
    count = min(upload.version - shown, TOLD) if shown is not None and shown < upload.version else 1
    events = PlanEvent.objects.filter(upload=upload, verb__in=[PlanVerb.EDIT, PlanVerb.UNDO]).order_by("-sequence")[:count]
    found = []
    for event in events:
        about = edit_words({**event.data["edit"], "by_name": ""})
        found.append((event, about if event.verb == PlanVerb.EDIT else _("undone: %(correction)s") % {"correction": about}))
    return found


def _why(upload: Upload) -> str:
    kept = upload.reading.get("refusal") if upload.state == Upload.State.FAILED else None
    return word_code(kept["code"], kept["params"]) if kept else upload.refusal


def _context(request: ActorRequest, upload: Upload, today: dt.date) -> dict[str, object]:
    found = review(upload, today)
    draft = found.draft
    parts = max(1, -(-len(draft.measures) // MEASURES_A_PART))
    asked = request.GET.get("part") or request.POST.get("part", "1")
    part = min(max(int(asked), 1), parts) if asked.isascii() and asked.isdigit() else 1
    shown = draft.measures[(part - 1) * MEASURES_A_PART : part * MEASURES_A_PART]
    first = 0 if part == 1 or not shown else shown[0].start
    last = len(upload.text) if part == parts else draft.measures[part * MEASURES_A_PART].start
    doubts = doubt_rows(found)
    last_edit = upload.edits[-1] if upload.edits else None
    return {
        "upload": upload,
        "draft": draft,
        "counts": found.counts(),
        "doubts": doubts[:DOUBTS_SHOWN],
        "doubts_left": max(0, len(doubts) - DOUBTS_SHOWN),
        "doubts_total": len(doubts),
        "cards": measure_cards(found, shown),
        "source": paragraphs(upload.text, first, last, _marks(found, shown, first, last)),
        "part": part,
        "parts": [(number, _label(draft, number)) for number in range(1, parts + 1)],
        "unlisted": len(unlisted_names(found)),
        "decision": can_confirm(found),
        "roles": Responsibility.Role.choices,
        "last_edit": edit_words(last_edit) if last_edit else "",
        "edits": len(upload.edits),
        "likely_year": likely_year(draft),
        "suggested_issuer": upload.agency.name,
        "suggested_title": upload.filename.rpartition(".")[0] or upload.filename,
        "here": reverse("upload-review", args=[upload.pk]),
        "refused": "",
        "since": [],
    }


def _label(draft: Draft, part: int) -> str:
    shown = draft.measures[(part - 1) * MEASURES_A_PART : part * MEASURES_A_PART]
    return f"{shown[0].number}–{shown[-1].number}" if shown else ""


def measure_cards(found: Review, measures: Sequence[DraftMeasure]) -> list[MeasureCard]:
    """Return measures as they are shown, each heading once."""
    sections = {section.start: section for section in found.draft.sections}
    following = {before.key: after.key for before, after in zip(found.draft.measures, found.draft.measures[1:], strict=False)}
    open_in: dict[str, int] = {}
    for doubt in found.doubts:
        open_in[doubt.measure] = open_in.get(doubt.measure, 0) + 1
    cards: list[MeasureCard] = []
    above: int | None = None
    for measure in measures:
        section = sections.get(measure.section) if measure.section is not None and measure.section != above else None
        above = measure.section
        rows = [
            MentionRow(mention, found.match(mention), str(Responsibility.Role(mention.role).label), confidence(found.confidence(mention)))
            for role in Responsibility.Role.values
            for mention in measure.named(role)
        ]
        cards.append(MeasureCard(measure, section, rows, following.get(measure.key, ""), open_in.get(measure.key, 0)))
    return cards


def doubt_rows(found: Review) -> list[DoubtRow]:
    """Return what is open, in words, each with the part of the page it is seen on."""
    part_of = {measure.key: position // MEASURES_A_PART + 1 for position, measure in enumerate(found.draft.measures)}
    rows: list[DoubtRow] = []
    for doubt in found.doubts:
        candidates = [(one.key, one.label, one.score) for one in doubt.match.candidates] if doubt.match else []
        quote = found.upload.text[doubt.start : doubt.end][:80]
        rows.append(DoubtRow(doubt, wording(doubt), quote, part_of.get(doubt.measure, 1), candidates))
    return rows


def _deadline_span(measure: DraftMeasure, text: str) -> tuple[int, int] | None:
    """Return where a deadline stands; one in a clause is known by its words, and clauses stand at the end."""
    if measure.deadline_span is not None or not measure.deadline_text:
        return measure.deadline_span
    start = text.rfind(measure.deadline_text, measure.start, measure.end)
    return (start, start + len(measure.deadline_text)) if start >= 0 else None


def _marks(found: Review, measures: Iterable[DraftMeasure], first: int, last: int) -> list[Mark]:
    return [mark for mark in _all_marks(found, measures) if first <= mark.start < last]


def _all_marks(found: Review, measures: Iterable[DraftMeasure]) -> Iterator[Mark]:
    for section in found.draft.sections:
        yield Mark(section.start, section.heading_end, "heading", f"s{section.start}")
    for measure in measures:
        yield Mark(measure.title_start, measure.title_end, "title", f"t-{measure.key}", measure.key, _("Measure"))
        for mention in measure.mentions:
            label = str(Responsibility.Role(mention.role).label)
            look = f"{mention.role} group" if mention.collective else mention.role
            unsure = "" if found.match(mention).is_resolved else " unsure"
            yield Mark(mention.start, mention.end, look + unsure, f"t-{mention.key}", mention.key, label)
        span = _deadline_span(measure, found.upload.text)
        if span is not None:
            yield Mark(*span, "deadline", f"t-{measure.key}-d", measure.key, _("Deadline"))
    for target in found.draft.targets:
        if target.end == target.start:
            continue  # added by hand: no words of the document say it
        yield Mark(target.start, target.end, "target", f"t-{target.key}", target.key, _("Target"))
    for doubt in found.doubts:
        if doubt.why and doubt.match is None and doubt.end > doubt.start:
            yield Mark(doubt.start, doubt.end, "doubt", f"t-doubt-{doubt.start}", "doubts", reason(doubt.why))
