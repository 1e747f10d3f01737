"""What people say about a task, as its page shows it, and taking words back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agencies.actor import Actor
from agencies.middleware import actor_of
from agencies.models import Agency
from agencies.refusals import require
from agencies.web.confirming import Question, ask, is_confirmed
from workflow import policy
from workflow.actions import mentions
from workflow.actions.comment import retract, seat
from workflow.models import Comment, Task
from workflow.web import load


@dataclass(frozen=True, slots=True)
class Said:
    """A comment as a page shows it; one that was taken back shows that it was there."""

    pk: int
    who: str
    agency: str
    at: dt.datetime
    inside: bool
    text: SafeString
    called: list[str]
    was_retracted: bool
    may_retract: bool


@dataclass(frozen=True, slots=True)
class Conversation:
    """What has been said about a task, and whether and for which agency the reader may speak."""

    lines: list[Said]
    may_speak: bool
    agency: Agency | None


def conversation(actor: Actor, task: Task) -> Conversation:
    """Return what has been said about a task, as far as the actor may read it, in a constant number of queries."""
    rows = (
        Comment.objects.readable_by(actor.agency_ids)
        .filter(task=task)
        .select_related("author", "agency", "retraction")
        .prefetch_related("called")
    )
    lines = [_said(actor, row) for row in rows]
    may_speak = bool(policy.may_comment(actor, task))
    return Conversation(lines, may_speak, seat(actor, task) if may_speak else None)


def _said(actor: Actor, row: Comment) -> Said:
    was_retracted = hasattr(row, "retraction")
    called = [person.name for person in row.called.all()]
    return Said(
        pk=row.pk,
        who=str(row.author),
        agency=row.agency.short_name,
        at=row.written_at,
        inside=row.inside,
        text=SafeString("") if was_retracted else marked(row.text, called),
        called=[] if was_retracted else called,
        was_retracted=was_retracted,
        may_retract=not was_retracted and bool(policy.may_retract(actor, row)),
    )


def marked(text: str, names: list[str]) -> SafeString:
    """Return a text safe for a page, with those marked whom it calls."""
    shown = str(escape(text))
    for name in sorted(names, key=len, reverse=True):
        for at in "@＠":
            shown = shown.replace(f"{at}{escape(name)}", f"<mark>{at}{escape(name)}</mark>")
    return SafeString(shown)


@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's own comment back, once it was confirmed."""
    actor, now = actor_of(request), timezone.now()
    if not is_confirmed(request):
        row = load.comment(actor, pk, now=now)
        require(policy.may_retract(actor, row))
        return ask(request, _about(row))
    row = retract(actor=actor, comment_id=pk, now=now)
    messages.success(request, _("Taken back. That something was said stays visible, its words do not."))
    return redirect(f"{reverse('task', args=[row.task_id])}#conversation")


def _about(row: Comment) -> Question:
    """Return what is asked before words are taken back."""
    return Question(
        act=_("Take back the comment"),
        words=_("Take these words back? That something was said stays visible."),
        back=f"{reverse('task', args=[row.task_id])}#comment-{row.pk}",
        facts=(
            (_("Task"), str(row.task)),
            (_("Written on"), timezone.localtime(row.written_at).strftime("%Y-%m-%d %H:%M")),
            (_("Words"), row.text),
        ),
    )


@require_GET
def people(request: HttpRequest, pk: int) -> HttpResponse:
    """Suggest whom a comment may call, while it is typed."""
    actor, now = actor_of(request), timezone.now()
    task = load.whole_task(actor, pk, now=now)
    found = mentions.people(task, now=now, part_of_name=request.GET.get("q", "").strip()[:30])
    return render(request, "workflow/parts/people.html", {"people": found})
