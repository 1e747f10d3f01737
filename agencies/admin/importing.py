"""The page of the administration on which a workbook is taken: a template, a trial that lists every row, then entering them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.admin.offices import OfficeAdmin, acting
from agencies.listing import listed
from agencies.refusals import Refusal
from agencies.sheets import entering
from agencies.sheets.entering import Line, Outcome, Sheet
from agencies.sheets.workbook import XLSX, Row, read, template

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

M = TypeVar("M", bound=Model)
WORDS = {
    Outcome.ADDED: gettext_lazy("to be added"),
    Outcome.CHANGED: gettext_lazy("to be changed"),
    Outcome.SAME: gettext_lazy("as it is"),
    Outcome.REFUSED: gettext_lazy("refused"),
}


class SheetForm(forms.Form):
    """The workbook."""

    file = forms.FileField(label=gettext_lazy("Workbook (.xlsx)"), widget=forms.FileInput(attrs={"accept": ".xlsx"}))


class ImportingAdmin(OfficeAdmin[M]):
    """Takes rows from a workbook where an office may add: what it adds, changes and refuses is shown before anything happens."""

    change_list_template = "admin/agencies/importable_change_list.html"
    sheet: ClassVar[Sheet]
    once_entered: ClassVar[StrOrPromise] = ""
    """What is to be done after rows were added; empty for nothing."""

    def get_urls(self) -> list[URLPattern]:
        """Add the pages of the import."""
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            path("import/", self.admin_site.admin_view(self.import_view), name=f"{name}_import"),
            path("import/template/", self.admin_site.admin_view(self.template_view), name=f"{name}_import_template"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Offer the import to the office that adds."""
        link = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_import") if self.has_add_permission(request) else ""
        return super().changelist_view(request, {**(extra_context or {}), "import_url": link})

    def template_view(self, request: HttpRequest) -> HttpResponse:
        """Give an empty workbook."""
        self._require(request)
        filename = f"{self.opts.model_name}.xlsx"
        return HttpResponse(template(self.sheet.columns), XLSX, headers={"Content-Disposition": f'attachment; filename="{filename}"'})

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Take a workbook and show what it would do; then do it."""
        self._require(request)
        if request.method == "POST" and "rows" in request.POST:
            return self._enter(request)
        form = SheetForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                return self._try(request, read(form.cleaned_data["file"].read(), self.sheet.columns))
            except Refusal as refusal:
                form.add_error("file", str(refusal.reason))
        return self._page(request, {"form": form}, status=400 if form.errors else 200)

    def _require(self, request: HttpRequest) -> None:
        if not self.has_add_permission(request):
            raise PermissionDenied

    def _try(self, request: HttpRequest, rows: Sequence[Row], status: int = 200) -> HttpResponse:
        lines = entering.enter(rows, self.sheet.by, **acting(request), trial=True)
        counted = Counter(line.outcome for line in lines)
        context = {
            "lines": [self._told(line) for line in sorted(lines, key=lambda line: (line.outcome != Outcome.REFUSED, line.number))],
            "counts": listed(_("%(count)d %(outcome)s") % {"count": counted[outcome], "outcome": WORDS[outcome]} for outcome in Outcome),
            "to_do": counted[Outcome.ADDED] + counted[Outcome.CHANGED],
            "refused": counted[Outcome.REFUSED],
            "rows": signing.dumps([asdict(row) for row in rows], salt=self._salt(request), compress=True),
            "digest": entering.digest(lines),
        }
        return self._page(request, context, status=status)

    def _enter(self, request: HttpRequest) -> HttpResponse:
        try:
            given = signing.loads(request.POST["rows"], salt=self._salt(request), max_age=3600)
        except signing.BadSignature:
            self.message_user(request, _("Choose the file again: what was looked at is no longer known."), messages.ERROR)
            return HttpResponseRedirect(request.path)
        rows = [Row(**row) for row in given]
        try:
            lines = entering.enter(rows, self.sheet.by, **acting(request), trial=False, expected=request.POST.get("digest", "") or "none")
        except Refusal as refusal:
            self.message_user(request, str(refusal.reason), messages.ERROR)
            return self._try(request, rows, status=409)
        counted = Counter(line.outcome for line in lines)
        told = _("%(added)d added, %(changed)d changed, %(refused)d refused.") % {outcome.value: counted[outcome] for outcome in Outcome}
        self.message_user(request, told, messages.SUCCESS)
        if self.once_entered and counted[Outcome.ADDED]:
            self.message_user(request, self.once_entered, messages.INFO)
        return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))

    def _salt(self, request: HttpRequest) -> str:
        return f"import:{self.opts.label_lower}:{request.user.pk}"

    def _told(self, line: Line) -> dict[str, Any]:
        headings = {column.name: column.heading for column in self.sheet.columns}
        says = f"{headings[line.field]}{_(': ')}{line.says}" if line.field in headings else line.says
        return {"number": line.number, "what": line.what, "outcome": line.outcome, "word": WORDS[line.outcome], "says": says}

    def _page(self, request: HttpRequest, context: dict[str, Any], *, status: int) -> HttpResponse:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        whole = {
            **self.admin_site.each_context(request),
            "title": _("Import %(what)s") % {"what": self.opts.verbose_name_plural},
            "opts": self.opts,
            "columns": self.sheet.columns,
            "template_url": reverse(f"admin:{name}_import_template"),
            "import_url": reverse(f"admin:{name}_import"),
            "list_url": reverse(f"admin:{name}_changelist"),
            "form": None,
            "lines": None,
            **context,
        }
        return TemplateResponse(request, "admin/agencies/import.html", whole, status=status)
