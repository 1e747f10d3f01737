"""The watch that each web process keeps over beat and worker: see `oversight.watch`, which says what is looked for and whom it tells."""

from __future__ import annotations

import logging
import threading

from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from oversight.watch import look

logger = logging.getLogger(__name__)

PERIOD = 15.0
"""Seconds between two looks."""


class Watch(threading.Thread):
    """Looks for as long as its process lives."""

    def __init__(self) -> None:
        super().__init__(name="watch", daemon=True)
        self._since = timezone.now()
        self._rest = threading.Event()

    def run(self) -> None:
        """Look, and rest; a database that is away is looked at again."""
        while not self._rest.wait(PERIOD):
            try:
                look(timezone.now(), since=self._since)
            except (DatabaseError, InterfaceError) as error:
                logger.warning("The watch could not look (%s).", error)
            finally:
                connection.close()
