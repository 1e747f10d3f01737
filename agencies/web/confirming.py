"""The page that asks before an act that is hard to take back, for whoever has no scripts: these ask in a box of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

CONFIRMED = "confirmed"
"""The field that the page sends along, and the scripts once their box was answered (`data-confirm` in `duban.js`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked.

    Attributes:
        act: the act by its name, heading of the page and words on its button.
        words: the question itself.
        back: where the person goes who thinks better of it.
        facts: what it is about, name and value.
        hint: what stays, or how it can be made good.
    """

    act: str
    words: str
    back: str
    facts: Sequence[tuple[str, str]] = field(default=())
    hint: str = ""


def is_confirmed(request: HttpRequest) -> bool:
    """Tell whether the person has said yes."""
    return CONFIRMED in request.POST


def ask(request: HttpRequest, question: Question) -> HttpResponse:
    """Return the page that asks; answered yes, it sends the same to the same address, with `CONFIRMED`."""
    return render(request, "agencies/confirm.html", {"question": question, "confirmed": CONFIRMED})
