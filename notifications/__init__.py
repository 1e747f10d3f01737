"""Telling: the outbox, the channels, digests and preferences; knows nothing of tasks."""
