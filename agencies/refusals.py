"""The three ways an act is refused, and the fourth for input that cannot be taken.

Pages and the API answer each with its own status: 404 not yours to see, 403 not yours to do, 409 not now, 400 not like this.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.decision import Decision, Denied


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """An act was refused; `reason` is a translated sentence for the person who asked.

    Attributes:
        reason: why, and where possible what to do instead.
        status: the HTTP status that pages and the API answer with.
        field: the input at fault or wanting, where there is one.
    """

    status = 400

    def __init__(self, reason: str | Promise, field: str = "") -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.field = field


class NotYours(Refusal):
    """404: what was asked for does not exist, or is not for this actor to see; the two cannot be told apart."""

    status = 404

    def __init__(self, reason: str | Promise = "") -> None:
        super().__init__(reason or _("There is nothing here that you may see."))


class Forbidden(Refusal):
    """403: the actor sees it, but this is not theirs to do."""

    status = 403


class Conflict(Refusal):
    """409: not now; something has happened, or has yet to happen."""

    status = 409


class Invalid(Refusal):
    """400: what was entered cannot be taken."""

    status = 400


def require(decision: Decision) -> None:
    """Go on when the decision allows it.

    Raises:
        Forbidden: with the decision's reason and field.
    """
    if isinstance(decision, Denied):
        raise Forbidden(decision.reason, decision.field)
