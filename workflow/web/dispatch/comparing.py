"""A second version of a plan beside the first: what it changes, and the running tasks that this concerns."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from agencies.refusals import Conflict
from measures.comparing import Change, Facet, Kind, Side, compare
from measures.draft import DraftMeasure
from measures.models import Plan, Responsibility, Upload
from measures.policy import plans_directed_by
from measures.reviewing import Review, review
from measures.web.uploads import find
from workflow.models import Task
from workflow.states import TaskState

if TYPE_CHECKING:
    from agencies.middleware import ActorRequest

OFFERED = 20
ENDED = (TaskState.CLOSED, TaskState.TERMINATED)
FACETS: dict[Facet, Promise] = {
    Facet.TITLE: _("title"),
    Facet.TEXT: _("wording"),
    Facet.DEADLINE: _("due date"),
    Facet.LEAD: _("leads"),
    Facet.SUPPORT: _("supports"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A change, in words, and the tasks of the earlier version that run on unchanged until somebody acts."""

    change: Change
    facets: str
    tasks: list[Task]


@require_GET
def page(request: ActorRequest, pk: int) -> HttpResponse:
    """Compare a document in review with a plan."""
    upload = find(request, pk)
    if upload.state != Upload.State.READ:
        raise Conflict(_("Only a document in review can be compared."))
    plans = list(Plan.objects.filter(plans_directed_by(request.actor), coordinator=upload.agency).order_by("-pk")[:OFFERED])
    found = review(upload, timezone.localdate())
    asked = request.GET.get("plan", "")
    plan = next((one for one in plans if str(one.pk) == asked), None) or _likeliest(plans, found)
    rows = _rows(plan, found) if plan is not None else []
    counts = Counter(row.change.kind for row in rows)
    context = {
        "upload": upload,
        "plans": plans,
        "plan": plan,
        "rows": [row for row in rows if row.change.kind is not Kind.SAME],
        "counts": {kind.value: counts[kind] for kind in Kind},
        "running": sum(len(row.tasks) for row in rows if row.change.kind is not Kind.SAME),
    }
    return render(request, "workflow/dispatch/compare.html", context)


def _likeliest(plans: list[Plan], found: Review) -> Plan | None:
    """Return the newest plan of the same number or title, else the newest."""
    draft = found.draft
    same = [plan for plan in plans if (draft.number and plan.number == draft.number) or (draft.title and plan.title == draft.title)]
    return next(iter(same or plans), None)


def _rows(plan: Plan, found: Review) -> list[Row]:
    responsibilities = Responsibility.objects.order_by("rank", "pk")
    before: list[Side] = []
    for measure in plan.measures.prefetch_related(Prefetch("responsibilities", responsibilities)).order_by("start", "pk"):
        named = list(measure.responsibilities.all())
        leads, supports = (
            {_identity(row.agency_id, row.group_id, row.name_as_written): row.name_as_written for row in named if row.role == role}
            for role in (Responsibility.Role.LEAD, Responsibility.Role.SUPPORT)
        )
        before.append(Side(measure.pk, measure.number, measure.title, measure.text, measure.deadline, leads, supports))
    tasks: dict[int | str | None, list[Task]] = defaultdict(list)
    for task in Task.objects.filter(plan=plan).exclude(state__in=ENDED).order_by("pk"):
        tasks[task.measure_id].append(task)
    after = [_side(found, measure) for measure in found.draft.measures]
    return [
        Row(change, "、".join(str(FACETS[facet]) for facet in change.facets), tasks[change.before.key] if change.before else [])
        for change in compare(before, after)
    ]


def _side(found: Review, measure: DraftMeasure) -> Side:
    named: dict[str, dict[str, str]] = {"lead": {}, "support": {}, "guiding": {}}
    for mention in measure.mentions:
        match = found.match(mention)
        named[mention.role][_identity(match.agency_id, match.group_id, mention.name)] = mention.name
    text = found.upload.text[measure.start : measure.end].strip()
    return Side(measure.key, measure.number, measure.title, text, measure.deadline, named["lead"], named["support"])


def _identity(agency_id: int | None, group_id: int | None, name: str) -> str:
    return f"agency {agency_id}" if agency_id is not None else f"group {group_id}" if group_id is not None else name
