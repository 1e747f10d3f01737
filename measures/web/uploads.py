"""Uploading a document, and waiting until it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from agencies.models import Agency
from agencies.refusals import Invalid, NotYours, require
from measures import policy
from measures.actions.upload_document import LIMIT_MB, Uploaded, refuse_size, upload_document
from measures.models import Upload

if TYPE_CHECKING:
    from agencies.middleware import ActorRequest

OPEN_STATES = [Upload.State.WAITING, Upload.State.READ, Upload.State.FAILED]
WAITING_SHOWN = 10
ACCEPTED = ".docx,.pdf,.html,.htm,.txt,.md,.xlsx,.csv"


class UploadForm(forms.Form):
    """A file, and the agency that will coordinate the plan."""

    file = forms.FileField(
        label=gettext_lazy("Document"), widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}), allow_empty_file=True
    )
    agency = forms.ModelChoiceField(Agency.objects.none(), label=gettext_lazy("Coordinating agency"), empty_label=None)

    def __init__(self, *args: object, agencies: frozenset[int], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choice = self.fields["agency"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101
        choice.queryset = Agency.objects.filter(pk__in=agencies)
        if len(agencies) == 1:
            choice.widget = forms.HiddenInput()
            choice.initial = next(iter(agencies))


def upload(request: ActorRequest) -> HttpResponse:
    """Take a document."""
    require(policy.may_upload(request.actor))
    agencies = request.actor.agencies_where("coordinate")
    form = UploadForm(request.POST or None, request.FILES or None, agencies=agencies)
    if request.method == "POST" and form.is_valid():
        try:
            taken = _take(request, form.cleaned_data["file"], form.cleaned_data["agency"].pk)
        except Invalid as refused:
            form.add_error(refused.field or None, str(refused.reason))
        else:
            return _lead_on(request, taken)
    context = {
        "form": form,
        "limit": LIMIT_MB,
        "waiting": policy.uploads_visible_to(request.actor).filter(state__in=["waiting", "read", "failed"])[:10],
    }
    return render(request, "measures/upload.html", context, status=400 if form.errors else 200)


def _take(request: ActorRequest, file: UploadedFile[bytes], agency_id: int) -> Uploaded:
    refuse_size(file.size or 0)
    return upload_document(actor=request.actor, agency_id=agency_id, filename=file.name or "", content=file.read(), now=timezone.now())


def _lead_on(request: ActorRequest, taken: Uploaded) -> HttpResponse:
    if taken.is_new:
        return redirect("upload-review", taken.upload.pk)
    if taken.upload.plan_id is not None:
        messages.info(request, _("This file has been confirmed already; uploading it again changes nothing."))
        return redirect("plan", taken.upload.plan_id)
    messages.info(request, _("This file is here already; uploading it again changes nothing."))
    return redirect("upload-review", taken.upload.pk)


def find(request: ActorRequest, pk: int) -> Upload:
    """Return an upload that the person may see.

    Raises:
        NotYours: there is none.
    """
    found = policy.uploads_visible_to(request.actor).select_related("agency", "uploaded_by", "plan").filter(pk=pk).first()
    if found is None:
        raise NotYours
    return found


@require_GET
def progress(request: ActorRequest, pk: int) -> HttpResponse:
    """Answer how far the reading has come, for the page that waits; once it is done, send the page on."""
    found = find(request, pk)
    if found.state != Upload.State.WAITING:
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    return render(request, "measures/progress.html", {"upload": found})


@require_GET
def original(request: ActorRequest, pk: int) -> FileResponse:
    """Give the file back as it was uploaded; never shown in the browser, for nobody has vouched for it."""
    found = find(request, pk)
    return FileResponse(found.file.open("rb"), as_attachment=True, filename=found.filename, content_type="application/octet-stream")
