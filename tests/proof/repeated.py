"""Comparing a duration with and without something, in one run, so that a machine that is busy with other things does not decide it.

Both are measured by turns. What else the machine does only ever makes a duration longer, so the shortest of each are held against each
other, and as long as they differ by more than they may, they are measured again, up to a limit: a product that is really slower stays so.
"""

from __future__ import annotations

from collections.abc import Callable


def by_turns(
    without: Callable[[], float], beside: Callable[[], float], *, at_most: float, most: int, least: int = 2
) -> tuple[list[float], list[float]]:
    """Measure by turns until the shortest beside is at most so many times the shortest without, or often enough.

    Args:
        without: measures without the disturbance, in seconds.
        beside: measures with it.
        at_most: the ratio that ends it.
        most: how many pairs are measured at most.
        least: how many at least.
    """
    alone: list[float] = []
    disturbed: list[float] = []
    for turn in range(most):
        first, second = ((without, alone), (beside, disturbed)) if turn % 2 == 0 else ((beside, disturbed), (without, alone))
        for measure, kept in (first, second):
            kept.append(measure())
        if turn + 1 >= least and min(disturbed) <= at_most * min(alone):
            break
    return alone, disturbed
