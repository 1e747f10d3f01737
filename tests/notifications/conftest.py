"""A channel that remembers what it carried, and a quiet bell."""

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import pytest

from agencies.models import User
from notifications import bell, channels, delivery, guards, health
from notifications.channels import Letter, Send
from notifications.outbox import NewMessage

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = dt.datetime(2026, 11, 18, 10, 0, tzinfo=SHANGHAI)
"""A Wednesday, ten o'clock."""


@dataclass
class Recorder:
    """A channel that keeps its letters; `before` runs first and may raise what a channel would."""

    code: str = "email"
    label: str = "Recorder"
    chosen_by_people: bool = True
    letters: list[Letter] = field(default_factory=list)
    before: Callable[[Letter], None] = lambda letter: None

    def problem(self) -> str:
        return ""

    def send(self, letter: Letter) -> str:
        self.before(letter)
        self.letters.append(letter)
        return "250 taken"

    def line(self) -> contextlib.AbstractContextManager[Send]:
        return contextlib.nullcontext(self.send)


@pytest.fixture
def post_office(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    recorder = Recorder()
    monkeypatch.setattr(delivery, "load", lambda code: recorder)
    return recorder


@pytest.fixture(autouse=True)
def rings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    rung: list[str] = []
    monkeypatch.setattr(bell, "ring", lambda task="deliver", **options: rung.append(task))
    return rung


@pytest.fixture(autouse=True)
def everybody_may_see_tasks() -> Iterator[None]:
    kept, reasons = dict(guards._guards), dict(guards._reasons)
    guards.register("task", lambda people, refs, now: {(person, ref) for person in people for ref in refs})
    yield
    guards._guards.clear()
    guards._guards.update(kept)
    guards._reasons.clear()
    guards._reasons.update(reasons)


@pytest.fixture
def person(db: None) -> User:
    return User.objects.create(username="wang", name="王五", email="wang@example.test")


def notice(person: User, key: str = "k1", **values: object) -> NewMessage:
    defaults: dict[str, object] = {
        "key": f"{key}|{person.pk}",
        "recipient_id": person.pk,
        "topic": "escalation",
        "subject": "超期提醒",
        "body": "第 1 项已超期 1 个工作日。",
        "link": "/tasks/1/",
        "ref": "task:1",
        "urgent": True,
    }
    return NewMessage(**(defaults | values))  # type: ignore[arg-type]


__all__ = ["NOW", "Recorder", "channels", "health", "notice"]
