"""Formal papers: the list of a plan or task, the printed page, and the signature under a draft."""

from __future__ import annotations

from urllib.parse import quote

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from agencies.actor import Actor
from agencies.middleware import actor_of
from agencies.refusals import NotYours, Refusal
from workflow import policy
from workflow.actions.papers import papers_visible_to, put_paper_aside, readers_of, sign_paper
from workflow.ladder import Paper
from workflow.models import Notice, Task
from workflow.states import Circle, NoticeState
from workflow.web.paging import PAGE, Pager, neighbours
from workflow.web.paper_file import as_docx
from workflow.web.receivers import Group

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class Filters(forms.Form):
    """Which papers are shown."""

    q = forms.CharField(label=gettext_lazy("Title"), required=False, max_length=100)
    kind = forms.ChoiceField(label=gettext_lazy("Kind of paper"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    year = forms.IntegerField(label=gettext_lazy("Year"), required=False, min_value=2000, max_value=2200)
    plan = forms.IntegerField(required=False, min_value=1, max_value=10**15, widget=forms.HiddenInput)
    task = forms.IntegerField(required=False, min_value=1, max_value=10**15, widget=forms.HiddenInput)

    def __init__(self, data: object) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        for name, options in (("kind", [pair for pair in Paper.choices if pair[0]]), ("state", NoticeState.choices)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
            field.choices = [("", _("All")), *list(options)]

    def narrow(self, papers: QuerySet[Notice]) -> QuerySet[Notice]:
        """Return the papers that were asked for; of what cannot be read nothing is asked."""
        if not self.is_valid():
            return papers
        asked = self.cleaned_data
        chosen = {
            "kind": asked["kind"],
            "state": asked["state"],
            "year": asked["year"],
            "task_id": asked["task"],
            "task__plan_id": asked["plan"],
        }
        papers = papers.filter(**{name: value for name, value in chosen.items() if value})
        return papers.filter(title__icontains=asked["q"]) if asked["q"] else papers


class Signing(forms.Form):
    """The last words of a draft."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=400)
    body = forms.CharField(label=gettext_lazy("Text"), widget=forms.Textarea(attrs={"rows": 8}))
    circle = forms.ChoiceField(label=gettext_lazy("Published to"), choices=Circle.choices, widget=forms.RadioSelect, required=False)


class Published(forms.Form):
    """Which bulletins are shown."""

    q = forms.CharField(label=gettext_lazy("Title"), required=False, max_length=100)
    year = forms.IntegerField(label=gettext_lazy("Year"), required=False, min_value=2000, max_value=2200)

    def narrow(self, papers: QuerySet[Notice]) -> QuerySet[Notice]:
        """Return the bulletins that were asked for."""
        if not self.is_valid():
            return papers
        papers = papers.filter(year=self.cleaned_data["year"]) if self.cleaned_data["year"] else papers
        return papers.filter(title__icontains=self.cleaned_data["q"]) if self.cleaned_data["q"] else papers


def _seen(actor: Actor) -> QuerySet[Notice]:
    """Return the papers a person may read, without their tasks, which a reader of a bulletin may not see."""
    return Notice.objects.filter(papers_visible_to(actor, now=timezone.now())).select_related("issuer", "decided_by")


def _find(request: HttpRequest, pk: int) -> Notice:
    found = _seen(actor_of(request)).filter(pk=pk).first()
    if found is None:
        raise NotYours
    return found


@require_GET
def papers(request: HttpRequest) -> HttpResponse:
    """List the papers the person may read, the latest first."""
    form = Filters(request.GET)
    found, pager = _page(request, form.narrow(_seen(actor_of(request))))
    return render(request, "workflow/papers/list.html", {"form": form, "rows": found, "pager": pager})


@require_GET
def circulars(request: HttpRequest) -> HttpResponse:
    """List the bulletins 通报 that were published to the person's agencies, or by them, the latest first."""
    form = Published(request.GET)
    issued = _seen(actor_of(request)).filter(kind=Paper.BULLETIN.value, state=NoticeState.ISSUED)
    found, pager = _page(request, form.narrow(issued))
    waiting = Notice.objects.filter(
        kind=Paper.BULLETIN.value, state=NoticeState.DRAFT, issuer_id__in=actor_of(request).agencies_where("coordinate")
    ).count()
    return render(request, "workflow/papers/circulars.html", {"form": form, "rows": found, "pager": pager, "waiting": waiting})


def _page(request: HttpRequest, rows: QuerySet[Notice]) -> tuple[list[Notice], Pager]:
    """Return a page of papers, the latest first, and where its neighbours are."""
    before, after = request.GET.get("before", ""), request.GET.get("after", "")
    backwards = before.isdecimal()
    if backwards:
        rows = rows.filter(pk__gt=int(before[:18])).order_by("pk")
    else:
        rows = (rows.filter(pk__lt=int(after[:18])) if after.isdecimal() else rows).order_by("-pk")
    found = list(rows[: PAGE + 1])
    has_more, found = len(found) > PAGE, found[:PAGE]
    if backwards:
        found.reverse()
    is_first = not backwards and not after.isdecimal()
    return found, neighbours(request, found, lambda row: str(row.pk), backwards=backwards, has_more=has_more, is_first=is_first)


@require_http_methods(["GET", "POST"])
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a paper as it is printed; sign a draft or put it aside."""
    actor, row = actor_of(request), _find(request, pk)
    task = Task.objects.visible_to(actor, now=timezone.now()).select_related("issuer").filter(pk=row.task_id).first()
    decides = row.state == NoticeState.DRAFT and task is not None and bool(policy.may_coordinate(actor, task))
    form = Signing(request.POST or None, initial={"title": row.title, "body": row.body, "circle": Circle.NAMED.value})
    status = 200
    if request.method == "POST":
        try:
            if request.POST.get("do") == "put-aside":
                put_paper_aside(actor=actor, notice_id=pk, reason=request.POST.get("reason", ""), now=timezone.now())
                messages.success(request, _("The draft was put aside."))
                return redirect("papers")
            if form.is_valid():
                words = {**form.cleaned_data, "circle": Circle(form.cleaned_data["circle"] or Circle.NAMED)}
                signed = sign_paper(actor=actor, notice_id=pk, now=timezone.now(), **words)
                messages.success(request, _("Signed and issued as %(number)s.") % {"number": signed.written_number})
                return redirect("paper", pk)
            status = 400
        except Refusal as refusal:
            form.add_error(None, str(refusal.reason))
            status = refusal.status
    readers = _receivers(row) if decides else []
    context = {
        "paper": row, "task": task, "paragraphs": row.body.splitlines(), "decides": decides, "form": form,
        "readers": readers,
    }  # fmt: skip
    return render(request, "workflow/papers/paper.html", context, status=status)


def _receivers(row: Notice) -> list[Group]:
    """Return who would read the bulletin: the agency it names, whom each wider circle adds."""
    circles, known = readers_of(row), set[int]()
    groups = [Group(_("Addressed to"), [row.addressee])]
    for circle, label in ((Circle.TASK, _("Added with all of the task")), (Circle.PLAN, _("Added with all of the plan"))):
        fresh = [agency for agency in circles.get(circle, []) if agency.pk not in known]
        known |= {agency.pk for agency in fresh}
        groups.append(Group(label, [agency.name for agency in fresh]))
    return [group for group in groups if group.names]


@require_GET
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a paper as a file for a word processor."""
    row = _find(request, pk)
    name = quote(f"{row.written_number or row.get_state_display()} {row.title}"[:80] + ".docx")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(as_docx(row), content_type=DOCX, headers=headers)
