"""Formal papers are made and numbered in the transaction of their cause, in a number of statements that does not depend on how many.

Numbers run per issuer, year and kind without gaps: the counter's row stays locked until the transaction ends. Counters are locked
in one order and before the record's head, so that nobody waits in a circle.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation

from agencies.actor import Actor
from agencies.models import Agency
from agencies.refusals import NotYours, require
from workflow import policy
from workflow.actions.door import log, move, said
from workflow.actions.paper_words import Matter, words_for
from workflow.ladder import Paper
from workflow.ladder.rungs import SHAMING
from workflow.models import Notice, NoticeCounter, NoticeReader, Participation, Task
from workflow.states import Circle, NoticeState, TaskState, Tie
from workflow.timeline import Entry, Verb

Series = tuple[int, int, str]
"""Issuer, year and kind."""


@dataclass(frozen=True, slots=True)
class NewPaper:
    """A paper to make; `key` names what makes it, and the same key makes nothing twice."""

    key: str
    kind: Paper
    issuer_id: int
    task_id: int
    matter: Matter
    addressee: str
    assignment_id: int | None = None
    agency_id: int | None = None
    copied_to: str = ""


def make_papers(papers: Sequence[NewPaper], now: dt.datetime) -> dict[str, Notice]:
    """Make papers inside the caller's transaction; what shames stays a draft without number.

    Returns:
        The new ones, by key.
    """
    if not papers:
        return {}
    known = set(Notice.objects.filter(key__in=[paper.key for paper in papers]).values_list("key", flat=True))
    fresh = [paper for paper in papers if paper.key not in known]
    year = timezone.localdate(now).year
    wanted = Counter((paper.issuer_id, year, paper.kind.value) for paper in fresh if paper.kind not in SHAMING)
    following = _take_numbers(wanted)
    names = dict(Agency.objects.filter(pk__in={paper.issuer_id for paper in fresh}).values_list("pk", "name"))
    rows = []
    with translation.override(settings.LANGUAGE_CODE):
        for paper in fresh:
            title, body = words_for(paper.kind, paper.matter)
            number = None
            if paper.kind not in SHAMING:
                series = (paper.issuer_id, year, paper.kind.value)
                number = following[series]
                following[series] += 1
            rows.append(
                Notice(
                    key=paper.key,
                    kind=paper.kind.value,
                    state=NoticeState.DRAFT if number is None else NoticeState.ISSUED,
                    issuer_id=paper.issuer_id,
                    issuer_name=names[paper.issuer_id],
                    year=year,
                    number=number,
                    task_id=paper.task_id,
                    assignment_id=paper.assignment_id,
                    agency_id=paper.agency_id,
                    addressee=paper.addressee,
                    copied_to=paper.copied_to,
                    title=title[:400],
                    body=body,
                    made_at=now,
                )
            )
    return {row.key: row for row in Notice.objects.bulk_create(rows)}


def _take_numbers(wanted: Counter[Series]) -> dict[Series, int]:
    """Take so many numbers of each series; returns the first one of each."""
    if not wanted:
        return {}
    NoticeCounter.objects.bulk_create(
        [NoticeCounter(issuer_id=issuer, year=year, kind=kind) for issuer, year, kind in sorted(wanted)], ignore_conflicts=True
    )
    which = Q()
    for issuer, year, kind in wanted:
        which |= Q(issuer_id=issuer, year=year, kind=kind)
    counters = list(NoticeCounter.objects.select_for_update(of=("self",), no_key=True).filter(which).order_by("issuer_id", "year", "kind"))
    first = {}
    for counter in counters:
        series = (counter.issuer_id, counter.year, counter.kind)
        first[series] = counter.last + 1
        counter.last += wanted[series]
    NoticeCounter.objects.bulk_update(counters, ["last"])
    return first


def papers_visible_to(actor: Actor, *, now: dt.datetime) -> Q:
    """Return the condition on papers an actor may read: the issuer's own, and those issued about tasks the actor sees.

    A draft is the issuer's coordinators' alone. An issued bulletin is also read by the agencies it was published to, and by whoever
    leads above the task.
    """
    drafts = Q(issuer_id__in=actor.agencies_where("coordinate"))
    issued = Q(state=NoticeState.ISSUED) & (Q(issuer_id__in=actor.agency_ids) | Q(agency_id__in=actor.agency_ids) | Q(
        agency__isnull=True, task__in=Task.objects.visible_to(actor, now=now)
    ))  # fmt: skip
    published = NoticeReader.objects.filter(agency_id__in=actor.agency_ids).values("notice_id")
    above = Participation.objects.filter(tie=Tie.ABOVE, agency_id__in=actor.agencies_where("lead_view")).values("task_id")
    read = Q(state=NoticeState.ISSUED, kind=Paper.BULLETIN.value) & (Q(pk__in=published) | Q(task_id__in=above))
    return drafts | issued | read


def readers_of(row: Notice) -> dict[Circle, list[Agency]]:
    """Return to whom a bulletin would be published within each circle, in the order of the directory; each holds the ones before.

    Where the task belongs to no plan, the wider circle is that of the task.
    """
    parts = Participation.objects.filter(tie__in=[Tie.LEAD, Tie.SUPPORT]).exclude(task_state=TaskState.DRAFT)
    of_task = parts.filter(task_id=row.task_id)
    within = {Circle.TASK: of_task, Circle.PLAN: of_task if row.task.plan_id is None else parts.filter(plan_id=row.task.plan_id)}
    agencies = Agency.objects.exclude(pk=row.agency_id or 0).order_by("position", "pk")
    return {Circle.NAMED: []} | {circle: list(agencies.filter(pk__in=seen.values("agency_id"))) for circle, seen in within.items()}


def _lock_draft(actor: Actor, notice_id: int, *, now: dt.datetime) -> Notice:
    seen = Notice.objects.filter(papers_visible_to(actor, now=now), pk=notice_id)
    row = (
        Notice.objects.select_for_update(of=("self",), no_key=True)
        .select_related("task__issuer", "assignment__agency")
        .filter(pk__in=seen)
        .first()
    )
    if row is None:
        raise NotYours
    require(policy.may_coordinate(actor, row.task))
    return row


@transaction.atomic
def sign_paper(
    *, actor: Actor, notice_id: int, title: str | None, body: str | None, now: dt.datetime, circle: Circle = Circle.NAMED
) -> Notice:
    """Sign a draft; it gets its number, is published within the circle, and its readers are told.

    Args:
        actor: coordinates the task.
        notice_id: the draft.
        title: its last words, None for those it has.
        body: as `title`.
        now: the moment.
        circle: within which it is published.
    """
    row = _lock_draft(actor, notice_id, now=now)
    readers = readers_of(row).get(circle, [])
    row.title = row.title if title is None else said(title, "title")[:400]
    row.body = row.body if body is None else said(body, "body")
    year = timezone.localdate(now).year
    numbers = _take_numbers(Counter({(row.issuer_id, year, row.kind): 1})) if row.state == NoticeState.DRAFT else {}
    states = move(row, "issue", number=numbers.get((row.issuer_id, year, row.kind), 0), year=year, decided_by_id=actor.user_id, now=now)
    if readers:
        row.copied_to = "、".join([*([row.copied_to] if row.copied_to else []), *(agency.name for agency in readers)])
    row.save()
    NoticeReader.objects.bulk_create([NoticeReader(notice=row, agency=agency) for agency in readers])
    log(actor, now, _entry(row, Verb.SIGN_PAPER, states, row.written_number, readers=[agency.pk for agency in readers]))
    return row


@transaction.atomic
def put_paper_aside(*, actor: Actor, notice_id: int, reason: str, now: dt.datetime) -> Notice:
    """Leave a draft unsigned, with the reason; it takes no number."""
    row = _lock_draft(actor, notice_id, now=now)
    reason = said(reason, "reason")
    states = move(row, "put_aside", decided_by_id=actor.user_id, now=now)
    row.save()
    log(actor, now, _entry(row, Verb.PUT_PAPER_ASIDE, states, reason))
    return row


def _entry(row: Notice, verb: Verb, states: tuple[str, str], comment: str, **data: object) -> Entry:
    return Entry(
        task=row.task,
        verb=verb,
        agency=row.task.issuer,
        assignment=row.assignment,
        from_state=states[0],
        to_state=states[1],
        comment=comment,
        data={"paper": row.pk, "number": row.written_number, **data},
    )
