"""Jobs of the worker: one lasts until it is told to end, by a file; one tells how many objects the collector of its process spares."""

import gc
import threading

from celery import shared_task
from django.conf import settings


@shared_task(name="tests.long_job")
def last() -> None:
    """Last until the file is there."""
    rest = threading.Event()
    while not (settings.VAR / "long-job-ends").exists():
        rest.wait(0.05)


@shared_task(name="tests.spared")
def count_spared() -> int:
    """Return how many objects Python's collector does not look through in the process that works."""
    return gc.get_freeze_count()
