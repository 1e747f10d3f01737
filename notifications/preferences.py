"""Which channels reach whom: the default, a person's choice, and the floor beneath both."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from django.conf import settings
from django.db import transaction

from notifications.models import Message, Preference
from notifications.topics import Topic, defaults, floor


class FloorError(ValueError):
    """A channel cannot be switched off for a topic."""


def channels_for(people: Collection[int], topics: Collection[str] = Topic.values) -> Mapping[tuple[int, str], frozenset[str]]:
    """Return the channels of each person and topic, in one query; only those the installation has switched on.

    Raises:
        ValueError: an unknown topic.
    """
    for topic in topics:
        if topic not in Topic.values:
            raise ValueError(f"{topic} is no topic.")
    installed = frozenset(settings.DUBAN_CHANNELS) | {"inbox"}
    chosen: dict[tuple[int, str], dict[str, bool]] = {}
    for user, topic, channel, enabled in Preference.objects.filter(user__pk__among=people).values_list(
        "user_id", "topic", "channel", "enabled"
    ):
        chosen.setdefault((user, topic), {})[channel] = enabled
    result: dict[tuple[int, str], frozenset[str]] = {}
    for topic in topics:
        lowest, usual = floor(topic) & installed, defaults(topic) & installed
        nobody_chose = usual | lowest
        for person in people:
            choice = chosen.get((person, topic))
            if choice is None:
                result[person, topic] = nobody_chose
                continue
            added = {channel for channel, wanted in choice.items() if wanted} & installed
            dropped = {channel for channel, wanted in choice.items() if not wanted}
            result[person, topic] = frozenset((usual | added) - dropped | lowest)
    return result


def switched_off(messages: Iterable[Message]) -> set[int]:
    """Return the keys (`pk`) of those messages that their recipients have said they do not want by that channel, in one query.

    The floor holds, and so does a channel that was named with the notice. A digest is of all kinds: its lines are asked about, not it.
    """
    by_choice = {
        message.pk: (message.recipient_id, message.topic, message.channel)
        for message in messages
        if not message.channel_named and message.carries_id is None and message.channel not in floor(message.topic)
    }
    people = {person for person, _topic, _channel in by_choice.values() if person is not None}
    if not people:
        return set()
    unwanted = set(Preference.objects.filter(user__in=people, enabled=False).values_list("user_id", "topic", "channel"))
    return {pk for pk, choice in by_choice.items() if choice in unwanted}


def choose(user_id: int, *, topic: str, channel: str, enabled: bool) -> None:
    """Keep a person's choice.

    Raises:
        FloorError: the channel belongs to the floor of the topic and cannot be switched off.
    """
    if not enabled and channel in floor(topic):
        raise FloorError(f"{topic} {channel}")
    with transaction.atomic():
        Preference.objects.update_or_create(user_id=user_id, topic=topic, channel=channel, defaults={"enabled": enabled})
