"""What the pages share on which something is written: it is kept, or shown again with the reason why it was not."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from agencies.refusals import Conflict, Forbidden, Invalid, Refusal

FILES = frozenset({"file", "files"})
"""What is wrong with one file, or with there being none: said beside the box for files, which is no field of the forms."""


def keep_or_show_again(
    request: HttpRequest, form: forms.Form, *, keep: Callable[[], str], again: Callable[..., HttpResponse], onward: str
) -> HttpResponse:
    """Keep what was typed and go on; refused, it stands in the form again, marked where it is wanting.

    Args:
        request: of the page.
        form: what was typed, found valid.
        keep: keeps it, and returns what the person is told.
        again: returns the page anew, given `status`; where it was not the form's fault, `refused`; and `files_refused`, what is said
            beside the box for files.
        onward: where the person goes once it is kept.
    """
    try:
        told = keep()
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.reason))
        return again(status=refusal.status, files_refused=_at_files(refusal))
    except (Conflict, Forbidden) as refusal:
        if refusal.field in form.fields:
            form.add_error(refusal.field, str(refusal.reason))
        return again(status=refusal.status, refused=str(refusal.reason), files_refused=_at_files(refusal))
    messages.success(request, told)
    return redirect(onward)


def _at_files(refusal: Refusal) -> str:
    """Return what is said beside the box for files."""
    return str(refusal.reason) if refusal.field in FILES else ""
