"""The list of plans, and above it the documents that are still in review."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from measures import policy
from measures.models import Plan, Upload
from workflow.models import Task
from workflow.states import TaskState
from workflow.web.dispatch.sight import plans_visible_to

if TYPE_CHECKING:
    from agencies.middleware import ActorRequest

ROWS = 20
UPLOADS = 10
LONGEST_KEY = 15
UNDER_WAY = (TaskState.DISPATCHED, TaskState.CLOSING, TaskState.SUSPENDED)


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan with how far its tasks have come, as far as the reader may see them."""

    plan: Plan
    is_replaced: bool
    drafts: int
    under_way: int
    closed: int

    @property
    def total(self) -> int:
        """Return the tasks that have gone out."""
        return self.under_way + self.closed

    @property
    def percent(self) -> int | None:
        """Return the share that is signed off."""
        return round(100 * self.closed / self.total) if self.total else None


@dataclass(frozen=True, slots=True)
class Pager:
    """Where the pages before and after are."""

    previous_url: str
    next_url: str


@require_GET
def plans(request: ActorRequest) -> HttpResponse:
    """List the plans, the newest first."""
    now = timezone.now()
    visible = plans_visible_to(request.actor, now=now)
    words = request.GET.get("words", "").strip()
    if words:
        visible = visible.filter(Q(title__contains=words) | Q(number__contains=words))
    rows, pager = _page(request, visible, words)
    counts = (
        Task.objects.visible_to(request.actor, now=now)
        .filter(plan__in=rows)
        .values("plan_id")
        .annotate(
            drafts=Count("pk", filter=Q(state=TaskState.DRAFT)),
            under_way=Count("pk", filter=Q(state__in=UNDER_WAY)),
            closed=Count("pk", filter=Q(state=TaskState.CLOSED)),
        )
        .values_list("plan_id", "drafts", "under_way", "closed")
    )
    replaced = set(Plan.objects.filter(earlier__in=rows).values_list("earlier_id", flat=True))
    by_plan = {plan_id: numbers for plan_id, *numbers in counts}
    context = {
        "rows": [PlanRow(plan, plan.pk in replaced, *by_plan.get(plan.pk, (0, 0, 0))) for plan in rows],
        "total": visible.count(),
        "pager": pager,
        "words": words,
        "may_upload": policy.may_upload(request.actor),
        "waiting": _uploads(request),
    }
    return render(request, "workflow/dispatch/plans.html", context)


def _uploads(request: ActorRequest) -> list[Upload]:
    states = [Upload.State.WAITING, Upload.State.READ, Upload.State.FAILED]
    return list(policy.uploads_visible_to(request.actor).filter(state__in=states).select_related("uploaded_by")[:UPLOADS])


def _page(request: ActorRequest, visible: QuerySet[Plan], words: str) -> tuple[list[Plan], Pager]:
    """Return one page of plans by their keys, which grow as plans are confirmed, and the addresses beside it."""
    before, after = _key(request, "before"), _key(request, "after")
    if after is not None:
        found = list(visible.select_related("issuer").filter(pk__gt=after).order_by("pk")[:ROWS])[::-1]
    else:
        older = visible.filter(pk__lt=before) if before is not None else visible
        found = list(older.select_related("issuer").order_by("-pk")[:ROWS])
    if not found:
        return [], Pager("", "")
    newer = visible.filter(pk__gt=found[0].pk).exists()
    older_left = visible.filter(pk__lt=found[-1].pk).exists()
    return found, Pager(
        _address(words, "after", found[0].pk) if newer else "",
        _address(words, "before", found[-1].pk) if older_left else "",
    )


def _key(request: ActorRequest, name: str) -> int | None:
    written = request.GET.get(name, "")
    return int(written) if written.isascii() and written.isdigit() and len(written) <= LONGEST_KEY else None


def _address(words: str, name: str, key: int) -> str:
    fields = {name: key, **({"words": words} if words else {})}
    return f"{reverse('plans')}?{urlencode(fields)}"
