"""Conventions of the code that nobody has to remember."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery.schedules import crontab
from django.conf import settings
from django.core.management import call_command
from django.db.models import signals
from importlinter.cli import lint_imports

from config.celery import app as celery_app
from tests.architecture.sources import APPS, ROOT, nodes, python_files, relative

LONGEST_FILE = 400
NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc", "core", "lib", "tools"}
BELLS = {"delay", "apply_async", "delay_on_commit", "apply_async_on_commit", "send_task"}
MAY_RING = ("notifications/", "workflow/notices", "workflow/tasks", "measures/tasks", "measures/doorbell", "config/celery")
"""Where a message may be queued: never in actions, which write rows; the bell is rung once those are committed."""


def test_the_import_arrows_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True) == 0


def test_no_file_is_longer_than_one_can_read_at_a_sitting() -> None:
    files = python_files(with_tests=True)
    assert len(files) > 50
    too_long = {relative(path): lines for path in files if (lines := len(path.read_text().splitlines())) > LONGEST_FILE}
    assert not too_long


def test_every_room_is_named_for_what_it_knows() -> None:
    names = {relative(path): {path.stem, *path.relative_to(ROOT).parts[:-1]} for path in python_files(with_tests=True)}
    assert names
    assert not {path for path, parts in names.items() if parts & NAMELESS}


def test_no_business_rule_hides_in_a_signal() -> None:
    listeners = [
        receiver
        for signal in (signals.pre_save, signals.post_save, signals.pre_delete, signals.post_delete, signals.m2m_changed)
        for receiver in signal.receivers
    ]
    ours = [str(listener) for listener in listeners if any(f"'{app}." in str(listener) or f" {app}." in str(listener) for app in APPS)]
    assert not ours
    files = python_files()
    assert files
    connected = [relative(path) for path in files if "post_save" in path.read_text() or "@receiver" in path.read_text()]
    assert not connected


def _calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in nodes(path) if isinstance(node, ast.Call))


def test_messages_are_queued_only_where_rows_are_committed_first() -> None:
    files = python_files()
    assert files
    rung = {
        f"{relative(path)}:{call.lineno}"
        for path in files
        for call in _calls(path)
        if isinstance(call.func, ast.Attribute) and call.func.attr in BELLS and not relative(path).startswith(MAY_RING)
    }
    assert not rung


def test_nothing_is_put_off_inside_the_queue() -> None:
    """A message with an eta or a countdown is lost or doubled when a worker dies: what is due later is a row."""
    files = python_files()
    assert files
    put_off = {
        f"{relative(path)}:{call.lineno}"
        for path in files
        for call in _calls(path)
        if isinstance(call.func, ast.Attribute) and call.func.attr in BELLS and {"eta", "countdown"} & {word.arg for word in call.keywords}
    }
    assert not put_off


def test_every_scheduled_task_exists_and_expires() -> None:
    celery_app.loader.import_default_modules()
    schedule: dict[str, dict[str, Any]] = settings.CELERY_BEAT_SCHEDULE
    assert schedule
    for name, entry in schedule.items():
        assert entry["task"] in celery_app.tasks, f"{name} rings a task that does not exist"
        assert isinstance(entry["schedule"], int | float | crontab)
        period = entry["schedule"] if not isinstance(entry["schedule"], crontab) else 3600.0
        assert 0 < entry["options"]["expires"] <= period, f"{name} would pile up while no worker runs"
        assert not {"args", "kwargs"} & entry.keys(), f"{name}: what is to be done is a row, not a message"


def test_bells_are_json_that_is_acknowledged_late_and_ends_in_time() -> None:
    told = celery_app.conf
    assert (told.task_serializer, list(told.accept_content)) == ("json", ["json"])
    assert (told.task_acks_late, told.task_ignore_result, told.worker_prefetch_multiplier) == (True, True, 1)
    assert 0 < told.task_soft_time_limit < told.task_time_limit
    visible = told.broker_transport_options.get("visibility_timeout")
    assert visible is None or visible >= told.task_time_limit, "a bell would be rung again while it is being answered"


def test_the_clock_is_read_at_the_edges_only() -> None:
    """Rules take `now`; only pages, the API, commands, background tasks and the site itself ask what time it is."""
    pure = [path for path in python_files() if path.relative_to(ROOT).parts[0] != "config" and not _is_edge(path)]
    assert pure
    readers = {
        f"{relative(path)}:{call.lineno}"
        for path in pure
        for call in _calls(path)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in {"now", "today", "utcnow", "localtime", "localdate"}
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id in {"timezone", "datetime", "dt", "date"}
        and not call.args
    }
    assert not readers


def _is_edge(path: Path) -> bool:
    edges = {"web", "api", "admin", "tasks", "management", "middleware", "templatetags", "channels", "pages", "views", "forms", "clock"}
    parts = path.relative_to(ROOT).parts
    return bool(edges & {*parts, path.stem})


def test_no_act_locks_a_row_against_those_who_only_point_at_it() -> None:
    """A lock on the key would make everybody wait who writes a row that belongs to it: a comment, a file, a notice."""
    locks = [
        (f"{relative(path)}:{call.lineno}", {word.arg for word in call.keywords})
        for path in python_files()
        if relative(path).startswith("workflow/")
        for call in _calls(path)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "select_for_update"
    ]
    assert len(locks) > 20
    assert not [where for where, words in locks if "no_key" not in words]


def test_every_module_can_be_imported_by_itself() -> None:
    imported = 0
    for app in APPS:
        package = importlib.import_module(app)
        for module in pkgutil.walk_packages(package.__path__, f"{app}."):
            importlib.import_module(module.name)
            imported += 1
    assert imported > 50


def test_no_migration_is_missing(db: None) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
