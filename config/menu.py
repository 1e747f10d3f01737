"""The left menu: which pages there are, in the order of the trade, each shown to those it serves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.actor import Actor
from agencies.middleware import actor_of
from agencies.models import Office, User


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of the menu.

    Attributes:
        url_name: the page; an entry whose page does not exist is not shown.
        label: as people of the trade call it.
        icon: a symbol of the sprite.
        count: the page of the number that stands beside it, fetched after the frame is drawn; empty for none.
        serves: tells whom it is shown to; hiding is a courtesy, the page itself refuses.
    """

    url_name: str
    label: Promise
    icon: str
    serves: Callable[[Actor, User], bool]
    count: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as it is drawn for one request."""

    url: str
    label: Promise
    icon: str
    is_active: bool
    count_url: str = ""


def _takes_part(actor: Actor, user: User) -> bool:
    return bool(actor.agency_ids)


def _works(actor: Actor, user: User) -> bool:
    return bool(actor.agencies_where("sign_for", "report", "review", "coordinate"))


def _coordinates(actor: Actor, user: User) -> bool:
    return bool(actor.agencies_where("coordinate"))


def _oversees(actor: Actor, user: User) -> bool:
    return actor.oversees


def _administers(actor: Actor, user: User) -> bool:
    return user.is_staff


def _keeps_the_house(actor: Actor, user: User) -> bool:
    return actor.office == Office.SYSTEM


MENU = (
    Item("workbench", _("Workbench"), "home", _takes_part),
    Item("todo", _("To do"), "inbox", _works, count="todo-count"),
    Item("done", _("Done"), "checks", _works),
    Item("ledger", _("Ledger"), "table", _takes_part),
    Item("plans", _("Plans"), "file-text", _takes_part),
    Item("command", _("Supervision centre"), "gavel", _coordinates),
    Item("cockpit", _("Cockpit"), "dashboard", _oversees),
    Item("circulars", _("Bulletins"), "speakerphone", _takes_part),
    Item("rechecks", _("Re-checks"), "refresh", _oversees),
    Item("papers", _("Formal papers"), "printer", _takes_part),
    Item("statistics", _("Statistics"), "chart-bar", _oversees),
    Item("house-ladder", _("Ladder of the house"), "adjustments", _keeps_the_house),
    Item("house-calendar", _("Working calendar"), "calendar-event", _keeps_the_house),
    Item("admin:index", _("Administration"), "settings", _administers),
)


def entries(request: HttpRequest) -> list[Entry]:
    """Return the menu of the person who asks; the entry with the longest matching address is the active one."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return []
    actor = actor_of(request)
    shown: list[tuple[Item, str]] = []
    for item in MENU:
        if item.serves(actor, user):
            try:
                shown.append((item, reverse(item.url_name)))
            except NoReverseMatch:
                continue
    matching = [url for _item, url in shown if request.path == url or (url != "/" and request.path.startswith(url))]
    active = max(matching, key=len, default="")
    return [Entry(url, item.label, item.icon, url == active, reverse(item.count) if item.count else "") for item, url in shown]


def frame(request: HttpRequest) -> dict[str, object]:
    """Give templates what the frame around every page shows (a context processor)."""
    signed_in = isinstance(getattr(request, "user", None), User)
    return {
        "menu": lambda: entries(request),
        "signed_in": signed_in,
        "takes_part": lambda: signed_in and bool(actor_of(request).agency_ids),
        "may_read_administration": lambda: signed_in and actor_of(request).oversees,
        "has_people": lambda: signed_in and bool(actor_of(request).agencies_where("administer")),
    }
