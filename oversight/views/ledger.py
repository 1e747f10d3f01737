"""The ledger's pages: the list, its export, its print, kept views."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from urllib.parse import quote

from django.contrib import messages
from django.db.models import Q
from django.http import FileResponse, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agencies.actor import Actor
from agencies.listing import listed
from agencies.models import Agency
from agencies.refusals import Invalid, NotYours
from oversight import export, ledger, matters
from oversight.filters import Filter, LedgerForm, address_without
from oversight.lights import Lights
from oversight.models import SavedView

if TYPE_CHECKING:
    from agencies.middleware import ActorRequest


class Asked:
    """What a request asks of the ledger, read once for list and export alike."""

    def __init__(self, query: QueryDict, actor: Actor, now: dt.datetime) -> None:
        self.form = LedgerForm(query, actor=actor, now=now)
        self.is_valid = self.form.is_valid()
        self.rows = self.form.rows_kind
        self.sort = self.form.cleaned_data.get("sort", "") if self.is_valid else ""
        self.lights = Lights.on(now)
        self.filter = Filter(self.form.cleaned_data if self.is_valid else {}, actor=actor, now=now, lights=self.lights)
        self.columns = ledger.columns_for(self.rows, query.getlist("cols"))


@require_GET
def show(request: ActorRequest) -> HttpResponse:
    """Show a page of the ledger."""
    now = timezone.now()
    actor = request.actor
    asked = Asked(request.GET, actor, now)
    found: list[ledger.LedgerRow] = []
    pager, total = None, 0
    if asked.is_valid:
        found, pager, total = ledger.counted_page(
            asked.filter, rows=asked.rows, sort=asked.sort, address=request.GET, columns=asked.columns
        )
    views = SavedView.objects.filter(Q(owner_id=actor.user_id) | Q(agency_id__in=actor.agency_ids)).select_related("owner")
    context = {
        "form": asked.form,
        "rows": found,
        "rows_kind": asked.rows,
        "total": min(total, ledger.MOST_COUNTED),
        "more": total > ledger.MOST_COUNTED,
        "pager": pager,
        "columns": [(name, str(ledger.COLUMNS[name])) for name in asked.columns],
        "all_columns": [(name, ledger.COLUMNS[name]) for name in ledger.columns_for(asked.rows, ledger.COLUMNS)],
        "chosen": asked.columns,
        "unseen": [(words, f"?{address_without(request.GET, name)}") for name, words in asked.form.unseen] if asked.is_valid else [],
        "sort": asked.sort or "due",
        "views": views,
        "agencies": Agency.objects.filter(pk__in=actor.agency_ids),
        "to_instruct": matters.to_instruct(actor, [row.task_id for row in found]),
        "may_press": bool(actor.agencies_where("coordinate")),
        "query": address_without(request.GET),
        "kept_columns": request.GET.getlist("cols"),
        "addresses": {
            "tasks": f"?{address_without(request.GET, 'rows', 'own', 'cols')}",
            "parts": f"?{address_without(request.GET, 'rows', 'state', 'cols')}&rows=parts",
            **{f"by_{name}": f"?{address_without(request.GET, 'sort')}&sort={name}" for name in ledger.SORTS["tasks"]},
        },
        "kept": [(name, value) for name in request.GET if name not in {"cols", "after", "before"} for value in request.GET.getlist(name)],
        "printed_at": now,
    }
    return render(request, "oversight/ledger.html", context)


@require_GET
def download(request: ActorRequest) -> FileResponse:
    """Send the ledger as a workbook, with the same filters, columns and sight as the page."""
    now = timezone.now()
    asked = Asked(request.GET, request.actor, now)
    if not asked.is_valid:
        raise Invalid(_("These filters cannot be used: %(names)s.") % {"names": listed(asked.form.errors)})
    stream = export.workbook(asked.filter, rows=asked.rows, sort=asked.sort, columns=asked.columns, now=now, name=request.actor.name)
    filename = f"{_('Ledger')}-{timezone.localdate(now):%Y%m%d}.xlsx"
    response = FileResponse(stream, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    response["Content-Disposition"] = f"attachment; filename=\"ledger.xlsx\"; filename*=UTF-8''{quote(filename)}"
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def save_view(request: ActorRequest) -> HttpResponse:
    """Keep the filters under a name; the same name again replaces what it stood for."""
    name = request.POST.get("name", "").strip()[:40]
    if not name:
        raise Invalid(_("Give the view a name."), "name")
    agency = request.POST.get("agency", "")
    if agency and (not agency.isdecimal() or int(agency) not in request.actor.agency_ids):
        raise NotYours
    query = QueryDict(request.POST.get("query", "")[:2000])
    SavedView.objects.update_or_create(
        owner_id=request.actor.user_id,
        name=name,
        defaults={"query": address_without(query, "view"), "agency_id": int(agency) if agency else None, "saved_at": timezone.now()},
    )
    messages.success(request, _("The view “%(name)s” is kept.") % {"name": name})
    return redirect(f"{reverse('ledger')}?{query.urlencode()}")


@require_POST
def drop_view(request: ActorRequest, pk: int) -> HttpResponse:
    """Forget a view of one's own."""
    count, _by_model = SavedView.objects.filter(pk=pk, owner_id=request.actor.user_id).delete()
    if not count:
        raise NotYours
    return redirect(f"{reverse('ledger')}?{QueryDict(request.POST.get('query', '')[:2000]).urlencode()}")
