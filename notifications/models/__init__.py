"""Telling: what is to be sent, what was, what lies in the in-app inbox, and what each person wants."""

from notifications.models.inbox import InboxItem
from notifications.models.message import Digest, Message, as_answered
from notifications.models.preference import Preference
from notifications.models.running import ChannelHealth, Heartbeat

__all__ = ["ChannelHealth", "Digest", "Heartbeat", "InboxItem", "Message", "Preference", "as_answered"]
