"""The embedded broker: a folder of bells, one file each, for installations without Redis.

Kombu's own file-system transport opens a message under its final name and fills it afterwards. A worker that looks in between takes
an empty file and ends upon it, and the whole installation with it: seen on a busy machine.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from json import dumps
from pathlib import Path
from queue import Empty
from time import monotonic
from typing import Any

from kombu import transport
from kombu.transport import filesystem
from kombu.utils.json import JSONEncoder


class Channel(filesystem.Channel):  # type: ignore[misc, unused-ignore]
    """A channel whose messages appear whole or not at all."""

    def _put(self, *told: Any, **_options: Any) -> None:
        """Write a message (the second argument) aside and then give it the name by which its queue (the first) finds it."""
        queue, message = told
        folder = Path(self.data_folder_out)
        name = uuid.uuid4()
        aside = folder / f"{name}.aside"
        aside.write_text(dumps(message, cls=JSONEncoder), encoding="utf-8")
        aside.replace(folder / f"{round(monotonic() * 1000)}_{name}.{queue}.msg")

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        """Take the next message; one that cannot be read (the machine lost its power) is gone, as any lost bell may be.

        Raises:
            Empty: there is none, or the next one was not to be read.
        """
        try:
            take: Callable[[str], Any] = super()._get
            return take(queue)
        except ValueError as torn:
            raise Empty from torn


class Transport(filesystem.Transport):  # type: ignore[misc, unused-ignore]
    """Kombu's transport over such channels."""

    Channel = Channel


def install() -> None:
    """Have `filesystem:` addresses mean this transport."""
    vars(transport)["TRANSPORT_ALIASES"]["filesystem"] = f"{__name__}:Transport"
