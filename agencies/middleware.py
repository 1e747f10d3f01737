"""Says who acts: `request.actor`, loaded when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from agencies.actor import Actor
from agencies.models import User
from agencies.wall import behind

if TYPE_CHECKING:

    class ActorRequest(HttpRequest):
        """A request of a signed-in person."""

        user: User
        actor: Actor


def actor_of(request: HttpRequest) -> Actor:
    """Return who asks, of a request of a signed-in person."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


class ActorMiddleware:
    """Attaches the actor to requests of signed-in people.

    Nobody signed in means no attribute at all: code that forgets to ask fails, instead of acting as the system.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Attach a lazy actor when a person is signed in."""
        user = request.user
        if isinstance(user, User):
            request.actor = SimpleLazyObject(lambda: Actor.load(user, now=timezone.now()))  # type: ignore[attr-defined]
        return self.get_response(request)


READING = frozenset({"GET", "HEAD"})


class SecondWallMiddleware:
    """Lets people of agencies read behind the second wall (`agencies.wall`): requests that only read, their pages drawn in full."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on, behind the wall when somebody of an agency reads."""
        if request.method not in READING or not isinstance(request.user, User):
            return self.get_response(request)
        with behind(actor_of(request), now=timezone.now()):
            return self.get_response(request)
