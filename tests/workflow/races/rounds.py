"""Rounds of a race: two threads with connections of their own, set off together; what came of it is held to what may come of it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import connections, transaction

from agencies.refusals import Refusal
from tests.workflow.races.clones import Clone, clones
from tests.workflow.races.pairs import Meeting
from workflow.models import Event, Extension, HandBack, Report, SignOff, Task

Result = tuple[int, int, tuple[Any, ...]]


class Runners:
    """Two threads that run what they are given at the same moment, round after round."""

    def __init__(self) -> None:
        self.start, self.end = threading.Barrier(3), threading.Barrier(3)
        self.jobs: list[Callable[[], object] | None] = [None, None]
        self.answers: list[int | BaseException] = [0, 0]
        self.threads = [threading.Thread(target=self._loop, args=(place,), daemon=True) for place in (0, 1)]
        for thread in self.threads:
            thread.start()

    def _loop(self, place: int) -> None:
        while True:
            self.start.wait(timeout=600)
            job = self.jobs[place]
            if job is None:
                connections.close_all()
                return
            try:
                job()
                self.answers[place] = 200
            except Refusal as refusal:
                self.answers[place] = refusal.status
            except BaseException as error:  # noqa: BLE001 - whatever it is, the round tells it
                self.answers[place] = error
            self.end.wait(timeout=600)

    def together(self, first: Callable[[], object], second: Callable[[], object]) -> tuple[int, int]:
        """Run two things at once and return how they were answered; anything but a refusal is raised."""
        self.jobs = [first, second]
        self.start.wait(timeout=600)
        self.end.wait(timeout=600)
        failed = [answer for answer in self.answers if not isinstance(answer, int)]
        assert not failed, f"neither done nor refused: {failed!r}"
        one, other = (answer for answer in self.answers if isinstance(answer, int))
        return one, other

    def stop(self) -> None:
        """Let the threads end."""
        self.jobs = [None, None]
        self.start.wait(timeout=600)
        for thread in self.threads:
            thread.join(timeout=60)


def outcome(task_id: int) -> tuple[Any, ...]:
    """Return what came of a task: every state, and the verbs on record."""
    task = Task.objects.get(pk=task_id)
    below = {"assignment__task": task_id}
    return (
        str(task.state),
        tuple(sorted((part.agency_id, str(part.state), str(part.part)) for part in task.assignments.all())),
        tuple(sorted(Report.objects.filter(**below).values_list("state", flat=True))),
        tuple(sorted(SignOff.objects.filter(task=task_id).values_list("state", flat=True))),
        tuple(sorted(Extension.objects.filter(**below).values_list("state", flat=True))),
        tuple(sorted(HandBack.objects.filter(**below).values_list("state", flat=True))),
        tuple(sorted(Counter(Event.objects.filter(task=task_id).values_list("verb", flat=True)).items())),
    )


def _status(run: Callable[[], object]) -> int:
    try:
        run()
    except Refusal as refusal:
        return refusal.status
    return 200


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
                answers[place] = _status(partial(meeting.acts[place], clone.key_of))
            found.add((_told(answers[0]), _told(answers[1]), outcome(clone.task_id)))
            transaction.set_rollback(True)
    return found


@dataclass
class Tally:
    """How a pair's rounds ended."""

    rounds: int = 0
    answers: Counter[tuple[int, int]] = field(default_factory=Counter)

    def __str__(self) -> str:
        return ", ".join(f"{first}/{second} {number}" for (first, second), number in sorted(self.answers.items()))


def race(meeting: Meeting, rounds: int, batches: int = 200) -> Tally:
    """Let a pair meet many times; every round must end as one of the two orders would have ended.

    Raises:
        AssertionError: a round ended otherwise, deadlocked, or never.
    """
    runners, tally = Runners(), Tally()
    try:
        for size in _sizes(rounds, batches):
            made = clones(Task.objects.get(pk=meeting.scene.stage.task.pk), size + 1)
            allowed = in_order(meeting, made.pop())
            for clone in made:
                answers = runners.together(*(partial(act, clone.key_of) for act in meeting.acts))
                result = (*map(_told, answers), outcome(clone.task_id))
                assert result in allowed, f"{result} is neither order of {allowed}"
                tally.rounds += 1
                tally.answers[answers] += 1
    finally:
        runners.stop()
    return tally


def _sizes(rounds: int, batches: int) -> Iterable[int]:
    while rounds > 0:
        yield min(rounds, batches)
        rounds -= batches
