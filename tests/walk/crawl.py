"""Walk every page that people of the demonstration reach from their own start page, as each of them."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from django.test import Client
from django.urls import Resolver404, ResolverMatch, resolve
from lxml import html

VISITS = 2
"""Pages of one address pattern (one act, where the address names it) that each person opens."""

LEFT_ALONE = {
    "sign-out",
    "upload-file",
    "evidence",
    "contribution-file",
    "workplan-file",
    "unsubscribe",
    "set-language",
    "metrics",
    "healthz",
    "health",
    "paper-file",
    "ledger-sheet",
    "upload-unlisted",
}
"""Downloads and ways out; they are no pages."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A page that somebody opened."""

    who: str
    path: str
    name: str
    document: html.HtmlElement


def name_of(path: str) -> str:
    """Return which page an address is of: the name of its pattern, and the act it names; empty for none."""
    try:
        match: ResolverMatch = resolve(path.partition("?")[0])
    except Resolver404:
        return ""
    return ":".join([match.view_name, *(str(value) for value in match.kwargs.values() if not str(value).isdecimal())])


def pages(client: Client, who: str, starts: tuple[str, ...], language: str, *, visits: int = VISITS) -> Iterator[Visit]:
    """Open what is linked from the first pages, and from there on; every answer must be a page."""
    client.cookies["django_language"] = language
    seen: dict[str, int] = {}
    known = set(starts)
    ahead = deque((start, "") for start in starts)
    while ahead:
        path, before = ahead.popleft()
        name = name_of(path)
        if not name or name.split(":")[0] in LEFT_ALONE or name.startswith("api:") or seen.get(name, 0) >= visits:
            continue
        seen[name] = seen.get(name, 0) + 1
        answer = client.get(path, follow=True)
        assert answer.status_code == 200, f"{who}: {path}, linked on {before}, was answered with {answer.status_code}"
        if "text/html" not in answer["Content-Type"]:
            b"".join(answer)
            continue
        document = html.fromstring(answer.content)
        yield Visit(who, path, name, document)
        for link in document.iter("a"):
            address = (link.get("href") or "").partition("#")[0]
            whole = path.partition("?")[0] + address if address.startswith("?") else address
            if re.match(r"/(?!/)", whole) and whole not in known:
                known.add(whole)
                ahead.append((whole, path))
