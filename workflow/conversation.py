"""Who may read what is said about a task and the bulletins about it, asked anew when notices are sent; who hears when one fails."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from django.utils.translation import gettext as _

from workflow import grants, policy
from workflow.models import Comment, Notice, NoticeReader, Task
from workflow.states import NoticeState


def may_be_told(people: Collection[int], refs: Collection[str], now: dt.datetime) -> set[tuple[int, str]]:
    """Answer which people may (still) read which comments; registered with the outbox for `comment:…`.

    A comment that was taken back is told to nobody, a note only to people of the agency inside which it stays, or of its successors.
    """
    return _readers(people, refs, now, retracted=False)


def why_not_told(people: Collection[int], refs: Collection[str], now: dt.datetime) -> dict[tuple[int, str], str]:
    """Say to those who could read a comment that its words were taken back; registered with the outbox for `comment:…`."""
    return dict.fromkeys(
        _readers(people, refs, now, retracted=True), _("The words that this notice was about were taken back by their author.")
    )


def _readers(people: Collection[int], refs: Collection[str], now: dt.datetime, *, retracted: bool) -> set[tuple[int, str]]:
    """Return which people may read which of the comments that stand, or could if they had not been taken back."""
    keys = {int(ref.partition(":")[2]): ref for ref in refs}
    rows = Comment.objects.filter(pk__in=keys, retraction__isnull=not retracted).values_list("pk", "task_id", "agency_id", "inside")
    comments = list(rows)
    if not comments:
        return set()
    seen = grants.may_be_told(people, {f"task:{task}" for _pk, task, _agency, _inside in comments}, now)
    seats: dict[int, set[int]] = defaultdict(set)
    for person, agency in grants.sights_of(people, now):
        seats[person].add(agency)
    return {
        (person, keys[pk])
        for pk, task, agency, inside in comments
        for person in people
        if (person, f"task:{task}") in seen and (not inside or agency in seats[person])
    }


def may_read_papers(people: Collection[int], refs: Collection[str], now: dt.datetime) -> set[tuple[int, str]]:
    """Answer which people may (still) read which issued papers; registered with the outbox for `paper:…`.

    A paper is read by people of the agency it is addressed to and of those it was published to, and of their successors; one
    addressed to several by whoever may be told of its task.
    """
    keys = {int(ref.partition(":")[2]): ref for ref in refs}
    papers = list(Notice.objects.filter(pk__in=keys, state=NoticeState.ISSUED).values_list("pk", "agency_id", "task_id"))
    readers: dict[int, set[int]] = defaultdict(set)
    for paper, agency in NoticeReader.objects.filter(notice_id__in=keys).values_list("notice_id", "agency_id"):
        readers[agency].add(paper)
    for paper, addressee, _task in papers:
        readers[addressee or 0].add(paper)
    issued = {paper for paper, _addressee, _task in papers}
    told = {(person, keys[paper]) for person, agency in grants.sights_of(people, now) for paper in readers[agency] & issued}
    seen = grants.may_be_told(people, {f"task:{task}" for _paper, addressee, task in papers if addressee is None}, now)
    return told | {
        (person, keys[paper])
        for paper, addressee, task in papers
        for person in people
        if not addressee and (person, f"task:{task}") in seen
    }


def coordinators_of(ref: str, now: dt.datetime) -> set[int]:
    """Answer who is told that a notice about a task, or about several, could not be delivered: the coordinators of who issued it."""
    tasks = ref.partition(":")[2].split(",")
    issuers = set(Task.objects.filter(pk__in=tasks).values_list("issuer_id", flat=True))
    return {person for people in policy.people_who_hold("coordinate", issuers, now=now).values() for person in people}
