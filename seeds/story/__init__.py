"""The demonstration story: the sample plan at work, told by the people of the demonstration."""

from __future__ import annotations

import datetime as dt


def tell(now: dt.datetime) -> None:
    """Tell the story up to a moment, its dates relative to it; what has been told already is not told again."""
