"""已办: what a person did lately, read from the record, as far as they may still see the task."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from agencies.middleware import actor_of
from workflow.models import Event, Task
from workflow.timeline import Verb
from workflow.web.chosen import number
from workflow.web.paging import PAGE, neighbours
from workflow.web.timeline import line_of

CONSEQUENCES = frozenset({Verb.ASSIGN, Verb.CONFIRM})
"""Events that follow from another act of the same person, which is listed itself."""


class Filters(forms.Form):
    """What of the record is shown."""

    q = forms.CharField(label=gettext_lazy("Title or number"), required=False, max_length=100)


@require_GET
def done(request: HttpRequest) -> HttpResponse:
    """Show what the person did, the latest first."""
    actor, now = actor_of(request), timezone.now()
    form = Filters(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    tasks = Task.objects.visible_to(actor, now=now)
    if text:
        tasks = tasks.filter(title__icontains=text) | tasks.filter(number=text)
    events = (
        Event.objects.exclude(verb__in=CONSEQUENCES)
        .filter(actor_id=actor.user_id, task__in=tasks)
        .select_related("task__issuer", "agency", "on_behalf_of", "assignment__agency")
    )
    before, after = number(request.GET.get("before", "")), number(request.GET.get("after", ""))
    backwards = before is not None
    if backwards:
        events = events.filter(sequence__gt=before).order_by("sequence")
    else:
        events = events.filter(sequence__lt=after) if after is not None else events
        events = events.order_by("-sequence")
    found = list(events[: PAGE + 1])
    has_more, found = len(found) > PAGE, found[:PAGE]
    if backwards:
        found.reverse()
    pager = neighbours(
        request,
        found,
        lambda event: str(event.sequence),
        backwards=backwards,
        has_more=has_more,
        is_first=not backwards and after is None,
    )
    context = {"form": form, "rows": [(event, line_of(event)) for event in found], "pager": pager}
    return render(request, "workflow/done.html", context)
