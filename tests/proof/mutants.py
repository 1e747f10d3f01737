"""The product with one of its guards taken away, for the processes that are told so by `DUBAN_PROOF_MUTANT`.

A proof counts only once it has been seen to fail: `test_mutants.py` runs the rows' own tests against these.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import time
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
    """Let every sender take a message that another has in hand (A1).

    All begin with the oldest and take their time over it: that two meet is no luck then, however quick the machine.
    """
    from types import SimpleNamespace

    from django.db import transaction

    from notifications import delivery
    from notifications.models import Message

    @contextlib.contextmanager
    def hold(pk: int, now: dt.datetime, seated: Callable[[], bool]) -> Iterator[Message | None]:
        message = Message.objects.select_related("recipient").filter(pk=pk, state="queued", next_attempt_at__lte=now).first()
        time.sleep(0.02)
        yield message
        if message is not None:
            with transaction.atomic():
                message.save(update_fields=delivery._OUTCOME_FIELDS)

    delivery._hold_by_lock = hold
    vars(delivery)["random"] = SimpleNamespace(randrange=lambda _many: 0)


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


def unfenced() -> None:
    """Let a sender whose transaction is gone write its outcome all the same (A3)."""
    from django.db import DatabaseError, InterfaceError, connection

    from notifications import delivery
    from notifications.models import Message

    hold_by_lock = delivery._hold_by_lock

    @contextlib.contextmanager
    def hold(pk: int, now: dt.datetime, seated: Callable[[], bool]) -> Iterator[Message | None]:
        message = None
        try:
            with hold_by_lock(pk, now, seated) as message:
                yield message
        except (DatabaseError, InterfaceError):
            connection.close()
            if message is not None:
                Message.objects.filter(pk=pk).update(sent_at=message.sent_at)
            raise

    delivery._hold_by_lock = hold


def without_asking_again() -> None:
    """Send what was queued for somebody, whoever may see it by now (A8)."""
    from notifications import guards

    vars(guards)["allowed"] = lambda pairs, now: set(pairs)


def in_any_order() -> None:
    """Take what is due in no order (A5)."""
    from notifications import delivery
    from notifications.models import Message

    def candidates(run: Any, left_alone: Any) -> list[tuple[int, str]]:
        due = Message.objects.filter(state="queued", next_attempt_at__lte=run.now).order_by("?")
        return list(due.values_list("pk", "channel")[: delivery.CANDIDATES])

    vars(delivery)["_candidates"] = candidates


def another_name_each_time() -> None:
    """Give a mail another Message-ID each time it is sent (F1)."""
    import dataclasses
    import uuid

    from notifications import letters

    build = letters.build

    def anew(message: Any, now: dt.datetime) -> Any:
        letter = build(message, now)
        return letter and dataclasses.replace(letter, message_id=f"<{uuid.uuid4().hex}@proof>")

    vars(letters)["build"] = anew


def counted_side_by_side() -> None:
    """Let senders count the mails of an hour without waiting for each other (F7)."""
    from notifications import seats

    vars(seats)["be_alone_with"] = lambda person: None


def digests_in_pieces() -> None:
    """Compose digests without a transaction, slowly (A16)."""
    import contextlib as contexts
    import time

    from notifications import digests

    carrier = digests._carrier

    def slowly(*asked: Any) -> Any:
        time.sleep(0.02)
        return carrier(*asked)

    class NoTransaction:
        atomic = staticmethod(contexts.nullcontext)
        on_commit = staticmethod(lambda ring: None)

    vars(digests).update(_carrier=slowly, transaction=NoTransaction)
    from django.db import connection

    connection.features.has_select_for_update = False


def a_bell_that_waits() -> None:
    """Ring in the thread of whoever acts, for as long as the broker likes (B4)."""
    from celery import current_app
    from kombu.exceptions import KombuError, OperationalError

    from notifications import bell

    def ring(task: str = "notifications.tasks.deliver", *, expires: int = 60) -> bool:
        with contextlib.suppress(KombuError, OperationalError, OSError):
            current_app.send_task(task, expires=expires, retry=False, ignore_result=True)
        return True

    vars(bell)["ring"] = ring


def a_template_that_breaks() -> None:
    """Have the mail of one person fail while it is written (A7); no guard is taken away."""
    from django.template import TemplateSyntaxError

    from notifications.channels import email

    compose = email.compose

    def breaks(letter: Any, address: str) -> Any:
        if address.startswith("poison.template@"):
            raise TemplateSyntaxError("an unclosed block")
        return compose(letter, address)

    vars(email)["compose"] = breaks


def given_up_too_soon() -> None:
    """Give up after three attempts (A7)."""
    from notifications import delivery

    a_template_that_breaks()
    vars(delivery)["MAX_ATTEMPTS"] = 3


def a_rung_without_its_row() -> None:
    """Let whoever comes to a rung tell it (A4): neither the row of its name nor the lock of its part is asked.

    Whoever has come to a part takes its time, so that the others come to it meanwhile, however quick the machine.
    """
    _tell_what_was_told()
    from workflow.actions import climb

    def after_a_while(_ids: Any) -> dict[int, set[str]]:
        time.sleep(0.3)
        return {}

    vars(climb)["_fired"] = after_a_while


def _tell_what_was_told() -> None:
    from django.db import connection

    from workflow.actions import climb

    fire = vars(climb)["fire"]

    def fire_all(rows: Any, fired_at: dt.datetime) -> set[str]:
        fire(rows, fired_at)
        return {row.key for row in rows}

    vars(climb).update(fire=fire_all, _fired=lambda ids: {})
    connection.features.has_select_for_update_skip_locked = False


def every_part_anew() -> None:
    """Have each sweep look at every part again and tell what it comes to (A13)."""
    from workflow.actions import sweep
    from workflow.models import Assignment

    _tell_what_was_told()
    climb = vars(sweep)["climb"]

    def climb_anew(*asked: Any) -> int:
        Assignment.objects.update(climbs_anew=True)
        return int(climb(*asked))

    vars(sweep)["climb"] = climb_anew


def more_than_a_second() -> None:
    """Have whoever rings wait five seconds for a broker that is dead (B3)."""
    from notifications import bell

    vars(bell)["WAIT"] = 5.0


def never_back() -> None:
    """Have a worker that has lost its broker do nothing any more, with nobody to start it anew (B2, B5)."""
    import threading

    from config import listening

    vars(listening)["Ear"].is_deaf = lambda *_self, **_asked: False
    vars(listening)["Consumer"].on_connection_error_after_connected = lambda _self, _exc: threading.Event().wait()


def by_the_hosts_clock() -> None:
    """Let each host go by its own clock (E2)."""
    from django.utils import timezone

    from notifications import clock

    vars(clock)["is_right"] = lambda now: True
    vars(clock)["database_now"] = lambda: timezone.now()  # noqa: PLW0108  (the host's clock is set wrong only later)


def nobody_looks_unasked() -> None:
    """Have beat ring for no delivery (B1): a bell that Redis forgets is never rung again."""
    from django.conf import settings

    del settings.CELERY_BEAT_SCHEDULE["deliver"]


MUTANTS: dict[str, Callable[[], None]] = {
    mutant.__name__: mutant
    for mutant in (
        without_the_row_lock,
        sent_before_it_is_sent,
        without_seats,
        without_the_key,
        a_mistake_instead_of_a_moment,
        unfenced,
        without_asking_again,
        in_any_order,
        another_name_each_time,
        counted_side_by_side,
        digests_in_pieces,
        a_bell_that_waits,
        a_template_that_breaks,
        given_up_too_soon,
        a_rung_without_its_row,
        every_part_anew,
        more_than_a_second,
        never_back,
        by_the_hosts_clock,
        nobody_looks_unasked,
    )
}
