"""The rig of the proofs: sinks, senders that are killed by the hundred, Celery processes, and what is counted at the end."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis as redis_client
from django.conf import settings as django_settings
from django.db import connection

from notifications.models import Message
from tests.proof.house import House
from tests.proof.postgres import build, copy_of
from tests.proof.reminders import write_reminders
from tests.proof.sinks import HookSink, MailSink, hook_sink, mail_sink
from tests.rig.services import redis

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 600.0
WORKER = ("worker", "-P", "prefork", "-c", "2", "-l", "warning", "--without-gossip", "--without-mingle")


def seconds_until(is_so: Callable[[], bool], *, at_most: float) -> float:
    """Return how long it took until something was so, or, when it was not by then, somewhat more than `at_most` seconds."""
    began, pause = time.monotonic(), threading.Event()
    while not is_so() and time.monotonic() - began <= at_most:
        pause.wait(0.02)
    return time.monotonic() - began


def wait_until(is_so: Callable[[], bool], *, patience: float = PATIENCE, what: str = "it") -> float:
    """Wait until something is so, and return how long it took."""
    took = seconds_until(is_so, at_most=patience)
    if took > patience and not is_so():
        raise AssertionError(f"{what} did not happen within {patience:.0f} s")
    return took


class Rig:
    """Processes of the product around the test's database, and the sinks they send to."""

    def __init__(self, mails: MailSink, hooks: HookSink, environment: dict[str, str]) -> None:
        self.mails, self.hooks = mails, hooks
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.proof.settings",
            "DUBAN_TEST_DATABASE": str(connection.settings_dict["NAME"]),
            "DUBAN_TEST_VAR": str(django_settings.VAR.parent),
            "DUBAN_PROOF_SMTP": str(mails.port),
            "DUBAN_PROOF_HOOK": hooks.url,
            "PYTHONUNBUFFERED": "1",
            **environment,
        }
        self._zygote: subprocess.Popen[str] | None = None
        self._stderr = (Path(django_settings.VAR) / "proof-errors.txt").open("w+", encoding="utf-8")
        self.processes: list[subprocess.Popen[str]] = []
        self.pids: list[int] = []

    def fork(self, count: int, job: str = "deliver", *, offset: float = 0.0) -> list[int]:
        """Start senders; each is a process of its own."""
        if self._zygote is None:
            self._zygote = subprocess.Popen(
                [sys.executable, "-m", "tests.proof.zygote"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._stderr,
                text=True,
            )
            assert self._answer() == "ready"
        assert self._zygote.stdin is not None
        self._zygote.stdin.write(json.dumps({"job": job, "count": count, "offset": offset}) + "\n")
        self._zygote.stdin.flush()
        started: list[int] = json.loads(self._answer())
        self.pids += started
        return started

    def _answer(self) -> str:
        assert self._zygote is not None
        assert self._zygote.stdout is not None
        return self._zygote.stdout.readline().strip()

    def kill(self, pids: list[int], number: signal.Signals = signal.SIGKILL) -> None:
        """Signal senders; those that are gone are gone."""
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def is_alive(self, pid: int) -> bool:
        """Tell whether a sender still runs."""
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        return True

    def celery(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a Celery process of the product, in a group of its own."""
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "config", *arguments],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=self._stderr,
            stderr=self._stderr,
            text=True,
            start_new_session=True,
        )
        self.processes.append(process)
        return process

    def errors(self) -> str:
        """Return what the processes complained about."""
        self._stderr.flush()
        return Path(self._stderr.name).read_text(encoding="utf-8")

    def close(self) -> None:
        """End everything."""
        self.kill(self.pids, signal.SIGCONT)
        self.kill(self.pids)
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if self._zygote is not None:
            self._zygote.kill()
            self._zygote.communicate()
        self._stderr.close()

    def remind(self, count: int, *, channels: tuple[str, ...] = ("email", "webhook"), urgent: bool = True, marker: str = "r") -> None:
        """Write reminders that are due at once, each to one channel in turn."""
        write_reminders(count, channels=channels, urgent=urgent, marker=marker)

    def arrived(self) -> int:
        """Count what has arrived at the sinks, repeats included."""
        return len(self.mails.received) + len(self.hooks.received)

    def unsent(self) -> int:
        """Count what is still to be sent."""
        return Message.objects.filter(state__in=["queued", "waiting"]).count()


@pytest.fixture
def sinks() -> Iterator[tuple[MailSink, HookSink]]:
    with mail_sink() as mails, hook_sink() as hooks:
        yield mails, hooks


@pytest.fixture
def new_rig(
    sinks: tuple[MailSink, HookSink], transactional_db: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Rig]]:
    """Make a rig: `new_rig(DUBAN_PROOF_IDLE_LIMIT="1s")`."""
    settings.DUBAN_CHANNELS = ["inbox", "email", "webhook"]
    settings.DUBAN_SENDING_HOURS, settings.DUBAN_SEND_ON_REST_DAYS = "00:00-24:00", True
    made: list[Rig] = []

    def make(**environment: str) -> Rig:
        made.append(Rig(*sinks, environment))
        return made[-1]

    yield make
    for rig in made:
        rig.close()


@pytest.fixture
def rig(new_rig: Callable[..., Rig], monkeypatch: pytest.MonkeyPatch) -> Rig:
    """Give a rig without Celery: nobody rings."""
    monkeypatch.setattr("notifications.bell.ring", lambda *args, **options: True)
    return new_rig()


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the data of a PostgreSQL with the product's tables, made once for all processes of a run."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder = shared / "built"
    with (shared / "built-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            with _open_folder() as elsewhere:  # the server may run as another user, whom pytest's folders keep out
                build(elsewhere / "built")
                shutil.move(elsewhere / "built", folder)
    return folder


@contextlib.contextmanager
def _open_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="duban-proof-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def new_house(built: Path, sinks: tuple[MailSink, HookSink]) -> Iterator[Callable[..., House]]:
    """Make an installation of its own: `new_house(DUBAN_PROOF_BEAT="2")`."""
    with contextlib.ExitStack() as at_the_end:

        def make(**environment: str) -> House:
            folder = at_the_end.enter_context(_open_folder())
            house = House(folder, copy_of(built, folder / "postgres"), sinks, environment)
            at_the_end.callback(house.server.end_at_once)
            at_the_end.callback(house.close)
            at_the_end.callback(lambda: print(house.errors()[-6000:]))  # shown when the proof failed
            return house

        yield make


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Keep a figure of a proof: printed, and appended to the file named by `DUBAN_PROOF_FIGURES`."""

    def keep(row: str, **figures: object) -> None:
        line = f"{row}: " + ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in figures.items())
        print(line)
        if os.environ.get("DUBAN_PROOF_FIGURES"):
            with Path(os.environ["DUBAN_PROOF_FIGURES"]).open("a", encoding="utf-8") as kept:
                kept.write(f"{request.node.name} | {line}\n")

    return keep


@pytest.fixture
def own_redis() -> Iterator[tuple[str, int]]:
    """Give a Redis that nobody else uses, and its process id."""
    with redis() as url:
        client: Any = redis_client.Redis.from_url(url)
        pid = int(client.info("server")["process_id"])
        client.close()
        yield f"{url}/0", pid
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def start_celery(rig: Rig, *, workers: int = 1, beats: int = 1) -> None:
    for number in range(workers):
        rig.celery(*WORKER, "-n", f"w{number}@%h")
    for number in range(beats):
        rig.celery("beat", "-l", "warning", "-s", f"{rig.environment['DUBAN_TEST_VAR']}/proof-beat-{os.getpid()}-{number}")
