"""Delivers what is due: exactly one sender holds a message, and a sender that dies lets go of it.

On PostgreSQL a message's row stays locked while it is being sent and its outcome is committed before the next one is touched:
whoever is killed frees the row with its connection, and at most the one message in its hands is repeated, under the same
Message-ID and key. On SQLite, which has no row locks, a message is claimed for a short while under a token. How many may wait for one
receiver at a time is said in `seats`.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import random
import time
import uuid
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from django.db import DatabaseError, connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.template import TemplateSyntaxError

from notifications import alarms, guards, health, letters, seats
from notifications.channels import Letter, RefusedError, Send, UnreachableError, load
from notifications.hours import may_send
from notifications.leaving import never
from notifications.models import Message, as_answered
from notifications.preferences import switched_off

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 5
ONE_AFTER_ANOTHER = dt.timedelta(seconds=5)
"""After how long a mail is looked at again whose recipient another sender was writing to."""
BACK_OFF = (dt.timedelta(minutes=1), dt.timedelta(minutes=5), dt.timedelta(minutes=30), dt.timedelta(hours=2))
CLAIM = dt.timedelta(seconds=60)
CANDIDATES = 50
IN_ORDER = ("webhook",)
"""Channels read by machines: what concerns one matter arrives in the order in which it happened, so a retry holds up what came after."""

ADAPTER_FAULTS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    ImportError,
    LookupError,
    OSError,
    RuntimeError,
    TemplateSyntaxError,
    TypeError,
    ValueError,
)
"""What a faulty channel may throw beside the errors it should: counted against the one message. Database errors are not among them."""


@dataclass(slots=True)
class Outcome:
    """What a run did."""

    sent: int = 0
    withheld: int = 0
    postponed: int = 0
    given_up: int = 0
    gathered: int = 0
    left_over: bool = False
    """Whether more was due than the run was allowed to take."""


@dataclass(slots=True)
class _Run:
    started: dt.datetime
    outcome: Outcome = field(default_factory=Outcome)
    since: float = field(default_factory=time.monotonic)
    lines: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    sends: dict[str, Send] = field(default_factory=dict)
    in_trouble: set[str] = field(default_factory=set)
    """Channels that were out of reach when last tried: of those alone it is noted that they answer again."""
    seats: int = 1
    """Senders that may speak by one channel."""
    full: set[str] = field(default_factory=set)
    """Channels by which no seat was free."""
    found_lost: bool = False
    """Whether a channel was found out of reach in this round."""

    @property
    def now(self) -> dt.datetime:
        """Return the moment the run was started at, moved on by the time it took."""
        return self.started + dt.timedelta(seconds=time.monotonic() - self.since)

    def carry(self, channel: str, letter: Letter) -> str:
        """Send a letter, on the line that the run keeps open to the channel."""
        if channel not in self.sends:
            self.sends[channel] = self.lines.enter_context(load(channel).line())
        return self.sends[channel](letter)


def deliver_due(now: dt.datetime, *, limit: int = 500, budget: float = 120.0, must_end: Callable[[], bool] = never) -> Outcome:
    """Send what is due, oldest first, until nothing is left, the limit is met or the time is used up.

    Args:
        now: the moment; at night and on days off nothing goes out.
        limit: the most messages to take in hand.
        budget: seconds after which no new message is taken in hand.
        must_end: asked before each message; once it says so, no new one is taken in hand.
    """
    run = _Run(now)
    with run.lines, seats.on_duty():
        _deliver(run, limit, budget, must_end)
    return run.outcome


def _deliver(run: _Run, limit: int, budget: float, must_end: Callable[[], bool]) -> None:
    """Go round after round through what is due; what has no free seat is left to those who sit there."""
    taken, left_alone = 0, set[str]()
    while may_send(run.now) and (candidates := _candidates(run, left_alone)):
        before = taken
        run.full, run.found_lost, run.seats = set(), False, seats.by_channel()
        start = random.randrange(len(candidates))  # noqa: S311  (senders side by side begin at different places)
        for pk, channel in candidates[start:] + candidates[:start]:
            if taken >= limit or (run.now - run.started).total_seconds() > budget or must_end():
                run.outcome.left_over = True
                return
            if channel in run.full:
                continue
            is_taken = _deliver_one(pk, channel, run)
            taken += is_taken
            met_another = taken > before and not is_taken and channel not in run.full
            if met_another or run.found_lost:  # who goes on here finds what is done already; how the channels are is to be looked at again
                break
        if taken > before:
            left_alone = set()
        elif run.full <= left_alone:
            break
        else:
            left_alone = left_alone | run.full


def _candidates(run: _Run, left_alone: Collection[str]) -> list[tuple[int, str]]:
    now, in_trouble = run.now, health.in_trouble()
    run.in_trouble = set(in_trouble)
    resting = {channel for channel, until in in_trouble.items() if until is not None and until > now}
    due = Message.objects.filter(
        Q(claimed_until__isnull=True) | Q(claimed_until__lt=now), state=Message.State.QUEUED, next_attempt_at__lte=now
    ).exclude(channel__in=resting.union(left_alone))
    earlier = Message.objects.filter(
        state=Message.State.QUEUED, channel=OuterRef("channel"), subject_ref=OuterRef("subject_ref"), pk__lt=OuterRef("pk")
    )
    due = due.exclude(~Q(subject_ref="") & Q(channel__in=IN_ORDER) & Exists(earlier))
    return list(due.order_by("next_attempt_at", "pk").values_list("pk", "channel")[:CANDIDATES])


def _deliver_one(pk: int, channel: str, run: _Run) -> bool:
    """Take a message in hand and bring it to an outcome; False when another sender has it, it is no longer due, or no seat is free."""
    hold = _hold_by_lock if connection.features.has_select_for_update_skip_locked else _hold_by_claim

    def seated() -> bool:
        if seats.take(channel, run.seats, in_doubt=channel in run.in_trouble):
            return True
        run.full.add(channel)
        return False

    settled = False
    try:
        with hold(pk, run.now, seated) as message:
            if message is not None:
                _settle(message, run)
            settled = True
    finally:
        if not settled:
            _count_the_crash(pk, run.now)
    return message is not None


@contextlib.contextmanager
def _hold_by_lock(pk: int, now: dt.datetime, seated: Callable[[], bool]) -> Iterator[Message | None]:
    with transaction.atomic():
        if not seated():
            yield None
            return
        due = Message.objects.select_related("recipient").filter(pk=pk, state=Message.State.QUEUED, next_attempt_at__lte=now)
        message = due.select_for_update(skip_locked=True, of=("self",)).first()
        yield message
        if message is not None:
            message.save(update_fields=_OUTCOME_FIELDS)


@contextlib.contextmanager
def _hold_by_claim(pk: int, now: dt.datetime, seated: Callable[[], bool]) -> Iterator[Message | None]:
    if not seated():
        yield None
        return
    token = uuid.uuid4()
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lt=now)
    due = Message.objects.filter(free, pk=pk, state=Message.State.QUEUED, next_attempt_at__lte=now)
    if not due.update(claim=token, claimed_until=now + CLAIM):
        yield None
        return
    message = Message.objects.select_related("recipient").get(pk=pk)
    yield message
    values = {name: getattr(message, name) for name in _OUTCOME_FIELDS}
    Message.objects.filter(pk=pk, claim=token).update(**values, claim=None, claimed_until=None)


_OUTCOME_FIELDS = ("state", "urgent", "attempts", "next_attempt_at", "sent_at", "answer")


def _settle(message: Message, run: _Run) -> None:
    """Decide about a message in hand, send it, and set its outcome."""
    now = run.now
    person = message.recipient
    if person is not None and not person.is_active:
        _withhold(message, run, "the account is closed")
    elif person is not None and (person.pk, message.subject_ref) not in guards.allowed([(person.pk, message.subject_ref)], now):
        _withhold(message, run, "not, or no longer, for this person")
    elif switched_off([message]):
        _withhold(message, run, "switched off by this person")
    elif not guards.still_true([message.key], now):
        _withhold(message, run, "no longer so")
    else:
        _send_unless_flooded(message, run)


def _send_unless_flooded(message: Message, run: _Run) -> None:
    try:
        is_flooded = alarms.is_flooded(message, run.now)
    except seats.OtherSenderError:
        message.next_attempt_at = run.now + ONE_AFTER_ANOTHER
        return
    if is_flooded:
        message.state, message.urgent = Message.State.WAITING, False
        run.outcome.gathered += 1
    else:
        _send(message, run)


def _send(message: Message, run: _Run) -> None:
    try:
        letter = letters.build(message, run.now)
        if letter is None:
            _withhold(message, run, "nothing in it is, or still is, for this person")
            return
        answer = run.carry(message.channel, letter)
    except UnreachableError as error:
        health.failed(message.channel, str(error), run.now)
        run.in_trouble.add(message.channel)
        run.found_lost = True
        _postpone(message, str(error), run)
    except RefusedError as error:
        if error.for_good:
            _give_up(message, str(error), run)
        else:
            _postpone(message, str(error), run)
    except ADAPTER_FAULTS as error:
        logger.exception("Channel %s fails on message %s.", message.channel, message.key)
        _postpone(message, f"{type(error).__name__}: {error}", run)
    else:
        if message.channel in run.in_trouble:
            health.answered(message.channel)
            run.in_trouble.remove(message.channel)
        message.state, message.sent_at, message.answer = Message.State.SENT, run.now, as_answered(answer)
        message.attempts += 1
        run.outcome.sent += 1


def _withhold(message: Message, run: _Run, why: str) -> None:
    message.state, message.answer = Message.State.WITHHELD, why
    run.outcome.withheld += 1


def _postpone(message: Message, answer: str, run: _Run) -> None:
    message.attempts += 1
    if message.attempts >= MAX_ATTEMPTS:
        _give_up(message, answer, run)
        return
    message.answer = as_answered(answer)
    message.next_attempt_at = run.now + BACK_OFF[message.attempts - 1]
    run.outcome.postponed += 1


def _give_up(message: Message, answer: str, run: _Run) -> None:
    message.state, message.answer = Message.State.GIVEN_UP, as_answered(answer)
    message.attempts = max(1, message.attempts)
    run.outcome.given_up += 1
    logger.error("Gave up message %s after %d attempts: %s", message.key, message.attempts, answer)
    alarms.given_up(message, run.now)


def _count_the_crash(pk: int, now: dt.datetime) -> None:
    """Count an attempt that ended in an error nobody foresaw, so that one message cannot stand in the way of all others for ever.

    The error itself goes on to the caller; a database that cannot be reached has counted nothing, which is right.
    """
    with contextlib.suppress(DatabaseError), transaction.atomic():
        message = Message.objects.filter(pk=pk, state=Message.State.QUEUED).first()
        if message is not None:
            _postpone(message, "The sender broke off; see the log.", _Run(now))
            message.claim = message.claimed_until = None
            message.save(update_fields=[*_OUTCOME_FIELDS, "claim", "claimed_until"])
