"""Split a task that has not gone out by its sentences: each one chosen becomes a task of its own, with the same agencies and rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.decision import Allowed, Decision, Denied
from agencies.refusals import Invalid, require
from measures.importing.clauses import ClauseContext, parse_clause
from measures.importing.sentences import find_sentences
from workflow import grants, policy
from workflow.actions.door import expect, keep, lock_task, log, of_task
from workflow.actions.draw_up import LONGEST_NUMBER, parts_of
from workflow.models import Instruction, Participation, Receiver, Stage, Task
from workflow.states import TaskState
from workflow.timeline import Verb

TITLE = 60
"""Signs of a sentence that make the title of its task."""

BRACKETS = ("（", "(", "【", "[", "〔")

EACH, STAY = "each", "stay"
"""Where the instructions on a task go when it is split: with each of its parts, or nowhere."""

RULES = (
    "closing_rule", "rhythm", "evidence_required", "asks_supporters", "asks_work_plans", "needs_verification", "roll_up", "due_on",
    "first_due_on",
)  # fmt: skip
"""What the new tasks take from the one they come of."""


def sentences_of(task: Task) -> list[str]:
    """Return the sentences of a task's text along which it can be split; who is responsible, in brackets, is none."""
    text = task.text
    found = [text[start:end].strip() for start, end in find_sentences(text, 0, len(text), [])]
    return [one for one in found if not (one.startswith(BRACKETS) and parse_clause(one, ClauseContext()).is_clause)]


def to_split(task: Task, now: dt.datetime) -> Decision:
    """Answer whether a task can be split: it has not gone out and has more than one sentence."""
    if task.state != TaskState.DRAFT:
        return Denied(_("The task has been dispatched already."))
    if len(sentences_of(task)) < 2:  # noqa: PLR2004 - a split makes two
        return Denied(_("Its text is a single sentence."))
    return Allowed()


@transaction.atomic
def split_task(
    *,
    actor: Actor,
    task_id: int,
    sentences: Collection[int],
    now: dt.datetime,
    instructions: str | None = EACH,
    version: int | None = None,
) -> list[Task]:
    """Make a task of each sentence chosen; those not chosen stay together in the task at hand.

    Where all are chosen, the first stays in the task at hand, so that none is left empty. Agencies, date, rhythm, stages and rules are
    the same in each, and changed there. What leaders have instructed stands on each as well, in their words, by their day, and is answered
    by its leads once it goes out, unless the coordinator lets it stay with the task at hand; the record says which.

    Args:
        actor: coordinates the task.
        task_id: the task, not dispatched yet.
        sentences: their places in `sentences_of`, the first is 0.
        now: the moment.
        instructions: where those on the task go, `EACH` or `STAY`; each when not said.
        version: what the actor's page showed.

    Returns:
        The new tasks, in the order of the text.

    Raises:
        Invalid: no sentence was chosen, or there is none at such a place.
    """
    task = lock_task(actor, task_id, now=now, version=version)
    require(policy.may_coordinate(actor, task))
    expect(to_split(task, now))
    known = sentences_of(task)
    chosen = sorted(set(sentences))
    if not chosen or chosen[0] < 0 or chosen[-1] >= len(known):
        raise Invalid(_("Choose sentences of this text."), "sentences")
    if instructions not in {EACH, STAY, "", None}:
        raise Invalid(_("Choose one of the answers."), "instructions")
    stay = [place for place in range(len(known)) if place not in chosen] or [chosen.pop(0)]
    made = _make(task, [known[place] for place in chosen])
    gone = [] if instructions == STAY else _take_along(task, made)
    task.text = "".join(known[place] for place in stay)
    keep(task)
    entry = of_task(task, Verb.SPLIT_TASK, tasks=[row.pk for row in made], stay=len(stay), instructions=gone)
    drawn_up = (of_task(row, Verb.DRAW_UP, ("", row.state), split_from=task.pk, instructions=gone) for row in made)
    log(actor, now, entry, *drawn_up)
    return made


def _take_along(task: Task, made: list[Task]) -> list[int]:
    """Write the instructions on a task on each part of it too, in one statement; returns those of the task at hand."""
    found = list(task.instructions.order_by("pk"))
    Instruction.objects.bulk_create(
        Instruction(task=row, text=one.text, written_by_id=one.written_by_id, written_at=one.written_at, answer_by=one.answer_by)
        for row in made
        for one in found
    )
    return [one.pk for one in found]


def title_of(sentence: str) -> str:
    """Return a sentence as a title."""
    bare = sentence.strip().rstrip("。；;！？")
    return bare if len(bare) <= TITLE else bare[: TITLE - 1] + "…"


def _make(task: Task, texts: list[str]) -> list[Task]:
    """Store a task for each text, with everything it takes from the one it comes of, in a constant number of statements."""
    taken = {name: getattr(task, name) for name in RULES}
    last = parts_of(task.measure_id, task.number) if task.number and task.measure_id is not None else 0
    made = Task.objects.bulk_create(
        Task(
            plan=task.plan,
            measure_id=task.measure_id,
            parent_id=task.parent_id,
            issuer=task.issuer,
            number=f"{task.number}-{last + place}"[:LONGEST_NUMBER] if task.number else "",
            title=title_of(text),
            text=text,
            **taken,
        )
        for place, text in enumerate(texts, start=1)
    )
    named = ("agency_id", "group_id", "name_as_written", "part", "rank")
    receivers = list(task.receivers.order_by("pk").values(*named))
    stages = list(task.stages.order_by("pk").values("name", "ends_on"))
    Receiver.objects.bulk_create(Receiver(task=row, **receiver) for row in made for receiver in receivers)
    Stage.objects.bulk_create(Stage(task=row, **stage) for row in made for stage in stages)
    Participation.objects.bulk_create(link for row in made for link in grants.link_line(row))
    return made
