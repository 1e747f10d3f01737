"""A job of the worker that lasts until it is told to end, by a file."""

import threading

from celery import shared_task
from django.conf import settings


@shared_task(name="tests.long_job")
def last() -> None:
    """Last until the file is there."""
    rest = threading.Event()
    while not (settings.VAR / "long-job-ends").exists():
        rest.wait(0.05)
