"""What pages cost with few and with many tasks stored: `python -m benchmarks.ledger [few] [many]`.

On an empty database it loads the few, measures, loads up to the many, measures again and prints the ratios, which tell more than the
milliseconds of one machine. A page whose cost does not grow with what is stored has a ratio near one.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Mapping

import django

ROUNDS = 9
PAGES = {
    "workbench of a coordinator": ("coordinator", "/workbench/"),
    "workbench of an officer": ("officer", "/workbench/"),
    "ledger by due date": ("coordinator", "/ledger/"),
    "ledger of parts": ("coordinator", "/ledger/?rows=parts"),
    "ledger, overdue only": ("coordinator", "/ledger/?rows=parts&overdue=on"),
    "ledger by light": ("coordinator", "/ledger/?sort=light"),
    "ledger of an officer": ("officer", "/ledger/?rows=parts&scope=own"),
    "ledger, words": ("coordinator", "/ledger/?q=绿色金融"),
    "supervision centre": ("coordinator", "/command/"),
    "cockpit": ("leader", "/cockpit/"),
    "statistics": ("leader", "/statistics/"),
    "search": ("officer", "/search/?q=绿色金融"),
}


def measure() -> dict[str, tuple[float, float]]:
    """Return median and worst time of each page, in milliseconds."""
    from django.db.models import Count
    from django.test import Client

    from agencies.models import Membership

    people = {}
    for role in ("coordinator", "leader", "officer"):
        rows = Membership.objects.filter(role=role, user__is_active=True)
        person = rows.annotate(work=Count("agency__assignments")).order_by("agency__position", "pk").first()
        if person is None:
            sys.exit(f"There is no {role}.")
        people[role] = person.user
    times = {}
    for name, (role, address) in PAGES.items():
        client = Client()
        client.force_login(people[role], backend="django.contrib.auth.backends.ModelBackend")
        taken = []
        for _round in range(ROUNDS + 1):
            started = time.perf_counter()
            answer = client.get(address)
            taken.append((time.perf_counter() - started) * 1000)
            if answer.status_code != 200:  # noqa: PLR2004 - the status of a page that was shown
                sys.exit(f"{address} answered {answer.status_code}")
        times[name] = (statistics.median(taken[1:]), max(taken[1:]))
    return times


def show(before: Mapping[str, tuple[float, float]], after: Mapping[str, tuple[float, float]], few: int, many: int) -> None:
    """Print both and their ratio."""
    print(f"{'page':<30}{few:>12} tasks{many:>12} tasks     ratio")
    for name, (median, _worst) in after.items():
        print(f"{name:<30}{before[name][0]:>15.1f} ms{median:>15.1f} ms{median / before[name][0]:>10.1f}")


def main() -> None:
    """Load, measure, load more, measure again."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("DUBAN_DEBUG", "1")
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from benchmarks.pages import tidy
    from workflow.models import Task

    few, many = (int(value) for value in (sys.argv[1:] + ["1000", "100000"][len(sys.argv) - 1 :])[:2])
    settings.ALLOWED_HOSTS.append("testserver")
    call_command("migrate", verbosity=0)
    measured = []
    for count in (few, many):
        missing = count - Task.objects.count()
        if missing > 0:
            call_command("synthesize", agencies=100, users=400, tasks=missing)
        tidy()
        measured.append(measure())
    show(measured[0], measured[1], few, many)


if __name__ == "__main__":
    main()
