"""The workbench's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from oversight import workbench
from oversight.lights import Lights

if TYPE_CHECKING:
    from agencies.middleware import ActorRequest


@require_GET
def show(request: ActorRequest) -> HttpResponse:
    """Show what waits for the person; the holder of an office is led to the administration, the only place that is theirs."""
    if request.user.office:
        return redirect("admin:index")
    now = timezone.now()
    lights = Lights.on(now)
    desks = workbench.desks(request.actor, now=now, lights=lights)
    followed = workbench.followed(request.actor, now=now, lights=lights)
    return render(request, "oversight/workbench.html", {"desks": desks, "followed": followed, "today": timezone.localdate(now)})
