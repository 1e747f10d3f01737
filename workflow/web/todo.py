"""待办: everything a person owes in one list, the nearest first; and signing for several tasks at once."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from agencies.actor import Actor
from agencies.middleware import actor_of
from workflow.actions.batch import sign_for_many as sign_for_many_at_once
from workflow.deadlines import Light, WorkCalendar
from workflow.lights import light_between
from workflow.models import Assignment, SignOff, Task
from workflow.thresholds import Thresholds, thresholds_in_force
from workflow.web import duties
from workflow.web.chosen import shown_in
from workflow.web.duties import Duty
from workflow.web.paging import PAGE, Pager, neighbours
from workflow.web.todo_rows import drawn_rows
from workflow.working_days import calendar_in_force

AT_ONCE = 100
"""How many tasks can be signed for with one press."""


WRITTEN = {
    Duty.REPORT: "report",
    Duty.REVIEW: "report",
    Duty.JUDGE: "report",
    Duty.CONTRIBUTE: "contribution",
    Duty.REVIEW_CONTRIBUTION: "contribution",
    Duty.PLAN: "workplan",
    Duty.REVIEW_PLAN: "workplan",
}
"""The page of what is written or read for a duty."""


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


@dataclass(frozen=True, slots=True)
class Row:
    """A duty as it is listed."""

    key: str
    duty: Duty
    what: str | Promise
    task: Task
    agency: str
    state: str
    state_label: str
    due_on: dt.date | None
    light: Light
    url: str
    pk: int
    version: int

    @property
    def can_be_ticked(self) -> bool:
        """Tell whether it can be done together with others."""
        return self.duty == Duty.SIGN_FOR


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
    rows, pager = _page(request, actor, kinds, text=chosen["q"], due_until=form.due_until(today), now=now)
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


def _page(
    request: HttpRequest, actor: Actor, kinds: list[Duty], *, text: str, due_until: dt.date | None, now: dt.datetime
) -> tuple[list[Row], Pager]:
    """Return the rows of the page asked for, and its neighbours."""
    backwards = _key(request.GET.get("before", ""))
    forwards = None if backwards else _key(request.GET.get("after", ""))
    parts = []
    for duty in kinds:
        part = duties.keys(actor, duty, now=now, text=text, due_until=due_until)
        if backwards:
            part = duties.before(part, duty, backwards)
        elif forwards:
            part = duties.after(part, duty, forwards)
        parts.append(part)
    if not parts:
        return [], Pager("", "")
    together = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    order = ("-day", "-kind", "-pk") if backwards else ("day", "kind", "pk")
    found = list(together.order_by(*order)[: PAGE + 1])
    has_more = len(found) > PAGE
    found = found[:PAGE]
    if backwards:
        found.reverse()
    rows = _read(found, timezone.localdate(now))
    pager = neighbours(
        request, rows, lambda row: row.key, backwards=bool(backwards), has_more=has_more, is_first=not (backwards or forwards)
    )
    return rows, pager


def _key(text: str) -> duties.Key | None:
    parts = text.split(".")
    try:
        day, kind, pk = dt.date.fromisoformat(parts[0]), int(parts[1]), int(parts[2])
    except (IndexError, ValueError):
        return None
    return day, kind, pk


def _read(found: list[tuple[int, dt.date, int]], today: dt.date) -> list[Row]:
    """Return the rows of some keys, in their order, with a query a kind."""
    wanted: dict[Duty, list[int]] = defaultdict(list)
    for kind, _day, pk in found:
        wanted[Duty(kind)].append(pk)
    loaded: dict[tuple[int, int], Any] = {}
    for duty, pks in wanted.items():
        source = duties.SOURCES[duty]
        model = source.rows(frozenset()).model
        for row in model._default_manager.select_related(*source.load).filter(pk__in=pks):
            loaded[duty, row.pk] = row
    calendar, thresholds = calendar_in_force(), thresholds_in_force()
    return [
        _row(Duty(kind), day, loaded[kind, pk], today=today, calendar=calendar, thresholds=thresholds)
        for kind, day, pk in found
        if (kind, pk) in loaded
    ]


def _row(duty: Duty, day: dt.date, row: Any, *, today: dt.date, calendar: WorkCalendar, thresholds: Thresholds) -> Row:
    part = _part(duty, row)
    task = part.task if part is not None else _round(duty, row).task
    due_on = None if day == duties.FAR else day
    state, label = _state(duty, row)
    return Row(
        key=f"{day.isoformat()}.{int(duty)}.{row.pk}",
        duty=duty,
        what=duties.LABELS[duty],
        task=task,
        agency=task.issuer.short_name if part is None else part.agency.short_name,
        state=state,
        state_label=label,
        due_on=due_on,
        light=light_between(_start(duty, row), due_on, today=today, calendar=calendar, thresholds=thresholds.of_plan(task.plan_id)),
        url=_url(duty, row, task),
        pk=row.pk,
        version=getattr(row, "version", 0),
    )


def _part(duty: Duty, row: Any) -> Assignment | None:
    """Return the part that a duty belongs to; none where it is the whole task's."""
    match duty:
        case Duty.SIGN_FOR | Duty.BEGIN_PLAN:
            part: Assignment = row
        case Duty.SIGN_OFF | Duty.VERIFY:
            return None
        case _:
            part = row.assignment
    return part


def _round(duty: Duty, row: Any) -> SignOff:
    found: SignOff = row.sign_off if duty == Duty.VERIFY else row
    return found


def _state(duty: Duty, row: Any) -> tuple[str, str]:
    if duty == Duty.CO_SIGN:
        return str(row.verdict), str(row.get_verdict_display())
    if duty == Duty.VERIFY:
        return str(row.result), str(row.get_result_display())
    return str(row.state), str(row.get_state_display())


def _start(duty: Duty, row: Any) -> dt.date:
    match duty:
        case Duty.SIGN_FOR | Duty.BEGIN_PLAN:
            moment = row.assigned_at
        case Duty.REPORT | Duty.REVIEW | Duty.JUDGE | Duty.CONTRIBUTE | Duty.REVIEW_CONTRIBUTION:
            return row.period_end  # type: ignore[no-any-return]
        case Duty.ANSWER | Duty.CLOSE_ANSWER:
            moment = row.instruction.written_at
        case Duty.CO_SIGN | Duty.PLAN | Duty.REVIEW_PLAN:
            moment = row.assignment.assigned_at
        case Duty.RULE:
            moment = row.raised_at
        case Duty.EXTENSION | Duty.SIGN_OFF:
            moment = row.requested_at
        case Duty.VERIFY:
            moment = row.asked_at
    return timezone.localdate(moment)


def _url(duty: Duty, row: Any, task: Task) -> str:
    if duty in WRITTEN:
        return reverse(WRITTEN[duty], args=[row.pk])
    match duty:
        case Duty.SIGN_OFF | Duty.VERIFY:
            return reverse("task-act", args=[task.pk, "sign_off" if duty == Duty.SIGN_OFF else "verify"])
        case Duty.ANSWER | Duty.CLOSE_ANSWER:
            return reverse("answer-act", args=[row.pk, "give_answer" if duty == Duty.ANSWER else "close_answer"])
        case Duty.BEGIN_PLAN:
            return reverse("assignment-act", args=[row.pk, "begin_work_plan"])
        case Duty.CO_SIGN | Duty.EXTENSION:
            return reverse("assignment-act", args=[row.assignment_id, "co_sign" if duty == Duty.CO_SIGN else "grant_extension"])
        case _:
            return reverse("task", args=[task.pk])


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
