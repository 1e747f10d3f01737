"""People who read and write at a steady pace, in a process of their own: `python -m tests.proof.visitors`, told by a line of JSON.

Each request is timed from the moment it was due, so that a site that stalls is charged for those it kept waiting. Answers come as lines
of JSON `[due, seconds, status, error, retry_after, reconnected]`; the end of the input ends it. Some dawdle, when
asked to: each half a second over a request on a line of its own, which nobody repeats, so that one is under way whenever a process ends.
"""

from __future__ import annotations

import http.client
import json
import queue
import sys
import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

PATIENCE = 240.0
"""Seconds for which a visitor waits: a machine may be slow, and who is cut off learns it at once."""

TOKEN = "t" * 32
"""The token of forms: the same in the cookie and in the header, as a browser sends it."""


@dataclass
class Answer:
    """What became of a request."""

    status: int = 0
    error: str = ""
    retry_after: str | None = None
    replayed: bool = False
    reconnected: bool = False


def headers_of(session: str, key: str = "") -> dict[str, str]:
    """Return what a signed-in browser sends with each request, with the key of an act where there is one."""
    headers = {"Cookie": f"sessionid={session}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN, "Content-Type": "application/json"}
    return headers | ({"Idempotency-Key": key} if key else {})


def dawdle(port: int, session: str, path: str, pause: threading.Event) -> Answer:
    """Send half a request, wait for half a second and send the rest; a line that is cut meanwhile is not opened again."""
    line, body = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE), json.dumps({"text": "阅。"}).encode()
    try:
        line.putrequest("POST", path)
        for name, value in (headers_of(session, str(uuid.uuid4())) | {"Content-Length": str(len(body))}).items():
            line.putheader(name, value)
        line.endheaders(body[:5])
        pause.wait(0.5)
        line.send(body[5:])
        reply = line.getresponse()
        reply.read()
        return Answer(reply.status, "", reply.headers.get("Retry-After"))
    except (OSError, http.client.HTTPException) as error:
        return Answer(error=f"{type(error).__name__}: {error}")
    finally:
        line.close()


@dataclass
class Person:
    """A signed-in browser with one kept-alive connection."""

    port: int
    session: str
    patience: float = 60.0
    _line: http.client.HTTPConnection | None = field(default=None, init=False)

    def ask(self, method: str, path: str, body: object = None, key: str = "") -> Answer:
        """Send a request; a kept-alive connection that was closed meanwhile is opened again once, as proxies and browsers do."""
        headers = headers_of(self.session, key)
        sent = None if body is None else json.dumps(body)
        for attempt in (1, 2):
            fresh = self._line is None
            line = self._line = self._line or http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.patience)
            try:
                line.request(method, path, sent, headers)
                reply = line.getresponse()
                reply.read()
                replayed = reply.headers.get("Idempotent-Replay") == "true"
                answer = Answer(reply.status, "", reply.headers.get("Retry-After"), replayed, attempt > 1)
            except (OSError, http.client.HTTPException) as error:
                line.close()
                self._line = None
                safe = isinstance(error, http.client.RemoteDisconnected | ConnectionError) and (method == "GET" or key)
                if fresh or attempt > 1 or not safe:
                    return Answer(error=f"{type(error).__name__}: {error}", reconnected=attempt > 1)
            else:
                if reply.will_close:
                    line.close()
                    self._line = None
                return answer
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Hang up."""
        if self._line is not None:
            self._line.close()
            self._line = None


class Crowd:
    """Everybody who visits, each in a thread; `asked` says where, as whom, how often, and how many of them dawdle."""

    def __init__(self, asked: dict[str, Any]) -> None:
        self._asked, self._said = asked, threading.Lock()
        self._due: queue.Queue[tuple[float, int] | None] = queue.Queue()
        self._over, self._pause = threading.Event(), threading.Event()
        sessions: list[str] = asked["sessions"]
        self._people = [threading.Thread(target=self._visit, args=(session,), daemon=True) for session in sessions]
        self._people += [threading.Thread(target=self._linger, args=(number,), daemon=True) for number in range(asked.get("dawdlers", 0))]

    def come(self) -> None:
        """Visit until the input ends."""
        for thread in self._people:
            thread.start()
        threading.Thread(target=self._wait_for_the_end, daemon=True).start()
        began, number = time.monotonic(), 0
        while not self._over.wait(max(0.0, began + number / self._asked["rate"] - time.monotonic())):
            self._due.put((began + number / self._asked["rate"], number))
            number += 1
        for _session in self._asked["sessions"]:
            self._due.put(None)
        for thread in self._people:
            thread.join()

    def _wait_for_the_end(self) -> None:
        sys.stdin.read()
        self._over.set()

    def _say(self, at: float, answer: Answer) -> None:
        line = [at, time.monotonic() - at, answer.status, answer.error, answer.retry_after, answer.reconnected]
        with self._said:
            print(json.dumps(line), flush=True)

    def _comment(self, number: int) -> str:
        tasks = self._asked["tasks"]
        return f"/api/v1/tasks/{tasks[number % len(tasks)]}/comment/"

    def _visit(self, session: str) -> None:
        person = Person(self._asked["port"], session, patience=PATIENCE)
        while (turn := self._due.get()) is not None:
            at, number = turn
            if number % 10 == 0:
                answer = person.ask("POST", self._comment(number // 10), {"text": "阅。"}, str(uuid.uuid4()))
            else:
                answer = person.ask("GET", self._asked["paths"][number % len(self._asked["paths"])])
            self._say(at, answer)
        person.close()

    def _linger(self, number: int) -> None:
        while not self._over.is_set():
            at = time.monotonic()
            self._say(at, dawdle(self._asked["port"], self._asked["sessions"][number], self._comment(number), self._pause))


if __name__ == "__main__":
    Crowd(json.loads(sys.stdin.readline())).come()
