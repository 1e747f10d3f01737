"""`python -m tests.rig suite | proof | check | bench | screenshots`: what the Makefile calls."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.rig.packages import chromium_program, provide
from tests.rig.services import postgresql, redis

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAMS = Path(sys.executable).parent
DATABASE_ONLY = "--database-only"
"""Leaves out the tests that need no database (`tests/conftest.py`)."""

OWN = ("DUBAN_DATABASE_URL", "DUBAN_BROKER_URL", "DUBAN_EMAIL_URL", "DUBAN_DEBUG", "DUBAN_SITE_URL", "DUBAN_PORT")


def _environment(**more: str) -> dict[str, str]:
    """Return the environment without any setting of an installation, so that the tests never touch one."""
    kept = {name: value for name, value in os.environ.items() if name not in OWN and name != "DJANGO_SETTINGS_MODULE"}
    return kept | {"PATH": f"{PROGRAMS}:{os.environ.get('PATH', '/usr/bin:/bin')}", "DUBAN_TEST_CHROMIUM": chromium_program() or ""} | more


def _pytest(*arguments: str, environment: Mapping[str, str], limit: float | None = None) -> tuple[int, str]:
    """Run pytest; returns its exit code and its counts in words.

    Args:
        arguments: what it is told.
        environment: in which it runs.
        limit: seconds after which it is ended, with all that it started.
    """
    with tempfile.TemporaryDirectory(prefix="duban-report-") as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", *arguments, f"--junitxml={report}"]
        with subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True) as process:
            try:
                code = process.wait(limit)
            except subprocess.TimeoutExpired:
                _end(process)
                return 1, f"ended after {limit:.0f} seconds"
            except BaseException:
                _end(process)
                raise
        if not report.exists():
            return code or 1, "did not run"
        suite = ET.parse(report).getroot().find("testsuite")  # noqa: S314  (pytest's own report)
    counts = {} if suite is None else {name: int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")}
    failed = counts.get("failures", 0) + counts.get("errors", 0)
    skipped = counts.get("skipped", 0)
    passed = counts.get("tests", 0) - failed - skipped
    without = 0 if suite is None else len(suite.findall("testcase/properties/property[@name='database'][@value='none']"))
    once = f" ({without} of them need no database and ran once)" if without else ""
    return (code if passed or code else 1), f"{passed} passed, {failed} failed, {skipped} skipped{once}"


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a run of pytest so that it ends what it has started; one that does not listen is killed."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(90)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _on_both(*arguments: str) -> int:
    """Run tests on the embedded set-up (SQLite, broker in the file system), then in service (PostgreSQL, Redis).

    What needs no database says the same twice: the first run has all of it, the second leaves it out.
    """
    provide()
    with postgresql() as database, redis() as broker:
        print("\n== embedded: SQLite, file-system broker ==", flush=True)
        embedded, on_sqlite = _pytest(*arguments, environment=_environment(DUBAN_TEST_REDIS=broker))
        print("\n== in service: PostgreSQL, Redis ==", flush=True)
        service = _environment(DUBAN_TEST_REDIS=broker, DUBAN_DATABASE_URL=database, DUBAN_BROKER_URL=f"{broker}/0")
        in_service, on_postgresql = _pytest(*arguments, DATABASE_ONLY, environment=service)
    print(f"\nSQLite:     {on_sqlite}\nPostgreSQL: {on_postgresql}", flush=True)
    return embedded or in_service


def suite() -> int:
    """Run everything but the proofs, on both databases; `tests/conftest.py` orders the files."""
    return _on_both("-q", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")


LONGEST_FILE = 90 * 60
"""Seconds after which a file of proofs is ended, whatever it is waiting for; each test has a shorter limit of its own."""

SIZES = {"DUBAN_PROOF_ROUNDS": "40", "DUBAN_PROOF_SECONDS": "120", "DUBAN_PROOF_HISTORIES": "10"}
"""How far the races go within the limit of a file; by themselves they go further, which takes hours."""


def proof() -> int:
    """Run the slow proofs, file after file, each once: they measure and kill, so nothing else runs beside them.

    A file runs on PostgreSQL and Redis, unless what it proves belongs to the embedded set-up or to a browser.
    """
    provide()
    code, told = 0, []
    with postgresql() as database, redis() as broker, tempfile.TemporaryDirectory(prefix="duban-figures-") as folder:
        figures = Path(folder) / "figures"
        sizes = {name: os.environ.get(name, size) for name, size in SIZES.items()} | {"DUBAN_PROOF_FIGURES": str(figures)}
        service = {"DUBAN_DATABASE_URL": database, "DUBAN_BROKER_URL": f"{broker}/0"}
        for path in sorted((ROOT / "tests").rglob("test_*.py")):
            text = path.read_text(encoding="utf-8")
            if "mark.proof" not in text:
                continue
            where = {} if "mark.sqlite" in text or "mark.journey" in text else service
            print(f"\n== {path.relative_to(ROOT)}, {'PostgreSQL, Redis' if where else 'SQLite'} ==", flush=True)
            began = time.monotonic()
            arguments = ("-q", "-p", "no:randomly", "-m", "proof", str(path.relative_to(ROOT)))
            failed, counts = _pytest(*arguments, environment=_environment(DUBAN_TEST_REDIS=broker, **where, **sizes), limit=LONGEST_FILE)
            code = failed or code
            told.append(f"{time.monotonic() - began:7.0f} s  {path.stem:<28} {counts}")
        print("\nFigures:\n" + (figures.read_text(encoding="utf-8") if figures.exists() else "none"), flush=True)
    print("\n".join(told), flush=True)
    return code


def check() -> int:
    """Run every static check, all of them even when one fails."""
    served = {
        "DUBAN_SITE_URL": "https://duban.example",
        "DUBAN_ALLOWED_HOSTS": "duban.example",
        "DUBAN_SECRET_KEY": secrets.token_urlsafe(50),
        "DUBAN_DATABASE_URL": "postgresql://duban@127.0.0.1:1/duban",
        "DUBAN_BROKER_URL": "redis://127.0.0.1:1/0",
    }
    python = [sys.executable]
    templates = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("*/templates"))
    checks: list[tuple[str, list[str], dict[str, str]]] = [
        ("format", ["ruff", "format", "--check", "."], {}),
        ("lint", ["ruff", "check", "."], {}),
        ("types", ["mypy", "."], {}),
        ("import arrows", ["lint-imports"], {}),
        ("templates", ["djlint", "--lint", "--quiet", *templates], {}),
        ("migrations", [*python, "manage.py", "makemigrations", "--check", "--dry-run"], {}),
        ("deployment", [*python, "manage.py", "check", "--deploy", "--fail-level", "WARNING"], served),
        ("architecture", [*python, "-m", "pytest", "-q", "-p", "no:randomly", "tests/architecture"], {}),
    ]
    failed = []
    with tempfile.TemporaryDirectory(prefix="duban-check-") as var:
        for name, command, more in checks:
            done = subprocess.run(command, cwd=ROOT, env=_environment(DUBAN_VAR=var, **more), capture_output=True, text=True, check=False)
            print(f"{'ok    ' if done.returncode == 0 else 'FAILED'} {name}", flush=True)
            if done.returncode != 0:
                failed.append(name)
                print(done.stdout + done.stderr, flush=True)
    print(f"\nFailed: {', '.join(failed)}" if failed else "\nEvery check passes.", flush=True)
    return int(bool(failed))


def _with_services(command: list[str]) -> int:
    with postgresql() as database, redis() as broker, tempfile.TemporaryDirectory(prefix="duban-var-") as var:
        environment = _environment(DUBAN_DATABASE_URL=database, DUBAN_BROKER_URL=f"{broker}/0", DUBAN_VAR=var)
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def bench() -> int:
    """Run every benchmark, each on an empty PostgreSQL and Redis of its own."""
    provide()
    scripts = sorted(path for path in (ROOT / "benchmarks").glob("*.py") if not path.name.startswith("_"))
    if not scripts:
        print("There are no benchmarks.")
        return 1
    code = 0
    for script in scripts:
        print(f"\n== {script.stem} ==", flush=True)
        code = _with_services([sys.executable, "-m", f"benchmarks.{script.stem}"]) or code
    return code


def screenshots() -> int:
    """Take a picture of every page at three sizes."""
    provide()
    return _with_services([sys.executable, "-m", "tests.screenshots"])


COMMANDS: dict[str, Callable[[], int]] = {
    "suite": suite,
    "proof": proof,
    "check": check,
    "bench": bench,
    "screenshots": screenshots,
}


def main() -> int:
    """Run the command named on the command line."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the services are stopped on the way out
    name = sys.argv[1] if len(sys.argv) == 2 else ""
    if name not in COMMANDS:
        sys.exit(f"Which one? {' | '.join(COMMANDS)}")
    return COMMANDS[name]()


if __name__ == "__main__":
    sys.exit(main())
