"""The product with one of its guards taken away, for the processes that are told so by `DUBAN_PROOF_MUTANT`.

A proof counts only once it has been seen to fail: `test_mutants.py` runs the rows' own tests against these.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from collections.abc import Callable, Iterator
from typing import Any

from django.apps import AppConfig


class Mutants(AppConfig):
    """Takes the guard away once everything is loaded."""

    name = "tests.proof.mutants"
    label = "mutants"
    default = True

    def ready(self) -> None:
        """Take it away."""
        MUTANTS[os.environ["DUBAN_PROOF_MUTANT"]]()


def without_the_row_lock() -> None:
    """Let every sender take a message that another has in hand (A1)."""
    from django.db import transaction

    from notifications import delivery
    from notifications.models import Message

    @contextlib.contextmanager
    def hold(pk: int, now: dt.datetime, seated: Callable[[], bool]) -> Iterator[Message | None]:
        message = Message.objects.select_related("recipient").filter(pk=pk, state="queued", next_attempt_at__lte=now).first()
        yield message
        if message is not None:
            with transaction.atomic():
                message.save(update_fields=delivery._OUTCOME_FIELDS)

    delivery._hold_by_lock = hold


def sent_before_it_is_sent() -> None:
    """Note a message as sent before it is (A1): a sender that is killed loses it."""
    from notifications import delivery
    from notifications.models import Message

    @contextlib.contextmanager
    def hold(pk: int, now: dt.datetime, seated: Callable[[], bool]) -> Iterator[Message | None]:
        message = Message.objects.select_related("recipient").filter(pk=pk).first()
        mine = Message.objects.filter(pk=pk, state="queued").update(state="sent", sent_at=now, attempts=1)
        yield message if mine else None

    delivery._hold_by_lock = hold


def without_seats() -> None:
    """Let any number of senders wait for the same receiver (F3)."""
    from notifications import seats

    vars(seats)["take"] = lambda *_asked, **_how: True


def without_the_key() -> None:
    """Do an act again when its request is repeated under the same key (C1)."""
    from rest_framework.request import Request
    from rest_framework.response import Response

    from workflow.api import views

    def once(request: Request, *, now: dt.datetime, perform: Callable[[], tuple[int, Any]]) -> Response:
        code, body = perform()
        return Response(body, status=code)

    vars(views)["once"] = once


def a_mistake_instead_of_a_moment() -> None:
    """Call it a mistake of ours when the database is away (C2)."""
    from config import errors

    errors.is_passing = lambda error: False


MUTANTS: dict[str, Callable[[], None]] = {
    mutant.__name__: mutant
    for mutant in (without_the_row_lock, sent_before_it_is_sent, without_seats, without_the_key, a_mistake_instead_of_a_moment)
}
