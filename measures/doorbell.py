"""The bell that tells a worker that an upload waits to be read. The row is the truth; a lost ring is made good by the schedule."""

from __future__ import annotations

import logging

from celery import current_app
from kombu.exceptions import OperationalError

READ_UPLOADS = "measures.read_uploads"
logger = logging.getLogger(__name__)


def ring() -> None:
    """Ring; when nobody can hear, say so in the log and go on."""
    try:
        current_app.send_task(READ_UPLOADS)
    except (OperationalError, OSError):
        logger.warning("No worker can be told of a new upload; the schedule will find it.", exc_info=True)
