"""The end of a review: confirming what was read, or putting it aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agencies.refusals import Invalid
from agencies.web.confirming import Question, ask, is_confirmed
from measures.actions.confirm_upload import can_confirm, confirm_upload
from measures.actions.discard_upload import discard_upload
from measures.editions import OFFERED, earlier_plans, likely_earlier
from measures.models import Upload
from measures.reviewing import review
from measures.web.review import doubt_rows, measure_cards
from measures.web.uploads import find

if TYPE_CHECKING:
    from agencies.middleware import ActorRequest


MEASURES_A_PAGE = 60


def confirm(request: ActorRequest, pk: int) -> HttpResponse:
    """Show what confirming would make, and make it."""
    upload = find(request, pk)
    if upload.plan_id is not None:
        return redirect("plan", upload.plan_id)
    if upload.state != Upload.State.READ:
        return redirect("upload-review", pk)
    if request.method == "POST":
        version = request.POST.get("version", "")
        try:
            plan = confirm_upload(
                actor=request.actor,
                upload_id=pk,
                now=timezone.now(),
                version=int(version) if version.isascii() and version.isdigit() else None,
            )
        except Invalid as refused:
            messages.error(request, str(refused.reason))
            return redirect("upload-review", pk)
        messages.success(request, _("The plan is confirmed. Draw up its tasks, set their due dates and dispatch them."))
        return redirect("plan", plan.pk)
    found = review(upload, timezone.localdate())
    total = len(found.draft.measures)
    asked = request.GET.get("from", "0")
    start = int(asked) if asked.isascii() and asked.isdigit() and int(asked) < total else 0
    context = {
        "upload": upload,
        "draft": found.draft,
        "counts": found.counts(),
        "doubts": doubt_rows(found),
        "cards": measure_cards(found, found.draft.measures[start : start + MEASURES_A_PAGE]),
        "previous": max(0, start - MEASURES_A_PAGE) if start else None,
        "following": start + MEASURES_A_PAGE if start + MEASURES_A_PAGE < total else None,
        "decision": can_confirm(found),
        "likely_earlier": likely_earlier(earlier_plans(request.actor, upload)[:OFFERED], found.draft),
    }
    return render(request, "measures/confirm.html", context)


@require_POST
def discard(request: ActorRequest, pk: int) -> HttpResponse:
    """Put the document aside; one in review, which may hold corrections, once that was confirmed."""
    upload = find(request, pk)
    if upload.state == Upload.State.READ and not is_confirmed(request):
        facts = ((_("The file as uploaded"), upload.filename),)
        back, words = reverse("upload-review", args=[pk]), _("Put this document aside?")
        return ask(request, Question(act=_("Put aside"), words=words, back=back, facts=facts))
    discard_upload(actor=request.actor, upload_id=pk, now=timezone.now())
    messages.success(request, _("The document has been put aside."))
    return redirect("plans")
