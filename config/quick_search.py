"""Quick search (Ctrl-K): from any page to a page of the menu, a task, a measure, a plan, a report or a file, or back to the last ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from config.menu import entries
from oversight import search
from workflow.web.following import recent

if TYPE_CHECKING:
    from agencies.middleware import ActorRequest

SHOWN = 5
"""Hits of each kind; the page of the search shows more."""

RECENT = 8


@require_GET
def quick_search(request: ActorRequest) -> HttpResponse:
    """Return what is found as a list of links; before anything is typed, the tasks looked at last."""
    query = request.GET.get("q", "").strip()[:60]
    now = timezone.now()
    pages = [entry for entry in entries(request) if not query or query.lower() in str(entry.label).lower()]
    found = search.search(request.actor, query, now=now, shown=SHOWN)
    context = {
        "query": query,
        "pages": pages,
        "found": found,
        "recent": [] if query else recent(request.actor, now=now, shown=RECENT),
        "too_short": bool(query) and not search.words_of(query),
    }
    return render(request, "frame/quick_results.html", context)
