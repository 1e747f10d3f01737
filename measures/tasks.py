"""What Celery runs: it only answers the bell; what is to be read is told by the rows."""

from celery import shared_task
from django.utils import timezone

from measures.actions.read_upload import read_waiting
from measures.doorbell import READ_UPLOADS


@shared_task(name=READ_UPLOADS)
def read_uploads() -> int:
    """Read the uploads that wait."""
    return read_waiting(clock=timezone.now)
