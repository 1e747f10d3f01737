"""People who read and write at a steady pace, in a process of their own: `python -m tests.proof.visitors`, told by a line of JSON.

Each request is timed from the moment it was due, so that a site that stalls is charged for those it kept waiting. Answers come as lines
of JSON `[due, seconds, status, error, retry_after, reconnected]`; the end of the input ends it.
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


@dataclass
class Person:
    """A signed-in browser with one kept-alive connection."""

    port: int
    session: str
    patience: float = 60.0
    _line: http.client.HTTPConnection | None = field(default=None, init=False)

    def ask(self, method: str, path: str, body: object = None, key: str = "") -> Answer:
        """Send a request; a kept-alive connection that was closed meanwhile is opened again once, as proxies and browsers do."""
        headers = {"Cookie": f"sessionid={self.session}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN, "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
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


def main() -> None:
    """Visit until the input ends."""
    asked = json.loads(sys.stdin.readline())
    due: queue.Queue[tuple[float, int] | None] = queue.Queue()
    said = threading.Lock()

    def visit(session: str) -> None:
        person = Person(asked["port"], session)
        while (turn := due.get()) is not None:
            at, number = turn
            if number % 10 == 0:
                task = asked["tasks"][number // 10 % len(asked["tasks"])]
                answer = person.ask("POST", f"/api/v1/tasks/{task}/comment/", {"text": "阅。"}, str(uuid.uuid4()))
            else:
                answer = person.ask("GET", asked["paths"][number % len(asked["paths"])])
            line = [at, time.monotonic() - at, answer.status, answer.error, answer.retry_after, answer.reconnected]
            with said:
                print(json.dumps(line), flush=True)
        person.close()

    people = [threading.Thread(target=visit, args=(session,), daemon=True) for session in asked["sessions"]]
    for thread in people:
        thread.start()
    over = threading.Event()

    def wait_for_the_end() -> None:
        sys.stdin.read()
        over.set()

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    began, number = time.monotonic(), 0
    while not over.wait(max(0.0, began + number / asked["rate"] - time.monotonic())):
        due.put((began + number / asked["rate"], number))
        number += 1
    for _thread in people:
        due.put(None)
    for thread in people:
        thread.join()


if __name__ == "__main__":
    main()
