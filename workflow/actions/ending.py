"""What hangs on a part that ends: requests that nobody will decide any more are taken back with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from workflow.actions.door import keep, move
from workflow.models import Assignment, CoSignature, Extension, HandBack, SignOff
from workflow.states import ExtensionState, HandBackState, SignOffState, Verdict


def close_requests(parts: Sequence[Assignment], now: dt.datetime) -> None:
    """Take back the open requests for more time and hand-backs of parts that end, in a constant number of statements.

    Args:
        parts: locked by the caller; what becomes of them is the caller's to record.
        now: the moment.
    """
    hand_backs = list(
        HandBack.objects.select_for_update(of=("self",), no_key=True).filter(assignment__in=parts, state=HandBackState.RAISED)
    )
    extensions = list(
        Extension.objects.select_for_update(of=("self",), no_key=True).filter(assignment__in=parts, state=ExtensionState.REQUESTED)
    )
    rows: list[HandBack | Extension] = [*hand_backs, *extensions]
    for row in rows:
        move(row, "withdraw", now=now)
        row.version += 1
    if hand_backs:
        HandBack.objects.bulk_update(hand_backs, ["state", "decided_at", "version"])
    if extensions:
        Extension.objects.bulk_update(extensions, ["state", "decided_at", "version"])


def ask_no_longer(parts: Sequence[Assignment]) -> list[SignOff]:
    """Drop the co-signatures that parts which end have not given; a round that then waits for nobody goes before the coordinator.

    Returns:
        The rounds that went forward.
    """
    asked = CoSignature.objects.filter(assignment__in=parts, verdict=Verdict.WAITING, sign_off__state=SignOffState.COLLECTING)
    rounds = set(asked.values_list("sign_off_id", flat=True))
    if not rounds:
        return []
    asked.delete()
    waiting = CoSignature.objects.filter(sign_off__in=rounds, verdict=Verdict.WAITING).values("sign_off_id")
    ready = list(
        SignOff.objects.select_for_update(of=("self",), no_key=True).select_related("task").filter(pk__in=rounds).exclude(pk__in=waiting)
    )
    for row in ready:
        move(row, "submit")
        keep(row)
    return ready
