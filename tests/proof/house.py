"""The whole product as it runs in service: web, workers and beat on a PostgreSQL and a Redis of their own, with somebody to ask."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis as redis_client

from tests.proof.postgres import ROOT, Postgres
from tests.proof.sinks import HookSink, MailSink
from tests.rig.packages import redis_program
from tests.rig.services import free_port

STARTING = 300.0
"""Seconds within which the web has to come up: a machine with much else to do takes minutes to load it."""

WORKER = ("worker", "-P", "prefork", "-c", "2", "-l", "warning", "--without-gossip", "--without-mingle")


class Redis:
    """A Redis that keeps nothing, to be killed and started again on the same port."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it."""
        program = redis_program()
        assert program is not None
        command = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill(self) -> None:
        """Kill it."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def freeze(self) -> None:
        """Have it accept and never answer."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)


@dataclass(frozen=True)
class Visit:
    """A request of a visitor and what became of it."""

    due: float
    seconds: float
    status: int
    error: str
    retry_after: str | None
    reconnected: bool


class Visitors:
    """People who visit at a steady pace from a process of their own."""

    def __init__(self, house: House, *, rate: float, paths: Sequence[str] = (), dawdlers: int = 0) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.proof.visitors"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=house.log,
            text=True,
        )
        house.processes.append(self._process)
        self._lines: list[str] = []
        assert self._process.stdin is not None
        asked = {"port": house.port, "rate": rate, "paths": list(paths or house.paths), "dawdlers": dawdlers, **house.scene}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        self._lines.extend(self._process.stdout)

    def so_far(self) -> list[Visit]:
        """Return the requests that have ended."""
        return [Visit(*json.loads(line)) for line in list(self._lines)]

    def leave(self) -> list[Visit]:
        """Let the last requests end and return all."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait(300)
        self._reader.join(10)
        return self.so_far()


def faults(visits: Sequence[Visit]) -> Counter[str]:
    """Count what no visitor should have met: answers of 500 and above, and requests without an answer."""
    return Counter(visit.error or str(visit.status) for visit in visits if visit.error or visit.status >= 500)


def percentile(seconds: Sequence[float], share: float = 0.95) -> float:
    """Return the value below which a share lies."""
    return sorted(seconds)[min(len(seconds) - 1, int(share * len(seconds)))]


class House:
    """An installation: its processes, its sinks, its clerk. Everything in it is ended by `close`."""

    def __init__(self, folder: Path, server: Postgres, sinks: tuple[MailSink, HookSink], environment: dict[str, str]) -> None:
        (self.mails, self.hooks), self.server, self.redis = sinks, server, Redis()
        self.redis.start()
        self.port = free_port()
        self.processes: list[subprocess.Popen[Any]] = []
        self._said = folder / "said"
        self.log = self._said.open("w+", encoding="utf-8")
        kept = {name: value for name, value in os.environ.items() if name not in {"DUBAN_TEST_DATABASE", "PYTEST_XDIST_WORKER"}}
        (folder / "var").mkdir()
        self.environment = {
            **kept,
            "DJANGO_SETTINGS_MODULE": "tests.proof.settings",
            "DUBAN_DATABASE_URL": server.url,
            "DUBAN_TEST_VAR": str(folder / "var"),
            "DUBAN_TEST_BROKER": self.redis.url,
            "DUBAN_PROOF_SMTP": str(self.mails.port),
            "DUBAN_PROOF_HOOK": self.hooks.url,
            "PYTHONUNBUFFERED": "1",
            **environment,
        }
        self._clerk = self._run(sys.executable, "-m", "tests.proof.clerk", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._hear()
        self.scene: dict[str, Any] = {}
        self.paths: list[str] = []

    def _run(self, *command: str, stdin: int = subprocess.DEVNULL, stdout: Any = None) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.environment,
            stdin=stdin,
            stdout=stdout or self.log,
            stderr=self.log,
            text=True,
            start_new_session=True,
        )
        self.processes.append(process)
        return process

    def _hear(self) -> Any:
        assert self._clerk.stdout is not None
        line = self._clerk.stdout.readline()
        assert line, f"the clerk has gone:\n{self.errors()[-3000:]}"
        return json.loads(line)

    def clerk(self, job: str, **asked: Any) -> Any:
        """Have the clerk do something in the database."""
        assert self._clerk.stdin is not None
        self._clerk.stdin.write(json.dumps({"job": job, **asked}) + "\n")
        self._clerk.stdin.flush()
        return self._hear()

    def furnish(self, *, people: int = 8, tasks: int = 24) -> None:
        """Make the scene that visitors and officials find."""
        self.scene = self.clerk("scene", people=people, tasks=tasks)
        self.paths = ["/api/v1/tasks/", f"/api/v1/tasks/{self.scene['tasks'][0]}/", "/notifications/", "/ledger/"]

    def web(self) -> subprocess.Popen[str]:
        """Start the web and wait until it answers."""
        command = ("-m", "gunicorn", "-c", "config/web_server.py", "config.wsgi:application", "--bind", f"127.0.0.1:{self.port}")
        process = self._run(sys.executable, *command, "--log-level", "info")
        deadline = time.monotonic() + STARTING
        while (answer := self.probe("/health/")) != 200:
            assert process.poll() is None, f"the web ended:\n{self.errors()[-3000:]}"
            assert time.monotonic() < deadline, f"the web answers {answer} after {STARTING:.0f} s:\n{self.errors()[-3000:]}"
            time.sleep(0.1)
        return process

    def is_at_the_door(self, pid: int) -> bool:
        """Tell whether a web process has loaded and takes requests, by what it says in the log."""
        return f"Process {pid} has loaded" in self.errors()

    def probe(self, path: str) -> int:
        """Return the status of an address, 0 when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as reply:
                return int(reply.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def worker(self, name: str = "w") -> subprocess.Popen[str]:
        """Start a worker."""
        return self._run(sys.executable, "-m", "celery", "-A", "config", *WORKER, "-n", f"{name}@%h")

    def listens(self, name: str) -> bool:
        """Tell whether the worker of that name has loaded and listens: it has bound its mailbox, the last thing before it takes work."""
        with contextlib.closing(redis_client.Redis.from_url(self.redis.url)) as client:
            bound = client.smembers("_kombu.binding.celery.pidbox")
        return any(f"{name}@".encode() in mailbox for mailbox in bound)

    def beat(self) -> subprocess.Popen[str]:
        """Start a beat."""
        schedule = f"{self.environment['DUBAN_TEST_VAR']}/beat-{time.monotonic_ns()}"
        return self._run(sys.executable, "-m", "celery", "-A", "config", "beat", "-l", "warning", "-s", schedule)

    def delivered(self) -> bool:
        """Tell whether nothing is left to be sent; asked twice a second at most, so that the asking is no load."""
        time.sleep(0.5)
        return bool(self.clerk("unsent") == 0)

    def errors(self) -> str:
        """Return what the processes said."""
        self.log.flush()
        return self._said.read_text(encoding="utf-8")

    def arrived(self) -> tuple[int, int]:
        """Return how many different messages have arrived, and how many of them again."""
        mails, hooks = self.mails.ids, self.hooks.keys
        return len(mails) + len(hooks), sum(mails.values()) + sum(hooks.values()) - len(mails) - len(hooks)

    def close(self) -> None:
        """End everything."""
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL) if os.getpgid(process.pid) == process.pid else process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
        self.redis.kill()
        self.log.close()


def has_ended(pid: int) -> bool:
    """Tell whether a process is gone, or dead and not yet collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def children_of(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
