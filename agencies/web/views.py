"""The page of one's delegations, and the page of an agency's people."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST

from agencies import policy
from agencies.actions.appoint import appoint
from agencies.actions.delegate import delegate
from agencies.actions.end_membership import end_membership
from agencies.actions.revoke_delegation import revoke_delegation
from agencies.models import Delegation, Membership, Role
from agencies.refusals import NotYours, Refusal, require
from agencies.web.confirming import Question, ask, is_confirmed
from agencies.web.forms import AppointmentForm, DelegationForm

if TYPE_CHECKING:
    from django.forms import Form

    from agencies.middleware import ActorRequest

KEPT = dt.timedelta(days=365)
"""How long a delegation that has ended stays on the page."""


@require_http_methods(["GET", "POST"])
def delegations(request: HttpRequest) -> HttpResponse:
    """Show who acts for me and for whom I act; take a new delegation."""
    asked, now = cast("ActorRequest", request), timezone.now()
    form = DelegationForm(asked.user, request.POST or None, today=timezone.localdate(now))
    if request.method == "POST" and form.is_valid():
        try:
            delegate(actor=asked.actor, now=now, delegator=asked.user, **form.entered())
        except Refusal as refusal:
            _tell(form, refusal)
        else:
            messages.success(request, _("The delegation is entered."))
            return redirect("delegations")
    mine = Q(delegator=asked.user) | Q(delegate=asked.user)
    rows = Delegation.objects.filter(mine, ends_at__gt=now - KEPT).select_related("delegator", "delegate", "agency")
    shown = [
        {
            "row": row,
            "standing": _standing(row, now),
            "is_open": row.revoked_at is None and row.ends_at > now,
            "decision": policy.may_revoke_delegation(asked.actor, row),
        }
        for row in rows.order_by("-ends_at", "-pk")
    ]
    context = {"form": form, "rows": shown, "total": len(shown), "has_colleagues": bool(form.deputies)}
    return render(request, "agencies/delegations.html", context, status=400 if form.errors else 200)


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End a delegation before its time, once it was confirmed."""
    asked = cast("ActorRequest", request)
    seats = asked.actor.agencies_where("administer")
    seen = Q(delegator=asked.user) | Q(delegate=asked.user) | Q(agency__in=seats)
    delegation = get_object_or_404(Delegation.objects.filter(seen).select_related("delegator", "delegate", "agency"), pk=pk)
    require(policy.may_revoke_delegation(asked.actor, delegation))
    if not is_confirmed(request):
        return ask(request, _about_delegation(delegation))
    revoke_delegation(actor=asked.actor, now=timezone.now(), delegation=delegation)
    messages.success(request, _("The delegation is revoked."))
    return redirect("delegations")


@require_http_methods(["GET", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """Show the people of the agencies that the actor administers; take an appointment."""
    asked, now = cast("ActorRequest", request), timezone.now()
    actor = asked.actor
    seats = actor.agencies_where("administer")
    if not seats:
        raise NotYours
    form = AppointmentForm(actor, request.POST or None)
    if request.method == "POST" and form.is_valid():
        entered = form.cleaned_data
        try:
            appoint(
                actor=actor,
                now=now,
                user=entered["username"],
                agency=entered["agency"],
                role=Role(entered["role"]),
                ends_on=entered["ends_on"],
            )
        except Refusal as refusal:
            _tell(form, refusal)
        else:
            messages.success(request, _("%(person)s is appointed.") % {"person": entered["username"]})
            return redirect("people")
    today = timezone.localdate(now)
    lasting = Q(ends_on__isnull=True) | Q(ends_on__gte=today)
    rows = Membership.objects.filter(lasting, agency__in=seats).select_related("user", "agency")
    shown = [
        {"row": row, "decision": policy.may_end_membership(actor, row)}
        for row in rows.order_by("agency__position", "agency_id", "user__username", "starts_on")
    ]
    context = {"form": form, "rows": shown, "total": len(shown)}
    return render(request, "agencies/people.html", context, status=400 if form.errors else 200)


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a membership of one's agency at once, once it was confirmed."""
    actor = cast("ActorRequest", request).actor
    administered = Membership.objects.filter(agency__in=actor.agencies_where("administer")).select_related("user", "agency")
    membership = get_object_or_404(administered, pk=pk)
    require(policy.may_end_membership(actor, membership))
    if not is_confirmed(request):
        return ask(request, _about_membership(membership))
    end_membership(actor=actor, now=timezone.now(), membership=membership)
    messages.success(request, _("The membership is ended."))
    return redirect("people")


def _about_delegation(row: Delegation) -> Question:
    """Return what is asked before a delegation is ended."""
    return Question(
        act=_("End the delegation"),
        words=_("End this delegation now?"),
        back=reverse("delegations"),
        facts=(
            (_("absent person"), str(row.delegator)),
            (_("deputy"), str(row.delegate)),
            (_("agency"), str(row.agency)),
            (_("until"), timezone.localtime(row.ends_at).strftime("%Y-%m-%d %H:%M")),
            (pgettext("delegation", "reason"), row.reason),
        ),
        hint=_("What was done under it stays on record with both names. A new one can be entered at any time."),
    )


def _about_membership(row: Membership) -> Question:
    """Return what is asked before a membership is ended."""
    return Question(
        act=_("End the membership"),
        words=_("End this membership at once?"),
        back=reverse("people"),
        facts=(
            (_("person"), f"{row.user} · {row.user.username}"),
            (_("agency"), str(row.agency)),
            (_("role held"), row.get_role_display()),
            (_("from"), row.starts_on.isoformat()),
        ),
        hint=_("The person acts and reads for this agency no more. What is in their hands is best handed over first."),
    )


def _standing(row: Delegation, now: dt.datetime) -> str:
    if row.revoked_at is not None:
        return _("Revoked")
    if row.ends_at <= now:
        return _("Ended")
    return _("In force") if row.starts_at <= now else _("To come")


def _tell(form: Form, refusal: Refusal) -> None:
    """Show a refusal at the field it concerns."""
    field = refusal.field
    form.add_error(field if field in form.fields else None, str(refusal.reason))
