"""Signing in with the slip of a first sign-in in the place of a password."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest
from django.utils import timezone

from agencies.models import User
from agencies.slips import is_good


class SlipBackend(BaseBackend):
    """Takes the code of a slip in the place of a password; wrong ones count towards the lock like wrong passwords."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **more: Any
    ) -> User | None:
        """Return whose slip it is; None when it is nobody's."""
        user = User.objects.filter(username=username or "", is_active=True).first()
        return user if user is not None and password and is_good(user, password, timezone.localdate()) else None

    def get_user(self, user_id: int) -> User | None:
        """Return the person of a session."""
        return User.objects.filter(pk=user_id, is_active=True).first()
