"""Search: a word of two characters finds tasks, measures, reports that have left their agency, files and plans; only what may be seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.urls import NoReverseMatch, reverse
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from agencies.actor import Actor
from measures.models import Measure, Plan
from oversight import sight
from oversight.filters import SHORTEST_WORD
from oversight.links import task_url
from oversight.words import kinds, lookup
from workflow import policy
from workflow.models import Evidence, Report, Task
from workflow.policy import READABLE_REPORTS
from workflow.states import ENDED_ASSIGNMENT_STATES, ReportState

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


KINDS = ("tasks", "measures", "reports", "files", "plans")


class Asked:
    """What is searched for, and what the reader may see, asked once for all kinds.

    Args:
        actor: only what they may see is found.
        words: each has to be found.
        now: the moment at which sight is judged.
        shown: hits of each kind at most.
    """

    def __init__(self, actor: Actor, words: Sequence[str], *, now: dt.datetime, shown: int) -> None:
        self.actor, self.words, self.now, self.shown = actor, words, now, shown

    @cached_property
    def places(self) -> QuerySet[Any, int]:
        """The keys of the tasks the reader may see."""
        return sight.places(self.actor, now=self.now)

    @cached_property
    def tasks(self) -> QuerySet[Task]:
        """The tasks the reader may see."""
        return Task.objects.filter(pk__in=self.places)

    @cached_property
    def plans(self) -> QuerySet[Plan]:
        """The plans the reader may see."""
        return sight.plans(self.actor, now=self.now)

    def found(self, label: str, hits: Sequence[Hit]) -> Found:
        """Return the hits to be shown, and whether there are more."""
        return Found(label, hits[: self.shown], len(hits) > self.shown)


def search(actor: Actor, query: str, *, now: dt.datetime, shown: int = SHOWN, kinds: Sequence[str] = KINDS) -> list[Found]:
    """Return what is found, in a number of queries that does not grow with what is stored or found.

    Args:
        actor: only what they may see is found.
        query: words with spaces between; each has to be found.
        now: the moment at which sight is judged.
        shown: hits of each kind at most.
        kinds: what is looked for, of `KINDS`, in this order.
    """
    words = words_of(query)
    if not words:
        return []
    finders = {"tasks": _tasks, "measures": _measures, "reports": _reports, "files": _files, "plans": _plans}
    asked = Asked(actor, words, now=now, shown=shown)
    found = [finders[kind](asked) for kind in kinds]
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


def _whole(rows: QuerySet[Any, Any], keys: Sequence[int]) -> list[Any]:
    """Return rows in the order in which the index gave their keys; what the reader may not see after all is not among them."""
    by_key = {row["pk"]: row for row in rows.filter(pk__in=keys).order_by()}
    return [by_key[key] for key in keys if key in by_key]


def _tasks(asked: Asked) -> Found:
    label, words = _("Tasks"), asked.words
    if not (keys := lookup.best(kinds.TASK, words, places=asked.places, most=asked.shown + 1)):
        return Found(label, [], more=False)
    first = _whole(asked.tasks.values("pk", "title", "text", plan_title=F("plan__title")), keys)
    hits = [Hit(marked(row["title"], words), row["plan_title"] or "", excerpt(row["text"], words), task_url(row["pk"])) for row in first]
    return asked.found(label, hits)


def _reports(asked: Asked) -> Found:
    label, words, closed = _("Reports"), asked.words, policy.unreadable_above(asked.actor, "")
    if not lookup.anywhere(kinds.REPORT, words):
        return Found(label, [], more=False)
    without = Task.objects.filter(closed).order_by().values("pk")
    keys = lookup.best(kinds.REPORT, words, places=asked.places, without=without, most=asked.shown + 1)
    fields = ("done", "next_steps", "problems", "help_needed")
    named = {"task_id": F("assignment__task_id"), "title": F("assignment__task__title"), "agency": F("assignment__agency__short_name")}
    sent = Report.objects.filter(state__in=[ReportState.SUBMITTED, ReportState.ACCEPTED])
    sent = sent.exclude(assignment__state__in=list(ENDED_ASSIGNMENT_STATES))
    rows = _whole(sent.values("pk", *fields, **named), keys)
    tasks = asked.tasks.filter(pk__in=[row["task_id"] for row in rows]).exclude(closed)
    readable = set(tasks.order_by().values_list("pk", flat=True))
    first = [row for row in rows if row["task_id"] in readable]
    hits = [
        Hit(marked(row["title"], words), row["agency"], excerpt("\n".join(row[field] for field in fields), words), task_url(row["task_id"]))
        for row in first
    ]
    return asked.found(label, hits)


def _plans(asked: Asked) -> Found:
    words = asked.words
    rows = asked.plans.filter(_matches(words, "title", "number")).annotate(rank=_rank(words, "title"))
    first = list(rows.order_by("rank", "-pk").values("pk", "title", "number")[: asked.shown + 1])
    hits = [Hit(marked(row["title"], words), row["number"], SafeString(""), _plan_url(row["pk"])) for row in first]
    return asked.found(_("Plans"), hits)


def _measures(asked: Asked) -> Found:
    label, words, plans = _("Measures"), asked.words, asked.plans.order_by().values("pk")
    if not (keys := lookup.best(kinds.MEASURE, words, places=plans, most=asked.shown + 1)):
        return Found(label, [], more=False)
    rows = Measure.objects.filter(plan__in=plans)
    first = _whole(rows.values("pk", "number", "title", "text", "plan_id", plan_title=F("plan__title")), keys)
    hits = [
        Hit(
            marked(f"{row['number']} {row['title']}".strip(), words),
            row["plan_title"],
            excerpt(row["text"], words),
            f"{_plan_url(row['plan_id'])}#measure-{row['pk']}",
        )
        for row in first
    ]
    return asked.found(label, hits)


def _files(asked: Asked) -> Found:
    """Return evidence by the names of its files: of reports that the actor may read."""
    label, words = _("Evidence files"), asked.words
    if not lookup.anywhere(kinds.FILE, words):
        return Found(label, [], more=False)
    readable = Q(report__state__in=list(READABLE_REPORTS)) | Q(report__assignment__agency_id__in=asked.actor.agency_ids)
    rows = Evidence.objects.filter(
        readable, pk__in=lookup.containing(kinds.FILE, words), report__assignment__task__in=asked.tasks.values("pk")
    ).exclude(policy.unreadable_above(asked.actor, "report__assignment__task__"))
    named: dict[str, Any] = {"title": F("report__assignment__task__title"), "agency": F("report__assignment__agency__short_name")}
    ranked = rows.annotate(rank=_rank(words, "filename")).order_by("rank", "-uploaded_at", "-pk")
    first = list(ranked.annotate(**named).values_list("pk", "filename", "title", "agency")[: asked.shown + 1])
    hits = [
        Hit(marked(filename, words), f"{agency} · {title}", SafeString(""), reverse("evidence", args=[pk]))
        for pk, filename, title, agency in first
    ]
    return asked.found(label, hits)


def _plan_url(plan_id: int) -> str:
    try:
        return reverse("plan", args=[plan_id])
    except NoReverseMatch:
        return f"/plans/{plan_id}/"


def excerpt(text: str, words: Sequence[str]) -> SafeString:
    """Return the words around the first place where one was found, or the beginning."""
    places = [place for word in words if (place := text.lower().find(word.lower())) >= 0]
    start = max(min(places, default=0) - AROUND, 0)
    cut = Truncator(text[start:].replace("\n", " ")).chars(3 * AROUND, truncate="…")
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
