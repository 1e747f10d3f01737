"""The watch that each web process keeps over beat and worker: see `oversight.watch`, which says what is looked for and whom it tells.

It goes by the database's clock, by which signs of life are dated: a host whose own clock is wrong raises no alarm.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading

from django.db import DatabaseError, InterfaceError, connection

from notifications.clock import database_now, is_right
from oversight.watch import look

logger = logging.getLogger(__name__)

PERIOD = 15.0
"""Seconds between two looks."""


class Watch(threading.Thread):
    """Looks for as long as its process lives."""

    def __init__(self) -> None:
        super().__init__(name="watch", daemon=True)
        self._since: dt.datetime | None = None
        self._rest = threading.Event()

    def run(self) -> None:
        """Look, and rest; a database that is away is looked at again."""
        while not self._rest.wait(PERIOD):
            try:
                self.look()
            except (DatabaseError, InterfaceError) as error:
                logger.warning("The watch could not look (%s).", error)
            finally:
                connection.close()

    def look(self) -> None:
        """Look once; the first look is when the watch began."""
        now = database_now()
        self._since = self._since or now
        look(now, since=self._since, is_right=is_right(now))
