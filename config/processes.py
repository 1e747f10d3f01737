"""Runs several processes as one: all start together, all stop together, and their lines are told apart."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import FrameType

PATIENCE = 15.0
"""Seconds between asking a process to stop and stopping it."""


@dataclass(frozen=True, slots=True)
class Program:
    """A process to run: what its lines are marked with, and its command line."""

    name: str
    command: Sequence[str]


class Supervisor:
    """Keeps a set of programs running until one ends or somebody asks to stop.

    Each runs in a session of its own, so that Ctrl-C in the terminal reaches the supervisor alone, which then ends them in
    order; and whatever a program started in turn is ended with it.
    """

    def __init__(self, programs: Sequence[Program], *, environment: Mapping[str, str], write: Callable[[str], None]) -> None:
        self._programs = programs
        self._environment = dict(environment)
        self._write = write
        self._running: dict[str, subprocess.Popen[str]] = {}
        self._stop = threading.Event()
        self._line = threading.Lock()
        self._width = max(len(program.name) for program in programs)

    def run(self) -> int:
        """Run until the end.

        Returns:
            0 when asked to stop, 1 when a program ended by itself.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)
        failed = False
        try:
            for program in self._programs:
                self._start(program)
            while not self._stop.wait(0.2):
                for name, process in self._running.items():
                    if process.poll() is not None:
                        self._say(f"{name} ended by itself (exit code {process.returncode}); stopping the others")
                        failed = True
                        self._stop.set()
        finally:
            self._end_all()
        return int(failed)

    def _asked_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stop.set()

    def _start(self, program: Program) -> None:
        process = subprocess.Popen(  # noqa: S603  (our own command lines)
            program.command,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self._running[program.name] = process
        threading.Thread(target=self._relay, args=(program.name, process), daemon=True).start()

    def _relay(self, name: str, process: subprocess.Popen[str]) -> None:
        if process.stdout is not None:
            for line in process.stdout:
                self._say(f"{name:<{self._width}} | {line.rstrip()}")

    def _say(self, line: str) -> None:
        """Write a line whole, however many programs say something at once."""
        with self._line:
            self._write(line)

    def _end_all(self) -> None:
        for process in self._running.values():
            _signal_group(process, signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        for name, process in self._running.items():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self._say(f"{name} does not stop; ending it")
            _signal_group(process, signal.SIGKILL)
            process.wait()


def _signal_group(process: subprocess.Popen[str], number: signal.Signals) -> None:
    """Signal a program and all that it started; none left is fine."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
