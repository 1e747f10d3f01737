"""The ledger goes out to be edited in a spreadsheet and comes back: what it changes is shown first, then done at once."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from agencies.listing import listed
from agencies.refusals import Conflict, Forbidden, Invalid, NotYours
from measures.wording_diff import wording_diff
from oversight.filters import address_without
from oversight.models import ReturnedSheet
from oversight.sheet.acting import Outcomes, act, rehearse
from oversight.sheet.columns import COLUMNS, EDITABLE
from oversight.sheet.reading import LIMIT_MB, MOST_ROWS, kept, read
from oversight.sheet.writing import workbook
from oversight.views.ledger import Asked
from workflow.actions.door import person
from workflow.states import Rhythm

if TYPE_CHECKING:
    from agencies.middleware import ActorRequest

LONGEST_COMPARED = 10_000
"""Signs of a text before and after, up to which the page shows what differs; longer ones are shown as they are."""

EARLIER = 5
"""How many sheets that came back before are listed."""


def _expect_coordinator(request: ActorRequest) -> None:
    if not request.actor.agencies_where("coordinate"):
        raise Forbidden(_("Only coordinators change tasks in a sheet."))


def _filtered(query: QueryDict) -> QueryDict:
    """Return the filters of the ledger for tasks, whatever the page listed."""
    return QueryDict(address_without(query, "rows", "cols", "own", "after", "before"))


@require_GET
def download(request: ActorRequest) -> FileResponse:
    """Send the tasks asked for, which the person coordinates, as a sheet for editing.

    Raises:
        Invalid: the filters cannot be used, or give too many rows.
    """
    _expect_coordinator(request)
    now = timezone.now()
    asked = Asked(_filtered(request.GET), request.actor, now)
    if not asked.is_valid:
        raise Invalid(_("These filters cannot be used: %(names)s.") % {"names": listed(asked.form.errors)})
    own = asked.filter.tasks().filter(issuer__in=request.actor.agencies_where("coordinate"))
    found = list(own.order_by("pk").values_list("pk", flat=True)[: MOST_ROWS + 1])
    if len(found) > MOST_ROWS:
        raise Invalid(_("Narrow the filters: a sheet takes at most %(most)d tasks.") % {"most": MOST_ROWS})
    name = _("Ledger for editing")
    filename = f"{name}-{timezone.localdate(now):%Y%m%d}.xlsx"
    response = FileResponse(workbook(found), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    response["Content-Disposition"] = f"attachment; filename=\"ledger-edit.xlsx\"; filename*=UTF-8''{quote(filename)}"
    response["Cache-Control"] = "no-store"
    return response


def take(request: ActorRequest) -> HttpResponse:
    """Say how it works, and take a sheet that came back."""
    _expect_coordinator(request)
    refused = ""
    if request.method == "POST":
        try:
            return redirect("ledger-import-show", _keep(request).pk)
        except Invalid as refusal:
            refused = str(refusal.reason)
    context = {
        "refused": refused,
        "query": address_without(request.GET, "rows", "cols", "own"),
        "editable": [COLUMNS[name] for name in EDITABLE],
        "limit": LIMIT_MB,
        "most": MOST_ROWS,
        "earlier": ReturnedSheet.objects.filter(owner_id=request.actor.user_id)[:EARLIER],
    }
    return render(request, "oversight/sheet_take.html", context, status=400 if refused else 200)


def _keep(request: ActorRequest) -> ReturnedSheet:
    """Read the sheet that was sent, and keep its rows; the file itself is not kept.

    Raises:
        Invalid: there is none, or it cannot be read.
    """
    file = request.FILES.get("file")
    if file is None:
        raise Invalid(_("Choose the sheet that was edited."), "file")
    if (file.size or 0) > LIMIT_MB * 1024 * 1024:
        raise Invalid(_("The file is too large: at most %(limit)d MB.") % {"limit": LIMIT_MB}, "file")
    rows = [row.to_json() for row in read(file.read())]
    name = (file.name or "")[-255:]
    return ReturnedSheet.objects.create(owner_id=person(request.actor), filename=name, returned_at=timezone.now(), rows=rows)


def show(request: ActorRequest, pk: int) -> HttpResponse:
    """Show what a sheet would change and what of it is refused, and do it.

    Raises:
        NotYours: it is another's.
    """
    _expect_coordinator(request)
    sheet = ReturnedSheet.objects.filter(pk=pk, owner_id=request.actor.user_id).first()
    if sheet is None:
        raise NotYours
    if request.method == "POST":
        return _apply(request, sheet)
    return _show(request, sheet)


def _apply(request: ActorRequest, sheet: ReturnedSheet) -> HttpResponse:
    now = timezone.now()
    try:
        with transaction.atomic():
            locked = _lock(sheet.pk)
            done = act(actor=request.actor, rows=list(kept(locked.rows)), shown=request.POST.get("shown", ""), now=now)
            locked.applied_at, locked.outcome = now, _outcome(done)
            locked.save()
    except Conflict as refused:
        sheet = ReturnedSheet.objects.get(pk=sheet.pk)
        return _show(request, sheet, refused=str(refused.reason), status=409)
    changed, made = len(done.changed), len(done.drawn_up)
    if changed or not made:
        messages.success(request, ngettext("%(count)d task was changed.", "%(count)d tasks were changed.", changed) % {"count": changed})
    if made:
        words = ngettext(
            "%(count)d task was drawn up. Look it over, then dispatch it.",
            "%(count)d tasks were drawn up. Look them over, then dispatch them.",
            made,
        )
        messages.success(request, words % {"count": made})
    return redirect("ledger-import-show", sheet.pk)


def _lock(pk: int) -> ReturnedSheet:
    """Return a sheet, locked until the transaction ends.

    Raises:
        Conflict: it has been applied.
    """
    sheet = ReturnedSheet.objects.select_for_update(no_key=True).get(pk=pk)
    if sheet.applied_at is not None:
        at = timezone.localtime(sheet.applied_at).strftime("%Y-%m-%d %H:%M")
        raise Conflict(_("This sheet was applied at %(at)s already; nothing was changed again.") % {"at": at})
    return sheet


def _show(request: ActorRequest, sheet: ReturnedSheet, *, refused: str = "", status: int = 200) -> HttpResponse:
    if sheet.applied_at is not None:
        outcome = sheet.outcome
    else:
        outcome = _outcome(rehearse(actor=request.actor, rows=list(kept(sheet.rows)), now=timezone.now()))
    drawn_up = outcome.get("drawn_up", [])
    for row in (*outcome["changed"], *drawn_up, *outcome["refused"]):
        row["column_label"] = COLUMNS.get(row["column"], "")
        for change in row["changes"]:
            _dress(change)
    context = {"sheet": sheet, "refused_as_whole": refused, **outcome, "drawn_up": drawn_up}
    return render(request, "oversight/sheet_show.html", context, status=status)


def _dress(change: dict[str, Any]) -> None:
    """Put into a change how it is shown: the label of its column, rhythms in words, of a longer text what differs."""
    change["label"] = COLUMNS[change["column"]]
    if change["column"] == "rhythm":
        words = {value: str(label) for value, label in Rhythm.choices}
        change["before"], change["after"] = (words.get(change[name], change[name]) for name in ("before", "after"))
    elif change["column"] == "text" and change["before"] and len(change["before"]) + len(change["after"]) < LONGEST_COMPARED:
        change["stretches"] = wording_diff(change["before"], change["after"])


def _outcome(outcomes: Outcomes) -> dict[str, Any]:
    return {
        "changed": [asdict(row) for row in outcomes.changed],
        "drawn_up": [asdict(row) for row in outcomes.drawn_up],
        "refused": [asdict(row) for row in outcomes.refused],
        "unchanged": outcomes.unchanged,
        "shown": outcomes.mark(),
    }
