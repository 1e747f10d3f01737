"""Corrections as the review page sends them: a button `act` that says what and on what, and the fields beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agencies.refusals import Conflict, Invalid
from measures.actions.edit_upload import WORDS, edit_upload, undo_edit
from measures.actions.settle_name import settle_name
from measures.additions import AddTarget, passage
from measures.correction import CannotEdit, Edit, Why
from measures.editing import (
    AddMention,
    DismissDoubt,
    DropMeasure,
    RemoveMention,
    RemoveTarget,
    SetDeadline,
    SetFacts,
    SetMeasure,
    SetRole,
    SetTarget,
    draft_of,
)
from measures.models import Upload
from measures.reviewing import directory_day
from measures.splitting import MergeMeasures, SplitMeasure
from measures.telling_apart import scopes_of
from measures.web.agencies import whom
from measures.web.review import conflict
from measures.web.uploads import find

if TYPE_CHECKING:
    from agencies.middleware import ActorRequest


@require_POST
def edit(request: ActorRequest, pk: int) -> HttpResponse:
    """Make a correction."""
    upload = find(request, pk)
    act, _bar, rest = request.POST.get("act", "").partition("|")
    try:
        if act == "settle_name":
            _settle(request, upload, rest)
        else:
            edit_upload(
                actor=request.actor,
                upload_id=pk,
                edit=_edit(act, rest, request.POST, upload),
                now=timezone.now(),
                version=shown_version(request),
            )
    except Invalid as refused:
        messages.error(request, str(refused.reason))
    except Conflict as refused:
        return conflict(request, find(request, pk), str(refused.reason), shown_version(request))
    return _back(request, pk)


@require_POST
def undo(request: ActorRequest, pk: int) -> HttpResponse:
    """Take the last correction back."""
    find(request, pk)
    try:
        undo_edit(actor=request.actor, upload_id=pk, now=timezone.now(), version=shown_version(request))
    except Conflict as refused:
        return conflict(request, find(request, pk), str(refused.reason), shown_version(request))
    return _back(request, pk)


def shown_version(request: ActorRequest) -> int | None:
    """Return the version of the upload that the page showed."""
    written = request.POST.get("version", "")
    return int(written) if written.isascii() and written.isdigit() else None


def split_at(upload: Upload, key: str, sent: QueryDict) -> SplitMeasure:
    """Return the correction that splits a measure after the sentences that were ticked, with whom each part is to have.

    Raises:
        Invalid: the measure is not there any more.
    """
    measure = draft_of(upload.reading, upload.edits).measure(key)
    if measure is None:
        raise Invalid(WORDS[Why.GONE])
    after = (int(number) for number in sent.getlist("after") if number.isascii() and number.isdigit())
    return SplitMeasure(key, tuple(after), scopes_of(upload.text, measure))


def _back(request: ActorRequest, pk: int) -> HttpResponse:
    """Return to where the correction was made."""
    part = request.POST.get("part", "")
    anchor = request.POST.get("anchor", "")
    query = f"?part={int(part)}" if part.isascii() and part.isdigit() else ""
    fragment = f"#{anchor}" if anchor.replace("-", "").replace(".", "").isalnum() else ""
    return redirect(f"{reverse('upload-review', args=[pk])}{query}{fragment}")


def _settle(request: ActorRequest, upload: Upload, rest: str) -> None:
    """Settle a name by a candidate's button (`name|agency:12`) or by what stands in the picker beside it (`name|`)."""
    name, _bar, target = rest.rpartition("|")
    kind, _colon, number = target.partition(":")
    if number.isascii() and number.isdigit():
        agency_id, group_id = (int(number), None) if kind == "agency" else (None, int(number))
    else:
        agency_id, group_id, _label = whom(request.POST.get("who", ""), _day(upload))
    settle_name(
        actor=request.actor,
        upload_id=upload.pk,
        name=name,
        agency_id=agency_id,
        group_id=group_id,
        remember="remember" in request.POST,
        now=timezone.now(),
        version=shown_version(request),
    )


def _edit(act: str, key: str, sent: QueryDict, upload: Upload) -> Edit:
    """Return the correction that was sent.

    Raises:
        Invalid: it is none that is known, or an agency typed into it is not.
    """
    if act not in KINDS:
        raise Invalid(_("This correction is not known."))
    first, _bar, second = key.partition("|")
    return KINDS[act](_Sent(key, first, second, sent, upload))


@dataclass(frozen=True, slots=True)
class _Sent:
    """What came with a correction: what it is made on, in one piece and in two, and the fields."""

    key: str
    first: str
    second: str
    fields: QueryDict
    upload: Upload

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "")


def _add(sent: _Sent) -> Edit:
    agency_id, group_id, label = whom(sent["who"], _day(sent.upload))
    return AddMention(sent.first, sent["role"], label, agency_id, group_id)


def _split(sent: _Sent) -> Edit:
    return split_at(sent.upload, sent.first, sent.fields)


TARGET = ("metric", "comparator", "value", "unit", "due_on")


def _target(sent: _Sent) -> Edit:
    return SetTarget(target=sent.first, **{name: sent[name] for name in TARGET})


def _new_target(sent: _Sent) -> Edit:
    at = int(sent["at"]) if sent["at"].isdecimal() else 0
    return AddTarget(at=min(at, len(sent.upload.text)), **{name: sent[name] for name in TARGET})


def _make(sent: _Sent) -> Edit:
    try:
        return passage(draft_of(sent.upload.reading, sent.upload.edits), sent.upload.text, sent.key)
    except CannotEdit as refused:
        raise Invalid(WORDS[refused.why]) from refused


def _facts(sent: _Sent) -> Edit:
    issuer = sent["who"].strip()
    agency_id, _group, label = whom(issuer, timezone.localdate()) if issuer else (None, None, "")
    if issuer and agency_id is None:
        raise Invalid(_("A document is issued by an agency, not by a group."))
    return SetFacts(
        title=sent["title"],
        number=sent["number"],
        issuer_id=agency_id,
        issuer=label,
        issued_on=sent["issued_on"],
        date_unknown="date_unknown" in sent.fields,
        horizon=sent["horizon"],
    )


def _day(upload: Upload) -> dt.date:
    return directory_day(draft_of(upload.reading, upload.edits), timezone.localdate())


KINDS: dict[str, Callable[[_Sent], Edit]] = {
    "set_facts": _facts,
    "set_role": lambda sent: SetRole(sent.first, sent.second),
    "add_mention": _add,
    "remove_mention": lambda sent: RemoveMention(sent.first),
    "set_measure": lambda sent: SetMeasure(sent.first, sent["number"], sent["title"]),
    "merge_measures": lambda sent: MergeMeasures(sent.first, sent.second),
    "split_measure": _split,
    "drop_measure": lambda sent: DropMeasure(sent.first),
    "set_deadline": lambda sent: SetDeadline(sent.first, sent["on"]),
    "set_target": _target,
    "add_target": _new_target,
    "make_measure": _make,
    "remove_target": lambda sent: RemoveTarget(sent.first),
    "dismiss_doubt": lambda sent: DismissDoubt(sent.key),
}
