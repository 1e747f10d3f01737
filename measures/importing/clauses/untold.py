"""Times behind a label that no calendar knows (完成时限：暑假期间): kept as a quote, without a day."""

from __future__ import annotations

import re

from measures.importing.deadlines import Deadline

TIME_UNREAD = "时限没有读出"
# A time, and not how the work goes on (按国家部署推进).
_TIME = re.compile(r"(?![按依根已])[^，；。：、（）\n]{2,16}?(?:期间|时节|之际|结束|[前后内])(?:完成|启动|实施)?(?=[，；。）】\n]|$)")


def unknown_time(text: str, at: int) -> Deadline | None:
    """The time that begins at a position and ends with its part, if its words say that it is one."""
    found = _TIME.match(text, at)
    return Deadline(found.group(), found.start(), found.end(), None, why=TIME_UNREAD) if found else None
