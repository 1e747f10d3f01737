"""The working days of the house 工作日历: a year's notice or a single day is entered, looked at, and then set."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from agencies.middleware import actor_of
from agencies.refusals import Refusal, require
from measures.models import PlanVerb
from workflow import policy
from workflow.actions.set_calendar import MOST_DAYS, Change, look, set_calendar
from workflow.models import CalendarDay
from workflow.web.house.record import record_of
from workflow.working_days import calendar_in_force

KINDS = {
    "reports": gettext_lazy("Reports"),
    "contributions": gettext_lazy("Contributions"),
    "hand_backs": gettext_lazy("Last days to hand back"),
    "rulings": gettext_lazy("Rulings on hand-backs"),
    "work_plans": gettext_lazy("Work plans asked for"),
}
SHOWN = 200
"""Days and moves that are listed."""


class DaysField(forms.CharField):
    """Days and spans of days: `2027-02-05..2027-02-11, 2027-04-05`."""

    widget = forms.Textarea(attrs={"rows": 3})

    def clean(self, value: Any) -> list[dt.date]:
        """Return the days."""
        text, days = super().clean(value), []
        for word in filter(None, re.split(r"[\s,，、;；]+", text or "")):
            first, _dots, last = word.partition("..")
            try:
                start, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last or first)
            except ValueError as error:
                wrong = _("“%(word)s” is no day; write 2027-02-05 or 2027-02-05..2027-02-11.") % {"word": word[:40]}
                raise ValidationError(wrong) from error
            if not 0 <= (end - start).days < MOST_DAYS:
                raise ValidationError(_("“%(word)s” is no span of days.") % {"word": word[:40]})
            days += [start + dt.timedelta(days=n) for n in range((end - start).days + 1)]
        return days


class CalendarForm(forms.Form):
    """What a notice orders."""

    off = DaysField(label=gettext_lazy("Days off"), required=False)
    worked = DaysField(label=gettext_lazy("Days worked (make-up days)"), required=False)
    announced = DaysField(label=gettext_lazy("Days that are again as announced"), required=False)
    notice = forms.CharField(
        label=gettext_lazy("Ordered by"), max_length=200, help_text=gettext_lazy("The number of the paper that orders it.")
    )

    def days(self) -> dict[dt.date, bool | None]:
        """Return the days with their answers."""
        asked = self.cleaned_data
        return {day: answer for name, answer in (("announced", None), ("off", False), ("worked", True)) for day in asked[name]}

    def clean(self) -> dict[str, Any]:
        """Refuse a day that stands in two fields, and a form without days."""
        asked = super().clean() or {}
        days = [day for name in ("off", "worked", "announced") for day in asked.get(name) or ()]
        if len(days) != len(set(days)):
            raise ValidationError(_("A day stands in two fields."))
        if not days and not self.errors:
            raise ValidationError(_("Name at least one day."))
        return asked


@require_http_methods(["GET", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """Show the days that differ from the announced calendar, and their history; look at a change, then make it."""
    actor, now = actor_of(request), timezone.now()
    require(policy.may_set_house_rules(actor))
    form = CalendarForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "status": 200}
    if request.method == "POST":
        context["status"] = 400
        if form.is_valid():
            try:
                if request.POST.get("do") == "save":
                    done = set_calendar(actor=actor, days=form.days(), notice=form.cleaned_data["notice"], now=now)
                    moved = sum(move.count for move in done.moves)
                    words = ngettext(
                        "The working days are set; %(count)d date moved.", "The working days are set; %(count)d dates moved.", moved
                    )
                    told = words % {"count": moved} if done.days else _("Nothing had to be changed.")
                    messages.success(request, told)
                    return redirect("house-calendar")
                context |= {"preview": _told(look(form.days(), now=now)), "status": 200}
            except Refusal as refusal:
                form.add_error(None, str(refusal.reason))
    year = timezone.localdate(now).year
    in_force = calendar_in_force()
    context |= {
        "days": CalendarDay.objects.order_by("-day")[:SHOWN],
        "years": [(y, in_force.is_provisional(dt.date(y, 6, 2))) for y in (year, year + 1)],
        "record": record_of(PlanVerb.SET_CALENDAR),
    }
    return render(request, "workflow/house/calendar.html", context, status=context["status"])


def _told(change: Change) -> dict[str, Any]:
    return {
        "days": change.days,
        "sums": [(KINDS[name], count) for name, count in change.counts().items()],
        "moves": [(KINDS[move.of.name], move) for move in change.moves[:SHOWN]],
    }
