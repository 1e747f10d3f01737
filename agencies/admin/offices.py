"""What the administration pages have in common: they open by office, and they change nothing themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from django import forms
from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from agencies.actor import Actor
from agencies.models import Office, User
from agencies.refusals import Refusal

M = TypeVar("M", bound=Model)
ALL = frozenset(Office)
REFUSED = "refused_by_an_action"
"""Under this name a request carries what an action refused of its form."""


def office_of(request: HttpRequest) -> str:
    """Return the office of whoever asks; empty for everybody else."""
    user = request.user
    return user.office if isinstance(user, User) and user.is_active else ""


def acting(request: HttpRequest) -> dict[str, Any]:
    """Return what every action takes: the actor and the time."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - the administration site lets nobody else in
    now: dt.datetime = timezone.now()
    return {"actor": Actor.load(user, now=now), "now": now}


def _refusing(form: type[forms.ModelForm[M]], refusal: Refusal) -> type[forms.ModelForm[M]]:
    """Return a form that shows a refusal at the field it concerns, or above all fields."""

    def clean(entered: forms.ModelForm[M]) -> Any:
        cleaned = form.clean(entered)
        field = refusal.field
        entered.add_error(field if field in entered.fields else None, str(refusal.reason))
        return cleaned

    return type(form.__name__, (form,), {"clean": clean})


class OfficeAdmin(admin.ModelAdmin[M]):
    """Opens a model to offices, by name and not by permissions that could be granted.

    Nothing is ever deleted here. A refusal by an action is told on the page, and nothing has changed.
    """

    seen_by: ClassVar[frozenset[Office]] = frozenset()
    added_by: ClassVar[frozenset[Office]] = frozenset()
    changed_by: ClassVar[frozenset[Office]] = frozenset()

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the model to who may see it."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        """Let the offices see that are named."""
        return office_of(request) in self.seen_by

    def has_add_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        """Let the offices add that are named."""
        return office_of(request) in self.added_by

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        """Let the offices change that are named."""
        return office_of(request) in self.changed_by

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        """Let nobody delete: things end, by an action."""
        return False

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show or take the form; what an action refuses is told in the form, which keeps what was typed."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Refusal as refusal:
            vars(request)[REFUSED] = refusal
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: M | None = None, change: bool = False, **kwargs: Any) -> type[forms.ModelForm[M]]:
        """Return the form; once an action has refused what was entered, one that says so."""
        form = super().get_form(request, obj, change=change, **kwargs)
        refusal = vars(request).get(REFUSED)
        return form if refusal is None else _refusing(form, refusal)

    def each(self, request: HttpRequest, rows: Any, act: Callable[[M], object], done: str) -> None:
        """Do an act on each row chosen; tell how many were done, and each refusal.

        Args:
            request: of the administrator.
            rows: what was chosen.
            act: rings the action.
            done: what to say, with `%(count)d`.
        """
        count = 0
        for row in rows:
            try:
                act(row)
                count += 1
            except Refusal as refusal:
                self.message_user(request, f"{row}: {refusal.reason}", messages.ERROR)
        if count:
            self.message_user(request, done % {"count": count}, messages.SUCCESS)
