"""Rounds of a race: two threads with connections of their own, set off together; what came of it is held to what may come of it."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import connection, connections, transaction
from django.db.models import Model

from agencies.refusals import Refusal
from tests.workflow.races.clones import Clone
from tests.workflow.races.meeting import Meeting
from workflow.models import (
    Answer,
    Assignment,
    Comment,
    Contribution,
    CoSignature,
    Event,
    Evidence,
    Extension,
    HandBack,
    Instruction,
    Participation,
    RecheckItem,
    Report,
    Retraction,
    SignOff,
    Suspension,
    Task,
    Verification,
    WorkPlan,
    WorkPlanFile,
    WorkStep,
)

Result = tuple[int, int, tuple[Any, ...]]
Job = Callable[[], object]
BATCH = 100
PATIENCE = 600


class Runners:
    """Threads, two unless told otherwise, that take one job each of every round of a batch, and begin each round at the same moment."""

    def __init__(self, count: int = 2) -> None:
        self.begin, self.end, self.meet = threading.Barrier(count + 1), threading.Barrier(count + 1), threading.Barrier(count)
        self.jobs: Sequence[tuple[Job, ...]] | None = None
        self.answers: list[list[int | BaseException]] = [[] for _ in range(count)]
        self.threads = [threading.Thread(target=self._loop, args=(place,), daemon=True) for place in range(count)]
        for thread in self.threads:
            thread.start()

    def _loop(self, place: int) -> None:
        while True:
            self.begin.wait(timeout=PATIENCE)
            if self.jobs is None:
                connections.close_all()
                return
            for together in self.jobs:
                self.meet.wait(timeout=PATIENCE)
                self.answers[place].append(_answer(together[place]))
            self.end.wait(timeout=PATIENCE)

    def run(self, jobs: Sequence[tuple[Job, ...]]) -> list[tuple[int, ...]]:
        """Run rounds of jobs, those of a round at once, and return how they were answered; anything but a refusal fails."""
        self.jobs, self.answers = jobs, [[] for _ in self.threads]
        self.begin.wait(timeout=PATIENCE)
        self.end.wait(timeout=PATIENCE)
        failed = [answer for answers in self.answers for answer in answers if not isinstance(answer, int)]
        assert not failed, f"neither done nor refused: {failed[:3]!r}"
        return [tuple(answer for answer in row if isinstance(answer, int)) for row in zip(*self.answers, strict=True)]

    def stop(self) -> None:
        """Let the threads end."""
        self.jobs = None
        self.begin.wait(timeout=PATIENCE)
        for thread in self.threads:
            thread.join(timeout=60)


@contextmanager
def runners(count: int = 2) -> Iterator[Runners]:
    """Give threads, and let them end."""
    made = Runners(count)
    try:
        yield made
    finally:
        made.stop()


def _answer(job: Job) -> int | BaseException:
    try:
        job()
    except Refusal as refusal:
        return refusal.status
    except BaseException as error:  # noqa: BLE001 - whatever it is, the round tells it
        return error
    return 200


LOOKED_AT: tuple[tuple[Any, str, tuple[str, ...]], ...] = (
    (Task, "pk", ("state", "version", "due_on", "percent")),
    (Assignment, "task_id", ("agency_id", "state", "part", "rank", "version", "due_on", "plan_due_on", "officer_id")),
    (Participation, "task_id", ("agency_id", "tie", "task_state", "assignment_state", "due_on")),
    (Report, "assignment__task_id", ("state", "version", "percent", "author_id", "reviewer_id")),
    (Evidence, "report__assignment__task_id", ("sha256",)),
    (Contribution, "assignment__task_id", ("state", "version")),
    (WorkPlan, "assignment__task_id", ("state", "version", "number", "author_id", "reviewer_id")),
    (WorkStep, "work_plan__assignment__task_id", ("day", "what")),
    (WorkPlanFile, "work_plan__assignment__task_id", ("sha256",)),
    (SignOff, "task_id", ("state", "version")),
    (CoSignature, "sign_off__task_id", ("verdict",)),
    (Verification, "sign_off__task_id", ("verifier_id", "result")),
    (RecheckItem, "task_id", ("result",)),
    (Extension, "assignment__task_id", ("state", "granted_to")),
    (HandBack, "assignment__task_id", ("state",)),
    (Suspension, "task_id", ("ends_at",)),
    (Instruction, "task_id", ("answer_by",)),
    (Answer, "assignment__task_id", ("state", "version")),
    (Comment, "task_id", ("inside",)),
    (Retraction, "comment__task_id", ()),
    (Event, "task_id", ("verb", "agency_id")),
)  # fmt: skip
"""All that may have changed, with the way to its task: states, versions (a change that was lost shows there), and the lines on record."""


def outcomes(task_ids: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    """Return what came of tasks, in a number of queries that does not grow with them."""
    found: dict[int, list[tuple[Any, ...]]] = {pk: [] for pk in task_ids}
    for model, path, columns in LOOKED_AT:
        rows: dict[int, list[tuple[str, ...]]] = defaultdict(list)
        for pk, *values in model.objects.filter(**{f"{path}__in": task_ids}).values_list(path, *columns):
            rows[pk].append(tuple(map(str, values)))
        for pk in task_ids:
            found[pk].append((_name(model), *sorted(Counter(rows[pk]).items())))
    return {pk: tuple(lines) for pk, lines in found.items()}


def _name(model: type[Model]) -> str:
    return model.__name__


def _told(status: int) -> int:
    """Return how an act was answered; who loses sight while waiting is told what happened (409), who asks later 404."""
    return 409 if status == 404 else status


def in_order(meeting: Meeting, clone: Clone) -> set[Result]:
    """Return what comes of the two acts one after the other, either first: all that a race may come to."""
    found: set[Result] = set()
    for order in ((0, 1), (1, 0)):
        with transaction.atomic():
            answers = [0, 0]
            for place in order:
                answer = _answer(partial(meeting.acts[place], clone))
                assert isinstance(answer, int), repr(answer)
                answers[place] = answer
            found.add((_told(answers[0]), _told(answers[1]), _all(meeting, [clone])[0]))
            transaction.set_rollback(True)
    assert any(200 in result[:2] for result in found), f"neither of the two can be done: {answers}"
    return found


def _all(meeting: Meeting, made: Sequence[Clone]) -> list[tuple[Any, ...]]:
    """Return what came of the copies, of all their tasks."""
    keys = [[clone.keys[Task, row.pk] for row in meeting.template.tasks] for clone in made]
    told = outcomes([pk for tasks in keys for pk in tasks])
    return [tuple(told[pk] for pk in tasks) for tasks in keys]


@dataclass
class Tally:
    """How a pair's rounds ended."""

    rounds: int = 0
    answers: Counter[tuple[int, int]] = field(default_factory=Counter)

    def __str__(self) -> str:
        return ", ".join(f"{first}/{second} {number}" for (first, second), number in sorted(self.answers.items()))


