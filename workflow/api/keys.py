"""Keys of rows as the API takes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

LARGEST = 2**31 - 1
"""The largest key that is asked for; every database can compare it."""


class KeyField(serializers.IntegerField):
    """The key of a row."""

    def __init__(self, **more: Any) -> None:
        super().__init__(min_value=1, max_value=LARGEST, **more)
