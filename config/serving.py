"""What a process does that is to serve requests or tasks, once, before the first of them."""

import gc

from django.urls import get_resolver


def settle() -> None:
    """Load the addresses with all the views behind them, and take what is loaded by now out of the rounds of Python's collector.

    Modules, models and forms stay for as long as the process does. Left in, a full round over them takes 100 to 160 ms of
    whichever request it falls upon, and a third of the time of a sweep in which much is due.
    """
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()