def race(meeting: Meeting, rounds: int, pair: Runners, tally: Tally) -> None:
    """Let two acts meet many times; every round must end as one of the two orders would have ended.

    Raises:
        AssertionError: a round ended otherwise, deadlocked, or never.
    """
    allowed = in_order(meeting, meeting.template.copy(1)[0])
    for size in _sizes(rounds):
        made = meeting.template.copy(size)
        answers = pair.run([(partial(meeting.acts[0], clone), partial(meeting.acts[1], clone)) for clone in made])
        for (first, second), came in zip(answers, _all(meeting, made), strict=True):
            result = (_told(first), _told(second), came)
            assert result in allowed, _difference(result, allowed)
            tally.rounds += 1
            tally.answers[first, second] += 1


def _difference(result: Result, allowed: set[Result]) -> str:
    """Say where a round's end differs from both orders."""
    lines = []
    for wanted in allowed:
        apart = [
            (mine, theirs)
            for task, other in zip(result[2], wanted[2], strict=True)
            for mine, theirs in zip(task, other, strict=True)
            if mine != theirs
        ]
        lines.append(f"answers {result[:2]} for {wanted[:2]}, ends {apart}")
    return "neither order: " + "; or ".join(lines)


def deadlocks() -> int:
    """Return how many deadlocks PostgreSQL has broken in this database since it was made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot(), deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[1])


def _sizes(rounds: int) -> Iterable[int]:
    while rounds > 0:
        yield min(rounds, BATCH)
        rounds -= BATCH
