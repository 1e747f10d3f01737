"""待办: everything a person owes in one list, the nearest first; and signing for several tasks at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from agencies.actor import Actor
from agencies.middleware import actor_of
from workflow import duties
from workflow.actions.batch import sign_for_many as sign_for_many_at_once
from workflow.duties import Chosen, Duty
from workflow.duty_rows import Row, read_rows
from workflow.web.chosen import shown_in
from workflow.web.paging import PAGE, Pager, neighbours
from workflow.web.todo_rows import drawn_rows

AT_ONCE = 100
"""How many tasks can be signed for with one press."""


class Filters(forms.Form):
    """What of the list is shown."""

    q = forms.CharField(label=gettext_lazy("Title or number"), required=False, max_length=100)
    due = forms.ChoiceField(
        label=gettext_lazy("Due"),
        required=False,
        choices=[
            ("", gettext_lazy("At any time")),
            ("late", gettext_lazy("Overdue")),
            ("today", gettext_lazy("Until today")),
            ("week", gettext_lazy("Within seven days")),
        ],
    )

    def __init__(self, kinds: list[Duty], data: Any) -> None:
        super().__init__(data)
        choices = [(int(kind), str(duties.LABELS[kind])) for kind in kinds]
        self.fields["kind"] = forms.TypedChoiceField(
            required=False, coerce=int, empty_value=None, choices=choices, widget=forms.HiddenInput
        )

    def due_until(self, today: dt.date) -> dt.date | None:
        """Return the last day that is asked for, or None for any."""
        days = {"late": -1, "today": 0, "week": 7}.get(self.cleaned_data["due"])
        return None if days is None else today + dt.timedelta(days=days)


@require_GET
def todo(request: HttpRequest) -> HttpResponse:
    """Show what the person owes."""
    actor, now = actor_of(request), timezone.now()
    today = timezone.localdate(now)
    counts = duties.count_by_kind(actor, now=now)
    form = Filters(list(counts), request.GET)
    chosen: dict[str, Any] = form.cleaned_data if form.is_valid() else {"kind": None, "q": "", "due": ""}
    form.cleaned_data = chosen
    kinds = [duty for duty in counts if chosen["kind"] in {None, int(duty)}]
    rows, pager = _page(request, actor, Chosen(kinds, chosen["q"], form.due_until(today)), now)
    can_tick = any(row.can_be_ticked for row in rows)
    context = {
        "form": form,
        "rows": rows,
        "drawn": drawn_rows(rows, can_tick=can_tick, here=request.get_full_path(), token=get_token(request)),
        "pager": pager,
        "kind": chosen["kind"],
        "tabs": [(int(duty), duties.LABELS[duty], number) for duty, number in counts.items()],
        "all": sum(counts.values()),
        "total": sum(counts[duty] for duty in kinds) if not chosen["q"] and not chosen["due"] else None,
        "can_tick": can_tick,
        "may_draw_up": bool(actor.agencies_where("coordinate")),
    }
    return render(request, "workflow/todo.html", context)


def _page(request: HttpRequest, actor: Actor, chosen: Chosen, now: dt.datetime) -> tuple[list[Row], Pager]:
    """Return the rows of the page asked for, and its neighbours."""
    backwards = duties.key_from(request.GET.get("before", ""))
    forwards = None if backwards else duties.key_from(request.GET.get("after", ""))
    found, has_more = duties.nearest(actor, chosen, now=now, size=PAGE, follows=forwards, precedes=backwards)
    rows = read_rows(found, now)
    pager = neighbours(
        request, rows, lambda row: row.key, backwards=bool(backwards), has_more=has_more, is_first=not (backwards or forwards)
    )
    return rows, pager


@require_GET
def todo_count(request: HttpRequest) -> HttpResponse:
    """Give the number that stands on the menu, as a fragment."""
    return render(request, "workflow/todo_count.html", {"count": duties.count(actor_of(request), now=timezone.now())})


@require_POST
def sign_for_many(request: HttpRequest) -> HttpResponse:
    """Sign for the tasks that were ticked, in one act; says of each that was left why."""
    actor, now = actor_of(request), timezone.now()
    chosen = dict(list(shown_in(request.POST.getlist("assignment")).items())[:AT_ONCE])
    outcomes = sign_for_many_at_once(actor=actor, shown=chosen, now=now) if chosen else []
    for row in outcomes:
        if not row.is_done:
            title = row.task.title if row.task else "—"
            messages.warning(request, _("Not signed for: %(task)s. %(why)s") % {"task": title, "why": row.reason})
    signed = sum(row.is_done for row in outcomes)
    if signed:
        messages.success(request, ngettext("%(count)d task signed for.", "%(count)d tasks signed for.", signed) % {"count": signed})
    if not chosen:
        messages.info(request, _("Tick the tasks that you sign for."))
    return redirect(reverse("todo"))
