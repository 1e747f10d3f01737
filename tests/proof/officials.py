"""Officials who act on tasks over HTTP, each act under a key of its own, and never let go of one whose outcome they do not know."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.proof.house import House
from tests.proof.visitors import Answer, Person

SETTLED = range(200, 500)
"""Answers that say what became of an act; without one, or with a 503, it is asked again under the same key."""

ACTS: tuple[tuple[str, dict[str, str]], ...] = (
    ("suspend", {"reason": "等待上级政策明确。"}),
    ("resume", {}),
    ("comment", {"text": "请抓紧办理。"}),
)


@dataclass
class Attempt:
    """One request: when it was sent and answered, and how."""

    sent: float
    answered: float
    answer: Answer


@dataclass
class Log:
    """What officials did and were told, in the manner of Jepsen: each act invoked ends as done or refused."""

    attempts: list[Attempt] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    """Acts acknowledged, by task and verb: `12 suspend`."""

    refused: Counter[int] = field(default_factory=Counter)
    unknown: int = 0
    """Acts whose first answer did not say what became of them."""

    replayed: int = 0
    """Acts that had been done before they were asked again: only the answer was lost."""

    lock: threading.Lock = field(default_factory=threading.Lock)

    def wrong(self) -> Counter[str]:
        """Count the answers that nobody should be given: 500 and above, except 503 with the time to ask again."""
        statuses = [(one.answer.status, one.answer.retry_after) for one in self.attempts]
        return Counter(f"{status} {when}" for status, when in statuses if status >= 500 and (status != 503 or not when))

    def errors(self) -> Counter[str]:
        """Count the requests without any answer."""
        return Counter(one.answer.error for one in self.attempts if one.answer.error)

    def settled(self) -> int:
        """Count the acts whose outcome is known."""
        return self.done.total() + self.refused.total()

    def back_after(self, moment: float) -> float | None:
        """Return after how many seconds the first act that was asked for after a moment was settled."""
        ends = [one.answered for one in self.attempts if one.sent > moment and one.answer.status in SETTLED]
        return min(ends) - moment if ends else None


class Officials:
    """Some of them, each in a thread, contending for the same tasks."""

    def __init__(self, house: House, *, seed: int, pace: float = 0.0, port: int = 0) -> None:
        self.log, self._port = Log(), port or house.port
        self._house, self._over, self._pace = house, threading.Event(), pace
        self._threads = [
            threading.Thread(target=self._work, args=(number, session, random.Random(seed + number)), daemon=True)  # noqa: S311
            for number, session in enumerate(house.scene["sessions"])
        ]
        for thread in self._threads:
            thread.start()

    def leave(self) -> Log:
        """Let each settle what it has in hand, and return what they know."""
        self._over.set()
        for thread in self._threads:
            thread.join(120)
            assert not thread.is_alive(), "an official never learned what became of an act"
        return self.log

    def _work(self, number: int, session: str, chance: random.Random) -> None:
        person, turn = Person(self._port, session, patience=20.0), 0
        while not self._over.is_set():
            turn += 1
            task = chance.choice(self._house.scene["tasks"])
            act, body = chance.choice(ACTS)
            self._settle(person, (task, act, body), f"official-{number}-{turn}", chance)
            self._over.wait(chance.uniform(0, 2 * self._pace))
        person.close()

    def _settle(self, person: Person, wanted: tuple[int, str, object], key: str, chance: random.Random) -> None:
        (task, act, body), rest, asked = wanted, threading.Event(), 0
        while True:
            asked += 1
            sent = time.monotonic()
            answer = person.ask("POST", f"/api/v1/tasks/{task}/{act}/", body, key)
            with self.log.lock:
                self.log.attempts.append(Attempt(sent, time.monotonic(), answer))
                if answer.status in SETTLED:
                    self.log.unknown += asked > 1
                    if answer.status < 300:
                        self.log.done[f"{task} {act}"] += 1
                        self.log.replayed += answer.replayed
                    else:
                        self.log.refused[answer.status] += 1
                    return
            rest.wait(chance.uniform(0.02, 0.2))
