"""The budgets of the pages: `python -m benchmarks.pages [tasks]`, on an empty database.

With that many tasks (100,000) stored, each main page is asked for as its reader asks for it; printed are the server's time at the median
and the 95th percentile, its statements, and what a first visit loads: requests, and kilobytes as they travel compressed. The aims are
p95 < 100 ms, < 15 requests and < 150 KB for the first page; a page that misses one is marked.
"""

from __future__ import annotations

import gzip
import os
import re
import statistics
import sys
import time
from typing import Any

import django

ROUNDS = 20
P95_MS, REQUESTS, KILOBYTES = 100, 15, 150
FIRST = "workbench of an officer"
PAGES = {
    FIRST: ("officer", "/workbench/"),
    "workbench of a reviewer": ("reviewer", "/workbench/"),
    "workbench of a coordinator": ("coordinator", "/workbench/"),
    "workbench of a leader": ("leader", "/workbench/"),
    "cockpit": ("leader", "/cockpit/"),
    "cockpit of one plan": ("leader", "/cockpit/?plan={plan}"),
    "cockpit, big screen": ("leader", "/cockpit/?screen=big"),
    "cockpit by first dates": ("leader", "/cockpit/?dates=first"),
    "briefing": ("leader", "/cockpit/briefing/"),
    "supervision centre": ("coordinator", "/command/"),
    "statistics": ("leader", "/statistics/"),
    "statistics by first dates": ("leader", "/statistics/?dates=first"),
    "ledger by due date": ("coordinator", "/ledger/"),
    "ledger by light": ("coordinator", "/ledger/?sort=light"),
    "ledger of parts": ("coordinator", "/ledger/?rows=parts"),
    "ledger, red only": ("coordinator", "/ledger/?state=live&light=red"),
    "ledger, overdue parts": ("coordinator", "/ledger/?rows=parts&overdue=on"),
    "ledger, overdue by first dates": ("coordinator", "/ledger/?rows=parts&overdue=on&dates=first"),
    "ledger of one plan": ("coordinator", "/ledger/?plan={plan}"),
    "ledger of one agency": ("coordinator", "/ledger/?rows=parts&agency={agency}"),
    "ledger of an officer": ("officer", "/ledger/?rows=parts&scope=own"),
    "ledger, words": ("coordinator", "/ledger/?q=绿色金融"),
    "to do of an officer": ("officer", "/todo/"),
    "task": ("officer", "/tasks/{task}/"),
    "search": ("officer", "/search/?q=绿色金融"),
}


def _people() -> dict[str, Any]:
    from django.db.models import Count

    from agencies.models import Membership

    people: dict[str, Any] = {}
    for role in ("coordinator", "leader", "officer", "reviewer"):
        work = Count("agency__tasks_issued") if role in {"coordinator", "leader"} else Count("agency__assignments")
        rows = Membership.objects.filter(role=role, user__is_active=True)
        person = rows.annotate(work=work).order_by("-work", "pk").first()
        if person is None:
            sys.exit(f"There is no {role}.")
        people[role] = person.user
        people[f"{role}'s agency"] = person.agency_id
    return people


def _weight(html: bytes) -> tuple[int, float]:
    """Return the requests of a first visit, and what it loads, in kilobytes as they travel."""
    from django.contrib.staticfiles import finders

    parts = dict.fromkeys(re.findall(r'(?:src|href)="/static/([^"#?]+)', html.decode()))
    size = len(gzip.compress(html))
    for part in parts:
        path = finders.find(part) or finders.find(re.sub(r"\.[0-9a-f]{12}(?=\.)", "", part))
        if not isinstance(path, str):
            sys.exit(f"{part} is nowhere.")
        with open(path, "rb") as file:  # noqa: PTH123 - a path of the finders
            content = file.read()
        size += len(content) if path.endswith((".woff2", ".png")) else len(gzip.compress(content))
    return 1 + len(parts), size / 1024


def measure() -> bool:
    """Print a line a page; returns whether all budgets are kept."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from measures.models import Plan
    from workflow.models import Assignment

    people = _people()
    task = Assignment.objects.filter(agency=people["officer's agency"]).order_by("pk").values_list("task_id", flat=True).first()
    values = {
        "plan": Plan.objects.filter(issuer=people["leader's agency"]).latest("pk").pk,
        "agency": people["officer's agency"],
        "task": task,
    }
    print(f"{'page':<28}{'median':>9}{'p95':>9}{'statements':>12}{'requests':>10}{'KB':>8}")
    kept = True
    for name, (role, address) in PAGES.items():
        client = Client(headers={"accept-language": "zh-hans"})
        client.force_login(people[role], backend="django.contrib.auth.backends.ModelBackend")
        asked = address.format(**values)
        taken = []
        answer = client.get(asked)
        if answer.status_code != 200:  # noqa: PLR2004 - the status of a page that was shown
            sys.exit(f"{asked} answered {answer.status_code}")
        for _round in range(ROUNDS):
            started = time.perf_counter()
            answer = client.get(asked)
            taken.append((time.perf_counter() - started) * 1000)
        with CaptureQueriesContext(connection) as statements:
            client.get(asked)
        requests, size = _weight(answer.content)
        p95 = statistics.quantiles(taken, n=20)[18]
        over = p95 > P95_MS or requests >= REQUESTS or (name == FIRST and size > KILOBYTES)
        kept = kept and not over
        times = f"{statistics.median(taken):>6.0f} ms{p95:>6.0f} ms"
        print(f"{name:<28}{times}{len(statements):>12}{requests:>10}{size:>8.0f}{'  over' if over else ''}", flush=True)
        if "-v" in sys.argv:
            for query in sorted(statements.captured_queries, key=lambda query: -float(query["time"]))[:3]:
                print("     ", query["time"], query["sql"][:600])
    return kept


def tidy() -> None:
    """Leave the database as it is in service, where PostgreSQL vacuums by itself, and not beside what is measured."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("VACUUM")
            cursor.execute("RESET statement_timeout")
        cursor.execute("ANALYZE")


def main() -> None:
    """Load what is missing, measure, print."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("DUBAN_DEBUG", "1")
    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from config.serving import settle
    from workflow.models import Task

    wanted = next((int(word) for word in sys.argv[1:] if word.isdecimal()), 100_000)
    settings.ALLOWED_HOSTS.append("testserver")
    settings.DEBUG = False
    call_command("migrate", verbosity=0)
    if wanted > Task.objects.count():
        call_command("synthesize", agencies=100, users=400, tasks=wanted - Task.objects.count(), verbosity=0)
    tidy()
    settle()
    print(f"{Task.objects.count()} tasks on {connection.vendor}")
    print("Every budget is kept." if measure() else "Some pages are over their budget.")


if __name__ == "__main__":
    main()
