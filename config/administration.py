"""The administration site: the three offices keep what is theirs; the leadership group and coordinators read the board's figures there."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.middleware import actor_of
from agencies.models import Office, User
from oversight.board import Board, Figure


def oversees(request: HttpRequest) -> bool:
    """Tell whether whoever asks has signed in, and coordinates or leads somewhere."""
    return isinstance(request.user, User) and actor_of(request).oversees


class House(AdminSite):
    """Lets in the holders of an office, and those who oversee; what each may see and do there, each page asks of its own."""

    def has_permission(self, request: HttpRequest) -> bool:
        """Let them in."""
        return request.user.is_active and (super().has_permission(request) or oversees(request))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Show what is kept here, and above it the figures that concern the person."""
        figures = _board(request) if oversees(request) else _accounts(request)
        return super().index(request, {**(extra_context or {}), "figures": figures, "is_board": oversees(request)})


def _board(request: HttpRequest) -> list[Figure]:
    shown = Board(actor_of(request), now=timezone.now())
    return [*shown.totals(), *shown.by_light(), *shown.waiting()]


def _accounts(request: HttpRequest) -> list[Figure]:
    """Return what waits for an office: the accounts that nobody can sign in with yet."""
    user = request.user
    if not isinstance(user, User) or user.office not in {Office.SYSTEM, Office.SECURITY}:
        return []
    people = User.objects.filter(is_active=True)
    without = people.filter(password__startswith=UNUSABLE_PASSWORD_PREFIX).count()
    listed = reverse("admin:agencies_user_changelist")
    return [
        Figure(_("Accounts open"), people.count(), f"{listed}?is_active__exact=1"),
        Figure(_("Without a password yet"), without, f"{listed}?is_active__exact=1&first=waiting", "orange" if without else ""),
    ]
