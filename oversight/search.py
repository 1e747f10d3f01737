"""Search: a word of two characters finds tasks, measures, reports that have left their agency, and plans; only what may be seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.urls import NoReverseMatch, reverse
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from agencies.actor import Actor
from oversight import sight
from oversight.filters import SHORTEST_WORD
from oversight.links import task_url
from workflow.models import Report, Task
from workflow.states import ReportState

SHOWN = 20
AROUND = 40
"""Characters shown on each side of what was found."""

MOST_WORDS = 5


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: where, and the words around it."""

    title: SafeString
    where: str
    excerpt: SafeString
    url: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one kind, the best first; `more` when there is more than is shown."""

    label: str
    hits: Sequence[Hit]
    more: bool


def words_of(query: str) -> list[str]:
    """Return the words that can be searched for."""
    return [word for word in query.split() if len(word) >= SHORTEST_WORD][:MOST_WORDS]


def search(actor: Actor, query: str, *, now: dt.datetime) -> list[Found]:
    """Return what is found, in a constant number of queries."""
    words = words_of(query)
    if not words:
        return []
    found = [_tasks(actor, words, now), _reports(actor, words, now), _plans(actor, words, now)]
    return [kind for kind in found if kind.hits]


def _matches(words: Sequence[str], *fields: str) -> Q:
    condition = Q()
    for word in words:
        one = Q()
        for field in fields:
            one |= Q(**{f"{field}__icontains": word})
        condition &= one
    return condition


def _rank(words: Sequence[str], title: str) -> Case:
    """Return the rank of a row: the words at the beginning of the title, then in it, then elsewhere."""
    return Case(
        When(Q(**{f"{title}__istartswith": words[0]}), then=Value(0)),
        When(_matches(words, title), then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )


def _tasks(actor: Actor, words: Sequence[str], now: dt.datetime) -> Found:
    rows: QuerySet[Task] = sight.tasks(actor, now=now).filter(_matches(words, "title", "text", "number", "measure__title"))
    ranked = rows.annotate(rank=_rank(words, "title")).order_by("rank", "-pk")
    first = list(ranked.values("pk", "title", "text", plan_title=F("plan__title"))[: SHOWN + 1])
    hits = [Hit(marked(row["title"], words), row["plan_title"] or "", excerpt(row["text"], words), task_url(row["pk"])) for row in first]
    return Found(_("Tasks"), hits[:SHOWN], len(hits) > SHOWN)


def _reports(actor: Actor, words: Sequence[str], now: dt.datetime) -> Found:
    fields = ("done", "next_steps", "problems", "help_needed")
    rows = Report.objects.filter(
        _matches(words, *fields),
        assignment__in=sight.parts(actor, now=now).values("pk"),
        state__in=[ReportState.SUBMITTED, ReportState.ACCEPTED],
    ).order_by("-submitted_at", "-pk")
    named = {"task_id": F("assignment__task_id"), "title": F("assignment__task__title"), "agency": F("assignment__agency__short_name")}
    first = list(rows.values(*fields, **named)[: SHOWN + 1])
    hits = [
        Hit(marked(row["title"], words), row["agency"], excerpt("\n".join(row[field] for field in fields), words), task_url(row["task_id"]))
        for row in first
    ]
    return Found(_("Reports"), hits[:SHOWN], len(hits) > SHOWN)


def _plans(actor: Actor, words: Sequence[str], now: dt.datetime) -> Found:
    rows = sight.plans(actor, now=now).filter(_matches(words, "title", "number")).annotate(rank=_rank(words, "title"))
    first = list(rows.order_by("rank", "-pk").values("pk", "title", "number")[: SHOWN + 1])
    hits = [Hit(marked(row["title"], words), row["number"], SafeString(""), _plan_url(row["pk"])) for row in first]
    return Found(_("Plans"), hits[:SHOWN], len(hits) > SHOWN)


def _plan_url(plan_id: int) -> str:
    try:
        return reverse("plan", args=[plan_id])
    except NoReverseMatch:
        return f"/plans/{plan_id}/"


def excerpt(text: str, words: Sequence[str]) -> SafeString:
    """Return the words around the first place where one was found, or the beginning."""
    places = [place for word in words if (place := text.lower().find(word.lower())) >= 0]
    start = max(min(places, default=0) - AROUND, 0)
    cut = Truncator(text[start:].replace("\n", " ")).chars(3 * AROUND)
    return marked(f"…{cut}" if start else cut, words)


def marked(text: str, words: Sequence[str]) -> SafeString:
    """Return text with the words marked, safe for a page."""
    lowered = text.lower()
    spans = sorted(
        (place, place + len(word))
        for word in words
        for place in range(len(lowered))
        if len(lowered) == len(text) and lowered.startswith(word.lower(), place)
    )
    pieces: list[str] = []
    end = 0
    for start, stop in spans:
        if start < end:
            continue
        pieces += [escape(text[end:start]), "<mark>", escape(text[start:stop]), "</mark>"]
        end = stop
    pieces.append(escape(text[end:]))
    return SafeString("".join(pieces))
