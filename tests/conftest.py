"""The strict environment of the suite, and what tests may ask for: a browser, a Redis, a Celery worker, a live site."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import translation
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from config.celery import app as celery_app
from tests.flushing import flushing_spares_no_record
from tests.rig.browser import CHROMIUM_ARGUMENTS
from tests.rig.packages import chromium_program
from tests.rig.services import redis
from tests.strictness import guarded

__all__ = ["flushing_spares_no_record"]

PATIENCE = 15_000
"""Milliseconds a browser waits for what a page owes, on a machine that is busy with other tests too."""

ROOT = Path(__file__).resolve().parent.parent
WORKER_COMMAND = [
    "-m",
    "celery",
    "-A",
    "config",
    "worker",
    "-P",
    "threads",
    "-c",
    "2",
    "-l",
    "info",
    "--without-gossip",
    "--without-mingle",
]


DATABASE_ONLY = "--database-only"
"""What the second run of `make test` is told: what needs no database has been run by the first one."""

GOES_BY_THE_SET_UP = {"django_db", "db", "django_db_setup", "live_server", "redis_url", "postgres", "sqlite"}
"""Marks and fixtures, asked for directly or through other fixtures, of tests to which it matters on what they run."""


STARTS_PROCESSES = {"sinks", "_playwright", "celery_worker_process"}
"""Fixtures of tests that take long each, although their files are short. A plain `browser` is none: tests of pages call a client so."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the rig leave out of its second run what the first one has said all about."""
    parser.addoption(DATABASE_ONLY, action="store_true", help="leave out the tests that need no database")


def needs_no_database(item: pytest.Item) -> bool:
    """Tell whether a test has nothing to say about the set-up: pytest-django refuses it the database if it turns to it all the same."""
    asked = {*getattr(item, "fixturenames", ()), *(marker.name for marker in item.iter_markers())}
    return not asked & GOES_BY_THE_SET_UP


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what this run is not for: tests of the other database, journeys on PostgreSQL, proofs unless asked for.

    They are deselected, not skipped: a skipped test is one that should have run. Tests that need no database say so in the report.
    """
    on_postgresql = "postgresql" in settings.DATABASES["default"]["ENGINE"]
    unwanted = {"sqlite", "journey"} if on_postgresql else {"postgres"}
    if "proof" not in (config.option.markexpr or ""):
        unwanted.add("proof")
    left_out = {item for item in items if unwanted & {marker.name for marker in item.iter_markers()}}
    without = {item for item in items if needs_no_database(item)}
    for item in without:
        item.user_properties.append(("database", "none"))
    if config.getoption(DATABASE_ONLY):
        left_out |= without
    if left_out:
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]
    if hasattr(config, "workerinput"):
        _longest_first(items)


def starts_processes(item: pytest.Item) -> bool:
    """Tell whether a test starts processes or a browser, asked for directly or through other fixtures."""
    return bool(STARTS_PROCESSES & set(getattr(item, "fixturenames", ())))


def _longest_first(items: list[pytest.Item]) -> None:
    """Begin with files that start processes or a browser, then those with the most tests, so that xdist's workers end together."""
    sizes = Counter(item.path for item in items)
    slow = {item.path for item in items if starts_processes(item)}
    items.sort(key=lambda item: (item.path not in slow, -sizes[item.path]))


@pytest.fixture(autouse=True, scope="session")
def _this_machine_only() -> Iterator[None]:
    """Let no test reach another machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded(socket.socket.connect))
        patch.setattr(socket.socket, "connect_ex", guarded(socket.socket.connect_ex))
        yield


@pytest.fixture(autouse=True)
def _in_the_language_of_the_house() -> None:
    """Begin every test in Chinese: a request in English leaves its language behind in the thread."""
    translation.deactivate()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """Give the address of a Redis, without a database number: the run's own, or one started here."""
    given = os.environ.get("DUBAN_TEST_REDIS")
    if given:
        yield given
        return
    with redis() as url:
        yield url


class WorkerProcess:
    """A real Celery worker on the test's database and broker, in a process of its own."""

    def __init__(self, *extra: str, beat: bool, broker: str) -> None:
        environment = {name: value for name, value in os.environ.items() if name != "PYTEST_XDIST_WORKER"}
        environment |= {
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "DUBAN_TEST_DATABASE": str(connection.settings_dict["NAME"]),
            "DUBAN_TEST_VAR": str(settings.VAR.parent),
            "PYTEST_XDIST_WORKER": os.environ.get("PYTEST_XDIST_WORKER", ""),
            "DUBAN_TEST_BROKER": broker,
            "PYTHONUNBUFFERED": "1",
        }
        extra += ("-B", "--schedule", str(settings.VAR / "beat")) if beat else ()
        self.process = subprocess.Popen(
            [sys.executable, *WORKER_COMMAND, *extra],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self.wait_for(" ready.")

    def wait_for(self, *words: str) -> str:
        """Read the worker's output until a line holds all the words; a line read before counts."""
        said = next((line for line in self.lines if all(word in line for word in words)), None)
        if said is not None:
            return said
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if all(word in line for word in words):
                return line
        raise AssertionError(f"the worker ended without saying {words!r}:\n{''.join(self.lines)}")

    def kill(self) -> None:
        """Kill it as a power cut would."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """Let it finish what it has begun, and end."""
        if self.process.poll() is None:
            self.process.terminate()
        self.process.communicate(timeout=30)


@pytest.fixture
def celery_worker_process(transactional_db: None) -> Iterator[Callable[..., WorkerProcess]]:
    """Start real Celery workers: `celery_worker_process(beat=True)`; every one is stopped after the test."""
    celery_app.control.purge()
    started: list[WorkerProcess] = []

    def start(*extra: str, beat: bool = False, broker: str = "") -> WorkerProcess:
        worker = WorkerProcess(*extra, beat=beat, broker=broker or settings.CELERY_BROKER_URL)
        started.append(worker)
        return worker

    yield start
    for worker in started:
        worker.stop()


@pytest.fixture(scope="session")
def _playwright() -> Iterator[Playwright]:
    """Drive browsers; Playwright's loop lives in the test's thread, where Django would refuse to talk to its database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        with sync_playwright() as driver:
            yield driver


@pytest.fixture(scope="session")
def browser(_playwright: Playwright) -> Iterator[Browser]:
    """Give the system's Chromium."""
    program = chromium_program()
    assert program is not None, "Chromium is not installed (Debian: apt-get install chromium)"
    running = _playwright.chromium.launch(executable_path=program, args=CHROMIUM_ARGUMENTS)
    yield running
    running.close()


@pytest.fixture
def new_page(browser: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """Open browser windows, each a person of its own: `new_page()`, or `new_page(width=390, height=844)` for a phone.

    Addresses are relative to the live site. A script error, a refused resource or a 500 in any of them fails the test.
    """
    contexts = []
    faults: list[str] = []

    def watch(page: Page) -> None:
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        page.on("console", lambda message: faults.append(f"{page.url}: {message.text}") if "Content Security" in message.text else None)
        page.on("response", lambda response: faults.append(f"{response.url}: {response.status}") if response.status >= 500 else None)

    def open_page(*, width: int = 1366, height: int = 768, **options: Any) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        watch(page)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """Open one browser window at the size of an office screen."""
    return new_page()
